/*
 * registry.h - the workspaces of a server: the common one, of the fixtures' keys, and under
 * --auth any one for each other key, a copy of the fixtures from its first use on.
 *
 * There may be hundreds, so one costs little while nobody uses it: it sleeps, which is to say that
 * its database is an image that shares what it can with the fixtures, without any connection.
 */
#ifndef WORKSPACE_REGISTRY_H
#define WORKSPACE_REGISTRY_H

#include "workspace/workspace.h"

struct registry;

/* At most `max` for keys, each beginning as the common one did. NULL when memory is short. */
struct registry *registry_new(struct workspace *common, const struct workspace_options *options,
			      size_t max);
/* Frees all but the common one, which is the caller's. */
void registry_free(struct registry *r);
size_t registry_max(const struct registry *r);

/*
 * The workspace of a key that is not the fixtures', which stays until registry_release; new where
 * there is none. Where there are as many as there may be, one that is as new makes room, if any.
 */
enum acquired {
	ACQUIRED,
	ACQUIRED_TOO_MANY /* there are too many */,
	ACQUIRED_NO_MEMORY /* memory is */
};
enum acquired registry_acquire(struct registry *r, const char *key, struct workspace **w);
void registry_release(struct workspace *w);

/*
 * A connection to a workspace's database, which an exchange has entered, for the thread of that
 * number (see store_acquire), which gives it back before the exchange leaves. One that sleeps
 * wakes. NULL, with a line in err, on failure.
 */
struct db *registry_acquire_db(struct registry *r, struct workspace *w, unsigned worker, char *err,
			       size_t errlen);
void registry_release_db(struct workspace *w, struct db *db);

#endif
