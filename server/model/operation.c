/* SPDX-License-Identifier: MIT
 * operation.c - looks up operations and the fields of their bodies.
 */
#include "model/operation.h"

#include <ctype.h>

#include "base/edit_distance.h"
#include "base/util.h"

const struct word operation_methods[] = {
	{ "GET", ALWAYS, NULL },     { "HEAD", ALWAYS, NULL },  { "POST", ALWAYS, NULL },
	{ "PUT", ALWAYS, NULL },     { "PATCH", ALWAYS, NULL }, { "DELETE", ALWAYS, NULL },
	{ "OPTIONS", ALWAYS, NULL }, { .text = NULL },
};

enum { NAME_BYTES = 65 /* as many as edit_distance() compares, and a NUL */ };

const struct operation *operation_named(const struct operation_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (same_text(table->rows[i].name, name))
			return &table->rows[i];
	return NULL;
}

/* The beginning of a name, in lower case. */
static void fold(const char *name, char out[NAME_BYTES])
{
	size_t len = 0;

	for (; len < NAME_BYTES - 1 && name[len]; len++)
		out[len] = (char)tolower((unsigned char)name[len]);
	out[len] = '\0';
}

const struct operation *operation_nearest(const struct operation_table *table, const char *name)
{
	const struct operation *nearest = NULL;
	char wanted[NAME_BYTES], own[NAME_BYTES];
	size_t fewest = SIZE_MAX;

	fold(name, wanted);
	for (size_t i = 0; i < table->count; i++) {
		if (!table->rows[i].name)
			continue;
		fold(table->rows[i].name, own);

		size_t edits = edit_distance(wanted, own, fewest);

		if (edits < fewest) {
			nearest = &table->rows[i];
			fewest = edits;
		}
	}
	return nearest;
}

struct shape operation_body(const struct operation *op)
{
	const struct resource *r = &resources[op->resource];

	if (op->writes == PART_ALL)
		return op->body;
	return (struct shape){ .fields = r->fields, .count = r->nfields, .part = op->writes };
}
