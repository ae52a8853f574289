/* SPDX-License-Identifier: MIT
 * client_env.c - the names and values of the variables.
 */
#include "cli/client_env.h"

#include <stdlib.h>

#include "cli/commands.h"
#include "cli/server_url.h"

enum {
	URL_MAX = SERVER_HOST_MAX + 64, /* bytes */
	NO_PROXY_MAX = 1 << 20,         /* bytes; more than an environment may have */
};

/* A key that --auth any accepts. */
static const char any_key[] = "miru_mock_any";

/* Is a host in a list that commas, and maybe blanks, separate? */
static bool has_host(const char *list, const char *host)
{
	static const char separators[] = ", ";

	for (size_t len; *list; list += len + strspn(list + len, separators)) {
		len = strcspn(list, separators);
		if (len == strlen(host) && strncmp(list, host, len) == 0)
			return true;
	}
	return false;
}

/* The hosts that are asked without a proxy: those that the variable, or else its other spelling,
 * has already; loopback; and the server's. */
static bool find_no_proxy(struct buf *list, const char *name, const char *other, const char *host)
{
	const char *hosts[] = { "localhost", "127.0.0.1", "::1", host };
	const char *kept = getenv(name);

	if (!kept)
		kept = getenv(other);
	buf_add(list, kept ? kept : "");
	/* All hosts, if it stands alone. */
	if (list->text && streq(list->text, "*"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++)
		if (!list->text || !has_host(list->text, hosts[i]))
			buf_printf(list, "%s%s", list->len > 0 ? "," : "", hosts[i]);
	return !list->bad;
}

static void add_variable(struct client_env *v, const char *name, const char *value)
{
	v->vars[v->count++] = (struct pair){ name, value };
}

bool client_env_find(struct client_env *v, const struct app *app, const struct options *o,
		     unsigned port)
{
	const struct api_key *best = keyring_best(app->workspace->keys);
	const char *key = best ? best->key : app->options.auth == AUTH_ANY ? any_key : NULL;
	char host[SERVER_HOST_MAX + 1];

	*v = (struct client_env){
		.root_url = BUF_INIT(URL_MAX),
		.base_url = BUF_INIT(URL_MAX),
		.no_proxy = BUF_INIT(NO_PROXY_MAX),
		.no_proxy_low = BUF_INIT(NO_PROXY_MAX),
	};
	server_url_host(o->host, host);
	server_url_add(&v->root_url, o->host, port);
	if (!v->root_url.bad)
		buf_printf(&v->base_url, "%s/beta", v->root_url.text);
	if (v->root_url.bad || v->base_url.bad ||
	    !find_no_proxy(&v->no_proxy, "NO_PROXY", "no_proxy", host) ||
	    !find_no_proxy(&v->no_proxy_low, "no_proxy", "NO_PROXY", host))
		return false;
	if (!key)
		report(0, "no API key: MIRU_API_KEY is not set; add api_keys to the fixtures, or "
			  "use --auth any");
	add_variable(v, "MIRU_BASE_URL", v->base_url.text);
	add_variable(v, "MIRU_API_KEY", key);
	add_variable(v, "MIRU_MOCK_URL", v->root_url.text); /* of health, too */
	if (o->api_version)
		add_variable(v, "MIRU_API_VERSION", o->api_version);
	add_variable(v, "NO_PROXY", v->no_proxy.text);
	add_variable(v, "no_proxy", v->no_proxy_low.text);
	return true;
}

void client_env_free(struct client_env *v)
{
	buf_free(&v->root_url);
	buf_free(&v->base_url);
	buf_free(&v->no_proxy);
	buf_free(&v->no_proxy_low);
}
