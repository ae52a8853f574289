-- SPDX-License-Identifier: MIT
-- The tables of a workspace.
--
-- Rows have the shape of the newest version; the resource table (server/model/resource.c) says what
-- older versions see. tests/unit/store/schema_sql.c compares both: every stored field has its column,
-- every relation its keys, every filter and sort key its index.
--
-- Times are text, in UTC, with six digits of fraction (YYYY-MM-DDTHH:MM:SS.ffffffZ), so comparing text
-- compares times. Lists keep their order in a column `position`, from 0.
--
-- The index that a list is read from ends with the order of the list: (created_at, id DESC), read
-- backwards, gives the youngest first, and equally old rows by id; (created_at, id) gives the oldest
-- first. New rows are appended at the end of such an index, where that is cheapest.
--
-- References are checked at the commit, so that rows may come in any order.
--
-- Only the statements count for the number by which a file is accepted (store/store.c); comments and
-- white space may change.

CREATE TABLE api_keys (
	id         TEXT PRIMARY KEY NOT NULL,
	key        TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	scopes     TEXT NOT NULL CHECK (scopes LIKE '[%]')
) STRICT;

CREATE TABLE groups (
	id         TEXT PRIMARY KEY NOT NULL,
	name       TEXT NOT NULL,
	parent_id  TEXT REFERENCES groups (id) DEFERRABLE INITIALLY DEFERRED
	           CHECK (parent_id <> id),
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL
) STRICT;
-- Names are unique among siblings. An index takes NULLs for different, so the top level is ''.
CREATE UNIQUE INDEX groups_siblings ON groups (ifnull(parent_id, ''), name);
CREATE INDEX groups_name ON groups (name, id);
CREATE INDEX groups_name_desc ON groups (name, id DESC);
CREATE INDEX groups_name_created_at ON groups (name, created_at, id DESC);
CREATE INDEX groups_parent_id ON groups (parent_id, created_at, id DESC);
CREATE INDEX groups_created_at ON groups (created_at, id DESC);
CREATE INDEX groups_oldest ON groups (created_at, id);
CREATE INDEX groups_updated_at ON groups (updated_at, id DESC);
CREATE INDEX groups_updated_at_oldest ON groups (updated_at, id);

CREATE TABLE devices (
	id            TEXT PRIMARY KEY NOT NULL,
	name          TEXT NOT NULL UNIQUE,
	description   TEXT,
	status        TEXT NOT NULL
	              CHECK (status IN ('inactive', 'activating', 'online', 'offline', 'archived')),
	agent_version TEXT,
	last_connected_at    TEXT,
	last_disconnected_at TEXT,
	created_at    TEXT NOT NULL,
	updated_at    TEXT NOT NULL,
	group_id      TEXT REFERENCES groups (id) DEFERRABLE INITIALLY DEFERRED,
	online_at     TEXT -- when it comes back online, if a behavior took it offline; or null
) STRICT;
CREATE INDEX devices_online_at ON devices (online_at, id)
	WHERE online_at IS NOT NULL;
CREATE INDEX devices_status ON devices (status, id);
CREATE INDEX devices_status_desc ON devices (status, id DESC);
CREATE INDEX devices_status_created_at ON devices (status, created_at, id DESC);
CREATE INDEX devices_agent_version ON devices (agent_version, created_at, id DESC);
CREATE INDEX devices_group_id ON devices (group_id, created_at, id DESC);
CREATE INDEX devices_created_at ON devices (created_at, id DESC);
CREATE INDEX devices_oldest ON devices (created_at, id);

CREATE TABLE git_commits (
	id               TEXT PRIMARY KEY NOT NULL,
	sha              TEXT NOT NULL,
	message          TEXT NOT NULL,
	repository_owner TEXT NOT NULL,
	repository_name  TEXT NOT NULL,
	repository_type  TEXT NOT NULL CHECK (repository_type IN ('github', 'gitlab', 'bitbucket')),
	repository_url   TEXT NOT NULL,
	commit_url       TEXT NOT NULL,
	created_at       TEXT NOT NULL,
	UNIQUE (sha, repository_url)
) STRICT;
CREATE INDEX git_commits_created_at ON git_commits (created_at, id DESC);
CREATE INDEX git_commits_oldest ON git_commits (created_at, id);

CREATE TABLE config_types (
	id         TEXT PRIMARY KEY NOT NULL,
	name       TEXT NOT NULL UNIQUE,
	slug       TEXT NOT NULL UNIQUE,
	created_at TEXT NOT NULL,
	updated_at TEXT NOT NULL,
	archived_at TEXT -- nothing new may be made of it since then; or null
) STRICT;
CREATE INDEX config_types_created_at ON config_types (created_at, id DESC);
CREATE INDEX config_types_oldest ON config_types (created_at, id);

CREATE TABLE config_schemas (
	id              TEXT PRIMARY KEY NOT NULL,
	digest          TEXT NOT NULL,
	instance_format TEXT NOT NULL
	                CHECK (instance_format IN ('json', 'yaml', 'jsonc', 'xml', 'text')),
	created_at      TEXT NOT NULL,
	updated_at      TEXT NOT NULL,
	config_type_id  TEXT NOT NULL REFERENCES config_types (id) DEFERRABLE INITIALLY DEFERRED,
	language        TEXT NOT NULL CHECK (language IN ('jsonschema', 'cue', 'opaque')),
	format          TEXT NOT NULL CHECK (format IN ('json', 'yaml', 'cue')),
	UNIQUE (config_type_id, digest),
	UNIQUE (id, config_type_id) -- config_instances refers to it
) STRICT;
CREATE INDEX config_schemas_config_type_id
	ON config_schemas (config_type_id, created_at, id DESC);
CREATE INDEX config_schemas_created_at ON config_schemas (created_at, id DESC);
CREATE INDEX config_schemas_oldest ON config_schemas (created_at, id);

CREATE TABLE config_schema_slots (
	config_schema_id TEXT NOT NULL REFERENCES config_schemas (id) DEFERRABLE INITIALLY DEFERRED,
	position         INTEGER NOT NULL,
	key              TEXT NOT NULL,
	name             TEXT NOT NULL,
	filepath         TEXT NOT NULL,
	required         INTEGER NOT NULL CHECK (required IN (0, 1)),
	description      TEXT,
	PRIMARY KEY (config_schema_id, position),
	UNIQUE (config_schema_id, key),
	UNIQUE (config_schema_id, filepath)
) STRICT;

CREATE TABLE config_schema_documents (
	id               TEXT PRIMARY KEY NOT NULL,
	config_schema_id TEXT NOT NULL REFERENCES config_schemas (id) DEFERRABLE INITIALLY DEFERRED,
	position         INTEGER NOT NULL,
	name             TEXT NOT NULL,
	data             TEXT NOT NULL,
	UNIQUE (config_schema_id, position)
) STRICT;

CREATE TABLE config_schema_git_commits (
	config_schema_id TEXT NOT NULL REFERENCES config_schemas (id) DEFERRABLE INITIALLY DEFERRED,
	position         INTEGER NOT NULL,
	git_commit_id    TEXT NOT NULL REFERENCES git_commits (id) DEFERRABLE INITIALLY DEFERRED,
	schema_filepaths TEXT NOT NULL CHECK (schema_filepaths LIKE '[%]'),
	PRIMARY KEY (config_schema_id, position),
	UNIQUE (config_schema_id, git_commit_id)
) STRICT;

CREATE TABLE config_instances (
	id               TEXT PRIMARY KEY NOT NULL,
	slot_key         TEXT NOT NULL,
	created_at       TEXT NOT NULL,
	config_schema_id TEXT NOT NULL,
	config_type_id   TEXT NOT NULL, -- a copy of the schema's, for the filter; a foreign key
	FOREIGN KEY (config_schema_id, config_type_id)
	        REFERENCES config_schemas (id, config_type_id) DEFERRABLE INITIALLY DEFERRED,
	FOREIGN KEY (config_schema_id, slot_key)
	        REFERENCES config_schema_slots (config_schema_id, key) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX config_instances_config_schema_id
	ON config_instances (config_schema_id, created_at, id DESC);
CREATE INDEX config_instances_config_type_id
	ON config_instances (config_type_id, created_at, id DESC);
CREATE INDEX config_instances_slot_key ON config_instances (slot_key, created_at, id DESC);
CREATE INDEX config_instances_created_at ON config_instances (created_at, id DESC);
CREATE INDEX config_instances_oldest ON config_instances (created_at, id);

-- Not a column of config_instances, because it can be large and is read only if it is expanded.
CREATE TABLE config_instance_contents (
	config_instance_id TEXT PRIMARY KEY NOT NULL
	                   REFERENCES config_instances (id) DEFERRABLE INITIALLY DEFERRED,
	format             TEXT NOT NULL CHECK (format IN ('json', 'yaml', 'jsonc', 'xml', 'text')),
	data               TEXT NOT NULL
) STRICT;

CREATE TABLE releases (
	id            TEXT PRIMARY KEY NOT NULL,
	version       TEXT NOT NULL UNIQUE,
	git_commit_id TEXT REFERENCES git_commits (id) DEFERRABLE INITIALLY DEFERRED,
	created_at    TEXT NOT NULL,
	updated_at    TEXT NOT NULL,
	archived_at   TEXT -- nothing new may be deployed of it since then; or null
) STRICT;
CREATE INDEX releases_created_at ON releases (created_at, id DESC);
CREATE INDEX releases_oldest ON releases (created_at, id);

CREATE TABLE release_config_schemas (
	release_id       TEXT NOT NULL REFERENCES releases (id) DEFERRABLE INITIALLY DEFERRED,
	position         INTEGER NOT NULL,
	config_schema_id TEXT NOT NULL REFERENCES config_schemas (id) DEFERRABLE INITIALLY DEFERRED,
	PRIMARY KEY (release_id, position),
	UNIQUE (release_id, config_schema_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX release_config_schemas_config_schema_id ON release_config_schemas (config_schema_id);

CREATE TABLE deployments (
	id              TEXT PRIMARY KEY NOT NULL,
	description     TEXT NOT NULL,
	activity_status TEXT NOT NULL CHECK (activity_status IN
	                ('drifted', 'staged', 'queued', 'deployed', 'removing', 'archived')),
	error_status    TEXT NOT NULL CHECK (error_status IN ('none', 'failed', 'retrying')),
	target_status   TEXT NOT NULL CHECK (target_status IN ('staged', 'deployed', 'archived')),
	device_id       TEXT NOT NULL REFERENCES devices (id) DEFERRABLE INITIALLY DEFERRED,
	release_id      TEXT NOT NULL REFERENCES releases (id) DEFERRABLE INITIALLY DEFERRED,
	parent_id       TEXT REFERENCES deployments (id) DEFERRABLE INITIALLY DEFERRED
	                CHECK (parent_id <> id),
	created_at      TEXT NOT NULL,
	updated_at      TEXT NOT NULL,
	queued_at       TEXT,
	deployed_at     TEXT,
	archived_at     TEXT,
	reviewed_at     TEXT, -- when it was staged again; or null
	waiting_since   TEXT, -- since when its device, which is online, has a step to take; or null
	due_at          TEXT, -- when that step is due, if a behavior says so; or null
	step            TEXT  -- what is kept of that step (server/model/step.h); or null
) STRICT;
-- A device's current deployment is the one that it should run. There is at most one, and no other
-- column says which.
CREATE UNIQUE INDEX deployments_current ON deployments (device_id)
	WHERE target_status = 'deployed';
-- The devices whose current deployment is of a release.
CREATE INDEX deployments_current_release ON deployments (release_id, device_id)
	WHERE target_status = 'deployed';
-- The targeted deployments of a device: few, whatever the number of those that are over.
CREATE INDEX deployments_targeted ON deployments (device_id, created_at, id)
	WHERE target_status <> 'archived';
-- The deployments of a device that may have a next step, and do not wait for it.
CREATE INDEX deployments_idle ON deployments (device_id, created_at, id)
	WHERE (activity_status <> 'archived' OR target_status = 'deployed')
	AND waiting_since IS NULL;
-- The deployments that are on a device.
CREATE INDEX deployments_deployed ON deployments (device_id, created_at, id)
	WHERE activity_status = 'deployed';
CREATE INDEX deployments_waiting ON deployments (waiting_since, id)
	WHERE waiting_since IS NOT NULL AND due_at IS NULL;
CREATE INDEX deployments_due ON deployments (due_at, id)
	WHERE due_at IS NOT NULL;
CREATE INDEX deployments_queued_at ON deployments (device_id, queued_at, id DESC);
CREATE INDEX deployments_device_id ON deployments (device_id, created_at, id DESC);
CREATE INDEX deployments_release_id ON deployments (release_id, created_at, id DESC);
CREATE INDEX deployments_parent_id ON deployments (parent_id);
CREATE INDEX deployments_activity_status ON deployments (activity_status, created_at, id DESC);
CREATE INDEX deployments_error_status ON deployments (error_status, created_at, id DESC);
CREATE INDEX deployments_target_status ON deployments (target_status, created_at, id DESC);
CREATE INDEX deployments_created_at ON deployments (created_at, id DESC);
CREATE INDEX deployments_oldest ON deployments (created_at, id);

CREATE TABLE deployment_config_instances (
	deployment_id      TEXT NOT NULL REFERENCES deployments (id) DEFERRABLE INITIALLY DEFERRED,
	position           INTEGER NOT NULL,
	config_instance_id TEXT NOT NULL
	                   REFERENCES config_instances (id) DEFERRABLE INITIALLY DEFERRED,
	PRIMARY KEY (deployment_id, position),
	UNIQUE (deployment_id, config_instance_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deployment_config_instances_config_instance_id
	ON deployment_config_instances (config_instance_id);
