/*
 * expansion.c - expand=a,b.c&expand[]=d into a tree.
 */
#include "model/expansion.h"

#include "base/buf.h"
#include "base/utf8.h"

struct expansion *expansion_find(const struct expansion *siblings, const struct field *field)
{
	while (siblings && siblings->field != field)
		siblings = siblings->next;
	return (struct expansion *)siblings; /* as constant as what the caller gave, like strchr */
}

static bool expandable(const struct field *f, enum version v)
{
	return (f->flags & F_EXPAND) != 0 && span_has(f->on, v);
}

static const char total_count[] = "total_count";

/* "unknown expansion 'x' of device; VERSION has: current_deployment, current_release" */
static bool unknown(struct parser *p, const struct resource *in, const char *of, bool total,
		    const char *name)
{
	struct buf valid CLEANUP(buf_free) = BUF_INIT(1024);
	const struct field *known = resource_find_field(in, name);
	const char *shown = utf8_clean(p->arena, name, 64);
	const char *version = version_name(p->version);

	if (total)
		buf_add(&valid, total_count);
	for (size_t i = 0; i < in->nfields; i++)
		if (expandable(&in->fields[i], p->version))
			buf_printf(&valid, "%s%s", valid.len ? ", " : "", in->fields[i].name);
	if (valid.bad || !shown)
		return false;

	const char *has = valid.len ? valid.text : "none";

	if (known && known->flags & F_EXPAND)
		p->error.message =
		    arena_printf(p->arena, "expansion '%s' of %s exists since %s; %s has: %s",
				 shown, of, version_name(known->on.since), version, has);
	else
		p->error.message =
		    arena_printf(p->arena, "unknown expansion '%s' of %s; %s has: %s", shown, of,
				 version, has);
	return false;
}

static bool too_deep(struct parser *p, const char *name)
{
	const char *shown = utf8_clean(p->arena, name, 64);

	if (shown)
		p->error.message =
		    arena_printf(p->arena,
				 "expand goes at most %d levels deep; '%s' is one too deep",
				 EXPAND_DEPTH, shown);
	return false;
}

/* The expansion of a field, made if it is not there; NULL when memory is short. */
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

/* Add one name, "a.b.c", to the tree. */
static bool add(struct parser *p, const struct resource *in, bool of_list, const char *name,
		struct expansion **siblings)
{
	const char *of = in->object;

	for (unsigned depth = 1;; depth++) {
		size_t len = strcspn(name, ".");
		const char *part = arena_strndup(p->arena, name, len);
		const struct field *f = part ? resource_find_field(in, part) : NULL;
		struct expansion *e;

		if (!part)
			return false;
		if (depth > EXPAND_DEPTH)
			return too_deep(p, part);
		if (!*part) {
			p->error.message =
			    "an empty name in expand; names are separated by one comma, "
			    "levels by one dot";
			return false;
		}
		if (!f || !expandable(f, p->version))
			return unknown(p, in, of, of_list && depth == 1, part);
		e = find_or_add(p->arena, siblings, f);
		if (!e)
			return false;
		if (!name[len])
			return true;
		in = &resources[f->relation->target];
		of = in->object ? in->object : f->name;
		siblings = &e->children;
		name += len + 1;
	}
}

bool expansion_parse(struct parser *p, const struct resource *r, bool of_list,
		     const struct pairs *query, struct expansions *e)
{
	p->error = (struct parse_error){ .field = "expand" };
	*e = (struct expansions){ .tree = NULL };
	for (size_t i = 0; i < query->count; i++) {
		const char *at = query->items[i].value, *key = query->items[i].name;

		if (!streq(key, "expand") && !streq(key, "expand[]"))
			continue;
		if (!*at) /* expand= asks for nothing */
			continue;
		for (;; at++) {
			size_t len = strcspn(at, ",");
			const char *name = arena_strndup(p->arena, at, len);

			if (name && of_list && streq(name, total_count))
				e->total = true;
			else if (!name || !add(p, r, of_list, name, &e->tree))
				return false;
			at += len;
			if (!*at)
				break;
		}
	}
	return true;
}
