/* SPDX-License-Identifier: MIT
 * settings.c - shows settings, and changes them in transactions that cover them: a change that
 * fails leaves all as it was.
 */
#include "control/control.h"

#include "api/handler.h"
#include "config.h"
#include "http/exchange.h"
#include "workspace/settings.h"
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
	writer_int(writer_key(&w, "rate"), (long long)clock->rate);
	write_seconds(&w, "tick", clock->tick);
	writer_close(&w, '}');
	return true;
}

bool control_put_clock(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct parser p = { .arena = &x->arena };

	return op_begin_settings(x, &tx) &&
	       (settings_set_clock(&p, &x->body, &x->workspace->clock) ||
		fail_parse(x, &p.error)) &&
	       control_get_clock(x) && op_commit_settings(x, &tx);
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

bool control_put_transitions(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct parser p = { .arena = &x->arena };

	if (!op_begin_settings(x, &tx))
		return false;
	if (!settings_set_transitions(&p, &x->body, &x->workspace->clock,
				      &x->workspace->transitions))
		return fail_parse(x, &p.error);
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
