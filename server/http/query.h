/* SPDX-License-Identifier: MIT
 * query.h - stages: from the pairs of a target to what the operation asks for.
 */
#ifndef HTTP_QUERY_H
#define HTTP_QUERY_H

#include <stdbool.h>

struct exchange;

/* Read the query of an API's operation (behaviour: section 5). */
bool query_read(struct exchange *x);
/* Read the query of another endpoint, which may hold no other parameter than its own: a tester's
 * typo must not pass silently. */
bool query_read_control(struct exchange *x);
/* Any control endpoint may be asked of a workspace by its id, rather than by its key. */
bool query_select_workspace(struct exchange *x);

#endif
