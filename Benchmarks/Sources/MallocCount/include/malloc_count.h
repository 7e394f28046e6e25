// Counts a process's allocations. Preload this library, with MALLOC_COUNT set to the path of a file. The file holds one
// 64-bit number in the machine's byte order, which is always up to date. All processes with the same path share it.
#ifndef MALLOC_COUNT_H
#define MALLOC_COUNT_H

#include <stdint.h>

uint64_t malloc_count(void);

#endif
