// What the Glibc module does not expose: epoll, eventfd, accept4, and the thread's own loop.
#ifndef CASYNCSOCKETS_POLL_H
#define CASYNCSOCKETS_POLL_H

#include <pthread.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    CAS_READABLE = 0x001,   // EPOLLIN
    CAS_WRITABLE = 0x004,   // EPOLLOUT
    CAS_ERROR = 0x008,      // EPOLLERR
    CAS_HANGUP = 0x010,     // EPOLLHUP
    CAS_READ_HANGUP = 0x2000 // EPOLLRDHUP
};

typedef struct {
    uint64_t data;
    uint32_t events;
} cas_event;

int cas_epoll_create(void);
int cas_epoll_add(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t data);
int cas_epoll_modify(int epoll, int fd, uint32_t events, int edge_triggered, uint64_t data);
int cas_epoll_remove(int epoll, int fd);
// Waits up to timeout milliseconds (-1 means forever). Returns at most CAS_MAX_EVENTS.
enum { CAS_MAX_EVENTS = 256 };
int cas_epoll_wait(int epoll, cas_event *events, int timeout);

int cas_eventfd(void);

int cas_tcp_socket(int family);
int cas_accept(int fd, struct sockaddr_storage *address);

// Returns how many processors this process may use, at least 1.
int cas_processor_count(void);

uint64_t cas_monotonic_nanoseconds(void);
// Returns how long this thread has had a processor.
uint64_t cas_thread_nanoseconds(void);
/// Lets the thread sleep, for less than a second.
void cas_pause(uint64_t nanoseconds);
/// Has the thread's sleep end within a microsecond of its time.
void cas_wake_promptly(void);

// At most 15 characters.
void cas_name_thread(pthread_t thread, const char *name);

const void *cas_current_loop(void);
void cas_set_current_loop(const void *loop);

#endif
