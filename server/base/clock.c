/* SPDX-License-Identifier: MIT
 * clock.c - the machine's clock, moved or stopped.
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#include "base/rfc3339.h"

static const int64_t second = 1000000;

static int64_t read_clock(clockid_t which)
{
	struct timespec now;

	clock_gettime(which, &now);
	return now.tv_sec * second + now.tv_nsec / 1000;
}

int64_t clock_count_on(_Atomic int64_t *lead, int64_t real, int64_t steady)
{
	int64_t now = real - steady, most = *lead;

	while (most < now && !atomic_compare_exchange_weak(lead, &most, now))
		;
	return steady + (most < now ? now : most);
}

int64_t clock_real(void)
{
	static _Atomic int64_t lead = INT64_MIN;
	/* In this order, a thread that is stopped between the two adds nothing to the lead. */
	int64_t real = read_clock(CLOCK_REALTIME);

	return clock_count_on(&lead, real, read_clock(CLOCK_BOOTTIME));
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* Set how it runs. Readers take the three numbers together, or read again. */
static void set_running(struct clock *c, int64_t from, int64_t since, int64_t rate)
{
	c->changes++;
	c->from = from;
	c->since = since;
	c->rate = rate;
	c->changes++;
}

/* The time of a clock that runs. */
static int64_t running_time(const struct clock *c)
{
	int64_t from, since, rate, passed;
	unsigned changes;

	do {
		changes = c->changes & ~1u;
		from = c->from;
		since = c->since;
		rate = c->rate;
	} while (c->changes != changes);
	passed = clock_real() - since;
	if (rate == 1)
		return from + passed;
	return passed < (TIME_MAX - from) / rate ? from + passed * rate : TIME_MAX;
}

void clock_init(struct clock *c, const struct clock_options *options)
{
	*c = (struct clock){ .last = TIME_MIN };
	clock_run(c, options->rate ? options->rate : 1);
	if (options->frozen != CLOCK_RUNS)
		clock_freeze(c, options->frozen, options->tick);
}

int64_t clock_now(const struct clock *c)
{
	int64_t frozen = c->frozen;
	int64_t now = frozen != CLOCK_RUNS ? frozen : running_time(c);

	return now < TIME_MAX ? now : TIME_MAX;
}

bool clock_is_frozen(const struct clock *c)
{
	return c->frozen != CLOCK_RUNS;
}

void clock_tick(struct clock *c)
{
	int64_t tick = c->tick, time = c->frozen;

	if (tick == 0)
		return;
	while (time != CLOCK_RUNS &&
	       !atomic_compare_exchange_weak(&c->frozen, &time,
					     time < TIME_MAX - tick ? time + tick : TIME_MAX))
		;
}

struct clock_setting clock_setting(const struct clock *c)
{
	return (struct clock_setting){ c->frozen, c->from, c->since, c->rate, c->tick, c->last };
}

void clock_restore(struct clock *c, struct clock_setting setting)
{
	set_running(c, setting.from, setting.since, setting.rate);
	c->tick = setting.tick;
	c->frozen = setting.frozen;
	c->last = setting.last;
}

void clock_freeze(struct clock *c, int64_t time, int64_t tick)
{
	c->tick = tick;
	c->frozen = time;
	set_running(c, 0, 0, 1);
}

void clock_run(struct clock *c, int64_t rate)
{
	int64_t now = rate == 1 ? 0 : clock_real();

	/* In this order, no thread sees it run as before it was stopped. */
	set_running(c, now, now, rate);
	c->tick = 0;
	c->frozen = CLOCK_RUNS;
}

bool clock_advance(struct clock *c, int64_t micros)
{
	int64_t now = clock_now(c);

	if (micros > TIME_MAX - now)
		return false;
	if (clock_is_frozen(c))
		c->frozen += micros; /* on top of what a request may add meanwhile */
	else
		set_running(c, c->from + micros, c->since, c->rate);
	return true;
}

int64_t clock_stamp_at(struct clock *c, int64_t time)
{
	/* The last stamp may be ahead of the clock by the microseconds that this rule adds. A time
	 * that is earlier than that is kept: the clock was set back. */
	if (time <= c->last && c->last - time < second && c->last < TIME_MAX)
		time = c->last + 1;
	c->last = time;
	return time;
}

int64_t clock_stamp(struct clock *c)
{
	return clock_stamp_at(c, clock_now(c));
}

bool clock_read_seconds(double seconds, int64_t *micros)
{
	if (!(seconds >= 0 && seconds <= SECONDS_MAX))
		return false;
	*micros = (int64_t)(seconds * 1e6 + 0.5);
	return true;
}

const char *clock_seconds_text(int64_t micros, char text[CLOCK_SECONDS_LEN])
{
	snprintf(text, CLOCK_SECONDS_LEN, "%.15g", (double)micros / 1e6);
	return text;
}
