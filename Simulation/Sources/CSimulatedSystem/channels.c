#define _GNU_SOURCE
#include "world.h"

#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

// Unix sockets that carry messages, and descriptors with them. What is sent is there at once.

enum { MESSAGE_SIZE = 1024, CARRIED_LIMIT = 64, QUEUE_LIMIT = 32 };

typedef struct {
    descriptor_kind kind;
    object *object;
    uint32_t address;
    uint16_t port;
    uint64_t user_timeout, keep_idle;
} carried;

typedef struct message {
    struct message *next;
    size_t size;
    uint8_t bytes[MESSAGE_SIZE];
    int count;
    carried carried[CARRIED_LIMIT];
} message;

struct channel {
    object object;
    channel *peer;
    message *first, *last;
    int queued;
    bool is_closed;
};

struct channel_listener {
    object object;
    channel *waiting[16];
    int count;
};

static channel *new_channel(void) {
    channel *new = calloc(1, sizeof *new);
    new->object.number = -1;
    return new;
}

int channel_listen(descriptor *one, const char *path) {
    channel_listener *new = calloc(1, sizeof *new);
    attach(one, CHANNEL_LISTENER, new);
    put_socket(path, new);
    return 0;
}

int channel_connect(descriptor *one, const char *path) {
    bool exists;
    channel_listener *listener = find_socket(path, &exists);
    if (!exists) return fail(ENOENT);
    if (listener == NULL) return fail(ECONNREFUSED);
    if (listener->count == 16) return fail(EAGAIN);
    channel *here = new_channel(), *there = new_channel();
    here->peer = there;
    there->peer = here;
    attach(one, CHANNEL, here);
    listener->waiting[listener->count++] = there;
    notify_all(&listener->object);
    return 0;
}

int channel_accept(descriptor *one) {
    channel_listener *listener = one->channel_listener;
    if (listener->count == 0) return fail(EAGAIN);
    if (happens(CSIM_NO_DESCRIPTOR)) return fail(EMFILE);
    descriptor *new = open_descriptor(UNBOUND_CHANNEL);
    if (new == NULL) return fail(EMFILE);
    new->process = one->process;
    attach(new, CHANNEL, listener->waiting[0]);
    memmove(listener->waiting, listener->waiting + 1, (size_t)--listener->count * sizeof *listener->waiting);
    return new->number;
}

uint32_t channel_listener_readiness(channel_listener *listener) { return listener->count > 0 ? EPOLLIN : 0; }

uint32_t channel_readiness(channel *channel) {
    uint32_t events = channel->first != NULL ? EPOLLIN : 0;
    if (channel->peer->is_closed) return events | EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP;
    return channel->peer->queued < QUEUE_LIMIT ? events | EPOLLOUT : events;
}

ssize_t channel_send(channel *channel, const struct msghdr *header) {
    if (happens(CSIM_INTERRUPTED)) return -EINTR;
    if (channel->peer->is_closed) return -EPIPE;
    if (channel->peer->queued >= QUEUE_LIMIT) return -EAGAIN;
    message *new = calloc(1, sizeof *new);
    for (size_t i = 0; i < header->msg_iovlen; i++) {
        size_t size = header->msg_iov[i].iov_len;
        if (size > MESSAGE_SIZE - new->size) size = MESSAGE_SIZE - new->size;
        memcpy(new->bytes + new->size, header->msg_iov[i].iov_base, size);
        new->size += size;
    }
    struct cmsghdr *item = header->msg_controllen > 0 ? CMSG_FIRSTHDR(header) : NULL;
    int count = item == NULL ? 0 : (int)((item->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    for (int i = 0; i < count && new->count < CARRIED_LIMIT; i++) {
        int number;
        memcpy(&number, CMSG_DATA(item) + (size_t)i * sizeof number, sizeof number);
        descriptor *one = find(number);
        if (one == NULL || one->object == NULL) continue;
        one->object->references += 1;
        new->carried[new->count++] =
            (carried){one->kind, one->object, one->address, one->port, one->user_timeout, one->keep_idle};
    }
    struct channel *peer = channel->peer;
    if (peer->last != NULL) peer->last->next = new;
    else peer->first = new;
    peer->last = new;
    peer->queued += 1;
    notify_all(&peer->object);
    return (ssize_t)new->size;
}

// Opens what a message carries. Returns -1 if there are no more descriptors: then it is closed.
static int unpack(const carried *one) {
    descriptor *new = happens(CSIM_NO_DESCRIPTOR) ? NULL : open_descriptor(UNBOUND_CHANNEL);
    descriptor closing = {.kind = one->kind, .number = -1, .object = one->object};
    if (new != NULL) {
        attach(new, one->kind, one->object);
        new->address = one->address;
        new->port = one->port;
        new->user_timeout = one->user_timeout;
        new->keep_idle = one->keep_idle;
    }
    // The message's reference.
    release(&closing);
    return new != NULL ? new->number : -1;
}

static message *take(channel *channel) {
    message *first = channel->first;
    channel->first = first->next;
    if (channel->first == NULL) channel->last = NULL;
    channel->queued -= 1;
    return first;
}

ssize_t channel_receive(channel *channel, struct msghdr *header) {
    if (happens(CSIM_INTERRUPTED)) return -EINTR;
    header->msg_flags = 0;
    if (channel->first == NULL) {
        header->msg_controllen = 0;
        return channel->peer->is_closed ? 0 : -EAGAIN;
    }
    message *first = take(channel);
    size_t size = first->size, room = header->msg_iov[0].iov_len;
    if (size > room) {
        size = room;
        header->msg_flags |= MSG_TRUNC;
    }
    memcpy(header->msg_iov[0].iov_base, first->bytes, size);
    int numbers[CARRIED_LIMIT], count = 0;
    for (int i = 0; i < first->count; i++) {
        int number = unpack(&first->carried[i]);
        if (number >= 0) numbers[count++] = number;
        else header->msg_flags |= MSG_CTRUNC;
    }
    struct cmsghdr *item = count > 0 ? CMSG_FIRSTHDR(header) : NULL;
    if (item != NULL) {
        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
        memcpy(CMSG_DATA(item), numbers, (size_t)count * sizeof(int));
    }
    header->msg_controllen = item != NULL ? CMSG_SPACE((size_t)count * sizeof(int)) : 0;
    notify_all(&channel->peer->object);
    free(first);
    return (ssize_t)size;
}

void channel_close(channel *channel) {
    channel->is_closed = true;
    while (channel->first != NULL) {
        message *first = take(channel);
        for (int i = 0; i < first->count; i++) {
            descriptor closing = {.kind = first->carried[i].kind, .number = -1, .object = first->carried[i].object};
            release(&closing);
        }
        free(first);
    }
    notify_all(&channel->peer->object);
}
