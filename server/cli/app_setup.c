/* SPDX-License-Identifier: MIT
 * app_setup.c - opens the app, reads the files of fixtures, and loads them.
 */
#include "cli/app_setup.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "cli/report.h"
#include "fixture/load.h"
#include "operations.h"
#include "workspace/registry.h"
#include "workspace/simulator.h"

bool app_open(struct app *app, const struct options *o, char *err, size_t errlen)
{
	*app = (struct app){
		.workspace_options = {
			.transitions = o->transitions,
			.clock = o->clock,
			.seeded = o->seed >= 0,
			.seed = (uint64_t)o->seed,
			.stateless = o->stateless,
			.operations = &operations,
			.journal_size = (size_t)o->journal_size,
			.journal_body = (size_t)o->journal_body,
		},
		.operations = &operations,
		.db = o->db,
		.shift_times = o->shift_times,
		.options = o->app,
	};
	app->options.host = o->host;
	err[0] = '\0';
	arena_init(&app->arena, NULL, 0);
	app->workspace = calloc(1, sizeof *app->workspace);
	if (!store_setup() || !app->workspace || !sql_compose(&app->sql, &app->arena))
		return false;
	app->workspaces =
	    registry_new(app->workspace, &app->workspace_options, (size_t)o->max_workspaces);
	if (!app->workspaces)
		return false;
	if (!app->db)
		return workspace_open(app->workspace, &app->workspace_options, err, errlen);
	workspace_init(app->workspace, &app->workspace_options);
	return true;
}

void app_close(struct app *app)
{
	registry_free(app->workspaces);
	if (app->workspaces)
		workspace_close(app->workspace);
	free(app->workspace);
	arena_free(&app->arena);
}

/* ---- fixtures -------------------------------------------------------------------------------- */

/* The clock may be behind that of the server which wrote the file: what waits then waits from now.
 */
static bool reschedule(struct app *app)
{
	struct workspace *w = app->workspace;
	struct tx tx CLEANUP(tx_end) = {
		.workspace = w, .db = store_db(w->store), .sql = &app->sql, .arena = &app->arena
	};

	return tx_begin(&tx) && simulator_reschedule(&tx) && tx_commit(&tx);
}

/* The fixtures are loaded into a workspace of their own even if the file has rows: a reset goes
 * back to them. */
static bool fill_file(struct app *app, const struct sources *sources, struct problems *problems)
{
	struct workspace loaded;
	char err[ERR_BYTES] = "";
	bool ok = workspace_open(&loaded, &app->workspace_options, err, sizeof err) &&
		  workspace_load(&loaded, &app->sql, sources, problems) &&
		  workspace_open_file(app->workspace, app->db, &loaded, err, sizeof err);

	if (ok && !reschedule(app)) {
		snprintf(err, sizeof err, "%s: %s", app->db,
			 db_error(store_db(app->workspace->store)));
		ok = false;
	}
	if (!ok && problems->count == 0)
		report(1, "%s", err);
	workspace_close(&loaded);
	return ok;
}

static bool fill(struct app *app, const struct sources *sources, struct problems *problems)
{
	struct workspace *w = app->workspace;

	if (!(app->db ? fill_file(app, sources, problems)
		      : workspace_load(w, &app->sql, sources, problems)))
		return false;
	/* The workspaces of other keys are copies of this one before its first change. */
	if (app->options.auth != AUTH_ANY || workspace_keep_baseline(w, store_db(w->store)))
		return true;
	report_no_memory();
	return false;
}

static bool replace(struct app *app, const struct sources *sources, struct problems *problems)
{
	struct workspace *w = app->workspace;

	return workspace_replace_fixtures(w, store_db(w->store), &app->workspace_options, &app->sql,
					  sources, FIXTURES_OF_SERVER, problems);
}

/* Read the files, or take the demo, and call `use` with them. If there are problems, report them
 * and the outcome. */
static bool use_fixtures(struct app *app, const struct option_list *files, bool demo,
			 bool (*use)(struct app *, const struct sources *, struct problems *),
			 const char *outcome)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	struct source items[OPTION_LIST_MAX];
	size_t n = 0;
	bool ok = true;

	if (files->count == 0 && demo)
		items[n++] = (struct source){ "demo", demo_json, demo_json_len };
	for (size_t i = 0; i < files->count; i++)
		ok &= source_read(&items[n++], files->items[i], &problems);
	ok = ok && use(app, &(struct sources){ items, n, app->shift_times }, &problems) &&
	     problems.count == 0;
	for (size_t i = 0; i < n; i++)
		if (items[i].text != demo_json)
			source_free(&items[i]);
	if (problems.text.text)
		report_text(problems.text.text);
	if (problems.text.bad)
		report(1, "not all problems are listed: %s",
		       problems.text.full ? "they are too many" : "out of memory");
	if (problems.count > 0)
		report(1, "%zu problem%s in the fixtures; %s", problems.count,
		       problems.count == 1 ? "" : "s", outcome);
	malloc_trim(0); /* the memory that loading took is not needed again */
	return ok;
}

bool app_load(struct app *app, const struct option_list *files, bool demo)
{
	return use_fixtures(app, files, demo, fill, "nothing was loaded");
}

bool app_reload(struct app *app, const struct option_list *files, bool demo)
{
	return use_fixtures(app, files, demo, replace, "nothing has changed");
}

bool app_read_db(struct app *app, char *err, size_t errlen)
{
	struct workspace *w = app->workspace;
	struct db *db;
	bool fresh, ok;

	w->store = store_open_file(app->db, schema_sql, true, &fresh, err, errlen);
	if (!w->store)
		return false;
	db = store_db(w->store);
	db_read(db);
	ok = workspace_reload(w, db);
	if (!ok)
		snprintf(err, errlen, "%s: %s", app->db, db_error(db));
	db_read_end(db);
	return ok;
}
