#pragma once

#include "csim.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

// Numbers of simulated descriptors begin here. Those of real files are lower.
enum { FIRST_DESCRIPTOR = 512, DESCRIPTOR_LIMIT = 20000 };

#define NEVER UINT64_MAX

typedef struct {
    bool is_active;
    bool is_old_kernel;
    uint64_t now;
    uint64_t random;
    uint64_t trace;
    uint64_t turns;
    int64_t wall_shift;
    uint32_t process;
    uint32_t fault_rates[CSIM_FAULT_COUNT];
    uint64_t fault_counts[CSIM_FAULT_COUNT];
} csim_world;

extern csim_world world;

uint64_t below(uint64_t limit);
bool happens(csim_fault fault);
// The time on the wall, in nanoseconds since 1970.
int64_t wall_time(void);

static inline int fail(int error) {
    errno = error;
    return -1;
}

// Turns a negative error number into a failed call.
static inline ssize_t result(ssize_t value) { return value >= 0 ? value : fail((int)-value); }

// MARK: Time

typedef void (*csim_action)(void *subject, uint64_t number);

void at(uint64_t time, csim_action action, void *subject, uint64_t number);
// The time of the next action, or NEVER.
uint64_t next_action_time(void);
// Does what is due.
void do_due_actions(void);

// MARK: Descriptors

typedef enum {
    FREE,
    // It was a process's that is no more.
    ENDED,
    EVENT,
    EPOLL,
    UNBOUND,
    LISTENER,
    STREAM,
    UNBOUND_CHANNEL,
    CHANNEL_LISTENER,
    CHANNEL,
    DATAGRAMS,
    OPEN_FILE,
} descriptor_kind;

// What several descriptors may stand for begins with this.
typedef struct {
    // Descriptors, and messages that carry them.
    int references;
    // One of the descriptors, or -1.
    int number;
} object;

typedef struct end end;
typedef struct listener listener;
typedef struct epoll epoll;
typedef struct channel channel;
typedef struct channel_listener channel_listener;
typedef struct datagrams datagrams;
typedef struct open_file open_file;

typedef struct descriptor {
    descriptor_kind kind;
    int number;
    uint32_t process;
    union {
        uint64_t count;
        object *object;
        epoll *epoll;
        listener *listener;
        end *end;
        channel *channel;
        channel_listener *channel_listener;
        datagrams *datagrams;
        open_file *open_file;
    };
    uint32_t address;
    uint16_t port;
    // TCP_USER_TIMEOUT and TCP_KEEPIDLE, in nanoseconds; 0: not set.
    uint64_t user_timeout, keep_idle;
    // TCP_NOTSENT_LOWAT, in bytes; 0: not set.
    uint32_t unsent_limit;
    // Where and how it is watched.
    epoll *watcher;
    uint32_t events;
    uint64_t data;
    bool is_queued;
    struct descriptor *next_queued;
} descriptor;

// The descriptor, or NULL if the number isn't a simulated one.
descriptor *find(int number);
// NULL: there are no more.
descriptor *open_descriptor(descriptor_kind kind);
// Makes a descriptor stand for a new object.
void attach(descriptor *one, descriptor_kind kind, void *object);
// Another descriptor for the same object. NULL: there are no more.
descriptor *duplicate(const descriptor *one);
void release(descriptor *one);
descriptor *first_descriptor(void);
descriptor *next_descriptor(descriptor *one);

// What epoll would report of it now.
uint32_t readiness(descriptor *one);
// Has whoever watches it look.
void notify(descriptor *one);
// The same for each descriptor of an object.
void notify_all(object *object);

struct epoll {
    object object;
    descriptor *first, *last;
};

bool has_ready(epoll *epoll);

// MARK: Hosts

// The address of the host on which the running code runs.
uint32_t current_address(void);
// Whether the host with this address is on.
bool is_on(uint32_t address);
// Whether there ever was one.
bool is_host(uint32_t address);

// MARK: TCP

int network_connect(descriptor *one, uint32_t address, uint16_t port);
int network_listen(descriptor *one, int backlog);
int network_accept(descriptor *one, uint32_t *address, uint16_t *port);
void network_pair(descriptor *one, descriptor *other);
ssize_t network_receive(end *end, void *bytes, size_t limit);
ssize_t network_send(end *end, const void *bytes, size_t count);
void network_finish(end *end);
void network_close_end(end *end, bool breaks);
void network_close_listener(listener *listener);
void close_sockets(uint32_t process, bool silently);

uint32_t network_end_readiness(end *end);
uint32_t network_listener_readiness(listener *listener);
int network_take_error(end *end);
size_t network_unacknowledged(end *end);
size_t network_unsent(end *end);
uint64_t network_acknowledged(end *end);
// What the path of a connection carries, in bytes per second; 0: not limited.
uint64_t network_rate(end *end);
void network_address(end *end, bool is_peer, uint32_t *address, uint16_t *port);
// Whether nothing arrives between two addresses.
bool is_cut(uint32_t one, uint32_t other);

// MARK: UDP

int datagrams_open(descriptor *one);
void datagrams_close(datagrams *datagrams);
uint32_t datagrams_readiness(datagrams *datagrams);

// MARK: Unix sockets that carry messages

int channel_connect(descriptor *one, const char *path);
int channel_listen(descriptor *one, const char *path);
int channel_accept(descriptor *one);
ssize_t channel_send(channel *channel, const struct msghdr *message);
ssize_t channel_receive(channel *channel, struct msghdr *message);
void channel_close(channel *channel);
void channel_listener_close(channel_listener *listener);
uint32_t channel_readiness(channel *channel);
uint32_t channel_listener_readiness(channel_listener *listener);

// MARK: Files

// Whether the path is one of the simulated world.
bool is_simulated(const char *path);
// The listener at a path: NULL with `exists` if it has ended.
channel_listener *find_socket(const char *path, bool *exists);
void put_socket(const char *path, channel_listener *listener);
void file_close(open_file *file);
ssize_t file_read(open_file *file, void *bytes, size_t count);

// Has csim_next tell of it.
void tell(csim_event_kind kind, uint64_t subject);
bool take_event(csim_event *event);

// MARK: Threads

// Waits, in a thread, until `epoll` has something or the time is over.
void wait_for(epoll *epoll, uint64_t end);
// Waits, in a thread that asks the system's resolver.
void look_up_until(uint64_t end);
int start_thread(void *(*body)(void *), void *argument);
void kill_threads(uint32_t process);
uint32_t current_process(void);
// Gives a thread or a job a turn. Returns false if none can run now.
bool take_turn(void);
// The time at which the next thread's wait is over.
uint64_t next_wait_end(void);
// The processor time of whoever runs.
uint64_t *processor_time(void);
void install_hooks(void);
