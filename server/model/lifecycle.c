/*
 * lifecycle.c - the rows. Their numbers are those of behaviour, section 11.4; rows 1 and 2 make
 * deployments, 13, 15 and 16 are what is not here.
 */
#include "model/lifecycle.h"

#include <stdio.h>

#include "base/util.h"

/* clang-format off */
static const struct move moves[MOVE_COUNT] = {
	[MOVE_DEPLOY] = { /* 3 */
		.targets = { "staged" }, .activities = { "staged" }, .errors = { "none" },
		.to = { "deployed", "queued", "none" }, .stamped = "queued_at" },
	[MOVE_DRIFT] = { /* 4 */
		.targets = { "staged" }, .activities = { "staged" },
		.to = { .activity = "drifted" } },
	[MOVE_ARCHIVE] = { /* 5, and the effect of 1 */
		.targets = { "staged" }, .activities = { "staged", "drifted" },
		.errors = { "none", "retrying" },
		.to = { "archived", "archived", "none" }, .stamped = "archived_at" },
	[MOVE_REPLACE] = { /* 6 */
		.targets = { "deployed" },
		.to = { .target = "archived" } },
	/* The agent's own, by the rows and by the table of its decisions below them. */
	[MOVE_INSTALL] = { /* 7, 11 */
		.targets = { "deployed" }, .activities = { "queued", "removing", "archived" },
		.to = { .activity = "deployed", .error = "none" }, .stamped = "deployed_at" },
	[MOVE_REMOVE] = { /* 8 */
		.targets = { "archived", "staged" }, .activities = { "deployed" },
		.to = { .activity = "removing" } },
	[MOVE_FINISH] = { /* 9, 11 */
		.targets = { "archived" }, .activities = { "removing", "queued", "staged", "drifted" },
		.to = { .activity = "archived", .error = "none" }, .stamped = "archived_at" },
	[MOVE_WITHDRAW] = { /* 9, 11 */
		.targets = { "staged" }, .activities = { "removing", "queued" },
		.to = { .activity = "archived", .error = "none" }, .stamped = "archived_at" },
	[MOVE_RETRY] = { /* 10 */
		.errors = { "none" }, .to = { .error = "retrying" } },
	[MOVE_RECOVER] = { /* 11 */
		.errors = { "retrying" }, .to = { .error = "none" } },
	[MOVE_FAIL] = { /* 12 */
		.errors = { "none", "retrying" },
		.to = { "archived", "archived", "failed" }, .stamped = "archived_at" },
	[MOVE_RESTAGE] = { /* 14 */
		.targets = { "staged" }, .activities = { "drifted" },
		.to = { .activity = "staged" }, .stamped = "reviewed_at" },
};
/* clang-format on */

static bool is_among(const char *const *words, size_t n, const char *word)
{
	if (!words[0])
		return true;
	for (size_t i = 0; i < n && words[i]; i++)
		if (streq(words[i], word))
			return true;
	return false;
}

const struct move *lifecycle_move(enum trigger t, const struct state *from)
{
	const struct move *m = &moves[t];

	if (!is_among(m->targets, ARRAY_LEN(m->targets), from->target) ||
	    !is_among(m->activities, ARRAY_LEN(m->activities), from->activity) ||
	    !is_among(m->errors, ARRAY_LEN(m->errors), from->error))
		return NULL;
	return m;
}

struct state lifecycle_to(const struct move *m, const struct state *from)
{
	return (struct state){
		.target = m->to.target ? m->to.target : from->target,
		.activity = m->to.activity ? m->to.activity : from->activity,
		.error = m->to.error ? m->to.error : from->error,
	};
}

enum trigger lifecycle_own(const struct state *from)
{
	static const enum trigger own[] = { MOVE_INSTALL, MOVE_REMOVE, MOVE_FINISH, MOVE_WITHDRAW };

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (lifecycle_move(own[i], from))
			return own[i];
	return MOVE_COUNT;
}

enum trigger lifecycle_next(const struct state *from)
{
	return streq(from->error, "none") ? lifecycle_own(from) : MOVE_COUNT;
}

bool lifecycle_has_reached(const struct state *s)
{
	if (streq(s->target, "staged"))
		return !streq(s->activity, "deployed") && !streq(s->activity, "removing");
	return streq(s->activity, s->target);
}

const char *lifecycle_activities(enum trigger t, char *out, size_t len)
{
	const struct move *m = &moves[t];
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(m->activities) && m->activities[i] && used < len; i++) {
		bool last = i + 1 == ARRAY_LEN(m->activities) || !m->activities[i + 1];

		used += (size_t)snprintf(out + used, len - used, "%s%s",
					 i == 0 ? ""
					 : last ? " or "
						: ", ",
					 m->activities[i]);
	}
	return out;
}

const char *lifecycle_status(const char *activity_status, const char *error_status)
{
	return streq(error_status, "none") ? activity_status : error_status;
}
