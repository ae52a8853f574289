/*
 * operation.h - the table of operations: method, path, scope, versions, function (behaviour:
 * section 6), and finding the one that a request means.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "resource.h"
#include "scope.h"
#include "target.h"

struct exchange;

/* Which gates stand before it: the API's (key, version, scope), or none. */
enum realm { REALM_API, REALM_CONTROL };

struct operation {
	const char *method, *path; /* a segment in braces is the id */
	enum realm realm;
	enum resource_id resource;       /* REALM_API: of the id and the answer */
	enum scope scope;                /* REALM_API */
	struct span on;                  /* REALM_API: versions that have it */
	bool (*run)(struct exchange *x); /* false: x has failed */
};

extern const struct operation operations[];
extern const size_t noperations;

enum found { FOUND, FOUND_NO_PATH, FOUND_NO_METHOD };

/*
 * Find the operation that a method (HEAD counts as GET) and path mean, whatever the version. API
 * paths may stand behind a prefix. FOUND sets *op, and *id to the id's segment, or NULL where the
 * path has none; FOUND_NO_METHOD writes the methods that the path has, separated by ", ", to allow.
 */
enum found operation_find(const struct operation *table, size_t n, const char *method,
			  const struct target *t, const struct operation **op, const char **id,
			  char *allow, size_t allowlen);

/*
 * What there is instead, for a path that is nobody's: the operations whose paths begin as it does,
 * or else how paths begin. Writes it to out, which it returns.
 */
const char *operation_hint(const struct operation *table, size_t n, const struct target *t,
			   char *out, size_t len);

#endif
