/*
 * lifecycle.c - the table of moves. The numbers are those of behaviour, section 11.4; rows 1 and 2
 * make deployments, and rows 13, 15 and 16 say which moves do not exist.
 */
#include "model/lifecycle.h"

#include <stdio.h>

/* clang-format off */
static const struct move moves[MOVE_COUNT] = {
	[MOVE_DEPLOY] = { /* 3 */
		.targets = BIT(TARGET_STAGED), .activities = BIT(ACTIVITY_STAGED),
		.errors = BIT(ERROR_NONE),
		.to = { TARGET_DEPLOYED, ACTIVITY_QUEUED, ERROR_NONE }, .stamped = "queued_at" },
	[MOVE_DRIFT] = { /* 4 */
		.targets = BIT(TARGET_STAGED), .activities = BIT(ACTIVITY_STAGED),
		.to = { .activity = ACTIVITY_DRIFTED } },
	[MOVE_ARCHIVE] = { /* 5, and the effect of 1 */
		.targets = BIT(TARGET_STAGED),
		.activities = BIT(ACTIVITY_STAGED) | BIT(ACTIVITY_DRIFTED),
		.errors = BIT(ERROR_NONE) | BIT(ERROR_RETRYING),
		.to = { TARGET_ARCHIVED, ACTIVITY_ARCHIVED, ERROR_NONE },
		.stamped = "archived_at" },
	[MOVE_REPLACE] = { /* 6 */
		.targets = BIT(TARGET_DEPLOYED),
		.to = { .target = TARGET_ARCHIVED } },
	/* The agent's own, by these rows and by the table of its decisions below them. */
	[MOVE_INSTALL] = { /* 7, 11 */
		.targets = BIT(TARGET_DEPLOYED),
		.activities = BIT(ACTIVITY_QUEUED) | BIT(ACTIVITY_REMOVING) | BIT(ACTIVITY_ARCHIVED),
		.to = { .activity = ACTIVITY_DEPLOYED, .error = ERROR_NONE },
		.stamped = "deployed_at" },
	[MOVE_REMOVE] = { /* 8 */
		.targets = BIT(TARGET_ARCHIVED) | BIT(TARGET_STAGED),
		.activities = BIT(ACTIVITY_DEPLOYED),
		.to = { .activity = ACTIVITY_REMOVING } },
	[MOVE_FINISH] = { /* 9, 11 */
		.targets = BIT(TARGET_ARCHIVED),
		.activities = BIT(ACTIVITY_REMOVING) | BIT(ACTIVITY_QUEUED) | BIT(ACTIVITY_STAGED) |
			      BIT(ACTIVITY_DRIFTED),
		.to = { .activity = ACTIVITY_ARCHIVED, .error = ERROR_NONE },
		.stamped = "archived_at" },
	[MOVE_WITHDRAW] = { /* 9, 11 */
		.targets = BIT(TARGET_STAGED),
		.activities = BIT(ACTIVITY_REMOVING) | BIT(ACTIVITY_QUEUED),
		.to = { .activity = ACTIVITY_ARCHIVED, .error = ERROR_NONE },
		.stamped = "archived_at" },
	[MOVE_RETRY] = { /* 10 */
		.errors = BIT(ERROR_NONE),
		.to = { .error = ERROR_RETRYING } },
	[MOVE_RECOVER] = { /* 11 */
		.errors = BIT(ERROR_RETRYING),
		.to = { .error = ERROR_NONE } },
	[MOVE_FAIL] = { /* 12 */
		.errors = BIT(ERROR_NONE) | BIT(ERROR_RETRYING),
		.to = { TARGET_ARCHIVED, ACTIVITY_ARCHIVED, ERROR_FAILED },
		.stamped = "archived_at" },
	[MOVE_RESTAGE] = { /* 14 */
		.targets = BIT(TARGET_STAGED), .activities = BIT(ACTIVITY_DRIFTED),
		.to = { .activity = ACTIVITY_STAGED }, .stamped = "reviewed_at" },
};
/* clang-format on */

static bool is_among(unsigned set, unsigned n)
{
	return set == 0 || (set & BIT(n)) != 0;
}

const struct move *lifecycle_move(enum trigger t, const struct state *from)
{
	const struct move *m = &moves[t];

	return is_among(m->targets, from->target) && is_among(m->activities, from->activity) &&
		       is_among(m->errors, from->error)
		   ? m
		   : NULL;
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
	return from->error == ERROR_NONE ? lifecycle_own(from) : MOVE_COUNT;
}

bool lifecycle_has_reached(const struct state *s)
{
	switch (s->target) {
	case TARGET_DEPLOYED:
		return s->activity == ACTIVITY_DEPLOYED;
	case TARGET_ARCHIVED:
		return s->activity == ACTIVITY_ARCHIVED;
	default:
		return s->activity != ACTIVITY_DEPLOYED && s->activity != ACTIVITY_REMOVING;
	}
}

const char *lifecycle_activities(enum trigger t, char *out, size_t len)
{
	unsigned left = moves[t].activities;
	size_t used = 0;

	out[0] = '\0';
	for (unsigned n = 1; left && used < len; n++) {
		if (!(left & BIT(n)))
			continue;
		left &= ~BIT(n);
		used += (size_t)snprintf(out + used, len - used, "%s%s",
					 used == 0 ? ""
					 : left    ? ", "
						   : " or ",
					 word_text(activity_status_words, n));
	}
	return out;
}

const char *lifecycle_status(const char *activity_status, const char *error_status)
{
	return word_number(error_status_words, error_status) == ERROR_NONE ? activity_status
									   : error_status;
}
