/*
 * deployments.h - what the API does with deployments: their rules (behaviour: section 11).
 */
#ifndef API_DEPLOYMENTS_H
#define API_DEPLOYMENTS_H

#include "workspace/deployment.h"

struct exchange;

/* Stage or deploy a new one, as the body says. */
bool op_create_deployment(struct exchange *x);
/* Deploy the one that is staged. */
bool op_deploy(struct exchange *x);
/* Archive one that is staged or drifted. */
bool op_archive(struct exchange *x);
/* List what was deployed to its device while it was staged. */
bool op_drifts(struct exchange *x);

/* The deployment that the path names. Where there is none, or reading fails, x fails. */
bool op_find_deployment(struct exchange *x, struct change *c, struct deployment **d);

#endif
