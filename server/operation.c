/*
 * operation.c - the rows.
 */
#include "operation.h"

#include "control.h"
#include "control_row.h"
#include "ops.h"
#include "ops_deployment.h"
#include "transitions.h"
#include "util.h"

/* ---- bodies (behaviour: section 6) ----------------------------------------------------------- */

#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}

/* clang-format off */
static const struct word create_target_status[] = {
	{ "staged", ALWAYS, NULL },
	{ "deployed", ALWAYS, NULL },
	{ .text = NULL },
};

static const struct field create_deployment[] = {
	{ .name = "target_status", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS,
	  .words = create_target_status },
	{ .name = "description", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS,
	  .form = FORM_DESCRIPTION },
	{ .name = "release_id", .kind = K_REF, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_RELEASE },
	{ .name = "device_id", .kind = K_REF, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_DEVICE },
	{ .name = "config_instance_ids", .kind = K_IDS, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_CONFIG_INSTANCE },
	/* Before everglades null says nothing, and the parent may be meant otherwise. */
	{ .name = "parent_id", .kind = K_REF, .flags = F_LENIENT, .on = UNTIL(V_RAINIER),
	  .refers = R_DEPLOYMENT },
	{ .name = "parent_id", .kind = K_REF, .flags = F_NULL, .on = SINCE(V_EVERGLADES),
	  .refers = R_DEPLOYMENT },
	END,
};

/* What testers may say of rows. */
static const struct field patch_device[] = {
	{ .name = "status", .kind = K_ENUM, .on = ALWAYS, .words = device_status_words },
	{ .name = "agent_version", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS,
	  .form = FORM_FILLED },
	{ .name = "group_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, .refers = R_GROUP },
	{ .name = "description", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS,
	  .form = FORM_DESCRIPTION },
	END,
};

static const struct field patch_deployment[] = {
	{ .name = "activity_status", .kind = K_ENUM, .on = ALWAYS, .words = activity_status_words },
	{ .name = "error_status", .kind = K_ENUM, .on = ALWAYS, .words = error_status_words },
	END,
};

static const struct field patch_release[] = {
	{ .name = "archived", .kind = K_BOOL, .on = ALWAYS },
	END,
};

static const struct word clock_mode[] = {
	{ "real", ALWAYS, NULL },
	{ "frozen", ALWAYS, NULL },
	{ .text = NULL },
};

static const struct field put_clock[] = {
	{ .name = "mode", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS, .words = clock_mode },
	{ .name = "now", .kind = K_TIME, .on = ALWAYS },
	END,
};

static const struct field advance_clock[] = {
	{ .name = "seconds", .kind = K_SECONDS, .flags = F_REQUIRED, .on = ALWAYS },
	END,
};

static const struct field put_transitions[] = {
	{ .name = "progression", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS,
	  .words = progression_words },
	{ .name = "seconds", .kind = K_SECONDS, .on = ALWAYS },
	END,
};

/* ---- the operations -------------------------------------------------------------------------- */

/* One resource by its id, and a list of them. */
#define GET_ONE(segment, id, what, spans) \
	{ .method = "GET", .path = "/" #segment "/{" id "}", .resource = (what), \
	  .scope = SCOPE_##segment##_read, .on = spans, .query = QUERY_EXPAND, .run = op_get }
#define GET_LIST(segment, what, spans, ...) \
	{ .method = "GET", .path = "/" #segment, .resource = (what), \
	  .scope = SCOPE_##segment##_read, .on = spans, .query = QUERY_LIST, .run = op_list, \
	  __VA_ARGS__ }
/* Something done to a deployment. */
#define DEPLOYMENT(verb, route, right, function) \
	{ .method = (verb), .path = "/deployments/{deployment_id}/" route, \
	  .resource = R_DEPLOYMENT, .scope = (right), .on = ALWAYS, .query = QUERY_EXPAND, \
	  .run = (function) }
#define CONTROL(verb, route, ...) \
	{ .method = (verb), .path = "/_mock/" route, .realm = REALM_CONTROL, __VA_ARGS__ }

const struct operation operations[] = {
	GET_ONE(config_instances, "config_instance_id", R_CONFIG_INSTANCE, ALWAYS),
	GET_LIST(config_instances, R_CONFIG_INSTANCE, ALWAYS),
	GET_ONE(config_schemas, "config_schema_id", R_CONFIG_SCHEMA, ALWAYS),
	GET_LIST(config_schemas, R_CONFIG_SCHEMA, ALWAYS),
	GET_ONE(config_types, "config_type_id", R_CONFIG_TYPE, ALWAYS),
	GET_LIST(config_types, R_CONFIG_TYPE, ALWAYS),
	GET_ONE(deployments, "deployment_id", R_DEPLOYMENT, ALWAYS),
	GET_LIST(deployments, R_DEPLOYMENT, ALWAYS),
	{ .method = "POST", .path = "/deployments", .resource = R_DEPLOYMENT,
	  .scope = SCOPE_deployments_write, .on = ALWAYS, .query = QUERY_EXPAND,
	  .body = create_deployment, .run = op_create_deployment },
	DEPLOYMENT("POST", "deploy", SCOPE_deployments_deploy, op_deploy),
	DEPLOYMENT("POST", "archive", SCOPE_deployments_archive, op_archive),
	DEPLOYMENT("GET", "drifts", SCOPE_deployments_read, op_drifts),
	GET_ONE(devices, "device_id", R_DEVICE, ALWAYS),
	GET_LIST(devices, R_DEVICE, ALWAYS, .or_scope = SCOPE_devices_provision),
	GET_ONE(git_commits, "git_commit_id", R_GIT_COMMIT, ALWAYS),
	GET_LIST(git_commits, R_GIT_COMMIT, ALWAYS),
	GET_ONE(groups, "group_id", R_GROUP, SINCE(V_EVERGLADES)),
	GET_LIST(groups, R_GROUP, SINCE(V_EVERGLADES)),
	GET_ONE(releases, "release_id", R_RELEASE, ALWAYS),
	GET_LIST(releases, R_RELEASE, ALWAYS),
	CONTROL("GET", "health", .run = control_health),
	CONTROL("GET", "ready", .run = control_ready),
	CONTROL("GET", "clock", .run = control_get_clock),
	CONTROL("PUT", "clock", .body = put_clock, .run = control_put_clock),
	CONTROL("POST", "clock/advance", .body = advance_clock, .run = control_advance_clock),
	CONTROL("GET", "transitions", .run = control_get_transitions),
	CONTROL("PUT", "transitions", .body = put_transitions, .run = control_put_transitions),
	CONTROL("PATCH", "devices/{device_id}", .resource = R_DEVICE, .body = patch_device,
		.run = control_patch_device),
	CONTROL("PATCH", "deployments/{deployment_id}", .resource = R_DEPLOYMENT,
		.body = patch_deployment, .run = control_patch_deployment),
	CONTROL("POST", "deployments/{deployment_id}/restage", .resource = R_DEPLOYMENT,
		.run = control_restage),
	CONTROL("PATCH", "releases/{release_id}", .resource = R_RELEASE, .body = patch_release,
		.run = control_patch_release),
	CONTROL("GET", "fixtures", .run = control_get_fixtures),
};
/* clang-format on */

const size_t noperations = ARRAY_LEN(operations);
