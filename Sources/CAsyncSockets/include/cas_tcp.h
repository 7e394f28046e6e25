// What the kernel says about sending on a TCP connection. Glibc's tcp_info lacks its newer members.
#ifndef CASYNCSOCKETS_TCP_H
#define CASYNCSOCKETS_TCP_H

#include <stdint.h>

typedef struct {
    // Bytes that were written, and not sent yet.
    uint32_t unsent;
    // Bytes per second that arrived lately. 0: not known, because there was not enough to send.
    uint64_t delivery_rate;
    // Bytes that the peer has acknowledged.
    uint64_t acknowledged;
    // How many bytes may be on their way.
    uint64_t window;
} cas_tcp_state;

// Returns 0, or -1: it isn't a TCP connection, or the kernel is too old.
int cas_tcp_get_state(int fd, cas_tcp_state *state);

// Has the kernel take no more when so many bytes wait that it hasn't sent (TCP_NOTSENT_LOWAT). Returns 0, or -1.
int cas_tcp_set_unsent_limit(int fd, uint32_t bytes);

#endif
