# SPDX-License-Identifier: MIT
"""The worlds that are put into the server while it is read, and what must hold of whatever is read.

All worlds have the same ids, and differ in a tag that every row carries: an answer that has rows of
two worlds was read in the middle of something.
"""

import harness

FAULTY = "soak_faulty"  # the key whose requests the common workspace's faults are for
DEVICES, DEPLOYMENTS, INSTANCES = 20, 16, 6
TIME = "2026-01-01T00:00:00Z"
MANAGE = [f"{name}:manage" for name in (
    "config_instances", "config_schemas", "config_types", "deployments", "devices", "git_commits",
    "groups", "provisioning_tokens", "releases")]
STATUSES = ["online"] * 10 + ["offline"] * 5 + ["inactive"] * 2 + ["activating", "archived",
                                                                  "archived"]


def world(tag):
    """A document of fixtures; the tag is a digit, since it is in the releases' versions, too."""
    def rows(prefix, count, **fields):
        return [{"id": f"{prefix}_{n}", "created_at": TIME,
                 **{name: value(n) if callable(value) else value
                    for name, value in fields.items()}} for n in range(count)]

    return {
        "api_keys": [{"id": f"api_key_{key}", "key": key, "name": key, "scopes": MANAGE}
                     for key in (harness.ADMIN, FAULTY)],
        "groups": rows("grp", 4, name=lambda n: f"{tag}-{n}",
                       parent_id=lambda n: f"grp_{n - 1}" if n % 2 else None),
        "devices": rows("dvc", DEVICES, name=lambda n: f"{tag}-{n}", description=f"{tag}-",
                        status=lambda n: STATUSES[n], group_id=lambda n: f"grp_{n % 4}",
                        agent_version="v1.0.0"),
        "git_commits": rows("git_cmt", 2, sha=lambda n: f"{n}" * 40, message=f"{tag}-",
                            repository_owner="o", repository_name="r", repository_type="github",
                            repository_url="https://github.com/o/r",
                            commit_url="https://github.com/o/r/c"),
        "config_types": rows("cfg_typ", 3, name=lambda n: f"{tag}-{n}", slug=lambda n: f"t{n}"),
        "config_schemas": rows("cfg_sch", 2, digest=lambda n: f"{tag}-{n}",
                               config_type_id=lambda n: f"cfg_typ_{n}"),
        "config_instances": rows("cfg_inst", INSTANCES,
                                 config_schema_id=lambda n: f"cfg_sch_{n % 2}",
                                 content={"format": "json", "data": f'{{"world": "{tag}-"}}'}),
        "releases": rows("rls", 3, version=lambda n: f"v{tag}.{n}.0", git_commit_id="git_cmt_0",
                         config_schema_ids=lambda n: ["cfg_sch_0", "cfg_sch_1"] if n == 1 else []),
        "deployments": rows("dpl", DEPLOYMENTS, description=f"{tag}-",
                            device_id=lambda n: f"dvc_{n % 10}",
                            release_id="rls_1", status=lambda n: "deployed" if n < 10 else "staged",
                            config_instance_ids=["cfg_inst_0", "cfg_inst_1"]),
    }


COUNTS = {array: len(rows) for array, rows in world(1).items()}
OURS = {row["id"] for rows in world(1).values() for row in rows}  # ids that every world has
# Where a row of a world carries its tag; of some only the newest version shows it.
TAGGED = {"group": "name", "device": "description", "git_commit": "message",
          "config_type": "name", "config_schema": "digest", "deployment": "description",
          "release": "version"}


def tag_of(row):
    text = row.get(TAGGED.get(row.get("object")))
    return text.lstrip("v")[0] if text and row["id"] in OURS else None


def objects(value):
    """Every object of the API in a JSON value, however deep."""
    if isinstance(value, dict):
        if "id" in value:
            yield value
        value = value.values()
    elif not isinstance(value, list):
        return
    for inner in value:
        if isinstance(inner, (dict, list)):
            yield from objects(inner)


def check_rows(rows):
    """What holds of any rows that are shown together; the tag of their world."""
    tags = set()
    for row in rows:
        tags.add(tag_of(row))
        if row.get("object") == "deployment":
            error = row["error_status"]
            expected = row["activity_status"] if error == "none" else error
            assert row["status"] == expected, f"its status does not follow: {row}"
        current = row.get("current_deployment")
        if current:
            assert current["target_status"] == "deployed" and current["device_id"] == row["id"], row
    tags.discard(None)
    assert len(tags) <= 1, f"rows of worlds {tags}"
    return tags.pop() if tags else None


def check_list(document):
    data = document["data"]
    ids = [row["id"] for row in data]
    assert len(set(ids)) == len(ids), f"an id twice: {ids}"
    assert len(data) <= document["limit"], f"{len(data)} rows"


def check_export(document):
    """Of everything there is: ids are unique, every relation has its other end, no row is lost."""
    ids = {}
    for array, rows in document.items():
        ids[array] = {row["id"] for row in rows}
        assert len(ids[array]) == len(rows), f"{array}: an id twice"
        found = len(ids[array] & OURS)
        assert found == COUNTS[array], f"{array}: {found} of the world's {COUNTS[array]} rows"
    check_rows([row for rows in document.values() for row in rows])
    arrays = {"device_id": "devices", "release_id": "releases", "group_id": "groups",
              "config_type_id": "config_types", "config_schema_id": "config_schemas",
              "git_commit_id": "git_commits", "config_schema_ids": "config_schemas",
              "config_instance_ids": "config_instances"}
    for array, rows in document.items():
        for row in rows:
            for field, target in {**arrays, "parent_id": array}.items():
                ends = row.get(field) or []
                for end in [ends] if isinstance(ends, str) else ends:
                    assert end in ids[target], f"{field} of {row} is not there"
    current = [d["device_id"] for d in document["deployments"] if d["target_status"] == "deployed"]
    assert len(set(current)) == len(current), f"two current deployments of a device: {current}"
