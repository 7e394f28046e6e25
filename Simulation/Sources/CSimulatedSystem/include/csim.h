// Another implementation of the system calls that the relay makes: a clock, a network and threads whose every move is
// decided by one seed. Linked into a program, it takes the place of the C library's functions of these names.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Begins the simulation. From now on this process makes no real connection, waits for nothing and knows no real time.
// Calls of one seed do the same each time, if the process hashes and places memory deterministically
// (csim_is_deterministic).
void csim_begin(uint64_t seed);

// Whether the process hashes by a fixed seed and has a fixed layout of memory.
int csim_is_deterministic(void);
// Restarts the program so that it does. Returns only if that fails.
void csim_restart_deterministic(char **arguments);

// The simulated time, in nanoseconds since the beginning.
uint64_t csim_now(void);
// The next number of the seed's sequence.
uint64_t csim_random(void);
// A hash of everything that has happened.
uint64_t csim_trace(void);
// The number of turns that threads and jobs have had.
uint64_t csim_turn_count(void);
// Writes to standard output, without changing anything else.
void csim_say(const void *text, size_t count);
// Adds a number to the trace.
void csim_note(uint64_t number);

// MARK: The scripted ends of connections

typedef enum {
    CSIM_NOTHING,    // the time of csim_next was over
    CSIM_CONNECTED,  // a connection is open
    CSIM_REFUSED,    // nobody listens there, or the way is cut
    CSIM_READABLE,   // bytes have come
    CSIM_WRITABLE,   // there is room again for bytes that weren't taken
    CSIM_FINISHED,   // the other end sends nothing more
    CSIM_RESET,      // the other end broke the connection
    CSIM_TIMER,      // a timer is due
    CSIM_ACCEPTED,   // somebody connected to a scripted service; the subject is the new connection
    CSIM_DATAGRAM,   // a datagram has come to a scripted address
} csim_event_kind;

typedef struct {
    csim_event_kind kind;
    // The connection, or what was given to csim_set_timer.
    uint64_t subject;
} csim_event;

// Runs the world until something happens at a scripted end, or until `end`.
csim_event csim_next(uint64_t end);

// Has csim_next tell of `subject` at `time`.
void csim_set_timer(uint64_t time, uint64_t subject);

typedef struct {
    // The time that a byte is on its way, in nanoseconds.
    uint64_t latency;
    // How many bytes a direction holds: on their way, or received and not read.
    size_t window;
    // Bytes a second in each direction; 0: no limit.
    uint64_t rate;
} csim_path;

// Connects from one IPv4 address (in host order) to another. Returns the connection, from 1.
uint64_t csim_connect(uint32_t from, uint32_t to, uint16_t port, csim_path path);
// Accepts connections at an address and a port, as a service whose end is scripted; or no longer does.
void csim_serve(uint32_t address, uint16_t port, csim_path path);
void csim_stop_serving(uint32_t address, uint16_t port);
// The process that serves a connection; 0: none yet, or no more.
uint32_t csim_peer_process(uint64_t connection);
// The address and port of the scripted end, in host order.
void csim_own_address(uint64_t connection, uint32_t *address, uint16_t *port);
// Sends bytes; returns how many were taken.
size_t csim_send(uint64_t connection, const void *bytes, size_t count);
// Receives what has come, `limit` bytes at most.
size_t csim_receive(uint64_t connection, void *bytes, size_t limit);
// How many bytes have come.
size_t csim_available(uint64_t connection);
// The scripted end loses power: it sends nothing more, and takes nothing.
void csim_vanish(uint64_t connection);
// Sends nothing more (FIN).
void csim_finish(uint64_t connection);
// Closes: with FIN, or with RST if there is unread data or `breaks`.
void csim_close(uint64_t connection, int breaks);
// Whether the other end has it open, and has not finished.
int csim_is_served(uint64_t connection);
// What is sent on the way to or from the scripted end arrives only after `end`.
void csim_stall(uint64_t connection, uint64_t end);

// MARK: Datagrams

// Sends a datagram of at most 2,048 bytes from a scripted address.
void csim_send_datagram(
    uint32_t from, uint16_t from_port, uint32_t to, uint16_t to_port, const void *bytes, size_t size);
// Takes the next one that has come to a scripted address. Returns its size; 0: there is none.
size_t csim_take_datagram(uint32_t *to, uint16_t *to_port, void *bytes, size_t limit);

// MARK: Names

// Has the system's resolver know a name.
void csim_name(const char *name, uint32_t address);
// How long the resolver takes for an answer, and whether it then has none.
void csim_set_resolver(uint64_t nanoseconds, int is_failing);

// MARK: Files

// Puts a file at a path, in the place of what is there: /simulated/DIRECTORY/NAME.
void csim_write_file(const char *path, const void *bytes, size_t size);
void csim_remove_file(const char *path);

// MARK: Faults

typedef enum {
    CSIM_SHORT_RECEIVE,  // recv gives less than there is
    CSIM_SHORT_SEND,     // send takes less than it could
    CSIM_INTERRUPTED,    // EINTR
    CSIM_ACCEPT_ABORTED, // ECONNABORTED
    CSIM_NO_DESCRIPTOR,  // EMFILE when accepting or making a socket
    CSIM_NO_BUFFERS,     // ENOBUFS when sending
    CSIM_PAUSE,          // a thread gets no processor for up to 300 ms
    CSIM_LOST_DATAGRAM,
    CSIM_DOUBLED_DATAGRAM,
    CSIM_FAULT_COUNT,
} csim_fault;

// How often a fault happens, in a million calls.
void csim_set_fault(csim_fault fault, uint32_t rate);
// From now on, the kernel doesn't know TCP_NOTSENT_LOWAT.
void csim_age_kernel(void);
// How often a fault has happened.
uint64_t csim_fault_count(csim_fault fault);

// Between two addresses nothing arrives any more, until csim_heal. What is sent meanwhile arrives then.
void csim_part(uint32_t one, uint32_t other);
void csim_heal(uint32_t one, uint32_t other);
// Breaks all connections between relays at `one` and `other`.
void csim_break(uint32_t one, uint32_t other);

// The wall clock differs from the monotonic one by so many nanoseconds more.
void csim_shift_wall_clock(int64_t nanoseconds);

// MARK: Processes

// Starts a process, a number from 1 that is used once, on the host with this address (in host order), which is on from
// now on.
void csim_start_process(uint32_t process, uint32_t address);
// Code that runs on the main thread from now on, with the threads, jobs and sockets that it makes, belongs to this
// process. 0: to none.
void csim_set_process(uint32_t process);
// The process ends where it is. Its sockets are closed.
void csim_crash_process(uint32_t process);
// The host loses power: nothing runs there any more, its connections are silent, and nothing at its address answers
// until another process starts there.
void csim_kill_host(uint32_t address);
// How many of a process's sockets are open.
int csim_open_socket_count(uint32_t process);
// For how long, in nanoseconds, a scripted end has not taken a byte of what the process at the other end wants to send.
uint64_t csim_peer_block(uint64_t connection);
// The same of all connections of a process, whoever is at their other ends; the longest.
uint64_t csim_longest_block(uint32_t process);
// How many bytes of memory are allocated that a process asked for.
size_t csim_held_bytes(uint32_t process);

// MARK: Boxes

// Makes 32 bytes of each key.
void csim_make_keys(uint8_t *public, uint8_t *private);
// Seals `count` bytes into 16 bytes more.
void csim_seal(
    uint8_t *box, const uint8_t *text, size_t count, const uint8_t *nonce, const uint8_t *public,
    const uint8_t *private);
