/* SPDX-License-Identifier: MIT
 * lifecycle.c - finds the moves that a state allows, in the table of lifecycle.h.
 */
#include "model/lifecycle.h"

#include <stdio.h>

/* clang-format off */
#define MOVE(name, its_targets, its_activities, its_errors, target, activity, error, its_stamped) \
	{ .targets = (its_targets), .activities = (its_activities), .errors = (its_errors), \
	  .to = { target, activity, error }, .stamped = (its_stamped) },
static const struct move moves[MOVE_COUNT] = { MOVES(MOVE) };
#undef MOVE
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
