#ifndef CARGUMENTS_H
#define CARGUMENTS_H

/// How many arguments the process was started with, its name included; 0 where the C library doesn't say so.
int carguments_count(void);

/// The argument at `index`, as it was given; NULL where there is none.
const char *carguments_at(int index);

#endif
