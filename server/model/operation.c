/* SPDX-License-Identifier: MIT
 * operation.c - looks up operations and the fields of their bodies.
 */
#include "model/operation.h"

#include "base/util.h"

const struct operation *operation_named(const struct operation_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (same_text(table->rows[i].name, name))
			return &table->rows[i];
	return NULL;
}

struct shape operation_body(const struct operation *op)
{
	const struct resource *r = &resources[op->resource];

	if (op->writes == PART_ALL)
		return op->body;
	return (struct shape){ .fields = r->fields, .count = r->nfields, .part = op->writes };
}
