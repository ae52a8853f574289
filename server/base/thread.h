/* SPDX-License-Identifier: MIT
 * thread.h - a thread beside the workers: it waits for a time, or to be woken, until it is stopped.
 * Knows nothing of what it does.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stdint.h>

#include "base/util.h"

/* Its lock also guards the data that it works on. */
struct thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool stopping; /* it must end; guarded by the lock */
};

/* Run `run` with `arg`, which must be complete before. False when threads are short. */
bool thread_start(struct thread *t, void *(*run)(void *), void *arg) MUST_CHECK;
/* Set `stopping`, wake it, and wait until it has ended. */
void thread_stop(struct thread *t);

void thread_lock(struct thread *t);
void thread_unlock(struct thread *t);

/* The caller of these holds the lock. A wait releases it meanwhile, and may end for no reason. */
void thread_wake(struct thread *t);
void thread_wait(struct thread *t);
/* Wait until a time of clock_monotonic() at most. False if that time has come. */
bool thread_wait_until(struct thread *t, int64_t micros);

#endif
