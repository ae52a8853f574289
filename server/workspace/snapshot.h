/*
 * snapshot.h - named checkpoints of a workspace. Knows nothing of HTTP.
 */
#ifndef WORKSPACE_SNAPSHOT_H
#define WORKSPACE_SNAPSHOT_H

#include "workspace/workspace.h"

enum { SNAPSHOTS_MAX = 100 };

/* Name the present, instead of what has the name now. */
enum snapshot_taken { SNAPSHOT_TAKEN, SNAPSHOT_TOO_MANY, SNAPSHOT_FAILED };
enum snapshot_taken snapshot_take(struct workspace *w, struct db *db, const char *name) MUST_CHECK;
/* Forget it; false where there is none. */
bool snapshot_delete(struct workspace *w, struct db *db, const char *name);
/* Put the workspace to it. *found tells whether there is one; false when putting fails. */
bool snapshot_restore(struct workspace *w, struct db *db, const char *name, bool *found) MUST_CHECK;

#endif
