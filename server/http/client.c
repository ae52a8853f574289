/* SPDX-License-Identifier: MIT
 * client.c - what a request goes through that needs no library.
 */
#include "http/client.h"

#include "base/clock.h"
#include "http/pipeline.h"

enum {
	/* Times the greatest body, and bytes at least: then one of undeclared length is cut off. */
	BODY_GIVE_UP = 8,
	BODY_GIVE_UP_MIN = 64 * 1024 * 1024,
};

void client_end_request(struct client *client)
{
	if (!client->live)
		return;
	client->live = false;
	buf_recycle(&client->body, CLIENT_KEPT_MAX);
	exchange_clear(&client->x);
	if (client->whole && client->owed)
		atomic_fetch_sub(&client->server->drain.whole, 1);
	if (!atomic_exchange(&client->conn.streams, false))
		atomic_fetch_sub(&client->server->drain.live, 1);
}

/* Before the answer leaves: a client that has it must find it in the journal. */
void client_note_answer(struct client *client)
{
	client->answered = true;
	client->x.request.body_received = client->received;
	exchange_note(&client->x, clock_monotonic() - client->start);
}

/* The client has gone before its answer, or before all of its request. */
void client_note_no_answer(struct client *client)
{
	client->x.answer.status = 0;
	client->x.answer.close = CLOSE_BEFORE;
	client_note_answer(client);
}

/* The client was sent a 408: note that as the request's answer. */
void client_note_overdue(struct client *client)
{
	struct exchange *x = &client->x;

	client->overdue = true;
	fail(x, ERR_TIMEOUT, "request timed out");
	x->answer.status = failure_status(&x->failure);
	buf_clear(x->answer.body);
	buf_add(x->answer.body, conn_table_timed_out_body(client->server->conns));
	client_note_answer(client);
}

/* A piece of the body. What is too much is read, too, so that the connection stays open. */
bool client_add_to_body(struct client *client, const char *piece, size_t len)
{
	uint64_t most = (uint64_t)client->body.max * BODY_GIVE_UP;

	client->received += len;
	if (client->received <= client->body.max)
		buf_addn(&client->body, piece, len);
	if (client->received <= (most > BODY_GIVE_UP_MIN ? most : BODY_GIVE_UP_MIN))
		return true;
	client->gave_up = true;
	client_note_answer(client); /* that there is none */
	return false;
}

/* All of the request has arrived: make its answer. */
void client_make_answer(struct client *client)
{
	struct exchange *x = &client->x;

	client->whole = true;
	if (client->owed)
		atomic_fetch_add(&client->server->drain.whole, 1);
	x->request.body = client->body.text;
	x->request.body_len = client->body.len;
	if (client->received > client->body.max) {
		fail(x, ERR_BODY_TOO_LARGE, "the body is too large; at most %zu bytes are accepted",
		     client->body.max);
		exchange_answer(x, false);
	} else if (client->body.bad) {
		exchange_answer(x, false);
	} else {
		x->worker = workers_number(&client->server->workers);
		serve(x);
	}
	client->served = true;
}

/* The server's end need not wait for an answer that has none. */
void client_begin_stream(struct client *client, struct MHD_Connection *connection)
{
	client->connection = connection;
	client->streamed = 0;
	atomic_store(&client->conn.streams, true);
	if (client->owed)
		atomic_fetch_sub(&client->server->drain.whole, 1);
	client->owed = false;
	atomic_fetch_sub(&client->server->drain.live, 1);
}
