/* Requests over kept-alive connections, and how long each answer took.

   load PORT SECONDS CONNECTIONS PAUSE_US REQUESTS [SAMPLES]
   REQUESTS: a file of whole request heads, divided by empty lines, dealt out to the connections in turn.
   PAUSE_US 0: the next request at once; else that long after the answer.
   SAMPLES: a file for one line a request: when it began and how long it took, in milliseconds.
   Prints {"requests", "unchanged", "errors", "seconds", "p50", "p99", "most"}. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct connection { int fd, timer, have, request; double begun; char answer[32768]; };

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }

static char *requests[20000];
static int lengths[20000], kinds, port, pause_us;
static long done, unchanged, errors, room;
static double *took, *when;

static void read_requests(const char *name) {
    FILE *file = fopen(name, "r");
    if (!file) { perror(name); exit(2); }
    char line[4096];
    char *head = calloc(1, 8192);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = 0;
        if (*line) { strcat(head, line); strcat(head, "\r\n"); continue; }
        strcat(head, "\r\n");
        requests[kinds] = head;
        lengths[kinds++] = strlen(head);
        head = calloc(1, 8192);
    }
    fclose(file);
}

static void ask(struct connection *c) {
    c->have = 0;
    c->begun = now();
    c->request = (c->request + 1) % kinds;
    if (send(c->fd, requests[c->request], lengths[c->request], MSG_NOSIGNAL) != lengths[c->request]) errors++;
}

static void dial(struct connection *c) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(c->fd, (void *)&to, sizeof to)) { perror("connect"); exit(1); }
}

static void note(struct connection *c, int status) {
    if (done == room) {
        room = room ? room * 2 : 1 << 16;
        took = realloc(took, room * sizeof *took);
        when = realloc(when, room * sizeof *when);
    }
    when[done] = c->begun;
    took[done++] = now() - c->begun;
    unchanged += status == 304;
    errors += status >= 400;
}

static int whole(struct connection *c) { /* the status of a complete answer, or 0 */
    char *end = memmem(c->answer, c->have, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    int status = atoi(c->answer + 9);
    char *length = strcasestr(c->answer, "content-length:");
    long body = status == 304 || !length ? 0 : atol(length + 15);
    int closes = strcasestr(c->answer, "connection: close") != NULL;
    *end = '\r';
    if (c->have < end + 4 - c->answer + body) return 0;
    if (closes) { errors++; exit(3); }
    return status;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv) {
    if (argc < 6) { fprintf(stderr, "load PORT SECONDS CONNECTIONS PAUSE_US REQUESTS [SAMPLES]\n"); return 2; }
    port = atoi(argv[1]);
    double seconds = atof(argv[2]);
    int connections = atoi(argv[3]), epoll = epoll_create1(0);
    pause_us = atoi(argv[4]);
    read_requests(argv[5]);
    struct connection *all = calloc(connections, sizeof *all);
    for (int i = 0; i < connections; i++) {
        struct connection *c = &all[i];
        c->request = i % kinds;
        dial(c);
        struct epoll_event in = {EPOLLIN, {.u64 = i * 2}};
        epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &in);
        if (pause_us) {
            c->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
            in.data.u64 = i * 2 + 1;
            epoll_ctl(epoll, EPOLL_CTL_ADD, c->timer, &in);
        }
    }
    double begun = now(), end = begun + seconds * 1e3;
    for (int i = 0; i < connections; i++) ask(&all[i]);
    static struct epoll_event events[256];
    while (now() < end) {
        int n = epoll_wait(epoll, events, 256, 50);
        for (int i = 0; i < n; i++) {
            struct connection *c = &all[events[i].data.u64 / 2];
            if (events[i].data.u64 % 2) {
                char ticks[8];
                if (read(c->timer, ticks, 8) == 8) ask(c);
                continue;
            }
            int size = recv(c->fd, c->answer + c->have, sizeof c->answer - 1 - c->have, MSG_DONTWAIT);
            if (size <= 0) {
                if (size < 0 && errno == EAGAIN) continue;
                fprintf(stderr, "the server closed a connection\n");
                return 3;
            }
            c->have += size;
            c->answer[c->have] = 0;
            int status = whole(c);
            if (!status) continue;
            note(c, status);
            if (!pause_us) { ask(c); continue; }
            struct itimerspec later = {{0, 0}, {pause_us / 1000000, pause_us % 1000000 * 1000L}};
            timerfd_settime(c->timer, 0, &later, 0);
        }
    }
    double took_all = (now() - begun) / 1e3;
    if (argc > 6) {
        FILE *file = fopen(argv[6], "w");
        for (long i = 0; i < done; i++) fprintf(file, "%.3f %.4f\n", when[i], took[i]);
        fclose(file);
    }
    qsort(took, done, sizeof *took, by_size);
    printf("{\"requests\": %ld, \"unchanged\": %ld, \"errors\": %ld, \"seconds\": %.3f, \"p50\": %.4f, \"p99\": %.4f, \"most\": %.4f}\n",
        done, unchanged, errors, took_all, done ? took[done / 2] : 0, done ? took[(long)(done * .99)] : 0, done ? took[done - 1] : 0);
    return 0;
}
