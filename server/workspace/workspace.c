/* SPDX-License-Identifier: MIT
 * workspace.c - opens, fills and closes workspaces; takes checkpoints and goes back to them.
 */
#include "workspace/workspace.h"

#include <stdio.h>

#include "base/embed.h"
#include "workspace/scenario_read.h"
#include "workspace/schedule.h"

void workspace_init(struct workspace *w, const struct workspace_options *options)
{
	*w = (struct workspace){ .id = WORKSPACE_COMMON,
				 .transitions = options->transitions,
				 .operations = options->operations,
				 .stateless = options->stateless };
	events_open(&w->events, options->journal_size);
	if (options->journal_size > 0 && !options->stateless)
		w->recorder = (struct recorder){ .publish = events_changes, .to = &w->events };
	tally_open(&w->tally);
	faults_open(&w->faults);
	w->faults.tally = &w->tally;
	journal_open(&w->journal, options->journal_size, options->journal_body);
	clock_init(&w->clock, &options->clock);
	idgen_init(&w->idgen, options->seeded ? &options->seed : NULL);
	pthread_mutex_init(&w->lock, NULL);
	w->transitions.set_at = INT64_MIN;
	w->due = INT64_MAX;
	w->baseline = (struct checkpoint){
		.clock = clock_setting(&w->clock),
		.transitions = w->transitions,
		.idgen = w->idgen,
	};
}

bool workspace_open(struct workspace *w, const struct workspace_options *options, char *err,
		    size_t errlen)
{
	workspace_init(w, options);
	w->store = store_open(schema_sql, err, errlen);
	return w->store != NULL;
}

void workspace_close(struct workspace *w)
{
	while (w->snapshots)
		snapshot_remove(&w->snapshots);
	checkpoint_unref(&w->baseline);
	checkpoint_unref(&w->own);
	keyring_unref(w->keys);
	behaviors_free(w->behaviors);
	faults_close(&w->faults);
	journal_close(&w->journal);
	events_close(&w->events);
	tally_close(&w->tally);
	store_close(w->store);
	pthread_mutex_destroy(&w->lock);
}

void workspace_tally(struct workspace *w, struct tally *sum)
{
	tally_add(sum, &w->tally);
	faults_tally(&w->faults, sum);
	tally_forget_hit(sum);
}

bool workspace_schedule(struct workspace *w, struct db *db)
{
	int64_t due = INT64_MAX;

	if (!w->stateless && !schedule_next(&w->transitions, db, &due))
		return false;
	w->due = due;
	return true;
}

void workspace_set_behaviors(struct workspace *w, struct behaviors *b)
{
	behaviors_free(w->behaviors);
	w->behaviors = b;
	w->behaviors_set = true;
}

void workspace_set_rules(struct workspace *w, struct scenario_rules *rules)
{
	faults_replace(&w->faults, STEAL(rules->faults));
	faults_are_own(&w->faults);
	workspace_set_behaviors(w, STEAL(rules->behaviors));
	w->behaviors_set = false;
}

bool workspace_is_due(const struct workspace *w)
{
	int64_t due = w->due;

	return due != INT64_MAX && due <= clock_now(&w->clock);
}

bool workspace_reload(struct workspace *w, struct db *db)
{
	struct keyring *keys = keyring_load(db);

	if (!keys || !workspace_schedule(w, db)) {
		keyring_unref(keys);
		return false;
	}
	workspace_set_keys(w, keys);
	return true;
}

/* Note that the database failed, rather than the fixtures. */
static bool note_db_failure(struct problems *problems, const char *reason)
{
	problem(problems, "fixtures", NULL, "the database failed: %s", reason);
	problems->failed = true;
	return false;
}

bool workspace_load(struct workspace *w, const struct sql *sql, const struct sources *sources,
		    struct problems *problems)
{
	struct db *db = store_db(w->store);
	struct scenario_text text CLEANUP(scenario_text_free) = { .texts = { NULL } };
	const struct destination dest = { .db = db,
					  .sql = sql,
					  .now = clock_stamp(&w->clock),
					  .ident = &w->idgen,
					  .scenario = &text };
	const struct scenario_target target = { .clock = &w->clock,
						.transitions = &w->transitions,
						.db = db,
						.sql = sql,
						.operations = w->operations };
	struct scenario_rules rules;

	if (!load_fixtures(&dest, sources, problems) ||
	    !scenario_read(&target, &text, problems, &w->baseline.scenario))
		return false;
	if (!scenario_copy_rules(w->baseline.scenario, &rules)) {
		problem(problems, "fixtures", NULL, "out of memory");
		problems->failed = true;
		return false;
	}
	workspace_set_rules(w, &rules);
	if (!workspace_reload(w, db))
		return note_db_failure(problems, db_error(db));
	w->baseline.clock = clock_setting(&w->clock);
	w->baseline.transitions = w->transitions;
	w->baseline.idgen = w->idgen;
	return true;
}

void workspace_set_keys(struct workspace *w, struct keyring *keys)
{
	struct keyring *before;

	pthread_mutex_lock(&w->lock);
	before = w->keys;
	w->keys = keys;
	pthread_mutex_unlock(&w->lock);
	keyring_unref(before);
}

struct keyring *workspace_keys(struct workspace *w)
{
	struct keyring *keys;

	pthread_mutex_lock(&w->lock);
	keys = keyring_ref(w->keys);
	pthread_mutex_unlock(&w->lock);
	if (!keys && w->parent) {
		struct checkpoint baseline = workspace_baseline(w);

		keys = STEAL(baseline.keys);
		checkpoint_unref(&baseline);
	}
	return keys;
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

struct checkpoint workspace_baseline(struct workspace *w)
{
	struct checkpoint c;

	pthread_mutex_lock(&w->lock);
	c = checkpoint_ref(&w->baseline);
	pthread_mutex_unlock(&w->lock);
	return c.rows || !w->parent ? c : workspace_baseline(w->parent);
}

bool workspace_checkpoint(struct workspace *w, struct db *db, struct checkpoint *c)
{
	struct checkpoint like = workspace_baseline(w);

	*c = (struct checkpoint){
		.rows = db_image(db, like.rows),
		.keys = workspace_keys(w),
		.clock = clock_setting(&w->clock),
		.transitions = w->transitions,
		.idgen = w->idgen,
	};
	checkpoint_unref(&like);
	if (c->rows)
		return true;
	checkpoint_unref(c);
	return false;
}

/* Replace the baseline; the references become the workspace's. */
static void set_baseline(struct workspace *w, struct checkpoint *c)
{
	struct checkpoint before;

	pthread_mutex_lock(&w->lock);
	before = w->baseline;
	w->baseline = *c;
	pthread_mutex_unlock(&w->lock);
	*c = (struct checkpoint){ 0 };
	checkpoint_unref(&before);
}

/* The baseline of a workspace, but with the rows and keys that `source` has now. */
static bool make_baseline(struct workspace *w, struct workspace *source, struct db *db,
			  struct checkpoint *baseline)
{
	struct checkpoint now;

	if (!workspace_checkpoint(source, db, &now))
		return false;
	pthread_mutex_lock(&w->lock);
	*baseline = w->baseline;
	pthread_mutex_unlock(&w->lock);
	baseline->rows = now.rows;
	baseline->keys = now.keys;
	baseline->idgen = now.idgen;
	baseline->scenario = scenario_ref(source->baseline.scenario);
	if (scenario_has(baseline->scenario, SCENARIO_CLOCK))
		baseline->clock = source->baseline.clock;
	if (scenario_has(baseline->scenario, SCENARIO_TRANSITIONS))
		baseline->transitions = source->baseline.transitions;
	return true;
}

bool workspace_keep_baseline(struct workspace *w, struct db *db)
{
	struct checkpoint baseline;

	/* No lock is needed: the caller is alone, and only such callers set the baseline. */
	if (w->parent || w->baseline.rows)
		return true;
	if (!make_baseline(w, w, db, &baseline))
		return false;
	baseline.idgen = w->baseline.idgen;
	set_baseline(w, &baseline);
	return true;
}

bool workspace_restore(struct workspace *w, struct db *db, const struct checkpoint *c,
		       enum restore extent)
{
	if (c->rows && !db_restore(db, c->rows))
		return false;
	w->generation++;
	if (extent == RESTORE_ALL) {
		clock_restore(&w->clock, c->clock);
		w->transitions = c->transitions;
	}
	w->idgen = c->idgen;
	if (c->rows)
		workspace_set_keys(w, keyring_ref(c->keys));
	/* If planning fails, a step is due, and the next request plans again. */
	if (!workspace_schedule(w, db))
		w->due = INT64_MIN;
	events_restore(&w->events, clock_now(&w->clock));
	return true;
}

bool workspace_reset(struct workspace *w, struct db *db)
{
	struct checkpoint baseline = workspace_baseline(w);
	struct scenario_rules rules;
	bool ok = scenario_copy_rules(baseline.scenario, &rules);

	db_lock(db);
	ok = ok && workspace_restore(w, db, &baseline, RESTORE_ALL);
	if (ok) {
		workspace_set_rules(w, &rules);
		w->changed = false;
	}
	db_unlock(db);
	scenario_free_rules(&rules);
	checkpoint_unref(&baseline);
	return ok;
}

bool workspace_restore_own(struct workspace *w, struct db *db)
{
	struct checkpoint own, none;
	struct scenario_rules rules;
	bool ok;

	db_lock(db);
	own = w->parent     ? workspace_baseline(w->parent)
	      : w->own.rows ? checkpoint_ref(&w->own)
			    : workspace_baseline(w);
	ok = scenario_copy_rules(own.scenario, &rules) &&
	     workspace_restore(w, db, &own, RESTORE_ALL);
	if (ok) {
		none = (struct checkpoint){ .clock = own.clock,
					    .transitions = own.transitions,
					    .idgen = own.idgen };
		set_baseline(w, w->parent ? &none : &own);
		checkpoint_unref(&w->own);
		workspace_set_rules(w, &rules);
		w->changed = false;
	}
	db_unlock(db);
	scenario_free_rules(&rules);
	checkpoint_unref(&own);
	return ok;
}

bool workspace_is_unused(struct workspace *w)
{
	return !w->changed && !w->snapshots && !w->baseline.rows && !w->faults.touched &&
	       !w->behaviors_set && journal_total(&w->journal) == 0;
}

/* What a scenario says takes effect; what it does not say stays as it is. Alone. */
static void begin_scenario(struct workspace *w, const struct checkpoint *baseline,
			   struct scenario_rules *rules)
{
	const struct scenario *s = baseline->scenario;

	if (scenario_has(s, SCENARIO_CLOCK))
		clock_restore(&w->clock, baseline->clock);
	if (scenario_has(s, SCENARIO_TRANSITIONS))
		w->transitions = baseline->transitions;
	if (scenario_has(s, SCENARIO_FAULTS))
		faults_replace(&w->faults, STEAL(rules->faults));
	if (scenario_has(s, SCENARIO_BEHAVIORS))
		workspace_set_behaviors(w, STEAL(rules->behaviors));
}

static bool replace_rows(struct workspace *w, struct db *db, struct workspace *fixtures,
			 enum fixtures_of of)
{
	struct scenario_rules rules;
	struct checkpoint baseline;
	bool ok;

	if (!make_baseline(w, fixtures, store_db(fixtures->store), &baseline))
		return false;
	db_lock(db);
	ok = scenario_copy_rules(baseline.scenario, &rules) && workspace_keep_baseline(w, db);
	if (ok)
		begin_scenario(w, &baseline, &rules);
	ok = ok && workspace_restore(w, db, &baseline, RESTORE_ROWS);
	if (ok && of == FIXTURES_OF_SERVER)
		checkpoint_unref(&w->own);
	else if (ok && !w->parent && !w->own.rows)
		w->own = workspace_baseline(w);
	if (ok)
		set_baseline(w, &baseline);
	db_unlock(db);
	scenario_free_rules(&rules);
	checkpoint_unref(&baseline);
	return ok;
}

bool workspace_replace_fixtures(struct workspace *w, struct db *db,
				const struct workspace_options *options, const struct sql *sql,
				const struct sources *sources, enum fixtures_of of,
				struct problems *problems)
{
	struct workspace fixtures;
	char err[256];
	bool ok =
	    workspace_open(&fixtures, options, err, sizeof err) || note_db_failure(problems, err);

	clock_freeze(&fixtures.clock, clock_now(&w->clock), 0); /* which dates the rows */
	ok = ok && workspace_load(&fixtures, sql, sources, problems) &&
	     (replace_rows(w, db, &fixtures, of) || note_db_failure(problems, db_error(db)));
	workspace_close(&fixtures);
	return ok;
}

bool workspace_open_file(struct workspace *w, const char *path, struct workspace *fixtures,
			 char *err, size_t errlen)
{
	struct scenario_rules rules;
	struct checkpoint baseline;
	struct db *db;
	bool fresh, ok;

	w->store = store_open_file(path, schema_sql, false, &fresh, err, errlen);
	if (!w->store)
		return false;
	db = store_db(w->store);
	if (make_baseline(w, fixtures, store_db(fixtures->store), &baseline)) {
		w->idgen = baseline.idgen;
		db_lock(db);
		ok = scenario_copy_rules(baseline.scenario, &rules) &&
		     (!fresh || db_restore(db, baseline.rows));
		if (ok)
			begin_scenario(w, &baseline, &rules);
		ok = ok && workspace_reload(w, db);
		db_unlock(db);
		scenario_free_rules(&rules);
		set_baseline(w, &baseline);
		if (ok)
			return true;
	}
	snprintf(err, errlen, "%s: %s", path, db_error(db));
	return false;
}
