/*
 * serve.h - a server in this process, from its socket to its end. Several commands have one.
 */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/options.h"
#include "http/app.h"
#include "http/server.h"

struct server {
	struct app app;
	const struct options *options;
	struct http *http;
	bool runs; /* the port file is ours */
};

/*
 * Listen, and load the fixtures. False after saying why on standard error. server_stop it in both
 * cases; the options must outlive it.
 */
bool server_open(struct server *s, const struct options *o) MUST_CHECK;
/*
 * Answer, from here on. Its threads take over the mask of signals: block what shall be waited for.
 * False after saying why.
 */
bool server_run(struct server *s) MUST_CHECK;
/* Finish the requests in flight, and free everything. False after saying that it could not. */
bool server_stop(struct server *s);

#endif
