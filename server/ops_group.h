/*
 * ops_group.h - making and moving groups (behaviour: sections 9.3 and 12). Knows no HTTP.
 */
#ifndef OPS_GROUP_H
#define OPS_GROUP_H

#include <stdbool.h>

struct exchange;

bool op_create_group(struct exchange *x);
bool op_move_group(struct exchange *x);

#endif
