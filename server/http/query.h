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
 * typo must not pass silently. That of a probe is passed over. */
bool query_read_control(struct exchange *x);

/* A parameter of every control endpoint but probes: the id of a workspace, rather than its key. */
#define QUERY_WORKSPACE "workspace"
/* Its value; NULL if it was not given. */
const char *query_workspace(const struct exchange *x);

#endif
