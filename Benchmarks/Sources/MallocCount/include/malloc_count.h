// Counts a process's allocations: preload this library, with MALLOC_COUNT set to a file's path. The file holds one
// 64-bit number in the machine's order, always up to date, shared by all processes that name it.
#ifndef MALLOC_COUNT_H
#define MALLOC_COUNT_H

#include <stdint.h>

uint64_t malloc_count(void);

#endif
