// What the Glibc module does not expose: clocks without overflow checks, timerfd, processor affinity, and starting a
// process on chosen processors.
#ifndef CLOAD_H
#define CLOAD_H

#include <stdint.h>
#include <sys/types.h>

uint64_t cload_now(void);               // monotonic, in nanoseconds
// Of all threads of a process, the ended ones too, in nanoseconds; pid 0 is the caller. 0 when there is no such process.
uint64_t cload_processor_time(pid_t pid);

int cload_timer_create(void);
// Fires once at a time of cload_now(); 0 disarms.
int cload_timer_set(int timer, uint64_t deadline);
void cload_timer_clear(int timer);

// Bit n is processor n, of the first 64.
uint64_t cload_processors(void);
// thread 0 is the caller.
int cload_pin(pid_t thread, uint64_t processors);

// Runs "/bin/sh -c command" as the leader of a process group of its own, in directory, with its output in the file
// log. Returns its pid, or -1. The group is killed when SIGINT, SIGTERM or SIGHUP ends the caller's process, if it is
// one of the first 8 that run.
pid_t cload_spawn(const char *command, const char *directory, const char *log, uint64_t processors);
// Signals the group, and forgets it when it was reaped. Returns 1 when it has ended, 0 when it runs.
void cload_signal_group(pid_t leader, int signal);
int cload_reap(pid_t leader);

int cload_raise_file_limit(void);

// Marks where counting begins, and where it ends; does nothing when nobody counts.
void cload_mark(void);
// Runs "program run name repetitions", and returns how many instructions it takes, in user space, between its two
// marks, by single steps: slow, but the same every time. -1 when that can't be done.
long cload_count_instructions(const char *program, const char *name, const char *repetitions);

#endif
