#pragma once

// The ends of connections, for the files that make up the network.

#include "world.h"

typedef struct segment {
    struct segment *next;
    uint64_t arrival;
    size_t size, start;
    uint8_t bytes[];
} segment;

// One direction of a connection.
typedef struct {
    segment *first, *last;
    // Bytes that are on their way, or came and weren't read; and those of them that came.
    size_t held, ready;
    uint64_t last_departure, last_arrival, stalled_until;
    bool is_finished, has_finish_come;
} pipe_way;

struct end {
    object object;
    // The scripted connection, or 0.
    uint64_t script;
    end *peer;
    pipe_way in;
    csim_path path;
    uint32_t address, peer_address;
    uint16_t port, peer_port;
    bool is_connected, is_closed, is_reset, is_silent, has_told;
    int error;
    uint64_t written;
    // Bytes that are written, and wait for the path's rate.
    size_t unsent;
    // Whether a writer was refused, and must hear of room; and since when.
    bool is_full;
    uint64_t full_since;
    // Whether it waits for a silent peer's acknowledgement.
    bool is_asking;
};

end *new_end(csim_path path);
// Has whoever watches it look.
void changed(end *end);
// Begins to connect to an address.
void start_connecting(end *end, uint32_t address, uint16_t port);
// Makes it a scripted connection's.
void add_script(end *end);

// MARK: Bytes

// How many bytes may be written.
size_t room(end *end);
// Whether so much is unsent that a writer waits. Below half of that, it goes on.
bool has_much_unsent(end *end, bool counts_half);
ssize_t push(end *end, const void *bytes, size_t count);
size_t pull(end *end, uint8_t *bytes, size_t limit);
// A writer was refused.
void fill_up(end *end);
// When a segment that is sent now arrives.
uint64_t arrival(end *from, size_t size);
void deliver(void *subject, uint64_t number);

// MARK: Endings

void clear(pipe_way *way);
void break_end(end *end);
void reset_peer(end *from);
// Its host, or its network, is no more, and nobody says so.
void silence(end *end);
// Something is on its way to a peer, who may be silent.
void await_acknowledgement(end *end);
