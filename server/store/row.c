/* SPDX-License-Identifier: MIT
 * row.c - makes rows, and looks up fields in them.
 */
#include "store/row.h"

struct row *row_new(struct arena *a, const struct resource *r)
{
	struct row *row = arena_zalloc(a, sizeof *row + r->nfields * sizeof row->cell[0]);

	if (row)
		row->resource = r;
	return row;
}

const char *row_text(const struct row *row, const char *name)
{
	return row->cell[resource_field(row->resource, name) - row->resource->fields].text;
}

unsigned row_word(const struct row *row, const char *name)
{
	const struct field *f = resource_field(row->resource, name);

	return word_number(f->words, row->cell[f - row->resource->fields].text);
}

const struct rows *row_rows(const struct row *row, const char *name)
{
	return &row->cell[resource_field(row->resource, name) - row->resource->fields].rows;
}
