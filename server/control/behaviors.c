/* SPDX-License-Identifier: MIT
 * behaviors.c - shows behaviors, and replaces them in a transaction.
 */
#include "control/control.h"

#include "api/handler.h"
#include "http/exchange.h"
#include "workspace/behavior_rule.h"

static bool write_behaviors(struct exchange *x)
{
	struct writer w = exchange_writer(x);

	behaviors_write(x->workspace->behaviors, &w);
	return true;
}

bool control_get_behaviors(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);

	return db && write_behaviors(x);
}

/* Replace the rules, by those of `before` and the body's. */
static bool set_behaviors(struct exchange *x, const struct behaviors *before)
{
	const size_t count = body_member(&x->body, "behaviors")->count;
	struct parser p = { .arena = &x->arena };
	struct behaviors *set = NULL, *all;

	if (behavior_rules_check_count(&p, count + (before ? before->count : 0)))
		set = behavior_rules_read(&p, x->db, &x->app->sql, &x->body);
	if (!set)
		return p.error.message ? fail_parse(x, &p.error)
				       : !x->arena.failed && op_db_error(x);
	all = behaviors_join(before, set);
	behaviors_free(set);
	if (!all)
		return false;
	workspace_set_behaviors(x->workspace, all); /* `before` is gone */
	return write_behaviors(x);
}

bool control_put_behaviors(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return op_begin_settings(x, &tx) && set_behaviors(x, NULL) && op_commit_settings(x, &tx);
}

bool control_post_behaviors(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return op_begin_settings(x, &tx) && set_behaviors(x, x->workspace->behaviors) &&
	       op_commit_settings(x, &tx);
}

bool control_delete_behaviors(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	if (!op_begin_settings(x, &tx))
		return false;
	workspace_set_behaviors(x->workspace, NULL);
	return write_behaviors(x) && op_commit_settings(x, &tx);
}
