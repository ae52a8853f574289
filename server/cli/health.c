/* SPDX-License-Identifier: MIT
 * health.c - the health command: asks a running server whether it is ready, for the HEALTHCHECK of
 * a container. Uses libevent's HTTP client: libcurl would bring twenty libraries, three
 * milliseconds of start-up and nine megabytes of image.
 */
#include <errno.h>
#include <event2/event.h>
#include <event2/http.h>
#include <stdio.h>
#include <string.h>

#include "base/resolve.h"
#include "base/util.h"
#include "cli/commands.h"
#include "cli/port_file.h"
#include "cli/server_url.h"

enum { PROBE_SECONDS = 3 };

static const char ready_path[] = "/_mock/ready";

struct result {
	struct event_base *base;
	int status;   /* of the answer; 0: there was none */
	bool is_mock; /* the answer is from a miru-mock */
};

static void on_answer(struct evhttp_request *request, void *arg)
{
	struct result *result = arg;

	if (request) {
		result->status = evhttp_request_get_response_code(request);
		result->is_mock = evhttp_find_header(evhttp_request_get_input_headers(request),
						     "Miru-Mock-Version") != NULL;
	}
	event_base_loopbreak(result->base);
}

/* GET the path from an address of the host. False if memory is short. */
static bool send_request(struct result *result, const char *host, const char *address, int port,
			 const char *path)
{
	struct evhttp_connection *connection =
	    evhttp_connection_base_new(result->base, NULL, address, (unsigned short)port);
	struct evhttp_request *request = connection ? evhttp_request_new(on_answer, result) : NULL;

	if (!request) {
		if (connection)
			evhttp_connection_free(connection);
		return false;
	}
	evhttp_connection_set_timeout(connection, PROBE_SECONDS);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Host", host);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Connection", "close");
	/* The connection owns the request from here on. */
	if (evhttp_make_request(connection, request, EVHTTP_REQ_GET, path) == 0)
		event_base_dispatch(result->base);
	evhttp_connection_free(connection);
	return true;
}

/* Ask each address of the host until one answers. False if memory is short. */
static bool send_requests(struct result *result, const struct addrinfo *all, const char *host,
			  int port, const char *path)
{
	char address[NI_MAXHOST];

	for (; all && result->status == 0; all = all->ai_next) {
		if (getnameinfo(all->ai_addr, all->ai_addrlen, address, sizeof address, NULL, 0,
				NI_NUMERICHOST) != 0 ||
		    !send_request(result, host, address, port, path))
			return false;
	}
	return true;
}

/* Drop the library's messages: ours say what is wrong. */
static void ignore_message(int severity, const char *message)
{
	(void)severity;
	(void)message;
}

/* The host of a URL, an IPv6 address without its brackets. False if it is empty or too long. */
static bool strip_brackets(const char *host, char *out, size_t len)
{
	size_t from = *host == '[' ? 1 : 0, all = strlen(host);

	if (all <= 2 * from || all >= len)
		return false;
	memcpy(out, host + from, all - 2 * from);
	out[all - 2 * from] = '\0';
	return true;
}

/*
 * GET http://host[:port][/path]; without a path, /_mock/ready. Returns the exit status: 0 if the
 * answer is 200, or if it is 404 from a miru-mock with --no-control, which listens only once it is
 * ready. Else the answer, or what is wrong with the URL, is reported.
 */
static int probe(const char *url)
{
	struct evhttp_uri *uri = evhttp_uri_parse(url);
	const char *scheme = uri ? evhttp_uri_get_scheme(uri) : NULL;
	const char *name = uri ? evhttp_uri_get_host(uri) : NULL;
	const char *path = uri ? evhttp_uri_get_path(uri) : NULL;
	int port = uri ? evhttp_uri_get_port(uri) : -1;
	struct result result = { 0 };
	bool default_path = !path || !*path || streq(path, "/");
	int exit_status = 0;
	struct addrinfo *all = NULL;
	char host[256], err[ERR_BYTES];

	event_set_log_callback(ignore_message);
	if (!scheme || !streq(scheme, "http") || !name ||
	    !strip_brackets(name, host, sizeof host) || port == 0) {
		exit_status = report(EXIT_USAGE,
				     "url '%s': expected a URL such as http://127.0.0.1:8080", url);
	} else if (!(all = resolve(host, err, sizeof err))) {
		exit_status = report(1, "no answer from %s: %s", url, err);
	} else if (!(result.base = event_base_new()) ||
		   !send_requests(&result, all, host, port < 0 ? 80 : port,
				  default_path ? ready_path : path)) {
		exit_status = report_no_memory();
	} else if (result.status == 0) {
		exit_status = report(1, "no answer from %s", url);
	} else if (result.status != 200 && !(result.status == 404 && result.is_mock &&
					     (default_path || streq(path, ready_path)))) {
		exit_status = report(1, "%s answered %d (expected 200)", url, result.status);
	}
	if (result.base)
		event_base_free(result.base);
	if (all)
		freeaddrinfo(all);
	if (uri)
		evhttp_uri_free(uri);
	return exit_status;
}

int health_command(const struct options *o)
{
	struct buf url CLEANUP(buf_free) = BUF_INIT(SERVER_HOST_MAX + 64);
	unsigned port = (unsigned)o->port;
	char err[ERR_BYTES];

	if (o->url)
		return probe(o->url);
	if (o->port_file && !port_file_read(o->port_file, &port, err, sizeof err))
		return report(1, "%s", err);
	server_url_add(&url, o->host, port);
	return url.bad ? report_no_memory() : probe(url.text);
}
