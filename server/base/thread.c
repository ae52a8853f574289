/* SPDX-License-Identifier: MIT
 * thread.c - a thread, a lock, and a condition whose clock cannot be set.
 */
#include "base/thread.h"

#include <time.h>

static void destroy(struct thread *t)
{
	pthread_cond_destroy(&t->woken);
	pthread_mutex_destroy(&t->lock);
}

bool thread_start(struct thread *t, void *(*run)(void *), void *arg)
{
	pthread_condattr_t monotonic;

	t->stopping = false;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&t->woken, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&t->thread, NULL, run, arg) == 0)
		return true;
	destroy(t);
	return false;
}

void thread_stop(struct thread *t)
{
	thread_lock(t);
	t->stopping = true;
	thread_wake(t);
	thread_unlock(t);
	pthread_join(t->thread, NULL);
	destroy(t);
}

void thread_lock(struct thread *t)
{
	pthread_mutex_lock(&t->lock);
}

void thread_unlock(struct thread *t)
{
	pthread_mutex_unlock(&t->lock);
}

void thread_wake(struct thread *t)
{
	pthread_cond_signal(&t->woken);
}

void thread_wait(struct thread *t)
{
	pthread_cond_wait(&t->woken, &t->lock);
}

bool thread_wait_until(struct thread *t, int64_t micros)
{
	const struct timespec until = { .tv_sec = micros / 1000000,
					.tv_nsec = micros % 1000000 * 1000 };

	return pthread_cond_timedwait(&t->woken, &t->lock, &until) == 0;
}
