/* SPDX-License-Identifier: MIT
 * snapshot.h - named checkpoints of a workspace. Knows nothing of HTTP.
 */
#ifndef WORKSPACE_SNAPSHOT_H
#define WORKSPACE_SNAPSHOT_H

#include "workspace/workspace.h"

enum { SNAPSHOTS_MAX = 100 };

/* Save the current state under a name, replacing any snapshot of that name. */
enum snapshot_taken { SNAPSHOT_TAKEN, SNAPSHOT_TOO_MANY, SNAPSHOT_FAILED };
enum snapshot_taken snapshot_take(struct workspace *w, struct db *db, const char *name) MUST_CHECK;
/* Delete a snapshot. False if there is none of that name. */
bool snapshot_delete(struct workspace *w, struct db *db, const char *name);
/* Go back to a snapshot, if *found becomes true. False, and nothing has changed, on failure. */
bool snapshot_restore(struct workspace *w, struct db *db, const char *name, bool *found) MUST_CHECK;

#endif
