/* SPDX-License-Identifier: MIT
 * conn_limits.c - a list of all connections, and a thread that checks each from time to time.
 *
 * A request must arrive as a whole within the time limit: a byte now and then does not extend it.
 * The kernel counts the bytes that a socket has received, which shows when a request has begun.
 *
 * After a 408, our sending side is shut down and the connection's worker reads on for LINGER_MS:
 * closing a socket that has unread data resets the connection, and the client would lose the
 * answer. What ends before it was read to its end is left to linger.c.
 */
#include "http/conn_limits.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "config.h"
#include "http/linger.h"

enum {
	CONNECTIONS = 4096, /* at most; fewer if there are not the descriptors */
	RESERVED = 64,      /* descriptors for all else, */
	RESERVED_BY_WORKER = 8,
	SPARE = 32,      /* connections beyond the limit, to be told of it: so many, */
	SPARE_PART = 16, /* and one for so many within it */
	LINGER_MS = 200, /* see above */
	ARRIVE_MS = 200, /* for a worker to read what has arrived */
	CHECKS = 8,      /* checks within the time limit */
	CHECK_MAX_MS = 1000,
	/* States of TCP; in the latter, the other side has closed. */
	ESTABLISHED = 1,
	CLOSE_WAIT = 8,
};

/* A millisecond in microseconds. */
#define MS INT64_C(1000)

/*
 * The state of a connection, plus REQUEST times the number of its request. The table's thread may
 * end the first two by REFUSED; whichever thread changes the word first decides.
 */
enum { WAITING, RECEIVING, ANSWERING, REFUSED, REQUEST };

struct conn_table {
	struct thread thread; /* woken for the first connection, and to check sooner */
	struct conn *conns;
	unsigned count, max;    /* of those that were admitted */
	unsigned refused;       /* of these, at the last check, or since */
	struct lingerer *ended; /* those that were not admitted, or ended early */
	bool cors;              /* refusals may be read by pages of any origin: they say nothing */
	int64_t timeout;        /* microseconds */
	char timed_out_body[192];
};

/* ---- refusals -------------------------------------------------------------------------------- */

/* The body of an error without parameters. */
#define ERROR_BODY(code, message)                                                                  \
	"{\"error\":{\"code\":\"" code "\",\"params\":{},\"message\":\"" message "\"}}"

#define TIMED_OUT_BODY                                                                             \
	ERROR_BODY("request_timeout",                                                              \
		   "request timed out: it was not complete within %u s (--request-timeout)")

static const struct refusal {
	int status;
	const char *reason, *headers;
	const char *body; /* NULL: the table's timed_out_body */
} timed_out = { 408, "Request Timeout", "", NULL },
  too_many = { 503, "Service Unavailable", "Retry-After: 1\r\n",
	       ERROR_BODY("too_many_connections",
			  "too many connections; close some, or raise the limit of descriptors "
			  "(ulimit -n)") };

/* A client whose socket has no room for the answer does not read, so the rest is dropped. */
static void send_refusal(struct conn_table *t, int socket, const struct refusal *r)
{
	const char *body = r->body ? r->body : t->timed_out_body;
	char text[1024];
	int len =
	    snprintf(text, sizeof text,
		     "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: application/json\r\n"
		     "Content-Length: %zu\r\nMiru-Mock-Version: " PACKAGE_VERSION "\r\n%s%s\r\n%s",
		     r->status, r->reason, strlen(body), r->headers,
		     t->cors ? "Access-Control-Allow-Origin: *\r\nVary: Origin\r\n" : "", body);

	(void)!send(socket, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(socket, SHUT_WR);
}

/* ---- checks ---------------------------------------------------------------------------------- */

/*
 * The kernel's figures of a socket; zeros if it has none. Under qemu, which runs programs of other
 * processors, the count of bytes is missing. Then a connection without a request counts as one that
 * has begun it, so that it gets a 408; every other connection counts as idle.
 */
static struct tcp_info info_of(const struct conn *conn)
{
	enum { COUNTED = offsetof(struct tcp_info, tcpi_bytes_received) + sizeof(uint64_t) };
	struct tcp_info info = { 0 };
	socklen_t len = sizeof info;

	if (getsockopt(conn->socket, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 && len < COUNTED)
		info.tcpi_bytes_received = atomic_load(&conn->state) < REQUEST;
	return info;
}

static bool has_unread(const struct conn *conn)
{
	int bytes;

	return ioctl(conn->socket, FIONREAD, &bytes) == 0 && bytes > 0;
}

/* End the state that the connection was in when it was read; false if it has moved on. */
static bool stop(struct conn *conn, unsigned state)
{
	return atomic_compare_exchange_strong(&conn->state, &state, state | REFUSED);
}

/* Note since when the connection waits, and when a request began to arrive: the kernel has received
 * more than the requests before it took. */
static void note_state(struct conn *conn, unsigned state, uint64_t received, int64_t now)
{
	if (conn->seen != state / REQUEST) {
		conn->seen = state / REQUEST;
		conn->since = now;
		conn->began = 0;
		conn->closed = false;
	}
	if (conn->began == 0 &&
	    (state % REQUEST == RECEIVING || received > atomic_load(&conn->taken)))
		conn->began = now;
}

/* Has the client closed its side before the last check? By then its worker has had the time to read
 * what came before the end, which the library may have overlooked. */
static bool has_left(struct conn *conn, const struct tcp_info *info)
{
	bool closed = info->tcpi_state == CLOSE_WAIT && !has_unread(conn), before = conn->closed;

	conn->closed = closed;
	return closed && before;
}

static void check_time(struct conn_table *t, struct conn *conn, unsigned state, int64_t now)
{
	const struct tcp_info info = info_of(conn);
	bool left;

	note_state(conn, state, info.tcpi_bytes_received, now);
	left = has_left(conn, &info);
	if (left)
		conn->began = 0;
	else if (now - (conn->began ? conn->began : conn->since) < t->timeout || has_unread(conn))
		return; /* unread data is late because the worker is busy */
	if (!stop(conn, state))
		return;
	if (!conn->began) {
		shutdown(conn->socket, SHUT_RDWR); /* it has asked for nothing */
		return;
	}
	conn->since = now;
	t->refused++;
	send_refusal(t, conn->socket, &timed_out);
}

static void unlink_conn(struct conn *conn)
{
	*conn->link = conn->next;
	if (conn->next)
		conn->next->link = conn->link;
}

static void check(struct conn_table *t, struct conn *conn, int64_t now)
{
	unsigned state = atomic_load(&conn->state);

	switch (state % REQUEST) {
	case WAITING:
	case RECEIVING:
		check_time(t, conn, state, now);
		break;
	case REFUSED:
		t->refused++;
		if (now - conn->since >= LINGER_MS * MS)
			shutdown(conn->socket, SHUT_RDWR);
		break;
	}
}

static void wait_for_check(struct conn_table *t)
{
	const int64_t most = (t->refused ? LINGER_MS : CHECK_MAX_MS) * MS;
	int64_t pause = t->timeout / CHECKS;

	if (pause > most)
		pause = most;
	thread_wait_until(&t->thread, clock_monotonic() + pause);
}

static void *run(void *arg)
{
	struct conn_table *t = arg;

	thread_lock(&t->thread);
	while (!t->thread.stopping) {
		int64_t now;

		if (!t->conns) {
			thread_wait(&t->thread);
			continue;
		}
		wait_for_check(t);
		t->refused = 0;
		now = clock_monotonic();
		for (struct conn *conn = t->conns, *next; conn; conn = next) {
			next = conn->next;
			check(t, conn, now);
		}
	}
	thread_unlock(&t->thread);
	return NULL;
}

/* ---- the table ------------------------------------------------------------------------------- */

unsigned conn_table_possible(unsigned workers, char *err, size_t errlen)
{
	const rlim_t reserved = RESERVED + RESERVED_BY_WORKER * workers + SPARE;
	const rlim_t wanted = CONNECTIONS + CONNECTIONS / SPARE_PART;
	struct rlimit files;
	rlim_t n = 0;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > reserved)
		n = files.rlim_cur - reserved;
	if (n > wanted)
		n = wanted;
	n = n * SPARE_PART / (SPARE_PART + 1);
	if (n == 0)
		snprintf(err, errlen,
			 "too few descriptors for %u workers and a connection: raise "
			 "the limit (ulimit -n), or take fewer --workers",
			 workers);
	return (unsigned)n;
}

/* How many connections may be on their way out, beside `max` that are admitted. */
static unsigned spare(unsigned max)
{
	return SPARE + max / SPARE_PART;
}

struct conn_table *conn_table_start(unsigned max, unsigned timeout, bool cors)
{
	struct conn_table *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	t->max = max;
	t->cors = cors;
	t->timeout = timeout * INT64_C(1000000);
	snprintf(t->timed_out_body, sizeof t->timed_out_body, TIMED_OUT_BODY, timeout);
	t->ended = linger_new(spare(max), t->timeout);
	if (t->ended && thread_start(&t->thread, run, t))
		return t;
	linger_free(t->ended);
	free(t);
	return NULL;
}

void conn_table_stop(struct conn_table *t)
{
	if (!t)
		return;
	thread_stop(&t->thread);
	linger_free(t->ended);
	free(t);
}

const char *conn_table_timed_out_body(const struct conn_table *t)
{
	return t->timed_out_body;
}

/*
 * Is a request on the connection, or arriving? If the kernel has received bytes that no request has
 * taken, the worker is about to make one of them, or the client has sent an incomplete head and
 * pauses. After ARRIVE_MS it is the latter.
 */
static bool is_arriving(struct conn *conn, int64_t now)
{
	unsigned state = atomic_load(&conn->state);
	struct tcp_info info;

	if (atomic_load(&conn->streams))
		return false;
	if (state % REQUEST != WAITING || has_unread(conn))
		return state % REQUEST != REFUSED;
	info = info_of(conn);
	note_state(conn, state, info.tcpi_bytes_received, now);
	return conn->began && now - conn->began < ARRIVE_MS * MS;
}

bool conn_table_has_arriving(struct conn_table *t)
{
	int64_t now = clock_monotonic();
	bool arriving = false;

	thread_lock(&t->thread);
	for (struct conn *conn = t->conns; conn && !arriving; conn = conn->next)
		arriving = is_arriving(conn, now);
	thread_unlock(&t->thread);
	return arriving;
}

enum unread conn_table_unread(struct conn_table *t)
{
	enum unread unread;

	thread_lock(&t->thread);
	unread = t->conns ? UNREAD_NONE : UNREAD_NO_CONN;
	for (struct conn *conn = t->conns; conn && unread != UNREAD_SOME; conn = conn->next)
		if (atomic_load(&conn->state) % REQUEST == WAITING && has_unread(conn))
			unread = UNREAD_SOME;
	thread_unlock(&t->thread);
	return unread;
}

static void link_conn(struct conn_table *t, struct conn *conn)
{
	conn->link = &t->conns;
	conn->next = t->conns;
	if (conn->next)
		conn->next->link = &conn->next;
	else
		thread_wake(&t->thread); /* the first one */
	t->conns = conn;
}

bool conn_table_has_room(struct conn_table *t)
{
	bool room;

	thread_lock(&t->thread);
	room = t->count < t->max || linger_count(t->ended) < spare(t->max);
	thread_unlock(&t->thread);
	return room;
}

bool conn_table_admit(struct conn_table *t, int socket)
{
	bool admitted;

	thread_lock(&t->thread);
	admitted = t->count < t->max;
	t->count += admitted;
	thread_unlock(&t->thread);
	if (!admitted) {
		send_refusal(t, socket, &too_many);
		linger_add(t->ended, socket);
	}
	return admitted;
}

void conn_table_give_back(struct conn_table *t)
{
	thread_lock(&t->thread);
	t->count--;
	thread_unlock(&t->thread);
}

void conn_add(struct conn_table *t, struct conn *conn, int socket)
{
	*conn = (struct conn){ .socket = socket, .since = clock_monotonic() };
	thread_lock(&t->thread);
	link_conn(t, conn);
	thread_unlock(&t->thread);
}

void conn_remove(struct conn_table *t, struct conn *conn, enum conn_end how)
{
	/* What the worker closes next is its own descriptor: this one keeps the socket open. */
	if (how == CONN_EARLY || (how == CONN_WHOLE && has_unread(conn))) {
		int socket = fcntl(conn->socket, F_DUPFD_CLOEXEC, 0);

		if (socket >= 0)
			linger_add(t->ended, socket);
	}
	thread_lock(&t->thread);
	unlink_conn(conn);
	t->count--;
	thread_unlock(&t->thread);
}

/* ---- by the connection's worker -------------------------------------------------------------- */

static bool advance(struct conn *conn, unsigned from, unsigned to)
{
	unsigned state = atomic_load_explicit(&conn->state, memory_order_relaxed);

	return state % REQUEST == from &&
	       atomic_compare_exchange_strong(&conn->state, &state, state - from + to);
}

bool conn_begun(struct conn *conn)
{
	return advance(conn, WAITING, RECEIVING);
}

bool conn_complete(struct conn *conn)
{
	return advance(conn, RECEIVING, ANSWERING);
}

void conn_answered(struct conn *conn, uint64_t bytes)
{
	if (bytes > 0)
		atomic_fetch_add_explicit(&conn->taken, bytes, memory_order_relaxed);
	else
		atomic_store(&conn->taken, info_of(conn).tcpi_bytes_received);
	advance(conn, ANSWERING, WAITING + REQUEST);
}

bool conn_has_left(const struct conn *conn)
{
	return info_of(conn).tcpi_state != ESTABLISHED;
}

bool conn_has_received(const struct conn *conn)
{
	return info_of(conn).tcpi_bytes_received > 1; /* the end counts as one */
}

bool conn_timed_out(const struct conn *conn)
{
	return atomic_load(&conn->state) % REQUEST == REFUSED && conn->began;
}
