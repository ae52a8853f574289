/* SPDX-License-Identifier: MIT
 * resource.c - the table of resources. Fields are in the order of answers.
 */
#include "model/resource.h"

#include <assert.h>

#include "base/util.h"
#include "model/lifecycle.h"

/* ---- rows that many resources share ---------------------------------------------------------- */

/* clang-format off */
#define ID \
	{ .name = "id", .kind = K_ID, .on = ALWAYS, .filter = ALWAYS, .sort = ALWAYS, \
	  .strfmt = STRFMT_ID }
#define CREATED_AT \
	{ .name = "created_at", .kind = K_TIME, .on = ALWAYS, .sort = ALWAYS, .preset = "now" }
#define UPDATED_AT \
	{ .name = "updated_at", .kind = K_TIME, .on = ALWAYS, .same_as = "created_at" }
/* Lists can be filtered by it in every version. */
#define FILTER .filter = ALWAYS

#define RELATION(...) .relation = &(const struct relation){ __VA_ARGS__ }
/* To one row, through a column of the table itself. */
#define THROUGH(own_table, column, resource) \
	RELATION(.target = (resource), .link = (own_table), .near = "id", .far = (column))

#define CONFIG_TYPE_NAME \
	{ .name = "config_type_name", .kind = K_TEXT, .on = ALWAYS, \
	  .sql = "(SELECT name FROM config_types WHERE id = t.config_type_id)" }

/* ---- the resources --------------------------------------------------------------------------- */

/* No resource of the API, but the keys that may use it. */
static const struct field api_key_fields[] = {
	{ .name = "id", .kind = K_ID, .flags = F_GENERATED, .strfmt = STRFMT_ID },
	{ .name = "key", .kind = K_TEXT, .flags = F_SECRET, .strfmt = STRFMT_KEY },
	{ .name = "name", .kind = K_TEXT, .strfmt = STRFMT_NON_EMPTY },
	{ .name = "scopes", .kind = K_SCOPES },
};

static const struct field group_fields[] = {
	ID,
	{ .name = "name", .kind = K_TEXT, .on = ALWAYS, .filter = ALWAYS, .sort = ALWAYS,
	  .create = ALWAYS, .patch = ALWAYS, .strfmt = STRFMT_NON_EMPTY },
	{ .name = "parent_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS, FILTER,
	  .create = ALWAYS, .refers = R_GROUP },
	CREATED_AT,
	{ .name = "updated_at", .kind = K_TIME, .on = ALWAYS, .sort = ALWAYS,
	  .same_as = "created_at" },
	{ .name = "parent", .kind = K_ONE, .flags = F_EXPAND | F_NULL, .on = ALWAYS,
	  THROUGH("groups", "parent_id", R_GROUP) },
};

static const struct field device_fields[] = {
	ID,
	{ .name = "name", .kind = K_TEXT, .on = ALWAYS, FILTER, .create = ALWAYS, .patch = ALWAYS,
	  .strfmt = STRFMT_PLAIN_NAME },
	{ .name = "description", .kind = K_TEXT, .flags = F_NULL, .on = SINCE(V_EVERGLADES),
	  .strfmt = STRFMT_DESCRIPTION },
	{ .name = "status", .kind = K_ENUM, .on = ALWAYS, .filter = SINCE(V_EVERGLADES),
	  .sort = SINCE(V_EVERGLADES), .words = device_status_words, .preset = "inactive" },
	{ .name = "agent_version", .kind = K_TEXT, .flags = F_NULL, .on = ALWAYS, FILTER },
	{ .name = "last_connected_at", .kind = K_TIME, .flags = F_NULL, .on = ALWAYS },
	{ .name = "last_disconnected_at", .kind = K_TIME, .flags = F_NULL, .on = ALWAYS },
	CREATED_AT,
	UPDATED_AT,
	{ .name = "group_id", .kind = K_REF, .flags = F_NULL, .on = SINCE(V_EVERGLADES),
	  .filter = SINCE(V_EVERGLADES), .refers = R_GROUP },
	{ .name = "online_at", .kind = K_TIME, .flags = F_NULL },
	{ .name = "current_deployment", .kind = K_ONE, .flags = F_EXPAND | F_NULL,
	  .on = SINCE(V_RAINIER),
	  RELATION(.target = R_DEPLOYMENT, .near = "device_id",
		   .where = "t.target_status = 'deployed'") },
	{ .name = "current_release", .kind = K_ONE, .flags = F_EXPAND | F_NULL,
	  .on = SINCE(V_RAINIER),
	  RELATION(.target = R_RELEASE, .link = "deployments", .near = "device_id",
		   .far = "release_id", .where = "l.target_status = 'deployed'") },
	{ .name = "current_release_id", .kind = K_REF, .filter = SINCE(V_RAINIER),
	  .refers = R_RELEASE,
	  .sql = "(SELECT release_id FROM deployments"
		 " WHERE device_id = t.id AND target_status = 'deployed')",
	  .matching = "t.id IN (SELECT device_id FROM deployments"
		      " WHERE target_status = 'deployed' AND release_id" },
	{ .name = "group", .kind = K_ONE, .flags = F_EXPAND | F_NULL, .on = SINCE(V_EVERGLADES),
	  THROUGH("devices", "group_id", R_GROUP) },
};

static const struct field git_commit_fields[] = {
	ID,
	{ .name = "sha", .kind = K_TEXT, .on = ALWAYS, FILTER, .strfmt = STRFMT_NON_EMPTY },
	{ .name = "message", .kind = K_TEXT, .on = ALWAYS },
	{ .name = "repository_owner", .kind = K_TEXT, .on = ALWAYS },
	{ .name = "repository_name", .kind = K_TEXT, .on = ALWAYS },
	{ .name = "repository_type", .kind = K_ENUM, .on = ALWAYS, .words = repository_type_words },
	{ .name = "repository_url", .kind = K_TEXT, .on = ALWAYS },
	{ .name = "commit_url", .kind = K_TEXT, .on = ALWAYS },
	CREATED_AT,
};

static const struct field config_type_fields[] = {
	ID,
	{ .name = "name", .kind = K_TEXT, .on = ALWAYS, FILTER, .create = ALWAYS, .patch = ALWAYS,
	  .strfmt = STRFMT_NAME },
	{ .name = "slug", .kind = K_TEXT, .on = ALWAYS, FILTER, .create = ALWAYS,
	  .patch = UNTIL(V_RAINIER), .strfmt = STRFMT_SLUG },
	CREATED_AT,
	UPDATED_AT,
	{ .name = "archived_at", .kind = K_TIME, .flags = F_NULL | F_STATE },
};

static const struct field config_schema_fields[] = {
	ID,
	{ .name = "digest", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_NON_EMPTY },
	CONFIG_TYPE_NAME,
	/* Versions without slots have one path: the first slot's. */
	{ .name = "instance_filepath", .kind = K_TEXT, .on = UNTIL(V_RAINIER),
	  .strfmt = STRFMT_FILEPATH,
	  .sql = "(SELECT filepath FROM config_schema_slots"
		 " WHERE config_schema_id = t.id ORDER BY position LIMIT 1)" },
	{ .name = "instance_slots", .kind = K_MANY, .flags = F_NON_EMPTY, .on = SINCE(V_EVERGLADES),
	  RELATION(.target = R_INSTANCE_SLOT, .near = "config_schema_id") },
	{ .name = "instance_format", .kind = K_ENUM, .on = SINCE(V_EVERGLADES),
	  .words = instance_format_words },
	CREATED_AT,
	UPDATED_AT,
	{ .name = "config_type_id", .kind = K_REF, .on = ALWAYS, FILTER, .refers = R_CONFIG_TYPE },
	{ .name = "language", .kind = K_ENUM, .on = ALWAYS, .words = schema_language_words,
	  .preset = "jsonschema" },
	{ .name = "format", .kind = K_ENUM, .on = ALWAYS, .words = schema_format_words,
	  .preset = "json" },
	{ .name = "documents", .kind = K_MANY, .flags = F_EXPAND, .on = ALWAYS,
	  RELATION(.target = R_SCHEMA_DOCUMENT, .near = "config_schema_id") },
	{ .name = "config_type", .kind = K_ONE, .flags = F_EXPAND, .on = ALWAYS,
	  THROUGH("config_schemas", "config_type_id", R_CONFIG_TYPE) },
	{ .name = "git_commits", .kind = K_MANY, .flags = F_EXPAND,
	  RELATION(.target = R_SCHEMA_COMMIT, .near = "config_schema_id") },
};

static const struct field instance_slot_fields[] = {
	{ .name = "key", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_SLOT_KEY },
	{ .name = "name", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_PLAIN_NAME, .same_as = "key" },
	{ .name = "filepath", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_FILEPATH },
	{ .name = "required", .kind = K_BOOL, .on = ALWAYS, .preset = "1" },
	{ .name = "description", .kind = K_TEXT, .flags = F_OPTIONAL, .on = ALWAYS,
	  .strfmt = STRFMT_DESCRIPTION },
};

static const struct field schema_document_fields[] = {
	{ .name = "id", .kind = K_ID, .flags = F_GENERATED, .on = ALWAYS, .strfmt = STRFMT_ID },
	{ .name = "name", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_NON_EMPTY },
	{ .name = "data", .kind = K_TEXT, .on = ALWAYS },
};

/* The commit and its files that the documents came from. */
static const struct field schema_commit_fields[] = {
	{ .name = "git_commit_id", .kind = K_REF, .refers = R_GIT_COMMIT },
	{ .name = "schema_filepaths", .kind = K_TEXTS },
};

static const struct field config_instance_fields[] = {
	ID,
	CONFIG_TYPE_NAME,
	{ .name = "filepath", .kind = K_TEXT, .on = ALWAYS,
	  .sql = "(SELECT filepath FROM config_schema_slots"
		 " WHERE config_schema_id = t.config_schema_id AND key = t.slot_key)" },
	{ .name = "slot_key", .kind = K_TEXT, .on = SINCE(V_EVERGLADES),
	  .filter = SINCE(V_EVERGLADES), .strfmt = STRFMT_SLOT_KEY },
	CREATED_AT,
	{ .name = "config_schema_id", .kind = K_REF, .on = ALWAYS, FILTER,
	  .refers = R_CONFIG_SCHEMA },
	{ .name = "config_type_id", .kind = K_REF, .on = ALWAYS, FILTER, .refers = R_CONFIG_TYPE },
	{ .name = "config_schema", .kind = K_ONE, .flags = F_EXPAND, .on = ALWAYS,
	  THROUGH("config_instances", "config_schema_id", R_CONFIG_SCHEMA) },
	{ .name = "config_type", .kind = K_ONE, .flags = F_EXPAND, .on = ALWAYS,
	  THROUGH("config_instances", "config_type_id", R_CONFIG_TYPE) },
	{ .name = "content", .kind = K_ONE, .flags = F_EXPAND, .on = ALWAYS,
	  RELATION(.target = R_INSTANCE_CONTENT, .near = "config_instance_id") },
};

static const struct field instance_content_fields[] = {
	{ .name = "format", .kind = K_ENUM, .on = ALWAYS, .words = instance_format_words },
	{ .name = "data", .kind = K_TEXT, .on = ALWAYS },
};

static const struct field release_fields[] = {
	ID,
	{ .name = "version", .kind = K_TEXT, .on = ALWAYS, FILTER, .strfmt = STRFMT_SEMVER },
	{ .name = "git_commit_id", .kind = K_REF, .flags = F_NULL, .on = ALWAYS,
	  .refers = R_GIT_COMMIT },
	CREATED_AT,
	UPDATED_AT,
	{ .name = "archived_at", .kind = K_TIME, .flags = F_NULL | F_STATE },
	{ .name = "config_schemas", .kind = K_MANY, .flags = F_EXPAND, .on = ALWAYS,
	  RELATION(.target = R_CONFIG_SCHEMA, .link = "release_config_schemas",
		   .near = "release_id", .far = "config_schema_id", .ids = "config_schema_ids") },
};

static const struct field deployment_fields[] = {
	ID,
	{ .name = "description", .kind = K_TEXT, .on = ALWAYS, .strfmt = STRFMT_DESCRIPTION,
	  .preset = "" },
	{ .name = "status", .kind = K_ENUM, .on = ALWAYS, .words = deployment_status_words,
	  .derive = lifecycle_status, .from = { "activity_status", "error_status" } },
	{ .name = "activity_status", .kind = K_ENUM, .on = ALWAYS, FILTER,
	  .words = activity_status_words },
	{ .name = "error_status", .kind = K_ENUM, .on = ALWAYS, FILTER, .words = error_status_words },
	{ .name = "target_status", .kind = K_ENUM, .on = ALWAYS, FILTER, .words = target_status_words },
	{ .name = "device_id", .kind = K_REF, .on = ALWAYS, FILTER, .refers = R_DEVICE },
	{ .name = "release_id", .kind = K_REF, .on = ALWAYS, FILTER, .refers = R_RELEASE },
	{ .name = "parent_id", .kind = K_REF, .flags = F_NULL, .on = SINCE(V_EVERGLADES),
	  .refers = R_DEPLOYMENT },
	CREATED_AT,
	UPDATED_AT,
	{ .name = "queued_at", .kind = K_TIME, .flags = F_NULL, .on = SINCE(V_EVERGLADES) },
	{ .name = "deployed_at", .kind = K_TIME, .flags = F_NULL, .on = SINCE(V_EVERGLADES) },
	{ .name = "archived_at", .kind = K_TIME, .flags = F_NULL, .on = SINCE(V_EVERGLADES) },
	{ .name = "reviewed_at", .kind = K_TIME, .flags = F_NULL },
	{ .name = "waiting_since", .kind = K_TIME, .flags = F_NULL },
	{ .name = "due_at", .kind = K_TIME, .flags = F_NULL },
	{ .name = "step", .kind = K_TEXT, .flags = F_NULL },
	{ .name = "device", .kind = K_ONE, .flags = F_EXPAND, .on = ALWAYS,
	  THROUGH("deployments", "device_id", R_DEVICE) },
	{ .name = "release", .kind = K_ONE, .flags = F_EXPAND, .on = ALWAYS,
	  THROUGH("deployments", "release_id", R_RELEASE) },
	{ .name = "parent", .kind = K_ONE, .flags = F_EXPAND | F_NULL, .on = SINCE(V_EVERGLADES),
	  THROUGH("deployments", "parent_id", R_DEPLOYMENT) },
	{ .name = "config_instances", .kind = K_MANY, .flags = F_EXPAND, .on = ALWAYS,
	  RELATION(.target = R_CONFIG_INSTANCE, .link = "deployment_config_instances",
		   .near = "deployment_id", .far = "config_instance_id",
		   .ids = "config_instance_ids") },
};

#define FIELDS(array)     .fields = (array), .nfields = ARRAY_LEN(array)
#define UNIQUES(...)      .uniques = (const struct unique[]){ __VA_ARGS__, { .says = NULL } }
#define UNIQUE(name, error, ...) { .fields = { __VA_ARGS__ }, .says = (name), .taken = (error) }
/* clang-format on */

const struct resource resources[R_COUNT] = {
	[R_API_KEY] = {
		.object = "api_key", .called = "key", .array = "api_keys", .table = "api_keys",
		.key = "id", .prefix = "api_key_", FIELDS(api_key_fields),
		UNIQUES(UNIQUE("keys are unique", ERR_NONE, "key")),
	},
	[R_GROUP] = {
		.object = "group", .called = "group", .example = "grp_123", .array = "groups", .table = "groups",
		.key = "id", .prefix = "grp_", FIELDS(group_fields),
		UNIQUES(UNIQUE("group names are unique among siblings", ERR_DUPLICATE_GROUP_NAME,
			       "name", "parent_id")),
	},
	[R_DEVICE] = {
		.object = "device", .called = "device", .example = "dvc_123", .array = "devices", .table = "devices",
		.key = "id", .prefix = "dvc_", FIELDS(device_fields),
		UNIQUES(UNIQUE("device names are unique", ERR_DUPLICATE_DEVICE_NAME, "name")),
	},
	[R_GIT_COMMIT] = {
		.object = "git_commit", .called = "git commit", .example = "git_commit_123", .array = "git_commits",
		.table = "git_commits", .key = "id", .prefix = "git_cmt_",
		FIELDS(git_commit_fields),
		UNIQUES(UNIQUE("commits are unique in their repository", ERR_NONE, "sha",
			       "repository_url")),
	},
	[R_CONFIG_TYPE] = {
		.object = "config_type", .called = "config type", .example = "cfg_typ_123", .array = "config_types",
		.table = "config_types", .key = "id", .prefix = "cfg_typ_",
		FIELDS(config_type_fields),
		UNIQUES(UNIQUE("config type names are unique", ERR_DUPLICATE_CONFIG_TYPE_NAME,
			       "name"),
			UNIQUE("config type slugs are unique", ERR_DUPLICATE_CONFIG_TYPE_SLUG,
			       "slug")),
	},
	[R_CONFIG_SCHEMA] = {
		.object = "config_schema", .called = "config schema", .example = "cfg_sch_123", .array = "config_schemas",
		.table = "config_schemas", .key = "id", .prefix = "cfg_sch_",
		FIELDS(config_schema_fields),
		UNIQUES(UNIQUE("digests are unique in their config type", ERR_NONE, "digest",
			       "config_type_id")),
	},
	[R_INSTANCE_SLOT] = {
		.called = "slot", .table = "config_schema_slots", .key = "rowid",
		FIELDS(instance_slot_fields),
		UNIQUES(UNIQUE("slot keys are unique in their schema", ERR_INVALID_SLOTS, "key"),
			UNIQUE("slot filepaths are unique in their schema", ERR_INVALID_SLOTS,
			       "filepath")),
	},
	[R_SCHEMA_DOCUMENT] = {
		.called = "document", .table = "config_schema_documents", .key = "id",
		.prefix = "doc_", FIELDS(schema_document_fields),
	},
	[R_SCHEMA_COMMIT] = {
		.called = "link to a git commit", .table = "config_schema_git_commits",
		.key = "rowid", FIELDS(schema_commit_fields),
		UNIQUES(UNIQUE("a schema is linked to a commit once", ERR_NONE, "git_commit_id")),
	},
	[R_CONFIG_INSTANCE] = {
		.object = "config_instance", .called = "config instance", .example = "cfg_inst_123",
		.array = "config_instances", .table = "config_instances", .key = "id",
		.prefix = "cfg_inst_", FIELDS(config_instance_fields),
	},
	[R_INSTANCE_CONTENT] = {
		.called = "content object", .table = "config_instance_contents",
		.key = "config_instance_id", FIELDS(instance_content_fields),
	},
	[R_RELEASE] = {
		.object = "release", .called = "release", .example = "rls_123", .array = "releases",
		.table = "releases", .key = "id", .prefix = "rls_", FIELDS(release_fields),
		UNIQUES(UNIQUE("release versions are unique", ERR_DUPLICATE_RELEASE_VERSION,
			       "version")),
	},
	[R_DEPLOYMENT] = {
		.object = "deployment", .called = "deployment", .example = "dpl_123", .array = "deployments",
		.table = "deployments", .key = "id", .prefix = "dpl_", FIELDS(deployment_fields),
		UNIQUES({ .fields = { "device_id" }, .when = { "target_status", "deployed" },
			  .says = "a device has at most one deployment whose target_status is "
				  "deployed" }),
	},
};

/* ---- answers that no table stores (behaviour: sections 7 and 12) ----------------------------- */

/* clang-format off */
static const struct field principal_fields[] = {
	{ .name = "id", .kind = K_ID, .on = ALWAYS, .strfmt = STRFMT_ID },
	{ .name = "name", .kind = K_TEXT, .on = ALWAYS },
};

static const struct word ping_result[] = {
	{ "success", ALWAYS, NULL },
	{ "timeout", ALWAYS, NULL },
	{ .text = NULL },
};

static const struct field ping_fields[] = {
	{ .name = "code", .kind = K_ENUM, .on = ALWAYS, .words = ping_result },
	{ .name = "round_trip_nanos", .kind = K_NANOS, .flags = F_OPTIONAL, .on = ALWAYS },
};

static const struct field token_fields[] = {
	{ .name = "token", .kind = K_TEXT, .on = ALWAYS },
	{ .name = "expires_at", .kind = K_TIME, .on = ALWAYS },
};
/* clang-format on */

const struct resource principal_answer = {
	.object = "principal",
	.called = "principal",
	FIELDS(principal_fields),
};

const struct resource ping_answer = { .called = "ping answer", FIELDS(ping_fields) };

const struct resource token_answer = { .called = "token", FIELDS(token_fields) };

/* ---- look-ups -------------------------------------------------------------------------------- */

const struct field *resource_find_field(const struct resource *r, const char *name)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (streq(r->fields[i].name, name))
			return &r->fields[i];
	return NULL;
}

const struct field *resource_field(const struct resource *r, const char *name)
{
	const struct field *f = resource_find_field(r, name);

	assert(f && "the resource has a field of that name");
	return f;
}

const struct field *resource_own_ref(const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++)
		if (r->fields[i].kind == K_REF && &resources[r->fields[i].refers] == r)
			return &r->fields[i];
	return NULL;
}

const struct resource *resource_of_array(const char *array)
{
	for (size_t i = 0; i < R_COUNT; i++)
		if (resources[i].array && streq(resources[i].array, array))
			return &resources[i];
	return NULL;
}

const struct resource *resource_of_id(const char *id)
{
	for (size_t i = 0; i < R_COUNT; i++)
		if (resources[i].prefix && starts_with(id, resources[i].prefix))
			return &resources[i];
	return NULL;
}
