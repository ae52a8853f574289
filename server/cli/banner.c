/* SPDX-License-Identifier: MIT
 * banner.c - the lines of the start-up text.
 */
#include "cli/banner.h"

#include <unistd.h>

#include "cli/server_url.h"
#include "config.h"
#include "store/fetch.h"

/* Is it a key of this project? Any other may be a secret, and is not printed. */
static bool is_public(const struct api_key *key)
{
	return starts_with(key->key, "miru_mock_");
}

/* Print a text from outside, with its control characters escaped: a terminal would obey them. */
static void print_escaped(FILE *out, const char *text)
{
	struct buf escaped CLEANUP(buf_free) = BUF_INIT(4096);

	buf_add_control(&escaped, text);
	fputs(escaped.bad || !escaped.text ? "?" : escaped.text, out);
}

void banner_counts(struct buf *b, struct db *db)
{
	const char *comma = "";

	for (size_t i = 0; i < R_COUNT; i++) {
		const struct resource *r = &resources[i];
		int64_t n;

		if (!r->array || i == R_API_KEY || !fetch_count(db, r, &n) || n == 0)
			continue;
		buf_printf(b, "%s%lld %s", comma, (long long)n, n == 1 ? r->called : r->array);
		comma = ", ";
	}
	if (!*comma)
		buf_add(b, "nothing");
}

/* "fixtures   demo: 12 devices, 20 deployments": the source, and the rows, without keys.
 */
static void print_fixtures(FILE *out, const struct options *o, struct db *db)
{
	struct buf counts CLEANUP(buf_free) = BUF_INIT(4096);

	if (o->db) {
		/* Whether it had rows, or was new and has got the fixtures'. */
		fputs("database   ", out);
		print_escaped(out, o->db);
		fputs(": ", out);
	} else {
		fputs("fixtures   ", out);
		for (size_t i = 0; i < o->fixtures.count; i++) {
			fputs(i ? " " : "", out);
			print_escaped(out, o->fixtures.items[i]);
		}
		fputs(o->fixtures.count ? ": " : o->empty ? "none: " : "demo: ", out);
	}
	banner_counts(&counts, db);
	fprintf(out, "%s\n", counts.bad ? "?" : counts.text);
}

static void print_keys(FILE *out, const struct app *app)
{
	const char *comma = "";

	if (app->options.auth == AUTH_ANY) {
		fputs("keys       any but an empty one, with all scopes; keys that are not in the "
		      "fixtures have a workspace each\n",
		      out);
		return;
	}
	fputs("keys       ", out);
	for (const struct api_key *key = app->workspace->keys->first; key; key = key->next) {
		fputs(comma, out);
		print_escaped(out, is_public(key) ? key->key : key->name);
		comma = ", ";
	}
	fprintf(out, "%s\n",
		*comma ? "" : "none: every request will be refused; add api_keys to the fixtures");
}

/* A command that works when pasted: it reads a deployment with a key that may do so. */
static void print_example(FILE *out, const struct app *app, struct db *db, const char *base)
{
	static const struct query first = { "SELECT id FROM deployments LIMIT 1", QUERY_ONCE };
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &first);
	const char *key = app->options.auth == AUTH_ANY ? "any" : NULL;
	bool readable = key;

	for (const struct api_key *k = app->workspace->keys->first; k && !key; k = k->next) {
		if (!scope_allows(k->scopes, SCOPE_deployments_read))
			continue;
		readable = true;
		if (is_public(k))
			key = k->key;
	}
	if (!s || stmt_step(s) != STEP_ROW || !readable) {
		fprintf(out, "try        curl %s%s\n", base,
			app->options.no_control ? "/openapi.json" : "/_mock/ready");
		return;
	}
	/* In place of a key that is not printed, the variable from which the SDK reads it. */
	fprintf(out,
		"try        curl -H \"X-API-Key: %s\" -H 'Miru-Version: %s' "
		"'%s/beta/deployments/%s?expand=device'\n",
		key ? key : "$MIRU_API_KEY", version_name(V_OLDEST), base, stmt_text(s, 0));
}

/* Do we run in a container, whose ports have other numbers outside? */
static bool is_container(void)
{
	return getpid() == 1 || access("/.dockerenv", F_OK) == 0 ||
	       access("/run/.containerenv", F_OK) == 0;
}

void banner(FILE *out, const struct app *app, const struct options *o, unsigned port)
{
	struct db *db = store_db(app->workspace->store);
	struct buf url CLEANUP(buf_free) = BUF_INIT(8192);
	const char *base, *every = server_url_wildcard(o->host);

	server_url_add(&url, o->host, port);
	base = url.bad ? "?" : url.text;
	fprintf(out, "miru-mock %s\nlistening  %s/beta (also /v1, or no prefix)%s%s\n",
		PACKAGE_VERSION, base, every ? ", on " : "", every ? every : "");
	if (is_container())
		fputs("container  the port outside is the published one, and may be another\n",
		      out);
	fprintf(out, "versions   %s\n", version_list());
	db_read(db);
	print_fixtures(out, o, db);
	print_keys(out, app);
	print_example(out, app, db, base);
	db_read_end(db);
	fflush(out);
}
