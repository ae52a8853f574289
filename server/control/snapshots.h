/*
 * snapshots.h - the control endpoints that put a workspace to another state: reset, snapshots,
 * fixtures.
 */
#ifndef CONTROL_SNAPSHOTS_H
#define CONTROL_SNAPSHOTS_H

#include <stdbool.h>

struct exchange;

/* Back to the fixtures, as if nothing had happened since they were loaded. */
bool control_reset(struct exchange *x);

bool control_get_snapshots(struct exchange *x);
bool control_put_snapshot(struct exchange *x);
bool control_restore_snapshot(struct exchange *x);
bool control_delete_snapshot(struct exchange *x);

/* Everything that there is, as one document of fixtures. */
bool control_get_fixtures(struct exchange *x);
/* Other fixtures, at once, or where anything is wrong with them none. */
bool control_put_fixtures(struct exchange *x);
/* More of them, beside what there is; or where anything is wrong with them none. */
bool control_post_fixtures(struct exchange *x);

#endif
