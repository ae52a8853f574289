/* SPDX-License-Identifier: MIT
 * settings.c - shows settings, and changes them in transactions that cover them: a change that
 * fails leaves all as it was.
 */
#include "control/control.h"

#include <stdio.h>

#include "api/handler.h"
#include "config.h"
#include "http/exchange.h"

/* ---- health ---------------------------------------------------------------------------------- */

/* Answer with a status and, unless it is NULL, a version. */
static bool answer_status(struct exchange *x, const char *status, const char *version)
{
	struct writer w = exchange_writer(x);

	writer_open(&w, '{');
	writer_text(writer_key(&w, "status"), status);
	if (version)
		writer_text(writer_key(&w, "version"), version);
	writer_close(&w, '}');
	return true;
}

bool control_answer_ok(struct exchange *x)
{
	return answer_status(x, "ok", NULL);
}

bool control_health(struct exchange *x)
{
	return answer_status(x, "ok", PACKAGE_VERSION);
}

bool control_ready(struct exchange *x)
{
	return answer_status(x, "ready", PACKAGE_VERSION);
}

/* ---- clock ----------------------------------------------------------------------------------- */

bool control_get_clock(struct exchange *x)
{
	const struct clock *clock = &x->workspace->clock;
	struct writer w = exchange_writer(x);
	char now[TIME_LEN + 1], shown[TIME_LEN + 1];

	rfc3339_format(clock_now(clock), now);
	rfc3339_shortest(now, shown);
	writer_open(&w, '{');
	writer_text(writer_key(&w, "mode"), clock_is_frozen(clock) ? "frozen" : "real");
	writer_text(writer_key(&w, "now"), shown);
	writer_close(&w, '}');
	return true;
}

static bool set_clock(struct exchange *x)
{
	struct clock *clock = &x->workspace->clock;
	const char *now = body_text(&x->body, "now");
	int64_t time = clock_now(clock);

	if (streq(body_text(&x->body, "mode"), "real")) {
		if (now)
			return fail_field(x, "now",
					  "now cannot be set while mode is \"real\"; use mode "
					  "\"frozen\", or POST /_mock/clock/advance");
		clock_run(clock);
	} else if (!now || rfc3339_parse(now, &time)) {
		clock_freeze(clock, time);
	}
	return true;
}

bool control_put_clock(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return op_begin_settings(x, &tx) && set_clock(x) && control_get_clock(x) &&
	       op_commit_settings(x, &tx);
}

bool control_advance_clock(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	if (!op_begin_settings(x, &tx))
		return false;
	if (!clock_advance(&x->workspace->clock, body_member(&x->body, "seconds")->number))
		return fail_field(x, "seconds",
				  "seconds: too large: the clock ends with the year 9999");
	return control_get_clock(x) && op_commit_settings(x, &tx);
}

/* ---- transitions ----------------------------------------------------------------------------- */

static void write_transitions(struct exchange *x)
{
	const struct transitions *t = &x->workspace->transitions;
	struct writer w = exchange_writer(x);
	char seconds[64];

	snprintf(seconds, sizeof seconds, "%.15g", (double)t->micros / 1e6);
	writer_open(&w, '{');
	writer_text(writer_key(&w, "progression"), progression_words[t->progression].text);
	writer_raw(writer_key(&w, "seconds"), seconds);
	writer_close(&w, '}');
}

bool control_get_transitions(struct exchange *x)
{
	db_read(x->db);
	write_transitions(x);
	db_read_end(x->db);
	return true;
}

static bool set_transitions(struct exchange *x)
{
	const struct member *seconds = body_member(&x->body, "seconds");
	enum progression progression = (enum progression)(body_word(&x->body, "progression") - 1);

	if (progression == PROGRESS_TIME && !seconds->set)
		return fail_field(x, "seconds",
				  "seconds is required when progression is \"time\": the duration "
				  "of one step");
	if (progression != PROGRESS_TIME && seconds->number > 0)
		return fail_field(x, "seconds",
				  "seconds can be set only when progression is \"time\"");
	x->workspace->transitions = (struct transitions){
		.progression = progression,
		.micros = seconds->number,
		.set_at = clock_now(&x->workspace->clock),
	};
	return true;
}

bool control_put_transitions(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	if (!op_begin_settings(x, &tx) || !set_transitions(x))
		return false;
	write_transitions(x);
	return op_commit_settings(x, &tx);
}
