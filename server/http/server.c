/* SPDX-License-Identifier: MIT
 * server.c - the adapter to libmicrohttpd, 0.9.75 to 1.0.1. No other file includes its header.
 *
 * The library calls on_connection when a client connects. For each request it calls on_target with
 * the raw target; on_request once with the headers, once for each piece of a body, and once more
 * when all has arrived; then on_done. At the end it calls on_connection again. An answer that is
 * given before the last on_request closes the connection, so only a request whose body cannot be
 * read to its end is refused early; linger.c sees to it that the client gets the answer. If the
 * library itself refuses a request (headers too large, for example), nothing need follow on_target
 * but the end of the connection: so what a request holds belongs to its connection.
 */
#include "http/server.h"

#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "config.h"
#include "fixture/records.h"
#include "http/access_log.h"
#include "http/browser.h"
#include "http/client.h"
#include "http/head.h"
#include "http/listen.h"
#include "http/pipeline.h"

enum {
	/* For target and headers; cleared at every request. Larger than what head.h allows, so that
	 * requests are refused by us, in JSON, rather than by the library. */
	CONNECTION_MEMORY = 32 * 1024,
	ANSWER_MAX = 1 << 30, /* bytes */
	ACCEPT_MS = 1000,     /* how long to accept what has connected before the stop */
	UNREAD_MS = 500,      /* for a worker to read what has come: see workers.h */
};

/* ---- one request ----------------------------------------------------------------------------- */

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct client *client = *context;
	struct server *server = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		(void)workers_number(&server->workers); /* from now on it can be interrupted */
		atomic_fetch_sub(&server->drain.handed, 1);
		const union MHD_ConnectionInfo *info =
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

		client = calloc(1, sizeof *client);
		if (client) {
			client->server = server;
			client->body = (struct buf)BUF_INIT(0);
			client->answer = (struct buf)BUF_INIT(ANSWER_MAX);
			conn_add(server->conns, &client->conn, info ? info->connect_fd : -1);
		} else {
			conn_table_give_back(server->conns); /* on_target() will close it */
		}
		*context = client;
	} else if (client) {
		if (conn_timed_out(&client->conn) && !client->overdue)
			log_note(server->app->log, "a request timed out before its head: 408");
		else if (!client->asked && conn_has_received(&client->conn))
			log_note(server->app->log,
				 "a connection ended without a line of HTTP: what came may be TLS; "
				 "use http:// in place of https://");
		conn_remove(server->conns, &client->conn,
			    client->gave_up ? CONN_CUT
			    : client->whole ? CONN_WHOLE
					    : CONN_EARLY);
		client_end_request(client);
		buf_free(&client->body);
		buf_free(&client->answer);
		free(client);
		*context = NULL;
	}
}

static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;
	struct server *server = cls;

	if (!client)
		return NULL;
	client_end_request(client);
	client->begun = client->whole = client->served = client->answered = false;
	client->asked = true;
	if (!conn_begun(&client->conn))
		return client;
	client->live = true;
	atomic_fetch_add(&server->drain.live, 1);
	client->owed = !atomic_load(&server->drain.ended); /* after that: see drain.c */
	client->received = 0;
	client->start = clock_monotonic();
	buf_recycle(&client->answer, CLIENT_KEPT_MAX);
	client->body.max = (size_t)server->app->options.max_body;
	exchange_init(&client->x, server->app, &client->answer);
	client->x.request.target = arena_strdup(&client->x.arena, uri ? uri : "");
	client->target_end = uri ? uri + strlen(uri) : NULL;
	if (uri)
		head_hide_query((char *)uri);
	return client->x.request.target ? client : NULL;
}

/* ---- its answer ------------------------------------------------------------------------------ */

static bool add_headers(struct MHD_Response *response, const struct answer *a)
{
	for (size_t i = 0; i < a->nheaders; i++)
		if (a->headers[i].value &&
		    !MHD_add_response_header(response, a->headers[i].name, a->headers[i].value))
			return false;
	return true;
}

/*
 * This thread's worker is about to cut a connection on purpose. The library reports that as an
 * error; what it reports until the request has ended is not logged.
 */
static _Thread_local bool expected_close;

/* Close the connection without sending anything more. */
static enum MHD_Result close_silently(void)
{
	expected_close = true;
	return MHD_NO;
}

/* The library reads the body of an answer that is cut in the middle from here. */
static ssize_t read_half(void *cls, uint64_t at, char *to, size_t max)
{
	const struct client *client = cls;
	size_t left = answer_sent(&client->x) - (size_t)at;

	if (left == 0) {
		expected_close = true;
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (left > max)
		left = max;
	memcpy(to, client->x.answer.body->text + at, left);
	return (ssize_t)left;
}

static void resume(struct waiter *waiter)
{
	MHD_resume_connection(
	    ((struct client *)(void *)((char *)waiter - offsetof(struct client, waiter)))
		->connection);
}

/* Suspend the connection. */
static struct waiter *suspend(struct client *client, struct MHD_Connection *connection)
{
	client->connection = connection;
	client->waiter = (struct waiter){ .wait = &client->x.wait,
					  .drain = &client->server->drain,
					  .conn = &client->conn,
					  .resume = resume };
	MHD_suspend_connection(connection);
	return &client->waiter;
}

/* Have on_request or read_stream called again when there may be something to say. */
static void await_change(struct client *client, struct MHD_Connection *connection)
{
	if (waiter_watch(suspend(client, connection), client->server->timers))
		return;
	client->x.wait.ended = true;
	MHD_resume_connection(connection);
}

/*
 * The library reads the parts of an answer without an end from here. Between them the connection is
 * suspended, which ends this call.
 */
static ssize_t read_stream(void *cls, uint64_t at, char *to, size_t max)
{
	struct client *client = cls;
	struct exchange *x = &client->x;
	struct buf *part = x->answer.body;
	size_t n;

	(void)at;
	if (client->streamed == part->len) {
		const bool resumed = part->len == 0 || !x->wait.counter;

		buf_clear(part);
		client->streamed = 0;
		if (resumed && !x->stream.next(x))
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (!resumed || part->len == 0) {
			await_change(client, client->connection);
			return 0;
		}
	}
	n = part->len - client->streamed;
	n = n < max ? n : max;
	memcpy(to, part->text + client->streamed, n);
	client->streamed += n;
	return (ssize_t)n;
}

static struct MHD_Response *make_response(struct client *client, bool half)
{
	enum { BLOCK = 16 * 1024 };
	const struct buf *body = client->x.answer.body;

	if (client->x.stream.next)
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_stream,
							 client, NULL);
	if (half)
		return MHD_create_response_from_callback(body->len, BLOCK, read_half, client, NULL);
	return MHD_create_response_from_buffer(body->len, body->text, MHD_RESPMEM_PERSISTENT);
}

/* Hand the answer to the library. Its body stays ours, unchanged until the request has ended. */
static enum MHD_Result send_answer(struct client *client, struct MHD_Connection *connection,
				   bool close)
{
	struct answer *a = &client->x.answer;
	const bool head = streq(client->x.request.method, "HEAD");
	const bool half = a->close == CLOSE_MIDDLE && !head;
	struct MHD_Response *response;
	enum MHD_Result ok;

	client_note_answer(client);
	browser_add_headers(&client->x);
	if (a->close == CLOSE_BEFORE) {
		exchange_leave(&client->x);
		return close_silently();
	}
	close |= a->close == CLOSE_MIDDLE && head; /* an answer to HEAD has no middle */
	response = make_response(client, half);
	if (!response)
		return MHD_NO;
	close |= atomic_load_explicit(&client->server->drain.begun, memory_order_relaxed);
	/* In this order: adding Connection makes the library forget that it was given a Date, and
	 * it would add another. */
	ok = (!close || MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close")) &&
	     MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				     a->type ? a->type : "application/json") &&
	     MHD_add_response_header(response, "Miru-Mock-Version", PACKAGE_VERSION) &&
	     MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, head_date(&client->x)) &&
	     add_headers(response, a);
	/* Before the client has the answer: it may then ask for room for another workspace. */
	if (client->x.stream.next)
		client_begin_stream(client, connection);
	else
		exchange_leave(&client->x);
	ok = ok && MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return ok ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t len,
				 const char *value, size_t value_len)
{
	(void)kind;
	(void)value_len;
	head_add(cls, name, len, value);
	return MHD_YES;
}

/* The headers have arrived. A failure of head_check() is answered once the body was read. */
static enum MHD_Result begin_request(struct client *client, struct MHD_Connection *connection,
				     const char *method, const char *http_version)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	struct exchange *x = &client->x;
	bool admitted;

	client->begun = true;
	client->head_bytes = info ? info->header_size : 0;
	x->request.method = method;
	/* One NUL stands between them, the library's; if there is another, it cut the target. */
	x->request.cut = client->target_end && http_version != client->target_end + 1;
	x->request.http_1_0 = streq(http_version, MHD_HTTP_VERSION_1_0);
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, on_header, x);
	admitted = arrive(x);
	if (head_announces_more(x, client->body.max))
		client->body.max = body_max(x);
	if (admitted && head_check_body(x, client->body.max)) {
		(void)!head_check(x, client->head_bytes);
		return MHD_YES;
	}
	if (!conn_complete(&client->conn))
		return close_silently();
	exchange_answer(x, false);
	return send_answer(client, connection, true);
}

/* Have on_request called again when the answer is due. */
static void delay_answer(struct client *client, struct MHD_Connection *connection)
{
	exchange_note_late(&client->x);
	if (!waiter_delay(suspend(client, connection), client->server->timers,
			  client->x.answer.delay))
		MHD_resume_connection(connection);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *http_version, const char *upload,
				  size_t *upload_len, void **con_cls)
{
	struct client *client = *con_cls;
	size_t len = *upload_len;

	(void)cls;
	(void)url;
	if (!client)
		return MHD_NO;
	if (!client->live)
		return close_silently(); /* it was refused */
	if (!client->begun)
		return begin_request(client, connection, method, http_version);
	if (len > 0) {
		*upload_len = 0;
		return client_add_to_body(client, upload, len) ? MHD_YES : MHD_NO;
	}
	if (!client->served) {
		if (!conn_complete(&client->conn))
			return close_silently();
		client_make_answer(client);
		if (!client->x.wait.counter && client->x.answer.delay > 0) {
			delay_answer(client, connection);
			return MHD_YES;
		}
	} else if (client->x.wait.counter) {
		serve_again(&client->x);
	}
	if (client->x.wait.counter) {
		await_change(client, connection);
		return MHD_YES;
	}
	return send_answer(client, connection, false);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **con_cls,
		    enum MHD_RequestTerminationCode how)
{
	struct client *client = *con_cls;
	bool chunked;

	(void)cls;
	(void)connection;
	(void)how;
	expected_close = false;
	if (!client)
		return;
	chunked = client->live && client->x.request.transfer_encoding;
	if (client->served && !client->answered)
		client_note_no_answer(
		    client); /* it was delayed, and the client has not waited for it */
	else if (client->begun && !client->answered && conn_timed_out(&client->conn))
		client_note_overdue(client);
	if (client->answered)
		access_log(&client->x, clock_monotonic() - client->start);
	else if (client->live && client->begun)
		client_note_no_answer(client);
	client_end_request(client);
	conn_answered(&client->conn, chunked ? 0 : client->head_bytes + client->received);
	*con_cls = NULL;
}

static void on_log(void *cls, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

static void on_log(void *cls, const char *fmt, va_list args)
{
	struct server *server = cls;
	char text[512];

	if (expected_close || vsnprintf(text, sizeof text, fmt, args) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	log_note(server->app->log, text);
}

/* ---- the server ------------------------------------------------------------------------------ */

struct server *server_listen(const char *host, unsigned port, char *err, size_t errlen)
{
	struct server *server = calloc(1, sizeof *server);

	if (!server) {
		snprintf(err, errlen, "out of memory");
		return NULL;
	}
	server->listener = listen_open(host, port, err, errlen);
	if (server->listener)
		return server;
	free(server);
	return NULL;
}

const char *server_library(void)
{
	return MHD_get_version();
}

unsigned server_port(const struct server *server)
{
	return listen_port(server->listener);
}

static bool has_room(void *arg)
{
	return conn_table_has_room(((struct server *)arg)->conns);
}

/* The library may have left a worker waiting although there is something to do: see workers.h. */
static int on_tick(void *arg, bool idle)
{
	struct server *server = arg;
	const bool handed = atomic_load(&server->drain.handed) > 0;
	const enum unread unread = conn_table_unread(server->conns);

	if (idle && (handed || unread == UNREAD_SOME))
		workers_interrupt(&server->workers);
	return handed ? HANDED_MS : unread == UNREAD_NO_CONN ? -1 : UNREAD_MS;
}

static void on_accepted(void *arg, int socket, const struct sockaddr *address, socklen_t len)
{
	struct server *server = arg;

	if (!conn_table_admit(server->conns, socket)) {
		log_note(server->app->log, "a connection too many: 503");
		return;
	}
	atomic_fetch_add(&server->drain.handed, 1);
	if (!MHD_add_connection(server->daemon, socket, address, len)) {
		/* The library has closed it. */
		atomic_fetch_sub(&server->drain.handed, 1);
		conn_table_give_back(server->conns);
	}
}

bool server_start(struct server *server, const struct app *app, unsigned workers, unsigned timeout,
		  char *err, size_t errlen)
{
	static const struct listen_calls calls = { has_room, on_accepted, on_tick };
	const unsigned max = conn_table_possible(workers, err, errlen);
	/* As an array: variable arguments would take an int for a size_t. */
	struct MHD_OptionItem options[] = {
		/* First, to see what the library reports of the rest. */
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, server },
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, server },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, server },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_done, server },
		{ MHD_OPTION_THREAD_POOL_SIZE, workers, NULL },
		/* Since 1.0 it would otherwise join folded headers, and end the trailer behind a
		 * chunk extension too early. Before, its stricter ways have errors of their own. */
		{ MHD_OPTION_STRICT_FOR_CLIENT, MHD_get_version()[0] > '0', NULL },
		/* Ours is the limit: at its own, a worker closes connections without a word. */
		{ MHD_OPTION_CONNECTION_LIMIT, (intptr_t)max * workers, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		/* For answers that a client does not read; conn_limits.c times requests, sooner. */
		{ MHD_OPTION_CONNECTION_TIMEOUT, 2 * (intptr_t)timeout, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	server->app = app;
	workers_init(&server->workers, workers);
	if (max == 0)
		return false;
	if (!store_dedicate(app->workspace->store, workers, err, errlen))
		return false;
	server->timers = timer_queue_start();
	server->conns = conn_table_start(max, timeout, app->options.cors.count > 0);
	if (server->timers && server->conns)
		server->daemon =
		    MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
					 MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
				     0, NULL, NULL, on_request, server, MHD_OPTION_ARRAY, options,
				     MHD_OPTION_END);
	if (server->daemon && listen_start(server->listener, &calls, server))
		return true;
	snprintf(err, errlen, "cannot start %u workers", workers);
	return false;
}

bool server_stop(struct server *server, unsigned grace)
{
	bool clean = true;

	if (server->daemon) {
		/* From here on every answer closes its connection. What was sent before is read and
		 * answered: first what waits to be accepted, then what is arriving. */
		atomic_store(&server->drain.begun, true);
		listen_stop(server->listener, ACCEPT_MS);
		timer_queue_flush(server->timers); /* send delayed answers now */
		drain_settle(&server->drain, server->conns, &server->workers, grace * 1000L,
			     records_stop);
		/* We owe no answer to a request that its client never completed. */
		clean = atomic_load(&server->drain.whole) == 0;
		MHD_stop_daemon(server->daemon);
	}
	timer_queue_stop(server->timers);
	conn_table_stop(server->conns);
	listen_close(server->listener);
	free(server);
	return clean;
}
