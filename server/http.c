/*
 * http.c - the adapter to libmicrohttpd 0.9.75. Nothing else includes its header.
 *
 * The order of its calls for one request: on_target with the raw target, which makes the call's
 * state; on_request once with the headers, once for each piece of a body, and once more when all
 * has come; on_done, always, which frees the state. An answer given before the last of these closes
 * the connection, so only what cannot be read to its end is refused early.
 */
#include "http.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "log.h"
#include "pipeline.h"

enum {
	BODY_MAX = 1024 * 1024,           /* bytes of a request's body */
	BODY_GIVE_UP = 8 * BODY_MAX,      /* of one whose length was not declared */
	CONNECTION_MEMORY = 16 * 1024,    /* for target and headers; cleared at every request */
	CONNECTION_SECONDS = 30,          /* without a byte */
	CONNECTIONS = 1000,
	BACKLOG = 511,
};

struct http {
	const struct app *app;
	int socket;
	unsigned port;
	struct MHD_Daemon *daemon;
	struct worker *workers; /* each claimed by a thread of the library at its first request */
	unsigned nworkers;
	unsigned serial; /* tells this server from an earlier one in the same thread */
	atomic_uint claimed;
	atomic_bool draining;
	atomic_uint live; /* requests between on_target and on_done */
	pthread_mutex_t lock;
	pthread_cond_t idle; /* draining, and none live */
};

/* What belongs to one of the threads that answer. */
struct worker {
	struct db *db;
	struct call *spare; /* its last call's memory: most calls end before another begins */
};

/* One request, on its way. */
struct call {
	struct http *http;
	bool begun;    /* on_request has seen the headers */
	bool answered; /* queued, or given up */
	uint64_t body; /* bytes of it that came */
	struct timespec start;
	struct exchange x;
};

/* ---- one request ----------------------------------------------------------------------------- */

/* The calling thread's. */
static struct worker *this_worker(struct http *http)
{
	static _Thread_local struct worker *mine;
	static _Thread_local unsigned serial;

	if (serial != http->serial) {
		mine = &http->workers[atomic_fetch_add(&http->claimed, 1) % http->nworkers];
		serial = http->serial;
	}
	return mine;
}

static struct call *new_call(struct http *http)
{
	struct worker *worker = this_worker(http);

	return worker->spare ? STEAL(worker->spare) : malloc(sizeof(struct call));
}

static void free_call(struct http *http, struct call *call)
{
	struct worker *worker = this_worker(http);

	exchange_clear(&call->x);
	if (worker->spare)
		free(call);
	else
		worker->spare = call;
}

static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
	struct http *http = cls;
	struct call *call = new_call(http);

	(void)connection;
	if (!call)
		return NULL;
	call->http = http;
	call->begun = call->answered = false;
	call->body = 0;
	clock_gettime(CLOCK_MONOTONIC, &call->start);
	exchange_init(&call->x, http->app);
	call->x.request.target = arena_strdup(&call->x.arena, uri);
	if (!call->x.request.target) {
		free_call(http, call);
		return NULL;
	}
	atomic_fetch_add(&http->live, 1);
	return call;
}

static const struct {
	const char *name;
	size_t len;
	size_t at; /* in struct request */
} kept_headers[] = {
	{ "Host", 4, offsetof(struct request, host) },
	{ "X-API-Key", 9, offsetof(struct request, api_key) },
	{ "User-Agent", 10, offsetof(struct request, user_agent) },
	{ "Miru-Version", 12, offsetof(struct request, miru_version) },
	{ "Content-Length", 14, offsetof(struct request, content_length) },
	{ "Transfer-Encoding", 17, offsetof(struct request, transfer_encoding) },
};

/* Keep a header that the request has a place for. Its text lives as long as the request. */
static enum MHD_Result on_header(void *cls, enum MHD_ValueKind kind, const char *name, size_t len,
				 const char *value, size_t value_len)
{
	struct request *r = cls;

	(void)kind;
	(void)value_len;
	for (size_t i = 0; i < ARRAY_LEN(kept_headers); i++) {
		if (kept_headers[i].len != len || strcasecmp(kept_headers[i].name, name) != 0)
			continue;

		const char **kept = (const char **)((char *)r + kept_headers[i].at);

		if (*kept && value && !streq(*kept, value))
			r->repeated = kept_headers[i].name;
		*kept = value ? value : "";
	}
	return MHD_YES;
}

/* Refuse, before it is read, a body that could not be read to its end or is not worth it. */
static bool readable(struct call *call)
{
	const char *length = call->x.request.content_length;
	const char *coding = call->x.request.transfer_encoding;

	if (coding && length)
		return fail(&call->x, ERR_INVALID_REQUEST,
			    "Content-Length and Transfer-Encoding exclude each other");
	if (coding && strcasecmp(coding, "chunked") != 0)
		return fail(&call->x, ERR_NOT_IMPLEMENTED,
			    "Transfer-Encoding '%s' is not supported; chunked is",
			    quote(&call->x, coding));
	if (length && strtoull(length, NULL, 10) > BODY_MAX)
		return fail(&call->x, ERR_BODY_TOO_LARGE,
			    "a body of %s bytes is too large; at most %d are accepted",
			    quote(&call->x, length), BODY_MAX);
	return true;
}

/* Hand the answer to the library, which takes its body. */
static enum MHD_Result queue(struct call *call, struct MHD_Connection *connection, bool close)
{
	struct answer *a = &call->x.answer;
	struct MHD_Response *response =
	    a->body.bad ? NULL
			: MHD_create_response_from_buffer(a->body.len, a->body.text,
							  MHD_RESPMEM_MUST_FREE);
	enum MHD_Result ok;

	call->answered = true;
	if (!response)
		return MHD_NO;
	a->body.text = NULL;
	ok = MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json") &&
	     MHD_add_response_header(response, "Miru-Mock-Version", PACKAGE_VERSION) &&
	     (!a->allow || MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, a->allow)) &&
	     ((!close && !atomic_load_explicit(&call->http->draining, memory_order_relaxed)) ||
	      MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close")) &&
	     MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return ok ? MHD_YES : MHD_NO;
}

static enum MHD_Result begin(struct call *call, struct MHD_Connection *connection,
			     const char *method, const char *http_version)
{
	call->begun = true;
	call->x.request.method = method;
	call->x.request.http_1_0 = streq(http_version, MHD_HTTP_VERSION_1_0);
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, on_header, &call->x.request);
	if (readable(call))
		return MHD_YES;
	exchange_answer(&call->x);
	return queue(call, connection, true);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *http_version, const char *upload,
				  size_t *upload_len, void **con_cls)
{
	struct http *http = cls;
	struct call *call = *con_cls;

	(void)url;
	(void)upload;
	if (!call)
		return MHD_NO;
	if (!call->begun)
		return begin(call, connection, method, http_version);
	if (*upload_len > 0) {
		/* No operation reads a body yet; it is taken in, so that the connection lives on. */
		call->body += *upload_len;
		*upload_len = 0;
		return call->body <= BODY_GIVE_UP ? MHD_YES : MHD_NO;
	}
	if (call->answered)
		return MHD_YES;
	if (call->body > BODY_MAX) {
		fail(&call->x, ERR_BODY_TOO_LARGE, "the body is too large; at most %d bytes are accepted",
		     BODY_MAX);
		exchange_answer(&call->x);
	} else {
		call->x.db = this_worker(http)->db;
		serve(&call->x);
	}
	return queue(call, connection, false);
}

static void on_done(void *cls, struct MHD_Connection *connection, void **con_cls,
		    enum MHD_RequestTerminationCode how)
{
	struct http *http = cls;
	struct call *call = *con_cls;
	struct timespec end;

	(void)connection;
	(void)how;
	if (!call)
		return;
	*con_cls = NULL;
	if (call->answered) {
		clock_gettime(CLOCK_MONOTONIC, &end);
		log_request(http->app->log, &call->x,
			    (end.tv_sec - call->start.tv_sec) * INT64_C(1000000) +
				(end.tv_nsec - call->start.tv_nsec) / 1000);
	}
	free_call(http, call);
	if (atomic_fetch_sub(&http->live, 1) == 1 && atomic_load(&http->draining)) {
		pthread_mutex_lock(&http->lock);
		pthread_cond_signal(&http->idle);
		pthread_mutex_unlock(&http->lock);
	}
}

static void on_log(void *cls, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));

static void on_log(void *cls, const char *fmt, va_list args)
{
	struct http *http = cls;
	char text[512];

	if (vsnprintf(text, sizeof text, fmt, args) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	log_failure(http->app->log, text);
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
	struct sockaddr_storage bound;
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
	if (getsockname(http->socket, (struct sockaddr *)&bound, &len) != 0)
		return say("getsockname", err, errlen);
	http->port = ntohs(bound.ss_family == AF_INET6
			       ? ((struct sockaddr_in6 *)&bound)->sin6_port
			       : ((struct sockaddr_in *)&bound)->sin_port);
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
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->idle, NULL);
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

static bool make_workers(struct http *http, unsigned count, char *err, size_t errlen)
{
	http->workers = calloc(count, sizeof *http->workers);
	if (!http->workers) {
		snprintf(err, errlen, "out of memory");
		return false;
	}
	for (http->nworkers = 0; http->nworkers < count; http->nworkers++) {
		struct worker *worker = &http->workers[http->nworkers];

		worker->db = store_connect(http->app->store, err, errlen);
		if (!worker->db)
			return false;
	}
	return true;
}

bool http_start(struct http *http, const struct app *app, unsigned workers, char *err, size_t errlen)
{
	/* As items, because the variable arguments of the other form take an int for a size_t. */
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, http }, /* first, to see the rest */
		{ MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http },
		{ MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_done, http },
		{ MHD_OPTION_LISTEN_SOCKET, http->socket, NULL },
		{ MHD_OPTION_THREAD_POOL_SIZE, workers, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, CONNECTION_SECONDS, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};

	http->app = app;
	if (!make_workers(http, workers, err, errlen))
		return false;
	http->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC |
					    MHD_USE_ERROR_LOG,
					0, NULL, NULL, on_request, http, MHD_OPTION_ARRAY, options,
					MHD_OPTION_END);
	if (!http->daemon)
		snprintf(err, errlen, "cannot start %u workers", workers);
	return http->daemon != NULL;
}

/* Wait until no request is on its way, or the time is over. */
static bool drain(struct http *http, unsigned grace)
{
	struct timespec deadline;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += grace;
	atomic_store(&http->draining, true);
	pthread_mutex_lock(&http->lock);
	while (atomic_load(&http->live) > 0 && rc == 0)
		rc = pthread_cond_timedwait(&http->idle, &http->lock, &deadline);
	pthread_mutex_unlock(&http->lock);
	return rc == 0;
}

bool http_stop(struct http *http, unsigned grace)
{
	bool clean = true;

	if (http->daemon) {
		/* The socket that this gives back must stay open until the workers have ended. */
		MHD_quiesce_daemon(http->daemon);
		clean = drain(http, grace);
		MHD_stop_daemon(http->daemon);
	}
	if (http->socket >= 0)
		close(http->socket);
	for (unsigned i = 0; i < http->nworkers; i++) {
		db_close(http->workers[i].db);
		free(http->workers[i].spare);
	}
	free(http->workers);
	pthread_cond_destroy(&http->idle);
	pthread_mutex_destroy(&http->lock);
	free(http);
	return clean;
}
