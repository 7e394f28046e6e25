#define _GNU_SOURCE
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static bool parse(const struct sockaddr *address, uint32_t *host, uint16_t *port) {
    if (address->sa_family != AF_INET) return false;
    const struct sockaddr_in *inet = (const struct sockaddr_in *)address;
    *host = ntohl(inet->sin_addr.s_addr);
    *port = ntohs(inet->sin_port);
    return true;
}

static void store(uint32_t host, uint16_t port, struct sockaddr *address, socklen_t *length) {
    if (address == NULL) return;
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)};
    memcpy(address, &inet, *length < sizeof inet ? *length : sizeof inet);
    *length = sizeof inet;
}

int socket(int family, int type, int protocol) {
    if (!world.is_active) return (int)syscall(SYS_socket, family, type, protocol);
    bool is_channel = family == AF_UNIX && (type & 0xf) == SOCK_SEQPACKET;
    bool is_datagram = family == AF_INET && (type & 0xf) == SOCK_DGRAM;
    if (!is_channel && !is_datagram && (family != AF_INET || (type & 0xf) != SOCK_STREAM)) return fail(EAFNOSUPPORT);
    if (happens(CSIM_NO_DESCRIPTOR)) return fail(EMFILE);
    descriptor *new = open_descriptor(is_channel ? UNBOUND_CHANNEL : UNBOUND);
    if (new == NULL) return fail(EMFILE);
    if (is_datagram) datagrams_open(new);
    return new->number;
}

int socketpair(int family, int type, int protocol, int numbers[2]) {
    if (!world.is_active) return (int)syscall(SYS_socketpair, family, type, protocol, numbers);
    if (happens(CSIM_NO_DESCRIPTOR)) return fail(EMFILE);
    descriptor *one = open_descriptor(UNBOUND);
    if (one == NULL) return fail(EMFILE);
    descriptor *other = open_descriptor(UNBOUND);
    if (other == NULL) {
        release(one);
        return fail(EMFILE);
    }
    network_pair(one, other);
    numbers[0] = one->number;
    numbers[1] = other->number;
    return 0;
}

static const char *unix_path(const struct sockaddr *address) {
    return address->sa_family == AF_UNIX ? ((const struct sockaddr_un *)address)->sun_path : NULL;
}

// The paths that sockets are bound to, until they listen.
static char bound_path[108];

int bind(int number, const struct sockaddr *address, socklen_t length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_bind, number, address, length);
    if (one->kind == UNBOUND_CHANNEL) {
        if (unix_path(address) == NULL || !is_simulated(unix_path(address))) return fail(EINVAL);
        bool exists;
        find_socket(unix_path(address), &exists);
        if (exists) return fail(EADDRINUSE);
        strncpy(bound_path, unix_path(address), sizeof bound_path - 1);
        put_socket(bound_path, NULL);
        return 0;
    }
    if (!parse(address, &one->address, &one->port)) return fail(EAFNOSUPPORT);
    return 0;
}

int listen(int number, int backlog) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_listen, number, backlog);
    return one->kind == UNBOUND_CHANNEL ? channel_listen(one, bound_path) : network_listen(one, backlog);
}

int connect(int number, const struct sockaddr *address, socklen_t length) {
    descriptor *one = find(number);
    uint32_t host;
    uint16_t port;
    if (one == NULL) return (int)syscall(SYS_connect, number, address, length);
    if (one->kind == UNBOUND_CHANNEL) return channel_connect(one, unix_path(address));
    if (!parse(address, &host, &port)) return fail(EAFNOSUPPORT);
    return fail(network_connect(one, host, port));
}

int accept4(int number, struct sockaddr *address, socklen_t *length, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_accept4, number, address, length, flags);
    if (one->kind == CHANNEL_LISTENER) return channel_accept(one);
    if (one->kind != LISTENER) return fail(EINVAL);
    uint32_t host = 0;
    uint16_t port = 0;
    int accepted = network_accept(one, &host, &port);
    if (accepted < 0) return fail(-accepted);
    store(host, port, address, length);
    return accepted;
}

ssize_t recv(int number, void *bytes, size_t count, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_recvfrom, number, bytes, count, flags, NULL, NULL);
    if (one->kind != STREAM) return fail(ENOTCONN);
    return result(network_receive(one->end, (flags & MSG_TRUNC) != 0 ? NULL : bytes, count));
}

ssize_t send(int number, const void *bytes, size_t count, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_sendto, number, bytes, count, flags, NULL, 0);
    if (one->kind != STREAM) return fail(ENOTCONN);
    return result(network_send(one->end, bytes, count));
}

ssize_t sendmsg(int number, const struct msghdr *message, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_sendmsg, number, message, flags);
    if (one->kind == CHANNEL) return result(channel_send(one->channel, message));
    if (one->kind != STREAM) return fail(ENOTCONN);
    size_t total = 0, copied = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) total += message->msg_iov[i].iov_len;
    uint8_t *all = malloc(total > 0 ? total : 1);
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        memcpy(all + copied, message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
        copied += message->msg_iov[i].iov_len;
    }
    ssize_t sent = network_send(one->end, all, total);
    free(all);
    return result(sent);
}

ssize_t recvmsg(int number, struct msghdr *message, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_recvmsg, number, message, flags);
    return one->kind == CHANNEL ? result(channel_receive(one->channel, message)) : fail(EOPNOTSUPP);
}

int shutdown(int number, int how) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_shutdown, number, how);
    if (one->kind != STREAM) return fail(ENOTCONN);
    if (how != SHUT_RD) network_finish(one->end);
    return 0;
}

int getsockname(int number, struct sockaddr *address, socklen_t *length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_getsockname, number, address, length);
    uint32_t host = one->address;
    uint16_t port = one->port;
    if (one->kind == STREAM) network_address(one->end, false, &host, &port);
    store(host, port, address, length);
    return 0;
}
