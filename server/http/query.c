/* SPDX-License-Identifier: MIT
 * query.c - the stages that read a query: an operation's own parameters, lists, expansions.
 */
#include "http/query.h"

#include <stdlib.h>

#include "http/exchange.h"
#include "model/value.h"

/* Is the text a value of the parameter: a word, a whole number, or a text of its format? */
static bool param_fits(const struct field *f, const char *text, int64_t *number)
{
	enum { DIGITS_MAX = 18 };
	const size_t digits = strspn(text, "0123456789");

	if (f->kind == K_ENUM)
		return word_find(f->words, text) != NULL;
	if (f->kind != K_WHOLE)
		return string_format_fits(f->strfmt, text);
	*number = digits > 0 && digits <= DIGITS_MAX ? strtoll(text, NULL, 10) : -1;
	return !text[digits] && *number >= f->least && *number <= f->most;
}

/* Read the operation's own parameters into x->params. */
static bool read_params(struct exchange *x)
{
	const struct shape *shape = &x->op->params;
	const struct target *t = &x->target;
	char expected[EXPECTED_MAX];

	if (!shape->fields)
		return true;
	x->params.members = arena_zalloc(&x->arena, shape->count * sizeof *x->params.members);
	if (!x->params.members)
		return false;
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		struct member *m = &x->params.members[x->params.count++];

		*m = (struct member){ .field = f, .text = f->preset };
		for (size_t n = 0; n < t->query.count; n++) {
			if (!streq(t->query.items[n].name, f->name))
				continue;
			/* If it is repeated, the last value counts, and each must be valid. */
			m->set = true;
			m->text = t->query.items[n].value;
			if (!param_fits(f, m->text, &m->number))
				return fail_field(x, f->name, "%s: expected %s, found '%s'",
						  f->name,
						  value_expected(f, x->version, expected,
								 sizeof expected),
						  quote(x, m->text));
		}
	}
	return true;
}

/* The names of the parameters that the operation has in the version. */
static const char *params_listed(struct exchange *x)
{
	const struct resource *r = &resources[x->op->resource];
	const struct shape *shape = &x->op->params;
	const bool filters = x->op->query == QUERY_LIST || x->op->query == QUERY_FILTERS;
	const char *all = x->op->query == QUERY_LIST     ? "limit, offset, order_by, expand"
			  : x->op->query == QUERY_EXPAND ? "expand"
							 : "";

	for (size_t i = 0; all && i < shape->count; i++)
		all =
		    arena_printf(&x->arena, "%s%s%s", all, *all ? ", " : "", shape->fields[i].name);
	for (size_t i = 0; all && filters && i < r->nfields; i++)
		if (span_has(r->fields[i].filter, x->version))
			all = arena_printf(&x->arena, "%s%s%s", all, *all ? ", " : "",
					   r->fields[i].name);
	if (all && x->op->class == ENDPOINT_CONTROL)
		all = arena_printf(&x->arena, "%s, %s", all, QUERY_WORKSPACE);
	return all && *all ? all : "none";
}

/* Is it a parameter of expansions, or of lists? */
static bool has_row_param(const struct exchange *x, const char *name)
{
	const struct resource *r = &resources[x->op->resource];

	switch (x->op->query) {
	case QUERY_EXPAND:
		return streq(name, "expand");
	case QUERY_LIST:
		return streq(name, "expand") || list_query_has(r, x->version, name);
	case QUERY_FILTERS:
		return list_query_has_filter(r, x->version, name);
	default:
		return false;
	}
}

static bool has_param(const struct exchange *x, const char *name)
{
	for (size_t i = 0; i < x->op->params.count; i++)
		if (streq(x->op->params.fields[i].name, name))
			return true;
	return has_row_param(x, name);
}

static bool fail_unknown_param(struct exchange *x, const char *name)
{
	return fail_field(x, name, "unknown query parameter '%s'; there is: %s", quote(x, name),
			  params_listed(x));
}

/* Parameters that the operation does not have are passed over, and told (behaviour: section 5.3).
 */
static bool note_unknown_params(struct exchange *x)
{
	struct parser p = { .arena = &x->arena, .ignored = &x->ignored };

	for (size_t i = 0; i < x->target.query.count; i++) {
		const char *name = x->target.query.items[i].name;
		const char *plain = parse_plain_name(&p, name);

		if (!plain)
			return false;
		if (has_param(x, plain))
			continue;
		if (x->app->options.strict_requests)
			return fail_unknown_param(x, name);
		parse_ignore(&p, "query.", name);
	}
	return true;
}

/* Read the parameters of expansions and lists. */
static bool read_row_params(struct exchange *x)
{
	const struct resource *r = &resources[x->op->resource];
	const struct pairs *query = &x->target.query;
	const struct list_query_rules rules = { .max_limit = x->app->options.max_page_size,
						.pipe_only = x->app->options.pipe_only_filters };
	struct parser p = { .arena = &x->arena, .version = x->version };
	const bool list = x->op->query == QUERY_LIST, filters = x->op->query == QUERY_FILTERS;
	struct list_query *list_query;

	if (x->op->query == QUERY_NONE)
		return true;
	if (!filters && !expansion_parse(&p, r, list, query, &x->expand))
		return fail_parse(x, &p.error);
	if (!list && !filters)
		return true;
	x->list_query = list_query = arena_alloc(&x->arena, sizeof *list_query);
	return (list_query && list_query_parse(&p, r, &rules, query, list_query)) ||
	       fail_parse(x, &p.error);
}

bool query_read(struct exchange *x)
{
	return note_unknown_params(x) && read_params(x) && read_row_params(x);
}

const char *query_workspace(const struct exchange *x)
{
	const struct pairs *query = &x->target.query;

	for (size_t i = 0; !x->op->probe && i < query->count; i++)
		if (streq(query->items[i].name, QUERY_WORKSPACE))
			return query->items[i].value;
	return NULL;
}

bool query_read_control(struct exchange *x)
{
	const bool any = x->op->params.fields || x->op->query != QUERY_NONE;
	struct parser p = { .arena = &x->arena };
	const struct target *t = &x->target;

	if (x->op->probe) /* some probes add a parameter against caches */
		return true;
	for (size_t i = 0; i < t->query.count; i++) {
		const char *name = t->query.items[i].name;
		const char *plain = parse_plain_name(&p, name);

		if (!plain)
			return false;
		if (has_row_param(x, plain)) /* which says itself what may be repeated */
			continue;
		for (size_t n = 0; n < i; n++)
			if (streq(t->query.items[n].name, name))
				return fail_field(x, name, "%s is given twice; send it once",
						  quote(x, name));
		if (x->op->class == ENDPOINT_CONTROL && streq(name, QUERY_WORKSPACE))
			continue;
		if (!any)
			return fail_field(x, name, "this path takes no query parameters%s",
					  x->op->class == ENDPOINT_CONTROL ? " but workspace" : "");
		if (!has_param(x, name))
			return fail_unknown_param(x, name);
	}
	return read_params(x) && read_row_params(x);
}
