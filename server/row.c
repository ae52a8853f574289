/*
 * row.c - look-ups in a row.
 */
#include "row.h"

const char *row_text(const struct row *row, const char *name)
{
	const struct field *f = resource_field(row->resource, name);

	return row->cell[f - row->resource->fields].text;
}
