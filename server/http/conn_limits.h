/* SPDX-License-Identifier: MIT
 * conn_limits.h - limits the number of connections and the time that a request may take. A client
 * over the limit gets 503, a slow one 408; both are written to the socket directly, past
 * libmicrohttpd. Knows sockets; nothing of who reads and answers requests, or of what they say.
 */
#ifndef HTTP_CONN_LIMITS_H
#define HTTP_CONN_LIMITS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

struct conn_table;

/* A connection. Its worker and the table's thread agree on its state by one atomic word. */
struct conn {
	struct conn *next, **link; /* in the list of all; guarded by the table's lock */
	int socket;
	atomic_uint state;      /* see conn_limits.c */
	atomic_bool streams;    /* its answer has no end: a drain does not wait for it */
	_Atomic uint64_t taken; /* bytes that answered requests consisted of */
	/* For the table's thread, as of its last check: */
	unsigned seen; /* the number of the request, */
	int64_t since; /* when its state began, */
	int64_t began; /* when the request began to arrive; 0: it has not, */
	bool closed;   /* the client has closed its side */
};

/* How many connections the process has descriptors for, beside those that are too many and are
 * told so; 0, with a line in err, if there are too few for one. */
unsigned conn_table_possible(unsigned workers, char *err, size_t errlen);

/* A table for so many connections at a time. With `cors`, pages may read refusals. Each may take
 * `timeout` seconds to send a request, and to begin one. NULL when memory or threads are short. */
struct conn_table *conn_table_start(unsigned max, unsigned timeout, bool cors);
/* After the last connection was removed. NULL is fine. */
void conn_table_stop(struct conn_table *t);
/* The body of the 408. */
const char *conn_table_timed_out_body(const struct conn_table *t);
/* Have clients sent bytes that wait to be read, on connections without a request? */
enum unread { UNREAD_NO_CONN, UNREAD_NONE, UNREAD_SOME };
enum unread conn_table_unread(struct conn_table *t);
/* Has a client sent something of which no worker has made a request yet? */
bool conn_table_has_arriving(struct conn_table *t);

/* Is there room for one more, to be answered or to be told that it is too many? */
bool conn_table_has_room(struct conn_table *t);
/*
 * Count a client that has connected. False if it is one too many: the table then owns the socket,
 * which gets a 503. Give back a place whose client was not added.
 */
bool conn_table_admit(struct conn_table *t, int socket) MUST_CHECK;
void conn_table_give_back(struct conn_table *t);

/* How a connection ends: after its request, before all of that was read, or without an answer. */
enum conn_end { CONN_WHOLE, CONN_EARLY, CONN_CUT };

/* Add an admitted client. Remove it, which gives its place back, before its socket is closed: the
 * client still gets its answer, unless it is cut. */
void conn_add(struct conn_table *t, struct conn *conn, int socket);
void conn_remove(struct conn_table *t, struct conn *conn, enum conn_end how);

/* By the connection's worker: the request's head has arrived; all of it has; it was answered, and
 * was of so many bytes (0: not known). False when the client was refused in the meantime: then it
 * must not be answered any more. */
bool conn_begun(struct conn *conn) MUST_CHECK;
bool conn_complete(struct conn *conn) MUST_CHECK;
void conn_answered(struct conn *conn, uint64_t bytes);

/* Has its client closed its side, or the connection been lost? */
bool conn_has_left(const struct conn *conn);
/* Was it refused with 408? */
bool conn_timed_out(const struct conn *conn);
/* Has its client ever sent anything? */
bool conn_has_received(const struct conn *conn);

#endif
