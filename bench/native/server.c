/* The physical limit: one epoll loop, one send() a connection and message; server-sent events over HTTP/1.1.

   server PORT BYTES
   Any request opens a stream and gets one event; a request that begins with "POST" sends one to all streams. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 70000 };
static int streams[MOST], count, place[MOST];
static char frame[65536];
static int frame_size;

static void build(int bytes) { /* one chunk that holds one event of that many bytes */
    static char event[60000];
    int size = snprintf(event, sizeof event, "id: 0\nevent: policy\ndata: ");
    while (size < bytes - 2) event[size++] = 'x';
    event[size++] = '\n';
    event[size++] = '\n';
    frame_size = snprintf(frame, sizeof frame, "%x\r\n", size);
    memcpy(frame + frame_size, event, size);
    frame_size += size;
    memcpy(frame + frame_size, "\r\n", 2);
    frame_size += 2;
}

static void open_stream(int fd) {
    static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    place[fd] = count;
    streams[count++] = fd;
    send(fd, head, sizeof head - 1, MSG_NOSIGNAL | MSG_MORE);
    send(fd, frame, frame_size, MSG_NOSIGNAL);
}

static void end_stream(int fd) {
    if (place[fd] >= 0) {
        int last = streams[--count];
        streams[place[fd]] = last;
        place[last] = place[fd];
        place[fd] = -1;
    }
    close(fd);
}

int main(int argc, char **argv) {
    if (argc != 3) { fprintf(stderr, "server PORT BYTES\n"); return 2; }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    build(atoi(argv[2]));
    memset(place, -1, sizeof place);
    int on = 1, door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(door, (void *)&here, sizeof here)) { perror("bind"); return 1; }
    listen(door, 4096);
    struct epoll_event one = {EPOLLIN, {.fd = door}}, events[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, door, &one);
    static char request[65536];
    for (;;) {
        int n = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == door) {
                for (int c; (c = accept4(door, 0, 0, SOCK_NONBLOCK)) >= 0;) {
                    setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                    struct epoll_event in = {EPOLLIN, {.fd = c}};
                    epoll_ctl(epoll, EPOLL_CTL_ADD, c, &in);
                }
                continue;
            }
            int size = recv(fd, request, sizeof request, 0);
            if (size <= 0) end_stream(fd);
            else if (size > 4 && !memcmp(request, "POST", 4)) {
                for (int j = 0; j < count; j++) send(streams[j], frame, frame_size, MSG_NOSIGNAL);
                send(fd, "HTTP/1.1 204 No Content\r\n\r\n", 27, MSG_NOSIGNAL);
            } else if (place[fd] < 0) open_stream(fd);
        }
    }
}
