#define _GNU_SOURCE
#include "world.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// MARK: Descriptors

static descriptor descriptors[DESCRIPTOR_LIMIT];
static int highest;

descriptor *find(int number) {
    int index = number - FIRST_DESCRIPTOR;
    return index >= 0 && index < highest && descriptors[index].kind != FREE ? &descriptors[index] : NULL;
}

descriptor *open_descriptor(descriptor_kind kind) {
    for (int i = 0; i < DESCRIPTOR_LIMIT; i++) {
        if (descriptors[i].kind != FREE || descriptors[i].is_queued) continue;
        if (i >= highest) highest = i + 1;
        descriptors[i] = (descriptor){.kind = kind, .number = FIRST_DESCRIPTOR + i, .machine = current_machine()};
        return &descriptors[i];
    }
    return NULL;
}

static descriptor *from(int index) {
    while (index < highest && descriptors[index].kind == FREE) index += 1;
    return index < highest ? &descriptors[index] : NULL;
}

descriptor *first_descriptor(void) { return from(0); }
descriptor *next_descriptor(descriptor *one) { return from((int)(one - descriptors) + 1); }

void release(descriptor *one) {
    if (one->kind == EPOLL) {
        for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it))
            if (it->watcher == one->epoll) it->watcher = NULL;
        for (descriptor *it = one->epoll->first; it != NULL; it = it->next_queued) it->is_queued = false;
        free(one->epoll);
    }
    if (one->kind == STREAM) network_close_end(one->end, false);
    if (one->kind == LISTENER) network_close_listener(one->listener);
    one->kind = FREE;
    one->watcher = NULL;
}

int csim_open_socket_count(uint32_t machine) {
    int count = 0;
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) count += it->machine == machine;
    return count;
}

uint32_t readiness(descriptor *one) {
    switch (one->kind) {
    case EVENT: return one->count > 0 ? EPOLLIN | EPOLLOUT : EPOLLOUT;
    case LISTENER: return network_listener_readiness(one->listener);
    case STREAM: return network_end_readiness(one->end);
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

static uint32_t due(descriptor *one) {
    return one->kind == FREE || one->watcher == NULL ? 0 : readiness(one) & (one->events | EPOLLERR | EPOLLHUP);
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

static int fail(int error) {
    errno = error;
    return -1;
}

static ssize_t result(ssize_t value) {
    if (value >= 0) return value;
    errno = (int)-value;
    return -1;
}

// MARK: epoll and eventfd

int epoll_create1(int flags) {
    if (!world.is_active) return (int)syscall(SYS_epoll_create1, flags);
    descriptor *new = open_descriptor(EPOLL);
    if (new == NULL) return fail(EMFILE);
    new->epoll = calloc(1, sizeof *new->epoll);
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

ssize_t read(int number, void *bytes, size_t count) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_read, number, bytes, count);
    if (one->kind != EVENT) return fail(EBADF);
    if (one->count == 0) return fail(EAGAIN);
    memcpy(bytes, &one->count, sizeof one->count);
    one->count = 0;
    return 8;
}

ssize_t write(int number, const void *bytes, size_t count) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_write, number, bytes, count);
    if (one->kind != EVENT) return fail(EBADF);
    uint64_t more;
    memcpy(&more, bytes, sizeof more);
    one->count += more;
    notify(one);
    return 8;
}

int close(int number) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_close, number);
    release(one);
    return 0;
}

// MARK: Sockets

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
    if (family != AF_INET || (type & 0xf) != SOCK_STREAM) return fail(EAFNOSUPPORT);
    if (happens(CSIM_NO_DESCRIPTOR)) return fail(EMFILE);
    descriptor *new = open_descriptor(UNBOUND);
    return new == NULL ? fail(EMFILE) : new->number;
}

int bind(int number, const struct sockaddr *address, socklen_t length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_bind, number, address, length);
    if (!parse(address, &one->address, &one->port)) return fail(EAFNOSUPPORT);
    return 0;
}

int listen(int number, int backlog) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_listen, number, backlog);
    return network_listen(one, backlog);
}

int connect(int number, const struct sockaddr *address, socklen_t length) {
    descriptor *one = find(number);
    uint32_t host;
    uint16_t port;
    if (one == NULL) return (int)syscall(SYS_connect, number, address, length);
    if (!parse(address, &host, &port)) return fail(EAFNOSUPPORT);
    return fail(network_connect(one, host, port));
}

int accept4(int number, struct sockaddr *address, socklen_t *length, int flags) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_accept4, number, address, length, flags);
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

int shutdown(int number, int how) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_shutdown, number, how);
    if (one->kind != STREAM) return fail(ENOTCONN);
    if (how != SHUT_RD) network_finish(one->end);
    return 0;
}

int setsockopt(int number, int level, int option, const void *value, socklen_t length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_setsockopt, number, level, option, value, length);
    int setting = 0;
    if (length >= sizeof setting) memcpy(&setting, value, sizeof setting);
    if (level == IPPROTO_TCP && option == TCP_USER_TIMEOUT) one->user_timeout = (uint64_t)setting * 1000000u;
    if (level == IPPROTO_TCP && option == TCP_KEEPIDLE) one->keep_idle = (uint64_t)setting * 1000000000u;
    return 0;
}

int getsockopt(int number, int level, int option, void *value, socklen_t *length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_getsockopt, number, level, option, value, length);
    int answer = 0;
    if (level == SOL_SOCKET && option == SO_ERROR && one->kind == STREAM) answer = network_take_error(one->end);
    memcpy(value, &answer, *length < sizeof answer ? *length : sizeof answer);
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

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **answer) {
    return EAI_NONAME;
}

// MARK: Time

enum { READING_COST = 25 };

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!world.is_active) return (int)syscall(SYS_clock_gettime, clock, time);
    // Code that waits for a time to pass must see it pass.
    world.now += READING_COST;
    uint64_t value = world.now;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        value = (uint64_t)(1800000000ll * 1000000000ll + (int64_t)world.now + world.wall_shift);
    if (clock == CLOCK_THREAD_CPUTIME_ID) value = *processor_time();
    *time = (struct timespec){.tv_sec = (time_t)(value / 1000000000), .tv_nsec = (long)(value % 1000000000)};
    return 0;
}

time_t time(time_t *answer) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (answer != NULL) *answer = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *answer, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *answer = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return 0;
}

int sched_yield(void) { return 0; }

// MARK: Threads and limits

int pthread_create(pthread_t *new, const pthread_attr_t *attributes, void *(*body)(void *), void *argument) {
    if (!world.is_active) {
        int (*original)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
            (int (*)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *))dlsym(RTLD_NEXT, "pthread_create");
        return original(new, attributes, body, argument);
    }
    *new = pthread_self();
    return start_thread(body, argument) == 0 ? 0 : EAGAIN;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *previous) { return 0; }
int pthread_detach(pthread_t thread) { return 0; }
int pthread_setname_np(pthread_t thread, const char *name) { return 0; }

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set) {
    CPU_ZERO(set);
    CPU_SET(0, set);
    CPU_SET(1, set);
    return 0;
}

int getrlimit(__rlimit_resource_t resource, struct rlimit *limit) {
    if (!world.is_active) return (int)syscall(SYS_prlimit64, 0, resource, NULL, limit);
    rlim_t value = resource == RLIMIT_NOFILE ? FIRST_DESCRIPTOR + DESCRIPTOR_LIMIT : RLIM_INFINITY;
    *limit = (struct rlimit){value, value};
    return 0;
}

// What the kernel tells of the real machine doesn't exist in the simulated world.
static bool is_hidden(const char *path) {
    return world.is_active && (strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0);
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return is_hidden(path) ? fail(ENOENT) : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

// MARK: Chance

static void fill(void *bytes, size_t count) {
    for (size_t i = 0; i < count; i += 8) {
        uint64_t value = csim_random();
        memcpy((uint8_t *)bytes + i, &value, count - i < 8 ? count - i : 8);
    }
}

ssize_t getrandom(void *bytes, size_t count, unsigned int flags) {
    if (world.is_active) fill(bytes, count);
    else return syscall(SYS_getrandom, bytes, count, flags);
    return (ssize_t)count;
}

int getentropy(void *bytes, size_t count) { return getrandom(bytes, count, 0) < 0 ? -1 : 0; }

// Swift draws its random numbers by this function.
long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    if (number == SYS_getrandom && world.is_active) {
        fill((void *)a, (size_t)b);
        return b;
    }
    long answer;
#if defined(__x86_64__)
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(answer)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    answer = x0;
#else
#error "The simulator knows x86-64 and AArch64."
#endif
    if (answer < 0 && answer > -4096) {
        errno = (int)-answer;
        return -1;
    }
    return answer;
}
