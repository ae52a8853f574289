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
struct thread {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t woken;
	bool stopping; /* it is to end; guarded by the lock */
};

/* Run it with what belongs to it, which is there before. False when threads are short. */
bool thread_start(struct thread *t, void *(*run)(void *), void *arg) MUST_CHECK;
/* Say that it is over, and wait until it has ended. */
void thread_stop(struct thread *t);

void thread_lock(struct thread *t);
void thread_unlock(struct thread *t);

/* All of these have the lock; a wait gives it up meanwhile, and may end for no reason. */
void thread_wake(struct thread *t);
void thread_wait(struct thread *t);
/* Until a time of clock_monotonic(). False when that has come. */
bool thread_wait_until(struct thread *t, int64_t micros);

#endif
