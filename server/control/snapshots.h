/*
 * snapshots.h - the control endpoints of snapshots, /_mock/snapshots.
 */
#ifndef CONTROL_SNAPSHOTS_H
#define CONTROL_SNAPSHOTS_H

#include <stdbool.h>

struct exchange;

bool control_get_snapshots(struct exchange *x);
/* Save the current state under a name, replacing any snapshot of that name. */
bool control_put_snapshot(struct exchange *x);
bool control_restore_snapshot(struct exchange *x);
bool control_delete_snapshot(struct exchange *x);

#endif
