/* SPDX-License-Identifier: MIT
 * behavior_rule.c - reads behaviors, and refuses those that could never apply or would do nothing.
 */
#include "workspace/behavior_rule.h"

/* clang-format off */
static const struct field behavior_rule[] = {
	{ .name = "device_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, .refers = R_DEVICE },
	{ .name = "group_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, .refers = R_GROUP },
	{ .name = "release_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, .refers = R_RELEASE },
	{ .name = "at", .kind = K_ENUM, .flags = F_NULL, .on = ALWAYS, .words = activity_status_words },
	{ .name = "every", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .least = 1, .most = 1000000 },
	{ .name = "times", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .least = 1,
	  .most = 1000000000 },
	{ .name = "error", .kind = K_ENUM, .flags = F_NULL, .on = ALWAYS, .words = error_status_words },
	{ .name = "recover_after", .kind = K_SECONDS, .flags = F_NULL, .on = ALWAYS },
	{ .name = "seconds", .kind = K_SECONDS, .flags = F_NULL, .on = ALWAYS },
	{ .name = "offline_for", .kind = K_SECONDS, .flags = F_NULL, .on = ALWAYS },
	/* Part of what GET answers; ignored, because counting starts at 0. */
	{ .name = "hits", .kind = K_WHOLE, .flags = F_NULL, .on = ALWAYS, .most = 1000000000000000 },
};

static const struct shape rule_shape = { .fields = behavior_rule, .count = ARRAY_LEN(behavior_rule) };

const struct field behaviors_fields[1] = {
	{ .name = "behaviors", .kind = K_OBJECTS, .flags = F_REQUIRED, .on = ALWAYS,
	  .members = &rule_shape },
};

/* clang-format on */

/* Reads one rule of a set. */
struct rule_reader {
	struct parser *parser;
	struct db *db;
	const struct sql *sql;
	const struct body *body;
	struct behaviors *set;
	size_t index;
};

/* Fail, with a message about a field, or "" for the rule: "behaviors[2].at: MESSAGE". */
static bool fail_rule(const struct rule_reader *r, const char *field, const char *message)
{
	struct parser *p = r->parser;
	const char *path =
	    arena_printf(p->arena, "behaviors[%zu]%s%s", r->index, *field ? "." : "", field);

	return path && message && PARSE_FAIL(p, path, "%s: %s", path, message);
}

/* Read an id, of a row that there is. */
static bool read_id(const struct rule_reader *r, const char *field, enum resource_id resource,
		    const char **id)
{
	const char *text = body_text(r->body, field);
	bool found;

	*id = text ? arena_strdup(&r->set->arena, text) : NULL;
	if (!text)
		return true;
	if (!db_has(r->db, &r->sql->has[resource], &text, 1, &found))
		return false;
	return found ? *id != NULL
		     : fail_rule(r, field,
				 arena_printf(r->parser->arena, "%s '%s' not found",
					      resources[resource].called,
					      parse_shown(r->parser, text)));
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

bool behavior_rules_check_count(struct parser *p, size_t count)
{
	return count <= BEHAVIORS_MAX ||
	       PARSE_FAIL(p, "behaviors", "behaviors: expected at most %d rules, found %zu",
			  BEHAVIORS_MAX, count);
}

struct behaviors *behavior_rules_read(struct parser *p, struct db *db, const struct sql *sql,
				      const struct body *body)
{
	const struct member *list = body_member(body, "behaviors");
	struct behaviors *set = NULL;

	if (behavior_rules_check_count(p, list->count))
		set = behaviors_new(list->count);
	for (size_t i = 0; set && i < list->count; i++) {
		const struct rule_reader r = { p, db, sql, &list->bodies[i], set, i };

		if (!read_rule(&r) || !check_rule(&r)) {
			behaviors_free(set);
			return NULL;
		}
	}
	return set;
}
