/* SPDX-License-Identifier: MIT
 * control.h - the control endpoints, under /_mock/: a function for each, in a file for each URL
 * family. Testers ask them; they need no API key and no version.
 */
#ifndef CONTROL_CONTROL_H
#define CONTROL_CONTROL_H

#include <stdbool.h>

struct body;
struct exchange;
struct journal_filter;

/* ---- index.c --------------------------------------------------------------------------------- */

/* Where everything is: JSON, or HTML for browsers. */
bool control_get_index(struct exchange *x);

/* ---- openapi.c ------------------------------------------------------------------------------- */

/* The control endpoints, in OpenAPI. */
bool control_get_openapi(struct exchange *x);

/* ---- settings.c: the server, and a workspace's settings -------------------------------------- */

/* 200 while the process answers at all. */
bool control_health(struct exchange *x);
/* 200 once the fixtures are loaded; the server listens only then. */
bool control_ready(struct exchange *x);
bool control_get_clock(struct exchange *x);
bool control_put_clock(struct exchange *x);
bool control_advance_clock(struct exchange *x);
/* How the simulated devices progress. */
bool control_get_transitions(struct exchange *x);
bool control_put_transitions(struct exchange *x);
/* The next step of a device, or of all, now. */
bool control_step(struct exchange *x);

/* Answer {"status":"ok"}. */
bool control_answer_ok(struct exchange *x);

/* ---- rows.c: reading, what devices report, and what only the dashboard can do ---------------- */

/* Rows in the shape of fixtures, without a request of the API. */
bool control_get_row(struct exchange *x);
bool control_list_rows(struct exchange *x);

/* Change a device's status, agent_version, group_id, description. */
bool control_patch_device(struct exchange *x);
/* Change all devices that the filters of a list find, in one transaction. */
bool control_patch_devices(struct exchange *x);
/* Change a deployment's activity_status and error_status, as its device would report them. */
bool control_patch_deployment(struct exchange *x);
/* Review a drifted deployment: it is staged again. */
bool control_restage(struct exchange *x);
/* Archive a release or a config type, or take that back. */
bool control_patch_release(struct exchange *x);
bool control_patch_config_type(struct exchange *x);

/* ---- fixtures.c ------------------------------------------------------------------------------ */

/* Back to the fixtures as they were loaded, with the clock, the faults and the journal. */
bool control_reset(struct exchange *x);
/* All rows and keys, as one document of fixtures. */
bool control_get_fixtures(struct exchange *x);
/* Replace the fixtures, or add rows and keys; if anything is wrong with them, nothing changes. */
bool control_put_fixtures(struct exchange *x);
bool control_post_fixtures(struct exchange *x);
/* Back to the server's own fixtures, and to all else that a reset goes back to. */
bool control_delete_fixtures(struct exchange *x);

/* ---- changes.c ------------------------------------------------------------------------------- */

/* What differs from the fixtures, by object, id and field. */
bool control_get_changes(struct exchange *x);
enum { CHANGES_DEFAULT = 100, CHANGES_MAX = 1000 }; /* on a page */

/* ---- snapshots.c ----------------------------------------------------------------------------- */

bool control_get_snapshots(struct exchange *x);
/* Save the current state under a name, replacing any snapshot of that name. */
bool control_put_snapshot(struct exchange *x);
bool control_restore_snapshot(struct exchange *x);
bool control_delete_snapshot(struct exchange *x);

/* ---- workspaces.c ---------------------------------------------------------------------------- */

/* The workspaces of a server, by their ids. */
bool control_get_workspaces(struct exchange *x);
bool control_delete_workspace(struct exchange *x);

/* ---- faults.c -------------------------------------------------------------------------------- */

/* The fault rules, in their order, and how often each has fired. */
bool control_get_faults(struct exchange *x);
/* Replace all rules, or add rules after them. */
bool control_put_faults(struct exchange *x);
bool control_post_faults(struct exchange *x);
bool control_delete_faults(struct exchange *x);

/* ---- behaviors.c ----------------------------------------------------------------------------- */

/* What devices do other than succeed at once: rules in their order, and how often each has applied.
 */
bool control_get_behaviors(struct exchange *x);
/* Replace all rules, or add rules after them. */
bool control_put_behaviors(struct exchange *x);
bool control_post_behaviors(struct exchange *x);
bool control_delete_behaviors(struct exchange *x);

/* "no such operation 'NAME'; the nearest is...", for a message; NULL when memory is short. */
const char *control_no_operation(struct exchange *x, const char *name);

/* ---- requests.c: the journal ----------------------------------------------------------------- */

/* Read a filter from the parameters or the body: all but the status, "404" or "4xx" (NULL: any). */
bool control_read_filter(struct exchange *x, const struct body *from,
			 struct journal_filter *filter);
void control_read_status(const char *text, struct journal_filter *filter);
/* The requests that the workspace has had and that match the query. */
bool control_get_requests(struct exchange *x);
bool control_delete_requests(struct exchange *x);

/* ---- verify.c -------------------------------------------------------------------------------- */

/* Are there as many requests as the body expects, of the kind that it describes? */
bool control_verify_requests(struct exchange *x);

/* ---- events.c -------------------------------------------------------------------------------- */

/* What has happened after a place, or a stream of what happens. */
bool control_get_events(struct exchange *x);

/* ---- run_report.c --------------------------------------------------------------------------- */

/* What has been asked since the workspace began, and what has not. */
bool control_get_report(struct exchange *x);

#endif
