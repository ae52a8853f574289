/* SPDX-License-Identifier: MIT
 * waiter.c - looks from time to time, so that what is waited for costs nothing when it happens.
 */
#include "http/waiter.h"

#include "base/clock.h"

enum {
	LOOK_MS = 10, /* between looks; */
	LOOKS = 100,  /* one of so many also finds out whether the client has gone */
};

/* A millisecond in microseconds. */
#define MS INT64_C(1000)

static struct waiter *waiter_of(struct timer *timer)
{
	return (void *)((char *)timer - offsetof(struct waiter, timer));
}

static int64_t end_delay(struct timer *timer)
{
	struct waiter *w = waiter_of(timer);

	w->resume(w);
	return 0;
}

bool waiter_delay(struct waiter *w, struct timer_queue *queue, int64_t micros)
{
	w->timer.fire = end_delay;
	return timer_add(queue, &w->timer, micros);
}

/* All that wait are looked at together: that wakes the timers' thread once. */
static int64_t next_look(void)
{
	return LOOK_MS * MS - clock_monotonic() % (LOOK_MS * MS);
}

static int64_t look(struct timer *timer)
{
	struct waiter *w = waiter_of(timer);
	struct wait *wait = w->wait;

	wait->over = clock_monotonic() >= wait->until;
	wait->ended =
	    atomic_load(&w->drain->begun) || (++w->looks % LOOKS == 0 && conn_has_left(w->conn));
	if (!wait->over && !wait->ended &&
	    (atomic_load_explicit(wait->counter, memory_order_acquire) == wait->seen ||
	     clock_monotonic() < wait->not_before))
		return next_look();
	w->resume(w);
	return 0;
}

bool waiter_watch(struct waiter *w, struct timer_queue *queue)
{
	w->timer.fire = look;
	return timer_add(queue, &w->timer, next_look());
}
