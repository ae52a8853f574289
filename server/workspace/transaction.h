/* SPDX-License-Identifier: MIT
 * transaction.h - a write transaction of a workspace: its rows, its keys and its settings, all of
 * it or nothing. Operations and simulated devices change the database in no other way. Knows
 * nothing of requests.
 *
 *	struct tx tx CLEANUP(tx_end) = { .workspace = w, ... };
 *
 *	return tx_begin(&tx) && ... && tx_commit(&tx);
 *
 * A transaction that was not committed is rolled back when the variable leaves its scope.
 */
#ifndef WORKSPACE_TRANSACTION_H
#define WORKSPACE_TRANSACTION_H

#include "base/rfc3339.h"
#include "store/sql.h"
#include "workspace/workspace.h"

struct tx {
	/* Set by the caller: */
	struct workspace *workspace;
	struct db *db;
	const struct sql *sql;
	struct arena *arena;
	struct cause cause;   /* of what it changes */
	struct keyring *keys; /* owned: the workspace's keys once committed; NULL: as before */
	bool sets_behaviors;  /* once committed the workspace has these, owned; NULL: none */
	struct behaviors *behaviors;
	/* Set here: */
	bool open;
	bool settings; /* it covers these, too: */
	struct clock_setting clock_before;
	struct transitions transitions_before;
	char clock[TIME_LEN + 1]; /* the clock at tx_begin(); several transactions may share it */
	char now[TIME_LEN + 1];   /* from tx_date() on: its own time, later than any before it */
};

/* Begin, alone in the database until the end. False when the database or memory fails. */
bool tx_begin(struct tx *tx) MUST_CHECK;
/* Give it a time of its own. Steps that were due earlier must be done before. */
void tx_date(struct tx *tx);
/* Date it after a time in the stored form, if that is not so already. */
void tx_date_after(struct tx *tx, const char *time);
/* Cover the workspace's clock and progression as well: a rollback restores them. */
void tx_cover_settings(struct tx *tx);
/* A new id of a resource, in the arena; NULL when the database or memory fails. */
const char *tx_new_id(struct tx *tx, const struct resource *r) MUST_CHECK;
/*
 * End it, and plan the next step of the simulated devices. False when that fails; then it is rolled
 * back. In a stateless workspace rows and keys are always rolled back; settings stay.
 */
bool tx_commit(struct tx *tx) MUST_CHECK;
void tx_rollback(struct tx *tx);
/* Roll back unless it has ended. */
static inline void tx_end(struct tx *tx)
{
	if (tx->open)
		tx_rollback(tx);
}

#endif
