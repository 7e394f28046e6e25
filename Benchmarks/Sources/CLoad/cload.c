#define _GNU_SOURCE
#include "cload.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t read_clock(clockid_t clock) {
    struct timespec time = {0};
    clock_gettime(clock, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t cload_now(void) { return read_clock(CLOCK_MONOTONIC); }

uint64_t cload_processor_time(pid_t pid) {
    clockid_t clock;
    return clock_getcpuclockid(pid, &clock) == 0 ? read_clock(clock) : 0;
}

int cload_timer_create(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

int cload_timer_set(int timer, uint64_t deadline) {
    struct itimerspec setting = {0};
    setting.it_value.tv_sec = (time_t)(deadline / 1000000000u);
    setting.it_value.tv_nsec = (long)(deadline % 1000000000u);
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, NULL);
}

void cload_timer_clear(int timer) {
    uint64_t count;
    ssize_t ignored = read(timer, &count, sizeof count);
    (void)ignored;
}

uint64_t cload_processors(void) {
    cpu_set_t set;
    uint64_t bits = 0;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    for (int index = 0; index < 64; index++)
        if (CPU_ISSET(index, &set)) bits |= (uint64_t)1 << index;
    return bits;
}

int cload_pin(pid_t thread, uint64_t processors) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int index = 0; index < 64; index++)
        if (processors >> index & 1) CPU_SET(index, &set);
    return sched_setaffinity(thread, sizeof set, &set);
}

static volatile pid_t running_groups[8];
static const int most_groups = sizeof running_groups / sizeof running_groups[0];

static void replace_group(pid_t old, pid_t new) {
    for (int index = 0; index < most_groups; index++) {
        if (running_groups[index] != old) continue;
        running_groups[index] = new;
        return;
    }
}

static void die(int number) {
    for (int index = 0; index < most_groups; index++)
        if (running_groups[index] > 0) kill(-running_groups[index], SIGKILL);
    signal(number, SIG_DFL);
    raise(number);
}

pid_t cload_spawn(const char *command, const char *directory, const char *log, uint64_t processors) {
    signal(SIGINT, die);
    signal(SIGTERM, die);
    signal(SIGHUP, die);
    pid_t pid = fork();
    if (pid != 0) {
        if (pid > 0) {
            setpgid(pid, pid);
            replace_group(0, pid);
        }
        return pid;
    }
    // From here on only async-signal-safe calls, because the parent has threads.
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (processors) cload_pin(0, processors);
    int output = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int input = open("/dev/null", O_RDONLY);
    if (output < 0 || input < 0 || chdir(directory) != 0) _exit(127);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

void cload_signal_group(pid_t leader, int signal) { kill(-leader, signal); }

int cload_reap(pid_t leader) {
    int status;
    return cload_reap_status(leader, &status);
}

int cload_reap_status(pid_t leader, int *status) {
    if (waitpid(leader, status, WNOHANG) == 0) return 0;
    replace_group(leader, 0);
    return 1;
}

int cload_raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return -1;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit);
}
