// Functions that the Glibc module doesn't have: clocks without overflow checks, timerfd, processor affinity, starting a
// process on chosen processors, network namespaces and TUN interfaces.
#ifndef CLOAD_H
#define CLOAD_H

#include <stdint.h>
#include <sys/types.h>

uint64_t cload_now(void);               // monotonic, in nanoseconds
// Returns the processor time of all threads of a process, including ended ones, in nanoseconds; 0 if there is no such
// process. The pid 0 is the caller.
uint64_t cload_processor_time(pid_t pid);

int cload_timer_create(void);
// Makes the timer fire once at a time of cload_now(). 0 disarms it.
int cload_timer_set(int timer, uint64_t deadline);
void cload_timer_clear(int timer);

// Returns the available processors among the first 64. Bit n is processor n.
uint64_t cload_processors(void);
// Keeps a thread on these processors. The thread 0 is the caller.
int cload_pin(pid_t thread, uint64_t processors);

// Runs "/bin/sh -c command" in the given directory, as the leader of its own process group, with its output in the file
// log. Returns its pid, or -1. If SIGINT, SIGTERM or SIGHUP ends the caller's process, the first 8 running groups are
// killed.
pid_t cload_spawn(const char *command, const char *directory, const char *log, uint64_t processors);
// Sends a signal to the group, and forgets the group once it was reaped. cload_reap returns 1 if it has ended, 0 if it
// runs.
void cload_signal_group(pid_t leader, int signal);
int cload_reap(pid_t leader);
// Like cload_reap, and stores the status of waitpid(2) when it returns 1.
int cload_reap_status(pid_t leader, int *status);

int cload_raise_file_limit(void);

// Moves the calling thread into a new network namespace, and returns a descriptor that keeps the namespace; -1 if that
// isn't allowed. Without the descriptor and without processes in it, a namespace ends, with everything in it.
int cload_namespace_make(void);
int cload_namespace_enter(int namespace);
// Makes a TUN interface without offloads in the calling thread's namespace. It ends with its descriptor.
int cload_tun_open(const char *name);
// Waits until one of two descriptors is readable, or until a time of cload_now().
int cload_wait_readable(int first, int second, uint64_t deadline);
// Makes the calling thread's timers exact, and runs it before all ordinary threads. -1 if the latter isn't allowed.
int cload_hurry(void);
// Gives the calling thread a larger share of the processors. -1 if that isn't allowed.
int cload_prefer(void);
void cload_sleep_until(uint64_t deadline);
// Returns how many bytes the kernel holds that the process hasn't read yet.
int cload_pending_input(int socket);

// Marks where counting begins, and where it ends. Does nothing if nobody counts.
void cload_mark(void);
// Runs "program run name repetitions" and returns how many instructions it executes in user space between its two
// marks; -1 if that isn't possible. It uses single steps, so it is slow, but gives the same result every time.
long cload_count_instructions(const char *program, const char *name, const char *repetitions);

#endif
