/*
 * groups.c - how deep groups may stand.
 */
#include "api/groups.h"

#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"

#define ANCESTORS_MAX "10" /* of a group that others are put into; as SQL has it */

/* The group ?1 and those above it, with how far above; no further than counts. */
#define CHAIN                                                                                      \
	"WITH RECURSIVE chain (id, level) AS (SELECT ?1, 0 UNION ALL"                              \
	" SELECT g.parent_id, level + 1 FROM chain JOIN groups AS g ON g.id = chain.id"            \
	" WHERE g.parent_id IS NOT NULL AND level <= " ANCESTORS_MAX ") "

static bool refuse_parent(struct exchange *x, enum error error, const char *parent, const char *why)
{
	fail_by(x, error, "parent_id", "%s", why ? why : "?");
	fail_param(x, "parent_id", parent);
	return false;
}

static bool check_depth(struct exchange *x, const char *parent)
{
	static const struct query depth = { CHAIN
					    "SELECT 1 FROM chain WHERE level > " ANCESTORS_MAX,
					    QUERY_KEPT };
	bool deep;

	if (!db_has(x->db, &depth, &parent, 1, &deep))
		return op_broke(x);
	return !deep ||
	       refuse_parent(x, ERR_GROUP_DEPTH, parent,
			     arena_printf(&x->arena,
					  "group hierarchy exceeds maximum depth of " ANCESTORS_MAX
					  ": more groups than that are above '%s'",
					  parent));
}

/* A group is not put into itself, nor into one that is inside it. */
static bool check_circle(struct exchange *x, const char *parent)
{
	static const struct query inside = { CHAIN "SELECT 1 FROM chain WHERE id = ?2",
					     QUERY_KEPT };
	const char *values[] = { parent, x->id };
	bool has;

	if (!db_has(x->db, &inside, values, ARRAY_LEN(values), &has))
		return op_broke(x);
	if (!has)
		return true;
	return refuse_parent(x, ERR_GROUP_PARENT, parent,
			     arena_printf(&x->arena, "group '%s' cannot be moved into %s", x->id,
					  streq(parent, x->id) ? "itself"
							       : "a group that is inside it"));
}

static bool create(struct exchange *x, struct change *c)
{
	const char *parent = body_text(&x->body, "parent_id");

	return write_refers(x) && (!parent || check_depth(x, parent)) && write_said(x, c);
}

bool op_create_group(struct exchange *x)
{
	return op_change(x, create);
}

static bool move(struct exchange *x, struct change *c)
{
	const char *parent = body_text(&x->body, "parent_id");
	struct row *group;

	if (!op_find(x, R_GROUP, x->id, &group) || !write_refers(x))
		return false;
	if (same_text(parent, row_text(group, "parent_id")))
		return true; /* it is there */
	return (!parent || (check_circle(x, parent) && check_depth(x, parent))) &&
	       write_body(x, c, group);
}

bool op_move_group(struct exchange *x)
{
	return op_change(x, move);
}
