/* SPDX-License-Identifier: MIT
 * client_env.c - the names and values of the variables.
 */
#include "cli/client_env.h"

#include "cli/commands.h"
#include "cli/server_url.h"

enum { URL_MAX = CLIENT_ENV_HOST_MAX + 64 /* bytes */ };

/* A key that --auth any accepts. */
static const char any_key[] = "miru_mock_any";

bool client_env_find(struct client_env *v, const struct app *app, const char *host, unsigned port)
{
	const struct api_key *best = keyring_best(app->workspace->keys);
	const char *key = best ? best->key : app->options.auth == AUTH_ANY ? any_key : NULL;

	*v = (struct client_env){ .root_url = BUF_INIT(URL_MAX), .base_url = BUF_INIT(URL_MAX) };
	server_url_add(&v->root_url, host, port);
	if (!v->root_url.bad)
		buf_printf(&v->base_url, "%s/beta", v->root_url.text);
	if (v->root_url.bad || v->base_url.bad)
		return false;
	if (!key)
		report(0, "no API key: MIRU_API_KEY is not set; add api_keys to the fixtures, or "
			  "use --auth any");
	v->vars[0] = (struct pair){ "MIRU_BASE_URL", v->base_url.text };
	v->vars[1] = (struct pair){ "MIRU_API_KEY", key };
	v->vars[2] = (struct pair){ "MIRU_MOCK_URL", v->root_url.text }; /* of health, too */
	return true;
}

void client_env_free(struct client_env *v)
{
	buf_free(&v->root_url);
	buf_free(&v->base_url);
}
