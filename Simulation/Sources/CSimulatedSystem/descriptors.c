#include "world.h"

#include <stdlib.h>

static descriptor descriptors[DESCRIPTOR_LIMIT];
static int highest;

descriptor *find(int number) {
    int index = number - FIRST_DESCRIPTOR;
    return index >= 0 && index < highest && descriptors[index].kind > ENDED ? &descriptors[index] : NULL;
}

descriptor *open_descriptor(descriptor_kind kind) {
    for (int i = 0; i < DESCRIPTOR_LIMIT; i++) {
        if (descriptors[i].kind != FREE || descriptors[i].is_queued) continue;
        if (i >= highest) highest = i + 1;
        descriptors[i] = (descriptor){.kind = kind, .number = FIRST_DESCRIPTOR + i, .process = current_process()};
        return &descriptors[i];
    }
    return NULL;
}

void attach(descriptor *one, descriptor_kind kind, void *new) {
    one->kind = kind;
    one->object = new;
    one->object->references += 1;
    one->object->number = one->number;
}

descriptor *duplicate(const descriptor *one) {
    descriptor *new = open_descriptor(one->kind);
    if (new == NULL) return NULL;
    attach(new, one->kind, one->object);
    new->address = one->address;
    new->port = one->port;
    new->user_timeout = one->user_timeout;
    new->keep_idle = one->keep_idle;
    new->unsent_limit = one->unsent_limit;
    return new;
}

static descriptor *from(int index) {
    while (index < highest && descriptors[index].kind <= ENDED) index += 1;
    return index < highest ? &descriptors[index] : NULL;
}

descriptor *first_descriptor(void) { return from(0); }
descriptor *next_descriptor(descriptor *one) { return from((int)(one - descriptors) + 1); }

static bool has_object(descriptor_kind kind) { return kind > EVENT && kind != UNBOUND; }

static void close_epoll(epoll *epoll) {
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it))
        if (it->watcher == epoll) it->watcher = NULL;
    for (descriptor *it = epoll->first; it != NULL; it = it->next_queued) it->is_queued = false;
    free(epoll);
}

static void close_object(descriptor_kind kind, void *object) {
    switch (kind) {
    case EPOLL: close_epoll(object); break;
    case LISTENER: network_close_listener(object); break;
    case STREAM: network_close_end(object, false); break;
    case CHANNEL_LISTENER: channel_listener_close(object); break;
    case CHANNEL: channel_close(object); break;
    case DATAGRAMS: datagrams_close(object); break;
    case OPEN_FILE: file_close(object); break;
    default: break;
    }
}

static int other_number(object *object) {
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it))
        if (has_object(it->kind) && it->object == object) return it->number;
    return -1;
}

void release(descriptor *one) {
    descriptor_kind kind = one->kind;
    one->kind = FREE;
    one->watcher = NULL;
    if (!has_object(kind) || one->object == NULL) return;
    if (--one->object->references > 0) {
        if (one->object->number == one->number) one->object->number = other_number(one->object);
        return;
    }
    one->object->number = -1;
    close_object(kind, one->object);
}

int csim_open_socket_count(uint32_t process) {
    int count = 0;
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) count += it->process == process;
    return count;
}

uint32_t readiness(descriptor *one) {
    switch (one->kind) {
    case EVENT: return one->count > 0 ? EPOLLIN | EPOLLOUT : EPOLLOUT;
    case LISTENER: return network_listener_readiness(one->listener);
    case STREAM: return network_end_readiness(one->end);
    case CHANNEL_LISTENER: return channel_listener_readiness(one->channel_listener);
    case CHANNEL: return channel_readiness(one->channel);
    case DATAGRAMS: return datagrams_readiness(one->datagrams);
    default: return 0;
    }
}

void notify(descriptor *one) {
    if (one == NULL || one->watcher == NULL || one->is_queued) return;
    one->is_queued = true;
    one->next_queued = NULL;
    if (one->watcher->last != NULL) one->watcher->last->next_queued = one;
    else one->watcher->first = one;
    one->watcher->last = one;
}

void notify_all(object *object) {
    if (object->references == 1 && object->number >= 0) {
        notify(find(object->number));
        return;
    }
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it))
        if (has_object(it->kind) && it->object == object) notify(it);
}
