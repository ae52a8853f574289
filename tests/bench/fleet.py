# SPDX-License-Identifier: MIT
"""fleet.py DEPLOYMENTS - print a fleet of that many deployments, and what belongs to them, as a stream of
fixtures (docs/fixtures.md). The same number makes the same fleet.

To a million deployments: a hundred thousand devices, each of which runs one and has nine behind it, a
hundred thousand config instances, two to a deployment, and ten thousand of everything else. Ids come
scrambled, as random ones would, and times grow.
"""

import datetime
import functools
import json
import sys

KEY = "miru_mock_admin"
VERSION = "2026-08-17.everglades"
HEADERS = {"X-API-Key": KEY, "Miru-Version": VERSION}
RESOURCES = ("config_instances", "config_schemas", "config_types", "deployments", "devices",
             "git_commits", "groups", "releases")
BEGAN = datetime.datetime(2024, 1, 1)
SECONDS = 30  # from one row to the next

# Of ten deployments of a device the first nine are over, and the last one is what it runs or ends as.
OVER = {"activity_status": "archived", "target_status": "archived"}
LAST = ({"activity_status": "deployed", "target_status": "deployed"},) * 6 + (
    {"activity_status": "queued", "target_status": "deployed"},
    {"activity_status": "staged", "target_status": "staged"},
    {"activity_status": "drifted", "target_status": "staged"},
    {**OVER, "error_status": "failed"})


def name(prefix, n):
    """An id: every n below 2^32 has its own, and neighbours are far from each other."""
    return f"{prefix}_{n * 2654435761 % 2 ** 32:08x}"


@functools.cache
def day(n):
    return (BEGAN + datetime.timedelta(days=n)).strftime("%Y-%m-%dT")


def time(n):
    days, seconds = divmod(n * SECONDS, 24 * 60 * 60)
    return f"{day(days)}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"


def sizes(deployments):
    return {"deployments": deployments, "devices": max(1, deployments // 10),
            "instances": max(1, deployments // 10), "others": max(1, deployments // 100)}


def deployment(n, size):
    """The nth; every tenth is a device's last."""
    words = LAST[n // 10 % len(LAST)] if n % 10 == 9 else OVER
    devices, instances = size["devices"], size["instances"]
    first = n % instances
    return {"object": "deployment", "id": name("dpl", n), "description": f"rollout {n}",
            "device_id": name("dvc", n // 10 % devices), "release_id": name("rls", n // 100 % size["others"]),
            "created_at": time(n), **words,
            "config_instance_ids": [name("cfg_inst", i)
                                    for i in dict.fromkeys((first, (first + 1) % instances))]}


def fleet(deployments):
    size = sizes(deployments)
    others = size["others"]
    yield {"object": "api_key", "id": "api_key_admin", "key": KEY, "name": "admin",
           "scopes": [f"{resource}:manage" for resource in RESOURCES]}
    for n in range(others):
        yield {"object": "group", "id": name("grp", n), "name": f"group {n}", "created_at": time(n),
               **({"parent_id": name("grp", n // 10)} if n >= 10 else {})}
        yield {"object": "git_commit", "id": name("git_cmt", n), "sha": f"{n:040x}",
               "message": f"Change {n}", "repository_owner": "acme", "repository_name": "configs",
               "repository_type": "github", "repository_url": "https://github.com/acme/configs",
               "commit_url": f"https://github.com/acme/configs/commit/{n:040x}", "created_at": time(n)}
        yield {"object": "config_type", "id": name("cfg_typ", n), "name": f"type {n}",
               "slug": f"type-{n}", "created_at": time(n)}
        yield {"object": "config_schema", "id": name("cfg_sch", n), "config_type_id": name("cfg_typ", n),
               "digest": f"sch:{n:08x}", "created_at": time(n), "instance_format": "json",
               "instance_slots": [{"key": "main", "name": "main", "filepath": f"/srv/{n}.json"}]}
        yield {"object": "release", "id": name("rls", n), "version": f"v1.{n}.0", "created_at": time(n),
               "git_commit_id": name("git_cmt", n), "config_schema_ids": [name("cfg_sch", n)]}
    for n in range(size["devices"]):
        yield {"object": "device", "id": name("dvc", n), "name": f"robot {n}", "created_at": time(n),
               "status": ("online", "online", "offline", "inactive")[n % 4],
               "agent_version": f"v0.{n % 7}.0", "group_id": name("grp", n // 10 % others)}
    for n in range(size["instances"]):
        yield {"object": "config_instance", "id": name("cfg_inst", n), "created_at": time(n),
               "config_schema_id": name("cfg_sch", n % others), "slot_key": "main",
               "content": {"format": "json", "data": f'{{"n":{n}}}'}}
    for n in range(deployments):
        yield deployment(n, size)


def write(deployments, out):
    encode = json.JSONEncoder(separators=(",", ":")).encode
    for item in fleet(deployments):
        out.write(encode(item) + "\n")


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.stdout)
