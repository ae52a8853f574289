/*
 * thread.c - a thread, a lock, and a condition that goes by the clock that nobody sets.
 */
#include "base/thread.h"

#include <time.h>

static void destroy(struct background *b)
{
	pthread_cond_destroy(&b->woken);
	pthread_mutex_destroy(&b->lock);
}

bool background_start(struct background *b, void *(*run)(void *), void *with)
{
	pthread_condattr_t monotonic;

	b->over = false;
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

void background_stop(struct background *b)
{
	background_lock(b);
	b->over = true;
	background_wake(b);
	background_unlock(b);
	pthread_join(b->thread, NULL);
	destroy(b);
}

void background_lock(struct background *b)
{
	pthread_mutex_lock(&b->lock);
}

void background_unlock(struct background *b)
{
	pthread_mutex_unlock(&b->lock);
}

void background_wake(struct background *b)
{
	pthread_cond_signal(&b->woken);
}

void background_wait(struct background *b)
{
	pthread_cond_wait(&b->woken, &b->lock);
}

bool background_wait_until(struct background *b, int64_t micros)
{
	const struct timespec until = { .tv_sec = micros / 1000000,
					.tv_nsec = micros % 1000000 * 1000 };

	return pthread_cond_timedwait(&b->woken, &b->lock, &until) == 0;
}
