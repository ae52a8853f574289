/* SPDX-License-Identifier: MIT
 * client_env.h - the environment variables that tell a client where a server is, and which key it
 * accepts.
 */
#ifndef CLI_CLIENT_ENV_H
#define CLI_CLIENT_ENV_H

#include "http/app.h"

enum {
	CLIENT_ENV_COUNT = 3,
	CLIENT_ENV_HOST_MAX = 4096, /* bytes */
};

struct client_env {
	struct pair vars[CLIENT_ENV_COUNT]; /* a value that is NULL: not to be set */
	struct buf root_url, base_url;      /* two of the values */
};

/*
 * The variables for a server with this app, which listens on a host, of at most CLIENT_ENV_HOST_MAX
 * bytes, and a port. The key is borrowed from the app; if there is none, that is reported. False
 * when memory is short. client_env_free() them in both cases.
 */
bool client_env_find(struct client_env *v, const struct app *app, const char *host,
		     unsigned port) MUST_CHECK;
void client_env_free(struct client_env *v);

#endif
