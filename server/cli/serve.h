/*
 * serve.h - a server in this process, from its socket to its end. Several commands have one.
 */
#ifndef CLI_SERVE_H
#define CLI_SERVE_H

#include "cli/options.h"
#include "http/app.h"
#include "http/server.h"

struct serve {
	struct app app;
	const struct options *options;
	struct server *server;
	bool running; /* the port file is ours */
};

/*
 * Listen, and load the fixtures. False after saying why on standard error. serve_stop it in both
 * cases; the options must outlive it.
 */
bool serve_open(struct serve *s, const struct options *o) MUST_CHECK;
/*
 * Answer, from here on. Its threads take over the mask of signals: block what shall be waited for.
 * False after saying why.
 */
bool serve_run(struct serve *s) MUST_CHECK;
/* Finish the requests in flight, and free everything. False after saying that it could not. */
bool serve_stop(struct serve *s);

/* Is SIGHUP ignored, as under nohup? */
bool serve_ignores_hangup(void);

#endif
