/*
 * row.c - look-ups in a row.
 */
#include "row.h"

struct row *row_new(struct arena *a, const struct resource *r)
{
	struct row *row = arena_zalloc(a, sizeof *row + r->nfields * sizeof row->cell[0]);

	if (row)
		row->resource = r;
	return row;
}

static size_t place_of(const struct row *row, const char *name)
{
	return (size_t)(resource_field(row->resource, name) - row->resource->fields);
}

const char *row_text(const struct row *row, const char *name)
{
	return row->cell[place_of(row, name)].text;
}

void row_set(struct row *row, const char *name, const char *text)
{
	row->cell[place_of(row, name)].text = text;
}
