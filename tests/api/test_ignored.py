# SPDX-License-Identifier: MIT
"""What an operation passes over is told: in a header, in the journal; or refused."""

import harness
from harness import ADMIN, EVERGLADES, TETONS, VERSIONS, Server

GROUP = {"name": "Ignored", "desc": "x", "parent_id": None}


class Told(harness.TestCase):
    def ask(self, method, target, body=None, version=EVERGLADES):
        """The answer, and what it and the journal say was passed over."""
        self.server.control("DELETE", "requests")
        answer = self.server.call(method, target, body, version=version)
        entry, = self.server.control("GET", "requests").json["requests"]
        self.assertEqual(answer.headers["Miru-Mock-Ignored"], ", ".join(entry["ignored"]) or None)
        return answer, entry["ignored"]

    def test_queries(self):
        for target, want in (
                ("/devices", []), ("/devices?limit=1&offset=0&order_by=id&expand=total_count", []),
                ("/devices?id[]=a&id[0]=b&status=online&name=x&limit=", []),
                ("/devices?limt=1", ["query.limt"]), ("/devices?Limit=1&a&b=2", [
                    "query.Limit", "query.a", "query.b"]),
                ("/devices?agent_versoin[]=x", ["query.agent_versoin[]"]),
                ("/devices/dvc_123?expand[0]=current_release", []),
                ("/devices/dvc_123?limit=1&expand=current_release", ["query.limit"]),
                ("/principal?expand=x", ["query.expand"]),
                ("/config_instances/cfg_inst_123/content?disposition=inline&dispositon=x",
                 ["query.dispositon"])):
            with self.subTest(target=target):
                answer, ignored = self.ask("GET", target)
                self.assertEqual((answer.status, ignored), (200, want))

    def test_versions(self):
        """What only newer versions have is passed over by the others."""
        for version in VERSIONS:
            _, ignored = self.ask("GET", "/devices?group_id=grp_123", version=version)
            self.assertEqual(ignored, [] if version == EVERGLADES else ["query.group_id"])
        _, ignored = self.ask("PATCH", "/devices/dvc_123", {"group_id": None}, version=TETONS)
        self.assertEqual(ignored, ["body.group_id"])

    def test_bodies(self):
        answer, ignored = self.ask("POST", "/groups?x=1", GROUP)
        self.assertEqual((answer.status, ignored), (200, ["query.x", "body.desc"]))
        content = {"format": "json", "data": "{}", "kind": 1}
        answer, ignored = self.ask("POST", "/config_instances",
                                   {"config_schema_id": "x", "content": content, "y": {}})
        self.assertEqual((answer.status, sorted(ignored)), (404, ["body.content.kind", "body.y"]))

    def test_no_body(self):
        """Of operations that take none."""
        for method, target in (("GET", "/devices"), ("POST", "/provisioning_tokens")):
            self.assertEqual(self.ask(method, target, {})[1], [])
            self.assertEqual(self.ask(method, target, {"a": 1})[1], ["body"])

    def test_refused_all_the_same(self):
        answer, ignored = self.ask("GET", "/devices?x=1&limit=y")
        self.assertEqual((answer.status, ignored), (400, ["query.x"]))
        self.assertEqual(self.ask("GET", "/nothing?x=1")[1], [])

    def test_odd_names(self):
        """A header has no place for them as they are."""
        self.server.control("DELETE", "requests")
        answer = self.server.call("GET", "/devices?%0d%0aX:=1&%C3%A9,%25=2")
        self.assertEqual(answer.headers["Miru-Mock-Ignored"],
                         "query.%0D%0AX:, query.%C3%A9%2C%25")
        entry, = self.server.control("GET", "requests").json["requests"]
        self.assertEqual(entry["ignored"], ["query.\r\nX:", "query.é,%"])

    def test_many(self):
        """Of a great number, the first are told."""
        answer, ignored = self.ask("GET", "/devices?" + "&".join(f"x{i}=1" for i in range(200)))
        self.assertEqual(answer.status, 200)
        self.assertEqual(ignored, [f"query.x{i}" for i in range(31)] + ["..."])
        answer, ignored = self.ask("POST", "/groups", {"name": "m", **{f"x{i}": 1 for i in range(99)}})
        self.assertEqual(len(ignored), 32)

    def test_long(self):
        """Each is cut, or the header would not fit, and the answer of what was done be lost."""
        answer = self.server.call("PATCH", "/devices/dvc_123",
                                  {"name": "kept", **{f"{i}" + "é" * 5000: 1 for i in range(31)}})
        self.assertEqual((answer.status, answer.json["name"]), (200, "kept"))
        self.assertLess(len(answer.headers["Miru-Mock-Ignored"]), 8000)
        answer, ignored = self.ask("PATCH", "/devices/dvc_123", {"k" * 40000: 1})
        self.assertEqual(answer.status, 200)
        self.assertLess(len(ignored[0]), 100)


class Strict(harness.TestCase):
    arguments = ("--strict-requests",)

    def test_refused(self):
        call = self.server.call
        for answer, field, *words in (
                (call("GET", "/devices?limt=1"), "limt", "'limt'; there is: limit, offset", "status"),
                (call("GET", "/devices/dvc_123?limit=1"), "limit", "there is: expand"),
                (call("GET", "/principal?x"), "x", "there is: none"),
                (call("GET", "/devices?group_id=x", version=TETONS), "group_id", "unknown"),
                (call("POST", "/groups", GROUP), "desc", "there is: name"),
                (call("POST", "/config_instances", {
                    "config_schema_id": "x", "content": {"format": "json", "data": "", "y": 1}}),
                 "content.y", "unknown field")):
            self.assert_refused(answer, 400, "invalid_request", *words, params={"field": field})
        self.assert_refused(call("POST", "/provisioning_tokens", {"a": 1}), 400, "invalid_request",
                            "takes no body")
        self.assertEqual(self.server.everything(), self.before)

    def setUp(self):
        self.before = self.server.everything()

    def test_accepted(self):
        """All that the operation has; and null, which an older version takes for nothing."""
        self.addCleanup(self.server.control, "POST", "reset")
        for answer in (
                self.server.call("GET", "/devices?limit=1&id[0]=x&expand[]=total_count"),
                self.server.call("POST", "/groups", {"name": "s", "parent_id": None}),
                self.server.call("POST", "/provisioning_tokens", {}),
                self.server.call("PATCH", "/devices/dvc_123", {"name": None}),
                self.server.request("GET", "/openapi.json")):
            self.assertIn(answer.status, (200, 201), answer.text)
            self.assertNotIn("Miru-Mock-Ignored", answer.headers)

    def test_after_the_key(self):
        with Server("--strict-requests", "--auth", "strict") as server:
            self.assertEqual(server.call("GET", "/devices?x=1", key="no").status, 401)
            self.assertEqual(server.call("GET", "/devices?x=1", key=ADMIN).status, 400)


if __name__ == "__main__":
    harness.main()
