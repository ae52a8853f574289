# SPDX-License-Identifier: MIT
"""Everything that is refused: with which status, code, parameters and words, and in which order."""

import harness
from harness import ADMIN, EVERGLADES, NOSCOPE, RAINIER, READER, TETONS, VERSIONS

DPL = "/beta/deployments/dpl_123"
ALL = ", ".join(VERSIONS)


class Keys(harness.TestCase):
    def test_missing(self):
        for key in (None, "", " "):
            self.assert_refused(self.server.get(DPL, key=key), 401, "unauthorized",
                                "X-API-Key header is required", params={})

    def test_unknown(self):
        for key in ("nope", ADMIN + "x", ADMIN[:-1], ADMIN.upper(), "'", "\xff"):
            with self.subTest(key=key):
                answer = self.server.get(DPL, key=key.encode("latin-1"))
                self.assert_refused(answer, 401, "unauthorized", "unknown API key",
                                    params={})

    def test_authorization(self):
        """A key that comes in another header is not looked for there, and the answer says so."""
        unread = "; the header Authorization is not read"
        for header in ({"Authorization": f"Bearer {ADMIN}"}, {"authorization": ""}):
            for key, says in (({}, "X-API-Key header is required"), ({"X-API-Key": "x"}, "unknown")):
                answer = self.server.request("GET", DPL, {"Miru-Version": TETONS, **header, **key})
                self.assert_refused(answer, 401, "unauthorized", says, unread)
        self.assertNotIn(unread, self.server.get(DPL, key=None).text)
        # Nor does it disturb, not even twice.
        answer = self.server.raw((f"GET {DPL} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                  f"Miru-Version: {TETONS}\r\nX-API-Key: {ADMIN}\r\n"
                                  "Authorization: Bearer a\r\nAuthorization: b\r\n\r\n").encode())
        self.assertIn(b" 200 ", answer)

    def test_twice(self):
        request = (f"GET {DPL} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                   f"Miru-Version: {TETONS}\r\nX-API-Key: {ADMIN}\r\nx-api-key: %s\r\n\r\n")
        self.assertIn(b" 200 ", self.server.raw((request % ADMIN).encode()))
        answer = self.server.raw((request % READER).encode())
        self.assertIn(b" 400 ", answer)
        self.assertIn(b"X-API-Key came twice", answer)

    def test_header_name_in_any_case(self):
        answer = self.server.request("GET", DPL, {"x-api-KEY": ADMIN, "MIRU-VERSION": TETONS})
        self.assertEqual(answer.status, 200)

    def test_key_not_told(self):
        """No answer and no log line holds a key that was sent."""
        secret = "sk_live_0123456789abcdef"
        answer = self.server.get(DPL, key=secret)
        self.assertNotIn(secret, answer.text)
        with harness.Server() as server:
            server.get(DPL, key=secret)
            server.get(DPL, key=ADMIN)
            server.stop()
            self.assertNotIn(secret, server.errors)
            self.assertNotIn(ADMIN, server.errors)
            self.assertIn(f'key="{harness.ADMIN_NAME}"', server.errors)


class Versions(harness.TestCase):
    def test_missing(self):
        self.assert_refused(self.server.get(DPL, version=None), 400, "missing_api_version",
                            "Miru-Version header is required", ALL, params={"supported": ALL})

    def test_unknown(self):
        for version in ("", "tetons", "2026-03-09", "2026-03-10.tetons", "2026-03-09.Tetons",
                        "2026-03-09.tetons-beta.1", "2030-01-01.zzz", "\xff", "x" * 300):
            with self.subTest(version=version):
                answer = self.server.get(DPL, version=version.encode("latin-1"))
                self.assert_refused(answer, 400, "invalid_api_version", "unknown Miru-Version", ALL,
                                    params={"supported": ALL})
                self.assertLess(len(answer.text), 1000)
        self.assertIn(f"'{'x' * 80}...'", answer.error["message"])

    def test_end_of_life(self):
        self.assert_refused(self.server.get(DPL, version="2025-10-21.zion"), 400,
                            "unsupported_api_version", "2025-10-21.zion", "2026-06-16", ALL,
                            params={"supported": ALL})

    def test_route_of_another_version(self):
        for version in (TETONS, RAINIER):
            self.assert_refused(self.server.get("/beta/groups/grp_123", version=version), 404,
                                "resource_not_found", "is not part of " + version, EVERGLADES,
                                params={"path": "/beta/groups/grp_123"})
        self.assertEqual(self.server.get("/beta/groups/grp_123", version=EVERGLADES).status, 200)


class Scopes(harness.TestCase):
    arguments = ("--fixtures", "fixtures/demo.json", "--fixtures", "fixtures/scopes.json")

    RESOURCES = {
        "config_instances": "cfg_inst_123", "config_schemas": "cfg_sch_123",
        "config_types": "cfg_typ_123", "deployments": "dpl_123", "devices": "dvc_123",
        "git_commits": "git_commit_123", "groups": "grp_123", "releases": "rls_123",
    }

    def test_none(self):
        for name, id in self.RESOURCES.items():
            self.assert_refused(
                self.server.get(f"/beta/{name}/{id}", key=NOSCOPE, version=EVERGLADES), 403,
                "forbidden", "'noscope'", f"{name}:read", f"{name}:manage",
                params={"scope": f"{name}:read"})

    def test_all_and_every_read(self):
        for key in (ADMIN, READER):
            for name, id in self.RESOURCES.items():
                answer = self.server.get(f"/beta/{name}/{id}", key=key, version=EVERGLADES)
                self.assertEqual(answer.status, 200, answer.text)

    def test_one_at_a_time(self):
        """A key with one scope: read and manage open their own resource, write opens none."""
        for held in self.RESOURCES:
            for action in ("read", "manage", "write"):
                for name, id in self.RESOURCES.items():
                    with self.subTest(held=f"{held}:{action}", asked=name):
                        answer = self.server.get(f"/beta/{name}/{id}", version=EVERGLADES,
                                                 key=f"miru_mock_{held}_{action}")
                        allowed = held == name and action != "write"
                        self.assertEqual(answer.status, 200 if allowed else 403)

    def test_expansions_need_none(self):
        answer = self.server.get(DPL + "?expand=device,release", key="miru_mock_deployments_read")
        self.assertEqual(answer.status, 200)


class Expand(harness.TestCase):
    def refuse(self, query, *words, version=TETONS):
        self.assert_refused(self.server.get(f"{DPL}?expand={query}", version=version), 400,
                            "invalid_request", *words, params={"field": "expand"})

    def test_unknown(self):
        self.refuse("nope", "unknown expansion 'nope' of deployment",
                    "device, release, config_instances")
        self.refuse("total_count", "'total_count'")
        self.refuse("device,nope", "'nope'")
        for query in ("device,", ",", "device,,release", "release.", ".", "device%2C"):
            self.refuse(query, "expand has an empty name")
        self.refuse("device%7Crelease", "'device|release'")
        self.refuse("device%0A", "'device\n'")
        self.refuse("x" * 500, "'" + "x" * 64 + "...'")

    def test_of_another_version(self):
        self.refuse("parent", "since " + EVERGLADES, version=RAINIER)
        self.refuse("device.current_release", "since " + RAINIER, "none", version=TETONS)
        self.refuse("device.group", "since " + EVERGLADES, version=RAINIER)

    def test_too_deep(self):
        self.assertEqual(
            self.server.get(DPL + "?expand=parent.parent.parent.parent", version=EVERGLADES).status,
            200)
        self.refuse("parent.parent.parent.parent.parent", "at most 4 levels", version=EVERGLADES)
        self.refuse("parent.parent.parent.parent." + "x" * 500, "'" + "x" * 64 + "...'",
                    version=EVERGLADES)

    def test_nested_unknown(self):
        self.refuse("release.nope", "'nope' of release", "config_schemas")
        self.refuse("release.config_schemas.documents.x", "'x' of documents", "none")


class Paths(harness.TestCase):
    def test_unknown_id(self):
        for id, hint in (("dpl_999", "'dpl_999' not found"), ("x", "'x' not found"),
                         ("dvc_123", "looks like the id of a device"),
                         ("cfg_inst_123", "looks like the id of a config instance"),
                         ("%20", "' '"), ("..", ""), ("dpl_123%2F", ""), ("DPL_123", "")):
            with self.subTest(id=id):
                answer = self.server.get("/beta/deployments/" + id)
                self.assert_refused(answer, 404, "resource_not_found", "not found", hint)
                self.assertEqual(answer.error["params"]["resource_type"], "deployment")
                self.assertEqual("looks like" in answer.text, "looks like" in hint)
        self.assertEqual(answer.error["params"]["resource_id"], "DPL_123")

    def test_unknown_id_of_every_resource(self):
        for array in Scopes.RESOURCES:
            called = array.removesuffix("s")
            self.assert_refused(self.server.get(f"/beta/{array}/x", version=EVERGLADES), 404,
                                "resource_not_found", f"{called} 'x' not found",
                                params={"resource_type": called, "resource_id": "x"})
        for id, called in (("grp_1", "group"), ("dvc_1", "device"), ("git_cmt_1", "git commit"),
                           ("cfg_typ_1", "config type"), ("cfg_sch_1", "config schema"),
                           ("rls_1", "release"), ("doc_1", "document")):
            self.assertIn(f"looks like the id of a {called}",
                          self.server.get("/beta/deployments/" + id).error["message"])

    def test_unknown_path(self):
        for path in ("/beta", "/beta/", "/beta/deploymentz/dpl_123", "/beta/deployments/",
                     DPL + "/", DPL + "/x", "/beta/beta/deployments/dpl_123",
                     "/v2/deployments/dpl_123", "//deployments/dpl_123", "/_mock", "/_mock/nope",
                     "/beta/deployments%2Fdpl_123", "/a/b/c/d/e/f/g/h/i/j/k"):
            with self.subTest(path=path):
                answer = self.server.get(path)
                self.assert_refused(answer, 404, "resource_not_found", path,
                                    params={"path": path})
        for path in (DPL + "/", "/a/b/c/d/e/f/g/"):
            self.assertIn("do not end in a slash", self.server.get(path).error["message"])
        for path in (DPL + "/x", "/a/b/c/d/e/f/g/h/i/"):
            self.assertNotIn("do not end in a slash", self.server.get(path).error["message"])
        for path, hint in (("/beta/config_types/x/y?x", "GET /config_types/{config_type_id}, "
                            "GET /config_types, POST /config_types, "
                            "PATCH /config_types/{config_type_id}"),
                           ("/DEPLOYMENTS/dpl_123", "/config_instances, /config_schemas, "
                            "/config_types, /deployments, /devices, /git_commits, /groups, "
                            "/principal, /provisioning_tokens, /releases, /_mock, "
                            "/openapi.json")):
            self.assertEqual(self.server.get(path).error["message"], "no such path "
                             f"{path.removesuffix('?x')}; there is: {hint}")

    def test_wrong_method(self):
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "get"):
            with self.subTest(method=method):
                answer = self.server.get(DPL, method=method)
                self.assert_refused(answer, 405, "method_not_allowed", method, "GET, HEAD",
                                    params={"method": method, "allow": "GET, HEAD"})
                self.assertEqual(answer.headers["Allow"], "GET, HEAD")
        self.assertEqual(self.server.get("/_mock/ready", method="POST").status, 405)
        self.assertIsNone(self.server.get(DPL).headers["Allow"])

    def test_malformed_targets(self):
        for target in ("/beta/%", "/beta/%zz", "/beta/%00", DPL + "?expand=%", DPL + "?x=%ff",
                       DPL + "#x", "*"):
            with self.subTest(target=target):
                self.assert_refused(self.server.get(target), 400, "invalid_request",
                                    "malformed request target")


class Precedence(harness.TestCase):
    """Several things wrong at once: the first of path, key, version, scope, query, id is told."""

    def test_order(self):
        def status(path="/beta/deployments/nope", query="?expand=nope", **kind):
            answer = self.server.get(path + query, **kind)
            return answer.status, answer.error["code"]

        self.assertEqual(status(path="/nope", key=None, version=None)[0], 404)
        self.assertEqual(status(method="POST", key=None, version=None)[0], 405)
        self.assertEqual(status(key=None, version=None), (401, "unauthorized"))
        self.assertEqual(status(key="junk", version="junk"), (401, "unauthorized"))
        self.assertEqual(status(key=NOSCOPE, version=None), (400, "missing_api_version"))
        self.assertEqual(status(path="/beta/groups/x", key=NOSCOPE),
                         (404, "resource_not_found"))
        self.assertEqual(status(key=NOSCOPE), (403, "forbidden"))
        self.assertEqual(status(), (400, "invalid_request"))
        self.assertEqual(status(query=""), (404, "resource_not_found"))


class AuthAny(harness.TestCase):
    arguments = ("--auth", "any")

    def test_every_key_has_every_scope(self):
        for key in ("x", "anything at all", NOSCOPE, ADMIN):
            self.assertEqual(self.server.get(DPL, key=key).status, 200)

    def test_but_not_none(self):
        for key in (None, "", " "):
            self.assert_refused(self.server.get(DPL, key=key), 401, "unauthorized", "send any key")

    def test_the_rest_is_refused_as_ever(self):
        self.assertEqual(self.server.get(DPL, key="x", version=None).status, 400)
        self.assertEqual(self.server.get(DPL + "?expand=x", key="x").status, 400)


class VersionPolicies(harness.TestCase):
    arguments = None

    def shape(self, server, version):
        """Which version's shape the answer has, or its refusal's code."""
        answer = server.get("/beta/devices/dvc_123?expand=current_release", version=version)
        if answer.status != 200:
            error = answer.error
            return "tetons" if "exists since" in error["message"] else error["code"]
        return "everglades" if "group_id" in answer.json else "rainier"

    def test_known(self):
        with harness.Server("--version-policy", "known") as server:
            for version, want in ((TETONS, "tetons"), ("2026-04-01.tetons", "tetons"),
                                  ("2026-05-07.rainier", "rainier"),
                                  ("2026-12-24.everglades", "everglades"),
                                  ("2025-10-21.zion", "unsupported_api_version"),
                                  ("2026-05-07", "invalid_api_version"),
                                  ("2027-01-01.next", "invalid_api_version"),
                                  (None, "missing_api_version")):
                with self.subTest(version=version):
                    self.assertEqual(self.shape(server, version), want)

    def test_any(self):
        with harness.Server("--version-policy", "any") as server:
            for version, want in ((TETONS, "tetons"), ("2026-04-01.tetons", "tetons"),
                                  (RAINIER, "rainier"), ("2025-10-21.zion", "everglades"),
                                  ("junk", "everglades"), ("", "everglades"),
                                  (None, "everglades")):
                with self.subTest(version=version):
                    self.assertEqual(self.shape(server, version), want)


if __name__ == "__main__":
    harness.main()
