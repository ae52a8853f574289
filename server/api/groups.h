/*
 * groups.h - making and moving groups (behaviour: sections 9.3 and 12). Knows no HTTP.
 */
#ifndef API_GROUPS_H
#define API_GROUPS_H

#include <stdbool.h>

struct exchange;

bool op_create_group(struct exchange *x);
bool op_move_group(struct exchange *x);

#endif
