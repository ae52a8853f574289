/* SPDX-License-Identifier: MIT
 * workspace.h - a workspace: a database, and what belongs to it: keys, clock, pace of the devices,
 * ids, fault rules, journal, and what it can be put back to.
 *
 * "Alone" says in a contract that the caller has locked the database, by db_lock() or db_write()
 * with the connection that it passes, or that no other thread uses the workspace yet.
 */
#ifndef WORKSPACE_WORKSPACE_H
#define WORKSPACE_WORKSPACE_H

#include <pthread.h>

#include "base/clock.h"
#include "base/idgen.h"
#include "fixture/load.h"
#include "model/progression.h"
#include "workspace/behavior.h"
#include "workspace/checkpoint.h"
#include "workspace/events.h"
#include "workspace/fault.h"
#include "workspace/journal.h"
#include "workspace/keyring.h"
#include "workspace/tally.h"

/* The id of the common workspace. */
#define WORKSPACE_COMMON "common"

struct workspace {
	const char *id; /* tells nothing of its key */
	struct store *store;
	bool stateless; /* changes do not last */
	const struct operation_table *operations;
	/* Guarded by the database's lock: */
	struct clock clock; /* may be read without it */
	struct transitions transitions;
	struct behaviors *behaviors; /* owned; NULL: none */
	bool behaviors_set;          /* by a tester, since it began, or was reset */
	struct idgen idgen;
	struct snapshot *snapshots; /* see snapshot.h */
	uint64_t generation;        /* of the rows: another one after each workspace_restore() */
	bool changed;               /* since it began, or was reset */
	struct recorder recorder;   /* tells `events` what transactions change */
	struct checkpoint own;      /* the server's own fixtures, if others have replaced them */
	/* Guarded by `lock`; the baseline changes only while the database is locked, too: */
	pthread_mutex_t lock;
	struct keyring *keys;
	struct checkpoint baseline; /* without rows: those it has now, or its parent's */

	_Atomic int64_t due;      /* when a device does its next step; INT64_MAX: never */
	struct workspace *parent; /* of which it is a copy, or NULL: see registry.h */
	struct faults faults;
	struct journal journal;
	struct events events;
	struct tally tally;
};

/* How a workspace begins. */
struct workspace_options {
	struct transitions transitions;
	struct clock_options clock;
	bool seeded; /* ids come from this seed */
	uint64_t seed;
	bool stateless;
	const struct operation_table *operations; /* that fault rules may name */
	size_t journal_size, journal_body;
};

/* Begin without a database. */
void workspace_init(struct workspace *w, const struct workspace_options *options);
/* Begin with an empty database in memory. False, with a line in err, on failure. */
bool workspace_open(struct workspace *w, const struct workspace_options *options, char *err,
		    size_t errlen) MUST_CHECK;
/* Free what either of them began, even if it failed, and the database. */
void workspace_close(struct workspace *w);

/* Fill an empty workspace from fixtures, its baseline. False, with all problems, on failure. */
bool workspace_load(struct workspace *w, const struct sql *sql, const struct sources *sources,
		    struct problems *problems) MUST_CHECK;
/*
 * Give a workspace without a database the one in a file; if that is new, with the rows and keys of
 * `fixtures`, a workspace that was filled. `fixtures` is the baseline in both cases. False, with a
 * line in err, on failure.
 */
bool workspace_open_file(struct workspace *w, const char *path, struct workspace *fixtures,
			 char *err, size_t errlen) MUST_CHECK;
/* Read again what is kept of the database: the keys, and when the next step is due. Alone. */
bool workspace_reload(struct workspace *w, struct db *db) MUST_CHECK;

/* Add what the workspace has been asked since it began to a tally. */
void workspace_tally(struct workspace *w, struct tally *sum);

/* Find out when the next step of the devices is due. Alone. False, and nothing has changed, when
 * the database fails. */
bool workspace_schedule(struct workspace *w, struct db *db) MUST_CHECK;
/* Replace the behaviors; the set becomes the workspace's. NULL: none. Alone. */
void workspace_set_behaviors(struct workspace *w, struct behaviors *b);
/* Give it rules in place of those it has. Alone. */
void workspace_set_rules(struct workspace *w, struct scenario_rules *rules);
/* Is a step due by now? */
bool workspace_is_due(const struct workspace *w);

/* ---- checkpoints ----------------------------------------------------------------------------- */

/* The workspace as it is. Alone, and nothing is written yet. False on failure. */
bool workspace_checkpoint(struct workspace *w, struct db *db, struct checkpoint *c) MUST_CHECK;
/* What a reset goes back to, with references; without rows, if nothing has changed yet. */
struct checkpoint workspace_baseline(struct workspace *w);

enum restore {
	RESTORE_ROWS, /* with the keys and the ids' generator; not the clock and the pace */
	RESTORE_ALL,
};

/* Go back to a checkpoint. The caller has called db_lock(). False, and nothing has changed, on
 * failure. */
bool workspace_restore(struct workspace *w, struct db *db, const struct checkpoint *c,
		       enum restore extent) MUST_CHECK;
/* Go back to the baseline. False, and nothing has changed, on failure. */
bool workspace_reset(struct workspace *w, struct db *db) MUST_CHECK;
/* Go back to the server's own fixtures, as a reset does: its parent's baseline or, without a
 * parent, what it began with. False, and nothing has changed, on failure. */
bool workspace_restore_own(struct workspace *w, struct db *db) MUST_CHECK;
/* Is it as it began, so that removing it would lose nothing? No request may be using it. */
bool workspace_is_unused(struct workspace *w);
/* Before the first change: keep what a reset goes back to. Alone. */
bool workspace_keep_baseline(struct workspace *w, struct db *db) MUST_CHECK;
/* Whose fixtures replace others: a test's, after which DELETE /_mock/fixtures goes back to the
 * server's own, or the server's own, read again. */
enum fixtures_of { FIXTURES_OF_TEST, FIXTURES_OF_SERVER };

/*
 * Replace the fixtures, and what the workspace holds. They are loaded into a workspace of their
 * own, which begins with `options`: on any problem this one stays as it is, and the result is
 * false. `are_own`: they are the server's own from now on.
 */
bool workspace_replace_fixtures(struct workspace *w, struct db *db,
				const struct workspace_options *options, const struct sql *sql,
				const struct sources *sources, enum fixtures_of of,
				struct problems *problems) MUST_CHECK;

/* A reference to the keys; of a copy without a database, to those that it will have. */
struct keyring *workspace_keys(struct workspace *w);
/* Replace the keys; the reference becomes the workspace's. */
void workspace_set_keys(struct workspace *w, struct keyring *keys);

#endif
