/*
 * rows.h - the control endpoints that change rows, /_mock/devices and the like: what devices
 * report, and what only the dashboard can do.
 */
#ifndef CONTROL_ROWS_H
#define CONTROL_ROWS_H

#include <stdbool.h>

struct exchange;

/* A device's status, agent_version, group_id, description. */
bool control_patch_device(struct exchange *x);
/* A deployment's activity_status and error_status, as its device would report them. */
bool control_patch_deployment(struct exchange *x);
/* A drifted deployment is reviewed, and staged again. */
bool control_restage(struct exchange *x);
/* A release is archived, or not any more. */
bool control_patch_release(struct exchange *x);
/* And so is a config type. */
bool control_patch_config_type(struct exchange *x);

#endif
