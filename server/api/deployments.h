/* SPDX-License-Identifier: MIT
 * deployments.h - what the API does with deployments: their rules (behaviour: section 11).
 */
#ifndef API_DEPLOYMENTS_H
#define API_DEPLOYMENTS_H

#include "workspace/deployment.h"

struct exchange;

/* POST /deployments: stage or deploy a new one, as the body says. */
bool deployments_create(struct exchange *x);
/* POST .../deploy: deploy a staged one. */
bool deployments_deploy(struct exchange *x);
/* POST .../archive: archive a staged or drifted one. */
bool deployments_archive(struct exchange *x);
/* GET .../drifts: what was deployed to its device while it was staged. */
bool deployments_drifts(struct exchange *x);

/* The deployment that the path names. False once x has failed. */
bool deployments_find(struct exchange *x, struct tx *tx, struct deployment **d);

#endif
