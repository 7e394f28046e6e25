#include "cheap.h"

#include <malloc.h>
#include <stdlib.h>

/// From how many bytes on the end of a heap goes back by itself. With 1 MiB a flood of large packets has the kernel clear
/// ten thousand pages a second.
enum { usual_end = 4 * 1024 * 1024, trimmed_end = 128 * 1024 };

void cheap_tune(void) {
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, usual_end);
}

void cheap_begin_trim(void) { mallopt(M_TRIM_THRESHOLD, trimmed_end); }

void cheap_trim_end(void) {
    // Whenever so much is freed, the end of its heap is looked at. Volatile, so that it isn't left out.
    void *volatile piece = malloc(128 * 1024);
    free(piece);
}

void cheap_trim(void) {
    cheap_trim_end();
    malloc_trim(0);
    mallopt(M_TRIM_THRESHOLD, usual_end);
}
