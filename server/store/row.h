/*
 * row.h - a row of a resource as it was read, with the rows that its relations led to. Plain data,
 * all of it in one arena.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include "base/arena.h"
#include "model/resource.h"

struct row;

struct rows {
	struct row *first, *last;
};

/* What a field holds: a text as the database has it (NULL: null), or related rows. */
union cell {
	const char *text;
	struct rows rows;
};

struct row {
	const struct resource *resource;
	struct row *next;  /* in the list that it belongs to */
	union cell cell[]; /* one for each field of the resource, in its order */
};

/* Part of a list: what answers show of it. */
struct page {
	struct rows rows;
	int64_t limit, offset;
	bool has_more;
	bool counted; /* `total` is known */
	int64_t total;
};

/* A row of nulls, or NULL when memory is short. */
struct row *row_new(struct arena *a, const struct resource *r) MUST_CHECK;
/* The text of the field of that name, which the resource must have. */
const char *row_text(const struct row *row, const char *name);
/* The number of its word, of a field that is one of an enumeration; 0 for null. */
unsigned row_word(const struct row *row, const char *name);
/* The rows that the relation of that name, which the resource must have, led to. */
const struct rows *row_rows(const struct row *row, const char *name);
/* The text of a field, by its place; derived where no column stores it. */
static inline const char *row_value(const struct row *row, size_t i)
{
	const struct field *f = &row->resource->fields[i];

	return f->derive ? f->derive(row_text(row, f->from[0]), row_text(row, f->from[1]))
			 : row->cell[i].text;
}

#endif
