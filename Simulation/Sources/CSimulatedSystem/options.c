#define _GNU_SOURCE
#include "world.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int setsockopt(int number, int level, int option, const void *value, socklen_t length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_setsockopt, number, level, option, value, length);
    int setting = 0;
    if (length >= sizeof setting) memcpy(&setting, value, sizeof setting);
    if (level == IPPROTO_TCP && option == TCP_USER_TIMEOUT) one->user_timeout = (uint64_t)setting * 1000000u;
    if (level == IPPROTO_TCP && option == TCP_KEEPIDLE) one->keep_idle = (uint64_t)setting * 1000000000u;
    if (level == IPPROTO_TCP && option == TCP_NOTSENT_LOWAT) {
        if (world.is_old_kernel) return fail(ENOPROTOOPT);
        one->unsent_limit = (uint32_t)setting;
    }
    return 0;
}

int getsockopt(int number, int level, int option, void *value, socklen_t *length) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_getsockopt, number, level, option, value, length);
    if (level == SOL_SOCKET && option == SO_PEERCRED) {
        struct ucred peer = {.pid = getpid(), .uid = geteuid(), .gid = getegid()};
        memcpy(value, &peer, *length < sizeof peer ? *length : sizeof peer);
        return 0;
    }
    if (level == IPPROTO_TCP && option == TCP_INFO) {
        if (one->kind != STREAM) return fail(ENOTCONN);
        struct tcp_info info = {
            .tcpi_snd_mss = 1448,
            .tcpi_snd_cwnd = 10,
            .tcpi_bytes_acked = network_acknowledged(one->end),
            .tcpi_notsent_bytes = (uint32_t)network_unsent(one->end),
            .tcpi_delivery_rate = network_rate(one->end),
        };
        if (*length > sizeof info) *length = sizeof info;
        memcpy(value, &info, *length);
        return 0;
    }
    int answer = 0;
    if (level == SOL_SOCKET && option == SO_ERROR && one->kind == STREAM) answer = network_take_error(one->end);
    if (level == SOL_SOCKET && option == SO_TYPE) answer = one->kind == DATAGRAMS ? SOCK_DGRAM : SOCK_STREAM;
    if (level == SOL_SOCKET && option == SO_ACCEPTCONN) answer = one->kind == LISTENER;
    memcpy(value, &answer, *length < sizeof answer ? *length : sizeof answer);
    return 0;
}

int ioctl(int number, unsigned long request, ...) {
    va_list list;
    va_start(list, request);
    int *answer = va_arg(list, int *);
    va_end(list);
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_ioctl, number, request, answer);
    if (one->kind != STREAM || request != TIOCOUTQ) return fail(ENOTTY);
    *answer = (int)network_unacknowledged(one->end);
    return 0;
}
