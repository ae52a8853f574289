/*
 * timer.h - waiting for a time to come, without a thread that sleeps for each that waits: one does
 * for all. Knows nothing of what waits.
 */
#ifndef BASE_TIMER_H
#define BASE_TIMER_H

#include <stdint.h>

#include "base/util.h"

struct timer_queue;

/* Something that waits; whoever owns it keeps it until it has been woken. */
struct timer {
	/* Called once, by the delay's thread or a flush, under the delay's lock. */
	void (*fire)(struct timer *timer);
	int64_t due; /* the delay's own */
};

/* Start the thread; NULL when that fails. */
struct timer_queue *timer_queue_start(void);
/* Wake a timer in so many microseconds. False when that cannot be: after a flush, or when memory
 * is short; then it is not woken. */
bool timer_add(struct timer_queue *queue, struct timer *timer, int64_t micros) MUST_CHECK;
/* Wake all that wait now, and take no more. */
void timer_queue_flush(struct timer_queue *queue);
/* End the thread. Nobody may wait any more: flush before. NULL is fine. */
void timer_queue_stop(struct timer_queue *queue);

#endif
