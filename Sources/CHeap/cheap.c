#include "cheap.h"

#include <malloc.h>

void cheap_tune(void) {
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
}

void cheap_trim(void) { malloc_trim(0); }
