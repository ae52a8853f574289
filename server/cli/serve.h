/* SPDX-License-Identifier: MIT
 * serve.h - a server in this process, for the commands serve and exec.
 */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/options.h"
#include "cli/port_file.h"
#include "http/app.h"
#include "http/server.h"

struct serve {
	struct app app;
	const struct options *options;
	struct server *server;
	struct port_file port_file;
	int log;      /* the descriptor of the log */
	bool running; /* it has begun to answer */
};

/* Listen, and load the fixtures. False after a report. serve_stop() it in both cases; the options
 * must outlive it. */
bool serve_open(struct serve *s, const struct options *o) MUST_CHECK;
/* Start to answer. The server's threads inherit the caller's signal mask, so signals that are to be
 * waited for must be blocked before. False after a report. */
bool serve_run(struct serve *s) MUST_CHECK;
/* Answer the requests in flight, and no more. False, after a report, if some were left. */
bool serve_end(struct serve *s);
/* serve_end(), and free everything. False, after a report, if some were left. */
bool serve_stop(struct serve *s);

/* Is SIGHUP ignored, as under nohup? */
bool serve_ignores_hangup(void);

#endif
