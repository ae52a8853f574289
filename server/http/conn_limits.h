/*
 * conn_limits.h - who may come in, and how long they may take: connections are counted and their
 * requests timed. Whoever is one too many, or too slow, is answered on the socket itself. Knows
 * sockets; nothing of who reads and answers requests, and nothing of what they say.
 */
#ifndef HTTP_CONN_LIMITS_H
#define HTTP_CONN_LIMITS_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

struct door;

/* A connection. What it is doing is agreed on between the worker it belongs to and the door. */
struct visitor {
	struct visitor *next, **link; /* in the list of all; guarded by the door's lock */
	int socket;
	bool admitted; /* it counts */
	atomic_uint
	    doing; /* see conn_limits.c; the rest is the door's alone, of when it last looked: */
	unsigned seen;     /* at which request it was, */
	int64_t since;     /* from when on, */
	int64_t began;     /* and when that began to come; 0: it has not */
	uint64_t received; /* bytes, before that; */
	bool silent;       /* and that nothing more will come */
};

/*
 * A door for so many visitors at a time, each of whom may take so many seconds to send a request,
 * or to begin one. NULL when memory or threads are short.
 */
struct door *door_open(unsigned visitors, unsigned patience);
/* Everybody has left. NULL is fine. */
void door_close(struct door *d);

/*
 * Somebody has connected. False when that is one too many: then it has been told so, and all that
 * is left to do is to close its socket, best when it has sent what it had to say. It is to leave in
 * either case, before its socket is closed.
 */
bool door_enter(struct door *d, struct visitor *v, int socket) MUST_CHECK;
void door_leave(struct door *d, struct visitor *v);

/* Its worker says: a request has begun, */
bool door_begun(struct visitor *v) MUST_CHECK;
/* all of it that need come has come, */
bool door_complete(struct visitor *v) MUST_CHECK;
/* and it has been answered. The others are false when the visitor has been told to go: then it
 * must not be answered any more. */
void door_answered(struct visitor *v);

/* Has it been told that its request took too long? And with which text. */
bool door_expired(const struct visitor *v);
extern const char door_expired_body[];

/* Is there anything that a visitor has sent and nobody has read? */
bool door_has_unread(struct door *d);

#endif
