/* SPDX-License-Identifier: MIT
 * drain.h - counts the requests that a server has, and waits at its stop until none is left. Knows
 * nothing of what requests are.
 */
#ifndef HTTP_DRAIN_H
#define HTTP_DRAIN_H

#include "http/conn_limits.h"
#include "http/workers.h"

enum {
	QUIET_MS = 20, /* without a request, before a stop: see drain_settle() */
	HURRY_MS = 1000,
	HANDED_MS = 10, /* for a worker to begin a connection: see workers.h */
};

struct drain {
	atomic_bool begun;  /* answers close their connections */
	atomic_bool ended;  /* no answer is owed to requests that begin now */
	atomic_uint handed; /* connections that a worker has been given, and has not begun yet */
	atomic_uint live;   /* requests that are arriving or being answered, */
	atomic_uint whole;  /* and of these, those that have arrived: we owe them an answer */
};

/* After it has begun: wait until no request is left, or the time is over; then it has ended. Call
 * `hurry` when only HURRY_MS are left. */
void drain_settle(struct drain *d, struct conn_table *conns, struct workers *workers, long ms,
		  void (*hurry)(void));

#endif
