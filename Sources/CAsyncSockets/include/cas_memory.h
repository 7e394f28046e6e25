// The heap of the process.
#ifndef CASYNCSOCKETS_MEMORY_H
#define CASYNCSOCKETS_MEMORY_H

#include <stddef.h>

// Returns how many bytes of the heap are free. Locks the allocator's arenas one by one.
size_t cas_free_heap_bytes(void);

// Makes all threads share one arena: each further one takes 64 MiB of address space at once. Call this before there are
// threads.
void cas_use_one_arena(void);

// Returns the size of a new thread's stack, in bytes, including its guard.
size_t cas_thread_stack_size(void);

#endif
