/* SPDX-License-Identifier: MIT
 * timer.h - timers that fire at a time; one thread waits for all of them. Knows nothing of what
 * they are for.
 */
#ifndef BASE_TIMER_H
#define BASE_TIMER_H

#include <stdint.h>

#include "base/util.h"

struct timer_queue;

/* A timer; its owner must keep it until it has fired for the last time. */
struct timer {
	/* Called by the queue's thread or by a flush, with the queue's lock held. Returns the
	 * microseconds to the next time; 0, or any value at a flush: there is none. */
	int64_t (*fire)(struct timer *timer);
	int64_t due; /* for the queue only */
};

/* Start the thread. NULL when memory or threads are short. */
struct timer_queue *timer_queue_start(void);
/* Let a timer fire in `micros` microseconds. False after a flush, or when memory is short: then it
 * does not fire. */
bool timer_add(struct timer_queue *queue, struct timer *timer, int64_t micros) MUST_CHECK;
/* Let all timers fire now, and accept no more. */
void timer_queue_flush(struct timer_queue *queue);
/* End the thread, after a flush: no timer may wait any more. NULL is fine. */
void timer_queue_stop(struct timer_queue *queue);

#endif
