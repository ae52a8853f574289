/*
 * server.c - the adapter to libmicrohttpd 0.9.75. Nothing else includes its header.
 *
 * The order of its calls: on_connection when a client connects. For each request, on_target with
 * the raw target; on_request once with the headers, once for each piece of a body, and once more
 * when all has come; on_done. At the end on_connection again. An answer given before the last
 * on_request closes the connection, so only what cannot be read to its end is refused early. Where
 * the library refuses a request by itself (headers too large, say), nothing after on_target need
 * come but the end of the connection: so what a request holds belongs to its connection.
 */
#include "http/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/timer.h"
#include "config.h"
#include "http/access_log.h"
#include "http/conn_limits.h"
#include "http/pipeline.h"

enum {
	BODY_GIVE_UP = 8,              /* times the greatest body, of one of undeclared length */
	CONNECTION_MEMORY = 32 * 1024, /* for target and headers; cleared at every request */
	TARGET_MAX = 8 * 1024,         /* bytes; both must leave room in that, so that it is us */
	HEAD_MAX = 16 * 1024,          /* who refuse: the request line and all headers */
	CONNECTIONS = 4096,            /* at most; fewer where there are not the descriptors */
	SPARE = 32,                    /* and those that are told that they are too many: these, */
	SPARE_PART = 16,               /* and of so many one */
	RESERVED = 64,                 /* descriptors for all else, */
	RESERVED_BY_WORKER = 8,        /* and these */
	ANSWER_MAX = 1 << 30,          /* bytes */
	KEPT_MAX = 64 * 1024,          /* bytes of memory that a connection keeps for the next */
	BACKLOG = 511,
	SETTLE_MS = 1000, /* how long to take in what was sent, before new clients are refused */
	TICK_MS = 2,
};

struct http {
	const struct app *app;
	int socket;
	unsigned port;
	struct MHD_Daemon *daemon;
	unsigned serial; /* tells this server from an earlier one in the same thread */
	struct delay *delay;
	struct door *door;
	unsigned workers;
	atomic_uint claimed; /* numbers, by these */
	atomic_bool draining;
	atomic_uint live;  /* requests that are coming in or being answered, */
	atomic_uint whole; /* and of these, those that have come in whole: an answer is owed */
};

/* A connection, and the request that is now on it. */
struct client {
	struct http *http;
	struct visitor visitor;
	const char *target_end; /* in the library's memory: its NUL */
	bool live;              /* there is a request: x is to be cleared */
	bool begun;             /* on_request has seen its headers */
	bool whole;             /* all of it has come */
	bool served;            /* its answer is made, */
	bool answered;          /* and queued, or given up */
	bool overdue;           /* that it has not come in time is noted */
	uint64_t came;          /* bytes of its body, kept or not */
	int64_t start;
	struct waiter waiter;              /* while the answer is not due yet, */
	struct MHD_Connection *connection; /* this is suspended */
	struct buf body;                   /* its body; its memory serves the next request, too, */
	struct buf answer;                 /* and so does its answer's, until it is sent */
	struct exchange x;
};

/* ---- one request ----------------------------------------------------------------------------- */

/* The calling worker's number. */
static unsigned worker_number(struct http *http)
{
	static _Thread_local unsigned mine, serial;

	if (serial != http->serial) {
		mine = atomic_fetch_add(&http->claimed, 1) % http->workers;
		serial = http->serial;
	}
	return mine;
}

/* Empty it, keeping no more memory than is worth it. */
static void recycle(struct buf *b)
{
	if (b->cap > KEPT_MAX)
		buf_free(b);
	else
		buf_clear(b);
}

static void end_request(struct client *client)
{
	if (!client->live)
		return;
	client->live = false;
	recycle(&client->body);
	exchange_clear(&client->x);
	if (client->whole)
		atomic_fetch_sub(&client->http->whole, 1);
	atomic_fetch_sub(&client->http->live, 1);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct client *client = *context;
	struct http *http = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
		    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

		client = malloc(sizeof *client);
		if (client) {
			client->http = http;
			client->live = client->overdue = false;
			client->body = (struct buf)BUF_INIT(0);
			client->answer = (struct buf)BUF_INIT(ANSWER_MAX);
			if (!door_enter(http->door, &client->visitor, info ? info->connect_fd : -1))
				log_note(http->app->log, "a connection too many: 503");
		}
		*context = client;
	} else if (client) {
		if (door_expired(&client->visitor) && !client->overdue)
			log_note(http->app->log, "a request has not come in time: 408");
		door_leave(http->door, &client->visitor);
		end_request(client);
		buf_free(&client->body);
		buf_free(&client->answer);
		free(client);
		*context = NULL;
	}
}

/*
 * Keep the library from parsing the query, which is ours to do. It would make a record of its own
 * for each parameter and, when its memory for the connection does not hold them all, refuse the
 * request but go on as if it had not, and lose the connection. The text is in its read buffer,
 * which it is about to cut up itself; it has found the question mark already, and looks at what
 * follows only now.
 *
 * The library has put a NUL between the target and the version, which it has checked; one before is
 * the client's own, and the question mark may stand behind it.
 */
static void hide_query(char *uri)
{
	static const char version[] = "HTTP/";
	char *query = strchr(uri, '?'), *end = uri + strlen(uri);

	while (!query && strncmp(end + 1, version, strlen(version)) != 0) {
		query = strchr(end + 1, '?');
		end += 1 + strlen(end + 1);
	}
	if (query)
		query[1] = '\0';
}

static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct client *client = info ? info->socket_context : NULL;
	struct http *http = cls;

	if (!client)
		return NULL;
	end_request(client);
	client->begun = client->whole = client->served = client->answered = false;
	if (!door_begun(&client->visitor))
		return client;
	client->live = true;
	atomic_fetch_add(&http->live, 1);
	client->came = 0;
	client->start = clock_monotonic();
	recycle(&client->answer);
	client->body.max = (size_t)http->app->max_body;
	exchange_init(&client->x, http->app, &client->answer);
	client->x.request.target = arena_strdup(&client->x.arena, uri ? uri : "");
	client->target_end = uri ? uri + strlen(uri) : NULL;
	if (uri)
		hide_query((char *)uri);
	return client->x.request.target ? client : NULL;
}

static const struct {
	const char *name;
	size_t len;
	size_t at;    /* in struct request */
	bool framing; /* the library has gone by it: what it saw is what counts */
	bool once;    /* it may not even come twice with the same value */
} kept_headers[] = {
	{ "Host", 4, offsetof(struct request, host), false, true },
	{ "X-API-Key", 9, offsetof(struct request, api_key), false, false },
	{ "User-Agent", 10, offsetof(struct request, user_agent), false, false },
	{ "Miru-Version", 12, offsetof(struct request, miru_version), false, false },
	{ "Content-Type", 12, offsetof(struct request, content_type), false, false },
	{ "x-stainless-retry-count", 23, offsetof(struct request, retry_count), false, false },
	{ "Content-Length", 14, offsetof(struct request, content_length), true, true },
	{ "Transfer-Encoding", 17, offsetof(struct request, transfer_encoding), true, true },
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* A header's value without the white space behind it, which the library leaves (RFC 9110, 5.5). */
static const char *trimmed(struct exchange *x, const char *value)
{
	size_t len = strlen(value), all = len;
	const char *text;

	while (len > 0 && is_space(value[len - 1]))
		len--;
	if (len == all)
		return value;
	text = arena_strndup(&x->arena, value, len);
	return text ? text : value;
}

/*
 * Is it one that others may understand otherwise than the library does, which takes "Name : value"
 * for a header of the name "Name ", and appends what stands on a line that goes on with the one
 * before to that one's name? That name is then a copy, behind the text in which its value is.
 */
static bool is_ambiguous(const char *name, size_t len, const char *value)
{
	return len == 0 || is_space(name[0]) || is_space(name[len - 1]) || value <= name + len;
}

/* Keep a header that the request has a place for. Its text lives as long as the request. */
static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t len,
				 const char *value, size_t value_len)
{
	struct exchange *x = cls;
	struct request *r = &x->request;

	(void)kind;
	(void)value_len;
	if (value && is_ambiguous(name, len, value))
		r->ambiguous = name;
	for (size_t i = 0; i < ARRAY_LEN(kept_headers); i++) {
		if (kept_headers[i].len != len || strcasecmp(kept_headers[i].name, name) != 0)
			continue;

		const char **kept = (void *)((char *)r + kept_headers[i].at);

		value = value ? value : "";
		if (!kept_headers[i].framing)
			value = trimmed(x, value);
		if (*kept && (kept_headers[i].once || !streq(*kept, value)))
			r->repeated = kept_headers[i].name;
		*kept = value;
	}
	return MHD_YES;
}

/* Refuse, before it is read, a body that could not be read to its end or is not worth it. */
static bool readable(struct client *client)
{
	const char *length = client->x.request.content_length;
	const char *coding = client->x.request.transfer_encoding;

	if (client->x.request.ambiguous)
		return fail(&client->x, ERR_INVALID_REQUEST,
			    "malformed header '%s': white space around its name, or a value on "
			    "more than one line",
			    quote(&client->x, client->x.request.ambiguous));
	if (client->x.request.repeated)
		return fail(&client->x, ERR_INVALID_REQUEST,
			    "the header %s came twice; send it once", client->x.request.repeated);
	if (coding && length)
		return fail(&client->x, ERR_INVALID_REQUEST,
			    "Content-Length and Transfer-Encoding exclude each other");
	if (coding && strcasecmp(coding, "chunked") != 0)
		return fail(&client->x, ERR_NOT_IMPLEMENTED,
			    "Transfer-Encoding '%s' is not supported; chunked is",
			    quote(&client->x, coding));
	if (length && strtoull(length, NULL, 10) > client->body.max)
		return fail(&client->x, ERR_BODY_TOO_LARGE,
			    "a body of %s bytes is too large; at most %zu are accepted",
			    quote(&client->x, length), client->body.max);
	return true;
}

/* Is its head as long as it may be? What fails here is read to its end before it is refused. */
static bool fits(struct client *client, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	size_t target = strlen(client->x.request.target);

	if (target > TARGET_MAX)
		return fail(&client->x, ERR_TARGET_TOO_LONG,
			    "a target of %zu bytes is too long; at most %d are accepted", target,
			    TARGET_MAX);
	if (info && info->header_size > HEAD_MAX)
		return fail(&client->x, ERR_HEAD_TOO_LARGE,
			    "request line and headers of %zu bytes are too large; at most %d are "
			    "accepted",
			    info->header_size, HEAD_MAX);
	return true;
}

/* The Date header: by the workspace's clock, so that one that stands makes equal answers. */
static const char *date_of(const struct client *client)
{
	static _Thread_local char text[64]; /* "Thu, 01 Jan 1970 00:00:00 GMT" */
	static _Thread_local time_t of;
	int64_t micros = clock_now(&client->x.workspace->clock);
	time_t now = (time_t)((micros - (micros < 0 ? 999999 : 0)) / 1000000);
	char day[16], time[16];
	struct tm tm;

	if ((!text[0] || now != of) && gmtime_r(&now, &tm)) {
		/* In the C locale, which is the one that nobody has changed. */
		strftime(day, sizeof day, "%a, %d %b", &tm);
		strftime(time, sizeof time, "%H:%M:%S", &tm);
		snprintf(text, sizeof text, "%s %04d %s GMT", day, tm.tm_year + 1900, time);
		of = now;
	}
	return text;
}

/* Microseconds since the request came. */
static int64_t elapsed(const struct client *client)
{
	return clock_monotonic() - client->start;
}

static bool add_headers(struct MHD_Response *response, const struct answer *a)
{
	for (size_t i = 0; i < a->nheaders; i++)
		if (a->headers[i].value &&
		    !MHD_add_response_header(response, a->headers[i].name, a->headers[i].value))
			return false;
	return true;
}

/* The answer is about to leave: whoever has it must find it in the journal. */
static void note_answer(struct client *client)
{
	client->answered = true;
	client->x.request.body_came = client->came;
	exchange_note(&client->x, elapsed(client));
}

/*
 * This thread's worker is about to cut a connection on purpose, which the library takes for a
 * mishap of ours: what it says until the request has ended is not for the log.
 */
static _Thread_local bool hushed;

/* Close the connection without a word, or without another. */
static enum MHD_Result hang_up(void)
{
	hushed = true;
	return MHD_NO;
}

/* The body of an answer that is cut in the middle: a reader of the library's. */
static ssize_t read_half(void *cls, uint64_t at, char *to, size_t max)
{
	const struct client *client = cls;
	size_t left = answer_sent(&client->x) - (size_t)at;

	if (left == 0) {
		hushed = true;
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (left > max)
		left = max;
	memcpy(to, client->x.answer.body->text + at, left);
	return (ssize_t)left;
}

static struct MHD_Response *make_response(struct client *client, bool half)
{
	enum { BLOCK = 16 * 1024 };
	const struct buf *body = client->x.answer.body;

	if (half)
		return MHD_create_response_from_callback(body->len, BLOCK, read_half, client, NULL);
	return MHD_create_response_from_buffer(body->len, body->text, MHD_RESPMEM_PERSISTENT);
}

/* Hand the answer to the library. Its body stays ours, as it is, until the request has ended. */
static enum MHD_Result queue(struct client *client, struct MHD_Connection *connection, bool close)
{
	struct answer *a = &client->x.answer;
	const bool head = streq(client->x.request.method, "HEAD");
	const bool half = a->close == CLOSE_MIDDLE && !head;
	struct MHD_Response *response;
	enum MHD_Result ok;

	note_answer(client);
	if (a->close == CLOSE_BEFORE) {
		exchange_leave(&client->x); /* as below: its end is all that its client sees */
		return hang_up();
	}
	close |= a->close == CLOSE_MIDDLE && head; /* it has no middle */
	response = make_response(client, half);
	if (!response)
		return MHD_NO;
	close |= atomic_load_explicit(&client->http->draining, memory_order_relaxed);
	/* In this order: told of Connection, the library forgets that it was told of Date, and
	 * would add another. */
	ok = (!close || MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close")) &&
	     MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				     a->type ? a->type : "application/json") &&
	     MHD_add_response_header(response, "Miru-Mock-Version", PACKAGE_VERSION) &&
	     MHD_add_response_header(response, MHD_HTTP_HEADER_DATE, date_of(client)) &&
	     add_headers(response, a);
	/* Before it is sent: whoever has it may ask for room for another workspace. */
	exchange_leave(&client->x);
	ok = ok && MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return ok ? MHD_YES : MHD_NO;
}

static enum MHD_Result begin(struct client *client, struct MHD_Connection *connection,
			     const char *method, const char *http_version)
{
	client->begun = true;
	client->x.request.method = method;
	/* Between them stands one NUL, the library's; where there is another, it cut the target. */
	client->x.request.cut = client->target_end && http_version != client->target_end + 1;
	client->x.request.http_1_0 = streq(http_version, MHD_HTTP_VERSION_1_0);
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, on_header, &client->x);
	if (identify(&client->x) && readable(client)) {
		(void)!fits(client, connection);
		return MHD_YES;
	}
	if (!door_complete(&client->visitor))
		return hang_up();
	exchange_answer(&client->x);
	return queue(client, connection, true);
}

static void end_delay(struct waiter *waiter)
{
	struct client *client = (void *)((char *)waiter - offsetof(struct client, waiter));

	MHD_resume_connection(client->connection);
}

/* Have on_request called again when the answer is due, without a worker that waits for it. */
static void put_off(struct client *client, struct MHD_Connection *connection)
{
	client->connection = connection;
	client->waiter.wake = end_delay;
	MHD_suspend_connection(connection);
	if (!delay_add(client->http->delay, &client->waiter, client->x.answer.delay))
		MHD_resume_connection(connection);
}

/* All of the request has come: make its answer. */
static void answer(struct client *client)
{
	struct exchange *x = &client->x;

	client->whole = true;
	atomic_fetch_add(&client->http->whole, 1);
	x->request.body = client->body.text;
	x->request.body_len = client->body.len;
	if (client->came > client->body.max) {
		fail(x, ERR_BODY_TOO_LARGE, "the body is too large; at most %zu bytes are accepted",
		     client->body.max);
		exchange_answer(x);
	} else if (client->body.bad) {
		server_error(x, "body: out of memory");
		exchange_answer(x);
	} else {
		x->worker = worker_number(client->http);
		serve(x);
	}
	client->served = true;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *http_version, const char *upload,
				  size_t *upload_len, void **con_cls)
{
	struct client *client = *con_cls;

	(void)cls;
	(void)url;
	if (!client)
		return MHD_NO;
	if (!client->live)
		return hang_up(); /* it has been told to go */
	if (!client->begun)
		return begin(client, connection, method, http_version);
	if (*upload_len > 0) {
		/* What is too much is taken in, too, so that the connection lives on. */
		client->came += *upload_len;
		if (client->came <= client->body.max)
			buf_addn(&client->body, upload, *upload_len);
		*upload_len = 0;
		if (client->came <= client->body.max * BODY_GIVE_UP)
			return MHD_YES;
		note_answer(client); /* that there is none */
		return MHD_NO;
	}
	if (!client->served) {
		if (!door_complete(&client->visitor))
			return hang_up();
		answer(client);
		if (client->x.answer.delay > 0) {
			put_off(client, connection);
			return MHD_YES;
		}
	}
	return queue(client, connection, false);
}

/* It has been told that it took too long: note that as its answer. */
static void note_overdue(struct client *client)
{
	struct exchange *x = &client->x;

	client->overdue = true;
	fail(x, ERR_TIMEOUT, "it has not come in time");
	x->answer.status = failure_status(&x->failure);
	buf_clear(x->answer.body);
	buf_add(x->answer.body, door_expired_body);
	note_answer(client);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **con_cls,
		    enum MHD_RequestTerminationCode how)
{
	struct client *client = *con_cls;

	(void)cls;
	(void)connection;
	(void)how;
	hushed = false;
	if (!client)
		return;
	if (client->served && !client->answered) {
		/* It was late, and its client has not waited. */
		client->x.answer.status = 0;
		client->x.answer.close = CLOSE_BEFORE;
		note_answer(client);
	} else if (client->begun && !client->answered && door_expired(&client->visitor)) {
		note_overdue(client);
	}
	if (client->answered)
		access_log(&client->x, elapsed(client));
	end_request(client);
	door_answered(&client->visitor);
	*con_cls = NULL;
}

static void on_log(void *cls, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

static void on_log(void *cls, const char *fmt, va_list args)
{
	struct http *http = cls;
	char text[512];

	if (hushed)
		return;
	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	log_note(http->app->log, text);
}

/* ---- the server ------------------------------------------------------------------------------ */

static bool say(const char *what, char *err, size_t errlen)
{
	snprintf(err, errlen, "%s: %s", what, strerror(errno));
	return false;
}

static bool bind_socket(struct http *http, const struct addrinfo *to, const char *host,
			unsigned port, char *err, size_t errlen)
{
	static const int on = 1;
	union {
		struct sockaddr_in6 v6;
		struct sockaddr_in v4;
		struct sockaddr any;
	} bound = { 0 };
	socklen_t len = sizeof bound;

	http->socket =
	    socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, to->ai_protocol);
	if (http->socket < 0)
		return say("socket", err, errlen);
	setsockopt(http->socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(http->socket, to->ai_addr, to->ai_addrlen) != 0 ||
	    listen(http->socket, BACKLOG) != 0) {
		if (errno == EADDRINUSE)
			snprintf(err, errlen,
				 "port %u of %s is taken; choose another with --port, or --port 0 "
				 "for any free one",
				 port, host);
		else
			snprintf(err, errlen, "cannot listen on %s port %u: %s", host, port,
				 strerror(errno));
		return false;
	}
	if (getsockname(http->socket, &bound.any, &len) != 0)
		return say("getsockname", err, errlen);
	http->port =
	    ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
	return true;
}

struct http *http_listen(const char *host, unsigned port, char *err, size_t errlen)
{
	static atomic_uint serials;
	static const struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV,
					       .ai_socktype = SOCK_STREAM };
	struct http *http = calloc(1, sizeof *http);
	struct addrinfo *to;
	char service[16];
	int rc;

	if (!http) {
		snprintf(err, errlen, "out of memory");
		return NULL;
	}
	http->socket = -1;
	http->serial = atomic_fetch_add(&serials, 1) + 1;
	snprintf(service, sizeof service, "%u", port);
	rc = getaddrinfo(host, service, &hints, &to);
	if (rc != 0) {
		snprintf(err, errlen, "cannot listen on '%s': %s", host, gai_strerror(rc));
		http_stop(http, 0);
		return NULL;
	}
	if (!bind_socket(http, to, host, port, err, errlen)) {
		http_stop(http, 0);
		http = NULL;
	}
	freeaddrinfo(to);
	return http;
}

unsigned http_port(const struct http *http)
{
	return http->port;
}

/*
 * How many connections there are descriptors for, with those to spare; 0: for none. There must be
 * no fewer than the library may ask for: a worker that has no connection and gets none for want of
 * descriptors tries again and again.
 */
static unsigned connections_possible(unsigned workers)
{
	const rlim_t reserved = RESERVED + RESERVED_BY_WORKER * workers + SPARE;
	const rlim_t wanted = CONNECTIONS + CONNECTIONS / SPARE_PART;
	struct rlimit files;
	rlim_t n;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return 0;
	n = files.rlim_cur > reserved ? files.rlim_cur - reserved : 0;
	if (n > wanted)
		n = wanted;
	return (unsigned)(n * SPARE_PART / (SPARE_PART + 1));
}

bool http_start(struct http *http, const struct app *app, unsigned workers, unsigned patience,
		char *err, size_t errlen)
{
	const unsigned connections = connections_possible(workers);
	/* As items, because the variable arguments of the other form take an int for a size_t. */
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, http }, /* first, to see the rest */
		{ MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http },
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_done, http },
		{ MHD_OPTION_LISTEN_SOCKET, http->socket, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, workers, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, connections + connections / SPARE_PART + SPARE,
		  NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		/* For answers that nobody reads; requests are looked after by the door before. */
		{ MHD_OPTION_CONNECTION_TIMEOUT, 2 * (intptr_t)patience, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	http->app = app;
	http->workers = workers;
	if (connections == 0) {
		snprintf(err, errlen,
			 "too few descriptors for %u workers and a connection: raise the limit "
			 "(ulimit -n), or take fewer --workers",
			 workers);
		return false;
	}
	if (!store_dedicate(app->workspace->store, workers, err, errlen))
		return false;
	http->delay = delay_start();
	http->door = door_open(connections, patience);
	if (http->delay && http->door)
		http->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
						    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
						0, NULL, NULL, on_request, http, MHD_OPTION_ARRAY,
						options, MHD_OPTION_END);
	if (!http->daemon)
		snprintf(err, errlen, "cannot start %u workers", workers);
	return http->daemon != NULL;
}

/* Does a client wait to be accepted? */
static bool has_waiting(struct http *http)
{
	struct pollfd waiting = { .fd = http->socket, .events = POLLIN };

	return poll(&waiting, 1, 0) > 0;
}

static bool has_requests(struct http *http)
{
	return atomic_load(&http->live) > 0 || door_has_unread(http->door);
}

/*
 * Wait until that is no more, or the time is over. Looks twice, since what a worker has just taken
 * may not show yet as what it becomes.
 */
static void settle(struct http *http, bool (*has)(struct http *), long ms)
{
	for (int quiet = 0; ms > 0; ms -= TICK_MS) {
		bool busy = has(http);

		quiet = busy ? 0 : quiet + 1;
		if (quiet == 2)
			return;
		/* No worker: the main thread, at the end. */
		nanosleep(&(struct timespec){ .tv_nsec = TICK_MS * 1000000L }, NULL);
	}
}

bool http_stop(struct http *http, unsigned grace)
{
	bool clean = true;

	if (http->daemon) {
		/* From here on every answer closes its connection. What was sent before is read and
		 * answered: first what waits to be accepted, too, then what is on its way. */
		atomic_store(&http->draining, true);
		settle(http, has_waiting, SETTLE_MS);
		/* The socket that this gives back must stay open until the workers have ended. */
		MHD_quiesce_daemon(http->daemon);
		shutdown(http->socket, SHUT_RDWR); /* or clients would connect and wait in vain */
		delay_flush(http->delay);          /* what is late already, is sent now */
		settle(http, has_requests, grace * 1000L);
		/* A request that its client never completed was not ours to answer. */
		clean = atomic_load(&http->whole) == 0;
		MHD_stop_daemon(http->daemon);
	}
	delay_stop(http->delay);
	door_close(http->door);
	if (http->socket >= 0)
		close(http->socket);
	free(http);
	return clean;
}
