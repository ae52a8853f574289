/*
 * client_env.h - the environment variables that tell a client where a server is and which key it
 * takes. Knows nothing of whoever they are for.
 */
#ifndef CLI_CLIENT_ENV_H
#define CLI_CLIENT_ENV_H

#include "http/app.h"

enum { VARIABLES = 3 };

struct variables {
	struct {
		const char *name;
		const char *value; /* NULL: it shall not be set */
	} list[VARIABLES];
	struct buf root, base; /* of which two values are */
};

/*
 * Those of a server with this app, which listens on host and port. A key is borrowed from the app.
 * Says on standard error when there is no key. False, with a line in err, when memory is short;
 * variables_free them in both cases.
 */
bool variables_find(struct variables *v, const struct app *app, const char *host, unsigned port,
		    char *err, size_t errlen) MUST_CHECK;
void variables_free(struct variables *v);

#endif
