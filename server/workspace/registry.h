/* SPDX-License-Identifier: MIT
 * registry.h - the workspaces of a server: the common one, for the keys of the fixtures; and, under
 * --auth any, one for each other key, which begins as a copy of the fixtures at its first request,
 * and can be found by an id that tells nothing of the key.
 *
 * There may be hundreds, so a workspace that is not used is unloaded: its database is then an image
 * that shares what it can with the fixtures', and has no connections.
 */
#ifndef WORKSPACE_REGISTRY_H
#define WORKSPACE_REGISTRY_H

#include "workspace/workspace.h"

struct registry;

/* A registry with room for `max` keys; their workspaces begin as the common one did. NULL when
 * memory is short. */
struct registry *registry_new(struct workspace *common, const struct workspace_options *options,
			      size_t max);
/* Free all workspaces but the common one, which is the caller's. NULL is fine. */
void registry_free(struct registry *r);
size_t registry_max(const struct registry *r);

/*
 * Get the workspace of a key that the fixtures do not have; it stays until registry_release(). If
 * the key has none, one is added if `may_add`; to make room for it, one that is as new is removed.
 * *w is set if the result is ACQUIRED.
 */
enum acquired { ACQUIRED, ACQUIRED_NONE, ACQUIRED_TOO_MANY, ACQUIRED_NO_MEMORY };
enum acquired registry_acquire(struct registry *r, const char *key, bool may_add,
			       struct workspace **w);
void registry_release(struct workspace *w);

/* Get the workspace of an id, as registry_acquire() does. False if there is none. */
bool registry_acquire_id(struct registry *r, const char *id, struct workspace **w);
/* Remove the workspace of an id; a request that is in it still ends in it. False if there is none.
 */
bool registry_remove(struct registry *r, const char *id);

enum { REGISTRY_ID_BYTES = 16 };

/* The workspace of a key. */
struct registry_entry {
	unsigned number; /* counts those that were ever added */
	char id[REGISTRY_ID_BYTES];
	char key[KEY_MASK_BYTES]; /* masked */
	int64_t requests;         /* of its journal */
};

/* The workspaces of keys, in the order in which they were added. False when memory is short. */
bool registry_list(struct registry *r, struct arena *a, struct registry_entry **list,
		   size_t *count) MUST_CHECK;

/* Add what all workspaces have been asked, and those that are gone, to a tally. */
void registry_tally(struct registry *r, struct tally *sum);

/*
 * Get a connection to the database of the common workspace, or of one that the caller has acquired,
 * which is loaded first if need be. `worker` is the calling thread's number: see store_acquire().
 * The connection must be released before the workspace. NULL, with a line in err, on failure.
 */
struct db *registry_acquire_db(struct registry *r, struct workspace *w, unsigned worker, char *err,
			       size_t errlen);
void registry_release_db(struct workspace *w, struct db *db);

#endif
