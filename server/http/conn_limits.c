/*
 * conn_limits.c - the list of those who are connected, and a thread that goes through it from time
 * to time.
 *
 * A request must come as a whole within the time: a byte now and then does not buy more of it. That
 * one has begun shows in the bytes that a socket has received, which the kernel counts, so nobody
 * need note when the first one came.
 *
 * To be told to go is to get an answer and the end of what we send, and then a moment in which what
 * is on its way can still arrive: a socket that is closed on unread bytes resets the connection,
 * and with that goes the answer.
 */
#include "http/conn_limits.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/thread.h"
#include "config.h"

enum {
	LINGER_MS = 200, /* the moment, when it has been told to go */
	LOOKS = 8,       /* in the time for a request */
	LOOK_MAX_MS = 1000,
	CLOSE_WAIT = 8, /* a state of TCP: the other side has ended what it sends */
};

/* A millisecond in microseconds. */
#define MS INT64_C(1000)

/*
 * What a visitor is doing, below, and above that the number of its request. Only the first two can
 * be ended by the door, and whoever changes the word first is right.
 */
enum { WAITING, COMING, BEING_ANSWERED, TOLD_TO_GO, REQUEST };

struct door {
	struct background background; /* woken for the first visitor, and to look again sooner */
	struct visitor *visitors;
	unsigned count, max; /* admitted */
	unsigned told;       /* to go, when last looked at or since */
	int64_t patience;    /* microseconds */
};

/* ---- telling to go --------------------------------------------------------------------------- */

/* The body of an error that has nothing to fill in. */
#define ERROR_BODY(code, message)                                                                  \
	"{\"error\":{\"code\":\"" code "\",\"params\":{},\"message\":\"" message "\"}}"

const char door_expired_body[] =
    ERROR_BODY("request_timeout",
	       "the request has not come in time as a whole; --request-timeout gives more");

static const struct refusal {
	int status;
	const char *reason, *more, *body;
} expired = { 408, "Request Timeout", "", door_expired_body },
  refused = { 503, "Service Unavailable", "Retry-After: 1\r\n",
	      ERROR_BODY("too_many_connections",
			 "there are as many connections as there may be; close some, or raise the "
			 "limit of descriptors (ulimit -n)") };

/* What does not fit the socket at once is for nobody who reads. */
static void tell_to_go(struct door *d, struct visitor *v, const struct refusal *r, int64_t now)
{
	char text[1024];
	int len =
	    snprintf(text, sizeof text,
		     "HTTP/1.1 %d %s\r\nConnection: close\r\nContent-Type: application/json\r\n"
		     "Content-Length: %zu\r\nMiru-Mock-Version: " PACKAGE_VERSION "\r\n%s\r\n%s",
		     r->status, r->reason, strlen(r->body), r->more, r->body);

	v->since = now;
	if (d->told++ == 0)
		background_wake(&d->background);
	(void)!send(v->socket, text, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(v->socket, SHUT_WR);
}

/* ---- looking after the visitors -------------------------------------------------------------- */

/* What the kernel knows of a socket; nothing where it does not say. */
static struct tcp_info info_of(const struct visitor *v)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof info;

	getsockopt(v->socket, IPPROTO_TCP, TCP_INFO, &info, &len);
	return info;
}

static bool has_unread(const struct visitor *v)
{
	int bytes;

	return ioctl(v->socket, FIONREAD, &bytes) == 0 && bytes > 0;
}

/* End what it was doing when it was looked at, unless it has gone on. */
static bool stop(struct visitor *v, unsigned doing)
{
	return atomic_compare_exchange_strong(&v->doing, &doing, doing | TOLD_TO_GO);
}

/* Note since when it waits, and when a request began to come. */
static void note(struct visitor *v, unsigned doing, uint64_t received, int64_t now)
{
	if (v->seen != doing / REQUEST) {
		v->seen = doing / REQUEST;
		v->since = now;
		v->began = 0;
		v->received = received;
		v->silent = false;
	}
	if (v->began == 0 && (doing % REQUEST == COMING || received > v->received))
		v->began = now;
}

/* Has it closed its side, at the look before already, so that its worker has had the time for what
 * came before that? The library may have overlooked the end. */
static bool has_left(struct visitor *v, const struct tcp_info *info)
{
	bool silent = info->tcpi_state == CLOSE_WAIT && !has_unread(v), was = v->silent;

	v->silent = silent;
	return silent && was;
}

static void look_at(struct door *d, struct visitor *v, unsigned doing, int64_t now)
{
	const struct tcp_info info = info_of(v);
	bool left;

	note(v, doing, info.tcpi_bytes_received, now);
	left = has_left(v, &info);
	if (left)
		v->began = 0;
	else if (now - (v->began ? v->began : v->since) < d->patience || has_unread(v))
		return; /* what lies unread is late because its worker has much to do */
	if (!stop(v, doing))
		return;
	if (v->began)
		tell_to_go(d, v, &expired, now);
	else
		shutdown(v->socket, SHUT_RDWR); /* it has asked for nothing */
}

static void look_after(struct door *d, struct visitor *v, int64_t now)
{
	unsigned doing = atomic_load(&v->doing);

	switch (doing % REQUEST) {
	case WAITING:
	case COMING:
		look_at(d, v, doing, now);
		break;
	case TOLD_TO_GO:
		d->told++;
		if (now - v->since >= LINGER_MS * MS)
			shutdown(v->socket, SHUT_RDWR);
		break;
	}
}

/* Wait for the time of the next look. */
static void pause_until_look(struct door *d)
{
	const int64_t most = (d->told ? LINGER_MS : LOOK_MAX_MS) * MS;
	int64_t pause = d->patience / LOOKS;

	if (pause > most)
		pause = most;
	background_wait_until(&d->background, clock_monotonic() + pause);
}

static void *run(void *arg)
{
	struct door *d = arg;

	background_lock(&d->background);
	while (!d->background.over) {
		int64_t now;

		if (!d->visitors) {
			background_wait(&d->background);
			continue;
		}
		pause_until_look(d);
		d->told = 0;
		now = clock_monotonic();
		for (struct visitor *v = d->visitors; v; v = v->next)
			look_after(d, v, now);
	}
	background_unlock(&d->background);
	return NULL;
}

struct door *door_open(unsigned visitors, unsigned patience)
{
	struct door *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	d->max = visitors;
	d->patience = patience * INT64_C(1000000);
	if (background_start(&d->background, run, d))
		return d;
	free(d);
	return NULL;
}

void door_close(struct door *d)
{
	if (!d)
		return;
	background_stop(&d->background);
	free(d);
}

bool door_enter(struct door *d, struct visitor *v, int socket)
{
	*v = (struct visitor){ .socket = socket, .link = &d->visitors, .since = clock_monotonic() };
	background_lock(&d->background);
	v->admitted = d->count < d->max;
	if (v->admitted)
		d->count++;
	else
		atomic_init(&v->doing, TOLD_TO_GO);
	v->next = d->visitors;
	if (v->next)
		v->next->link = &v->next;
	else
		background_wake(&d->background); /* the first one */
	d->visitors = v;
	/* Under the lock, since from here on it is looked after. */
	if (!v->admitted)
		tell_to_go(d, v, &refused, v->since);
	background_unlock(&d->background);
	return v->admitted;
}

void door_leave(struct door *d, struct visitor *v)
{
	background_lock(&d->background);
	*v->link = v->next;
	if (v->next)
		v->next->link = v->link;
	d->count -= v->admitted;
	background_unlock(&d->background);
}

bool door_has_unread(struct door *d)
{
	bool unread = false;

	background_lock(&d->background);
	for (struct visitor *v = d->visitors; v && !unread; v = v->next)
		unread = has_unread(v);
	background_unlock(&d->background);
	return unread;
}

/* ---- what its worker says -------------------------------------------------------------------- */

static bool go_on(struct visitor *v, unsigned from, unsigned to)
{
	unsigned doing = atomic_load_explicit(&v->doing, memory_order_relaxed);

	return doing % REQUEST == from &&
	       atomic_compare_exchange_strong(&v->doing, &doing, doing - from + to);
}

bool door_begun(struct visitor *v)
{
	return go_on(v, WAITING, COMING);
}

bool door_complete(struct visitor *v)
{
	return go_on(v, COMING, BEING_ANSWERED);
}

void door_answered(struct visitor *v)
{
	go_on(v, BEING_ANSWERED, WAITING + REQUEST);
}

bool door_expired(const struct visitor *v)
{
	return atomic_load(&v->doing) % REQUEST == TOLD_TO_GO && v->admitted && v->began;
}
