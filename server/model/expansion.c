/* SPDX-License-Identifier: MIT
 * expansion.c - makes a tree of expand=a,b.c&expand[]=d.
 */
#include "model/expansion.h"

#include "base/buf.h"

struct expansion *expansion_find(const struct expansion *siblings, const struct field *field)
{
	while (siblings && siblings->field != field)
		siblings = siblings->next;
	return (struct expansion *)siblings; /* const if the argument is, like strchr */
}

static bool is_expandable(const struct field *f, enum version v)
{
	return (f->flags & F_EXPAND) != 0 && span_has(f->on, v);
}

static const char expand[] = "expand", total_count[] = "total_count";

/* "unknown expansion 'x' of device; VERSION has: current_deployment, current_release" */
static bool fail_unknown(struct parser *p, const struct resource *r, const char *called, bool total,
			 const char *name)
{
	struct buf valid CLEANUP(buf_free) = BUF_INIT(1024);
	const struct field *known = resource_find_field(r, name);
	const char *shown = parse_shown(p, name);
	const char *version = version_name(p->version);

	if (total)
		buf_add(&valid, total_count);
	for (size_t i = 0; i < r->nfields; i++)
		if (is_expandable(&r->fields[i], p->version))
			buf_printf(&valid, "%s%s", valid.len ? ", " : "", r->fields[i].name);
	if (!valid.len)
		buf_add(&valid, "none");
	if (valid.bad)
		return false;
	if (known && known->flags & F_EXPAND)
		return PARSE_FAIL(p, expand, "expansion '%s' of %s exists since %s; %s has: %s",
				  shown, called, version_name(known->on.since), version,
				  valid.text);
	return PARSE_FAIL(p, expand, "unknown expansion '%s' of %s; %s has: %s", shown, called,
			  version, valid.text);
}

/* The expansion of a field, made if there is none; NULL when memory is short. */
static struct expansion *find_or_add(struct arena *a, struct expansion **siblings,
				     const struct field *f)
{
	struct expansion *e = expansion_find(*siblings, f);

	if (e)
		return e;
	e = arena_zalloc(a, sizeof *e);
	if (e) {
		e->field = f;
		e->next = *siblings;
		*siblings = e;
	}
	return e;
}

/* Add one path, "a.b.c", to the tree. */
static bool add_path(struct parser *p, const struct resource *r, bool of_list, const char *path,
		     struct expansion **siblings)
{
	const char *called = r->object;

	for (unsigned depth = 1; path; depth++) {
		const char *name = parse_item(p, &path, '.');
		const struct field *f;
		struct expansion *e;

		if (!name)
			return false;
		if (depth > EXPAND_DEPTH)
			return PARSE_FAIL(
			    p, expand, "expand goes at most %d levels deep; '%s' is one too deep",
			    EXPAND_DEPTH, parse_shown(p, name));
		if (!*name)
			return PARSE_FAIL(p, expand,
					  "expand has an empty name; separate names by one comma, "
					  "levels by one dot");
		f = resource_find_field(r, name);
		if (!f || !is_expandable(f, p->version))
			return fail_unknown(p, r, called, of_list && depth == 1, name);
		e = find_or_add(p->arena, siblings, f);
		if (!e)
			return false;
		r = &resources[f->relation->target];
		called = r->object ? r->object : f->name;
		siblings = &e->children;
	}
	return true;
}

bool expansion_parse(struct parser *p, const struct resource *r, bool of_list,
		     const struct pairs *query, struct expansions *e)
{
	*e = (struct expansions){ .tree = NULL };
	for (size_t i = 0; i < query->count; i++) {
		const struct pair *item = &query->items[i];
		const char *rest = *item->value ? item->value : NULL; /* empty: asks for nothing */

		const char *name = parse_plain_name(p, item->name);

		if (!name)
			return false;
		if (!streq(name, expand))
			continue;
		while (rest) {
			const char *path = parse_item(p, &rest, ',');

			if (path && of_list && streq(path, total_count))
				e->total = true;
			else if (!path || !add_path(p, r, of_list, path, &e->tree))
				return false;
		}
	}
	return true;
}
