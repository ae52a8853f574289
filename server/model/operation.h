/*
 * operation.h - what an operation is: method, path, scopes, versions, what the request may ask for,
 * function (behaviour: section 6). The table of them is operations.c's, which knows the functions.
 */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include "model/resource.h"
#include "model/scope.h"

struct exchange;

/* Which gates stand before it: the API's (key, version, scope), or fewer. */
enum endpoint_class {
	ENDPOINT_API,
	ENDPOINT_CONTROL,
	ENDPOINT_OPEN, /* none, but it answers in the version asked for */
};

/* What the query may say. */
enum query_kind {
	QUERY_NONE,   /* nothing that it knows */
	QUERY_EXPAND, /* expansions of the resource */
	QUERY_LIST,   /* and filters, order, page, total_count */
};

struct operation {
	const char *name; /* the specification's: "getDeployment"; NULL where it has none */
	const char *method, *path; /* a segment in braces is the id */
	enum endpoint_class class;
	enum resource_id resource; /* of the id and the answer, unless `answer` is said */
	const struct resource *answer;
	bool lists; /* the answer is a list of them, */
	bool raw;   /* or no JSON, but bytes as they are stored */
	bool reads; /* its function reads the body itself */
	/* ENDPOINT_API: */
	enum scope scope, or_scope; /* either will do; or_scope may be SCOPE_FREE: there is none */
	enum scope and_scope;       /* and this one, unless it is SCOPE_FREE */
	struct {                    /* and one for each word of a field of the body */
		const char *field;  /* NULL: none */
		const enum scope *scopes;
	} by_word;
	struct span on; /* versions that have it */
	enum query_kind query;
	struct shape params; /* parameters of its query besides */
	struct shape body;   /* what its body may hold, */
	bool conflicts;      /* may be refused with 409 for more than what must be unique */
	enum part writes;    /* or the part of the resource's fields that it may; PART_ALL: none */
	bool (*run)(struct exchange *x); /* false: x has failed */
};

struct operation_table {
	const struct operation *rows;
	size_t count;
};

/* The operation of that name, or NULL. */
const struct operation *operation_named(const struct operation_table *table, const char *name);
/* What the body of one may hold; without fields where it takes none. */
struct shape operation_body(const struct operation *op);

#endif
