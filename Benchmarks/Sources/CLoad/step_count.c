#define _GNU_SOURCE
#include "cload.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static const int mark = SIGUSR1;

void cload_mark(void) {
    if (getenv("CLOAD_COUNTED")) raise(mark);
}

#if defined(__x86_64__)

// Continues the child as "how" says, until it stops with a signal that is part of counting. Returns that signal, or 0
// if the child ended. Other signals are passed on to the child.
static int next_stop(pid_t child, int how) {
    int status, passed = 0;
    for (;;) {
        if (ptrace(how, child, NULL, (void *)(long)passed) != 0) return 0;
        if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return 0;
        passed = WSTOPSIG(status);
        if (passed == SIGTRAP || passed == mark) return passed;
    }
}

// Counts the steps to the next mark. A repeated string instruction stops after each repetition, but counts once.
static long count_steps(pid_t child) {
    long count = 0;
    unsigned long last = 0;
    for (;;) {
        int stop = next_stop(child, PTRACE_SINGLESTEP);
        if (stop == mark) return count;
        errno = 0;
        unsigned long next = (unsigned long)ptrace(PTRACE_PEEKUSER, child, offsetof(struct user, regs.rip), NULL);
        if (stop == 0 || errno != 0) return -1;
        count += next != last;
        last = next;
    }
}

long cload_count_instructions(const char *program, const char *name, const char *repetitions) {
    pid_t child = fork();
    if (child == -1) return -1;
    if (child == 0) {
        setenv("CLOAD_COUNTED", "1", 1);
        setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1);
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0) execl(program, program, "run", name, repetitions, NULL);
        _exit(127);
    }
    long count = -1;
    int status;
    // The child stops at its exec, then at the first mark.
    if (waitpid(child, &status, 0) == child && WIFSTOPPED(status) && next_stop(child, PTRACE_CONT) == mark)
        count = count_steps(child);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return count;
}

#else

long cload_count_instructions(const char *program, const char *name, const char *repetitions) {
    (void)program, (void)name, (void)repetitions;
    return -1;
}

#endif
