#define _GNU_SOURCE
#include "world.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// MARK: Time

enum { READING_COST = 25 };

int clock_gettime(clockid_t clock, struct timespec *time) {
    if (!world.is_active) return (int)syscall(SYS_clock_gettime, clock, time);
    // Code that waits for a time to pass must see it pass.
    world.now += READING_COST;
    uint64_t value = world.now;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) value = (uint64_t)wall_time();
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

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
    if (!world.is_active) return syscall(SYS_clock_nanosleep, clock, flags, time, left) == 0 ? 0 : errno;
    wait_for(NULL, world.now + (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec);
    return 0;
}

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
