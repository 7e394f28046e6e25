#include "network.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct listener {
    object object;
    end **waiting;
    size_t count, room, backlog;
};

static uint16_t next_port = 20000;

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

void start_connecting(end *end, uint32_t address, uint16_t port) {
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
    new->unsent_limit = one->unsent_limit;
    attach(new, STREAM, end);
    *address = end->peer_address;
    *port = end->peer_port;
    return new->number;
}
