#ifndef CHEAP_H
#define CHEAP_H

/// Has allocations of 256 KiB and more lie by themselves, so that each goes back to the kernel when it is freed, and heaps
/// give back 4 MiB at their ends. The C library would otherwise keep what was once freed in pieces of that size.
void cheap_tune(void);

/// Has heaps give back less at their ends, until cheap_trim.
void cheap_begin_trim(void);

/// Gives back what is free at the end of the calling thread's heap.
void cheap_trim_end(void);

/// Gives pages that nothing lies in back to the kernel, of all heaps. The C library passes over the ends of all heaps but the
/// first one, so other threads than the caller have to do that for theirs before.
void cheap_trim(void);

#endif
