/*
 * deployment.h - deployments and their device: the moves of lifecycle.h made in the database, and
 * what one does to the device's others (behaviour: section 11.4). Knows no HTTP.
 */
#ifndef DEPLOYMENT_H
#define DEPLOYMENT_H

#include "change.h"
#include "lifecycle.h"

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
/* Those of a device that are not over, as a list, or NULL. */
bool deployments_live(struct change *c, const char *device_id, struct deployment **list) MUST_CHECK;
/* The one that has waited longest for its device's next step; NULL where none waits. */
bool deployment_waiting(struct change *c, struct deployment **d) MUST_CHECK;

/*
 * Make a move that d->is allows, at a time in the stored form; d->is follows. A deployment that has
 * moved waits for nothing, until agent.h says so.
 */
bool deployment_move(struct change *c, struct deployment *d, enum trigger t,
		     const char *when) MUST_CHECK;

/* Before a deployment of the device is staged: archive the one that is. */
bool deployments_make_way_for_staged(struct change *c, const char *device_id) MUST_CHECK;
/*
 * Before `id` (NULL: a new one) is deployed to the device: replace its current one, and let the one
 * that is staged drift.
 */
bool deployments_make_way_for_deployed(struct change *c, const char *device_id,
				       const char *id) MUST_CHECK;

#endif
