/*
 * client_env.c - their names, and their values.
 */
#include "cli/client_env.h"

#include "cli/commands.h"
#include "cli/server_url.h"

/* Of any key that --auth any takes. */
static const char any_key[] = "miru_mock_any";

/* The key with the most rights, or NULL. */
static const char *best_key(const struct app *app)
{
	const struct api_key *key = keyring_best(app->workspace->keys);

	if (key)
		return key->key;
	return app->auth == AUTH_ANY ? any_key : NULL;
}

bool variables_find(struct variables *v, const struct app *app, const char *host, unsigned port,
		    char *err, size_t errlen)
{
	const char *key = best_key(app);

	*v = (struct variables){ .root = BUF_INIT(8192), .base = BUF_INIT(8192) };
	server_url_add(&v->root, host, port);
	if (!v->root.bad)
		buf_printf(&v->base, "%s/beta", v->root.text);
	if (v->root.bad || v->base.bad) {
		snprintf(err, errlen, "out of memory, or a host that is too long");
		return false;
	}
	if (!key)
		report(0, "there is no API key, so MIRU_API_KEY is not set; add api_keys to the "
			  "fixtures, or give --auth any");
	v->list[0].name = "MIRU_BASE_URL";
	v->list[0].value = v->base.text;
	v->list[1].name = "MIRU_API_KEY";
	v->list[1].value = key;
	v->list[2].name = "MIRU_MOCK_URL"; /* which `health` reads, too */
	v->list[2].value = v->root.text;
	return true;
}

void variables_free(struct variables *v)
{
	buf_free(&v->root);
	buf_free(&v->base);
}
