/*
 * client_env.h - the environment variables that tell a client where a server is and which key it
 * takes. Knows nothing of whoever they are for.
 */
#ifndef CLI_CLIENT_ENV_H
#define CLI_CLIENT_ENV_H

#include "http/app.h"

enum {
	CLIENT_ENV_COUNT = 3,
	CLIENT_ENV_HOST_MAX = 4096, /* bytes of a host */
};

struct client_env {
	struct pair vars[CLIENT_ENV_COUNT]; /* with NULL as value: it shall not be set */
	struct buf root_url, base_url;      /* of which two values are */
};

/*
 * Those of a server with this app, which listens on host and port. A key is borrowed from the app.
 * Says on standard error when there is no key. False when memory is short; client_env_free them in
 * both cases.
 */
bool client_env_find(struct client_env *v, const struct app *app, const char *host,
		     unsigned port) MUST_CHECK;
void client_env_free(struct client_env *v);

#endif
