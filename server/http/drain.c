/* SPDX-License-Identifier: MIT
 * drain.c - looks at the counts again and again, and interrupts workers that may have missed one.
 */
#include "http/drain.h"

#include <time.h>

enum { TICK_MS = 2 /* between looks */ };

/* Is a request arriving or being answered? */
static bool has_requests(struct drain *d, struct conn_table *conns)
{
	return atomic_load(&d->handed) > 0 || atomic_load(&d->live) > 0 ||
	       conn_table_has_arriving(conns);
}

/*
 * A client whose connection stays open sends its next request a moment after an answer, so it must
 * be quiet for QUIET_MS. A request that begins even later may be on its way while we close: HTTP
 * lets clients send it again. A worker counts a request before it looks whether the server has
 * ended, and we look for requests after we have ended it, so that each request is either seen here,
 * or not owed an answer.
 */
void drain_settle(struct drain *d, struct conn_table *conns, struct workers *workers, long ms,
		  void (*hurry)(void))
{
	for (long quiet = 0; ms > 0; ms -= TICK_MS) {
		quiet = has_requests(d, conns) ? 0 : quiet + TICK_MS;
		if (quiet >= QUIET_MS) {
			atomic_store(&d->ended, true);
			if (!has_requests(d, conns))
				return;
			atomic_store(&d->ended, false);
			quiet = 0;
		}
		if (ms <= HURRY_MS)
			hurry();
		if (quiet == 0 && ms % HANDED_MS < TICK_MS)
			workers_interrupt(workers);
		/* The main thread sleeps here, never a worker. */
		nanosleep(&(struct timespec){ .tv_nsec = TICK_MS * 1000000L }, NULL);
	}
	atomic_store(&d->ended, true);
}
