#define _GNU_SOURCE
#include "cas_poll.h"

#include <errno.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <time.h>

_Static_assert(CAS_READABLE == EPOLLIN && CAS_WRITABLE == EPOLLOUT && CAS_ERROR == EPOLLERR, "epoll bits");
_Static_assert(CAS_HANGUP == EPOLLHUP && CAS_READ_HANGUP == EPOLLRDHUP, "epoll bits");

int cas_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t events, int edge_triggered, uint64_t data) {
    struct epoll_event event = {.events = events | (edge_triggered ? EPOLLET : 0), .data.u64 = data};
    return epoll_ctl(epoll, operation, fd, &event);
}

int cas_epoll_add(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t data) {
    return control(epoll, EPOLL_CTL_ADD, fd, events, edge_triggered, data);
}

int cas_epoll_modify(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t data) {
    return control(epoll, EPOLL_CTL_MOD, fd, events, edge_triggered, data);
}

int cas_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, 0); }

int cas_epoll_wait(int epoll, cas_event *events, int timeout) {
    struct epoll_event raw[CAS_MAX_EVENTS];
    int count = epoll_wait(epoll, raw, CAS_MAX_EVENTS, timeout);
    for (int i = 0; i < count; i++) {
        events[i].data = raw[i].data.u64;
        events[i].events = raw[i].events;
    }
    return count < 0 && errno == EINTR ? 0 : count;
}

int cas_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cas_tcp_socket(int family) { return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int cas_accept(int fd, struct sockaddr_storage *address) {
    socklen_t length = sizeof *address;
    return accept4(fd, (struct sockaddr *)address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int cas_processor_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count < 1 ? 1 : count;
}

uint64_t cas_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void cas_pause(uint64_t nanoseconds) {
    struct timespec time = {.tv_sec = 0, .tv_nsec = (long)nanoseconds};
    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
}

void cas_wake_promptly(void) { prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0); }

uint64_t cas_thread_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void cas_name_thread(pthread_t thread, const char *name) { pthread_setname_np(thread, name); }

static __thread const void *current_loop;

const void *cas_current_loop(void) { return current_loop; }
void cas_set_current_loop(const void *loop) { current_loop = loop; }
