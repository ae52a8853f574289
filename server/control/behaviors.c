/* SPDX-License-Identifier: MIT
 * behaviors.c - shows behaviors, and replaces them in a transaction.
 */
#include "control/control.h"

#include "api/handler.h"
#include "http/exchange.h"
#include "workspace/behavior_rule.h"

bool control_get_behaviors(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
	struct writer w = exchange_writer(x);

	if (!db)
		return false;
	behaviors_write(x->workspace->behaviors, &w);
	return true;
}

/* Commit a transaction that replaces the rules by a set, which may be NULL, and answer with it. */
static bool commit(struct exchange *x, struct tx *tx, struct behaviors *b)
{
	struct writer w = exchange_writer(x);

	behaviors_write(b, &w);
	tx->sets_behaviors = true;
	tx->behaviors = b;
	return op_commit_settings(x, tx);
}

/* The rules of `before`, and those of the body. NULL, with x failed, if they are refused. */
static struct behaviors *read_rules(struct exchange *x, const struct behaviors *before)
{
	const size_t count = body_member(&x->body, "behaviors")->count;
	struct parser p = { .arena = &x->arena };
	struct behaviors *set = NULL, *all = NULL;

	if (behavior_rules_check_count(&p, count + (before ? before->count : 0)))
		set = behavior_rules_read(&p, x->db, &x->app->sql, &x->body);
	if (set)
		all = behaviors_join(before, set);
	else if (p.error.message)
		fail_parse(x, &p.error);
	else if (!x->arena.failed)
		op_db_error(x);
	behaviors_free(set);
	return all;
}

bool control_put_behaviors(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct behaviors *all;

	if (!op_begin_settings(x, &tx))
		return false;
	all = read_rules(x, NULL);
	return all && commit(x, &tx, all);
}

bool control_post_behaviors(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct behaviors *all;

	if (!op_begin_settings(x, &tx))
		return false;
	all = read_rules(x, x->workspace->behaviors);
	return all && commit(x, &tx, all);
}

bool control_delete_behaviors(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return op_begin_settings(x, &tx) && commit(x, &tx, NULL);
}
