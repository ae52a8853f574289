/*
 * settings.c - the functions behind /_mock/ that are about the server or the workspace as a whole.
 */
#include "control/settings.h"

#include <stdio.h>

#include "api/handler.h"
#include "config.h"
#include "http/exchange.h"

static bool say(struct exchange *x, const char *status)
{
	struct writer w = exchange_writer(x);

	write_open(&w, '{');
	write_key(&w, "status");
	write_text(&w, status);
	write_key(&w, "version");
	write_text(&w, PACKAGE_VERSION);
	write_close(&w, '}');
	return true;
}

bool control_health(struct exchange *x)
{
	return say(x, "ok");
}

bool control_ready(struct exchange *x)
{
	return say(x, "ready");
}

/* ---- settings -------------------------------------------------------------------------------- */

static void write_clock(struct exchange *x)
{
	const struct clock *clock = &x->workspace->clock;
	struct writer w = exchange_writer(x);
	char now[TIME_LEN + 1], shown[TIME_LEN + 1];

	time_format(clock_now(clock), now);
	time_exact(now, shown);
	write_open(&w, '{');
	write_key(&w, "mode");
	write_text(&w, clock_is_frozen(clock) ? "frozen" : "real");
	write_key(&w, "now");
	write_text(&w, shown);
	write_close(&w, '}');
}

bool control_get_clock(struct exchange *x)
{
	write_clock(x);
	return true;
}

static bool put_clock(struct exchange *x)
{
	struct clock *clock = &x->workspace->clock;
	const char *now = body_text(&x->body, "now");
	int64_t at = clock_now(clock);

	if (streq(body_text(&x->body, "mode"), "real")) {
		if (now)
			return fail_field(x, "now",
					  "now: the real clock's time is not to be set; freeze it, "
					  "or advance it");
		clock_run(clock);
	} else if (!now || time_parse(now, &at)) {
		clock_freeze(clock, at);
	}
	write_clock(x);
	return true;
}

bool control_put_clock(struct exchange *x)
{
	return op_set(x, put_clock);
}

static bool advance_clock(struct exchange *x)
{
	if (!clock_advance(&x->workspace->clock, body_member(&x->body, "seconds")->number))
		return fail_field(x, "seconds", "seconds: the clock ends with the year 9999");
	write_clock(x);
	return true;
}

bool control_advance_clock(struct exchange *x)
{
	return op_set(x, advance_clock);
}

static void write_transitions(struct exchange *x)
{
	const struct transitions *t = &x->workspace->transitions;
	struct writer w = exchange_writer(x);
	char seconds[64];

	snprintf(seconds, sizeof seconds, "%.15g", (double)t->micros / 1e6);
	write_open(&w, '{');
	write_key(&w, "progression");
	write_text(&w, progression_words[t->progression].text);
	write_key(&w, "seconds");
	write_raw(&w, seconds);
	write_close(&w, '}');
}

bool control_get_transitions(struct exchange *x)
{
	db_read(x->db);
	write_transitions(x);
	db_read_end(x->db);
	return true;
}

static bool put_transitions(struct exchange *x)
{
	const struct member *seconds = body_member(&x->body, "seconds");
	struct transitions t = { .micros = seconds->number,
				 .set_at = clock_now(&x->workspace->clock) };

	while (!streq(body_text(&x->body, "progression"), progression_words[t.progression].text))
		t.progression++;
	if (t.progression == PROGRESS_TIME && !seconds->set)
		return fail_field(x, "seconds", "seconds: is missing; how long a step takes");
	if (t.progression != PROGRESS_TIME && seconds->number > 0)
		return fail_field(x, "seconds",
				  "seconds: only a progression of time takes seconds");
	x->workspace->transitions = t;
	write_transitions(x);
	return true;
}

bool control_put_transitions(struct exchange *x)
{
	return op_set(x, put_transitions);
}
