/* SPDX-License-Identifier: MIT
 * linger.c - the sockets, and the thread that reads them as soon as something has arrived: a client
 * that sends a large body reads the answer only after the last byte.
 */
#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	SILENCE_US = 1000 * 1000, /* for which a client may pause; */
	BRIEF_US = 50 * 1000,     /* if there is room for less than as many again */
	DROP_BYTES = 64 * 1024,   /* at a time, */
	DROP_MAX = 16,            /* and so many times, before it is the others' turn */
};

struct lingering {
	int socket;
	int64_t heard, end; /* when something came last, and when it is closed in any case */
};

struct lingerer {
	pthread_t thread;
	pthread_mutex_t lock;    /* guards the rest, but for `polled`, which is the thread's */
	struct lingering *items; /* only the thread removes them */
	struct pollfd *polled;   /* of the items, in their order, and then `wake` */
	size_t count, max;
	int64_t longest;
	int wake;
	bool started, stopping;
};

struct lingerer *linger_new(unsigned max, int64_t longest)
{
	struct lingerer *l = calloc(1, sizeof *l);

	if (!l)
		return NULL;
	*l = (struct lingerer){ .max = max, .longest = longest };
	pthread_mutex_init(&l->lock, NULL);
	l->items = calloc(max, sizeof *l->items);
	l->polled = calloc(max + 1, sizeof *l->polled);
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->items && l->polled && l->wake >= 0)
		return l;
	linger_free(l);
	return NULL;
}

void linger_free(struct lingerer *l)
{
	if (!l)
		return;
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	pthread_mutex_unlock(&l->lock);
	if (l->started) {
		eventfd_write(l->wake, 1);
		pthread_join(l->thread, NULL);
	}
	while (l->count > 0)
		close(l->items[--l->count].socket);
	if (l->wake >= 0)
		close(l->wake);
	free(l->items);
	free(l->polled);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* For how long clients may pause now: others wait to be refused. Caller holds the lock. */
static int64_t silence(const struct lingerer *l)
{
	return l->count > l->max / 2 ? BRIEF_US : SILENCE_US;
}

/* Fill `polled`. How long to wait, in milliseconds; -1: for ever. Caller holds the lock. */
static int prepare(struct lingerer *l, int64_t now)
{
	enum { MS = 1000 };
	const int64_t pause = silence(l);
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < l->count; i++) {
		const struct lingering *item = &l->items[i];

		l->polled[i] = (struct pollfd){ .fd = item->socket, .events = POLLIN };
		next = item->heard + pause < next ? item->heard + pause : next;
		next = item->end < next ? item->end : next;
	}
	l->polled[l->count] = (struct pollfd){ .fd = l->wake, .events = POLLIN };
	if (l->count == 0)
		return -1;
	return next > now ? (int)((next - now) / MS) + 1 : 0;
}

/* Read and drop what has arrived. False once the client has closed its side, or has reset it. */
static bool drop(int socket)
{
	char dropped[DROP_BYTES];
	ssize_t n = 1;

	for (int i = 0; i < DROP_MAX && n > 0; i++)
		n = recv(socket, dropped, sizeof dropped, MSG_DONTWAIT);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* False once the socket is to be closed. */
static bool goes_on(struct lingering *item, bool readable, int64_t pause, int64_t now)
{
	if (readable) {
		item->heard = now;
		return drop(item->socket) && now < item->end;
	}
	return now < item->heard + pause && now < item->end;
}

/* The first `n` items have been polled. Caller holds the lock. */
static void read_all(struct lingerer *l, size_t n, int64_t now)
{
	const int64_t pause = silence(l);
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (i < n && !goes_on(&l->items[i], l->polled[i].revents, pause, now))
			close(l->items[i].socket);
		else
			l->items[kept++] = l->items[i];
	}
	l->count = kept;
}

static void *run(void *arg)
{
	struct lingerer *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->stopping) {
		size_t n = l->count;
		int timeout = prepare(l, clock_monotonic());
		eventfd_t unused;

		pthread_mutex_unlock(&l->lock);
		poll(l->polled, n + 1, timeout);
		eventfd_read(l->wake, &unused);
		pthread_mutex_lock(&l->lock);
		read_all(l, n, clock_monotonic());
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

void linger_add(struct lingerer *l, int socket)
{
	bool added = false;

	shutdown(socket, SHUT_WR);
	pthread_mutex_lock(&l->lock);
	if (!l->started && !l->stopping)
		l->started = pthread_create(&l->thread, NULL, run, l) == 0;
	if (l->started && l->count < l->max) {
		int64_t now = clock_monotonic();

		l->items[l->count++] =
		    (struct lingering){ .socket = socket, .heard = now, .end = now + l->longest };
		added = true;
	}
	pthread_mutex_unlock(&l->lock);
	if (added)
		eventfd_write(l->wake, 1);
	else
		close(socket);
}

unsigned linger_count(struct lingerer *l)
{
	unsigned count;

	pthread_mutex_lock(&l->lock);
	count = (unsigned)l->count;
	pthread_mutex_unlock(&l->lock);
	return count;
}
