/*
 * workspace.c - opening, filling, closing; being put back.
 */
#include "workspace/workspace.h"

#include <stdio.h>

#include "base/embed.h"
#include "workspace/simulator.h"
#include "workspace/snapshot.h"

void workspace_init(struct workspace *w, const struct beginning *b)
{
	*w = (struct workspace){ .transitions = b->transitions, .still = b->still };
	faults_open(&w->faults);
	journal_open(&w->journal, b->journal_size);
	clock_init(&w->clock, b->frozen);
	ident_init(&w->ident, b->seeded ? &b->seed : NULL);
	pthread_mutex_init(&w->lock, NULL);
	w->transitions.set_at = INT64_MIN;
	w->due = INT64_MAX;
	w->origin = (struct moment){
		.clock = clock_setting(&w->clock),
		.transitions = w->transitions,
		.ident = w->ident,
	};
}

bool workspace_open(struct workspace *w, const struct beginning *b, char *err, size_t errlen)
{
	workspace_init(w, b);
	w->store = store_open(schema_sql, err, errlen);
	return w->store != NULL;
}

void workspace_close(struct workspace *w)
{
	snapshots_free(w);
	moment_drop(&w->origin);
	keyring_drop(w->keys);
	faults_close(&w->faults);
	journal_close(&w->journal);
	store_close(w->store);
	pthread_mutex_destroy(&w->lock);
}

bool workspace_learn(struct workspace *w, struct db *db)
{
	struct keyring *keys = keyring_load(db);
	int64_t due;

	if (!keys || !agent_plan(w, db, &due)) {
		keyring_drop(keys);
		return false;
	}
	w->due = due;
	workspace_use_keys(w, keys);
	return true;
}

/* It is not the fixtures that are wrong. */
static bool failed(struct problems *problems, const char *why)
{
	problem(problems, "fixtures", NULL, "the database failed: %s", why);
	problems->failed = true;
	return false;
}

bool workspace_fill(struct workspace *w, const struct sql *sql, const struct source *sources,
		    size_t n, struct problems *problems)
{
	struct db *db = store_db(w->store);
	const struct destination to = {
		.db = db, .sql = sql, .now = clock_stamp(&w->clock), .ident = &w->ident
	};

	if (!fixtures_load(&to, sources, n, problems))
		return false;
	if (!workspace_learn(w, db))
		return failed(problems, db_error(db));
	w->origin.clock = clock_setting(&w->clock);
	w->origin.ident = w->ident;
	return true;
}

void workspace_use_keys(struct workspace *w, struct keyring *keys)
{
	struct keyring *had;

	pthread_mutex_lock(&w->lock);
	had = w->keys;
	w->keys = keys;
	pthread_mutex_unlock(&w->lock);
	keyring_drop(had);
}

struct keyring *workspace_keys(struct workspace *w)
{
	struct keyring *keys;

	pthread_mutex_lock(&w->lock);
	keys = keyring_hold(w->keys);
	pthread_mutex_unlock(&w->lock);
	return keys;
}

/* ---- moments --------------------------------------------------------------------------------- */

void moment_drop(struct moment *m)
{
	image_drop(STEAL(m->rows));
	keyring_drop(STEAL(m->keys));
}

static struct moment moment_hold(const struct moment *m)
{
	struct moment held = *m;

	image_hold(held.rows);
	keyring_hold(held.keys);
	return held;
}

struct moment workspace_origin(struct workspace *w)
{
	struct moment m;

	pthread_mutex_lock(&w->lock);
	m = moment_hold(&w->origin);
	pthread_mutex_unlock(&w->lock);
	return m.rows || !w->parent ? m : workspace_origin(w->parent);
}

bool workspace_moment(struct workspace *w, struct db *db, struct moment *m)
{
	struct moment like = workspace_origin(w);

	*m = (struct moment){
		.rows = db_image(db, like.rows),
		.keys = workspace_keys(w),
		.clock = clock_setting(&w->clock),
		.transitions = w->transitions,
		.ident = w->ident,
	};
	moment_drop(&like);
	if (m->rows)
		return true;
	moment_drop(m);
	return false;
}

/* From here on it is put back to that, which is stolen. */
static void set_origin(struct workspace *w, struct moment *m)
{
	struct moment had;

	pthread_mutex_lock(&w->lock);
	had = w->origin;
	w->origin = *m;
	pthread_mutex_unlock(&w->lock);
	*m = (struct moment){ 0 };
	moment_drop(&had);
}

bool workspace_remember(struct workspace *w, struct db *db)
{
	struct moment origin, now;

	/* Only whoever may change the database sets it, so nobody does meanwhile. */
	if (w->parent || w->origin.rows)
		return true;
	if (!workspace_moment(w, db, &now))
		return false;
	origin = w->origin;
	origin.rows = STEAL(now.rows);
	origin.keys = STEAL(now.keys);
	set_origin(w, &origin);
	return true;
}

bool workspace_put(struct workspace *w, struct db *db, const struct moment *m, enum put what)
{
	int64_t due;

	if (m->rows && !db_put(db, m->rows))
		return false;
	w->era++;
	if (what == PUT_ALL) {
		clock_restore(&w->clock, m->clock);
		w->transitions = m->transitions;
	}
	w->ident = m->ident;
	if (m->rows)
		workspace_use_keys(w, keyring_hold(m->keys));
	/* Where planning fails, whoever looks next plans anew. */
	w->due = agent_plan(w, db, &due) ? due : INT64_MIN;
	return true;
}

bool workspace_reset(struct workspace *w, struct db *db)
{
	struct moment origin = workspace_origin(w);
	bool ok;

	db_alone(db);
	ok = workspace_put(w, db, &origin, PUT_ALL);
	if (ok)
		w->changed = false;
	db_alone_end(db);
	moment_drop(&origin);
	return ok;
}

bool workspace_is_as_new(struct workspace *w)
{
	return !w->changed && !w->snapshots && !w->origin.rows && !faults_any(&w->faults) &&
	       journal_is_empty(&w->journal);
}

/* What a workspace that was filled holds, as another's origin. */
static bool as_origin(struct workspace *w, struct workspace *fixtures, struct moment *origin)
{
	struct moment m;

	if (!workspace_moment(fixtures, store_db(fixtures->store), &m))
		return false;
	pthread_mutex_lock(&w->lock);
	*origin = w->origin;
	pthread_mutex_unlock(&w->lock);
	origin->rows = m.rows;
	origin->keys = m.keys;
	origin->ident = m.ident;
	return true;
}

static bool replace(struct workspace *w, struct db *db, struct workspace *fixtures)
{
	struct moment origin;
	bool ok;

	if (!as_origin(w, fixtures, &origin))
		return false;
	db_alone(db);
	ok = workspace_put(w, db, &origin, PUT_ROWS);
	if (ok)
		set_origin(w, &origin);
	db_alone_end(db);
	moment_drop(&origin);
	return ok;
}

bool workspace_renew(struct workspace *w, struct db *db, const struct beginning *b,
		     const struct sql *sql, const struct source *sources, size_t n,
		     struct problems *problems)
{
	struct workspace fixtures;
	char err[256];
	bool ok = workspace_open(&fixtures, b, err, sizeof err);

	if (!ok)
		failed(problems, err);
	clock_freeze(&fixtures.clock, clock_now(&w->clock)); /* what dates them */
	if (ok)
		ok = workspace_fill(&fixtures, sql, sources, n, problems);
	if (ok && !replace(w, db, &fixtures))
		ok = failed(problems, db_error(db));
	workspace_close(&fixtures);
	return ok;
}

bool workspace_open_file(struct workspace *w, const char *path, struct workspace *fixtures,
			 char *err, size_t errlen)
{
	struct moment origin;
	struct db *db;
	bool fresh, ok;

	w->store = store_open_file(path, schema_sql, false, &fresh, err, errlen);
	if (!w->store)
		return false;
	db = store_db(w->store);
	if (as_origin(w, fixtures, &origin)) {
		w->ident = origin.ident;
		db_alone(db);
		ok = (!fresh || db_put(db, origin.rows)) && workspace_learn(w, db);
		db_alone_end(db);
		set_origin(w, &origin);
		if (ok)
			return true;
	}
	snprintf(err, errlen, "%s: %s", path, db_error(db));
	return false;
}
