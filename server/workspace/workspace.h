/*
 * workspace.h - one world of the mock's: a database, and what belongs to it: its keys, its clock,
 * the pace of its devices, where its ids come from, and what it can be put back to.
 */
#ifndef WORKSPACE_WORKSPACE_H
#define WORKSPACE_WORKSPACE_H

#include <pthread.h>

#include "base/clock.h"
#include "base/idgen.h"
#include "fixture/load.h"
#include "model/progression.h"
#include "workspace/checkpoint.h"
#include "workspace/fault.h"
#include "workspace/journal.h"
#include "workspace/keyring.h"

struct workspace {
	struct store *store;
	bool stateless; /* changes do not last */
	/* Guarded by the database's lock: */
	struct clock clock; /* may be read without it */
	struct transitions transitions;
	struct idgen idgen;
	struct snapshot *snapshots; /* see snapshot.h */
	uint64_t generation;        /* of the rows: another one after each workspace_restore() */
	bool changed;               /* since it began, or was reset */
	/* Guarded by `lock`; the baseline changes only while the database is locked, too: */
	pthread_mutex_t lock;
	struct keyring *keys;
	struct checkpoint baseline; /* without rows: those it has now, or its parent's */

	_Atomic int64_t due;      /* when a device does its next step; INT64_MAX: never */
	struct workspace *parent; /* of which it is a copy, or NULL: see registry.h */
	struct faults faults;
	struct journal journal;
};

/* How a workspace begins. */
struct workspace_options {
	struct transitions transitions;
	int64_t frozen; /* the clock: a time, or CLOCK_RUNS */
	bool seeded;    /* ids come from this seed */
	uint64_t seed;
	bool stateless;
	size_t journal_size;
};

/*
 * One without a database: for whoever gives it one, and closes it. workspace_open gives it an empty
 * one in memory; false, with a line in err, on failure; workspace_close it in both cases.
 */
void workspace_init(struct workspace *w, const struct workspace_options *options);
bool workspace_open(struct workspace *w, const struct workspace_options *options, char *err,
		    size_t errlen) MUST_CHECK;
void workspace_close(struct workspace *w);

/* Fill an empty one from fixtures, its baseline. False, with every problem in *problems, on
 * failure.
 */
bool workspace_load(struct workspace *w, const struct sql *sql, const struct sources *sources,
		    struct problems *problems) MUST_CHECK;
/*
 * Use the database in a file, in one without a database: what it holds is what the workspace holds;
 * where it is new, what `fixtures`, a workspace that was filled, does. That is its baseline. False,
 * with a line in err, on failure.
 */
bool workspace_open_file(struct workspace *w, const char *path, struct workspace *fixtures,
			 char *err, size_t errlen) MUST_CHECK;
/* Read anew from the database what is known of it by heart, for whoever may change it. */
bool workspace_reload(struct workspace *w, struct db *db) MUST_CHECK;

/* Find out when the next step of its devices is due, for whoever may change it. False when the
 * database fails: then that is as it was. */
bool workspace_schedule(struct workspace *w, struct db *db) MUST_CHECK;
/* Is a step due by now? */
bool workspace_is_due(const struct workspace *w);

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The workspace now, for whoever may change its database. False when that fails. */
bool workspace_checkpoint(struct workspace *w, struct db *db, struct checkpoint *c) MUST_CHECK;
/* What it is put back to; nothing is to be put back where that has no rows. */
struct checkpoint workspace_baseline(struct workspace *w);

enum restore {
	RESTORE_ROWS, /* and keys, and where ids come from; clock and pace stay */
	RESTORE_ALL,
};

/*
 * Take the workspace back to a checkpoint, for whoever is alone in its database, by the connection
 * that is. False when that fails; then it is as it was.
 */
bool workspace_restore(struct workspace *w, struct db *db, const struct checkpoint *c,
		       enum restore extent) MUST_CHECK;
/* Put it back to its baseline. False when that fails; then it is as it was. */
bool workspace_reset(struct workspace *w, struct db *db) MUST_CHECK;
/* Is it as it began, so that forgetting it would lose nothing? For whoever is alone with it. */
bool workspace_is_unused(struct workspace *w);
/* Before its first change: remember what it is put back to. For whoever may change its database. */
bool workspace_keep_baseline(struct workspace *w, struct db *db) MUST_CHECK;
/*
 * Other fixtures from now on, and at once: they are loaded aside, by sql, into a workspace that
 * begins like b, so any problem leaves this one as it is. False then, with all of them.
 */
bool workspace_replace_fixtures(struct workspace *w, struct db *db,
				const struct workspace_options *options, const struct sql *sql,
				const struct sources *sources,
				struct problems *problems) MUST_CHECK;

/* A reference to its keys; and other keys, whose reference it takes over. */
struct keyring *workspace_keys(struct workspace *w);
void workspace_set_keys(struct workspace *w, struct keyring *keys);

#endif
