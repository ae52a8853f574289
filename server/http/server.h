/*
 * server.h - the HTTP server: sockets, workers, limits, and the graceful stop. http.c is the only
 * file that knows libmicrohttpd.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/app.h"

struct http;

/*
 * Listen on an address and port (0: any free one), not yet answering. NULL, with a line in err,
 * when that is not possible.
 */
struct http *http_listen(const char *host, unsigned port, char *err, size_t errlen);
/* The port it really has. */
unsigned http_port(const struct http *http);
/*
 * Start answering, with `workers` threads, at least 2, and `patience` seconds for a request to
 * come. False, with a line in err, on failure.
 */
bool http_start(struct http *http, const struct app *app, unsigned workers, unsigned patience,
		char *err, size_t errlen) MUST_CHECK;
/*
 * Refuse new connections, let the requests in flight finish for at most `grace` seconds, stop the
 * workers, free everything. False when requests were cut off.
 */
bool http_stop(struct http *http, unsigned grace);

#endif
