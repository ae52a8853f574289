/* SPDX-License-Identifier: MIT
 * timer.c - a heap of timers, the next one first, and a thread that waits for that one.
 */
#include "base/timer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/grow.h"
#include "base/thread.h"

struct timer_queue {
	struct thread thread; /* woken when another timer becomes the first */
	struct timer **heap;  /* each is due no earlier than its parent, at half its place */
	size_t count, cap;
	bool flushed;
};

static void insert(struct timer_queue *queue, struct timer *timer)
{
	size_t place = queue->count++;

	while (place > 0 && queue->heap[(place - 1) / 2]->due > timer->due) {
		queue->heap[place] = queue->heap[(place - 1) / 2];
		place = (place - 1) / 2;
	}
	queue->heap[place] = timer;
}

/* Remove the timer that is due first. */
static struct timer *remove_first(struct timer_queue *queue)
{
	struct timer *first = queue->heap[0], *last = queue->heap[--queue->count];
	size_t place = 0;

	for (;;) {
		size_t child = place * 2 + 1;

		if (child + 1 < queue->count &&
		    queue->heap[child + 1]->due < queue->heap[child]->due)
			child++;
		if (child >= queue->count || queue->heap[child]->due >= last->due)
			break;
		queue->heap[place] = queue->heap[child];
		place = child;
	}
	if (queue->count > 0)
		queue->heap[place] = last;
	return first;
}

static void *run(void *arg)
{
	struct timer_queue *queue = arg;

	thread_lock(&queue->thread);
	while (!queue->thread.stopping) {
		if (queue->count == 0) {
			thread_wait(&queue->thread);
		} else if (queue->heap[0]->due <= clock_monotonic()) {
			struct timer *timer = remove_first(queue);
			const int64_t again = timer->fire(timer);

			if (again > 0) {
				timer->due = clock_monotonic() + again;
				insert(queue, timer); /* in the place that it had */
			}
		} else {
			thread_wait_until(&queue->thread, queue->heap[0]->due);
		}
	}
	thread_unlock(&queue->thread);
	return NULL;
}

struct timer_queue *timer_queue_start(void)
{
	struct timer_queue *queue = calloc(1, sizeof *queue);

	if (queue && thread_start(&queue->thread, run, queue))
		return queue;
	free(queue);
	return NULL;
}

bool timer_add(struct timer_queue *queue, struct timer *timer, int64_t micros)
{
	bool ok;

	thread_lock(&queue->thread);
	ok = !queue->flushed && GROW(queue->heap, queue->count + 1, queue->cap);
	if (ok) {
		timer->due = clock_monotonic() + micros;
		insert(queue, timer);
		if (queue->heap[0] == timer)
			thread_wake(&queue->thread);
	}
	thread_unlock(&queue->thread);
	return ok;
}

void timer_queue_flush(struct timer_queue *queue)
{
	thread_lock(&queue->thread);
	queue->flushed = true;
	while (queue->count > 0) {
		struct timer *timer = queue->heap[--queue->count];

		(void)timer->fire(timer);
	}
	thread_unlock(&queue->thread);
}

void timer_queue_stop(struct timer_queue *queue)
{
	if (!queue)
		return;
	thread_stop(&queue->thread);
	free(queue->heap);
	free(queue);
}
