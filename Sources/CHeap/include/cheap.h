#ifndef CHEAP_H
#define CHEAP_H

/// Has allocations of 256 KiB and more lie by themselves, so that each goes back to the kernel when it is freed, and heaps
/// give back 4 MiB at their ends. The C library would otherwise keep what was once freed in pieces of that size.
void cheap_tune(void);

/// Gives pages that nothing lies in back to the kernel.
void cheap_trim(void);

#endif
