/* SPDX-License-Identifier: MIT
 * behavior.h - behaviors: rules that say what devices do when they are about to take a step, other
 * than succeed at once. The first rule that matches applies; nothing is random. Guarded by the
 * database's lock. Knows how rules look as JSON; nothing of requests, and not what a step is.
 */
#ifndef WORKSPACE_BEHAVIOR_H
#define WORKSPACE_BEHAVIOR_H

#include "base/arena.h"
#include "base/json_writer.h"
#include "model/word.h"

enum { BEHAVIORS_MAX = 100 };

/* A rule. Texts that are not given are NULL, words 0, numbers -1. Durations are microseconds. */
struct behavior {
	/* The steps that it matches: by all members that are given. */
	const char *device_id, *group_id, *release_id; /* group_id: with its subgroups */
	enum activity_status at; /* the activity in which the deployment is before the step */
	int64_t every;           /* only each `every`-th of them */
	int64_t times;           /* how often it applies */
	/* What the device does. */
	enum error_status error;
	int64_t recover_after; /* until it has recovered, and takes the step */
	int64_t seconds;       /* how long the step takes */
	int64_t offline_for;   /* offline when the step is due; it takes the step afterwards */
	/* Counts. */
	int64_t seen; /* the steps that it has matched but for `every` and `times` */
	int64_t hits; /* how often it has applied */
	int64_t seen_before, hits_before; /* when the transaction began */
};

/* Rules and their texts. */
struct behaviors {
	struct arena arena;
	size_t count;
	bool counted; /* since the transaction began */
	bool groups;  /* a rule names a group */
	struct behavior rules[];
};

/* A set of `count` rules in which nothing is given. NULL when memory is short. */
struct behaviors *behaviors_new(size_t count) MUST_CHECK;
/* The rules of two sets, with their counts; `first` may be NULL. NULL when memory is short. */
struct behaviors *behaviors_join(const struct behaviors *first,
				 const struct behaviors *second) MUST_CHECK;
/* `b` may be NULL. */
void behaviors_free(struct behaviors *b);

/* What rules know of a step. */
struct behavior_case {
	const char *device_id, *release_id;
	const char *const *group_ids; /* the device's group and those above it */
	size_t ngroups;
	enum activity_status at;
};

/* Find the first rule that applies, and count. NULL if there is none. `b` may be NULL. */
const struct behavior *behaviors_match(struct behaviors *b, const struct behavior_case *c);

/* A transaction begins, which may count steps; it is rolled back. `b` may be NULL. */
void behaviors_keep(struct behaviors *b);
void behaviors_undo(struct behaviors *b);

/* Write rules as an object; `b` may be NULL. */
void behaviors_write(const struct behaviors *b, struct writer *w);

#endif
