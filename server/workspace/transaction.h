/*
 * transaction.h - a change of a workspace under way: a write transaction, its time, and what it
 * works with. Everything that operations do to the database, and that simulated devices do, happens
 * in one.
 */
#ifndef WORKSPACE_TRANSACTION_H
#define WORKSPACE_TRANSACTION_H

#include "base/rfc3339.h"
#include "store/sql.h"
#include "workspace/workspace.h"

struct change {
	struct workspace *in;
	struct db *db;
	const struct sql *sql;
	struct arena *arena;
	struct keyring *keys; /* a reference: the workspace's from the end on; NULL: no others */
	char clock[TIME_LEN + 1]; /* from change_begin: what the clock says, the same for many */
	char now[TIME_LEN + 1];   /* from change_date: its own, later than those of all before it */
};

/* Begin one. False when the database or memory fails; then there is nothing to end. */
bool change_begin(struct change *c) MUST_CHECK;
/* Give it a time of its own: after the steps are done that devices were due to do before. */
void change_date(struct change *c);
/* Date the change after a time in the stored form, which something that it follows on has. */
void change_follow(struct change *c, const char *time);
/* A new id of a resource; NULL when the database or memory fails. */
const char *change_ident(struct change *c, const struct resource *r) MUST_CHECK;
/* End it; false when it fails, which undoes it. In a workspace that is still, it is undone, too. */
bool change_commit(struct change *c) MUST_CHECK;
void change_undo(struct change *c);

#endif
