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
	struct keyring *keys; /* held: the workspace's from its end on; NULL: those it has now */
	/* Set by change_begin: */
	char clock[TIME_LEN + 1]; /* what the clock says, which may be the same for many */
	char now[TIME_LEN + 1];   /* and a time of its own, later than those of all before it */
};

/*
 * Begin one, with the steps done that devices were due to do by now. False when the database or
 * memory fails; then there is nothing to end.
 */
bool change_begin(struct change *c) MUST_CHECK;
/* The same for a change that dates nothing: it has no time of its own. */
bool change_begin_undated(struct change *c) MUST_CHECK;
/* Date the change after a time in the stored form, which something that it follows on has. */
void change_follow(struct change *c, const char *time);
/* A new id of a resource; NULL when the database or memory fails. */
const char *change_ident(struct change *c, const struct resource *r) MUST_CHECK;
/* End it; false when it fails, which undoes it. In a workspace that is still, it is undone, too. */
bool change_commit(struct change *c) MUST_CHECK;
void change_undo(struct change *c);

/* Before somebody looks: a change of its own for the steps that are due, where there are any. */
bool workspace_settle(struct change *c) MUST_CHECK;

#endif
