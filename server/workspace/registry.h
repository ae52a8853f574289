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

struct workspaces;

/* At most `max` for keys, each beginning as the common one did. NULL when memory is short. */
struct workspaces *workspaces_new(struct workspace *common, const struct beginning *b, size_t max);
/* Frees all but the common one, which is the caller's. */
void workspaces_free(struct workspaces *all);
size_t workspaces_max(const struct workspaces *all);

/*
 * The workspace of a key that is not the fixtures', which stays until workspaces_leave; new where
 * there is none. Where there are as many as there may be, one that is as new makes room, if any.
 */
enum entered { ENTERED, ENTERED_NONE /* there are too many */, ENTERED_SHORT /* memory is */ };
enum entered workspaces_enter(struct workspaces *all, const char *key, struct workspace **entered);
void workspaces_leave(struct workspace *w);

/*
 * A connection to a workspace's database, which an exchange has entered, for the thread of that
 * number (see store_take), which gives it back before the exchange leaves. One that sleeps wakes.
 * NULL, with a line in err, on failure.
 */
struct db *workspaces_take(struct workspaces *all, struct workspace *w, unsigned worker, char *err,
			   size_t errlen);
void workspaces_give(struct workspace *w, struct db *db);

#endif
