/* SPDX-License-Identifier: MIT
 * operations.c - the rows of the table of operations, and the fields of their bodies and
 * parameters. The only file that names every handler.
 */
#include "operations.h"

#include "api/config_instances.h"
#include "api/config_schemas.h"
#include "api/deployments.h"
#include "api/devices.h"
#include "api/git_commits.h"
#include "api/groups.h"
#include "api/handler.h"
#include "api/openapi.h"
#include "api/releases.h"
#include "api/write.h"
#include "base/util.h"
#include "control/control.h"
#include "model/progression.h"
#include "workspace/behavior_rule.h"
#include "workspace/fault_rule.h"
#include "workspace/settings.h"

/* ---- bodies and parameters (behaviour: section 6) -------------------------------------------- */

#define SHAPE(array)                                                                               \
	{                                                                                          \
		.fields = (array), .count = ARRAY_LEN(array)                                       \
	}
#define MEMBERS(array) .members = &(const struct shape)SHAPE(array)

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
	  .strfmt = STRFMT_DESCRIPTION },
	{ .name = "release_id", .kind = K_REF, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_RELEASE },
	{ .name = "device_id", .kind = K_REF, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_DEVICE },
	{ .name = "config_instance_ids", .kind = K_IDS, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_CONFIG_INSTANCE },
	/* Before everglades null counts as absent, and --lenient-parent applies. */
	{ .name = "parent_id", .kind = K_REF, .flags = F_LENIENT, .on = UNTIL(V_RAINIER),
	  .refers = R_DEPLOYMENT },
	{ .name = "parent_id", .kind = K_REF, .flags = F_NULL, .on = SINCE(V_EVERGLADES),
	  .refers = R_DEPLOYMENT },
};

/* By the words of target_status: creating needs the scope to stage, or to deploy, as well. */
static const enum scope create_deployment_scopes[] = { SCOPE_deployments_stage,
						       SCOPE_deployments_deploy };

static const struct field type_ref[] = {
	{ .name = "id", .kind = K_REF, .on = ALWAYS, .refers = R_CONFIG_TYPE },
	{ .name = "slug", .kind = K_TEXT, .on = ALWAYS },
};

static const struct field commit_ref[] = {
	{ .name = "id", .kind = K_REF, .on = ALWAYS, .refers = R_GIT_COMMIT },
	{ .name = "sha", .kind = K_TEXT, .on = ALWAYS },
};

static const struct field schema_commit[] = {
	{ .name = "commit_ref", .kind = K_OBJECT, .flags = F_REQUIRED, .on = ALWAYS,
	  MEMBERS(commit_ref) },
	{ .name = "schema_filepaths", .kind = K_TEXTS, .flags = F_REQUIRED, .on = ALWAYS },
};

static const struct field schema_document[] = {
	{ .name = "name", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS, .strfmt = STRFMT_NON_EMPTY },
	{ .name = "data", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS },
};

static const struct field instance_slot[] = {
	{ .name = "key", .kind = K_TEXT, .flags = F_REQUIRED | F_CHECKED_LATER, .on = ALWAYS,
	  .strfmt = STRFMT_SLOT_KEY },
	{ .name = "name", .kind = K_TEXT, .flags = F_REQUIRED | F_CHECKED_LATER, .on = ALWAYS,
	  .strfmt = STRFMT_PLAIN_NAME },
	{ .name = "filepath", .kind = K_TEXT, .flags = F_REQUIRED | F_CHECKED_LATER, .on = ALWAYS,
	  .strfmt = STRFMT_FILEPATH },
	{ .name = "required", .kind = K_BOOL, .flags = F_REQUIRED, .on = ALWAYS },
	{ .name = "description", .kind = K_TEXT, .flags = F_CHECKED_LATER, .on = ALWAYS,
	  .strfmt = STRFMT_DESCRIPTION },
};

static const struct field create_config_schema[] = {
	{ .name = "config_type_ref", .kind = K_OBJECT, .flags = F_REQUIRED, .on = ALWAYS,
	  MEMBERS(type_ref) },
	{ .name = "instance_filepath", .kind = K_TEXT, .on = UNTIL(V_RAINIER),
	  .strfmt = STRFMT_FILEPATH },
	{ .name = "instance_slots", .kind = K_OBJECTS, .flags = F_NON_EMPTY | F_CHECKED_LATER,
	  .on = SINCE(V_EVERGLADES), MEMBERS(instance_slot) },
	{ .name = "instance_format", .kind = K_ENUM, .on = SINCE(V_EVERGLADES),
	  .words = instance_format_words },
	{ .name = "language", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS,
	  .words = schema_language_words },
	{ .name = "format", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS,
	  .words = schema_format_words },
	{ .name = "documents", .kind = K_OBJECTS, .flags = F_REQUIRED | F_NON_EMPTY, .on = ALWAYS,
	  MEMBERS(schema_document) },
	{ .name = "git_commit", .kind = K_OBJECT, .on = ALWAYS, MEMBERS(schema_commit) },
};

static const struct field instance_content[] = {
	{ .name = "format", .kind = K_ENUM, .flags = F_REQUIRED, .on = ALWAYS,
	  .words = instance_format_words },
	{ .name = "data", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS },
};

static const struct field create_config_instance[] = {
	{ .name = "config_schema_id", .kind = K_REF, .flags = F_REQUIRED, .on = ALWAYS,
	  .refers = R_CONFIG_SCHEMA },
	{ .name = "content", .kind = K_OBJECT, .flags = F_REQUIRED, .on = ALWAYS,
	  MEMBERS(instance_content) },
	{ .name = "slot_key", .kind = K_TEXT, .on = SINCE(V_EVERGLADES) },
};

static const struct word disposition_words[] = {
	{ "inline", ALWAYS, NULL },
	{ "attachment", ALWAYS, NULL },
	{ .text = NULL },
};

static const struct field disposition[] = {
	{ .name = "disposition", .kind = K_ENUM, .on = ALWAYS, .words = disposition_words,
	  .preset = "inline" },
};

static const struct field create_git_commit[] = {
	{ .name = "sha", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS, .strfmt = STRFMT_NON_EMPTY },
	{ .name = "message", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS },
	{ .name = "origin", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS },
};

static const struct field create_release[] = {
	{ .name = "version", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS,
	  .strfmt = STRFMT_SEMVER },
	{ .name = "config_schema_ids", .kind = K_IDS, .flags = F_REQUIRED | F_NON_EMPTY, .on = ALWAYS,
	  .refers = R_CONFIG_SCHEMA },
	{ .name = "git_commit_ref", .kind = K_OBJECT, .on = ALWAYS, MEMBERS(commit_ref) },
};

static const struct field move_group[] = {
	{ .name = "parent_id", .kind = K_REF, .flags = F_REQUIRED | F_NULL, .on = ALWAYS,
	  .refers = R_GROUP },
};

static const struct field ping_device[] = {
	{ .name = "timeout_nanos", .kind = K_NANOS, .flags = F_REQUIRED, .on = ALWAYS },
};

static const struct field activate_device[] = {
	{ .name = "allow_reactivation", .kind = K_BOOL, .on = ALWAYS, .preset = "0" },
};

/* What testers may change of rows. */
static const struct field patch_device[] = {
	{ .name = "status", .kind = K_ENUM, .on = ALWAYS, .words = device_status_words },
	{ .name = "agent_version", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS,
	  .strfmt = STRFMT_NON_EMPTY },
	{ .name = "group_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, .refers = R_GROUP },
	{ .name = "description", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS,
	  .strfmt = STRFMT_DESCRIPTION },
};

static const struct field patch_deployment[] = {
	{ .name = "activity_status", .kind = K_ENUM, .on = ALWAYS, .words = activity_status_words },
	{ .name = "error_status", .kind = K_ENUM, .on = ALWAYS, .words = error_status_words },
};

static const struct field patch_archived[] = {
	{ .name = "archived", .kind = K_BOOL, .on = ALWAYS },
};

static const struct field advance_clock[] = {
	{ .name = "seconds", .kind = K_SECONDS, .flags = F_REQUIRED, .on = ALWAYS },
};

static const struct field post_step[] = {
	{ .name = "device_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, .refers = R_DEVICE },
};

enum { WAIT_MAX = 60 /* seconds */, COUNT_MAX = 100000 };

/* The conditions that requests are selected and verified by. */
#define REQUEST_CONDITIONS \
	{ .name = "operation", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_LINE }, \
	{ .name = "method", .kind = K_ENUM, .on = ALWAYS, .words = operation_methods }, \
	{ .name = "path", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_PATTERN }

static const struct field get_requests[] = {
	REQUEST_CONDITIONS,
	{ .name = "status", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_STATUS },
	{ .name = "key", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_LINE },
	{ .name = "since", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_SINCE },
	{ .name = "at_least", .kind = K_WHOLE, .on = ALWAYS, .least = 1, .most = COUNT_MAX },
	{ .name = "wait", .kind = K_WHOLE, .on = ALWAYS, .most = WAIT_MAX },
};

static const struct field get_events[] = {
	{ .name = "since", .kind = K_WHOLE, .on = ALWAYS, .most = 1000000000000000 },
	{ .name = "wait", .kind = K_WHOLE, .on = ALWAYS, .most = WAIT_MAX },
};

static const struct field verify_requests[] = {
	REQUEST_CONDITIONS,
	{ .name = "status", .kind = K_JSON, .on = ALWAYS },
	{ .name = "key", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_LINE },
	{ .name = "query", .kind = K_JSON, .on = ALWAYS },
	{ .name = "body", .kind = K_JSON, .on = ALWAYS },
	{ .name = "since", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_SINCE },
	{ .name = "times", .kind = K_WHOLE, .on = ALWAYS, .most = COUNT_MAX },
	{ .name = "at_least", .kind = K_WHOLE, .on = ALWAYS, .most = COUNT_MAX },
	{ .name = "at_most", .kind = K_WHOLE, .on = ALWAYS, .most = COUNT_MAX },
	{ .name = "wait", .kind = K_WHOLE, .on = ALWAYS, .most = WAIT_MAX },
};

static const struct field get_changes[] = {
	{ .name = "limit", .kind = K_WHOLE, .on = ALWAYS, .least = 1, .most = CHANGES_MAX },
	{ .name = "offset", .kind = K_WHOLE, .on = ALWAYS, .most = 1000000000 },
};

/* ---- refusals that operations have of their own, besides those that their rows tell ---------- */

#define REFUSES(name, ...) static const enum error refuses_##name[] = { __VA_ARGS__, ERR_NONE }

REFUSES(create_instance, ERR_FORMAT_UNSUPPORTED, ERR_INSTANCE_INVALID);
REFUSES(create_schema, ERR_INVALID_SCHEMA, ERR_INVALID_SLOTS, ERR_FORMAT_UNKNOWN,
	ERR_FORMAT_UNSUPPORTED, ERR_SCHEMA_TYPE_ARCHIVED);
REFUSES(create_deployment, ERR_DEVICE_INACTIVE, ERR_RELEASE_ARCHIVED, ERR_DEPLOYMENT_RELEASE,
	ERR_DEPLOYMENT_INSTANCES, ERR_PARENT_MISMATCH);
REFUSES(deploy, ERR_DEVICE_INACTIVE, ERR_RELEASE_ARCHIVED, ERR_NOT_DEPLOYABLE);
REFUSES(archive, ERR_NOT_ARCHIVABLE);
REFUSES(activate, ERR_DEVICE_ACTIVE);
REFUSES(place_group, ERR_GROUP_DEPTH, ERR_GROUP_PARENT);
REFUSES(create_release, ERR_INVALID_RELEASE_SCHEMAS, ERR_RELEASE_TYPE_ARCHIVED);

/* ---- the operations -------------------------------------------------------------------------- */

/* Reading one row by its id, and a list. */
/* NOLINTBEGIN(bugprone-macro-parentheses): spans are initializers */
#define GET_ONE(segment, called, id, what, spans) \
	{ .name = "get" called, .summary = "Get", .method = "GET", .path = "/" #segment "/{" id "}", .resource = (what), \
	  .scope = SCOPE_##segment##_read, .on = spans, .query = QUERY_EXPAND, .run = op_get }
#define GET_LIST(segment, called, what, spans, ...) \
	{ .name = "list" called "s", .summary = "List", .method = "GET", .path = "/" #segment, .resource = (what), \
	  .scope = SCOPE_##segment##_read, .on = spans, .query = QUERY_LIST, .lists = true, \
	  .run = op_list, \
	  __VA_ARGS__ }
/* An action on a deployment. */
#define DEPLOYMENT(called, title, verb, route, spans, right, function, ...) \
	{ .name = (called), .summary = (title), .method = (verb), .path = "/deployments/{deployment_id}/" route, \
	  .resource = R_DEPLOYMENT, .scope = (right), .on = spans, .query = QUERY_EXPAND, \
	  .run = (function), __VA_ARGS__ }
/* Creating a row, and changing one; the resource's fields say what a body may set. */
#define CREATE(segment, called, what, spans, ...) \
	{ .name = "create" called, .summary = "Create", .method = "POST", .path = "/" #segment, .resource = (what), \
	  .scope = SCOPE_##segment##_write, .on = spans, .query = QUERY_EXPAND, __VA_ARGS__ }
#define PATCH(segment, called, id, what, spans) \
	{ .name = "update" called, .summary = "Update", .method = "PATCH", .path = "/" #segment "/{" id "}", .resource = (what), \
	  .scope = SCOPE_##segment##_write, .on = spans, .query = QUERY_EXPAND, \
	  .writes = PART_PATCH, .run = op_patch }
#define CONTROL(verb, route, ...) \
	{ .method = (verb), .path = "/_mock/" route, .class = ENDPOINT_CONTROL, __VA_ARGS__ }
/* Reading the rows of a resource, and one of them, beside the API. */
#define CONTROL_READS(segment, id, what) \
	CONTROL("GET", #segment, .resource = (what), .query = QUERY_LIST, .lists = true, .run = control_list_rows), \
	CONTROL("GET", #segment "/{" id "}", .resource = (what), .query = QUERY_EXPAND, .run = control_get_row)
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct operation rows[] = {
	GET_ONE(config_instances, "ConfigInstance", "config_instance_id", R_CONFIG_INSTANCE, ALWAYS),
	GET_LIST(config_instances, "ConfigInstance", R_CONFIG_INSTANCE, ALWAYS),
	CREATE(config_instances, "ConfigInstance", R_CONFIG_INSTANCE, ALWAYS, .body = SHAPE(create_config_instance),
	       .refuses = refuses_create_instance, .run = config_instances_create),
	{ .name = "getConfigInstanceContent", .summary = "Download Content", .method = "GET", .path = "/config_instances/{config_instance_id}/content",
	  .resource = R_CONFIG_INSTANCE, .raw = true, .scope = SCOPE_config_instances_read,
	  .on = ALWAYS, .params = SHAPE(disposition), .run = config_instances_content },
	GET_ONE(config_schemas, "ConfigSchema", "config_schema_id", R_CONFIG_SCHEMA, ALWAYS),
	GET_LIST(config_schemas, "ConfigSchema", R_CONFIG_SCHEMA, ALWAYS),
	CREATE(config_schemas, "ConfigSchema", R_CONFIG_SCHEMA, ALWAYS, .body = SHAPE(create_config_schema),
	       .refuses = refuses_create_schema, .run = config_schemas_create),
	GET_ONE(config_types, "ConfigType", "config_type_id", R_CONFIG_TYPE, ALWAYS),
	GET_LIST(config_types, "ConfigType", R_CONFIG_TYPE, ALWAYS),
	CREATE(config_types, "ConfigType", R_CONFIG_TYPE, ALWAYS, .writes = PART_CREATE, .run = op_create),
	PATCH(config_types, "ConfigType", "config_type_id", R_CONFIG_TYPE, ALWAYS),
	GET_ONE(deployments, "Deployment", "deployment_id", R_DEPLOYMENT, ALWAYS),
	GET_LIST(deployments, "Deployment", R_DEPLOYMENT, ALWAYS),
	CREATE(deployments, "Deployment", R_DEPLOYMENT, ALWAYS, .body = SHAPE(create_deployment),
	       .by_word = { "target_status", create_deployment_scopes }, .conflicts = true, .refuses = refuses_create_deployment,
	       .run = deployments_create),
	DEPLOYMENT("deployDeployment", "Deploy", "POST", "deploy", ALWAYS, SCOPE_deployments_deploy, deployments_deploy,
		   .refuses = refuses_deploy),
	DEPLOYMENT("archiveDeployment", "Archive", "POST", "archive", ALWAYS, SCOPE_deployments_archive, deployments_archive,
		   .refuses = refuses_archive),
	DEPLOYMENT("getDeploymentDrifts", "Drifts", "GET", "drifts", ALWAYS, SCOPE_deployments_read, deployments_drifts,
		   .lists = true),
	GET_ONE(devices, "Device", "device_id", R_DEVICE, ALWAYS),
	GET_LIST(devices, "Device", R_DEVICE, ALWAYS, .or_scope = SCOPE_devices_provision),
	CREATE(devices, "Device", R_DEVICE, ALWAYS, .or_scope = SCOPE_devices_provision,
	       .writes = PART_CREATE, .run = op_create),
	PATCH(devices, "Device", "device_id", R_DEVICE, ALWAYS),
	{ .name = "createDeviceActivationToken", .summary = "Activation Token", .method = "POST", .path = "/devices/{device_id}/activation_token", .resource = R_DEVICE,
	  .answer = &token_answer, .scope = SCOPE_devices_provision, .on = UNTIL(V_TETONS),
	  .body = SHAPE(activate_device), .refuses = refuses_activate, .run = devices_activation_token },
	{ .name = "pingDevice", .summary = "Ping", .method = "POST", .path = "/devices/{device_id}/ping", .resource = R_DEVICE,
	  .answer = &ping_answer, .scope = SCOPE_devices_read, .on = ALWAYS,
	  .body = SHAPE(ping_device), .run = devices_ping },
	GET_ONE(git_commits, "GitCommit", "git_commit_id", R_GIT_COMMIT, ALWAYS),
	GET_LIST(git_commits, "GitCommit", R_GIT_COMMIT, ALWAYS),
	CREATE(git_commits, "GitCommit", R_GIT_COMMIT, ALWAYS, .body = SHAPE(create_git_commit),
	       .run = git_commits_create),
	GET_ONE(groups, "Group", "group_id", R_GROUP, SINCE(V_EVERGLADES)),
	GET_LIST(groups, "Group", R_GROUP, SINCE(V_EVERGLADES)),
	CREATE(groups, "Group", R_GROUP, SINCE(V_EVERGLADES), .writes = PART_CREATE,
	       .refuses = refuses_place_group, .run = groups_create),
	PATCH(groups, "Group", "group_id", R_GROUP, SINCE(V_EVERGLADES)),
	{ .name = "moveGroup", .summary = "Move", .method = "POST", .path = "/groups/{group_id}/move", .resource = R_GROUP,
	  .scope = SCOPE_groups_write, .on = SINCE(V_EVERGLADES), .query = QUERY_EXPAND,
	  .body = SHAPE(move_group), .refuses = refuses_place_group, .run = groups_move },
	{ .name = "getSelf", .summary = "Self", .method = "GET", .path = "/principal", .answer = &principal_answer, .on = ALWAYS,
	  .run = op_principal },
	{ .name = "createProvisioningToken", .summary = "Create", .method = "POST", .path = "/provisioning_tokens", .answer = &token_answer,
	  .scope = SCOPE_devices_provision, .and_scope = SCOPE_provisioning_tokens_write,
	  .on = SINCE(V_RAINIER), .run = devices_provisioning_token },
	GET_ONE(releases, "Release", "release_id", R_RELEASE, ALWAYS),
	GET_LIST(releases, "Release", R_RELEASE, ALWAYS),
	CREATE(releases, "Release", R_RELEASE, ALWAYS, .body = SHAPE(create_release),
	       .refuses = refuses_create_release, .run = releases_create),
	CONTROL("GET", "health", .probe = true, .no_workspace = true, .run = control_health),
	CONTROL("GET", "ready", .probe = true, .no_workspace = true, .run = control_ready),
	CONTROL("GET", "openapi.json", .no_workspace = true, .run = control_get_openapi),
	CONTROL("GET", "clock", .run = control_get_clock),
	CONTROL("PUT", "clock", .body = SHAPE(clock_fields), .run = control_put_clock),
	CONTROL("POST", "clock/advance", .body = SHAPE(advance_clock), .run = control_advance_clock),
	CONTROL("GET", "transitions", .run = control_get_transitions),
	CONTROL("PUT", "transitions", .body = SHAPE(transitions_fields), .run = control_put_transitions),
	CONTROL("POST", "step", .body = SHAPE(post_step), .no_body = true, .run = control_step),
	CONTROL_READS(config_instances, "config_instance_id", R_CONFIG_INSTANCE),
	CONTROL_READS(config_schemas, "config_schema_id", R_CONFIG_SCHEMA),
	CONTROL_READS(config_types, "config_type_id", R_CONFIG_TYPE),
	CONTROL("PATCH", "config_types/{config_type_id}", .resource = R_CONFIG_TYPE,
		.body = SHAPE(patch_archived), .run = control_patch_config_type),
	CONTROL_READS(deployments, "deployment_id", R_DEPLOYMENT),
	CONTROL("PATCH", "deployments/{deployment_id}", .resource = R_DEPLOYMENT,
		.body = SHAPE(patch_deployment), .run = control_patch_deployment),
	CONTROL("POST", "deployments/{deployment_id}/restage", .resource = R_DEPLOYMENT,
		.run = control_restage),
	CONTROL_READS(devices, "device_id", R_DEVICE),
	CONTROL("PATCH", "devices", .resource = R_DEVICE, .query = QUERY_FILTERS, .body = SHAPE(patch_device),
		.run = control_patch_devices),
	CONTROL("PATCH", "devices/{device_id}", .resource = R_DEVICE, .body = SHAPE(patch_device),
		.run = control_patch_device),
	CONTROL_READS(git_commits, "git_commit_id", R_GIT_COMMIT),
	CONTROL_READS(groups, "group_id", R_GROUP),
	CONTROL_READS(releases, "release_id", R_RELEASE),
	CONTROL("PATCH", "releases/{release_id}", .resource = R_RELEASE, .body = SHAPE(patch_archived),
		.run = control_patch_release),
	CONTROL("POST", "reset", .run = control_reset),
	CONTROL("GET", "snapshots", .run = control_get_snapshots),
	CONTROL("PUT", "snapshots/{name}", .run = control_put_snapshot),
	CONTROL("DELETE", "snapshots/{name}", .run = control_delete_snapshot),
	CONTROL("POST", "snapshots/{name}/restore", .run = control_restore_snapshot),
	CONTROL("GET", "fixtures", .run = control_get_fixtures),
	CONTROL("PUT", "fixtures", .reads = true, .run = control_put_fixtures),
	CONTROL("POST", "fixtures", .reads = true, .run = control_post_fixtures),
	CONTROL("DELETE", "fixtures", .run = control_delete_fixtures),
	CONTROL("GET", "changes", .params = SHAPE(get_changes), .run = control_get_changes),
	CONTROL("GET", "workspaces", .no_workspace = true, .run = control_get_workspaces),
	CONTROL("DELETE", "workspaces/{id}", .no_workspace = true, .run = control_delete_workspace),
	CONTROL("GET", "faults", .run = control_get_faults),
	CONTROL("PUT", "faults", .body = SHAPE(faults_fields), .run = control_put_faults),
	CONTROL("POST", "faults", .body = SHAPE(faults_fields), .run = control_post_faults),
	CONTROL("DELETE", "faults", .run = control_delete_faults),
	CONTROL("GET", "behaviors", .run = control_get_behaviors),
	CONTROL("PUT", "behaviors", .body = SHAPE(behaviors_fields), .run = control_put_behaviors),
	CONTROL("POST", "behaviors", .body = SHAPE(behaviors_fields), .run = control_post_behaviors),
	CONTROL("DELETE", "behaviors", .run = control_delete_behaviors),
	CONTROL("GET", "requests", .params = SHAPE(get_requests), .run = control_get_requests),
	CONTROL("DELETE", "requests", .run = control_delete_requests),
	CONTROL("POST", "requests/verify", .body = SHAPE(verify_requests), .run = control_verify_requests),
	CONTROL("GET", "events", .params = SHAPE(get_events), .run = control_get_events),
	CONTROL("GET", "report", .run = control_get_report),
	{ .method = "GET", .path = "/openapi.json", .class = ENDPOINT_OPEN, .no_workspace = true, .run = openapi_get },
	{ .method = "GET", .path = "/", .class = ENDPOINT_OPEN, .no_workspace = true, .run = control_get_index },
};
/* clang-format on */

const struct operation_table operations = { rows, ARRAY_LEN(rows) };
