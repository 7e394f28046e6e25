#include "network.h"

#include <errno.h>

uint32_t network_end_readiness(end *end) {
    if (end->is_silent) return 0;
    if (end->is_reset) return EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if (!end->is_connected) return 0;
    uint32_t events = 0;
    if (end->in.ready > 0) events |= EPOLLIN;
    if (end->in.has_finish_come) events |= EPOLLIN | EPOLLRDHUP;
    if (end->peer->in.is_finished) {
        events |= EPOLLOUT;
        if (end->in.has_finish_come) events |= EPOLLHUP;
    } else if (room(end) >= end->path.window / 3 && !has_much_unsent(end, true)) {
        events |= EPOLLOUT;
    }
    return events;
}

size_t network_unacknowledged(end *end) {
    return end->peer == NULL ? 0 : end->peer->is_silent ? end->peer->in.held : end->peer->in.held - end->peer->in.ready;
}

uint64_t network_acknowledged(end *end) { return end->written - network_unacknowledged(end); }

size_t network_unsent(end *end) { return end->unsent; }

uint64_t network_rate(end *end) { return end->path.rate; }

int network_take_error(end *end) {
    int error = end->error;
    end->error = 0;
    return error;
}

ssize_t network_receive(end *end, void *bytes, size_t limit) {
    if (end->is_silent) return -EAGAIN;
    if (end->error != 0) return -network_take_error(end);
    if (end->is_reset) return 0;
    if (!end->is_connected) return -ENOTCONN;
    if (end->in.ready == 0) return end->in.has_finish_come ? 0 : -EAGAIN;
    if (happens(CSIM_INTERRUPTED)) return -EINTR;
    // As if the rest came only now: what is left is a new edge.
    bool is_short = limit > 1 && happens(CSIM_SHORT_RECEIVE);
    if (is_short) limit = 1 + below(limit);
    size_t count = pull(end, bytes, limit);
    if (is_short) changed(end);
    csim_note(count);
    return (ssize_t)count;
}

ssize_t network_send(end *end, const void *bytes, size_t count) {
    if (end->is_silent) return room(end) == 0 ? -EAGAIN : (ssize_t)count;
    if (end->is_reset || end->peer == NULL || end->peer->in.is_finished) return -EPIPE;
    if (!end->is_connected) return -EAGAIN;
    if (happens(CSIM_INTERRUPTED)) return -EINTR;
    if (happens(CSIM_NO_BUFFERS)) return -ENOBUFS;
    if (count > 1 && happens(CSIM_SHORT_SEND)) count = 1 + below(count);
    if (room(end) == 0 || has_much_unsent(end, false)) {
        fill_up(end);
        return -EAGAIN;
    }
    ssize_t taken = push(end, bytes, count);
    csim_note((uint64_t)taken);
    if ((size_t)taken < count) fill_up(end);
    return taken;
}

void network_finish(end *end) {
    if (end->is_silent || end->is_reset || end->peer == NULL || end->peer->in.is_finished) return;
    end->peer->in.is_finished = true;
    at(arrival(end, 0), deliver, end->peer, 1);
}

void network_close_end(end *end, bool breaks) {
    if (end->is_closed) return;
    end->is_closed = true;
    if (end->is_silent || end->peer == NULL) return;
    if (breaks || end->in.ready > 0) {
        reset_peer(end);
        clear(&end->in);
        end->is_reset = true;
    } else {
        network_finish(end);
    }
}

void network_address(end *end, bool is_peer, uint32_t *address, uint16_t *port) {
    *address = is_peer ? end->peer_address : end->address;
    *port = is_peer ? end->peer_port : end->port;
}
