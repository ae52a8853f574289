/*
 * thread.h - a thread beside those that answer requests, which waits for a time or for being
 * woken, until it is told that it is over. Knows nothing of what it does.
 */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stdint.h>

#include "base/util.h"

/* What it is about is guarded by its lock. */
struct background {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool over; /* it is to end; guarded by the lock */
};

/* Run it with what belongs to it, which is there before. False when threads are short. */
bool background_start(struct background *b, void *(*run)(void *), void *with) MUST_CHECK;
/* Say that it is over, and wait until it has ended. */
void background_stop(struct background *b);

void background_lock(struct background *b);
void background_unlock(struct background *b);

/* All of these have the lock; a wait gives it up meanwhile, and may end for no reason. */
void background_wake(struct background *b);
void background_wait(struct background *b);
/* Until a time of clock_monotonic(). False when that has come. */
bool background_wait_until(struct background *b, int64_t micros);

#endif
