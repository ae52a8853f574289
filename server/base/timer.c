/*
 * timer.c - a heap of waiters, the next one first, and a thread that waits for that one.
 */
#include "base/timer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/grow.h"
#include "base/thread.h"

struct delay {
	struct background background; /* woken when somebody waits for an earlier time */
	struct waiter **heap;         /* each is due no earlier than the one at half its place */
	size_t count, cap;
	bool flushed;
};

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

	background_lock(&d->background);
	while (!d->background.over) {
		if (d->count == 0) {
			background_wait(&d->background);
		} else if (d->heap[0]->due <= clock_monotonic()) {
			struct waiter *waiter = take_first(d);

			waiter->wake(waiter);
		} else {
			background_wait_until(&d->background, d->heap[0]->due);
		}
	}
	background_unlock(&d->background);
	return NULL;
}

struct delay *delay_start(void)
{
	struct delay *d = calloc(1, sizeof *d);

	if (d && background_start(&d->background, run, d))
		return d;
	free(d);
	return NULL;
}

bool delay_add(struct delay *d, struct waiter *waiter, int64_t micros)
{
	bool ok;

	background_lock(&d->background);
	ok = !d->flushed && GROW(d->heap, d->count + 1, d->cap);
	if (ok) {
		waiter->due = clock_monotonic() + micros;
		sift_up(d, waiter);
		if (d->heap[0] == waiter)
			background_wake(&d->background);
	}
	background_unlock(&d->background);
	return ok;
}

void delay_flush(struct delay *d)
{
	background_lock(&d->background);
	d->flushed = true;
	while (d->count > 0) {
		struct waiter *waiter = d->heap[--d->count];

		waiter->wake(waiter);
	}
	background_unlock(&d->background);
}

void delay_stop(struct delay *d)
{
	if (!d)
		return;
	background_stop(&d->background);
	free(d->heap);
	free(d);
}
