/* SPDX-License-Identifier: MIT
 * row.h - a row of a resource as it was read, with the rows that its relations lead to. Plain data
 * in one arena.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/arena.h"
#include "model/resource.h"

struct row;

struct rows {
	struct row *first, *last;
};

/* The value of a field: a text in its stored form (NULL: null), or related rows. */
union cell {
	const char *text;
	struct rows rows;
};

struct row {
	const struct resource *resource;
	struct row *next;  /* in its list */
	union cell cell[]; /* of each field of the resource, in order */
};

/* A page of a list. */
struct page {
	struct rows rows;
	int64_t limit, offset;
	bool has_more;
	bool counted; /* `total` is known */
	int64_t total;
};

/* A row of nulls; NULL when memory is short. */
struct row *row_new(struct arena *a, const struct resource *r) MUST_CHECK;
/* The text of a field, which the resource must have. */
const char *row_text(const struct row *row, const char *name);
/* The number of an enumeration's word; 0 for null. */
unsigned row_word(const struct row *row, const char *name);
/* The rows that a relation, which the resource must have, leads to. */
const struct rows *row_rows(const struct row *row, const char *name);
/* The text of a field by its index, also of a field that is derived. */
static inline const char *row_value(const struct row *row, size_t i)
{
	const struct field *f = &row->resource->fields[i];

	return f->derive ? f->derive(row_text(row, f->from[0]), row_text(row, f->from[1]))
			 : row->cell[i].text;
}

#endif
