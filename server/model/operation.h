/* SPDX-License-Identifier: MIT
 * operation.h - an operation of the API: method, path, scopes, versions, parameters, function
 * (behaviour: section 6). The table of operations is operations.c's, which names the functions.
 */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include "model/error.h"
#include "model/resource.h"
#include "model/scope.h"

struct exchange;

/* What is checked before it runs. */
enum endpoint_class {
	ENDPOINT_API,       /* key, version, scope */
	ENDPOINT_CONTROL,   /* none of these */
	ENDPOINT_OPEN,      /* none of these, but it answers in the version asked for */
	ENDPOINT_PREFLIGHT, /* a browser's question, which no path has */
};

/* What the query may contain. */
enum query_kind {
	QUERY_NONE,    /* only the parameters of its own */
	QUERY_EXPAND,  /* expansions of the resource */
	QUERY_LIST,    /* these, and filters, order, page, total_count */
	QUERY_FILTERS, /* only the filters of lists */
};

struct operation {
	const char *name;    /* in the specification: "getDeployment"; NULL: it is not in there */
	const char *summary; /* in the specification; NULL for control endpoints */
	const char *method, *path; /* a segment in braces is the id */
	enum endpoint_class class;
	enum resource_id resource; /* of the id, and of the answer unless `answer` is set */
	const struct resource *answer;
	bool lists;        /* the answer is a list */
	bool raw;          /* the answer is no JSON but stored bytes */
	bool reads;        /* its function reads the body itself */
	bool no_body;      /* its body may be left out */
	bool probe;        /* asked again and again; if it succeeds, that is not logged */
	bool no_workspace; /* it is about none of them, and adds none */
	/* ENDPOINT_API: */
	enum scope scope, or_scope; /* one of them is needed; or_scope may be SCOPE_FREE: none */
	enum scope and_scope;       /* needed as well, unless it is SCOPE_FREE */
	struct {                    /* needed as well, by the word that a field of the body has */
		const char *field;  /* NULL: none */
		const enum scope *scopes;
	} by_word;
	struct span on; /* the versions that have it */
	enum query_kind query;
	struct shape params;       /* further parameters of its query */
	struct shape body;         /* the fields of its body, unless `writes` is set */
	const enum error *refuses; /* refusals of its own; ERR_NONE ends them */
	bool conflicts;            /* may fail with 409 for other reasons than a unique value */
	enum part writes; /* the body has this part of the resource's fields; PART_ALL: none */
	bool (*run)(struct exchange *x); /* false: x has failed */
};

/* The methods that a rule or a filter may name. */
extern const struct word operation_methods[];

struct operation_table {
	const struct operation *rows;
	size_t count;
};

/* The operation of that name; NULL if there is none. */
const struct operation *operation_named(const struct operation_table *table, const char *name);
/* The named operation whose name takes the fewest edits, whatever the case of letters. */
const struct operation *operation_nearest(const struct operation_table *table, const char *name);
/* The fields of its body; none if it takes no body. */
struct shape operation_body(const struct operation *op);

#endif
