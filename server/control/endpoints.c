/* SPDX-License-Identifier: MIT
 * endpoints.c - a table of endpoints, and tables of the fields of their answers.
 */
#include "control/endpoints.h"

#include "base/util.h"
#include "workspace/behavior_rule.h"
#include "workspace/fault.h"

/* ---- answers --------------------------------------------------------------------------------- */

/* clang-format off */
#define TEXT(called, ...) { .name = (called), .kind = K_TEXT, .on = ALWAYS, __VA_ARGS__ }
#define COUNT(called, ...) { .name = (called), .kind = K_WHOLE, .on = ALWAYS, __VA_ARGS__ }
#define TIME(called) { .name = (called), .kind = K_TIME, .on = ALWAYS }
#define SHAPE_OF(array) { .fields = (array), .count = ARRAY_LEN(array) }
/* A list of objects, which is all or nearly all of an answer. */
#define LIST_OF(called, shape) { .name = (called), .kind = K_OBJECTS, .on = ALWAYS, .members = &(shape) }

static const struct field status_fields[] = { TEXT("status") };
static const struct shape status = SHAPE_OF(status_fields);

static const struct field health_fields[] = { TEXT("status"), TEXT("version") };
static const struct shape health = SHAPE_OF(health_fields);

#define SECONDS(called) { .name = (called), .kind = K_SECONDS, .on = ALWAYS }

static const struct field clock_fields[] = { TEXT("mode"), TIME("now"), COUNT("rate"), SECONDS("tick") };
static const struct shape clock_shown = SHAPE_OF(clock_fields);

static const struct field transitions_fields[] = {
	TEXT("progression"), SECONDS("seconds"), COUNT("times"),
};
static const struct shape transitions = SHAPE_OF(transitions_fields);

static const struct field step_fields[] = {
	{ .name = "deployments", .kind = K_IDS, .on = ALWAYS },
};
static const struct shape step = SHAPE_OF(step_fields);
static const struct field devices_fields[] = {
	{ .name = "devices", .kind = K_IDS, .on = ALWAYS },
};
static const struct shape devices = SHAPE_OF(devices_fields);
static const struct shape behaviors = SHAPE_OF(behaviors_fields);

static const struct field snapshot_fields[] = { TEXT("name"), TIME("taken_at") };
static const struct shape snapshot = SHAPE_OF(snapshot_fields);
static const struct field snapshots_fields[] = { LIST_OF("snapshots", snapshot) };
static const struct shape snapshots = SHAPE_OF(snapshots_fields);

static const struct field workspace_fields[] = {
	TEXT("id"), TEXT("key", .flags = F_NULL), COUNT("requests"),
};
static const struct shape workspace = SHAPE_OF(workspace_fields);
static const struct field workspaces_fields[] = {
	LIST_OF("workspaces", workspace), COUNT("max_workspaces"),
};
static const struct shape workspaces = SHAPE_OF(workspaces_fields);

static const struct word change_words[] = {
	{ "created", ALWAYS, NULL },
	{ "deleted", ALWAYS, NULL },
	{ "changed", ALWAYS, NULL },
	{ .text = NULL },
};
static const struct field change_fields[] = {
	TEXT("object"),
	TEXT("id"),
	{ .name = "change", .kind = K_ENUM, .on = ALWAYS, .words = change_words },
	TEXT("field", .flags = F_NULL),
	{ .name = "from", .kind = K_JSON, .on = ALWAYS },
	{ .name = "to", .kind = K_JSON, .on = ALWAYS },
};
static const struct shape change = SHAPE_OF(change_fields);
static const struct field changes_fields[] = {
	LIST_OF("changes", change), COUNT("total"), COUNT("limit"), COUNT("offset"),
	{ .name = "has_more", .kind = K_BOOL, .on = ALWAYS },
};
static const struct shape changes = SHAPE_OF(changes_fields);

static const struct field faults_fields[] = { LIST_OF("faults", fault_shape) };
static const struct shape faults = SHAPE_OF(faults_fields);

static const struct word state_words[] = {
	{ "pending", ALWAYS, NULL },
	{ "done", ALWAYS, NULL },
	{ "cut", ALWAYS, NULL },
	{ .text = NULL },
};
static const struct field request_fields[] = {
	COUNT("id"),
	TIME("time"),
	{ .name = "state", .kind = K_ENUM, .on = ALWAYS, .words = state_words },
	TEXT("method"),
	TEXT("path"),
	{ .name = "path_params", .kind = K_JSON_OBJECT, .on = ALWAYS },
	TEXT("query", .flags = F_NULL),
	TEXT("operation", .flags = F_NULL),
	COUNT("status", .flags = F_NULL),
	TEXT("code", .flags = F_NULL),
	TEXT("version", .flags = F_NULL),
	TEXT("key", .flags = F_NULL),
	TEXT("workspace"),
	COUNT("duration_us", .flags = F_NULL),
	COUNT("retry_count", .flags = F_NULL),
	TEXT("user_agent", .flags = F_NULL),
	COUNT("fault", .flags = F_NULL),
	{ .name = "ignored", .kind = K_TEXTS, .on = ALWAYS },
	{ .name = "request_headers", .kind = K_JSON_OBJECT, .on = ALWAYS },
	TEXT("request_body", .flags = F_NULL),
	COUNT("request_bytes"),
	TEXT("response_body", .flags = F_NULL),
	COUNT("response_bytes"),
};
static const struct shape request = SHAPE_OF(request_fields);
static const struct field requests_fields[] = {
	LIST_OF("requests", request), COUNT("matched"), COUNT("total"), COUNT("dropped"),
};
static const struct shape requests = SHAPE_OF(requests_fields);

static const struct field verified_fields[] = {
	COUNT("matched"),
	{ .name = "requests", .kind = K_JSON, .on = ALWAYS },
	COUNT("dropped"),
};
static const struct shape verified = SHAPE_OF(verified_fields);

/* What members there are depends on the kind. */
static const struct field cause_fields[] = {
	TEXT("kind"),
	COUNT("request", .flags = F_NULL | F_OPTIONAL),
	TEXT("method", .flags = F_OPTIONAL),
	TEXT("path", .flags = F_OPTIONAL),
};
static const struct shape cause = SHAPE_OF(cause_fields);
static const struct word event_words[] = {
	{ "request", ALWAYS, NULL },
	{ "change", ALWAYS, NULL },
	{ "restore", ALWAYS, NULL },
	{ "lost", ALWAYS, NULL },
	{ .text = NULL },
};
static const struct field event_fields[] = {
	COUNT("event"),
	{ .name = "kind", .kind = K_ENUM, .on = ALWAYS, .words = event_words },
	{ .name = "time", .kind = K_TIME, .flags = F_OPTIONAL, .on = ALWAYS },
	/* A request's id is a number, an object's a text. */
	{ .name = "id", .kind = K_JSON, .flags = F_OPTIONAL, .on = ALWAYS },
	TEXT("method", .flags = F_OPTIONAL),
	TEXT("path", .flags = F_OPTIONAL),
	TEXT("operation", .flags = F_NULL | F_OPTIONAL),
	{ .name = "state", .kind = K_ENUM, .flags = F_OPTIONAL, .on = ALWAYS, .words = state_words },
	COUNT("status", .flags = F_NULL | F_OPTIONAL),
	TEXT("code", .flags = F_NULL | F_OPTIONAL),
	COUNT("duration_us", .flags = F_NULL | F_OPTIONAL),
	TEXT("object", .flags = F_OPTIONAL),
	TEXT("field", .flags = F_OPTIONAL),
	TEXT("from", .flags = F_NULL | F_OPTIONAL),
	TEXT("to", .flags = F_NULL | F_OPTIONAL),
	{ .name = "cause", .kind = K_OBJECT, .flags = F_OPTIONAL, .on = ALWAYS, .members = &cause },
	COUNT("changes", .flags = F_OPTIONAL),
};
static const struct shape event = SHAPE_OF(event_fields);
static const struct field events_fields[] = {
	LIST_OF("events", event), COUNT("last"), COUNT("dropped"),
};
static const struct shape events = SHAPE_OF(events_fields);

static const struct field outcome_fields[] = { COUNT("status"), TEXT("code", .flags = F_NULL) };
static const struct shape outcome = SHAPE_OF(outcome_fields);
static const struct field exercised_fields[] = {
	TEXT("operation"),
	TEXT("method"),
	TEXT("path"),
	COUNT("requests"),
	LIST_OF("seen", outcome),
	LIST_OF("never", outcome),
};
static const struct shape exercised = SHAPE_OF(exercised_fields);
static const struct field unmatched_fields[] = { TEXT("method"), TEXT("path"), COUNT("times") };
static const struct shape unmatched = SHAPE_OF(unmatched_fields);
static const struct field passed_over_fields[] = { TEXT("operation"), TEXT("name"), COUNT("times") };
static const struct shape passed_over = SHAPE_OF(passed_over_fields);
static const struct field report_fields[] = {
	LIST_OF("operations", exercised),
	LIST_OF("unmatched", unmatched),
	LIST_OF("ignored", passed_over),
	{ .name = "faults_never_hit", .kind = K_JSON, .on = ALWAYS },
};
static const struct shape report = SHAPE_OF(report_fields);

/* ---- endpoints ------------------------------------------------------------------------------- */

#define SHOWS(shape) .answers = ANSWERS_SHAPE, .answer = &(shape)

static const char server[] = "Server", times[] = "Time", rows[] = "Rows", state[] = "State",
		  behaviour[] = "Faults and behaviors", witness[] = "Requests";

static const struct endpoint endpoints[] = {
	{ "GET", "health", "getHealth", server, "Does the process answer?", SHOWS(health) },
	{ "GET", "ready", "getReady", server, "Are the fixtures loaded?", SHOWS(health) },
	{ "GET", "openapi.json", "getControlDocument", server, "This document", .answers = ANSWERS_JSON },
	{ "GET", "clock", "getClock", times, "Read the clock", SHOWS(clock_shown) },
	{ "PUT", "clock", "putClock", times, "Freeze the clock, or let it run", SHOWS(clock_shown) },
	{ "POST", "clock/advance", "advanceClock", times, "Move the clock forward", SHOWS(clock_shown) },
	{ "GET", "transitions", "getTransitions", times, "Read how devices progress", SHOWS(transitions) },
	{ "PUT", "transitions", "putTransitions", times, "Set how devices progress", SHOWS(transitions) },
	{ "POST", "step", "step", times, "Do the next step of a device, or of all, now", SHOWS(step),
	  .not_found = true },
	{ "PATCH", "config_types/{config_type_id}", "setConfigType", rows, "Archive a config type, or take that back",
	  .answers = ANSWERS_ROW },
	{ "PATCH", "deployments/{deployment_id}", "setDeployment", rows, "Report what a device would report about a deployment",
	  .answers = ANSWERS_ROW, .conflicts = true },
	{ "POST", "deployments/{deployment_id}/restage", "restageDeployment", rows, "Review a drifted deployment",
	  .answers = ANSWERS_ROW, .conflicts = true },
	{ "PATCH", "devices", "setDevices", rows, "Change all devices that filters find", SHOWS(devices), .conflicts = true,
	  .not_found = true },
	{ "PATCH", "devices/{device_id}", "setDevice", rows, "Change a device", .answers = ANSWERS_ROW, .conflicts = true },
	{ "PATCH", "releases/{release_id}", "setRelease", rows, "Archive a release, or take that back",
	  .answers = ANSWERS_ROW, .conflicts = true },
	{ "POST", "reset", "reset", state, "Go back to the fixtures", SHOWS(status) },
	{ "GET", "snapshots", "listSnapshots", state, "List the snapshots", SHOWS(snapshots) },
	{ "PUT", "snapshots/{name}", "takeSnapshot", state, "Save the state under a name", SHOWS(snapshots),
	  .conflicts = true },
	{ "DELETE", "snapshots/{name}", "deleteSnapshot", state, "Delete a snapshot", SHOWS(snapshots) },
	{ "POST", "snapshots/{name}/restore", "restoreSnapshot", state, "Go back to a snapshot", SHOWS(status) },
	{ "GET", "fixtures", "exportFixtures", state, "Export all rows and keys", .answers = ANSWERS_FIXTURES },
	{ "PUT", "fixtures", "replaceFixtures", state, "Replace all rows and keys", .answers = ANSWERS_COUNTS },
	{ "POST", "fixtures", "addFixtures", state, "Add rows and keys", .answers = ANSWERS_COUNTS },
	{ "DELETE", "fixtures", "restoreFixtures", state, "Go back to the server's own fixtures", .answers = ANSWERS_COUNTS },
	{ "GET", "changes", "getChanges", state, "Tell what differs from the fixtures", SHOWS(changes) },
	{ "GET", "workspaces", "listWorkspaces", state, "List the workspaces of keys", SHOWS(workspaces) },
	{ "DELETE", "workspaces/{id}", "deleteWorkspace", state, "Delete the workspace of a key", SHOWS(workspaces) },
	{ "GET", "faults", "getFaults", behaviour, "List the fault rules with their hits", SHOWS(faults) },
	{ "PUT", "faults", "putFaults", behaviour, "Replace the fault rules", SHOWS(faults) },
	{ "POST", "faults", "addFaults", behaviour, "Add fault rules", SHOWS(faults) },
	{ "DELETE", "faults", "deleteFaults", behaviour, "Remove the fault rules", SHOWS(faults) },
	{ "GET", "behaviors", "getBehaviors", behaviour, "List the behaviors with their hits", SHOWS(behaviors) },
	{ "PUT", "behaviors", "putBehaviors", behaviour, "Replace the behaviors", SHOWS(behaviors) },
	{ "POST", "behaviors", "addBehaviors", behaviour, "Add behaviors", SHOWS(behaviors) },
	{ "DELETE", "behaviors", "deleteBehaviors", behaviour, "Remove the behaviors", SHOWS(behaviors) },
	{ "GET", "requests", "getRequests", witness, "Read the journal", SHOWS(requests) },
	{ "DELETE", "requests", "deleteRequests", witness, "Clear the journal", SHOWS(requests) },
	{ "POST", "requests/verify", "verifyRequests", witness, "Compare the requests with what a test expects",
	  SHOWS(verified), .conflicts = true },
	{ "GET", "events", "getEvents", witness, "Tell requests and changes as they happen", SHOWS(events),
	  .media = "text/event-stream" },
	{ "GET", "report", "getReport", witness, "Sum up what has been asked, and what never", SHOWS(report) },
};
/* clang-format on */

/* Reads of rows are the same for each resource. */
static struct endpoint read_of(const struct operation *op)
{
	return (struct endpoint){
		.method = op->method,
		.path = op->path,
		.tag = rows,
		.summary = op->lists ? "List rows, as fixtures have them"
				     : "Read a row, as fixtures have it",
		.answers = op->lists ? ANSWERS_PAGE : ANSWERS_ROW,
	};
}

bool endpoint_of(const struct operation *op, struct endpoint *e)
{
	const char *path = op->path + strlen("/_mock/");

	if (op->query == QUERY_LIST || op->query == QUERY_EXPAND) {
		*e = read_of(op);
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(endpoints); i++)
		if (streq(endpoints[i].method, op->method) && streq(endpoints[i].path, path)) {
			*e = endpoints[i];
			return true;
		}
	return false;
}
