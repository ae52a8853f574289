/* SPDX-License-Identifier: MIT
 * groups.h - creating and moving groups (behaviour: sections 9.3 and 12). Knows no HTTP.
 */
#ifndef API_GROUPS_H
#define API_GROUPS_H

#include <stdbool.h>

struct exchange;

bool groups_create(struct exchange *x);
/* POST /groups/{id}/move: moves a group with its descendants. */
bool groups_move(struct exchange *x);

#endif
