/* SPDX-License-Identifier: MIT
 * groups.c - the depth of groups, and cycles.
 */
#include "api/groups.h"

#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"

#define ANCESTORS_MAX "10" /* of a group that another is put into; a text, for SQL */

/* The group ?1 and its ancestors, with their distance, up to one more than are allowed. */
#define CHAIN                                                                                      \
	"WITH RECURSIVE chain (id, level) AS (SELECT ?1, 0 UNION ALL"                              \
	" SELECT g.parent_id, level + 1 FROM chain JOIN groups AS g ON g.id = chain.id"            \
	" WHERE g.parent_id IS NOT NULL AND level <= " ANCESTORS_MAX ") "

static bool refuse_parent(struct exchange *x, enum error error, const char *parent, const char *why)
{
	if (!why)
		return false;
	fail_by(x, error, "parent_id", "%s", why);
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
		return op_db_error(x);
	return !deep ||
	       refuse_parent(x, ERR_GROUP_DEPTH, parent,
			     arena_printf(&x->arena,
					  "group hierarchy exceeds maximum depth of " ANCESTORS_MAX
					  ": more groups than that are above '%s'",
					  parent));
}

/* A group cannot be moved into itself or into one of its descendants. */
static bool check_cycle(struct exchange *x, const char *parent)
{
	static const struct query inside = { CHAIN "SELECT 1 FROM chain WHERE id = ?2",
					     QUERY_KEPT };
	const char *values[] = { parent, x->id };
	bool has;

	if (!db_has(x->db, &inside, values, ARRAY_LEN(values), &has))
		return op_db_error(x);
	if (!has)
		return true;
	return refuse_parent(x, ERR_GROUP_PARENT, parent,
			     arena_printf(&x->arena, "group '%s' cannot be moved into %s", x->id,
					  streq(parent, x->id) ? "itself"
							       : "a group that is inside it"));
}

bool groups_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	const char *parent = body_text(&x->body, "parent_id"), *id;

	return op_begin(x, &tx) && write_check_refs(x) && (!parent || check_depth(x, parent)) &&
	       write_from_body(x, &tx, &id) && op_commit_row(x, &tx, id);
}

static bool check_move(struct exchange *x, const struct row *group, const char *parent)
{
	return !parent || same_text(parent, row_text(group, "parent_id")) ||
	       (check_cycle(x, parent) && check_depth(x, parent));
}

bool groups_move(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	const char *parent = body_text(&x->body, "parent_id");
	struct row *group;

	return op_begin(x, &tx) && op_find(x, R_GROUP, x->id, &group) && write_check_refs(x) &&
	       check_move(x, group, parent) && write_body(x, &tx, group) &&
	       op_commit_row(x, &tx, x->id);
}
