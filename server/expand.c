/*
 * expand.c - expand=a,b.c&expand[]=d into a tree.
 */
#include "expand.h"

#include "buf.h"
#include "utf8.h"

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

/* "unknown expansion 'x' of device; VERSION has: current_deployment, current_release" */
static const char *unknown(struct arena *a, const struct resource *r, const char *of,
			   enum version v, const char *name)
{
	struct buf valid CLEANUP(buf_free) = BUF_INIT(1024);
	const struct field *known = resource_field(r, name);
	const char *shown = utf8_clean(a, name, 64);

	for (size_t i = 0; i < r->nfields; i++)
		if (expandable(&r->fields[i], v))
			buf_printf(&valid, "%s%s", valid.len ? ", " : "", r->fields[i].name);
	if (valid.bad || !shown)
		return NULL;
	if (known && known->flags & F_EXPAND)
		return arena_printf(a, "expansion '%s' of %s exists since %s; %s has: %s", shown,
				    of, version_name(known->on.since), version_name(v),
				    valid.len ? valid.text : "none");
	return arena_printf(a, "unknown expansion '%s' of %s; %s has: %s", shown, of,
			    version_name(v), valid.len ? valid.text : "none");
}

/* Add one name, "a.b.c", to the tree. */
static bool add(struct arena *a, const struct resource *r, enum version v, const char *name,
		size_t len, struct expansion **siblings, const char **why)
{
	const char *end = name + len, *of = r->object;

	*why = NULL;
	for (unsigned depth = 1;; depth++) {
		const char *dot = memchr(name, '.', (size_t)(end - name));
		const char *part = arena_strndup(a, name, (size_t)((dot ? dot : end) - name));

		if (!part)
			return false;
		if (depth > EXPAND_DEPTH) {
			part = utf8_clean(a, part, 64);
			if (part)
				*why = arena_printf(
				    a, "expand goes at most %d levels deep; '%s' is one too deep",
				    EXPAND_DEPTH, part);
			return false;
		}

		const struct field *f = resource_field(r, part);

		if (!*part) {
			*why = "an empty name in expand; names are separated by one comma, levels "
			       "by one dot";
			return false;
		}
		if (!f || !expandable(f, v)) {
			*why = unknown(a, r, of, v, part);
			return false;
		}

		struct expansion *e = expand_find(*siblings, f);

		if (!e) {
			e = arena_zalloc(a, sizeof *e);
			if (!e)
				return false;
			e->field = f;
			e->next = *siblings;
			*siblings = e;
		}
		if (!dot)
			return true;
		r = &resources[f->relation->target];
		of = r->object ? r->object : f->name;
		siblings = &e->children;
		name = dot + 1;
	}
}

bool expand_parse(struct arena *a, const struct resource *r, enum version v,
		  const struct pair *pairs, size_t npairs, struct expansion **tree,
		  const char **why)
{
	*tree = NULL;
	for (size_t i = 0; i < npairs; i++) {
		const char *at = pairs[i].value;

		if (!streq(pairs[i].name, "expand") && !streq(pairs[i].name, "expand[]"))
			continue;
		if (!*at) /* expand= asks for nothing */
			continue;
		for (;; at++) {
			size_t len = strcspn(at, ",");

			if (!add(a, r, v, at, len, tree, why))
				return false;
			at += len;
			if (!*at)
				break;
		}
	}
	return true;
}
