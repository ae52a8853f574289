/* SPDX-License-Identifier: MIT
 * waiter.h - has a suspended connection resumed: after a time, or when what its exchange waits for
 * may have happened. No worker waits meanwhile. Knows no library.
 */
#ifndef HTTP_WAITER_H
#define HTTP_WAITER_H

#include "base/timer.h"
#include "http/drain.h"
#include "http/exchange.h"

struct waiter {
	/* Set by the owner: */
	struct wait *wait;         /* of the exchange */
	const struct drain *drain; /* once it has begun, waits end at once */
	const struct conn *conn;
	void (*resume)(struct waiter *waiter); /* called once; the owner may then free it */
	/* Set here: */
	struct timer timer;
	unsigned looks;
};

/* Resume it after so many microseconds, or when the server stops. False when memory is short or
 * the server stops: it is not resumed. */
bool waiter_delay(struct waiter *w, struct timer_queue *queue, int64_t micros) MUST_CHECK;
/* Resume it when the counter of w->wait has changed, or w->wait is over or ended. False as above.
 */
bool waiter_watch(struct waiter *w, struct timer_queue *queue) MUST_CHECK;

#endif
