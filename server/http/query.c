/* SPDX-License-Identifier: MIT
 * query.c - the stages that read a query: an operation's own parameters, lists, expansions.
 */
#include "http/query.h"

#include <stdlib.h>

#include "http/exchange.h"
#include "model/value.h"
#include "workspace/registry.h"

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

/* A parameter of every control endpoint. */
static const char workspace_param[] = "workspace";

/* The names of the parameters that the operation has in the version. */
static const char *params_listed(struct exchange *x)
{
	const struct resource *r = &resources[x->op->resource];
	const struct shape *shape = &x->op->params;
	const char *all = x->op->query == QUERY_LIST     ? "limit, offset, order_by, expand"
			  : x->op->query == QUERY_EXPAND ? "expand"
							 : "";

	for (size_t i = 0; all && i < shape->count; i++)
		all =
		    arena_printf(&x->arena, "%s%s%s", all, *all ? ", " : "", shape->fields[i].name);
	for (size_t i = 0; all && x->op->query == QUERY_LIST && i < r->nfields; i++)
		if (span_has(r->fields[i].filter, x->version))
			all = arena_printf(&x->arena, "%s, %s", all, r->fields[i].name);
	if (all && x->op->class == ENDPOINT_CONTROL)
		all = arena_printf(&x->arena, "%s, %s", all, workspace_param);
	return all && *all ? all : "none";
}

static bool has_param(const struct exchange *x, const char *name)
{
	for (size_t i = 0; i < x->op->params.count; i++)
		if (streq(x->op->params.fields[i].name, name))
			return true;
	return (x->op->query != QUERY_NONE && streq(name, "expand")) ||
	       (x->op->query == QUERY_LIST &&
		list_query_has(&resources[x->op->resource], x->version, name));
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

bool query_read(struct exchange *x)
{
	const struct resource *r = &resources[x->op->resource];
	const struct pairs *query = &x->target.query;
	const struct list_query_rules rules = { .max_limit = x->app->options.max_page_size,
						.pipe_only = x->app->options.pipe_only_filters };
	struct parser p = { .arena = &x->arena, .version = x->version };
	const bool list = x->op->query == QUERY_LIST;
	struct list_query *list_query;

	if (!note_unknown_params(x) || !read_params(x))
		return false;
	if (x->op->query == QUERY_NONE)
		return true;
	if (!expansion_parse(&p, r, list, query, &x->expand))
		return fail_parse(x, &p.error);
	if (!list)
		return true;
	x->list_query = list_query = arena_alloc(&x->arena, sizeof *list_query);
	return (list_query && list_query_parse(&p, r, &rules, query, list_query)) ||
	       fail_parse(x, &p.error);
}

bool query_select_workspace(struct exchange *x)
{
	const struct pairs *query = &x->target.query;
	const char *id = NULL;

	for (size_t i = 0; i < query->count; i++)
		if (streq(query->items[i].name, workspace_param))
			id = query->items[i].value;
	if (!id)
		return true;
	exchange_leave(x);
	if (streq(id, WORKSPACE_COMMON))
		return true;
	x->holds_workspace = registry_acquire_id(x->app->workspaces, id, &x->workspace);
	return x->holds_workspace || fail_field(x, workspace_param,
						"workspace '%s' not found; GET /_mock/workspaces "
						"lists them",
						quote(x, id));
}

bool query_read_control(struct exchange *x)
{
	const struct shape *shape = &x->op->params;
	const struct target *t = &x->target;

	for (size_t i = 0; i < t->query.count; i++) {
		const char *name = t->query.items[i].name;

		for (size_t n = 0; n < i; n++)
			if (streq(t->query.items[n].name, name))
				return fail_field(x, name, "%s is given twice; send it once",
						  quote(x, name));
		if (x->op->class == ENDPOINT_CONTROL && streq(name, workspace_param))
			continue;
		if (!shape->fields)
			return fail_field(x, name, "this path takes no query parameters%s",
					  x->op->class == ENDPOINT_CONTROL ? " but workspace" : "");
		if (!has_param(x, name))
			return fail_unknown_param(x, name);
	}
	return read_params(x);
}
