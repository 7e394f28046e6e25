#define _GNU_SOURCE
#include "cas_memory.h"

#include <malloc.h>
#include <pthread.h>

size_t cas_free_heap_bytes(void) {
    return mallinfo2().fordblks;
}

void cas_use_one_arena(void) {
    mallopt(M_ARENA_MAX, 1);
}

size_t cas_thread_stack_size(void) {
    pthread_attr_t attributes;
    size_t stack = 8u << 20, guard = 0;
    if (pthread_getattr_default_np(&attributes) != 0) return stack;
    pthread_attr_getstacksize(&attributes, &stack);
    pthread_attr_getguardsize(&attributes, &guard);
    pthread_attr_destroy(&attributes);
    return stack + guard;
}
