#define _GNU_SOURCE
#include "world.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// A heap whose addresses follow from what was allocated since csim_begin, and from nothing else: hashes of addresses
// decide in what order Swift's sets and dictionaries list objects. It counts what each process holds.

// Before each block.
typedef struct {
    uint32_t process;
    // From the beginning of the piece to the block.
    uint32_t offset;
    size_t size;
} header;

_Static_assert(sizeof(header) == 16, "blocks must be aligned to 16 bytes");

typedef struct piece {
    struct piece *next;
} piece;

// Pieces of up to 1 KiB come in steps of 16 bytes, larger ones in four steps for each power of two.
enum { SMALL_STEP = 16, SMALL_COUNT = 64, SMALL_LIMIT = SMALL_STEP * SMALL_COUNT, CLASS_COUNT = SMALL_COUNT + 4 * 30 };

typedef struct {
    char *begin, *next;
    piece *free[CLASS_COUNT];
} region;

static const size_t REGION_SIZE = 1ull << 36;

// What was allocated before csim_begin depends on the machine that simulates.
static region early = {.begin = (char *)0x100000000000}, simulated = {.begin = (char *)0x200000000000};
static atomic_flag is_taken = ATOMIC_FLAG_INIT;

enum { PROCESS_LIMIT = 1 << 16 };

static size_t held[PROCESS_LIMIT];

size_t csim_held_bytes(uint32_t process) { return process < PROCESS_LIMIT ? held[process] : 0; }

static void count(uint32_t process, size_t size, int sign) {
    if (process < PROCESS_LIMIT) held[process] += (size_t)sign * size;
}

static size_t class_of(size_t size, size_t *rounded) {
    if (size <= SMALL_LIMIT) {
        *rounded = (size + SMALL_STEP - 1) & ~(size_t)(SMALL_STEP - 1);
        return *rounded / SMALL_STEP - 1;
    }
    size_t power = 63 - (size_t)__builtin_clzll(size - 1);
    size_t step = (size_t)1 << (power - 2);
    size_t steps = (size - 1 - ((size_t)1 << power)) / step + 1;
    *rounded = ((size_t)1 << power) + steps * step;
    return SMALL_COUNT + (power - 10) * 4 + steps - 1;
}

static char *take_piece(region *region, size_t size) {
    size_t rounded;
    size_t class = class_of(size, &rounded);
    if (class >= CLASS_COUNT) return NULL;
    piece *found = region->free[class];
    if (found != NULL) {
        region->free[class] = found->next;
        return (char *)found;
    }
    if (region->next == NULL) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
        if (mmap(region->begin, REGION_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0) != region->begin) return NULL;
        region->next = region->begin;
    }
    if (rounded > (size_t)(region->begin + REGION_SIZE - region->next)) return NULL;
    char *new = region->next;
    region->next += rounded;
    return new;
}

static void lock(void) {
    while (atomic_flag_test_and_set_explicit(&is_taken, memory_order_acquire));
}

static void unlock(void) { atomic_flag_clear_explicit(&is_taken, memory_order_release); }

static void *allocate(size_t size, size_t alignment) {
    if (size > REGION_SIZE || alignment > REGION_SIZE) {
        errno = ENOMEM;
        return NULL;
    }
    size_t spare = alignment > sizeof(header) ? alignment : 0;
    lock();
    char *base = take_piece(world.is_active ? &simulated : &early, sizeof(header) + spare + size);
    if (base != NULL) count(current_process(), size, 1);
    unlock();
    if (base == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    char *block = base + sizeof(header);
    if (spare > 0) block = (char *)(((uintptr_t)block + alignment - 1) & ~(uintptr_t)(alignment - 1));
    ((header *)block)[-1] = (header){current_process(), (uint32_t)(block - base), size};
    return block;
}

void free(void *block) {
    if (block == NULL) return;
    header head = ((header *)block)[-1];
    piece *base = (piece *)((char *)block - head.offset);
    region *region = (char *)base >= simulated.begin ? &simulated : &early;
    size_t rounded;
    // An aligned block's piece is larger than its offset and size say, but at least that large.
    size_t class = class_of(head.offset + head.size, &rounded);
    lock();
    count(head.process, head.size, -1);
    base->next = region->free[class];
    region->free[class] = base;
    unlock();
}

void *malloc(size_t size) { return allocate(size, 0); }

void *calloc(size_t number, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(number, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    void *block = allocate(total, 0);
    if (block != NULL) memset(block, 0, total);
    return block;
}

void *realloc(void *block, size_t size) {
    if (block == NULL) return allocate(size, 0);
    size_t old = ((header *)block)[-1].size;
    void *new = allocate(size, 0);
    if (new == NULL) return NULL;
    memcpy(new, block, old < size ? old : size);
    free(block);
    return new;
}

void *aligned_alloc(size_t alignment, size_t size) { return allocate(size, alignment); }
void *memalign(size_t alignment, size_t size) { return allocate(size, alignment); }

int posix_memalign(void **block, size_t alignment, size_t size) {
    void *new = allocate(size, alignment);
    if (new == NULL) return ENOMEM;
    *block = new;
    return 0;
}

void *valloc(size_t size) { return allocate(size, 4096); }
size_t malloc_usable_size(void *block) { return block == NULL ? 0 : ((header *)block)[-1].size; }
