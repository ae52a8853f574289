/* SPDX-License-Identifier: MIT
 * put_paths.c - writes the operations of an OpenAPI document by their paths. Knows nothing of what
 * an operation's own members are.
 */
#include <ctype.h>

#include "api/put.h"

void put_open_operation(struct document *d, const struct operation *op)
{
	char method[16];
	size_t len = 0;

	for (; len < sizeof method - 1 && op->method[len]; len++)
		method[len] = (char)tolower((unsigned char)op->method[len]);
	method[len] = '\0';
	put_open(d, method);
}

/* Is the operation the first of its path in the table? The others are written with it. */
static bool is_first(const struct document *d, operation_test *has, const struct operation *op)
{
	for (const struct operation *o = d->table->rows; o < op; o++)
		if (has(d, o) && streq(o->path, op->path))
			return false;
	return true;
}

void put_paths(struct document *d, operation_test *has, operation_writer *put_common,
	       operation_writer *put)
{
	const struct operation *end = d->table->rows + d->table->count;

	put_open(d, "paths");
	for (const struct operation *op = d->table->rows; op < end; op++) {
		if (!has(d, op) || !is_first(d, has, op))
			continue;
		put_open(d, op->path);
		if (put_common)
			put_common(d, op);
		for (const struct operation *o = op; o < end; o++)
			if (has(d, o) && streq(o->path, op->path))
				put(d, o);
		put_close(d);
	}
	put_close(d);
}
