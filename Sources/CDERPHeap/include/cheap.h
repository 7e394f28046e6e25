#ifndef CHEAP_H
#define CHEAP_H

/// Gives allocations of 256 KiB and more a mapping of their own, which goes back to the kernel when it is freed. Heaps
/// return free memory at their ends from 4 MiB on. Otherwise the C library keeps memory once allocations of that size
/// were freed.
void cheap_tune(void);

/// Makes heaps return smaller free parts at their ends, until cheap_trim.
void cheap_begin_trim(void);

/// Returns the free memory at the end of the calling thread's heap to the kernel.
void cheap_trim_end(void);

/// Returns the unused pages of all heaps to the kernel. The C library skips the ends of all heaps but the first, so
/// other threads have to call cheap_trim_end for theirs before.
void cheap_trim(void);

#endif
