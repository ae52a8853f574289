# SPDX-License-Identifier: MIT
"""POST /_mock/requests/verify: what a test expects of its client's requests, and what came nearest."""

import threading
import time
import unittest

import harness
from harness import ADMIN_NAME, EVERGLADES, READER, Server

DEPLOYMENT = {"description": "d", "target_status": "staged", "device_id": "dvc_123",
              "release_id": "rls_123", "config_instance_ids": ["cfg_inst_1", "cfg_inst_2"]}


class TestCase(harness.TestCase):
    def setUp(self):
        self.server.control("POST", "reset")

    def verify(self, **expected):
        return self.server.control("POST", "requests/verify", expected)

    def holds(self, matched, **expected):
        answer = self.verify(**expected)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(list(answer.json), ["matched", "requests", "dropped"])
        self.assertEqual(answer.json["matched"], matched)
        self.assertEqual(len(answer.json["requests"]), min(matched, 100))
        return answer.json

    def fails(self, **expected):
        """Returns the message, and the nearest misses: ids and differences."""
        answer = self.verify(**expected)
        self.assertEqual(answer.status, 409, answer.text)
        error = answer.json["error"]
        self.assertEqual(error["code"], "verification_failed")
        self.assertEqual(list(error["params"]), ["expected", "matched", "nearest", "requests"])
        self.assertEqual(len(error["params"]["requests"]), error["params"]["matched"])
        return error["message"], [(n["id"], n["differences"]) for n in error["params"]["nearest"]]


class Counts(TestCase):
    def test_counts(self):
        """Without a number: one at least."""
        for _ in range(3):
            self.server.get("/devices/dvc_123")
        for counts, holds in (({}, True), ({"times": 3}, True), ({"times": 2}, False),
                              ({"times": 4}, False), ({"times": 0}, False), ({"at_least": 3}, True),
                              ({"at_least": 4}, False), ({"at_least": 0}, True), ({"at_most": 3}, True),
                              ({"at_most": 2}, False), ({"at_least": 1, "at_most": 2}, False),
                              ({"at_least": 3, "at_most": 5}, True)):
            with self.subTest(counts=counts):
                (self.holds(3, operation="getDevice", **counts) if holds else
                 self.fails(operation="getDevice", **counts))
        self.holds(0, operation="archiveDeployment", times=0)
        self.holds(0, operation="archiveDeployment", at_most=1)
        self.fails(operation="archiveDeployment")

    def test_words(self):
        self.server.get("/devices/dvc_123")
        for expected, words in (
                ({"times": 2}, "expected exactly 2 requests getDevice as described, found 1; "),
                ({"at_least": 3}, "expected at least 3 requests getDevice"),
                ({"at_least": 2, "at_most": 4}, "expected 2 to 4 requests getDevice"),
                ({"at_most": 0}, "expected exactly 0 requests getDevice as described, found 1; the last "
                 "is request 1 (GET /devices/dvc_123, status 200)"),
                ({"times": 2}, "there is no other request")):
            with self.subTest(words=words):
                self.assertIn(words, self.fails(operation="getDevice", **expected)[0])

    def test_ids(self):
        for target in ("/devices", "/groups", "/devices", "/releases"):
            self.server.get(target, version=EVERGLADES)
        self.assertEqual(self.holds(2, path="/devices")["requests"], [1, 3])
        self.assertEqual(self.holds(1, path="/devices", since="1")["requests"], [3])

    def test_dropped(self):
        """What is not kept any more cannot be verified: that is said."""
        with Server("--journal-size", "2") as server:
            for _ in range(5):
                server.get("/devices")
            answer = server.control("POST", "requests/verify", {"operation": "listDevices", "times": 5})
            self.assertIn("found 2 among those that the journal still has (--journal-size)",
                          answer.json["error"]["message"])
            answer = server.control("POST", "requests/verify", {"operation": "listDevices"})
            self.assertEqual(answer.json, {"matched": 2, "requests": [4, 5], "dropped": 3})


class Conditions(TestCase):
    def test_each(self):
        get, call = self.server.get, self.server.call
        get("/beta/devices?limit=10&expand=current_deployment&expand%5B%5D=group&q=%C3%A9", version=EVERGLADES)
        get("/v1/devices/dvc_no", key=READER)
        get("/nowhere")
        call("POST", "/deployments", DEPLOYMENT)
        for expected, ids in (
                ({"operation": "listDevices"}, [1]), ({"operation": "none"}, [3]),
                ({"method": "POST"}, [4]), ({"path": "/devices*"}, [1, 2]), ({"path": "/v1/*"}, [2]),
                ({"status": 404, "method": "GET"}, [2, 3]), ({"status": "4xx", "method": "GET"}, [2, 3]), ({"status": "200"}, [1]),
                ({"key": "reader"}, [2]), ({"key": ADMIN_NAME, "method": "GET"}, [1, 3]),
                ({"query": {"limit": 10}}, [1]), ({"query": {"limit": "10"}}, [1]), ({"query": {"q": "é"}}, [1]),
                ({"query": {"expand": "group"}}, [1]), ({"query": {"expand": ["group", "current_deployment"]}}, [1]),
                ({"query": {"limit": None}}, [2, 3, 4]), ({"query": {}}, [1, 2, 3, 4]),
                ({"body": {}}, [4]), ({"body": {"device_id": "dvc_123"}}, [4]),
                ({"body": {"config_instance_ids": ["cfg_inst_2", "cfg_inst_1"]}}, [4]),
                ({"body": {"config_instance_ids": ["cfg_inst_1"]}}, []),
                ({"body": {"device_id": None}}, []), ({"query": {"limit": 11}}, []),
                ({"query": {"expand": ["group", "x"]}}, [])):
            with self.subTest(expected=expected):
                self.assertEqual(self.holds(len(ids), at_least=0, **expected)["requests"], ids)

    def test_nearest(self):
        """The nearest first, with all that was different; of equally near ones, the last."""
        call = self.server.call
        call("GET", "/devices?limit=5")
        call("POST", "/deployments", {**DEPLOYMENT, "target_status": "deployed"})
        call("POST", "/deployments", {**DEPLOYMENT, "device_id": "dvc_2", "description": "other"})
        call("POST", "/devices", b"no JSON")
        message, nearest = self.fails(operation="createDeployment", body=DEPLOYMENT)
        self.assertIn('the nearest is request 2 (POST /beta/deployments, status ', message)
        self.assertIn('): body.target_status: expected "staged", found "deployed"', message)
        self.assertEqual(nearest, [
            (2, ['body.target_status: expected "staged", found "deployed"']),
            (3, ['body.description: expected "d", found "other"',
                 'body.device_id: expected "dvc_123", found "dvc_2"']),
            (4, ["operation: expected createDeployment, found createDevice",
                 'body: expected {"description":"d","target_status":"staged","dev..., found no JSON'])])

    def test_differences(self):
        self.server.get("/devices?limit=5&limit=6", key=READER)  # 400: which of them?
        self.server.control("PUT", "faults", {"faults": [{"close": "before"}]})
        for expected, difference in (
                ({"method": "POST"}, "method: expected POST, found GET"),
                ({"path": "/v1/*"}, "path: expected /v1/*, found /devices"),
                ({"status": 503}, "status: expected 503, found 400"),
                ({"status": "5xx"}, "status: expected 5xx, found 400"),
                ({"key": "somebody"}, "key: expected another key, found reader"),
                ({"query": {"limit": 7}}, "query.limit: expected 7, found '5', '6'"),
                ({"query": {"limit": None}}, "query.limit: expected none, found '5', '6'"),
                ({"query": {"offset": "1"}}, 'query.offset: expected "1", found none'),
                ({"body": {"a": 1}}, 'body: expected {"a":1}, found no body')):
            with self.subTest(expected=expected):
                self.assertEqual(self.fails(**expected)[1], [(1, [difference])])
        self.server.raw(b"GET /devices HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.fails(status=404)[1][0], (2, ["status: expected 404, found no answer (cut)"]))

    def test_deep(self):
        self.server.call("POST", "/config_instances",
                         {"content": {"format": "json", "data": "{}"}, "list": [{"a": 1}, {"b": 2}]})
        self.holds(1, body={"content": {"data": "{}"}, "list": [{"b": 2}, {}]})
        self.assertEqual(self.fails(body={"content": {"data": "[]", "more": 1}, "list": [{"a": 1}]})[1],
                         [(1, ['body.content.data: expected "[]", found "{}"',
                               "body.content.more: expected 1, found none",
                               'body.list: expected [{"a":1}], found [{"a":1},{"b":2}]'])])

    def test_cut_body(self):
        """What the journal has not kept cannot be compared: that is said."""
        with Server("--journal-body", "20") as server:
            server.call("POST", "/devices", {"name": "x" * 40})
            error = server.control("POST", "requests/verify", {"body": {"name": "x" * 40}}).json["error"]
            self.assertIn("found 20 of its 52 bytes in the journal (--journal-body)", error["message"])


class Unsure(TestCase):
    """How many there were at most cannot be said of what the journal does not have."""

    arguments = None

    def setUp(self):
        pass

    def check(self, server, *words, **expected):
        answer = server.control("POST", "requests/verify", expected)
        self.assert_refused(answer, 409, "verification_failed", "cannot be verified", *words)

    def test_dropped(self):
        with Server("--journal-size", "5") as server:
            for _ in range(8):
                server.get("/devices/dvc_123")
            self.check(server, "--journal-size", operation="getDevice", at_most=7)
            self.check(server, "--journal-size", operation="getDevice", times=5)
            least = server.control("POST", "requests/verify", {"operation": "getDevice", "at_least": 5})
            self.assertEqual(least.status, 200, least.text)
            since = server.control("POST", "requests/verify", {"operation": "getDevice", "since": "3",
                                                               "times": 5})
            self.assertEqual(since.status, 200, since.text)

    def test_cut_bodies(self):
        with Server("--journal-body", "50") as server:
            server.call("POST", "/devices", {"name": "x" * 40, "more": "y" * 60})
            self.check(server, "--journal-body", operation="createDevice", body={"name": "x"}, times=0)
            # Another operation is none, whatever its body is.
            other = server.control("POST", "requests/verify", {"operation": "createGroup",
                                                               "body": {"name": "x"}, "times": 0})
            self.assertEqual(other.status, 200, other.text)

    def test_numbers_are_exact(self):
        with Server() as server:
            server.call("POST", "/devices", {"name": "n", "n": 9007199254740993})
            for number, status in ((9007199254740993, 200), (9007199254740992, 409)):
                answer = server.control("POST", "requests/verify", {"body": {"n": number}})
                self.assertEqual(answer.status, status, answer.text)


class Waiting(TestCase):
    def test_wait(self):
        """Until it holds; a client that retries is waited for without a sleep."""
        done = []
        thread = threading.Thread(target=lambda: done.append(
            self.verify(operation="getDevice", status=200, times=2, wait=60)))
        thread.start()
        for path in ("dvc_no", "dvc_123", "dvc_123"):
            self.assertEqual(done, [])
            self.server.get("/devices/" + path)
        thread.join()
        self.assertEqual((done[0].status, done[0].json["matched"]), (200, 2))

    def test_over(self):
        """Fails when the time is over; at once if more requests cannot help."""
        self.server.get("/devices")
        began = time.monotonic()
        self.assertIn("found 1", self.fails(operation="listDevices", times=2, wait=1)[0])
        self.assertGreaterEqual(time.monotonic() - began, 0.9)
        self.assertIn("found 1", self.fails(operation="listDevices", times=0, wait=60)[0])
        self.holds(0, operation="getDevice", times=0, wait=60)
        self.assertLess(time.monotonic() - began, 30)


class Refused(TestCase):
    def test_refused(self):
        """400, which says what is wrong, and nothing has changed."""
        for body, field, words in (
                ({"times": 1, "at_least": 1}, "times", "conflicts with at_least and at_most"),
                ({"at_least": 3, "at_most": 2}, "at_least", "greater than at_most"),
                ({"times": -1}, "times", "from 0 to 100000"), ({"times": "1"}, "times", "a whole number"),
                ({"operation": "getDevices"}, "operation", "the nearest is 'getDevice"),
                ({"method": "get"}, "method", "one of GET"), ({"path": "devices"}, "path", "such as /devices/*"),
                ({"status": 99}, "status", "such as 404"), ({"status": "6xx"}, "status", "such as 404"),
                ({"status": [200]}, "status", "found [200]"), ({"status": None}, "status", "found null"),
                ({"status": ""}, "status", "such as 404"), ({"status": True}, "status", "found true"),
                ({"query": "limit=1"}, "query", "expected an object"), ({"query": None}, "query", "found null"),
                ({"query": {"a": {}}}, "query", "query.a: expected a text"),
                ({"query": {"a": [[]]}}, "query", "query.a: expected a text"),
                ({"body": []}, "body", "expected an object"), ({"body": "x"}, "body", "expected an object"),
                ({"since": "x"}, "since", "an id such as 17"), ({"wait": 61}, "wait", "from 0 to 60"),
                ({"limit": 1}, "limit", "unknown field 'limit'; there is: operation, method, path, status, key, "
                 "query, body, since, times, at_least, at_most, wait")):
            with self.subTest(body=body):
                answer = self.server.control("POST", "requests/verify", body)
                self.assert_refused(answer, 400, "invalid_request", words, params={"field": field})
        for body in (b"", b"[]", b"{", b'{"body":{"a":1,"a":2}}', b'{"body":' + b'{"a":' * 100):
            answer = self.server.control("POST", "requests/verify", body)
            self.assert_refused(answer, 400, "invalid_request", "")
        self.assert_refused(self.server.control("GET", "requests/verify"), 405, "method_not_allowed", "POST")
        self.assertEqual(self.server.control("GET", "requests").json["total"], 0)


if __name__ == "__main__":
    harness.main()
