/*
 * delay.c - a heap of waiters, the next one first, and a thread that waits for that one.
 */
#include "delay.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct delay {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* somebody waits for an earlier time, or it is over */
	struct waiter **heap;   /* each is due no earlier than the one at half its place */
	size_t count, cap;
	bool flushed, over;
};

static int64_t now_micros(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static void sift_up(struct delay *d, struct waiter *waiter)
{
	size_t place = d->count++;

	while (place > 0 && d->heap[(place - 1) / 2]->due > waiter->due) {
		d->heap[place] = d->heap[(place - 1) / 2];
		place = (place - 1) / 2;
	}
	d->heap[place] = waiter;
}

/* Take out the one that is due first. */
static struct waiter *take_first(struct delay *d)
{
	struct waiter *first = d->heap[0], *last = d->heap[--d->count];
	size_t place = 0;

	for (;;) {
		size_t child = place * 2 + 1;

		if (child + 1 < d->count && d->heap[child + 1]->due < d->heap[child]->due)
			child++;
		if (child >= d->count || d->heap[child]->due >= last->due)
			break;
		d->heap[place] = d->heap[child];
		place = child;
	}
	if (d->count > 0)
		d->heap[place] = last;
	return first;
}

static void *run(void *arg)
{
	struct delay *d = arg;

	pthread_mutex_lock(&d->lock);
	while (!d->over) {
		int64_t due = d->count ? d->heap[0]->due : 0;

		if (d->count == 0) {
			pthread_cond_wait(&d->changed, &d->lock);
		} else if (due <= now_micros()) {
			struct waiter *waiter = take_first(d);

			waiter->wake(waiter);
		} else {
			struct timespec until = { .tv_sec = due / 1000000,
						  .tv_nsec = due % 1000000 * 1000 };

			pthread_cond_timedwait(&d->changed, &d->lock, &until);
		}
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

struct delay *delay_start(void)
{
	struct delay *d = calloc(1, sizeof *d);
	pthread_condattr_t monotonic;

	if (!d)
		return NULL;
	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&d->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&d->thread, NULL, run, d) == 0)
		return d;
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d);
	return NULL;
}

static bool grow(struct delay *d)
{
	size_t cap = d->cap ? d->cap * 2 : 64;
	struct waiter **heap;

	if (d->count < d->cap)
		return true;
	heap = reallocarray(d->heap, cap, sizeof(struct waiter *));
	if (!heap)
		return false;
	d->heap = heap;
	d->cap = cap;
	return true;
}

bool delay_add(struct delay *d, struct waiter *waiter, int64_t micros)
{
	bool ok;

	pthread_mutex_lock(&d->lock);
	ok = !d->flushed && grow(d);
	if (ok) {
		waiter->due = now_micros() + micros;
		sift_up(d, waiter);
		if (d->heap[0] == waiter)
			pthread_cond_signal(&d->changed);
	}
	pthread_mutex_unlock(&d->lock);
	return ok;
}

void delay_flush(struct delay *d)
{
	pthread_mutex_lock(&d->lock);
	d->flushed = true;
	while (d->count > 0) {
		struct waiter *waiter = d->heap[--d->count];

		waiter->wake(waiter);
	}
	pthread_mutex_unlock(&d->lock);
}

void delay_stop(struct delay *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&d->lock);
	d->over = true;
	pthread_cond_signal(&d->changed);
	pthread_mutex_unlock(&d->lock);
	pthread_join(d->thread, NULL);
	pthread_cond_destroy(&d->changed);
	pthread_mutex_destroy(&d->lock);
	free(d->heap);
	free(d);
}
