#include "network.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void fill_up(end *end) {
    if (!end->is_full) end->full_since = world.now;
    end->is_full = true;
}

end *new_end(csim_path path) {
    end *new = calloc(1, sizeof *new);
    new->object.number = -1;
    new->path = path;
    return new;
}

void clear(pipe_way *way) {
    for (segment *one = way->first, *next; one != NULL; one = next) {
        next = one->next;
        free(one);
    }
    way->first = way->last = NULL;
    way->held = way->ready = 0;
}

void changed(end *end) {
    if (end->object.references > 0) notify_all(&end->object);
}

uint64_t arrival(end *from, size_t size) {
    pipe_way *way = &from->peer->in;
    uint64_t latency = from->path.latency, departure = world.now;
    if (way->stalled_until > departure + latency) departure = way->stalled_until - latency;
    if (way->last_departure > departure) departure = way->last_departure;
    if (from->path.rate > 0) departure += size * 1000000000u / from->path.rate;
    way->last_departure = departure;
    uint64_t time = departure + latency + below(latency / 4 + 1);
    if (way->last_arrival > time) time = way->last_arrival;
    return way->last_arrival = time;
}

void break_end(end *end) {
    if (end->is_reset || end->is_silent) return;
    end->is_reset = true;
    clear(&end->in);
    if (!end->is_closed) end->error = ECONNRESET;
    if (end->script > 0 && !end->is_closed) tell(CSIM_RESET, end->script);
    changed(end);
}

static void deliver_reset(void *subject, uint64_t number) {
    end *end = subject;
    if (is_cut(end->address, end->peer_address)) {
        at(world.now + 50000000, deliver_reset, subject, number);
        return;
    }
    break_end(end);
}

void reset_peer(end *from) {
    if (!from->is_silent) at(arrival(from, 0), deliver_reset, from->peer, 0);
}

void deliver(void *subject, uint64_t number) {
    end *end = subject;
    pipe_way *way = &end->in;
    if (end->is_silent || end->is_reset) return;
    if (is_cut(end->address, end->peer_address)) {
        at(world.now + 50000000, deliver, subject, number);
        return;
    }
    bool has_come = false;
    for (segment *one = way->first; one != NULL; one = one->next) {
        if (one->arrival > world.now) break;
        if (one->arrival == 0) continue;
        one->arrival = 0;
        way->ready += one->size;
        has_come = true;
    }
    if (has_come && end->is_closed) {
        // Nobody reads here any more.
        reset_peer(end);
        break_end(end);
        return;
    }
    if (number > 0) way->has_finish_come = true;
    if (end->script > 0 && !end->is_closed) {
        if (has_come) tell(CSIM_READABLE, end->script);
        if (way->has_finish_come && !end->has_told) {
            end->has_told = true;
            tell(CSIM_FINISHED, end->script);
        }
    }
    changed(end);
}

size_t room(end *end) {
    pipe_way *way = &end->peer->in;
    return way->held < end->path.window ? end->path.window - way->held : 0;
}

bool has_much_unsent(end *end, bool counts_half) {
    descriptor *one = find(end->object.number);
    if (one == NULL || one->unsent_limit == 0) return false;
    return (counts_half ? 2 * end->unsent : end->unsent) >= one->unsent_limit;
}

static void depart(void *subject, uint64_t number) {
    end *end = subject;
    bool was_much = has_much_unsent(end, true);
    end->unsent -= number;
    if (!was_much || has_much_unsent(end, true)) return;
    end->is_full = false;
    changed(end);
}

ssize_t push(end *end, const void *bytes, size_t count) {
    size_t taken = room(end);
    if (taken > count) taken = count;
    if (taken == 0) return 0;
    pipe_way *way = &end->peer->in;
    segment *new = malloc(sizeof *new + taken);
    *new = (segment){.next = NULL, .arrival = arrival(end, taken), .size = taken, .start = 0};
    memcpy(new->bytes, bytes, taken);
    if (way->last != NULL) way->last->next = new;
    else way->first = new;
    way->last = new;
    way->held += taken;
    end->written += taken;
    at(new->arrival, deliver, end->peer, 0);
    if (end->path.rate > 0 && way->last_departure > world.now) {
        end->unsent += taken;
        at(way->last_departure, depart, end, taken);
    }
    if (end->peer->is_silent) await_acknowledgement(end);
    return (ssize_t)taken;
}

size_t pull(end *end, uint8_t *bytes, size_t limit) {
    pipe_way *way = &end->in;
    size_t taken = 0;
    while (taken < limit && way->first != NULL && way->first->arrival == 0) {
        segment *one = way->first;
        size_t part = one->size - one->start;
        if (part > limit - taken) part = limit - taken;
        if (bytes != NULL) memcpy(bytes + taken, one->bytes + one->start, part);
        one->start += part;
        taken += part;
        if (one->start < one->size) break;
        way->first = one->next;
        if (way->first == NULL) way->last = NULL;
        free(one);
    }
    way->held -= taken;
    way->ready -= taken;
    if (taken > 0) {
        if (end->peer->is_full && end->peer->script > 0 && !end->peer->is_closed) {
            tell(CSIM_WRITABLE, end->peer->script);
        }
        end->peer->is_full = false;
        // Also for a writer that waits for room without having been refused.
        changed(end->peer);
    }
    return taken;
}
