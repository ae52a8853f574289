/* SPDX-License-Identifier: MIT
 * deployment.h - deployments and their device: the moves of lifecycle.h made in the database, and
 * what one does to the device's others (behaviour: section 11.4). Knows no HTTP.
 */
#ifndef WORKSPACE_DEPLOYMENT_H
#define WORKSPACE_DEPLOYMENT_H

#include "model/lifecycle.h"
#include "workspace/transaction.h"

/* A deployment, as far as its moves need it. */
struct deployment {
	const char *id, *device_id, *release_id;
	struct state state;
	const char *updated_at;
	const char *waiting_since; /* NULL: it does not wait for its device */
	const char *due_at;        /* when the step is due; NULL: by the progression */
	const char *step;          /* what is kept of the step (model/step.h), or NULL */
	bool online;               /* its device is */
	struct deployment *next;
};

/* All that return bool return false when the database or memory fails. What they read lives in the
 * transaction's arena. */

/* The deployment of that id; NULL if there is none. */
bool deployment_get(struct tx *tx, const char *id, struct deployment **d) MUST_CHECK;
/* The one that has waited longest for its device's next step, of those whose due_at is NULL; the
 * one whose due_at is the first. NULL if there is none. */
bool deployment_waiting(struct tx *tx, struct deployment **d) MUST_CHECK;
bool deployment_due(struct tx *tx, struct deployment **d) MUST_CHECK;
/* All that wait, of a device, or (NULL) of all; those that have waited longest first. */
bool deployments_waiting(struct tx *tx, const char *device_id, struct deployment **l) MUST_CHECK;

/* Lists of deployments of a device, the oldest first, or NULL. */
/* Those whose target is staged or deployed. */
bool deployments_targeted(struct tx *tx, const char *device_id, struct deployment **l) MUST_CHECK;
/* Those that the agent may have something to do with, and that do not wait for it yet. */
bool deployments_idle(struct tx *tx, const char *device_id, struct deployment **l) MUST_CHECK;
/* Those whose activity is deployed. */
bool deployments_deployed(struct tx *tx, const char *device_id, struct deployment **l) MUST_CHECK;

/* The device's current deployment among those that are targeted: the one whose target is deployed;
 * NULL if there is none. */
const struct deployment *deployment_current(const struct deployment *targeted);

/* Set since when a deployment waits for its device, and what is known of the step: as in *d. */
bool deployment_wait(struct tx *tx, struct deployment *d, const char *since, const char *due_at,
		     const char *step) MUST_CHECK;

/*
 * Make a move that d->state allows, at a time in the stored form, and update *d. Afterwards the
 * deployment does not wait for its device, until simulator.c says so; but one that recovers from an
 * error does, even if it is replaced.
 */
bool deployment_move(struct tx *tx, struct deployment *d, enum trigger t,
		     const char *when) MUST_CHECK;

/*
 * Before a deployment is staged: archive the one that is staged. The transaction is dated after the
 * last change of each of `targeted`, whatever the clock says.
 */
bool deployments_archive_staged(struct tx *tx, struct deployment *targeted) MUST_CHECK;
/*
 * Before the deployment `id` (NULL: a new one) is deployed: replace the current one, and let the
 * staged one drift. Dated in the same way.
 */
bool deployments_replace_current(struct tx *tx, struct deployment *targeted,
				 const char *id) MUST_CHECK;

#endif
