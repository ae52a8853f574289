/* SPDX-License-Identifier: MIT
 * checkpoint.h - a checkpoint: a workspace as it was at one time; and a snapshot: a checkpoint with
 * a name. How to take one and go back to it is in workspace.h.
 */
#ifndef WORKSPACE_CHECKPOINT_H
#define WORKSPACE_CHECKPOINT_H

#include "base/clock.h"
#include "base/idgen.h"
#include "model/progression.h"
#include "store/pages.h"
#include "workspace/keyring.h"
#include "workspace/scenario.h"

struct checkpoint {
	struct image *rows;        /* a reference, or NULL */
	struct keyring *keys;      /* a reference, or NULL */
	struct scenario *scenario; /* of a baseline: a reference, or NULL */
	struct clock_setting clock;
	struct transitions transitions;
	struct idgen idgen;
};

/* A copy, with references of its own. */
struct checkpoint checkpoint_ref(const struct checkpoint *c);
/* Drop its references. */
void checkpoint_unref(struct checkpoint *c);

struct snapshot {
	struct snapshot *next; /* by name */
	struct checkpoint checkpoint;
	int64_t taken; /* when, by the workspace's clock */
	char name[];
};

/* Remove the first snapshot of a list, and free it. */
void snapshot_remove(struct snapshot **list);

#endif
