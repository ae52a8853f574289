/* SPDX-License-Identifier: MIT
 * listen.c - binding, accepting.
 *
 * libmicrohttpd could accept by itself, but from one socket only, and stopping it under load is a
 * race: see docs/libraries.md.
 */
#include "http/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/resolve.h"

enum {
	BACKLOG = 511,
	SOCKETS_MAX = 16, /* a host with more addresses is listened to on the first of them */
	PORT_TRIES = 8,   /* ports that are free at one address may be taken at another */
	PAUSE_MS = 50,    /* before accepting again, if there was no room */
};

struct listener {
	struct pollfd polled[SOCKETS_MAX + 1]; /* the sockets; behind them, what wakes the thread */
	size_t count;                          /* of sockets */
	unsigned port;
	pthread_t thread;
	bool started;
	_Atomic int64_t deadline; /* of accepting, by the monotonic clock; 0: none yet */
	const struct listen_calls *calls;
	void *arg;
};

/* ---- binding --------------------------------------------------------------------------------- */

static void write_error(const char *host, unsigned port, char *err, size_t errlen)
{
	if (errno == EADDRINUSE)
		snprintf(err, errlen,
			 "port %u of %s is already used; choose another with --port, or --port 0 "
			 "for any free one",
			 port, host);
	else
		snprintf(err, errlen, "cannot listen on %s port %u: %s", host, port,
			 strerror(errno));
}

static void set_port(struct sockaddr *address, unsigned port)
{
	if (address->sa_family == AF_INET6)
		((struct sockaddr_in6 *)(void *)address)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)(void *)address)->sin_port = htons((uint16_t)port);
}

/* 0, with errno set, on failure. */
static unsigned port_of(int s)
{
	struct sockaddr_in6 bound = { 0 }; /* whose port lies where IPv4's does */
	socklen_t len = sizeof bound;

	return getsockname(s, (struct sockaddr *)&bound, &len) == 0 ? ntohs(bound.sin6_port) : 0;
}

/* A socket that listens on the address; -1, with errno set, on failure. */
static int open_socket(const struct addrinfo *to, unsigned port)
{
	static const int on = 1;
	int s = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);
	int why;

	if (s < 0)
		return -1;
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (to->ai_family == AF_INET6) /* IPv4 has sockets of its own */
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	set_port(to->ai_addr, port);
	if (bind(s, to->ai_addr, to->ai_addrlen) == 0 && listen(s, BACKLOG) == 0)
		return s;
	why = errno;
	close(s);
	errno = why;
	return -1;
}

static void close_sockets(struct listener *l)
{
	while (l->count > 0)
		close(l->polled[--l->count].fd);
}

/* Does the machine lack an address, such as ::1 where IPv6 is off? */
static bool is_absent(int why)
{
	return why == EADDRNOTAVAIL || why == EAFNOSUPPORT || why == EPROTONOSUPPORT;
}

/* Listen on each address that the machine has. False, with errno set, if one of them is taken, or
 * if it has none. */
static bool open_sockets(struct listener *l, const struct addrinfo *all, unsigned port)
{
	int why = EADDRNOTAVAIL;

	for (; all && l->count < SOCKETS_MAX; all = all->ai_next) {
		int s = open_socket(all, port);

		if (s < 0 && !is_absent(errno)) {
			why = errno;
			close_sockets(l);
			errno = why;
			return false;
		}
		if (s < 0) {
			why = errno;
			continue;
		}
		l->polled[l->count++] = (struct pollfd){ .fd = s, .events = POLLIN };
		if (port == 0)
			port = port_of(s); /* for the others, too */
	}
	l->port = port;
	errno = why;
	return l->count > 0;
}

struct listener *listen_open(const char *host, unsigned port, char *err, size_t errlen)
{
	struct listener *l = calloc(1, sizeof *l);
	char why[ERR_BYTES];
	struct addrinfo *all = l ? resolve(host, why, sizeof why) : NULL;
	bool ok = false;

	for (int i = 0; all && !ok && i < (port == 0 ? PORT_TRIES : 1); i++)
		ok = open_sockets(l, all, port);
	if (!l)
		snprintf(err, errlen, "out of memory");
	else if (!all)
		snprintf(err, errlen, "cannot listen on '%s': %s", host, why);
	else if (!ok)
		write_error(host, port, err, errlen);
	if (all)
		freeaddrinfo(all);
	if (ok)
		return l;
	free(l);
	return NULL;
}

unsigned listen_port(const struct listener *l)
{
	return l->port;
}

void listen_close(struct listener *l)
{
	if (!l)
		return;
	close_sockets(l);
	free(l);
}

/* ---- accepting ------------------------------------------------------------------------------- */

/* Accept all that wait at a socket. False if there is no room for more, or no descriptor. */
static bool accept_all(struct listener *l, int s)
{
	while (l->calls->has_room(l->arg)) {
		struct sockaddr_storage address;
		socklen_t len = sizeof address;
		int client =
		    accept4(s, (struct sockaddr *)&address, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (client >= 0)
			l->calls->accepted(l->arg, client, (struct sockaddr *)&address, len);
		else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			return false;
		else if (errno != ECONNABORTED && errno != EINTR)
			return true;
	}
	return false;
}

static void *run(void *arg)
{
	struct listener *l = arg;
	bool pausing = false;
	int tick = -1;

	for (;;) {
		int64_t deadline = atomic_load(&l->deadline);
		/* At the end, only what has connected already. */
		int timeout = deadline ? 0 : pausing ? PAUSE_MS : tick;
		size_t from = pausing ? l->count : 0; /* only the wake-up */
		int n = poll(l->polled + from, l->count + 1 - from, timeout);

		if (deadline && (n <= 0 || clock_monotonic() >= deadline))
			return NULL;
		pausing = false;
		for (size_t i = 0; i < l->count; i++)
			if (from == 0 && l->polled[i].revents && !accept_all(l, l->polled[i].fd))
				pausing = true;
		tick = l->calls->tick(l->arg, n == 0);
		if (deadline)
			l->polled[l->count].fd = -1; /* it has told what it had to */
	}
}

bool listen_start(struct listener *l, const struct listen_calls *calls, void *arg)
{
	int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (wake < 0)
		return false;
	l->polled[l->count] = (struct pollfd){ .fd = wake, .events = POLLIN };
	l->calls = calls;
	l->arg = arg;
	l->started = pthread_create(&l->thread, NULL, run, l) == 0;
	if (!l->started)
		close(wake);
	return l->started;
}

void listen_stop(struct listener *l, unsigned ms)
{
	int wake = l->polled[l->count].fd;

	if (!l->started)
		return;
	atomic_store(&l->deadline, clock_monotonic() + ms * INT64_C(1000));
	eventfd_write(wake, 1);
	pthread_join(l->thread, NULL);
	close(wake);
	l->started = false;
	close_sockets(l); /* or clients would connect and get nothing */
}
