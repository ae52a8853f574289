/* SPDX-License-Identifier: MIT
 * route.c - the walk over the table of operations.
 */
#include "http/route.h"

#include <stdarg.h>
#include <stdio.h>

/* Do the segments match the path? *id becomes the segment that a brace stands for. */
static bool fits(const char *path, const struct target *t, const char **id)
{
	size_t at = 0;

	*id = NULL;
	/* Most paths differ in their first letter. */
	if (path[1] && path[1] != t->segments[0][0])
		return false;
	for (; *path == '/'; at++) {
		size_t len = strcspn(++path, "/");

		if (at >= t->nsegments || at >= TARGET_SEGMENTS)
			return false;
		if (*path == '{')
			*id = t->segments[at];
		else if (strncmp(path, t->segments[at], len) != 0 || t->segments[at][len])
			return false;
		path += len;
	}
	return at == t->nsegments && (!*id || **id);
}

static bool same_method(const char *asked, const char *has)
{
	return streq(asked, has) || (streq(asked, "HEAD") && streq(has, "GET"));
}

/* Add an item to a list that is separated by commas. */
static void add_item(char *list, size_t len, const char *fmt, ...) PRINTF_LIKE(3, 4);

static void add_item(char *list, size_t len, const char *fmt, ...)
{
	size_t used = strlen(list);
	va_list args;

	if (used > 0)
		used += (size_t)snprintf(list + used, len - used, ", ");
	if (used >= len)
		return;
	va_start(args, fmt);
	vsnprintf(list + used, len - used, fmt, args);
	va_end(args);
}

/* Add a method to those that are allowed, unless it is listed; HEAD comes with GET. */
static void add_method(struct route *route, const char *method)
{
	if (!strstr(route->allow, method))
		add_item(route->allow, sizeof route->allow, "%s%s", method,
			 streq(method, "GET") ? ", HEAD" : "");
}

static bool is_served(const struct operation *op, bool control)
{
	return control || op->class != ENDPOINT_CONTROL;
}

/* Can the operation stand behind the target's prefix? Control endpoints are at the root only. */
static bool is_near(const struct operation *op, const struct target *t)
{
	return op->class == ENDPOINT_API || t->prefix_len == 0;
}

enum found route_find(const struct operation_table *table, bool control, const char *method,
		      const struct target *t, struct route *route)
{
	route->allow[0] = '\0';
	for (size_t i = 0; i < table->count; i++) {
		if (!is_served(&table->rows[i], control) || !is_near(&table->rows[i], t) ||
		    !fits(table->rows[i].path, t, &route->id))
			continue;
		route->op = &table->rows[i];
		if (same_method(method, route->op->method))
			return FOUND;
		add_method(route, route->op->method);
	}
	return route->allow[0] ? FOUND_NO_METHOD : FOUND_NO_PATH;
}

/* The length of a path's first segment with its slash. */
static size_t beginning(const char *path)
{
	return 1 + strcspn(path + 1, "/");
}

const char *route_hint(const struct operation_table *table, bool control, const struct target *t,
		       char *out, size_t len)
{
	const char *first = t->segments[0];

	out[0] = '\0';
	for (size_t i = 0; i < table->count; i++) {
		const char *path = table->rows[i].path;

		if (*first && is_served(&table->rows[i], control) &&
		    beginning(path) == strlen(first) + 1 && starts_with(path + 1, first))
			add_item(out, len, "%s %s", table->rows[i].method, path);
	}
	if (out[0])
		return out;
	for (size_t i = 0; i < table->count; i++) {
		size_t same = beginning(table->rows[i].path);

		if (is_served(&table->rows[i], control) && is_near(&table->rows[i], t) &&
		    (i == 0 || strncmp(table->rows[i].path, table->rows[i - 1].path, same) != 0))
			add_item(out, len, "%.*s", (int)same, table->rows[i].path);
	}
	return out;
}
