/* SPDX-License-Identifier: MIT
 * client.h - a server, a connection and its request: for server.c and client.c.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "http/app.h"
#include "http/listen.h"
#include "http/waiter.h"

struct MHD_Connection;
struct MHD_Daemon;

enum { CLIENT_KEPT_MAX = 64 * 1024 /* bytes that a connection keeps for its next request */ };

struct server {
	const struct app *app;
	struct listener *listener;
	struct MHD_Daemon *daemon;
	struct timer_queue *timers;
	struct conn_table *conns;
	struct workers workers;
	struct drain drain;
};

/* A connection, and the request that is now on it. */
struct client {
	struct server *server;
	struct conn conn;
	const char *target_end; /* the NUL behind the target, in the library's memory */
	bool asked;             /* a request line has come */
	bool live;              /* there is a request: x is to be cleared */
	bool owed;              /* it began before the server had ended */
	bool begun;             /* on_request has seen its headers */
	bool whole;             /* all of it has arrived */
	bool gave_up;           /* its body had no end */
	bool served;            /* its answer is made, */
	bool answered;          /* and queued, or given up */
	bool overdue;           /* its 408 is noted in the journal */
	size_t head_bytes;      /* of its request line and headers */
	size_t streamed;        /* bytes of the current part of a stream */
	uint64_t received;      /* bytes of its body, kept or not */
	int64_t start;
	struct waiter waiter;              /* while the answer is late, */
	struct MHD_Connection *connection; /* this is suspended */
	struct buf body;                   /* of the request, */
	struct buf answer;                 /* and of its answer until it is sent; the next
					    * request uses the memory of both */
	struct exchange x;
};

/* The request has ended: free what it held. */
void client_end_request(struct client *client);
/* Before the answer leaves: a client that has it must find it in the journal. */
void client_note_answer(struct client *client);
/* The client has gone before its answer, or before all of its request. */
void client_note_no_answer(struct client *client);
/* The client was sent a 408: note that as the request's answer. */
void client_note_overdue(struct client *client);
/* A piece of the body. What is too much is read, too, so that the connection stays open. False if
 * there is no end to it. */
bool client_add_to_body(struct client *client, const char *piece, size_t len);
/* All of the request has arrived: make its answer. */
void client_make_answer(struct client *client);
/* The server's end need not wait for an answer that has none. */
void client_begin_stream(struct client *client, struct MHD_Connection *connection);

#endif
