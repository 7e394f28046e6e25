#pragma once

#include "csim.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

// Numbers of simulated descriptors begin here. Those of real files are lower.
enum { FIRST_DESCRIPTOR = 512, DESCRIPTOR_LIMIT = 20000 };

#define NEVER UINT64_MAX

typedef struct {
    bool is_active;
    uint64_t now;
    uint64_t random;
    uint64_t trace;
    uint64_t turns;
    int64_t wall_shift;
    uint32_t machine;
    uint32_t fault_rates[CSIM_FAULT_COUNT];
    uint64_t fault_counts[CSIM_FAULT_COUNT];
} csim_world;

extern csim_world world;

uint64_t below(uint64_t limit);
bool happens(csim_fault fault);

// MARK: Time

typedef void (*csim_action)(void *subject, uint64_t number);

void at(uint64_t time, csim_action action, void *subject, uint64_t number);
// The time of the next action, or NEVER.
uint64_t next_action_time(void);
// Does what is due.
void do_due_actions(void);

// MARK: Descriptors

typedef struct end end;
typedef struct listener listener;
typedef struct epoll epoll;

typedef enum { FREE, EVENT, EPOLL, UNBOUND, LISTENER, STREAM } descriptor_kind;

typedef struct descriptor {
    descriptor_kind kind;
    int number;
    uint32_t machine;
    union {
        uint64_t count;
        epoll *epoll;
        listener *listener;
        end *end;
    };
    uint32_t address;
    uint16_t port;
    // TCP_USER_TIMEOUT and TCP_KEEPIDLE, in nanoseconds; 0: not set.
    uint64_t user_timeout, keep_idle;
    // Where and how it is watched.
    epoll *watcher;
    uint32_t events;
    uint64_t data;
    bool is_queued;
    struct descriptor *next_queued;
} descriptor;

// The descriptor, or NULL if the number isn't a simulated one.
descriptor *find(int number);
descriptor *open_descriptor(descriptor_kind kind);
void release(descriptor *one);
descriptor *first_descriptor(void);
descriptor *next_descriptor(descriptor *one);

// What epoll would report of it now.
uint32_t readiness(descriptor *one);
// Has whoever watches it look.
void notify(descriptor *one);

struct epoll {
    descriptor *first, *last;
};

bool has_ready(epoll *epoll);

// MARK: Machines

// The address of the machine on which the running code runs.
uint32_t current_address(void);
// Whether a machine with this address is on.
bool is_on(uint32_t address);

// MARK: Network

int network_connect(descriptor *one, uint32_t address, uint16_t port);
int network_listen(descriptor *one, int backlog);
int network_accept(descriptor *one, uint32_t *address, uint16_t *port);
ssize_t network_receive(end *end, void *bytes, size_t limit);
ssize_t network_send(end *end, const void *bytes, size_t count);
void network_finish(end *end);
void network_close_end(end *end, bool breaks);
void network_close_listener(listener *listener);
void kill_sockets(uint32_t machine);

uint32_t network_end_readiness(end *end);
uint32_t network_listener_readiness(listener *listener);
int network_take_error(end *end);
void network_address(end *end, bool is_peer, uint32_t *address, uint16_t *port);

// Has csim_next tell of it.
void tell(csim_event_kind kind, uint64_t subject);
bool take_event(csim_event *event);

// MARK: Threads

// Waits, in a thread, until `epoll` has something or the time is over.
void wait_for(epoll *epoll, uint64_t end);
int start_thread(void *(*body)(void *), void *argument);
void kill_threads(uint32_t machine);
uint32_t current_machine(void);
// Gives a thread or a job a turn. Returns false if none can run now.
bool take_turn(void);
// The time at which the next thread's wait is over.
uint64_t next_wait_end(void);
// The processor time of whoever runs.
uint64_t *processor_time(void);
void install_hooks(void);
