#include "network.h"

#include <errno.h>

static void fail_end(end *end, int error) {
    if (end->is_reset || end->is_silent || end->is_closed) return;
    break_end(end);
    end->error = error;
}

// Whatever comes to a host that has just begun is unknown there.
static void ask_again(void *subject, uint64_t number) {
    end *end = subject;
    end->is_asking = false;
    if (end->is_reset || end->is_silent || end->is_closed) return;
    if (is_on(end->peer_address)) fail_end(end, ECONNRESET);
    else if (number <= world.now) fail_end(end, ETIMEDOUT);
    else {
        end->is_asking = true;
        at(world.now + 1000000000, ask_again, end, number);
    }
}

// The kernel waits so long for an acknowledgement, and asks so long whether a peer is there, unless it is told another
// time.
static const uint64_t LONGEST_WAIT = 900000000000;

// Data is on its way to a silent peer: it is sent again and again.
void await_acknowledgement(end *end) {
    if (end->is_asking || !end->peer->is_silent) return;
    descriptor *one = find(end->object.number);
    uint64_t time = one != NULL && one->user_timeout > 0 ? one->user_timeout : LONGEST_WAIT;
    end->is_asking = true;
    at(world.now + 2 * end->path.latency, ask_again, end, world.now + time);
}

static void probe(void *subject, uint64_t number) {
    end *end = subject;
    if (!end->is_closed && !end->is_reset) await_acknowledgement(end);
}

void silence(end *end) {
    end->is_silent = true;
    struct end *peer = end->peer;
    if (peer == NULL || peer->is_silent || peer->is_closed) return;
    // Data is on its way, or probes whether there is room again.
    if (end->in.held > end->in.ready || peer->is_full) await_acknowledgement(peer);
    descriptor *one = find(peer->object.number);
    if (one != NULL && one->keep_idle > 0) at(world.now + one->keep_idle, probe, peer, 0);
}

void close_sockets(uint32_t process, bool silently) {
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) {
        if (it->process != process) continue;
        if (it->kind == STREAM && silently) silence(it->end);
        release(it);
        // Who belongs to the process and still runs must not reach another one by a number that it knows.
        it->kind = ENDED;
    }
}
