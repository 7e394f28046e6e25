#include "network.h"

#include <stdlib.h>

static end **scripts;
static size_t script_count, script_room;

void add_script(end *end) {
    if (script_count == script_room)
        scripts = realloc(scripts, (script_room = script_room * 2 + 64) * sizeof *scripts);
    scripts[script_count++] = end;
    end->script = script_count;
}

static end *script(uint64_t connection) {
    return connection > 0 && connection <= script_count ? scripts[connection - 1] : NULL;
}

uint64_t csim_connect(uint32_t from, uint32_t to, uint16_t port, csim_path path) {
    end *new = new_end(path);
    add_script(new);
    new->address = from;
    start_connecting(new, to, port);
    return new->script;
}

size_t csim_send(uint64_t connection, const void *bytes, size_t count) {
    end *end = script(connection);
    if (end == NULL || !end->is_connected || end->is_reset || end->is_closed || end->peer->in.is_finished) return 0;
    size_t taken = (size_t)push(end, bytes, count);
    if (taken < count) fill_up(end);
    return taken;
}

size_t csim_receive(uint64_t connection, void *bytes, size_t limit) {
    end *end = script(connection);
    return end == NULL || end->is_reset || end->is_closed ? 0 : pull(end, bytes, limit);
}

size_t csim_available(uint64_t connection) {
    end *end = script(connection);
    return end == NULL || end->is_closed ? 0 : end->in.ready;
}

void csim_finish(uint64_t connection) {
    end *end = script(connection);
    if (end != NULL && end->is_connected && !end->is_closed) network_finish(end);
}

void csim_close(uint64_t connection, int breaks) {
    end *end = script(connection);
    if (end != NULL) network_close_end(end, breaks != 0);
}

int csim_is_served(uint64_t connection) {
    end *end = script(connection);
    if (end == NULL || !end->is_connected || end->is_closed || end->peer == NULL) return 0;
    return !end->peer->is_closed && !end->peer->is_silent && !end->peer->is_reset && !end->in.is_finished;
}

void csim_own_address(uint64_t connection, uint32_t *address, uint16_t *port) {
    end *end = script(connection);
    if (end != NULL) network_address(end, false, address, port);
}

uint32_t csim_peer_process(uint64_t connection) {
    end *end = script(connection);
    descriptor *one = end == NULL || end->peer == NULL ? NULL : find(end->peer->object.number);
    return one == NULL ? 0 : one->process;
}

static uint64_t block(const end *end) {
    return end->is_full && !end->is_reset ? world.now - end->full_since : 0;
}

uint64_t csim_peer_block(uint64_t connection) {
    end *end = script(connection);
    return csim_is_served(connection) ? block(end->peer) : 0;
}

uint64_t csim_longest_block(uint32_t process) {
    uint64_t longest = 0;
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) {
        if (it->process != process || it->kind != STREAM) continue;
        uint64_t one = block(it->end);
        if (one > longest) longest = one;
    }
    return longest;
}

void csim_vanish(uint64_t connection) {
    end *end = script(connection);
    if (end != NULL && !end->is_closed) silence(end);
}

void csim_stall(uint64_t connection, uint64_t until) {
    end *end = script(connection);
    if (end == NULL || end->peer == NULL) return;
    end->in.stalled_until = end->peer->in.stalled_until = until;
}
