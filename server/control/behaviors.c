/* SPDX-License-Identifier: MIT
 * behaviors.c - reads behaviors, and refuses those that could never apply or would do nothing.
 */
#include "control/control.h"

#include "api/handler.h"
#include "http/exchange.h"

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

/* ---- reading --------------------------------------------------------------------------------- */

/* Reads one rule of a set. */
struct rule_reader {
	struct exchange *x;
	const struct body *body;
	struct behaviors *set;
	size_t index;
};

/* Fail, with a message about a field, or "" for the rule: "behaviors[2].at: MESSAGE". */
static bool fail_rule(const struct rule_reader *r, const char *field, const char *message)
{
	const char *path =
	    arena_printf(&r->x->arena, "behaviors[%zu]%s%s", r->index, *field ? "." : "", field);

	return path && message && fail_field(r->x, path, "%s: %s", path, message);
}

/* Read an id, of a row that there is. */
static bool read_id(const struct rule_reader *r, const char *field, enum resource_id resource,
		    const char **id)
{
	const char *text = body_text(r->body, field), *found;

	*id = text ? arena_strdup(&r->set->arena, text) : NULL;
	if (!text)
		return true;
	if (!op_look_up(r->x, &r->x->app->sql.get[resource], &text, 1, &found))
		return false;
	return found ? *id != NULL
		     : fail_rule(r, field,
				 arena_printf(&r->x->arena, "%s '%s' not found",
					      resources[resource].called, quote(r->x, text)));
}

static int64_t number_or_none(const struct rule_reader *r, const char *field)
{
	const struct member *m = body_member(r->body, field);

	return m->set && m->text ? m->number : -1;
}

static bool read_rule(const struct rule_reader *r)
{
	struct behavior *rule = &r->set->rules[r->index];

	if (!read_id(r, "device_id", R_DEVICE, &rule->device_id) ||
	    !read_id(r, "group_id", R_GROUP, &rule->group_id) ||
	    !read_id(r, "release_id", R_RELEASE, &rule->release_id))
		return false;
	r->set->groups |= rule->group_id != NULL;
	rule->at = body_word(r->body, "at");
	rule->every = number_or_none(r, "every");
	rule->times = number_or_none(r, "times");
	rule->error = body_word(r->body, "error");
	rule->recover_after = number_or_none(r, "recover_after");
	rule->seconds = number_or_none(r, "seconds");
	rule->offline_for = number_or_none(r, "offline_for");
	return !r->set->arena.failed;
}

static bool check_rule(const struct rule_reader *r)
{
	const struct behavior *b = &r->set->rules[r->index];

	if (b->at && b->at != ACTIVITY_QUEUED && b->at != ACTIVITY_DEPLOYED &&
	    b->at != ACTIVITY_REMOVING)
		return fail_rule(r, "at",
				 "expected queued, deployed or removing: a device takes no step "
				 "with a deployment in another activity");
	if (!b->error && b->seconds < 0 && b->offline_for < 0)
		return fail_rule(r, "", "one of error, seconds and offline_for is required");
	if (b->error == ERROR_NONE)
		return fail_rule(r, "error", "expected failed or retrying");
	if (b->recover_after >= 0 && b->error != ERROR_RETRYING)
		return fail_rule(
		    r, "recover_after",
		    "can be set only together with error \"retrying\": what has failed "
		    "does not recover");
	return true;
}

static struct behaviors *read_rules(struct exchange *x)
{
	const struct member *list = body_member(&x->body, "behaviors");
	struct behaviors *set = behaviors_new(list->count);

	for (size_t i = 0; set && i < list->count; i++) {
		const struct rule_reader r = { x, &list->bodies[i], set, i };

		if (!read_rule(&r) || !check_rule(&r)) {
			behaviors_free(set);
			return NULL;
		}
	}
	return set;
}

/* Replace the rules, by those of `before` and the body's. */
static bool set_behaviors(struct exchange *x, const struct behaviors *before)
{
	const size_t count = body_member(&x->body, "behaviors")->count;
	const size_t sum = count + (before ? before->count : 0);
	struct behaviors *set, *all;

	if (sum > BEHAVIORS_MAX)
		return fail_field(x, "behaviors", "behaviors: expected at most %d rules, found %zu",
				  BEHAVIORS_MAX, sum);
	set = read_rules(x);
	if (!set)
		return false;
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
