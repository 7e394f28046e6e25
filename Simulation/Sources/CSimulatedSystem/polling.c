#define _GNU_SOURCE
#include "world.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint32_t due(descriptor *one) {
    return one->kind <= ENDED || one->watcher == NULL ? 0 : readiness(one) & (one->events | EPOLLERR | EPOLLHUP);
}

static descriptor *take_queued(epoll *epoll) {
    descriptor *one = epoll->first;
    epoll->first = one->next_queued;
    if (epoll->first == NULL) epoll->last = NULL;
    one->is_queued = false;
    return one;
}

bool has_ready(epoll *epoll) {
    while (epoll->first != NULL) {
        if (due(epoll->first) != 0) return true;
        take_queued(epoll);
    }
    return false;
}

int epoll_create1(int flags) {
    if (!world.is_active) return (int)syscall(SYS_epoll_create1, flags);
    descriptor *new = open_descriptor(EPOLL);
    if (new == NULL) return fail(EMFILE);
    attach(new, EPOLL, calloc(1, sizeof(epoll)));
    return new->number;
}

int epoll_ctl(int number, int operation, int watched, struct epoll_event *event) {
    descriptor *owner = find(number), *one = find(watched);
    if (owner == NULL) return (int)syscall(SYS_epoll_ctl, number, operation, watched, event);
    if (one == NULL) return fail(EBADF);
    if (operation == EPOLL_CTL_DEL) {
        if (one->watcher == NULL) return fail(ENOENT);
        one->watcher = NULL;
        return 0;
    }
    if (operation == EPOLL_CTL_ADD && one->watcher != NULL) return fail(EEXIST);
    if (operation == EPOLL_CTL_MOD && one->watcher == NULL) return fail(ENOENT);
    one->watcher = owner->epoll;
    one->events = event->events;
    one->data = event->data.u64;
    notify(one);
    return 0;
}

int epoll_wait(int number, struct epoll_event *events, int limit, int timeout) {
    descriptor *owner = find(number);
    if (owner == NULL) return (int)syscall(SYS_epoll_wait, number, events, limit, timeout);
    epoll *epoll = owner->epoll;
    wait_for(epoll, timeout < 0 ? NEVER : world.now + (uint64_t)timeout * 1000000);
    int count = 0;
    descriptor *again[256];
    int again_count = 0;
    while (count < limit && count < 256 && epoll->first != NULL) {
        descriptor *one = take_queued(epoll);
        uint32_t mask = due(one);
        if (mask == 0) continue;
        events[count++] = (struct epoll_event){.events = mask, .data.u64 = one->data};
        csim_note(((uint64_t)one->number << 32) | mask);
        if ((one->events & EPOLLET) == 0) again[again_count++] = one;
    }
    for (int i = 0; i < again_count; i++) notify(again[i]);
    return count;
}

int eventfd(unsigned int count, int flags) {
    if (!world.is_active) return (int)syscall(SYS_eventfd2, count, flags);
    descriptor *new = open_descriptor(EVENT);
    if (new == NULL) return fail(EMFILE);
    new->count = count;
    return new->number;
}
