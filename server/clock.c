/*
 * clock.c - the machine's clock, moved or stopped.
 */
#include "clock.h"

#include <time.h>

#include "rfc3339.h"

static const int64_t second = 1000000;

int64_t clock_real(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * second + now.tv_nsec / 1000;
}

void clock_init(struct clock *c, int64_t frozen)
{
	c->frozen = frozen;
	c->ahead = 0;
	c->last = TIME_MIN;
}

int64_t clock_now(const struct clock *c)
{
	int64_t frozen = c->frozen;

	return frozen != CLOCK_RUNS ? frozen : clock_real() + c->ahead;
}

bool clock_is_frozen(const struct clock *c)
{
	return c->frozen != CLOCK_RUNS;
}

void clock_freeze(struct clock *c, int64_t at)
{
	c->frozen = at;
}

void clock_run(struct clock *c)
{
	/* In this order, nobody sees it run ahead by what was set before it stood. */
	c->ahead = 0;
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
		c->ahead += micros;
	return true;
}

int64_t clock_stamp(struct clock *c)
{
	int64_t now = clock_now(c);

	/* One that was set back, by more than the microseconds of this rule, is taken at its word.
	 */
	if (now <= c->last && c->last - now < second && c->last < TIME_MAX)
		now = c->last + 1;
	c->last = now;
	return now;
}
