# SPDX-License-Identifier: MIT
"""Who may do what: each operation in each version with keys of every kind (the behaviour's sections
3 and 6, from which the table is copied; GET /openapi.json must know the same operations)."""

import itertools

import harness
import world
from harness import EVERGLADES, RAINIER, TETONS, VERSIONS

SCOPES = [f"{resource}:{action}" for resource, actions in (
    ("config_instances", "manage read write"), ("config_schemas", "manage read write"),
    ("config_types", "manage read write"),
    ("deployments", "manage read write stage deploy archive"),
    ("devices", "manage read write provision delete"), ("file_rules", "manage read write"),
    ("git_commits", "manage read write"), ("groups", "manage read write"),
    ("provisioning_tokens", "manage write"), ("releases", "manage read write"),
    ("upload_collections", "manage read write")) for action in actions.split()]

ALL, NEW = (TETONS, RAINIER, EVERGLADES), (RAINIER, EVERGLADES)
NEWEST = (EVERGLADES,)

# Method, path, versions, scopes, and a body that is granted. Of scopes with a | between them one is
# enough; of those with a + all are needed, and the first that is missing is named.
OPERATIONS = (
    ("GET", "/config_instances/{config_instance_id}", ALL, "config_instances:read"),
    ("GET", "/config_instances", ALL, "config_instances:read"),
    ("POST", "/config_instances", ALL, "config_instances:write",
     {"config_schema_id": "cfg_sch_m", "content": {"format": "json", "data": "{}"}}),
    ("GET", "/config_instances/{config_instance_id}/content", ALL, "config_instances:read"),
    ("GET", "/config_schemas/{config_schema_id}", ALL, "config_schemas:read"),
    ("GET", "/config_schemas", ALL, "config_schemas:read"),
    ("POST", "/config_schemas", ALL, "config_schemas:write",
     {"config_type_ref": {"slug": "motion"}, "language": "jsonschema", "format": "json",
      "documents": [{"name": "a.json", "data": "{}"}]}),
    ("GET", "/config_types/{config_type_id}", ALL, "config_types:read"),
    ("PATCH", "/config_types/{config_type_id}", ALL, "config_types:write", {"name": "new"}),
    ("GET", "/config_types", ALL, "config_types:read"),
    ("POST", "/config_types", ALL, "config_types:write", {"name": "new", "slug": "new"}),
    ("GET", "/deployments/{deployment_id}", ALL, "deployments:read"),
    ("GET", "/deployments", ALL, "deployments:read"),
    ("POST", "/deployments", ALL, "deployments:write + deployments:stage", world.body("staged")),
    ("POST", "/deployments", ALL, "deployments:write + deployments:deploy", world.body("deployed")),
    ("POST", "/deployments/{deployment_id}/deploy", ALL, "deployments:deploy"),
    ("POST", "/deployments/{deployment_id}/archive", ALL, "deployments:archive"),
    ("GET", "/deployments/{deployment_id}/drifts", ALL, "deployments:read"),
    ("GET", "/devices/{device_id}", ALL, "devices:read"),
    ("GET", "/devices", ALL, "devices:read | devices:provision"),
    ("POST", "/devices", ALL, "devices:write | devices:provision", {"name": "fresh"}),
    ("PATCH", "/devices/{device_id}", ALL, "devices:write", {"name": "fresh"}),
    ("POST", "/devices/{device_id}/activation_token", (TETONS,), "devices:provision",
     {"allow_reactivation": True}),
    ("POST", "/devices/{device_id}/ping", ALL, "devices:read", {"timeout_nanos": 1}),
    ("POST", "/provisioning_tokens", NEW, "devices:provision + provisioning_tokens:write"),
    ("GET", "/git_commits/{git_commit_id}", ALL, "git_commits:read"),
    ("GET", "/git_commits", ALL, "git_commits:read"),
    ("POST", "/git_commits", ALL, "git_commits:write",
     {"sha": "new", "message": "", "origin": "https://github.com/a/b"}),
    ("GET", "/groups/{group_id}", NEWEST, "groups:read"),
    ("GET", "/groups", NEWEST, "groups:read"),
    ("POST", "/groups", NEWEST, "groups:write", {"name": "new"}),
    ("PATCH", "/groups/{group_id}", NEWEST, "groups:write", {"name": "new"}),
    ("POST", "/groups/{group_id}/move", NEWEST, "groups:write", {"parent_id": None}),
    ("GET", "/principal", ALL, ""),
    ("GET", "/releases/{release_id}", ALL, "releases:read"),
    ("GET", "/releases", ALL, "releases:read"),
    ("POST", "/releases", ALL, "releases:write",
     {"version": "v9", "config_schema_ids": ["cfg_sch_m"]}),
)

# Rows of operations that the official documents do not have. A sixth item takes the place of IDS,
# such as {"deployment_id": "dpl_queued"}.
UNOFFICIAL = ()

IDS = {"config_instance_id": "cfg_inst_m1", "config_schema_id": "cfg_sch_m",
       "config_type_id": "cfg_typ_m", "deployment_id": "dpl_1", "device_id": "dvc_on",
       "git_commit_id": "git_cmt_1", "group_id": "grp_2", "release_id": "rls_1"}


class Operation:
    def __init__(self, method, path, versions, scopes, body=None, ids={}):
        self.method, self.path, self.versions, self.body = method, path, versions, body
        self.target = path.format(**{**IDS, **ids})
        # What is enough: sets, the scopes of each as they are looked for.
        self.enough = [tuple(scope.strip() for scope in each.split("+") if scope.strip())
                       for each in scopes.split("|")]

    def __str__(self):
        return f"{self.method} {self.path} {self.body or ''}"


TABLE = [Operation(*row) for row in OPERATIONS + UNOFFICIAL]


def manage(scope):
    return scope.partition(":")[0] + ":manage"


def lacking(*scopes):
    """All scopes but these, and what implies them."""
    return frozenset(SCOPES) - set(scopes) - {manage(scope) for scope in scopes}


def granted(held, operation):
    return any(all(scope in held or manage(scope) in held for scope in each)
               for each in operation.enough)


def key_of(scopes):
    """The key that has just these."""
    return "key_" + "_".join(str(SCOPES.index(scope)) for scope in sorted(scopes))


# Every set of scopes that a test tries.
SETS = {frozenset(), frozenset(SCOPES), *(frozenset([scope]) for scope in SCOPES)}
for operation in TABLE:
    needed = set(itertools.chain(*operation.enough))
    SETS |= {frozenset(map(manage, needed)), lacking(*needed)}
    for each in operation.enough:
        SETS |= {frozenset(each), *(lacking(scope) for scope in each)}

WORLD = {
    **world.WORLD,
    "api_keys": [{"key": key_of(scopes), "name": "it", "scopes": sorted(scopes)}
                 for scopes in sorted(SETS, key=sorted)],
    "groups": [{"id": "grp_1", "name": "a"}, {"id": "grp_2", "name": "b", "parent_id": "grp_1"}],
    "git_commits": [{"id": "git_cmt_1", "sha": "1", "message": "", "repository_owner": "a",
                     "repository_name": "b", "repository_type": "github",
                     "repository_url": "https://github.com/a/b", "commit_url": "https://x"}],
    "deployments": [{"id": "dpl_1", "device_id": "dvc_off", "release_id": "rls_0",
                     "activity_status": "staged", "target_status": "staged"},
                    {"id": "dpl_queued", "device_id": "dvc_off", "release_id": "rls_0",
                     "activity_status": "queued", "target_status": "deployed"}],
}


class Scopes(harness.TestCase):
    """Refused by a server whose rows must stay as they are; granted by one that undoes it all."""

    arguments = None

    @classmethod
    def setUpClass(cls):
        with harness.File(WORLD) as file:
            options = ("--fixtures", file, "--log", "off", "--clock", "2026-01-01T00:00:00Z")
            cls.server = harness.Server(*options)
            cls.still = harness.Server(*options, "--stateless")
        cls.before = cls.server.everything()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.still.stop()

    def setUp(self):
        self.addCleanup(lambda: self.assertEqual(self.server.everything(), self.before))

    def send(self, server, operation, version, key, body=None):
        headers = {} if key is None else {"X-API-Key": key}
        if version is not None:
            headers["Miru-Version"] = version
        body = operation.body if body is None else body
        return server.request(operation.method, "/beta" + operation.target, headers,
                              harness.encoded(body))

    def grant(self, operation, version, key):
        answer = self.send(self.still, operation, version, key)
        self.assertEqual(answer.status, 200, f"{operation} {version} {key}: {answer.text}")

    def refuse(self, operation, version, key, *how, bodies=(None, b"{"), **more):
        with self.subTest(operation=str(operation), version=version, key=key):
            for body in bodies:
                self.assert_refused(self.send(self.server, operation, version, key, body), *how,
                                    **more)

    def forbid(self, operation, version, scopes, missing):
        # What a deployment is to be, and so what is needed for it, only its body says.
        self.refuse(operation, version, key_of(scopes), 403, "forbidden", missing,
                    params={"scope": missing}, bodies=(None,))

    def tried(self):
        """Each operation in each version that has it."""
        return ((operation, version) for operation in TABLE for version in operation.versions)

    def test_table(self):
        """It holds what each version serves: 36 official operations in all."""
        unofficial = {row[:2] for row in UNOFFICIAL}
        self.assertEqual(len({(o.method, o.path) for o in TABLE} - unofficial), 36)
        for version, count in ((TETONS, 30), (RAINIER, 30), (EVERGLADES, 35)):
            served = {(method.upper(), path)
                      for path, item in self.still.get("/openapi.json", key=None,
                                                       version=version).json["paths"].items()
                      for method in item if method != "parameters"}
            self.assertEqual(served, {(o.method, o.path) for o in TABLE if version in o.versions})
            self.assertEqual(len(served - unofficial), count)

    def test_enough(self):
        """Exactly the scopes; manage alone; all of them."""
        for operation, version in self.tried():
            for scopes in operation.enough:
                self.grant(operation, version, key_of(scopes))
                self.grant(operation, version, key_of(set(map(manage, scopes))))
            self.grant(operation, version, key_of(SCOPES))

    def test_each_alone(self):
        """Grants what needs it, or its resource's manage, and nothing else."""
        for operation, version in self.tried():
            for scope in SCOPES:
                if granted({scope}, operation):
                    self.grant(operation, version, key_of([scope]))
                else:
                    each = operation.enough[0]
                    missing = next(s for s in each if s != scope and manage(s) != scope)
                    self.forbid(operation, version, [scope], missing)

    def test_all_others(self):
        """Every scope but these and what implies them: of several that are needed, each is."""
        for operation, version in self.tried():
            needed = list(itertools.chain(*operation.enough))
            if not needed:
                continue
            self.forbid(operation, version, lacking(*needed), needed[0])
            self.forbid(operation, version, [], needed[0])
            for each in operation.enough:
                for scope in each:
                    if granted(lacking(scope), operation):
                        self.grant(operation, version, key_of(lacking(scope)))
                    else:
                        # What its manage implied is gone, too, where that was needed.
                        self.forbid(operation, version, lacking(scope), scope)

    def test_no_key(self):
        """Before anything else that is wrong: the version, the body."""
        for operation in TABLE:
            for version in (*VERSIONS, None, "x"):
                for key in (None, "", "wrong", "key", key_of(SCOPES) + "x"):
                    self.refuse(operation, version, key, 401, "unauthorized", "X-API-Key")

    def test_no_version(self):
        """Before want of scope."""
        for operation in TABLE:
            for scopes in ((), SCOPES):
                for version, code in ((None, "missing_api_version"), ("", "invalid_api_version"),
                                      ("2026-03-09", "invalid_api_version"),
                                      ("2026-03-09.Tetons", "invalid_api_version"),
                                      ("2027-01-01.olympic", "invalid_api_version"),
                                      ("2025-10-21.zion", "unsupported_api_version")):
                    self.refuse(operation, version, key_of(scopes), 400, code,
                                params={"supported": ", ".join(VERSIONS)})

    def test_not_in_the_version(self):
        """Before want of scope."""
        found = set()
        for operation in TABLE:
            for version in set(VERSIONS) - set(operation.versions):
                found.add((operation.method, operation.path))
                for scopes in ((), SCOPES):
                    self.refuse(operation, version, key_of(scopes), 404, "resource_not_found",
                                f"is not part of {version}",
                                params={"path": "/beta" + operation.target})
        self.assertEqual(len(found - {row[:2] for row in UNOFFICIAL}), 7)

    def test_scope_before_what_is_asked_for(self):
        """Want of scope is told before a query, a body or an id that is wrong."""
        for operation, version in self.tried():
            if not operation.enough[0]:
                continue
            for wrong in ("?expand=nothing&limit=x", "?"):
                method, target = operation.method, operation.path.format_map(
                    {name: "nobody" for name in IDS}) + wrong
                for body in (b"", b"{"):
                    answer = self.server.call(method, target, body, key_of([]), version)
                    self.assert_refused(answer, 403, "forbidden",
                                        params={"scope": operation.enough[0][0]})

    def test_every_prefix(self):
        """What is refused under one is refused under all."""
        for operation, version in self.tried():
            for base in ("/beta", "/v1", ""):
                answer = self.server.request(operation.method, base + operation.target,
                                             {"X-API-Key": key_of([]), "Miru-Version": version})
                self.assertEqual(answer.status, 403 if operation.enough[0] else 200)

    def test_any(self):
        """With --auth any, every key has every scope, those that are written down, too."""
        with harness.File(WORLD) as file, harness.Server(
                "--fixtures", file, "--log", "off", "--auth", "any", "--stateless") as server:
            for operation, version in self.tried():
                for key in (key_of([]), "x"):
                    answer = self.send(server, operation, version, key)
                    self.assertEqual(answer.status, 200, f"{operation}: {answer.text}")


if __name__ == "__main__":
    harness.main()
