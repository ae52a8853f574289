/*
 * workspace.c - opening, filling, closing.
 */
#include "workspace.h"

#include "agent.h"
#include "embed.h"

bool workspace_open(struct workspace *w, const struct beginning *b, char *err, size_t errlen)
{
	*w = (struct workspace){ .transitions = b->transitions, .still = b->still };
	clock_init(&w->clock, b->frozen);
	ident_init(&w->ident, b->seed);
	w->transitions.set_at = INT64_MIN;
	w->due = INT64_MAX;
	w->store = store_open(schema_sql, err, errlen);
	return w->store != NULL;
}

void workspace_close(struct workspace *w)
{
	keyring_free(&w->keys);
	store_close(w->store);
}

bool workspace_fill(struct workspace *w, const struct sql *sql, const struct source *sources,
		    size_t n, struct problems *problems)
{
	struct db *db = store_db(w->store);
	const struct destination to = {
		.db = db, .sql = sql, .now = clock_stamp(&w->clock), .ident = &w->ident
	};

	int64_t due;

	if (!fixtures_load(&to, sources, n, problems))
		return false;
	if (keyring_load(&w->keys, db) && agent_plan(w, db, &due)) {
		w->due = due;
		return true;
	}
	problem(problems, "fixtures", NULL, "the database failed: %s", db_error(db));
	return false;
}
