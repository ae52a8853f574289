/*
 * thread.c - a thread, a lock, and a condition that goes by the clock that nobody sets.
 */
#include "base/thread.h"

#include <time.h>

static void destroy(struct thread *b)
{
	pthread_cond_destroy(&b->woken);
	pthread_mutex_destroy(&b->lock);
}

bool thread_start(struct thread *b, void *(*run)(void *), void *with)
{
	pthread_condattr_t monotonic;

	b->stopping = false;
	pthread_mutex_init(&b->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&b->woken, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&b->thread, NULL, run, with) == 0)
		return true;
	destroy(b);
	return false;
}

void thread_stop(struct thread *b)
{
	thread_lock(b);
	b->stopping = true;
	thread_wake(b);
	thread_unlock(b);
	pthread_join(b->thread, NULL);
	destroy(b);
}

void thread_lock(struct thread *b)
{
	pthread_mutex_lock(&b->lock);
}

void thread_unlock(struct thread *b)
{
	pthread_mutex_unlock(&b->lock);
}

void thread_wake(struct thread *b)
{
	pthread_cond_signal(&b->woken);
}

void thread_wait(struct thread *b)
{
	pthread_cond_wait(&b->woken, &b->lock);
}

bool thread_wait_until(struct thread *b, int64_t micros)
{
	const struct timespec until = { .tv_sec = micros / 1000000,
					.tv_nsec = micros % 1000000 * 1000 };

	return pthread_cond_timedwait(&b->woken, &b->lock, &until) == 0;
}
