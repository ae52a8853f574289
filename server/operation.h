/*
 * operation.h - the table of operations: method, path, scopes, versions, what the request may ask
 * for, function (behaviour: section 6).
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "resource.h"
#include "scope.h"

struct exchange;

/* Which gates stand before it: the API's (key, version, scope), or none. */
enum realm { REALM_API, REALM_CONTROL };

/* What the query may say. */
enum query_kind {
	QUERY_NONE,   /* nothing that it knows */
	QUERY_EXPAND, /* expansions of the resource */
	QUERY_LIST,   /* and filters, order, page, total_count */
};

struct operation {
	const char *method, *path; /* a segment in braces is the id */
	enum realm realm;
	enum resource_id resource; /* of the id and the answer */
	/* REALM_API: */
	enum scope scope, or_scope; /* either will do; or_scope may be SCOPE_FREE: there is none */
	struct span on;             /* versions that have it */
	enum query_kind query;
	const struct field *body; /* what its body may hold, ended by a row without name; or NULL */
	bool (*run)(struct exchange *x); /* false: x has failed */
};

extern const struct operation operations[];
extern const size_t noperations;

#endif
