/* SPDX-License-Identifier: MIT
 * list_query.h - what a request for a list asks for: filters, order, page (behaviour: sections 5.1
 * to 5.3). Reads the query by the resource table. Pure.
 */
#ifndef MODEL_LIST_QUERY_H
#define MODEL_LIST_QUERY_H

#include "model/parse.h"
#include "model/resource.h"

enum { PAGE_DEFAULT = 10 };

/* Passes rows whose field has one of these values, in their stored form. The first FILTER_FEW are
 * all different. */
struct filter {
	const struct field *field;
	const char **values;
	size_t count, cap;
};

enum { FILTER_FEW = 8 };

struct order {
	const struct field *field;
	bool ascending;
};

struct list_query {
	struct filter filters[FIELDS_MAX];
	size_t nfilters;
	struct order orders[FIELDS_MAX]; /* the last is by id */
	size_t norders;
	int64_t limit, offset;
};

struct list_query_rules {
	int64_t max_limit;
	bool pipe_only; /* commas do not separate values */
};

/*
 * Read `limit`, `offset`, `order_by` and every filter that the version has of the resource, and
 * ignore other names. Values are borrowed from the query or live in the arena. False on failure,
 * with p->error.
 */
bool list_query_parse(struct parser *p, const struct resource *r,
		      const struct list_query_rules *rules, const struct pairs *query,
		      struct list_query *l) MUST_CHECK;

/* Is it a parameter that lists read in the version, but for `expand`? */
bool list_query_has(const struct resource *r, enum version v, const char *name);
bool list_query_has_filter(const struct resource *r, enum version v, const char *name);

/* Is its order the default: the youngest first? */
bool list_query_is_default(const struct list_query *l);

#endif
