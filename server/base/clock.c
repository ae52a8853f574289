/* SPDX-License-Identifier: MIT
 * clock.c - the machine's clock, moved or stopped.
 */
#include "base/clock.h"

#include <stdatomic.h>
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

void clock_init(struct clock *c, int64_t frozen)
{
	c->frozen = frozen;
	c->offset = 0;
	c->last = TIME_MIN;
}

int64_t clock_now(const struct clock *c)
{
	int64_t frozen = c->frozen;
	int64_t now = frozen != CLOCK_RUNS ? frozen : clock_real() + c->offset;

	return now < TIME_MAX ? now : TIME_MAX;
}

bool clock_is_frozen(const struct clock *c)
{
	return c->frozen != CLOCK_RUNS;
}

struct clock_setting clock_setting(const struct clock *c)
{
	return (struct clock_setting){ c->frozen, c->offset, c->last };
}

void clock_restore(struct clock *c, struct clock_setting setting)
{
	c->offset = setting.offset;
	c->frozen = setting.frozen;
	c->last = setting.last;
}

void clock_freeze(struct clock *c, int64_t time)
{
	c->frozen = time;
}

void clock_run(struct clock *c)
{
	/* In this order, no thread sees it run with the offset of before it was stopped. */
	c->offset = 0;
	c->frozen = CLOCK_RUNS;
}

bool clock_advance(struct clock *c, int64_t micros)
{
	int64_t now = clock_now(c);

	if (micros > TIME_MAX - now)
		return false;
	if (clock_is_frozen(c))
		c->frozen = now + micros;
	else
		c->offset += micros;
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
