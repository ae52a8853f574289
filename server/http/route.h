/*
 * route.h - finding the operation that a request means. Pure.
 */
#ifndef HTTP_ROUTE_H
#define HTTP_ROUTE_H

#include "http/target.h"
#include "model/operation.h"

enum found { FOUND, FOUND_NO_PATH, FOUND_NO_METHOD };

/*
 * Find the operation that a method (HEAD counts as GET) and path mean, whatever the version.
 * Only those of the API stand behind a prefix. FOUND sets *op, and *id to the id's segment, or NULL
 * where the path has none. Unless `control`, those of ENDPOINT_CONTROL count as not there.
 * FOUND_NO_METHOD writes the methods that the path has, separated by ", ", to allow.
 */
enum found route_find(const struct operation_table *table, bool control, const char *method,
		      const struct target *t, const struct operation **op, const char **id,
		      char *allow, size_t allowlen);

/*
 * What there is instead, for a path that is nobody's: the operations whose paths begin as it does,
 * or else how paths begin. Writes it to out, which it returns.
 */
const char *route_hint(const struct operation_table *table, bool control, const struct target *t,
		       char *out, size_t len);

#endif
