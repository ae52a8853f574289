/*
 * commands.c - the commands that are short.
 */
#include "cli/commands.h"

#include "cli/app_setup.h"
#include "cli/probe.h"
#include "fixture/export.h"

enum { PROBE_SECONDS = 3 };

int say(int status, const char *what)
{
	fprintf(stderr, "miru-mock: %s\n", what);
	return status;
}

int check_command(const struct options *o)
{
	struct app app = { 0 };
	char err[ERR_BYTES];
	int status = 1;

	if (o->operands.count == 0)
		return say(EXIT_USAGE, "check needs a file: miru-mock check FILE...");
	if (!app_open(&app, o, err, sizeof err)) {
		say(1, err);
	} else if (app_load(&app, &o->operands, false)) {
		for (size_t i = 0; i < o->operands.count; i++)
			printf("%s: ok\n", o->operands.items[i]);
		status = fflush(stdout) == 0 ? 0 : 1;
	}
	app_close(&app);
	return status;
}

int health_command(const struct options *o)
{
	char url[64], said[512];

	snprintf(url, sizeof url, "http://127.0.0.1:%ld", o->port);
	switch (probe(o->url ? o->url : url, PROBE_SECONDS, said, sizeof said)) {
	case PROBE_READY:
		return 0;
	case PROBE_NO_URL:
		return say(EXIT_USAGE, said);
	default:
		return say(1, said);
	}
}

/* ---- export ---------------------------------------------------------------------------------- */

/* What has been written goes to standard output. */
static bool print(struct buf *b)
{
	bool ok = !b->bad && fwrite(b->text ? b->text : "", 1, b->len, stdout) == b->len;

	buf_clear(b);
	return ok;
}

static int print_database(struct app *app)
{
	struct db *db = store_db(app->workspace->store);
	struct arena arena CLEANUP(arena_free) = { 0 };
	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 30);
	struct writer w = { .to = &text, .indent = true, .empty = true };
	const struct join join = {
		.db = db, .sql = &app->sql, .arena = &arena, .version = V_NEWEST
	};
	bool ok;

	arena_init(&arena, NULL, 0);
	db_read(db);
	ok = export_all(&join, &w, print);
	db_read_end(db);
	buf_addc(&text, '\n');
	if (!ok && !ferror(stdout))
		return say(1, db_error(db));
	if (!ok || !print(&text) || fflush(stdout) != 0)
		return say(1, "standard output cannot be written");
	return 0;
}

int export_command(const struct options *o)
{
	struct app app;
	char err[ERR_BYTES];
	int status = 1;

	if (!o->db)
		return say(EXIT_USAGE, "export needs a database: miru-mock export --db FILE");
	if (app_open(&app, o, err, sizeof err) && app_look(&app, err, sizeof err))
		status = print_database(&app);
	else
		say(1, err);
	app_close(&app);
	return status;
}
