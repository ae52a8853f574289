/* SPDX-License-Identifier: MIT
 * export.c - the export command: prints a database as a document of fixtures. A server may be using
 * the file.
 */
#include "fixture/export.h"
#include "cli/app_setup.h"
#include "cli/commands.h"

/* Print the text so far, and empty the buffer. */
static bool flush_text(struct buf *b)
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
	struct writer w = { .out = &text, .indent = true, .empty = true };
	const struct fetch fetch = {
		.db = db, .sql = &app->sql, .arena = &arena, .version = V_NEWEST
	};
	bool ok;

	arena_init(&arena, NULL, 0);
	db_read(db);
	ok = export_all(&fetch, &w, NULL, flush_text);
	db_read_end(db);
	buf_addc(&text, '\n');
	if ((!ok || text.bad) && !ferror(stdout))
		return report(1, "%s", db_error(db));
	if (!ok || !flush_text(&text) || fflush(stdout) != 0)
		return report(1, "cannot write to standard output");
	return 0;
}

int export_command(const struct options *o)
{
	struct app app;
	char err[ERR_BYTES];
	int status = 1;

	if (!o->db)
		return report(EXIT_USAGE, "export requires a database: miru-mock export --db FILE");
	if (app_open(&app, o, err, sizeof err) && app_read_db(&app, err, sizeof err))
		status = print_database(&app);
	else
		report(1, "%s", err);
	app_close(&app);
	return status;
}
