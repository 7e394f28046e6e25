#ifndef CARGUMENTS_H
#define CARGUMENTS_H

/// Returns the number of arguments of the process, including its name; 0 if the C library doesn't tell.
int carguments_count(void);

/// Returns the argument at `index`, unchanged; NULL if there is none.
const char *carguments_at(int index);

#endif
