/*
 * route.h - finding the operation that a request means. Pure.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/target.h"
#include "model/operation.h"

enum found { FOUND, FOUND_NO_PATH, FOUND_NO_METHOD };

struct route {
	const struct operation *op;
	const char *id;  /* the id's segment, or NULL where the path has none */
	char allow[128]; /* FOUND_NO_METHOD: the methods that the path has, separated by ", " */
};

/*
 * Find the operation that a method (HEAD counts as GET) and path mean, whatever the version.
 * Only those of the API stand behind a prefix. Unless `control`, those of ENDPOINT_CONTROL count as
 * not there.
 */
enum found route_find(const struct operation_table *table, bool control, const char *method,
		      const struct target *t, struct route *route);

/*
 * What there is instead, for a path that is nobody's: the operations whose paths begin as it does,
 * or else how paths begin. Writes it to out, which it returns.
 */
const char *route_hint(const struct operation_table *table, bool control, const struct target *t,
		       char *out, size_t len);

#endif
