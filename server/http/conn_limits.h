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
	bool counted;      /* against the limit; false: it was refused with 503 */
	atomic_uint state; /* see conn_limits.c */
	/* For the table's thread, as of its last check: */
	unsigned seen;     /* the number of the request, */
	int64_t since;     /* when its state began, */
	int64_t began;     /* when the request began to arrive; 0: it has not, */
	uint64_t received; /* the bytes received before that, */
	bool closed;       /* the client has closed its side */
};

enum {
	CONN_SPARE = 32,      /* connections beyond the limit, to be told of it: so many, */
	CONN_SPARE_PART = 16, /* and one for so many within it */
};

/*
 * How many connections the process has descriptors for; 0: none. The library must never be
 * allowed more than there are: a worker without a connection that gets no descriptor tries again
 * and again.
 */
unsigned conn_table_possible(unsigned workers);

/* A table for so many connections at a time. Each may take `timeout` seconds to send a request, and
 * to begin one. NULL when memory or threads are short. */
struct conn_table *conn_table_start(unsigned max, unsigned timeout);
/* After the last connection was removed. NULL is fine. */
void conn_table_stop(struct conn_table *t);
/* The body of the 408. */
const char *conn_table_timed_out_body(const struct conn_table *t);
/* Is there anything that a client has sent and that was not read? */
bool conn_table_has_unread(struct conn_table *t);

/*
 * A client has connected. False if that is one too many: the 503 is then on its way, and the caller
 * lets the client read it before it closes the socket. Remove it in both cases, before its socket
 * is closed.
 */
bool conn_add(struct conn_table *t, struct conn *conn, int socket) MUST_CHECK;
void conn_remove(struct conn_table *t, struct conn *conn);

/* By the connection's worker: the request's head has arrived; all of it has; it was answered.
 * False when the client was refused in the meantime: then it must not be answered any more. */
bool conn_begun(struct conn *conn) MUST_CHECK;
bool conn_complete(struct conn *conn) MUST_CHECK;
void conn_answered(struct conn *conn);

/* Was it refused with 408? */
bool conn_timed_out(const struct conn *conn);

#endif
