#define _GNU_SOURCE
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

csim_world world;

// MARK: Chance

uint64_t csim_random(void) {
    // SplitMix64.
    uint64_t value = world.random += 0x9e3779b97f4a7c15u;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

uint64_t below(uint64_t limit) { return limit < 2 ? 0 : csim_random() % limit; }

bool happens(csim_fault fault) {
    if (world.fault_rates[fault] == 0 || below(1000000) >= world.fault_rates[fault]) return false;
    world.fault_counts[fault] += 1;
    return true;
}

void csim_set_fault(csim_fault fault, uint32_t rate) { world.fault_rates[fault] = rate; }
uint64_t csim_fault_count(csim_fault fault) { return world.fault_counts[fault]; }

// MARK: Trace

void csim_note(uint64_t number) {
    world.trace = (world.trace ^ number) * 0x100000001b3u;
    world.trace ^= world.trace >> 29;
}

void csim_say(const void *text, size_t count) {
    static char buffer[1 << 16];
    static size_t used;
    if (used + count > sizeof buffer || count == 0) {
        // A reader that has gone away doesn't matter.
        if (write(STDOUT_FILENO, buffer, used) < 0) used = 0;
        used = 0;
    }
    if (count > sizeof buffer) count = sizeof buffer;
    memcpy(buffer + used, text, count);
    used += count;
}

uint64_t csim_trace(void) { return world.trace; }
uint64_t csim_now(void) { return world.now; }
uint64_t csim_turn_count(void) { return world.turns; }
int64_t wall_time(void) { return 1800000000ll * 1000000000ll + (int64_t)world.now + world.wall_shift; }
void csim_shift_wall_clock(int64_t nanoseconds) { world.wall_shift += nanoseconds; }
void csim_age_kernel(void) { world.is_old_kernel = true; }
void csim_set_process(uint32_t process) { world.process = process; }

// MARK: Hosts and processes

enum { PROCESS_LIMIT = 1 << 16 };

typedef struct host {
    uint32_t address;
    bool is_on;
} host;

static host hosts[64];
static int host_count;
static uint32_t addresses[PROCESS_LIMIT];

static host *find_host(uint32_t address) {
    for (int i = 0; i < host_count; i++)
        if (hosts[i].address == address) return &hosts[i];
    return NULL;
}

void csim_start_process(uint32_t process, uint32_t address) {
    if (process >= PROCESS_LIMIT || host_count == 64) abort();
    addresses[process] = address;
    host *host = find_host(address);
    if (host == NULL) *(host = &hosts[host_count++]) = (struct host){address, false};
    host->is_on = true;
}

void csim_crash_process(uint32_t process) {
    kill_threads(process);
    close_sockets(process, false);
}

void csim_kill_host(uint32_t address) {
    host *host = find_host(address);
    if (host != NULL) host->is_on = false;
    for (uint32_t process = 1; process < PROCESS_LIMIT; process++) {
        if (addresses[process] != address) continue;
        addresses[process] = 0;
        kill_threads(process);
        close_sockets(process, true);
    }
}

uint32_t current_address(void) { return addresses[current_process()]; }

bool is_host(uint32_t address) { return find_host(address) != NULL; }

bool is_on(uint32_t address) {
    host *host = find_host(address);
    return host != NULL && host->is_on;
}

// MARK: Beginning

static const char mark[] = "SIMULATION=deterministic";

int csim_is_deterministic(void) {
    int persona = personality(0xffffffff);
    return persona != -1 && (persona & ADDR_NO_RANDOMIZE) != 0 && getenv("SIMULATION") != NULL;
}

void csim_restart_deterministic(char **arguments) {
    int persona = personality(0xffffffff);
    if (persona == -1 || personality(persona | ADDR_NO_RANDOMIZE) == -1) return;
    // What libraries read of the environment must not depend on who calls, nor on where.
    char *environment[] = {(char *)mark, "SWIFT_DETERMINISTIC_HASHING=1", "SWIFT_BACKTRACE=enable=no", NULL, NULL};
    char *libraries = getenv("LD_LIBRARY_PATH");
    if (libraries != NULL && asprintf(&environment[3], "LD_LIBRARY_PATH=%s", libraries) < 0) return;
    if (chdir("/") != 0) return;
    arguments[0] = "derp-play";
    execve("/proc/self/exe", arguments, environment);
}

void csim_begin(uint64_t seed) {
    memset(&world, 0, sizeof world);
    world.random = seed;
    world.trace = 0xcbf29ce484222325u ^ seed;
    world.now = 1000000000;
    world.is_active = true;
    install_hooks();
}

// MARK: Actions

typedef struct {
    uint64_t time, order;
    csim_action action;
    void *subject;
    uint64_t number;
} entry;

static entry *heap;
static size_t heap_count, heap_room;
static uint64_t next_order;

static bool is_before(const entry *left, const entry *right) {
    return left->time != right->time ? left->time < right->time : left->order < right->order;
}

void at(uint64_t time, csim_action action, void *subject, uint64_t number) {
    if (heap_count == heap_room) heap = realloc(heap, (heap_room = heap_room * 2 + 64) * sizeof *heap);
    size_t index = heap_count++;
    entry new = {time, next_order++, action, subject, number};
    while (index > 0 && is_before(&new, &heap[(index - 1) / 2])) {
        heap[index] = heap[(index - 1) / 2];
        index = (index - 1) / 2;
    }
    heap[index] = new;
}

static entry take_first(void) {
    entry first = heap[0], last = heap[--heap_count];
    size_t index = 0;
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap_count) break;
        if (child + 1 < heap_count && is_before(&heap[child + 1], &heap[child])) child += 1;
        if (!is_before(&heap[child], &last)) break;
        heap[index] = heap[child];
        index = child;
    }
    heap[index] = last;
    return first;
}

uint64_t next_action_time(void) { return heap_count > 0 ? heap[0].time : NEVER; }

void do_due_actions(void) {
    while (heap_count > 0 && heap[0].time <= world.now) {
        entry first = take_first();
        first.action(first.subject, first.number);
    }
}

static void tell_timer(void *subject, uint64_t number) { tell(CSIM_TIMER, number); }

void csim_set_timer(uint64_t time, uint64_t subject) { at(time, tell_timer, NULL, subject); }

// MARK: Events

static csim_event *events;
static size_t event_first, event_count, event_room;

void tell(csim_event_kind kind, uint64_t subject) {
    if (event_count == event_room) {
        size_t room = event_room * 2 + 64;
        csim_event *larger = malloc(room * sizeof *larger);
        for (size_t i = 0; i < event_count; i++) larger[i] = events[(event_first + i) % event_room];
        free(events);
        events = larger;
        event_first = 0;
        event_room = room;
    }
    events[(event_first + event_count++) % event_room] = (csim_event){kind, subject};
}

bool take_event(csim_event *event) {
    if (event_count == 0) return false;
    *event = events[event_first];
    event_first = (event_first + 1) % event_room;
    event_count -= 1;
    return true;
}

csim_event csim_next(uint64_t end) {
    csim_event event;
    for (;;) {
        do_due_actions();
        if (take_event(&event)) {
            csim_note(world.now);
            csim_note(event.kind);
            csim_note(event.subject);
            return event;
        }
        if (world.now < end && take_turn()) continue;
        uint64_t next = next_action_time(), wait = next_wait_end();
        if (wait < next) next = wait;
        if (world.now >= end || next > end) {
            if (world.now < end) world.now = end;
            return (csim_event){CSIM_NOTHING, 0};
        }
        if (next > world.now) world.now = next;
    }
}
