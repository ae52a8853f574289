# SPDX-License-Identifier: MIT
"""The documentation's own objects, as each version shows them.

They are written here once, in the newest version's shape, and `in_version` takes away what older
versions do not have. Where the documentations of two versions print different values for the same
object, tetons' deployment with its expansions is held to: one store cannot say both. So the filepaths
are /v1/motion-control.json and /v1/localization.json, also as instance_filepath (tetons and rainier:
/srv/miru/configs/v1/...), and everglades' schema of two slots is an object of its own.
"""

import copy

from harness import ADMIN_NAME, EVERGLADES, TETONS

GROUP = {
    "object": "group",
    "id": "grp_123",
    "name": "production",
    "parent_id": "grp_456",
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
}

DEVICE = {
    "object": "device",
    "id": "dvc_123",
    "name": "My Device",
    "description": "Welder on line 3",
    "status": "online",
    "agent_version": "v1.0.0",
    "last_connected_at": "2021-01-01T00:00:00Z",
    "last_disconnected_at": None,
    "created_at": "2021-01-01T00:00:00Z",
    "updated_at": "2021-01-01T00:00:00Z",
    "group_id": "grp_123",
}

RELEASE = {
    "object": "release",
    "id": "rls_123",
    "version": "v1.0.0",
    "git_commit_id": "git_commit_123",
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
}

CONFIG_INSTANCES = [
    {
        "object": "config_instance",
        "id": "cfg_inst_123",
        "config_type_name": "Motion Control",
        "filepath": "/v1/motion-control.json",
        "slot_key": "default",
        "created_at": "2021-01-01T00:00:00Z",
        "config_schema_id": "cfg_sch_123",
        "config_type_id": "cfg_typ_123",
    },
    {
        "object": "config_instance",
        "id": "cfg_inst_124",
        "config_type_name": "Localization",
        "filepath": "/v1/localization.json",
        "slot_key": "default",
        "created_at": "2021-01-01T00:00:00Z",
        "config_schema_id": "cfg_sch_124",
        "config_type_id": "cfg_typ_124",
    },
]

CONTENT = {
    "format": "json",
    "data": '{\n  "enable_autonomy": true,\n  "enable_remote_control": true,\n'
            '  "max_payload_kg": 10.0\n}\n',
}

CONFIG_TYPE = {
    "object": "config_type",
    "id": "cfg_typ_123",
    "name": "Motion Control",
    "slug": "motion-control",
    "created_at": "2021-01-01T00:00:00Z",
    "updated_at": "2021-01-01T00:00:00Z",
}

DOCUMENTS = [{
    "id": "doc_123",
    "name": "main.json",
    "data": '{\n  "$schema": "https://json-schema.org/draft/2020-12/schema",\n'
            '  "type": "object"\n}\n',
}]

# instance_filepath is here beside what replaced it; in_version keeps the one or the other.
CONFIG_SCHEMAS = [
    {
        "object": "config_schema",
        "id": "cfg_sch_123",
        "digest": "sha256:1234567890",
        "config_type_name": "Motion Control",
        "instance_filepath": "/v1/motion-control.json",
        "instance_slots": [
            {
                "key": "default",
                "name": "Default",
                "filepath": "/v1/motion-control.json",
                "required": True,
            },
        ],
        "instance_format": "json",
        "created_at": "2021-01-01T00:00:00Z",
        "updated_at": "2021-01-01T00:00:00Z",
        "config_type_id": "cfg_typ_123",
        "language": "jsonschema",
        "format": "json",
    },
    {
        "object": "config_schema",
        "id": "cfg_sch_124",
        "digest": "sha256:1234567890",
        "config_type_name": "Localization",
        "instance_filepath": "/v1/localization.json",
        "instance_slots": [
            {
                "key": "default",
                "name": "Default",
                "filepath": "/v1/localization.json",
                "required": True,
            },
        ],
        "instance_format": "json",
        "created_at": "2021-01-01T00:00:00Z",
        "updated_at": "2021-01-01T00:00:00Z",
        "config_type_id": "cfg_typ_124",
        "language": "jsonschema",
        "format": "json",
    },
]

# Of cfg_sch_loc_2: the slots that everglades' page shows for cfg_sch_124.
TWO_SLOTS = [
    {
        "key": "primary",
        "name": "Primary",
        "filepath": "/srv/miru/configs/v1/localization/primary.json",
        "required": True,
    },
    {
        "key": "secondary",
        "name": "Secondary",
        "filepath": "/srv/miru/configs/v1/localization/secondary.json",
        "required": False,
    },
]

DEPLOYMENT = {
    "object": "deployment",
    "id": "dpl_123",
    "description": "Deployment for the motion control config instance",
    "status": "staged",
    "activity_status": "staged",
    "error_status": "none",
    "target_status": "staged",
    "device_id": "dvc_123",
    "release_id": "rls_123",
    "parent_id": None,
    "created_at": "2024-01-01T00:00:00Z",
    "updated_at": "2024-01-01T00:00:00Z",
    "queued_at": None,
    "deployed_at": None,
    "archived_at": None,
}

PRINCIPAL = {"object": "principal", "id": "api_key_123", "name": ADMIN_NAME}

GIT_COMMIT = {
    "object": "git_commit",
    "id": "git_commit_123",
    "sha": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0",
    "message": "Add basic motion configurations",
    "repository_owner": "user",
    "repository_name": "repo",
    "repository_type": "github",
    "repository_url": "https://github.com/user/repo",
    "commit_url": "https://github.com/user/repo/commit/a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0",
    "created_at": "2021-01-01T00:00:00Z",
}

SINCE_EVERGLADES = {
    "deployment": {"parent_id", "queued_at", "deployed_at", "archived_at"},
    "device": {"description", "group_id"},
    "config_schema": {"instance_slots", "instance_format"},
    "config_instance": {"slot_key"},
}
UNTIL_RAINIER = {"config_schema": {"instance_filepath"}}
# The names of fields that the official documents do not have.
UNOFFICIAL = set()


def in_version(document, version):
    """The object, or each of a list, and everything in it, as a version shows it."""
    if isinstance(document, list):
        return [in_version(item, version) for item in document]
    if not isinstance(document, dict):
        return document
    gone = UNTIL_RAINIER if version == EVERGLADES else SINCE_EVERGLADES
    names = gone.get(document.get("object"), set())
    return {name: in_version(value, version) for name, value in document.items()
            if name not in names}


def expanded(document, **relations):
    """A copy with relations at its end, in the order given."""
    return {**copy.deepcopy(document), **relations}


assert "parent_id" not in in_version(DEPLOYMENT, TETONS)
