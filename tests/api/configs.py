# SPDX-License-Identifier: MIT
"""A small world for the tests of config types, schemas and instances: two types and one that is
archived, commits some of which share a sha, a key for each scope. And the bodies that make more."""

import harness
import world

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ID = f"[{BASE58}]{{33}}$"  # what follows the prefix
NOW = "2026-03-01T00:00:00Z"  # when the clock of every server here starts

RESOURCES = ("config_instances", "config_schemas", "config_types")


def commit(id, sha, repository, created_at):
    url = f"https://github.com/{repository}"
    owner, name = repository.split("/")
    return {"id": id, "sha": sha, "message": "a message", "repository_owner": owner,
            "repository_name": name, "repository_type": "github", "repository_url": url,
            "commit_url": f"{url}/commit/{sha}", "created_at": created_at}


WORLD = {
    "api_keys": [
        {"key": harness.ADMIN, "name": "admin",
         "scopes": [f"{name}:manage" for name in (*RESOURCES, "git_commits", "releases")]},
        *({"key": f"may_{name}_{action}", "name": f"may {action} {name}",
           "scopes": [f"{name}:{action}"]}
          for name in RESOURCES for action in ("read", "write", "manage")),
    ],
    "config_types": [
        {"id": "cfg_typ_m", "name": "Motion Control", "slug": "motion",
         "created_at": "2026-01-01T00:00:00Z"},
        {"id": "cfg_typ_n", "name": "Navigation", "slug": "navigation",
         "created_at": "2026-01-02T00:00:00Z"},
        {"id": "cfg_typ_old", "name": "Old", "slug": "old", "created_at": "2026-01-03T00:00:00Z",
         "archived_at": "2026-01-04T00:00:00Z"},
    ],
    "git_commits": [
        commit("git_cmt_a", "aaa", "user/repo", "2026-01-01T00:00:00Z"),
        commit("git_cmt_b", "bbb", "user/repo", "2026-01-02T00:00:00Z"),
        commit("git_cmt_b2", "bbb", "user/fork", "2026-01-03T00:00:00Z"),
        commit("git_cmt_b3", "bbb", "user/other", "2026-01-01T00:00:00Z"),
    ],
}

# The least that a schema of each language and format can say.
DOCUMENTS = {
    ("jsonschema", "json"): "{}",
    ("jsonschema", "yaml"): "type: object\n",
    ("cue", "cue"): "a: int\n",
    ("opaque", "json"): "{}",
    ("opaque", "yaml"): "language: opaque\n",
}


def slot(key="default", name="Default", filepath="/srv/miru/configs/motion.json", required=True,
         **more):
    return {"key": key, "name": name, "filepath": filepath, "required": required, **more}


def schema(*data, type="cfg_typ_m", language="jsonschema", format="json", **more):
    """The body of a new config schema, of documents with this data."""
    names = (f"{i}.{format}" for i in range(len(data) or 1))
    return {"config_type_ref": {"id": type}, "language": language, "format": format,
            "documents": [{"name": name, "data": text} for name, text in zip(
                names, data or [DOCUMENTS[language, format]])], **more}


def without(body, path):
    """A copy of a body without what a path such as "documents.0.name" leads to."""
    return changed(body, path)


def changed(body, path, *value):
    """A copy of a body with another value at the end of a path; with none, without it."""
    name, _, rest = path.partition(".")
    name = int(name) if isinstance(body, list) else name
    copy = body.copy()
    if rest:
        copy[name] = changed(copy[name], rest, *value)
    elif value:
        copy[name] = value[0]
    else:
        del copy[name]
    return copy


def field_of(path):
    """The path as refusals name it: "documents[0].name"."""
    parts = path.split(".")
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)[1:]


class TestCase(world.TestCase):
    """Each test with a server of its own, whose clock stands until it is told to go on."""

    options = ("--log", "off", "--clock", NOW)

    def start(self, *options, world=WORLD):
        super().start(*options, world=world)

    def wait(self):
        self.control("POST", "clock/advance", {"seconds": 60})

    def rows(self, array):
        """An array of the export, by ids."""
        return {row["id"]: row for row in self.server.everything().get(array, [])}

    def make_schema(self, *data, version=harness.EVERGLADES, query="", **more):
        """A new schema, or the one that there is; what is answered."""
        return self.call("POST", f"/config_schemas{query}", schema(*data, **more),
                         version=version)

    def make_instance(self, schema_id, data="{}", format="json", version=harness.EVERGLADES,
                      query="", **more):
        return self.call("POST", f"/config_instances{query}", {
            "config_schema_id": schema_id, "content": {"format": format, "data": data}, **more},
            version=version)

    def assert_loads_again(self):
        """What is exported is accepted by check, and another server of it exports the same."""
        exported = self.server.everything()
        with harness.File(exported) as path:
            result = harness.run("check", path)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.start(*self.options, world=exported)
        self.assertEqual(self.server.everything(), exported)
