#include "carguments.h"

#include <stddef.h>

static int count;
static char **values;

// glibc passes main's arguments to functions that run before main.
__attribute__((constructor)) static void note(int argc, char **argv) {
    count = argc;
    values = argv;
}

int carguments_count(void) { return values == NULL ? 0 : count; }

const char *carguments_at(int index) { return index < 0 || index >= carguments_count() ? NULL : values[index]; }
