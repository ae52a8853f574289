/*
 * expansion.c - expand=a,b.c&expand[]=d into a tree.
 */
#include "model/expansion.h"

#include "base/buf.h"
#include "base/utf8.h"

struct expansion *expand_find(const struct expansion *siblings, const struct field *field)
{
	while (siblings && siblings->field != field)
		siblings = siblings->next;
	return (struct expansion *)siblings; /* as constant as what the caller gave, like strchr */
}

static bool expandable(const struct field *f, enum version v)
{
	return (f->flags & F_EXPAND) != 0 && live(f->on, v);
}

static const char total_count[] = "total_count";

/* What the functions below share. */
struct reader {
	struct arena *arena;
	enum version version;
	const char *why; /* for the client, what is wrong */
};

/* "unknown expansion 'x' of device; VERSION has: current_deployment, current_release" */
static bool unknown(struct reader *r, const struct resource *in, const char *of, bool total,
		    const char *name)
{
	struct buf valid CLEANUP(buf_free) = BUF_INIT(1024);
	const struct field *known = resource_find_field(in, name);
	const char *shown = utf8_clean(r->arena, name, 64);
	const char *version = version_name(r->version);

	if (total)
		buf_add(&valid, total_count);
	for (size_t i = 0; i < in->nfields; i++)
		if (expandable(&in->fields[i], r->version))
			buf_printf(&valid, "%s%s", valid.len ? ", " : "", in->fields[i].name);
	if (valid.bad || !shown)
		return false;

	const char *has = valid.len ? valid.text : "none";

	if (known && known->flags & F_EXPAND)
		r->why = arena_printf(r->arena, "expansion '%s' of %s exists since %s; %s has: %s",
				      shown, of, version_name(known->on.since), version, has);
	else
		r->why = arena_printf(r->arena, "unknown expansion '%s' of %s; %s has: %s", shown,
				      of, version, has);
	return false;
}

static bool too_deep(struct reader *r, const char *name)
{
	const char *shown = utf8_clean(r->arena, name, 64);

	if (shown)
		r->why = arena_printf(r->arena,
				      "expand goes at most %d levels deep; '%s' is one too deep",
				      EXPAND_DEPTH, shown);
	return false;
}

/* The expansion of a field, made if it is not there; NULL when memory is short. */
static struct expansion *find_or_add(struct arena *a, struct expansion **siblings,
				     const struct field *f)
{
	struct expansion *e = expand_find(*siblings, f);

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
static bool add(struct reader *r, const struct resource *in, bool of_list, const char *name,
		struct expansion **siblings)
{
	const char *of = in->object;

	for (unsigned depth = 1;; depth++) {
		size_t len = strcspn(name, ".");
		const char *part = arena_strndup(r->arena, name, len);
		const struct field *f = part ? resource_find_field(in, part) : NULL;
		struct expansion *e;

		if (!part)
			return false;
		if (depth > EXPAND_DEPTH)
			return too_deep(r, part);
		if (!*part) {
			r->why = "an empty name in expand; names are separated by one comma, "
				 "levels by one dot";
			return false;
		}
		if (!f || !expandable(f, r->version))
			return unknown(r, in, of, of_list && depth == 1, part);
		e = find_or_add(r->arena, siblings, f);
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

bool expand_parse(struct arena *a, const struct resource *r, enum version v, bool of_list,
		  const struct pair *pairs, size_t npairs, struct expansions *e, const char **why)
{
	struct reader reader = { .arena = a, .version = v };

	*e = (struct expansions){ .tree = NULL };
	for (size_t i = 0; i < npairs; i++) {
		const char *at = pairs[i].value;

		if (!streq(pairs[i].name, "expand") && !streq(pairs[i].name, "expand[]"))
			continue;
		if (!*at) /* expand= asks for nothing */
			continue;
		for (;; at++) {
			size_t len = strcspn(at, ",");
			const char *name = arena_strndup(a, at, len);

			if (name && of_list && streq(name, total_count)) {
				e->total = true;
			} else if (!name || !add(&reader, r, of_list, name, &e->tree)) {
				*why = reader.why;
				return false;
			}
			at += len;
			if (!*at)
				break;
		}
	}
	return true;
}
