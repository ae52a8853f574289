/* SPDX-License-Identifier: MIT
 * client_env.h - the environment variables that tell a client where a server is, and which key it
 * accepts.
 */
#ifndef CLI_CLIENT_ENV_H
#define CLI_CLIENT_ENV_H

#include "cli/options.h"
#include "http/app.h"

enum { CLIENT_ENV_MAX = 6 };

struct client_env {
	struct pair vars[CLIENT_ENV_MAX]; /* a value that is NULL: the variable is to be removed */
	size_t count;
	struct buf root_url, base_url;     /* values, */
	struct buf no_proxy, no_proxy_low; /* and those of NO_PROXY and no_proxy */
};

/*
 * The variables for a server with this app and these options, whose host has at most
 * SERVER_HOST_MAX bytes, on this port. Values are borrowed from both, and from the environment; if
 * there is no key, that is reported. False when memory is short. client_env_free() them in both
 * cases.
 */
bool client_env_find(struct client_env *v, const struct app *app, const struct options *o,
		     unsigned port) MUST_CHECK;
void client_env_free(struct client_env *v);

#endif
