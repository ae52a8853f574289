/*
 * deployment.h - deployments and their device: the moves of lifecycle.h made in the database, and
 * what one does to the device's others (behaviour: section 11.4). Knows no HTTP.
 */
#ifndef WORKSPACE_DEPLOYMENT_H
#define WORKSPACE_DEPLOYMENT_H

#include "model/lifecycle.h"
#include "workspace/transaction.h"

/* What a move needs to know. */
struct deployment {
	const char *id, *device_id, *release_id;
	struct state is;
	const char *updated_at, *waiting_since; /* the latter NULL where it does not */
	bool online;                            /* the device is */
	struct deployment *next;
};

/* The deployment of that id; NULL where there is none. */
bool deployment_get(struct change *c, const char *id, struct deployment **d) MUST_CHECK;
/*
 * Deployments of a device, as a list, or NULL, the oldest first: those that it is meant to have,
 * staged or deployed; those with which its agent may have something to do, and that do not wait
 * for it yet; those that are deployed on it.
 */
bool deployments_meant(struct change *c, const char *device_id, struct deployment **l) MUST_CHECK;
bool deployments_idle(struct change *c, const char *device_id, struct deployment **l) MUST_CHECK;
bool deployments_deployed(struct change *c, const char *device_id,
			  struct deployment **l) MUST_CHECK;
/* Of those that a device is meant to have, its current deployment: the one that is to be deployed;
 * or NULL. */
const struct deployment *deployment_current(const struct deployment *meant);
/* The one that has waited longest for its device's next step; NULL where none waits. */
bool deployment_waiting(struct change *c, struct deployment **d) MUST_CHECK;

/*
 * Make a move that d->is allows, at a time in the stored form; d->is follows. A deployment that has
 * moved waits for nothing, until simulator.h says so.
 */
bool deployment_move(struct change *c, struct deployment *d, enum trigger t,
		     const char *when) MUST_CHECK;

/*
 * Before a deployment is staged, of those that its device is meant to have: archive the one that
 * is. The change is dated after what has happened to them, whatever the clock says.
 */
bool deployments_make_way_for_staged(struct change *c, struct deployment *meant) MUST_CHECK;
/*
 * The same before `id` (NULL: a new one) is deployed: replace the current one, and let the one that
 * is staged drift.
 */
bool deployments_make_way_for_deployed(struct change *c, struct deployment *meant,
				       const char *id) MUST_CHECK;

#endif
