/* SPDX-License-Identifier: MIT
 * settings.c - the fields of settings, and what must not be set together.
 */
#include "workspace/settings.h"

#include "base/rfc3339.h"

/* clang-format off */
static const struct word clock_mode[] = {
	{ "real", ALWAYS, NULL },
	{ "frozen", ALWAYS, NULL },
	{ .text = NULL },
};

const struct field clock_fields[4] = {
	{ .name = "mode", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS, .words = clock_mode },
	{ .name = "now", .kind = K_TIME, .on = ALWAYS },
	{ .name = "rate", .kind = K_WHOLE, .on = ALWAYS, .least = 1, .most = RATE_MAX },
	{ .name = "tick", .kind = K_SECONDS, .on = ALWAYS },
};

const struct field transitions_fields[3] = {
	{ .name = "progression", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS,
	  .words = progression_words },
	{ .name = "seconds", .kind = K_SECONDS, .on = ALWAYS },
	{ .name = "times", .kind = K_WHOLE, .on = ALWAYS, .most = POLLS_MAX },
};

/* clang-format on */

bool settings_set_clock(struct parser *p, const struct body *body, struct clock *clock)
{
	const char *now = body_text(body, "now");
	const struct member *rate = body_member(body, "rate");
	const struct member *tick = body_member(body, "tick");
	int64_t time = clock_now(clock);

	if (streq(body_text(body, "mode"), "real")) {
		if (now)
			return PARSE_FAIL(p, "now",
					  "now cannot be set while mode is \"real\"; use mode "
					  "\"frozen\", or POST /_mock/clock/advance");
		if (tick->number)
			return PARSE_FAIL(p, "tick",
					  "tick can be set only while mode is \"frozen\"; a clock "
					  "that runs has a rate");
		clock_run(clock, rate->set ? rate->number : 1);
	} else if (rate->set && rate->number != 1) {
		return PARSE_FAIL(p, "rate",
				  "rate can be set only while mode is \"real\"; a frozen clock has "
				  "a tick");
	} else if (!now || rfc3339_parse(now, &time)) {
		clock_freeze(clock, time, tick->number);
	}
	return true;
}

bool settings_set_transitions(struct parser *p, const struct body *body, const struct clock *clock,
			      struct transitions *t)
{
	const struct member *seconds = body_member(body, "seconds");
	const struct member *times = body_member(body, "times");
	enum progression progression = (enum progression)(body_word(body, "progression") - 1);

	if (progression == PROGRESS_TIME && !seconds->set)
		return PARSE_FAIL(p, "seconds",
				  "seconds is required when progression is \"time\": the duration "
				  "of one step");
	if (progression != PROGRESS_TIME && seconds->number > 0)
		return PARSE_FAIL(p, "seconds",
				  "seconds can be set only when progression is \"time\"");
	if (progression == PROGRESS_POLLS && !times->number)
		return PARSE_FAIL(p, "times",
				  "times is required when progression is \"polls\": how often a "
				  "deployment is read before a step");
	if (progression != PROGRESS_POLLS && times->number > 0)
		return PARSE_FAIL(p, "times",
				  "times can be set only when progression is \"polls\"");
	*t = (struct transitions){
		.progression = progression,
		.micros = seconds->number,
		.polls = times->number,
		.set_at = clock_now(clock),
	};
	return true;
}
