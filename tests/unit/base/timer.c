/* SPDX-License-Identifier: MIT */
/* Waiting: who is woken when, and in which order. Nothing here sleeps: it waits to be woken. */
#include "base/timer.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "unit/unit.h"

enum {
	DEADLINE = 60, /* seconds: for what takes milliseconds, on a machine that is busy */
	MS = 1000,     /* microseconds */
	HOUR = 3600,   /* seconds */
	MANY = 1000,
};

static const int64_t never = INT64_C(1000000) * HOUR;

/* What waits, and what has become of it. */
struct sleeper {
	struct timer timer;
	unsigned woken; /* how often */
	unsigned more;  /* how often it is to be woken again, a moment later */
	int64_t at;     /* when, in microseconds */
};

/* Those who were woken, in that order; guarded by the lock, but for the test that counted them. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct sleeper *sleepers[MANY];
	size_t count;
} woken = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static int64_t now_micros(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static int64_t wake(struct timer *timer)
{
	struct sleeper *s = (void *)((char *)timer - offsetof(struct sleeper, timer));
	int64_t again = 0;

	pthread_mutex_lock(&woken.lock);
	s->woken++;
	s->at = now_micros(CLOCK_MONOTONIC);
	if (woken.count < MANY)
		woken.sleepers[woken.count++] = s;
	if (s->more > 0) {
		s->more--;
		again = MS;
	}
	pthread_cond_signal(&woken.changed);
	pthread_mutex_unlock(&woken.lock);
	return again;
}

/* Wait until so many have been woken, or more. False when they are not. */
static bool await(size_t count)
{
	struct timespec until;
	bool ok = true;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE;
	pthread_mutex_lock(&woken.lock);
	while (ok && woken.count < count)
		ok = pthread_cond_timedwait(&woken.changed, &woken.lock, &until) != ETIMEDOUT;
	pthread_mutex_unlock(&woken.lock);
	return ok;
}

static struct timer_queue *start(void)
{
	struct timer_queue *queue = timer_queue_start();

	CU_ASSERT_FATAL(queue != NULL);
	woken.count = 0;
	return queue;
}

static bool add(struct timer_queue *queue, struct sleeper *s, int64_t micros)
{
	*s = (struct sleeper){ .timer.fire = wake };
	return timer_add(queue, &s->timer, micros);
}

/* Many in no order: each once, not before its time, and none before one that was due earlier. */
static void test_order(void)
{
	static struct sleeper sleepers[MANY];
	struct timer_queue *queue = start();
	unsigned random = 1;
	int64_t before;

	for (size_t i = 0; i < MANY; i++) {
		random = random * 1103515245 + 12345;
		before = now_micros(CLOCK_MONOTONIC);

		int64_t micros = random / 65536 % 100 * MS;

		CU_ASSERT(add(queue, &sleepers[i], micros));
		CU_ASSERT(sleepers[i].timer.due >= before + micros);
	}
	CU_ASSERT_FATAL(await(MANY));
	for (size_t i = 0; i < MANY; i++) {
		EQ_INT(sleepers[i].woken, 1);
		CU_ASSERT(sleepers[i].at >= sleepers[i].timer.due);
		CU_ASSERT(i == 0 ||
			  woken.sleepers[i - 1]->timer.due <= woken.sleepers[i]->timer.due);
	}
	timer_queue_flush(queue);
	EQ_INT((long long)woken.count, MANY);
	timer_queue_stop(queue);
}

/*
 * One that is due earlier than the one that is waited for. After the first of them the thread is
 * known to wait for the other: it holds the lock, which delay_add needs, whenever it does not.
 */
static void test_earlier(void)
{
	static struct sleeper late, soon[100];
	struct timer_queue *queue = start();

	CU_ASSERT(add(queue, &late, never));
	for (size_t i = 0; i < ARRAY_LEN(soon); i++) {
		CU_ASSERT(add(queue, &soon[i], (int64_t)(i % 3)));
		CU_ASSERT_FATAL(await(i + 1));
		CU_ASSERT(woken.sleepers[i] == &soon[i]);
	}
	timer_queue_flush(queue);
	EQ_INT(late.woken, 1);
	timer_queue_stop(queue);
}

/* Whoever waits costs nothing meanwhile: time of the processor, of which a busy machine gives less.
 */
static void test_idle(void)
{
	static struct sleeper s;
	static const int64_t wait = 200 * MS;
	struct timer_queue *queue = start();
	int64_t before = now_micros(CLOCK_PROCESS_CPUTIME_ID);

	CU_ASSERT(add(queue, &s, wait));
	CU_ASSERT_FATAL(await(1));
	CU_ASSERT(now_micros(CLOCK_PROCESS_CPUTIME_ID) - before < wait / 2);
	timer_queue_flush(queue);
	timer_queue_stop(queue);
}

/* One that is due later does not hold up the one that is waited for. */
static void test_later(void)
{
	static struct sleeper soon, late;
	struct timer_queue *queue = start();

	CU_ASSERT(add(queue, &soon, 20 * MS));
	CU_ASSERT(add(queue, &late, never));
	CU_ASSERT_FATAL(await(1));
	CU_ASSERT(woken.sleepers[0] == &soon);
	timer_queue_flush(queue);
	EQ_INT(late.woken, 1);
	timer_queue_stop(queue);
}

/* What is due at once, and what already was. */
static void test_at_once(void)
{
	static struct sleeper none, past, again;
	struct timer_queue *queue = start();

	CU_ASSERT(add(queue, &none, 0));
	CU_ASSERT(add(queue, &past, -5 * MS));
	CU_ASSERT_FATAL(await(2));
	/* One that has been woken may wait once more. */
	CU_ASSERT(add(queue, &again, 0));
	CU_ASSERT_FATAL(await(3));
	CU_ASSERT(timer_add(queue, &again.timer, 0));
	CU_ASSERT_FATAL(await(4));
	EQ_INT(again.woken, 2);
	timer_queue_flush(queue);
	timer_queue_stop(queue);
}

/* One that goes on waiting, beside others; a flush ends it. */
static void test_again(void)
{
	static struct sleeper other, thrice = { .timer.fire = wake, .more = 2 };
	static struct sleeper forever = { .timer.fire = wake, .more = UINT_MAX };
	struct timer_queue *queue = start();
	int64_t before = now_micros(CLOCK_MONOTONIC);

	CU_ASSERT(add(queue, &other, never));
	CU_ASSERT(timer_add(queue, &thrice.timer, MS));
	CU_ASSERT_FATAL(await(3));
	EQ_INT(thrice.woken, 3);
	CU_ASSERT(now_micros(CLOCK_MONOTONIC) - before >= 3 * MS);
	CU_ASSERT(timer_add(queue, &forever.timer, MS));
	CU_ASSERT_FATAL(await(6));
	timer_queue_flush(queue);
	timer_queue_stop(queue);
	EQ_INT(thrice.woken, 3);
	EQ_INT(other.woken, 1);
}

/* All that wait, however long; and nobody any more. */
static void test_flush(void)
{
	static struct sleeper sleepers[MANY - 1];
	static struct sleeper more;
	struct timer_queue *queue = start();

	for (size_t i = 0; i < ARRAY_LEN(sleepers); i++)
		CU_ASSERT(add(queue, &sleepers[i], never - (int64_t)i));
	timer_queue_flush(queue);
	EQ_INT((long long)woken.count, (long long)ARRAY_LEN(sleepers));
	for (size_t i = 0; i < ARRAY_LEN(sleepers); i++)
		EQ_INT(sleepers[i].woken, 1);
	CU_ASSERT(!add(queue, &more, 0));
	CU_ASSERT(!add(queue, &more, never));
	timer_queue_flush(queue);
	timer_queue_stop(queue);
	EQ_INT((long long)woken.count, (long long)ARRAY_LEN(sleepers));
	EQ_INT(more.woken, 0);
}

/* A thread that adds waiters until no more are taken; it counts those that were. */
struct adder {
	pthread_t thread;
	struct timer_queue *queue;
	struct sleeper sleepers[MANY / 8];
	size_t taken;
};

static void *add_until_flushed(void *arg)
{
	struct adder *a = arg;

	while (a->taken < ARRAY_LEN(a->sleepers) &&
	       add(a->queue, &a->sleepers[a->taken], a->taken % 2 ? (int64_t)a->taken : never))
		a->taken++;
	return NULL;
}

/* Whoever was taken is woken, by the thread or by the flush, and nobody else. */
static void test_flush_meanwhile(void)
{
	static struct adder adders[8];
	struct timer_queue *queue = start();
	size_t taken = 0;

	for (size_t i = 0; i < ARRAY_LEN(adders); i++) {
		adders[i] = (struct adder){ .queue = queue };
		CU_ASSERT_FATAL(
		    pthread_create(&adders[i].thread, NULL, add_until_flushed, &adders[i]) == 0);
	}
	CU_ASSERT(await(1));
	timer_queue_flush(queue);
	for (size_t i = 0; i < ARRAY_LEN(adders); i++) {
		pthread_join(adders[i].thread, NULL);
		taken += adders[i].taken;
		for (size_t k = 0; k < ARRAY_LEN(adders[i].sleepers); k++)
			EQ_INT(adders[i].sleepers[k].woken, k < adders[i].taken);
	}
	timer_queue_stop(queue);
	EQ_INT((long long)woken.count, (long long)taken);
}

static void test_stop(void)
{
	struct timer_queue *queue = start();

	timer_queue_stop(queue);
	timer_queue_stop(NULL);
	queue = start();
	timer_queue_flush(queue);
	timer_queue_stop(queue);
	EQ_INT((long long)woken.count, 0);
}

UNIT_MAIN("timer", { "order", test_order }, { "earlier", test_earlier }, { "idle", test_idle },
	  { "later", test_later }, { "at_once", test_at_once }, { "again", test_again },
	  { "flush", test_flush }, { "flush_meanwhile", test_flush_meanwhile },
	  { "stop", test_stop })
