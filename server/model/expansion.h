/* SPDX-License-Identifier: MIT
 * expansion.h - reads the `expand` parameter into a tree over the resource table (behaviour:
 * section 5.4). Pure.
 */
#ifndef MODEL_EXPANSION_H
#define MODEL_EXPANSION_H

#include "model/parse.h"
#include "model/resource.h"

enum { EXPAND_DEPTH = 4 };

/* A relation to expand, and what to expand in the objects that it leads to. */
struct expansion {
	const struct field *field;
	struct expansion *children, *next;
};

struct expansions {
	struct expansion *tree; /* NULL: nothing */
	bool total;             /* the list's total_count, too */
};

/*
 * Read every `expand` and `expand[]` of a query: names separated by commas, nested by dots; a
 * nested name expands its parents too. Of a list, total_count is a name as well. Sets *e, in the
 * arena. False on failure, with p->error.
 */
bool expansion_parse(struct parser *p, const struct resource *r, bool of_list,
		     const struct pairs *query, struct expansions *e) MUST_CHECK;

/* The expansion of a field in a list of siblings, or NULL. */
struct expansion *expansion_find(const struct expansion *siblings, const struct field *field);

#endif
