/* SPDX-License-Identifier: MIT
 * operation.c - looks up operations and the fields of their bodies.
 */
#include "model/operation.h"

#include <ctype.h>

#include "base/util.h"

enum { NAME_LEN_MAX = 64 };

const struct operation *operation_named(const struct operation_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (same_text(table->rows[i].name, name))
			return &table->rows[i];
	return NULL;
}

/* The number of letters to insert, delete or replace to make one name the other (Levenshtein); the
 * second is one of the table's. */
static size_t count_edits(const char *a, const char *b)
{
	size_t row[NAME_LEN_MAX + 1], len = strlen(b);

	for (size_t i = 0; i <= len; i++)
		row[i] = i;
	for (; *a; a++) {
		size_t diagonal = row[0]++;

		for (size_t i = 1; i <= len; i++) {
			bool same = tolower((unsigned char)*a) == tolower((unsigned char)b[i - 1]);
			size_t replaced = diagonal + !same;
			size_t other = 1 + (row[i] < row[i - 1] ? row[i] : row[i - 1]);

			diagonal = row[i];
			row[i] = replaced < other ? replaced : other;
		}
	}
	return row[len];
}

const struct operation *operation_nearest(const struct operation_table *table, const char *name)
{
	const struct operation *nearest = NULL;
	size_t fewest = SIZE_MAX;

	for (size_t i = 0; i < table->count; i++) {
		const char *own = table->rows[i].name;
		size_t edits =
		    own && strlen(own) <= NAME_LEN_MAX ? count_edits(name, own) : SIZE_MAX;

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
