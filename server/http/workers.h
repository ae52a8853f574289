/* SPDX-License-Identifier: MIT
 * workers.h - the threads that libmicrohttpd starts: their numbers, and interrupting them. Knows
 * nothing of what they do.
 *
 * The library (0.9.75, also 1.0.1) asks epoll for 128 events at a time. If it gets exactly 128, it
 * waits for more before it looks at these, and if clients wait for an answer there are none: for
 * as long as a connection may be idle. A signal ends that wait.
 */
#ifndef HTTP_WORKERS_H
#define HTTP_WORKERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

struct workers {
	unsigned count;
	unsigned serial;     /* tells these from earlier ones in the same thread */
	atomic_uint claimed; /* numbers that workers have taken */
	pthread_t threads[WORKERS_MAX];
	atomic_bool known[WORKERS_MAX];
};

/* Before the workers start. */
void workers_init(struct workers *w, unsigned count);
/* The calling worker's number, below `count`. */
unsigned workers_number(struct workers *w);
/* Interrupt the system calls of the workers that have taken a number. Not once they have ended. */
void workers_interrupt(struct workers *w);

#endif
