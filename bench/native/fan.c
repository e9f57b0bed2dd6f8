/* N connections that wait for one message at a time, in one epoll loop; driven by lines on stdin.

   fan sse|sio PORT PATH N TOKENS
   sse: server-sent events, one bearer token a connection (TOKENS: a file, one a line, or "-").
   sio: Socket.IO v5 over websocket.
   Prints {"ready", "failed", "seconds"}; then for each line on stdin prints "armed", waits until all have their
   message and prints when, on the machine's monotonic clock in milliseconds. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum state { CONNECTING, WAITING, JOINING, READY, CLOSED };
struct connection { int fd; enum state state; int got; double at; };

static struct connection *all;
static int total, ready, failed, got, armed, epoll, port, socketio;
static char **tokens;
static const char *path;
static const int AT_ONCE = 256;
static const double LIMIT_MS = 30000, PATIENCE_MS = 40000;

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1e3 + t.tv_nsec / 1e6; }

static void drop(struct connection *c) {
    if (c->state == CLOSED) return;
    if (c->state != READY) failed++;
    c->state = CLOSED;
    struct linger hard = {1, 0};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(c->fd);
}

static void put(struct connection *c, const void *data, size_t size) {
    if (send(c->fd, data, size, MSG_NOSIGNAL) < 0) drop(c);
}

static void put_frame(struct connection *c, const char *text, int size) { /* a masked frame whose mask is zero */
    uint8_t frame[200] = {0x81, 0x80 | size, 0, 0, 0, 0};
    memcpy(frame + 6, text, size);
    put(c, frame, 6 + size);
}

static void hello(struct connection *c) {
    char head[600];
    int size;
    if (socketio)
        size = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, port);
    else
        size = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n"
            "User-Agent: sundial-agent/0.1.0\r\nAuthorization: Bearer %s\r\n\r\n", path, port, tokens ? tokens[c - all] : "none");
    put(c, head, size);
    if (c->state != CLOSED) c->state = WAITING;
}

static void is_ready(struct connection *c) { if (c->state != READY) { c->state = READY; ready++; } }

static void feed(struct connection *c, uint8_t *data, int size) {
    if (!socketio) {
        if (!memmem(data, size, "event: policy", 13)) {
            if (c->state == WAITING && size > 12 && memcmp(data, "HTTP/1.1 200", 12)) drop(c);
            return;
        }
        if (c->state == WAITING) { is_ready(c); return; }
    } else if (c->state == WAITING || c->state == JOINING) {
        if (memmem(data, size, "0{\"sid", 6) && memmem(data, size, "pingInterval", 12)) { c->state = JOINING; put_frame(c, "40", 2); }
        else if (memmem(data, size, "40{\"sid", 7)) is_ready(c);
        return;
    } else if (!memmem(data, size, "42[\"policy\"", 11)) {
        if (size >= 3 && data[size - 1] == '2') put_frame(c, "3", 1); /* engine.io's ping */
        return;
    }
    if (armed && !c->got) { c->got = 1; c->at = now(); got++; }
}

static void pump(int wait_ms) {
    static struct epoll_event events[512];
    static uint8_t buffer[65536];
    int n = epoll_wait(epoll, events, 512, wait_ms);
    for (int i = 0; i < n; i++) {
        struct connection *c = events[i].data.ptr;
        if (c->state == CLOSED) continue;
        if (c->state == CONNECTING) {
            if (events[i].events & (EPOLLERR | EPOLLHUP)) { drop(c); continue; }
            struct epoll_event only_in = {EPOLLIN, {.ptr = c}};
            epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &only_in);
            hello(c);
            continue;
        }
        int size = recv(c->fd, buffer, sizeof buffer, 0);
        if (size > 0) feed(c, buffer, size);
        else if (size == 0 || errno != EAGAIN) drop(c);
    }
}

static void dial(struct connection *c) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1;
    c->state = CONNECTING;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (c->fd < 0 || (connect(c->fd, (void *)&to, sizeof to) < 0 && errno != EINPROGRESS)) { perror("connect"); drop(c); return; }
    struct epoll_event out = {EPOLLOUT, {.ptr = c}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &out);
}

static void connect_all(void) {
    double begun = now(), last = begun;
    int next = 0, before = 0;
    while (ready + failed < total && now() - last < PATIENCE_MS) {
        while (next < total && next - ready - failed < AT_ONCE) dial(&all[next++]);
        pump(100);
        if (ready + failed != before) { before = ready + failed; last = now(); }
    }
    printf("{\"ready\": %d, \"failed\": %d, \"seconds\": %.3f}\n", ready, failed, (now() - begun) / 1e3);
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void one_round(double *times) {
    int alive = 0, n = 0;
    for (int i = 0; i < total; i++) { all[i].got = 0; alive += all[i].state == READY; }
    got = 0;
    armed = 1;
    printf("armed\n");
    double limit = now() + LIMIT_MS;
    while (got < alive && now() < limit) pump(20);
    armed = 0;
    for (int i = 0; i < total; i++) if (all[i].got) times[n++] = all[i].at;
    qsort(times, n, sizeof *times, by_time);
    printf("{\"got\": %d, \"of\": %d, \"first\": %.3f, \"p50\": %.3f, \"p99\": %.3f, \"last\": %.3f}\n", n, total,
        n ? times[0] : 0, n ? times[n / 2] : 0, n ? times[(int)(n * .99)] : 0, n ? times[n - 1] : 0);
}

static void read_tokens(const char *name) {
    FILE *file = fopen(name, "r");
    if (!file) { perror(name); exit(2); }
    tokens = calloc(total, sizeof *tokens);
    char line[200];
    for (int i = 0; i < total && fgets(line, sizeof line, file); i++) { line[strcspn(line, "\n")] = 0; tokens[i] = strdup(line); }
    fclose(file);
}

int main(int argc, char **argv) {
    if (argc != 6) { fprintf(stderr, "fan sse|sio PORT PATH N TOKENS|-\n"); return 2; }
    socketio = !strcmp(argv[1], "sio");
    port = atoi(argv[2]);
    path = argv[3];
    total = atoi(argv[4]);
    if (strcmp(argv[5], "-")) read_tokens(argv[5]);
    setvbuf(stdout, 0, _IOLBF, 0);
    all = calloc(total, sizeof *all);
    double *times = calloc(total, sizeof *times);
    epoll = epoll_create1(0);
    connect_all();
    for (char line[64];;) {
        struct pollfd both[2] = {{0, POLLIN, 0}, {epoll, POLLIN, 0}};
        poll(both, 2, 1000);
        if (both[1].revents) pump(0);
        if (!both[0].revents) continue;
        if (!fgets(line, sizeof line, stdin)) break;
        one_round(times);
    }
    return 0;
}
