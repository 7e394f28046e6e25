// The least that a relay can do: one loop in C that reads from one connection of a pair and writes what it read to the other.
//
//   c-loop PORT [CERTIFICATE KEY]
//
// It listens on 127.0.0.1, with TLS 1.3 if there is a certificate. Connections find each other as LoadKit's PairGreeting
// says. It waits for what a slow receiver doesn't take, so it is for loads that its receivers keep up with.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 1 << 16, EVENTS = 256, CONNECTIONS = 1 << 16 };

typedef struct {
    int descriptor;
    SSL *tls;
    uint64_t number;
    int other;
    int has_greeted;
} connection;

static connection connections[CONNECTIONS];
static SSL_CTX *context;
static char buffer[BUFFER];

static void end(const char *what) {
    perror(what);
    exit(1);
}

static void wait_for(connection *one, short events) {
    struct pollfd entry = {.fd = one->descriptor, .events = events};
    poll(&entry, 1, 1000);
}

// Returns how many bytes were read; 0: nothing is there now; -1: it has ended.
static ssize_t receive(connection *one) {
    if (one->tls == NULL) {
        ssize_t count = recv(one->descriptor, buffer, BUFFER, 0);
        return count > 0 ? count : count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
    }
    size_t count = 0;
    if (SSL_read_ex(one->tls, buffer, BUFFER, &count)) return (ssize_t)count;
    return SSL_get_error(one->tls, 0) == SSL_ERROR_WANT_READ ? 0 : -1;
}

static int deliver(connection *one, size_t count) {
    size_t sent = 0;
    while (sent < count) {
        size_t part = 0;
        if (one->tls != NULL) {
            if (!SSL_write_ex(one->tls, buffer + sent, count - sent, &part)) {
                if (SSL_get_error(one->tls, 0) != SSL_ERROR_WANT_WRITE) return -1;
                wait_for(one, POLLOUT);
            }
        } else {
            ssize_t result = send(one->descriptor, buffer + sent, count - sent, MSG_NOSIGNAL);
            if (result < 0 && errno != EAGAIN) return -1;
            if (result < 0) wait_for(one, POLLOUT);
            else part = (size_t)result;
        }
        sent += part;
    }
    return 0;
}

static void leave(connection *one) {
    if (one->descriptor < 0) return;
    if (one->tls != NULL) SSL_free(one->tls);
    close(one->descriptor);
    one->tls = NULL;
    one->descriptor = -1;
    if (one->other >= 0) leave(&connections[one->other]);
}

// A connection's first eight bytes are its pair's number.
static int greet(connection *one, size_t count) {
    if (count < sizeof one->number) return -1;
    memcpy(&one->number, buffer, sizeof one->number);
    one->has_greeted = 1;
    buffer[0] = 1;
    if (deliver(one, 1) != 0 || one->number == 0) return -1;
    for (int i = 0; i < CONNECTIONS; i++) {
        connection *other = &connections[i];
        if (other == one || other->descriptor < 0 || !other->has_greeted || other->other >= 0) continue;
        if (other->number != one->number) continue;
        one->other = i;
        other->other = (int)(one - connections);
        break;
    }
    return 0;
}

static void take(connection *one) {
    while (one->descriptor >= 0) {
        ssize_t count = receive(one);
        if (count == 0) return;
        int is_fine = count > 0;
        if (is_fine && !one->has_greeted) is_fine = greet(one, (size_t)count) == 0;
        else if (is_fine) is_fine = one->other >= 0 && deliver(&connections[one->other], (size_t)count) == 0;
        if (!is_fine) leave(one);
        // Less than there was room for: nothing is left.
        if (one->tls == NULL && count < BUFFER) return;
    }
}

static void accept_all(int listener, int epoll) {
    int descriptor;
    while ((descriptor = accept4(listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
        int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (descriptor >= CONNECTIONS) {
            close(descriptor);
            continue;
        }
        connection *one = &connections[descriptor];
        *one = (connection){.descriptor = descriptor, .other = -1};
        if (context != NULL) {
            one->tls = SSL_new(context);
            SSL_set_fd(one->tls, descriptor);
            if (SSL_accept(one->tls) != 1) {
                leave(one);
                continue;
            }
        }
        fcntl(descriptor, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = descriptor};
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
        take(one);
    }
}

int main(int count, char **arguments) {
    if (count != 2 && count != 4) {
        fprintf(stderr, "usage: %s PORT [CERTIFICATE KEY]\n", arguments[0]);
        return 64;
    }
    if (count == 4) {
        context = SSL_CTX_new(TLS_server_method());
        if (SSL_CTX_use_certificate_chain_file(context, arguments[2]) != 1
            || SSL_CTX_use_PrivateKey_file(context, arguments[3], SSL_FILETYPE_PEM) != 1) {
            fprintf(stderr, "%s and %s aren't a certificate and its key\n", arguments[2], arguments[3]);
            return 66;
        }
        SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
        SSL_CTX_set_read_ahead(context, 1);
    }
    for (int i = 0; i < CONNECTIONS; i++) connections[i] = (connection){.descriptor = -1, .other = -1};
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 1024) != 0) end("listen");
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) end("epoll");
    while (1) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        if (ready < 0 && errno != EINTR) end("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener) accept_all(listener, epoll);
            else take(&connections[events[i].data.fd]);
        }
    }
}
