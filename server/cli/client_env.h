/*
 * client_env.h - the environment variables that tell a client where a server is and which key it
 * takes. Knows nothing of whoever they are for.
 */
#ifndef CLI_CLIENT_ENV_H
#define CLI_CLIENT_ENV_H

#include "http/app.h"

enum { CLIENT_ENV_COUNT = 3 };

struct client_env {
	struct {
		const char *name;
		const char *value; /* NULL: it shall not be set */
	} vars[CLIENT_ENV_COUNT];
	struct buf root_url, base_url; /* of which two values are */
};

/*
 * Those of a server with this app, which listens on host and port. A key is borrowed from the app.
 * Says on standard error when there is no key. False, with a line in err, when memory is short;
 * client_env_free them in both cases.
 */
bool client_env_find(struct client_env *v, const struct app *app, const char *host, unsigned port,
		     char *err, size_t errlen) MUST_CHECK;
void client_env_free(struct client_env *v);

#endif
