/*
 * ops.h - the functions of the operations table: what the API does. Knows no HTTP and no SQL.
 */
#ifndef OPS_H
#define OPS_H

#include <stdbool.h>

struct exchange;

/* Read what the path names, with its expansions, into x->row (behaviour: section 6). */
bool op_get(struct exchange *x);

#endif
