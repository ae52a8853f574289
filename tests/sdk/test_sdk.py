# SPDX-License-Identifier: MIT
"""The official Python SDK against the server: objects field for field, and a class for each refusal.

Run by script/test once for each released SDK, in a virtual environment that holds it.
"""

import asyncio
import datetime
import importlib.metadata
import inspect
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import httpx  # noqa: E402
import miru_platform_sdk  # noqa: E402
from miru_platform_sdk import AsyncMiru, Miru  # noqa: E402
from miru_platform_sdk._resource import SyncAPIResource  # noqa: E402

import harness  # noqa: E402
import objects  # noqa: E402
from harness import ADMIN, EVERGLADES, NOSCOPE, RAINIER, READER, TETONS  # noqa: E402
from objects import expanded, in_version  # noqa: E402

SDK = importlib.metadata.version("miru-platform-sdk")
# Which version of the API each SDK's types were made from. Every SDK sends tetons unless told.
TYPES = {"0.9.0": TETONS, "0.10.0": RAINIER, "0.11.0": EVERGLADES}[SDK]
DEFAULT = TETONS

DOCUMENTED = expanded(objects.DEPLOYMENT, device=objects.DEVICE, release=objects.RELEASE,
                      config_instances=objects.CONFIG_INSTANCES)
EXPAND = ["device", "release", "config_instances"]


def as_sent(model):
    """What the server sent, as the SDK's model holds it."""
    return model.model_dump(mode="json", exclude_unset=True)


class ToOurPort(httpx.HTTPTransport):
    """Takes what is meant for the SDK's environment "local", localhost:8080, to the test's port."""

    def __init__(self, port):
        super().__init__()
        self.port = port
        self.asked = []

    def handle_request(self, request):
        self.asked.append(str(request.url))
        request.url = request.url.copy_with(host="127.0.0.1", port=self.port)
        return super().handle_request(request)


class Sdk(harness.TestCase):
    """Each test twice: `call` goes through the synchronous client, then the asynchronous one."""

    def options(self, key=ADMIN, version=TYPES, strict=True, **more):
        return {"api_key": key, "base_url": f"http://127.0.0.1:{self.server.port}/beta",
                "miru_version": version, "_strict_response_validation": strict, **more}

    def call(self, function, **options):
        """function(client) by both clients; the same result, or the same exception."""
        results = []
        with Miru(**self.options(**options)) as client:
            try:
                results.append(function(client))
            except miru_platform_sdk.APIError as error:
                results.append(error)

        async def run():
            async with AsyncMiru(**self.options(**options)) as client:
                try:
                    return await function(client)
                except miru_platform_sdk.APIError as error:
                    return error

        results.append(asyncio.run(run()))
        self.assertIs(type(results[0]), type(results[1]))
        if isinstance(results[0], miru_platform_sdk.APIStatusError):
            self.assertEqual(results[0].body, results[1].body)
        elif not isinstance(results[0], Exception):
            self.assertEqual(results[0], results[1])
        return results[0]


class Documented(Sdk):
    def test_retrieve(self):
        found = self.call(lambda c: c.deployments.retrieve("dpl_123"))
        self.assertEqual(as_sent(found), in_version(objects.DEPLOYMENT, TYPES))

    def test_expanded(self):
        """The call of the README, in the version that the SDK's types are of."""
        found = self.call(lambda c: c.deployments.retrieve("dpl_123", expand=EXPAND))
        self.assertEqual(as_sent(found), in_version(DOCUMENTED, TYPES))

    def test_default_version(self):
        """Without a version every SDK sends tetons, whatever its types are of."""
        with Miru(api_key=ADMIN, base_url=f"http://127.0.0.1:{self.server.port}/beta",
                  _strict_response_validation=TYPES == DEFAULT) as client:
            found = client.deployments.retrieve("dpl_123", expand=EXPAND)
        self.assertEqual(as_sent(found), in_version(DOCUMENTED, DEFAULT))

    def test_every_version(self):
        """The shape is the request's, with types of any version."""
        for version in harness.VERSIONS:
            with self.subTest(version=version):
                found = self.call(lambda c: c.deployments.retrieve("dpl_123", expand=EXPAND),
                                  version=version, strict=version == TYPES)
                self.assertEqual(as_sent(found), in_version(DOCUMENTED, version))

    def test_environment_local(self):
        """Miru(environment="local") asks where the server is found by default."""
        transport = ToOurPort(self.server.port)
        with Miru(environment="local", api_key=ADMIN,
                  http_client=httpx.Client(transport=transport)) as client:
            found = client.deployments.retrieve("dpl_123", expand=EXPAND)
        self.assertEqual(as_sent(found), in_version(DOCUMENTED, DEFAULT))
        self.assertEqual(transport.asked, ["http://localhost:8080/beta/deployments/dpl_123"
                                           "?expand=device%2Crelease%2Cconfig_instances"])

    def test_every_prefix(self):
        for prefix in ("", "/", "/v1", "/beta/"):
            with Miru(**{**self.options(), "base_url":
                         f"http://127.0.0.1:{self.server.port}{prefix}"}) as client:
                self.assertEqual(client.deployments.retrieve("dpl_123").id, "dpl_123")

    def test_deep(self):
        deep = {TETONS: ["release.config_schemas.documents", "config_instances.content",
                         "config_instances.config_schema.config_type"],
                RAINIER: ["device.current_deployment.release.config_schemas",
                          "device.current_release"],
                EVERGLADES: ["device.current_deployment.release.config_schemas",
                             "device.group.parent.parent", "parent.parent.parent.device"]}[TYPES]
        # The SDK's own types of `expand` are of one level; the wire's are not.
        found = self.call(lambda c: c.deployments.retrieve("dpl_staged", expand=deep))
        if TYPES == TETONS:
            self.assertEqual(found.release.config_schemas[0].documents[0].name, "motion.json")
            self.assertIn("enable_autonomy", found.config_instances[0].content.data)
        else:
            schemas = found.device.current_deployment.release.config_schemas
            self.assertEqual(len(schemas), 3)
        if TYPES == EVERGLADES:
            self.assertEqual(found.parent.parent.parent.device.name, "picker-01")

    def test_every_status(self):
        for status in ("drifted", "staged", "queued", "deployed", "removing", "archived", "failed",
                       "retrying"):
            found = self.call(lambda c: c.deployments.retrieve(f"dpl_{status}"))
            old = status == "removing" and TYPES == TETONS
            self.assertEqual(found.status, "deployed" if old else status)

    def test_other_resources(self):
        calls = [(lambda c: c.devices.retrieve("dvc_123"), objects.DEVICE),
                 (lambda c: c.releases.retrieve("rls_123", expand=["config_schemas"]),
                  expanded(objects.RELEASE, config_schemas=objects.CONFIG_SCHEMAS)),
                 (lambda c: c.config_instances.retrieve("cfg_inst_123", expand=["content"]),
                  expanded(objects.CONFIG_INSTANCES[0], content=objects.CONTENT)),
                 (lambda c: c.config_schemas.retrieve("cfg_sch_123", expand=["documents"]),
                  expanded(objects.CONFIG_SCHEMAS[0], documents=objects.DOCUMENTS)),
                 (lambda c: c.config_types.retrieve("cfg_typ_123"), objects.CONFIG_TYPE),
                 (lambda c: c.git_commits.retrieve("git_commit_123"), objects.GIT_COMMIT)]
        if TYPES == EVERGLADES:
            calls.append((lambda c: c.groups.retrieve("grp_123"), objects.GROUP))
        for call, want in calls:
            self.assertEqual(as_sent(self.call(call)), in_version(want, TYPES))


class Refusals(Sdk):
    """The class of exception that each refusal becomes, and the error body as it came."""

    def refuse(self, cls, status, code, id="dpl_123", expand=None, **options):
        more = {} if expand is None else {"expand": expand}
        error = self.call(lambda c: c.deployments.retrieve(id, **more), **options)
        self.assertIs(type(error), cls, error)
        self.assertEqual(error.status_code, status)
        self.assertEqual(set(error.body), {"error"})
        self.assertEqual(set(error.body["error"]), {"code", "params", "message"})
        self.assertEqual(error.body["error"]["code"], code)

    def test_unknown_key(self):
        self.refuse(miru_platform_sdk.AuthenticationError, 401, "unauthorized", key="junk")

    def test_missing_key(self):
        self.refuse(miru_platform_sdk.AuthenticationError, 401, "unauthorized", key="")

    def test_missing_scope(self):
        self.refuse(miru_platform_sdk.PermissionDeniedError, 403, "forbidden", key=NOSCOPE)

    def test_unknown_id(self):
        self.refuse(miru_platform_sdk.NotFoundError, 404, "resource_not_found", id="dpl_999")

    def test_unknown_version(self):
        self.refuse(miru_platform_sdk.BadRequestError, 400, "invalid_api_version", version="x")

    def test_ended_version(self):
        self.refuse(miru_platform_sdk.BadRequestError, 400, "unsupported_api_version",
                    version="2025-10-21.zion")

    def test_unknown_expansion(self):
        self.refuse(miru_platform_sdk.BadRequestError, 400, "invalid_request", expand=["nope"])

    def test_too_deep_expansion(self):
        deep = "parent.parent.parent.parent.parent"
        self.refuse(miru_platform_sdk.BadRequestError, 400, "invalid_request", expand=[deep],
                    version=EVERGLADES)

    def test_expansion_of_another_version(self):
        self.refuse(miru_platform_sdk.BadRequestError, 400, "invalid_request", expand=["parent"],
                    version=TETONS)


class Allowed(Sdk):
    def test_reader(self):
        self.assertEqual(self.call(lambda c: c.deployments.retrieve("dpl_123"), key=READER).id,
                         "dpl_123")


class Faults(Sdk):
    """What the SDK makes of each fault; the journal tells what it sent, client by client."""

    RETRIED = [0, 1, 2]  # it tries twice more

    def suffer(self, *rules):
        """Retrieve a device under rules; the result, and of each client the journal's retry counts."""
        self.server.control("PUT", "faults", {"faults": rules})
        self.server.control("DELETE", "requests")
        result = self.call(lambda c: c.devices.retrieve("dvc_123"))
        counts = []
        for entry in self.server.control("GET", "requests?operation=getDevice").json["requests"]:
            if entry["retry_count"] == 0:
                counts.append([])
            counts[-1].append(entry["retry_count"])
        self.assertEqual(len(counts), 2)
        return result, counts

    def tearDown(self):
        self.server.control("DELETE", "faults")

    def fail(self, count, **what):
        """A rule for the first requests of each of the two clients."""
        return [{"path": "/devices/*", "times": count, **what},
                {"path": "/devices/*", "times": 1, "delay_ms": 0}]

    def test_unavailable_twice(self):
        once = self.fail(2, status=503, retry_after_ms=1)
        found, counts = self.suffer(*once, *once)
        self.assertEqual(found.id, "dvc_123")
        self.assertEqual(counts, [self.RETRIED] * 2)
        entries = self.server.control("GET", "requests?operation=getDevice").json["requests"]
        self.assertEqual([(e["status"], e["fault"]) for e in entries],
                         [(503, 0), (503, 0), (200, 1), (503, 2), (503, 2), (200, 3)])

    def test_errors(self):
        for status, cls, retried in (
                (429, miru_platform_sdk.RateLimitError, True),
                (408, miru_platform_sdk.APIStatusError, True),
                (500, miru_platform_sdk.InternalServerError, True),
                (504, miru_platform_sdk.InternalServerError, True),
                (400, miru_platform_sdk.BadRequestError, False)):
            error, counts = self.suffer({"status": status, "retry_after_ms": 1})
            self.assertIsInstance(error, cls)
            self.assertEqual(error.status_code, status)
            self.assertEqual(counts, [self.RETRIED if retried else [0]] * 2, status)

    def test_should_retry(self):
        """The header has the last word."""
        error, counts = self.suffer({"status": 503, "should_retry": False})
        self.assertIsInstance(error, miru_platform_sdk.InternalServerError)
        self.assertEqual(counts, [[0]] * 2)
        error, counts = self.suffer({"status": 400, "should_retry": True, "retry_after_ms": 1})
        self.assertIsInstance(error, miru_platform_sdk.BadRequestError)
        self.assertEqual(counts, [self.RETRIED] * 2)

    def test_retry_after(self):
        """It waits as long as it is told, rather than its own half a second and more."""
        for told, least in (({"retry_after": 1}, 1_000_000), ({"retry_after_ms": 30}, 30_000)):
            once = self.fail(1, status=429, **told)
            self.suffer(*once, *once)
            entries = self.server.control("GET", "requests").json["requests"]
            times = [datetime.datetime.fromisoformat(e["time"].replace("Z", "+00:00"))
                     for e in entries]
            waited = (times[1] - times[0]) / datetime.timedelta(microseconds=1)
            self.assertGreaterEqual(waited, least)

    def test_cut(self):
        """Before the answer it tries again, and the operation is done each time; in its middle too."""
        for close in ("before", "middle"):
            found, counts = self.suffer({"close": close, "times": 1})
            self.assertEqual(found.id, "dvc_123")
            self.assertEqual(counts, [[0, 1], [0]], close)

    def test_spoilt(self):
        """A body that is no JSON is not tried again: the parser's own exception comes out."""
        for how in ("truncated", "malformed"):
            self.server.control("PUT", "faults", {"faults": [{"spoil": how}]})
            self.server.control("DELETE", "requests")
            with self.assertRaises(ValueError):
                self.call(lambda c: c.devices.retrieve("dvc_123"))
            self.assertEqual(len(self.server.control("GET", "requests").json["requests"]), 1)

    def test_late(self):
        """Later than it waits."""
        self.server.control("PUT", "faults", {"faults": [{"delay_ms": 500}]})
        self.server.control("DELETE", "requests")
        error = self.call(lambda c: c.devices.retrieve("dvc_123"), timeout=0.05, max_retries=0)
        self.assertIsInstance(error, miru_platform_sdk.APITimeoutError)
        deadline = time.monotonic() + harness.DEADLINE
        while len(self.server.control("GET", "requests").json["requests"]) < 2:
            self.assertLess(time.monotonic(), deadline)


class Names(harness.TestCase):
    def requests(self):
        """(method of the SDK, HTTP method, path) of all that it has, each called once."""
        asked = []

        def answer(request):
            asked.append((request.method, request.url.path))
            return httpx.Response(200, json={})

        transport = httpx.MockTransport(answer)
        with Miru(base_url="http://mock", api_key=ADMIN,
                  http_client=httpx.Client(transport=transport)) as client:
            for resource, api in inspect.getmembers(client,
                                                    lambda m: isinstance(m, SyncAPIResource)):
                for name, method in inspect.getmembers(api, inspect.ismethod):
                    if name.startswith("_"):
                        continue
                    needed = [p.name for p in inspect.signature(method).parameters.values()
                              if p.default is p.empty and p.kind != p.VAR_KEYWORD]
                    method(**{name: f"{{{name}}}" for name in needed})
                    yield (f"{resource}.{name}", *asked.pop())
        self.assertEqual(asked, [])

    def test_documented(self):
        """docs/control-api.md names each method of the SDK, beside what it asks for."""
        with open(os.path.join(harness.SRCDIR, "docs/control-api.md")) as file:
            said = set(re.findall(r"^\| `(\w+\.\w+)` \| `\w+` \| `([A-Z]+) (/\S+)` \|$",
                                  file.read(), re.M))
        served = {(method.upper(), path) for path, methods in
                  self.server.get("/openapi.json", version=TYPES).json["paths"].items()
                  for method, operation in methods.items() if "operationId" in operation}
        self.assertEqual({row for row in said if row[1:] in served}, set(self.requests()))


if __name__ == "__main__":
    harness.main()
