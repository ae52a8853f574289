/* SPDX-License-Identifier: MIT
 * workers.c - numbers by thread-local storage; interrupts by a signal whose handler does nothing.
 */
#include "http/workers.h"

#include <signal.h>

static void do_nothing(int number)
{
	(void)number;
}

void workers_init(struct workers *w, unsigned count)
{
	static atomic_uint serials;
	const struct sigaction action = { .sa_handler = do_nothing };

	w->count = count;
	w->serial = atomic_fetch_add(&serials, 1) + 1;
	sigaction(SIGURG, &action, NULL); /* which is ignored otherwise, and interrupts nothing */
}

unsigned workers_number(struct workers *w)
{
	static _Thread_local unsigned mine, serial;

	if (serial != w->serial) {
		serial = w->serial;
		mine = atomic_fetch_add(&w->claimed, 1) % w->count;
		w->threads[mine] = pthread_self();
		atomic_store(&w->known[mine], true);
	}
	return mine;
}

void workers_interrupt(struct workers *w)
{
	for (unsigned i = 0; i < w->count; i++)
		if (atomic_load(&w->known[i]))
			pthread_kill(w->threads[i], SIGURG);
}
