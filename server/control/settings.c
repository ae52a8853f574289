/* SPDX-License-Identifier: MIT
 * settings.c - shows settings, and changes them in transactions that cover them: a change that
 * fails leaves all as it was.
 */
#include "control/control.h"

#include "api/handler.h"
#include "config.h"
#include "http/exchange.h"
#include "workspace/simulator.h"

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

static void write_seconds(struct writer *w, const char *name, int64_t micros)
{
	char text[CLOCK_SECONDS_LEN];

	writer_raw(writer_key(w, name), clock_seconds_text(micros, text));
}

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
	writer_int(writer_key(&w, "rate"), clock_setting(clock).rate);
	write_seconds(&w, "tick", clock_setting(clock).tick);
	writer_close(&w, '}');
	return true;
}

static bool set_clock(struct exchange *x)
{
	struct clock *clock = &x->workspace->clock;
	const char *now = body_text(&x->body, "now");
	const struct member *rate = body_member(&x->body, "rate");
	const struct member *tick = body_member(&x->body, "tick");
	int64_t time = clock_now(clock);

	if (streq(body_text(&x->body, "mode"), "real")) {
		if (now)
			return fail_field(x, "now",
					  "now cannot be set while mode is \"real\"; use mode "
					  "\"frozen\", or POST /_mock/clock/advance");
		if (tick->number)
			return fail_field(x, "tick",
					  "tick can be set only while mode is \"frozen\"; a clock "
					  "that runs has a rate");
		clock_run(clock, rate->set ? rate->number : 1);
	} else if (rate->set && rate->number != 1) {
		return fail_field(x, "rate",
				  "rate can be set only while mode is \"real\"; a frozen clock has "
				  "a tick");
	} else if (!now || rfc3339_parse(now, &time)) {
		clock_freeze(clock, time, tick->number);
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

	writer_open(&w, '{');
	writer_text(writer_key(&w, "progression"), progression_words[t->progression].text);
	write_seconds(&w, "seconds", t->micros);
	writer_int(writer_key(&w, "times"), t->polls);
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
	const struct member *times = body_member(&x->body, "times");
	enum progression progression = (enum progression)(body_word(&x->body, "progression") - 1);

	if (progression == PROGRESS_TIME && !seconds->set)
		return fail_field(x, "seconds",
				  "seconds is required when progression is \"time\": the duration "
				  "of one step");
	if (progression != PROGRESS_TIME && seconds->number > 0)
		return fail_field(x, "seconds",
				  "seconds can be set only when progression is \"time\"");
	if (progression == PROGRESS_POLLS && !times->number)
		return fail_field(x, "times",
				  "times is required when progression is \"polls\": how often a "
				  "deployment is read before a step");
	if (progression != PROGRESS_POLLS && times->number > 0)
		return fail_field(x, "times",
				  "times can be set only when progression is \"polls\"");
	x->workspace->transitions = (struct transitions){
		.progression = progression,
		.micros = seconds->number,
		.polls = times->number,
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

/* ---- steps ----------------------------------------------------------------------------------- */

static void write_steps(struct exchange *x, const struct deployment *stepped)
{
	struct writer w = exchange_writer(x);

	writer_open(&w, '{');
	writer_open(writer_key(&w, "deployments"), '[');
	for (; stepped; stepped = stepped->next)
		writer_text(writer_item(&w), stepped->id);
	writer_close(&w, ']');
	writer_close(&w, '}');
}

bool control_step(struct exchange *x)
{
	const char *device_id = body_text(&x->body, "device_id");
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct deployment *stepped;
	struct row *device;

	/* Each step has a time of its own. */
	if (!op_begin_settings(x, &tx) || (device_id && !op_find(x, R_DEVICE, device_id, &device)))
		return false;
	if (!simulator_step(&tx, device_id, &stepped))
		return op_db_error(x);
	write_steps(x, stepped);
	return op_commit(x, &tx);
}
