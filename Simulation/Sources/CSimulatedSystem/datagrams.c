#define _GNU_SOURCE
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// UDP. Datagrams are lost, delayed, doubled and reordered.

enum { DATAGRAM_SIZE = 2048, QUEUE_LIMIT = 512 };

typedef struct datagram {
    struct datagram *next;
    uint32_t from, to;
    uint16_t from_port, to_port;
    size_t size;
    uint8_t bytes[DATAGRAM_SIZE];
} datagram;

struct datagrams {
    object object;
    datagram *first, *last;
    int queued;
};

// What has come to scripted addresses.
static datagram *arrived_first, *arrived_last;

int datagrams_open(descriptor *one) {
    attach(one, DATAGRAMS, calloc(1, sizeof(datagrams)));
    return 0;
}

void datagrams_close(datagrams *datagrams) {
    for (datagram *one = datagrams->first, *next; one != NULL; one = next) {
        next = one->next;
        free(one);
    }
    free(datagrams);
}

uint32_t datagrams_readiness(datagrams *datagrams) { return datagrams->first != NULL ? EPOLLIN | EPOLLOUT : EPOLLOUT; }

static void arrive(void *subject, uint64_t number) {
    datagram *one = subject;
    if (is_cut(one->from, one->to)) {
        free(one);
        return;
    }
    descriptor *bound[64];
    uint64_t count = 0;
    for (descriptor *it = first_descriptor(); it != NULL && count < 64; it = next_descriptor(it))
        if (it->kind == DATAGRAMS && it->port == one->to_port && it->address == one->to) bound[count++] = it;
    if (count == 0) {
        if (is_host(one->to)) {
            free(one);
            return;
        }
        one->next = NULL;
        if (arrived_last != NULL) arrived_last->next = one;
        else arrived_first = one;
        arrived_last = one;
        tell(CSIM_DATAGRAM, 0);
        return;
    }
    // As the kernel spreads peers over sockets that share a port.
    datagrams *queue = bound[(one->from * 31u + one->from_port) % count]->datagrams;
    if (queue->queued >= QUEUE_LIMIT) {
        free(one);
        return;
    }
    one->next = NULL;
    if (queue->last != NULL) queue->last->next = one;
    else queue->first = one;
    queue->last = one;
    queue->queued += 1;
    notify_all(&queue->object);
}

static void post(uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port, const void *bytes, size_t size) {
    int copies = happens(CSIM_LOST_DATAGRAM) ? 0 : happens(CSIM_DOUBLED_DATAGRAM) ? 2 : 1;
    while (copies-- > 0) {
        datagram *new = calloc(1, sizeof *new);
        *new = (datagram){.from = from, .to = to, .from_port = from_port, .to_port = to_port};
        new->size = size < DATAGRAM_SIZE ? size : DATAGRAM_SIZE;
        memcpy(new->bytes, bytes, new->size);
        at(world.now + 500000 + below(40000000), arrive, new, 0);
    }
}

void csim_send_datagram(
    uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port, const void *bytes, size_t size) {
    post(from, from_port, to, to_port, bytes, size);
}

size_t csim_take_datagram(uint32_t *to, uint16_t *to_port, void *bytes, size_t limit) {
    datagram *first = arrived_first;
    if (first == NULL) return 0;
    arrived_first = first->next;
    if (arrived_first == NULL) arrived_last = NULL;
    *to = first->to;
    *to_port = first->to_port;
    size_t size = first->size < limit ? first->size : limit;
    memcpy(bytes, first->bytes, size);
    free(first);
    return size;
}

// MARK: Calls

int recvmmsg(int number, struct mmsghdr *messages, unsigned int count, int flags, struct timespec *timeout) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_recvmmsg, number, messages, count, flags, timeout);
    if (one->kind != DATAGRAMS) return fail(ENOTSOCK);
    if (happens(CSIM_INTERRUPTED)) return fail(EINTR);
    if (one->datagrams->first == NULL) return fail(EAGAIN);
    unsigned int taken = 0;
    while (taken < count && one->datagrams->first != NULL) {
        datagram *first = one->datagrams->first;
        one->datagrams->first = first->next;
        if (first->next == NULL) one->datagrams->last = NULL;
        one->datagrams->queued -= 1;
        struct msghdr *header = &messages[taken].msg_hdr;
        struct sockaddr_in name = {
            .sin_family = AF_INET, .sin_port = htons(first->from_port), .sin_addr.s_addr = htonl(first->from)};
        if (header->msg_name != NULL) memcpy(header->msg_name, &name, sizeof name);
        header->msg_namelen = sizeof name;
        header->msg_controllen = 0;
        size_t room = header->msg_iov[0].iov_len, size = first->size < room ? first->size : room;
        header->msg_flags = size < first->size ? MSG_TRUNC : 0;
        memcpy(header->msg_iov[0].iov_base, first->bytes, size);
        messages[taken++].msg_len = (unsigned int)size;
        free(first);
    }
    return (int)taken;
}

int sendmmsg(int number, struct mmsghdr *messages, unsigned int count, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_sendmmsg, number, messages, count, flags);
    if (one->kind != DATAGRAMS) return fail(ENOTSOCK);
    if (happens(CSIM_INTERRUPTED)) return fail(EINTR);
    if (happens(CSIM_NO_BUFFERS)) return fail(ENOBUFS);
    if (count > 1 && happens(CSIM_SHORT_SEND)) count = 1 + (unsigned int)below(count);
    for (unsigned int i = 0; i < count; i++) {
        const struct msghdr *header = &messages[i].msg_hdr;
        const struct sockaddr_in *name = header->msg_name;
        uint8_t bytes[DATAGRAM_SIZE];
        size_t size = 0;
        for (size_t part = 0; part < header->msg_iovlen; part++) {
            size_t more = header->msg_iov[part].iov_len;
            if (more > DATAGRAM_SIZE - size) more = DATAGRAM_SIZE - size;
            memcpy(bytes + size, header->msg_iov[part].iov_base, more);
            size += more;
        }
        post(one->address, one->port, ntohl(name->sin_addr.s_addr), ntohs(name->sin_port), bytes, size);
        messages[i].msg_len = (unsigned int)size;
    }
    return (int)count;
}
