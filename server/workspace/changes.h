/* SPDX-License-Identifier: MIT
 * changes.h - records what a write transaction changes of the states of objects. Every change of a
 * row passes here, because SQLite reports it. Knows nothing of who reads the records.
 */
#ifndef WORKSPACE_CHANGES_H
#define WORKSPACE_CHANGES_H

#include "base/refcount.h"
#include "model/operation.h"
#include "store/store.h"

/* Why something changes. */
enum cause_kind { CAUSE_OTHER, CAUSE_REQUEST, CAUSE_CONTROL, CAUSE_STEP, CAUSE_BEHAVIOR };

struct cause {
	enum cause_kind kind;
	int64_t request;                 /* CAUSE_REQUEST: its id in the journal; 0: it has none */
	const struct operation *control; /* CAUSE_CONTROL */
};

/* A field of an object has another value. It does not change any more once it was recorded. */
struct change {
	struct refcount refs;
	struct change *next; /* in the order in which they were made */
	const struct resource *resource;
	const struct field *field;
	struct cause cause;
	int64_t time;               /* the object's, by the workspace's clock */
	const char *id, *from, *to; /* in memory[]; NULL: null */
	char memory[];
};

/* NULL is fine. */
void change_unref(struct change *c);

struct events;

/* Records the changes of one transaction at a time. */
struct recorder {
	struct watch watch;
	/* Takes what was committed, a list whose references become its own; NULL: nobody is told.
	 * `lost` changes were not recorded: there were too many, or memory was short. */
	void (*publish)(struct events *to, struct change *list, uint64_t lost);
	struct events *to;
	struct change *first, **last;
	size_t count;
	uint64_t lost;
	struct cause cause; /* of the changes that are made now */
	int64_t now;        /* their time, of an object that has none */
};

/* Record what a connection's transaction, which has begun, changes from now on. */
void recorder_begin(struct recorder *r, struct db *db, struct cause cause, int64_t now);

#endif
