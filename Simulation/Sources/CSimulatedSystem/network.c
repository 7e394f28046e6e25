#include "world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    uint64_t last_arrival, stalled_until;
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
    // Whether a writer was refused, and must hear of room; and since when.
    bool is_full;
    uint64_t full_since;
    // Whether it waits for a silent peer's acknowledgement.
    bool is_asking;
};

struct listener {
    object object;
    end **waiting;
    size_t count, room, backlog;
};

static end **scripts;
static size_t script_count, script_room;
static uint16_t next_port = 20000;

// MARK: Cuts

typedef struct {
    uint32_t one, other;
} cut;

static cut cuts[64];
static int cut_count;

bool is_cut(uint32_t one, uint32_t other) {
    for (int i = 0; i < cut_count; i++)
        if ((cuts[i].one == one && cuts[i].other == other) || (cuts[i].one == other && cuts[i].other == one))
            return true;
    return false;
}

void csim_part(uint32_t one, uint32_t other) {
    if (cut_count < 64 && !is_cut(one, other)) cuts[cut_count++] = (cut){one, other};
}

void csim_heal(uint32_t one, uint32_t other) {
    for (int i = 0; i < cut_count; i++)
        if ((cuts[i].one == one && cuts[i].other == other) || (cuts[i].one == other && cuts[i].other == one))
            cuts[i--] = cuts[--cut_count];
}

// MARK: Ends

static void fill_up(end *end) {
    if (!end->is_full) end->full_since = world.now;
    end->is_full = true;
}

static end *new_end(csim_path path) {
    end *new = calloc(1, sizeof *new);
    new->object.number = -1;
    new->path = path;
    return new;
}

static void clear(pipe_way *way) {
    for (segment *one = way->first, *next; one != NULL; one = next) {
        next = one->next;
        free(one);
    }
    way->first = way->last = NULL;
    way->held = way->ready = 0;
}

static void changed(end *end) {
    if (end->object.references > 0) notify_all(&end->object);
}

static uint64_t arrival(end *from, size_t size) {
    pipe_way *way = &from->peer->in;
    uint64_t time = world.now + from->path.latency + below(from->path.latency / 4 + 1);
    if (way->stalled_until > time) time = way->stalled_until;
    if (way->last_arrival > time) time = way->last_arrival;
    if (from->path.rate > 0) time += size * 1000000000u / from->path.rate;
    return way->last_arrival = time;
}

static void break_end(end *end) {
    if (end->is_reset || end->is_silent) return;
    end->is_reset = true;
    clear(&end->in);
    if (!end->is_closed) end->error = ECONNRESET;
    if (end->script > 0 && !end->is_closed) tell(CSIM_RESET, end->script);
    changed(end);
}

// MARK: Silent peers

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
static void await_acknowledgement(end *end) {
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

static void silence(end *end) {
    end->is_silent = true;
    struct end *peer = end->peer;
    if (peer == NULL || peer->is_silent || peer->is_closed) return;
    // Data is on its way, or probes whether there is room again.
    if (end->in.held > end->in.ready || peer->is_full) await_acknowledgement(peer);
    descriptor *one = find(peer->object.number);
    if (one != NULL && one->keep_idle > 0) at(world.now + one->keep_idle, probe, peer, 0);
}

// MARK: Ways

static void deliver_reset(void *subject, uint64_t number) {
    end *end = subject;
    if (is_cut(end->address, end->peer_address)) {
        at(world.now + 50000000, deliver_reset, subject, number);
        return;
    }
    break_end(end);
}

static void reset_peer(end *from) {
    if (!from->is_silent) at(arrival(from, 0), deliver_reset, from->peer, 0);
}

static void deliver(void *subject, uint64_t number) {
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
    if (number > 0 && way->last_arrival <= world.now) way->has_finish_come = true;
    if (end->script > 0 && !end->is_closed) {
        if (has_come) tell(CSIM_READABLE, end->script);
        if (way->has_finish_come && !end->has_told) {
            end->has_told = true;
            tell(CSIM_FINISHED, end->script);
        }
    }
    changed(end);
}

static size_t room(end *end) {
    pipe_way *way = &end->peer->in;
    return way->held < end->path.window ? end->path.window - way->held : 0;
}

static ssize_t push(end *end, const void *bytes, size_t count) {
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
    at(new->arrival, deliver, end->peer, 0);
    if (end->peer->is_silent) await_acknowledgement(end);
    return (ssize_t)taken;
}

static size_t pull(end *end, uint8_t *bytes, size_t limit) {
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
    if (taken > 0 && end->peer->is_full) {
        end->peer->is_full = false;
        if (end->peer->script > 0 && !end->peer->is_closed) tell(CSIM_WRITABLE, end->peer->script);
        changed(end->peer);
    }
    return taken;
}

// MARK: Scripted services

typedef struct {
    uint32_t address;
    uint16_t port;
    csim_path path;
} service;

static service services[16];
static int service_count;

static service *find_service(uint32_t address, uint16_t port) {
    for (int i = 0; i < service_count; i++)
        if (services[i].address == address && services[i].port == port) return &services[i];
    return NULL;
}

void csim_serve(uint32_t address, uint16_t port, csim_path path) {
    if (service_count < 16 && find_service(address, port) == NULL)
        services[service_count++] = (service){address, port, path};
}

void csim_stop_serving(uint32_t address, uint16_t port) {
    service *one = find_service(address, port);
    if (one != NULL) *one = services[--service_count];
}

static void add_script(end *end) {
    if (script_count == script_room)
        scripts = realloc(scripts, (script_room = script_room * 2 + 64) * sizeof *scripts);
    scripts[script_count++] = end;
    end->script = script_count;
}

// MARK: Listening and connecting

static listener *find_listener(uint32_t address, uint16_t port) {
    listener *found[256];
    int count = 0;
    for (descriptor *one = first_descriptor(); one != NULL && count < 256; one = next_descriptor(one))
        if (one->kind == LISTENER && one->port == port && (one->address == address || one->address == 0))
            found[count++] = one->listener;
    return count > 0 ? found[below((uint64_t)count)] : NULL;
}

int network_listen(descriptor *one, int backlog) {
    listener *new = calloc(1, sizeof *new);
    new->backlog = backlog > 0 ? (size_t)backlog : 1;
    attach(one, LISTENER, new);
    return 0;
}

void network_close_listener(listener *listener) {
    for (size_t i = 0; i < listener->count; i++) {
        listener->waiting[i]->is_closed = true;
        reset_peer(listener->waiting[i]);
        break_end(listener->waiting[i]);
    }
    free(listener->waiting);
    free(listener);
}

uint32_t network_listener_readiness(listener *listener) { return listener->count > 0 ? EPOLLIN : 0; }

static void finish_connecting(void *subject, uint64_t number) {
    end *end = subject;
    if (end->is_closed) return;
    if (number != 0) {
        end->error = (int)number;
        end->is_reset = true;
        if (end->script > 0) tell(CSIM_REFUSED, end->script);
    } else if (!end->is_connected) {
        end->is_connected = true;
        if (end->script > 0) tell(CSIM_CONNECTED, end->script);
    }
    changed(end);
}

static void arrive(void *subject, uint64_t number) {
    end *client = subject;
    if (client->is_closed) return;
    service *service = find_service(client->peer_address, client->peer_port);
    if (is_cut(client->address, client->peer_address) || (service == NULL && !is_on(client->peer_address))) {
        at(world.now + 1000000000, arrive, subject, number);
        return;
    }
    listener *listener = find_listener(client->peer_address, client->peer_port);
    if (listener == NULL && service == NULL) {
        at(world.now + client->path.latency, finish_connecting, client, ECONNREFUSED);
        return;
    }
    if (listener != NULL && listener->count >= listener->backlog) {
        at(world.now + 1000000000, arrive, subject, number);
        return;
    }
    if (service != NULL) client->path = service->path;
    end *server = new_end(client->path);
    server->peer = client;
    client->peer = server;
    server->address = client->peer_address;
    server->port = client->peer_port;
    server->peer_address = client->address;
    server->peer_port = client->port;
    server->is_connected = true;
    at(world.now + client->path.latency, finish_connecting, client, 0);
    if (service != NULL) {
        add_script(server);
        tell(CSIM_ACCEPTED, server->script);
        return;
    }
    if (listener->count == listener->room)
        listener->waiting =
            realloc(listener->waiting, (listener->room = listener->room * 2 + 16) * sizeof *listener->waiting);
    listener->waiting[listener->count++] = server;
    notify_all(&listener->object);
}

static void start_connecting(end *end, uint32_t address, uint16_t port) {
    end->peer_address = address;
    end->peer_port = port;
    end->port = next_port++;
    if (next_port < 20000) next_port = 20000;
    at(world.now + end->path.latency, arrive, end, 0);
}

// Relays are near each other, and hold what Linux's usual buffers do.
static const csim_path near_path = {.latency = 2000000, .window = 256 * 1024};

int network_connect(descriptor *one, uint32_t address, uint16_t port) {
    end *new = new_end(near_path);
    new->address = current_address();
    attach(one, STREAM, new);
    start_connecting(new, address, port);
    return EINPROGRESS;
}

void network_pair(descriptor *one, descriptor *other) {
    // Unix sockets of one host.
    static const csim_path path = {.latency = 5000, .window = 208 * 1024};
    end *here = new_end(path), *there = new_end(path);
    here->peer = there;
    there->peer = here;
    here->is_connected = there->is_connected = true;
    here->address = here->peer_address = there->address = there->peer_address = current_address();
    attach(one, STREAM, here);
    attach(other, STREAM, there);
}

int network_accept(descriptor *one, uint32_t *address, uint16_t *port) {
    listener *listener = one->listener;
    if (listener->count == 0) return -EAGAIN;
    if (happens(CSIM_ACCEPT_ABORTED)) return -ECONNABORTED;
    if (happens(CSIM_NO_DESCRIPTOR)) return -EMFILE;
    descriptor *new = open_descriptor(UNBOUND);
    if (new == NULL) return -EMFILE;
    end *end = listener->waiting[0];
    memmove(listener->waiting, listener->waiting + 1, --listener->count * sizeof *listener->waiting);
    new->process = one->process;
    new->user_timeout = one->user_timeout;
    new->keep_idle = one->keep_idle;
    attach(new, STREAM, end);
    *address = end->peer_address;
    *port = end->peer_port;
    return new->number;
}

// MARK: Streams

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
    } else if (room(end) >= end->path.window / 3) {
        events |= EPOLLOUT;
    }
    return events;
}

size_t network_unacknowledged(end *end) {
    return end->peer == NULL ? 0 : end->peer->is_silent ? end->peer->in.held : end->peer->in.held - end->peer->in.ready;
}

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
    if (room(end) == 0) {
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

// MARK: Scripts

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

uint64_t csim_longest_block(uint32_t process, int of_clients) {
    uint64_t longest = 0;
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) {
        if (it->process != process || it->kind != STREAM || !it->end->is_full || it->end->is_reset) continue;
        bool is_client = it->end->peer->script > 0 && !it->end->peer->is_silent && !it->end->peer->is_closed;
        if (of_clients && !is_client) continue;
        if (world.now - it->end->full_since > longest) longest = world.now - it->end->full_since;
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

// MARK: Machines

void csim_break(uint32_t one, uint32_t other) {
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) {
        if (it->kind != STREAM || it->end->peer == NULL || it->end->script > 0 || it->end->peer->script > 0) continue;
        uint32_t here = it->end->address, there = it->end->peer_address;
        if ((here == one && there == other) || (here == other && there == one)) break_end(it->end);
    }
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
