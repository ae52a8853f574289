# SPDX-License-Identifier: MIT
"""GET /_mock/openapi.json: every control endpoint is held against it, by what the endpoint does."""

import json
import re

import harness
from harness import ADMIN, Server

METHODS = ("get", "put", "post", "patch", "delete")

# Of each endpoint that needs more than a GET of its path: what is asked first, the target, the body.
FAULT = {"operation": "getDevice", "query": {"expand": "group"}, "limit": {"requests": 1,
         "seconds": 5}, "close": "middle"}
BEHAVIOR = {"device_id": "dvc_123", "group_id": "grp_123", "release_id": "rls_123", "at": "queued",
            "every": 2, "times": 3, "error": "retrying", "recover_after": 4, "offline_for": 5}
CALLS = {
    "PUT /_mock/clock": ([], "clock", {"mode": "frozen", "now": "2026-03-02T08:00:00Z"}),
    "POST /_mock/clock/advance": ([], "clock/advance", {"seconds": 1.5}),
    "PUT /_mock/transitions": ([], "transitions", {"progression": "time", "seconds": 0.25}),
    "GET /_mock/events": ([("POST", "reset", None),
                           ("PATCH", "devices/dvc_123", {"description": "x"})], "events", None),
    "POST /_mock/step": ([], "step", {"device_id": "dvc_123"}),
    "PATCH /_mock/devices": ([], "devices", {"description": None}),
    "GET /_mock/behaviors": ([("PUT", "behaviors", {"behaviors": [BEHAVIOR]})], "behaviors", None),
    "PUT /_mock/behaviors": ([], "behaviors", {"behaviors": [BEHAVIOR, {"seconds": 0.5}]}),
    "POST /_mock/behaviors": ([], "behaviors", {"behaviors": [BEHAVIOR]}),
    "PATCH /_mock/config_types/{config_type_id}": ([], "config_types/cfg_typ_123",
                                                   {"archived": False}),
    "PATCH /_mock/deployments/{deployment_id}": ([], "deployments/dpl_staged",
                                                 {"error_status": "none"}),
    "POST /_mock/deployments/{deployment_id}/restage": ([], "deployments/dpl_drifted/restage", None),
    "PATCH /_mock/devices/{device_id}": ([], "devices/dvc_123", {"description": None}),
    "PATCH /_mock/releases/{release_id}": ([], "releases/rls_nightly", {"archived": False}),
    "POST /_mock/reset": ([], "reset", None),
    "GET /_mock/snapshots": ([("PUT", "snapshots/one", None)], "snapshots", None),
    "PUT /_mock/snapshots/{name}": ([], "snapshots/two", None),
    "DELETE /_mock/snapshots/{name}": ([("PUT", "snapshots/one", None)], "snapshots/one", None),
    "POST /_mock/snapshots/{name}/restore": ([("PUT", "snapshots/one", None)],
                                             "snapshots/one/restore", None),
    "PUT /_mock/fixtures": ([], "fixtures", {"groups": [{"id": "grp_new", "name": "g"}]}),
    "POST /_mock/fixtures": ([], "fixtures", {"groups": [{"id": "grp_new", "name": "g"}]}),
    "DELETE /_mock/fixtures": ([], "fixtures", None),
    "GET /_mock/changes": ([("PATCH", "devices/dvc_123", {"description": "x"}),
                            ("POST", "fixtures", {"groups": [{"id": "grp_new", "name": "g"}]})], "changes", None),
    "DELETE /_mock/workspaces/{id}": ([], "workspaces/ws_1", None),
    "GET /_mock/faults": ([("PUT", "faults", {"faults": [FAULT]})], "faults", None),
    "PUT /_mock/faults": ([], "faults", {"faults": [FAULT, {"merge": {"a": [None]}}]}),
    "POST /_mock/faults": ([], "faults", {"faults": [{**FAULT, "body": {"a": 1}}]}),
    "DELETE /_mock/faults": ([], "faults", None),
    "DELETE /_mock/requests": ([], "requests", None),
    "POST /_mock/requests/verify": ([], "requests/verify", {"operation": "getDevice", "times": 0}),
}

# Endpoints that may be refused with 409, and how they are.
CONFLICTS = {
    "PATCH /_mock/devices": ([], "devices?id=dvc_online", {"status": "inactive"}),
    "PATCH /_mock/deployments/{deployment_id}": ([], "deployments/dpl_deployed",
                                                 {"activity_status": "archived"}),
    "POST /_mock/deployments/{deployment_id}/restage": ([], "deployments/dpl_staged/restage", None),
    "PATCH /_mock/devices/{device_id}": ([], "devices/dvc_online", {"status": "inactive"}),
    "PATCH /_mock/releases/{release_id}": ([], "releases/rls_110", {"archived": True}),
    "POST /_mock/requests/verify": ([], "requests/verify", {"operation": "getDevice"}),
    "PUT /_mock/snapshots/{name}": ([("PUT", f"snapshots/s{n}", None) for n in range(100)],
                                    "snapshots/one-more", None),
}

# Endpoints without an id in their path that may be refused with 404, and how they are.
NOT_FOUND = {
    "POST /_mock/step": ([], "step", {"device_id": "none"}),
    "PATCH /_mock/devices": ([], "devices", {"group_id": "none"}),
}

# Endpoints whose query may be anything: probes add a parameter against caches.
PROBES = ("GET /_mock/health", "GET /_mock/ready")

# Of each endpoint with an id in its path that takes no row's: an id.
IDS = {"config_instances": "cfg_inst_123", "config_schemas": "cfg_sch_123",
       "config_types": "cfg_typ_123", "deployments": "dpl_123", "devices": "dvc_123",
       "git_commits": "git_commit_123", "groups": "grp_123", "releases": "rls_123"}


class Document(harness.TestCase):
    """With a server of keys' workspaces, whose demo each call begins anew."""

    arguments = ("--auth", "any", "--clock", "2026-03-02T08:00:00Z", "--max-workspaces", "10000")
    asked = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.server.control("GET", "openapi.json").json
        cls.operations = {f"{method.upper()} {path}": item[method]
                          for path, item in cls.document["paths"].items() for method in METHODS
                          if method in item}

    def resolved(self, schema):
        """Without references, and with what allOf holds."""
        while "$ref" in schema:
            at = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            schema = at
        for part in schema.get("allOf", ()):
            schema = {**self.resolved(part), **schema}
        return schema

    def ask(self, endpoint, calls=CALLS, query=""):
        """The answer of an endpoint, in a fresh workspace."""
        method, _, path = endpoint.partition(" ")
        path = path.removeprefix("/_mock/")
        first, target, body = calls.get(endpoint, ([], path, None))
        target = re.sub(r"^(\w+)/\{\w+\}", lambda match: f"{match[1]}/{IDS[match[1]]}", target)
        Document.asked += 1
        headers = {"X-API-Key": f"fresh {self.asked}"}
        if target == "workspaces/ws_1":
            self.assertEqual(self.server.get("/devices", key=f"fresh {self.asked}").status, 200)
            there = self.server.control("GET", "workspaces").json["workspaces"]
            target = f"workspaces/{there[-1]['id']}"
            headers = {}
        for one, where, what in first:
            answer = self.server.request(one, "/_mock/" + where, headers, harness.encoded(what))
            self.assertEqual(answer.status, 200, answer.text)
        return self.server.request(method, f"/_mock/{target}{query}", headers,
                                   harness.encoded(body))

    def assert_is(self, value, schema, place, complete=True):
        """A value of the schema; where it is complete, the schema has every member of it."""
        schema = self.resolved(schema)
        if value is None:
            self.assertTrue(schema.get("nullable") or not schema, f"{place} is null")
            return
        if not schema:
            return
        kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
                 "number": (int, float)}
        self.assertIsInstance(value, kinds[schema["type"]], place)
        if schema["type"] in ("integer", "number"):
            self.assertNotIsInstance(value, bool, place)
            self.assertLessEqual(schema.get("minimum", value), value, place)
            self.assertGreaterEqual(schema.get("maximum", value), value, place)
        if "enum" in schema:
            self.assertIn(value, schema["enum"], place)
        if schema.get("format") == "date-time":
            self.assertRegex(value, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$", place)
        if isinstance(value, list):
            for i, item in enumerate(value):
                self.assert_is(item, schema["items"], f"{place}[{i}]", complete)
        if isinstance(value, dict):
            fields = schema.get("properties", {})
            self.assertLessEqual(set(schema.get("required", ())), set(value), place)
            for name, item in value.items():
                if name in fields:
                    self.assert_is(item, fields[name], f"{place}.{name}", complete)
                elif complete and not schema.get("additionalProperties"):
                    self.fail(f"{place}: server/control/endpoints.c does not describe '{name}'")

    # ---- the document

    def test_every_endpoint(self):
        """All that the table of operations has, and no others."""
        served = {endpoint for endpoint in self.server.request("GET", "/").json["endpoints"]
                  if "/_mock/" in endpoint}
        for endpoint in served - set(self.operations):
            self.fail(f"{endpoint}: no row of server/control/endpoints.c describes it")
        self.assertEqual(set(self.operations), served)
        self.assertGreater(len(served), 45)

    def test_form(self):
        self.assertEqual(self.document["openapi"], "3.0.3")
        names = [operation["operationId"] for operation in self.operations.values()]
        self.assertEqual(len(set(names)), len(names))
        tags = [tag["name"] for tag in self.document["tags"]]
        self.assertEqual(len(set(tags)), len(tags))
        used = set()
        for endpoint, operation in self.operations.items():
            self.assertTrue(operation["summary"], endpoint)
            used |= set(operation["tags"])
            always = {"200", "403"} if endpoint in PROBES else {"200", "400", "403"}
            self.assertLessEqual(always, set(operation["responses"]), endpoint)
        self.assertEqual(used, set(tags))
        for ref in re.findall(r'"\$ref": ?"([^"]*)"', json.dumps(self.document)):
            self.assertTrue(self.resolved({"$ref": ref}), ref)

    def test_servers(self):
        for host, url in (("mock:8080", "http://mock:8080"), ("[::1]:1", "http://[::1]:1"),
                          ("a b", "/")):
            answer = self.server.raw(f"GET /_mock/openapi.json HTTP/1.1\r\nHost: {host}\r\n"
                                     "Connection: close\r\n\r\n".encode())
            self.assertEqual(json.loads(answer.partition(b"\r\n\r\n")[2])["servers"],
                             [{"url": url}])

    def test_workspace_and_version(self):
        """It is the same for each workspace, key and version."""
        for headers in ({"X-API-Key": "x"}, {"Miru-Version": "nonsense"}):
            self.assertEqual(self.server.request("GET", "/_mock/openapi.json", headers).json,
                             self.document)
        with Server("--no-control") as server:
            self.assertEqual(server.request("GET", "/_mock/openapi.json").status, 404)
        with Server("--max-page-size", "7") as server:
            items = server.control("GET", "openapi.json").json["paths"]["/_mock/devices"]["get"]
            limits = [p["schema"] for p in items["parameters"] if p["name"] == "limit"]
            self.assertEqual([limit["maximum"] for limit in limits], [7])

    # ---- each endpoint

    def test_parameters(self):
        """Those of the query that an endpoint says it has, and the one of its path."""
        for endpoint, operation in self.operations.items():
            with self.subTest(endpoint=endpoint):
                said = {place: {one["name"] for one in operation["parameters"] if one["in"] == place}
                        for place in ("path", "query")}
                self.assertEqual(said["path"], set(re.findall(r"\{(\w+)\}", endpoint)))
                if endpoint in PROBES:
                    self.assertEqual(said["query"], set())
                    continue
                answer = self.ask(endpoint, query="?robot=1")
                self.assert_refused(answer, 400, "invalid_request")
                has = set((answer.error["message"].partition("there is: ")[2] or
                           "workspace").split(", "))
                if "{" in endpoint and "expand" not in said["query"]:
                    has.discard("expand")  # nothing can be expanded
                self.assertEqual(said["query"], has)
                self.assertTrue(all(one["required"] for one in operation["parameters"]
                                    if one["in"] == "path"))

    def test_values_of_parameters(self):
        """Words and numbers beyond those that are described are refused; those that are are not."""
        count = 0
        for endpoint, operation in self.operations.items():
            for parameter in operation["parameters"]:
                schema = parameter["schema"]
                words = schema.get("enum") or schema.get("items", {}).get("enum", [])
                good, bad = [str(word) for word in words], ["robot"] if words else []
                # To wait is to wait for a number of requests.
                if schema["type"] == "integer" and "/{" not in endpoint and \
                        parameter["name"] != "wait":
                    good += [str(schema["minimum"]), str(schema.get("maximum", 5))]
                    bad += ["x"]
                for value in good + bad:
                    with self.subTest(endpoint=endpoint, name=parameter["name"], value=value):
                        answer = self.ask(endpoint, query=f"?{parameter['name']}={value}")
                        self.assertEqual(answer.status, 200 if value in good else 400, answer.text)
                        count += 1
        self.assertGreater(count, 100)

    def fields_of(self, schema):
        """{path: (required, properties)} of each object with fixed members in a body."""
        found, schema = {}, self.resolved(schema)
        if "properties" in schema:
            found[()] = (set(schema.get("required", ())), set(schema["properties"]))
        for name, part in schema.get("properties", {}).items():
            part = self.resolved(part)
            step = (name, 0) if part.get("type") == "array" else (name,)
            for path, value in self.fields_of(part.get("items", part)).items():
                found[step + path] = value
        return found

    @staticmethod
    def changed(body, path, change):
        """A copy of a body, with a change of what is at a path."""
        body = json.loads(json.dumps(body))
        at = body
        for step in path:
            at = at[step]
        change(at)
        return body

    def test_bodies(self):
        """Of each object exactly the members that the server knows, and those it requires."""
        count = 0
        for endpoint, operation in self.operations.items():
            first, target, body = CALLS.get(endpoint, ([], "", None))
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            self.assertEqual(body is not None, bool(content), endpoint)
            if body is not None:
                self.assert_is(body, schema, endpoint)
            if "properties" not in schema:
                continue
            for path, (required, names) in self.fields_of(schema).items():
                with self.subTest(endpoint=endpoint, path=path):
                    count += 1
                    wrong = self.changed(body, path, lambda at: at.update(robot=1))
                    answer = self.ask(endpoint, {endpoint: (first, target, wrong)})
                    self.assert_refused(answer, 400, "invalid_request", "robot")
                    has = answer.error["message"].partition("there is: ")[2]
                    self.assertEqual(set(has.split(", ")), names)
                    for name in required:
                        wrong = self.changed(body, path, lambda at: at.pop(name))
                        answer = self.ask(endpoint, {endpoint: (first, target, wrong)})
                        self.assert_refused(answer, 400, "invalid_request", "is required")
        self.assertGreaterEqual(count, 12)

    def test_answers(self):
        """What each answers is as described, and nothing that it says is left out."""
        for endpoint, operation in self.operations.items():
            with self.subTest(endpoint=endpoint):
                answer = self.ask(endpoint)
                self.assertEqual(answer.status, 200, answer.text)
                schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
                self.assert_is(answer.json, schema, endpoint)

    def test_expanded_answers(self):
        """Rows with every expansion, in lists and alone."""
        for endpoint, operation in self.operations.items():
            words = [word for one in operation["parameters"] if one["name"] == "expand"
                     for word in one["schema"]["items"]["enum"]]
            if words:
                answer = self.ask(endpoint, query=f"?expand={','.join(words)}")
                self.assertEqual(answer.status, 200, answer.text)
                schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
                self.assert_is(answer.json, schema, endpoint)

    def test_statuses(self):
        """No refusal comes unannounced, and each that is announced of some endpoints comes."""
        error = {"$ref": "#/components/schemas/Error"}
        for endpoint, operation in self.operations.items():
            with self.subTest(endpoint=endpoint):
                said = operation["responses"]
                self.assertEqual("404" in said, "{" in endpoint or endpoint in NOT_FOUND)
                self.assertEqual("400" in said, endpoint not in PROBES)
                self.assertEqual("401" in said, endpoint not in (
                    *PROBES, "GET /_mock/openapi.json", "GET /_mock/workspaces", "DELETE /_mock/workspaces/{id}"))
                self.assertEqual("409" in said, endpoint in CONFLICTS)
                method, _, path = endpoint.partition(" ")
                calls = {400: {endpoint: ([], path.removeprefix("/_mock/") + "?a=1", None)}}
                if endpoint in PROBES:
                    del calls[400]
                if endpoint in CONFLICTS:
                    calls[409] = CONFLICTS
                if endpoint in NOT_FOUND:
                    calls[404] = NOT_FOUND
                if "{" in path:
                    gone = re.sub(r"\{\w+\}", "none", path).removeprefix("/_mock/")
                    calls[404] = {endpoint: ([], gone, CALLS.get(endpoint, ([], "", None))[2])}
                    calls[400] = {endpoint: ([], gone + "?a=1", None)}
                for status, call in calls.items():
                    # Snapshots are made anew by PUT, and a workspace by its key.
                    if status == 404 and endpoint == "PUT /_mock/snapshots/{name}":
                        continue
                    answer = self.ask(endpoint, call)
                    self.assertEqual(answer.status, status, answer.text)
                    self.assertIn(str(status), said)
                    self.assert_is(answer.json, error, endpoint, complete=False)
                answer = self.server.request(method, re.sub(r"\{\w+\}", "none", path),
                                             {"Origin": "http://elsewhere.example"})
                self.assertEqual(answer.status, 403, answer.text)


if __name__ == "__main__":
    harness.main()
