#include "cheap.h"

#include <malloc.h>
#include <stdlib.h>

/// From how many free bytes at its end a heap returns them by itself. With 1 MiB, a flood of large packets makes the
/// kernel clear ten thousand pages a second.
enum { usual_end = 4 * 1024 * 1024, trimmed_end = 128 * 1024 };

void cheap_tune(void) {
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, usual_end);
}

void cheap_begin_trim(void) { mallopt(M_TRIM_THRESHOLD, trimmed_end); }

void cheap_trim_end(void) {
    // When this much is freed, the C library checks the end of the heap. Volatile, so that the compiler doesn't remove
    // it.
    void *volatile piece = malloc(128 * 1024);
    free(piece);
}

void cheap_trim(void) {
    cheap_trim_end();
    malloc_trim(0);
    mallopt(M_TRIM_THRESHOLD, usual_end);
}
