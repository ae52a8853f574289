/* SPDX-License-Identifier: MIT
 * route.h - finding the operation of a request. Pure.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/target.h"
#include "model/operation.h"

enum found { FOUND, FOUND_NO_PATH, FOUND_NO_METHOD };

struct route {
	const struct operation *op;
	const char *id;  /* the segment of the id; NULL if the path has none */
	char allow[128]; /* FOUND_NO_METHOD: the methods that the path has, separated by ", " */
};

/*
 * Find the operation of a method (HEAD counts as GET) and a path, in any version. Only operations
 * of the API stand behind a prefix. Without `control`, control endpoints do not exist.
 */
enum found route_find(const struct operation_table *table, bool control, const char *method,
		      const struct target *t, struct route *route);

/*
 * For a path that does not exist: list the operations whose paths begin with the same segment, or
 * else the first segments that there are. Written to out, which is returned.
 */
const char *route_hint(const struct operation_table *table, bool control, const struct target *t,
		       char *out, size_t len);

#endif
