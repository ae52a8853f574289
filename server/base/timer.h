/*
 * timer.h - waiting for a time to come, without a thread that sleeps for each that waits: one does
 * for all. Knows nothing of what waits.
 */
#ifndef BASE_TIMER_H
#define BASE_TIMER_H

#include <stdint.h>

#include "base/util.h"

struct delay;

/* Something that waits; whoever owns it keeps it until it has been woken. */
struct waiter {
	/* Called once, by the delay's thread or a flush, under the delay's lock. */
	void (*wake)(struct waiter *waiter);
	int64_t due; /* the delay's own */
};

/* Start the thread; NULL when that fails. */
struct delay *delay_start(void);
/* Wake a waiter in so many microseconds. False when that cannot be: after a flush, or when memory
 * is short; then it is not woken. */
bool delay_add(struct delay *d, struct waiter *waiter, int64_t micros) MUST_CHECK;
/* Wake all that wait now, and take no more. */
void delay_flush(struct delay *d);
/* End the thread. Nobody may wait any more: flush before. NULL is fine. */
void delay_stop(struct delay *d);

#endif
