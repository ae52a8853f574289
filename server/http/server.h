/* SPDX-License-Identifier: MIT
 * server.h - the HTTP server: workers, limits, and the graceful stop. server.c is the only file
 * that knows libmicrohttpd.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/app.h"

struct server;

/* The version of libmicrohttpd. */
const char *server_library(void);
/*
 * Listen on an address and port (0: any free one), not yet answering. NULL, with a line in err, on
 * failure.
 */
struct server *server_listen(const char *host, unsigned port, char *err, size_t errlen);
/* The port that it has. */
unsigned server_port(const struct server *server);
/*
 * Start to answer, with `workers` threads, at least 2, and `timeout` seconds for a request to
 * arrive. False, with a line in err, on failure.
 */
bool server_start(struct server *server, const struct app *app, unsigned workers, unsigned timeout,
		  char *err, size_t errlen) MUST_CHECK;
/*
 * Refuse new connections, let the requests in flight finish for at most `grace` seconds, stop the
 * workers, and free everything. False if requests were cut off.
 */
bool server_stop(struct server *server, unsigned grace);

#endif
