/*
 * workspace.h - one world of the mock's: a database, and what belongs to it: its keys, its clock,
 * the pace of its devices, where its ids come from.
 */
#ifndef WORKSPACE_H
#define WORKSPACE_H

#include "auth.h"
#include "clock.h"
#include "fixture.h"
#include "ident.h"
#include "transitions.h"

struct workspace {
	struct store *store;
	struct keyring keys;
	struct clock clock;
	struct transitions transitions; /* for whoever holds the database's lock */
	struct ident ident;             /* for whoever holds it for writing */
	_Atomic int64_t due;            /* when a device does its next step; INT64_MAX: never */
	bool still;                     /* no change of it lasts */
};

/* How a workspace begins. */
struct beginning {
	struct transitions transitions;
	int64_t frozen; /* the clock: a time, or CLOCK_RUNS */
	const uint64_t *seed;
	bool still;
};

/* An empty one. False, with a line in err, on failure; workspace_close it in both cases. */
bool workspace_open(struct workspace *w, const struct beginning *b, char *err,
		    size_t errlen) MUST_CHECK;
void workspace_close(struct workspace *w);

/* Fill an empty one from fixtures. False, with every problem in *problems, on failure. */
bool workspace_fill(struct workspace *w, const struct sql *sql, const struct source *sources,
		    size_t n, struct problems *problems) MUST_CHECK;

#endif
