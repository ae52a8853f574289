# SPDX-License-Identifier: MIT
"""Faults: which requests a rule is for, what it does to them, how often; and what makes no rule."""

import contextlib
import http.client
import json
import socket
import struct
import threading
import time

import harness
from harness import ADMIN, EVERGLADES, NOSCOPE, READER, TETONS, Client, Server

RULE = {"operation": None, "method": None, "path": None, "query": None, "key": None, "body": None,
        "times": None, "limit": None, "status": None, "code": None, "message": None,
        "delay_ms": None, "close": None, "spoil": None, "merge": None, "retry_after": None,
        "retry_after_ms": None, "should_retry": None, "hits": 0}
DEVICE = "/devices/dvc_123"


def request_of(target, *headers, method="GET", version="HTTP/1.1"):
    return "\r\n".join([f"{method} {target} {version}", "Host: x", f"X-API-Key: {ADMIN}",
                        f"Miru-Version: {EVERGLADES}", *headers, "", ""]).encode()


class TestCase(harness.TestCase):
    def tearDown(self):
        self.server.control("DELETE", "faults")

    def put(self, *rules):
        answer = self.server.control("PUT", "faults", {"faults": rules})
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.json, {"faults": [{**RULE, **rule} for rule in rules]})

    def hits(self):
        return [rule["hits"] for rule in self.server.control("GET", "faults").json["faults"]]

    def status(self, method="GET", target=DEVICE, **options):
        return self.server.call(method, target, **options).status

    def last(self):
        return self.server.control("GET", "requests").json["requests"][-1]

    def assert_cut(self, target=DEVICE, method="GET"):
        """The connection ends without a byte of an answer."""
        self.assertEqual(self.server.raw(request_of(target, method=method)), b"")


class Rules(TestCase):
    def test_none(self):
        for method in ("GET", "DELETE"):
            answer = self.server.control(method, "faults")
            self.assertEqual((answer.status, answer.json), (200, {"faults": []}))
        self.put()
        self.assertEqual(self.status(), 200)

    def test_shown(self):
        """Every field, in the order in which the rules were put; and what is shown can be put."""
        self.put({"status": 503}, {
            "operation": "getDevice", "method": "GET", "path": "/devices/*", "key": ADMIN,
            "times": 3, "status": 429, "code": "slow_down", "message": "Später.",
            "delay_ms": 0, "close": "middle", "retry_after": 2, "retry_after_ms": 1500,
            "should_retry": False, "limit": {"requests": 5, "seconds": 60},
            "query": {"a": ["1", 2], "b": True}, "body": {"c": {"d": [None]}}},
            {"merge": {"a": {"b": None}}, "spoil": "malformed"})
        shown = self.server.control("GET", "faults").json["faults"]
        self.assertEqual([list(rule) for rule in shown], [list(RULE)] * 3)
        self.assertEqual([rule["hits"] for rule in shown], [0, 0, 0])
        self.put(*shown)
        self.put({"status": 500})
        self.assertEqual(self.status(), 500)
        [shown] = self.server.control("GET", "faults").json["faults"]
        self.assertEqual(shown["hits"], 1)
        answer = self.server.control("PUT", "faults", {"faults": [shown]})
        self.assertEqual(answer.json["faults"], [shown | {"hits": 0}])

    def test_replaced(self):
        self.put({"status": 500})
        self.assertEqual(self.status(), 500)
        self.put({"operation": "listDevices", "status": 500})
        self.assertEqual(self.status(), 200)
        self.assertEqual(self.hits(), [0])
        self.server.control("DELETE", "faults")
        self.assertEqual(self.status(target="/devices"), 200)

    def test_added(self):
        """After those there are, whose counts and times go on; all or none, at most a hundred."""
        add = {"operation": "listDevices", "status": 501, "message": "new", "path": "/devices*"}
        self.put({"status": 503, "times": 2, "operation": "getDevice", "message": "old"})
        self.assertEqual(self.status(), 503)
        answer = self.server.control("POST", "faults", {"faults": [add]})
        self.assertEqual((answer.status, [(r["message"], r["hits"]) for r in answer.json["faults"]]),
                         (200, [("old", 1), ("new", 0)]))
        self.assertEqual([self.status() for _ in range(2)], [503, 200])
        self.assertEqual(self.status(target="/devices"), 501)
        self.assertEqual(self.hits(), [2, 1])
        for wrong in ([{"status": 500}, {}], [add] * 99):
            answer = self.server.control("POST", "faults", {"faults": wrong})
            self.assertEqual(answer.status, 400, answer.text)
        self.assertIn("expected at most 100 rules, found 101", answer.error["message"])
        self.assertEqual(self.hits(), [2, 1])
        self.assertEqual(len(self.server.control("POST", "faults", {"faults": [add] * 98})
                             .json["faults"]), 100)
        self.server.control("DELETE", "faults")
        for rules in ([], [add]):
            answer = self.server.control("POST", "faults", {"faults": rules})
            self.assertEqual((answer.status, len(answer.json["faults"])), (200, len(rules)))

    def test_nearest(self):
        """The operation that was probably meant, where an operation is named."""
        for wrong, nearest in (("getDevices", "getDevice"), ("getdevice", "getDevice"),
                               ("DeployDeploymnet", "deployDeployment"),
                               ("listRelease", "listReleases"), ("x" * 1000, "")):
            words = f"no such operation '{wrong[:60]}"
            nearest = f"; the nearest is '{nearest}"
            answer = self.server.control("PUT", "faults", {"faults": [
                {"operation": wrong, "status": 500}]})
            self.assertIn("faults[0].operation: " + words, answer.error["message"])
            self.assertIn(nearest, answer.error["message"])
            answer = self.server.control("GET", f"requests?operation={wrong}")
            self.assertEqual(answer.status, 400)
            self.assertIn("operation: " + words, answer.error["message"])
            self.assertIn(nearest, answer.error["message"])

    def test_first_match_wins(self):
        self.put({"path": "/devices/dvc_1*", "delay_ms": 0}, {"path": "/devices/*", "status": 503},
                 {"status": 500})
        self.assertEqual(self.status(), 200)
        self.assertEqual(self.status(target="/devices/dvc_offline"), 503)
        self.assertEqual(self.status(target="/releases"), 500)
        self.assertEqual(self.hits(), [1, 1, 1])

    def test_conditions(self):
        def ask(method="GET", target="/beta" + DEVICE, key=ADMIN):
            return self.server.get(target, method=method, key=key, version=EVERGLADES).status

        for rule, fires, not_ in (
                ({"operation": "getDevice"}, {}, {"target": "/devices"}),
                ({"operation": "getDevice"}, {"method": "HEAD"}, {"target": "/releases/rls_123"}),
                ({"method": "GET"}, {}, {"method": "HEAD"}),
                ({"method": "HEAD"}, {"method": "HEAD"}, {}),
                ({"path": DEVICE}, {}, {"target": "/devices/dvc_offline"}),
                ({"path": DEVICE}, {"target": "/v1" + DEVICE}, {"target": "/devices"}),
                ({"path": DEVICE}, {"target": DEVICE + "?expand=group"}, {"target": "/devices"}),
                ({"path": "/beta/devices/*"}, {}, {"target": DEVICE}),
                ({"key": "reader"}, {"key": READER}, {}),
                ({"key": READER}, {"key": READER}, {}),
                ({"key": "junk"}, {"key": "junk"}, {"key": None}),
                ({"key": "reader", "operation": "getDevice"}, {"key": READER},
                 {"key": READER, "target": "/devices"})):
            with self.subTest(rule=rule):
                self.put({**rule, "status": 418, "code": "teapot"})
                self.assertNotEqual(ask(**not_), 418)
                self.assertEqual(ask(**fires), 418)
                self.assertEqual(self.hits(), [1])

    def test_query(self):
        """Some of the parameters, by whole values; lists as the API takes them."""
        for condition, fires, not_ in (
                ({"limit": "3"}, "limit=3&offset=1", "limit=30"), ({"limit": 3}, "limit=3", ""),
                ({"expand": "total_count"}, "expand[]=total_count", "expand=total_count,group"),
                ({"expand": ["group", "total_count"]}, "expand[0]=total_count&expand[1]=group",
                 "expand=group"),
                ({"name": "a b", "x": True}, "name=a%20b&x=true", "name=a%20b&x=false"),
                ({"name": ""}, "name=", "limit=3"), ({"name": ""}, "name", "limit=3"),
                ({"expand": None}, "limit=3", "expand[]=group"), ({"expand": None}, "", "expand"),
                ({}, "limit=3", None)):
            with self.subTest(condition=condition):
                self.put({"query": condition, "status": 503})
                if not_ is not None:
                    self.assertEqual(self.status(target="/devices?" + not_), 200)
                self.assertEqual(self.status(target="/devices?" + fires), 503)
                self.assertEqual(self.hits(), [1])

    def test_body(self):
        """A part of the JSON body, before the key or the body is checked."""
        for condition, fires, not_ in (
                ({"name": "x"}, {"name": "x", "y": 1}, {"name": "X"}),
                ({"name": "x"}, {"name": "x"}, {"Name": "x"}),
                ({"a": {"b": [1, {"c": None}]}}, {"a": {"b": [1.0, {"c": None, "d": 1}], "e": 2}},
                 {"a": {"b": [1, {"d": 1}]}}),
                ({"ids": ["a", "b"]}, {"ids": ["b", "a"]}, {"ids": ["b", "b"]}),
                ({"ids": ["a"]}, {"ids": ["a"]}, {"ids": ["a", "b"]}),
                ({"n": 1.5}, {"n": 15e-1}, {"n": "1.5"}),
                ({}, {}, [])):
            with self.subTest(condition=condition):
                self.put({"body": condition, "status": 503})
                for body in (not_, None, "x"):
                    self.assertNotEqual(self.status("POST", "/devices", body=body), 503)
                self.assertEqual(self.status("POST", "/devices", body=fires, key="junk"), 503)
                self.assertEqual(self.hits(), [1])
        answer = self.server.request("POST", "/devices", {"X-API-Key": ADMIN}, b'{"a": 1, "a"')
        self.assertEqual(answer.status, 400)

    def test_what_is_spared(self):
        """Control endpoints, the OpenAPI document, and what is no operation."""
        self.put({"status": 500})
        for target, status in (("/_mock/ready", 200), ("/_mock/requests", 200),
                               ("/openapi.json", 200), ("/nothing", 404), ("/_mock/no", 404)):
            self.assertEqual(self.server.request("GET", target).status, status)
        self.assertEqual(self.server.request("PUT", "/devices").status, 405)
        self.assertEqual(self.hits(), [0])

    def test_before_the_gates(self):
        self.put({"status": 503})
        for key, version in (("junk", EVERGLADES), (None, EVERGLADES), (NOSCOPE, EVERGLADES),
                             (ADMIN, None), (ADMIN, "x")):
            self.assert_refused(self.server.get("/devices", key=key, version=version), 503,
                                "service_unavailable")

    def test_times(self):
        self.put({"status": 503, "times": 2}, {"status": 502, "times": 1})
        self.assertEqual([self.status() for _ in range(5)], [503, 503, 502, 200, 200])
        self.assertEqual(self.hits(), [2, 1])

    def test_times_in_parallel(self):
        for _ in range(10):
            self.put({"status": 503, "times": 2}, {"status": 502, "times": 5})
            statuses, start = [], threading.Barrier(16)

            def ask():
                with Client(self.server) as client:
                    client.connection.connect()
                    start.wait()
                    statuses.append(client.call("GET", DEVICE).status)

            threads = [threading.Thread(target=ask) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual([statuses.count(s) for s in (503, 502, 200)], [2, 5, 9])
            self.assertEqual(self.hits(), [2, 5])

    def test_put_under_load(self):
        """Rules come and go while requests meet them."""
        stop, bad = threading.Event(), []

        def ask():
            with Client(self.server) as client:
                while not stop.is_set():
                    answer = client.call("GET", DEVICE)
                    if answer.status not in (200, 503) or (
                            answer.status == 503 and answer.error["message"] not in ("a", "b")):
                        bad.append(answer.text)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        try:
            for n in range(200):
                self.put({"status": 503, "message": "ab"[n % 2]}, {"delay_ms": 0})
                self.server.control("DELETE", "faults")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(bad, [])


class Limits(TestCase):
    arguments = ("--clock", "2026-03-02T08:00:00Z")

    def later(self, seconds):
        self.server.control("POST", "clock/advance", {"seconds": seconds})

    def test_limit(self):
        """So many within so long by the workspace's clock; beyond, a refusal that says when."""
        self.put({"operation": "getDevice", "limit": {"requests": 2, "seconds": 10}})
        self.assertEqual([self.status() for _ in range(2)], [200, 200])
        self.later(3.2)
        answer = self.server.call("GET", DEVICE)
        self.assert_refused(answer, 429, "rate_limited", "rule 0 of /_mock/faults")
        self.assertEqual((answer.headers["Retry-After"], answer.headers["retry-after-ms"],
                          answer.headers["x-should-retry"]), ("7", "6800", None))
        self.assertEqual(self.status(target="/devices"), 200)
        self.assertEqual(self.hits(), [1])
        self.later(6.8)
        self.assertEqual([self.status() for _ in range(3)], [200, 200, 429])
        self.assertEqual(self.hits(), [2])
        # A clock that is set back begins anew.
        self.server.control("PUT", "clock", {"mode": "frozen", "now": "2026-03-02T08:00:00Z"})
        self.assertEqual([self.status() for _ in range(3)], [200, 200, 429])

    def test_next_rules(self):
        """What is within the limit is left to the next rule; what refuses it may be said."""
        limit = {"requests": 1, "seconds": 60}
        self.put({"key": READER, "limit": limit, "status": 503, "code": "slow", "retry_after": 9,
                  "retry_after_ms": 0, "should_retry": False, "times": 1},
                 {"limit": {"requests": 2, "seconds": 60}}, {"times": 1, "status": 500})
        self.assertEqual([self.status(key=READER) for _ in range(4)], [500, 503, 200, 429])
        self.assertEqual(self.hits(), [1, 1, 1])
        self.put({"limit": limit, "status": 503, "code": "slow", "retry_after": 9,
                  "retry_after_ms": 0, "should_retry": False})
        self.assertEqual(self.status(), 200)
        answer = self.server.call("GET", DEVICE)
        self.assert_refused(answer, 503, "slow")
        self.assertEqual((answer.headers["Retry-After"], answer.headers["retry-after-ms"],
                          answer.headers["x-should-retry"]), ("9", "0", "false"))

    def test_added(self):
        """POST leaves what is counted alone; PUT begins anew."""
        self.put({"limit": {"requests": 2, "seconds": 60}})
        self.assertEqual(self.status(), 200)
        self.server.control("POST", "faults", {"faults": [{"path": "/groups", "status": 500}]})
        self.assertEqual([self.status() for _ in range(2)], [200, 429])
        self.put({"limit": {"requests": 2, "seconds": 60}})
        self.assertEqual(self.status(), 200)

    def test_in_parallel(self):
        self.put({"limit": {"requests": 5, "seconds": 60}})
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(self.status()))
                   for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([statuses.count(s) for s in (200, 429)], [5, 11])


class Merges(TestCase):
    def answer(self, patch, target=DEVICE, **options):
        self.put({"merge": patch})
        return self.server.call("GET", target, **options)

    def test_merge(self):
        plain = self.server.call("GET", DEVICE).json
        answer = self.answer({"name": "changed", "description": None, "more": {"a": [1, {"b": None}]},
                              "nothing": None, "deep": {"x": None, "y": {}}})
        plain.pop("description")
        self.assertEqual(answer.json, {**plain, "name": "changed", "more": {"a": [1, {"b": None}]},
                                       "deep": {"y": {}}})
        self.assertEqual(list(answer.json), [*plain, "more", "deep"])
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"))
        self.assertEqual(self.server.control("GET", "devices/dvc_123").json["name"], "My Device")
        self.assertIn('"name":"changed"', self.last()["response_body"])

    def test_numbers(self):
        """As they were written."""
        self.server.control("PUT", "faults", b'{"faults": [{"merge": {"n": 1.50, '
                                             b'"m": 12345678901234567890}}]}')
        self.assertTrue(self.server.call("GET", DEVICE).text.endswith(
            '"n":1.50,"m":12345678901234567890}'))

    def test_lists_and_refusals(self):
        page = self.answer({"has_more": True, "data": []}, "/devices?limit=100").json
        self.assertEqual(page, {"object": "list", "limit": 100, "offset": 0, "has_more": True,
                                "data": []})
        answer = self.answer({"error": {"code": "other"}}, "/devices/dvc_no")
        self.assert_refused(answer, 404, "other", "not found")
        answer = self.answer({"error": {"code": "other"}}, key="junk")
        self.assertEqual((answer.status, answer.error["code"]), (401, "other"))

    def test_no_json(self):
        """What is stored as it is stays as it is."""
        target = "/config_instances/cfg_inst_123/content"
        whole = self.server.call("GET", target).text
        self.assertEqual(self.answer({"a": 1}, target).text, whole)

    def test_together(self):
        """Merged, then spoilt or cut."""
        self.put({"merge": {"more": "x" * 1000}, "spoil": "truncated"})
        text = self.server.call("GET", DEVICE).text
        self.assertIn('"more":"xxx', text)
        self.assertRaises(json.JSONDecodeError, json.loads, text)
        self.put({"merge": {"more": "x" * 1000}, "close": "middle"})
        self.assertRaises(http.client.IncompleteRead, self.server.call, "GET", DEVICE)

    def test_for_people(self):
        self.put({"merge": {"more": [1]}})
        text = self.server.get(DEVICE, version=EVERGLADES, User_Agent="curl/8").text
        self.assertTrue(text.endswith('  "more": [\n    1\n  ]\n}\n'), text)

    def test_too_large(self):
        """Its JSON is bounded."""
        for field in ("merge", "body", "query"):
            for size, status in ((65536 - 8, 200), (65536 - 7, 400)):
                answer = self.server.control("PUT", "faults", {"faults": [
                    {field: {"a": "x" * size}, "delay_ms": 0}]})
                self.assertEqual(answer.status, status, answer.text[:300])
            self.assert_refused(answer, 400, "invalid_request",
                                f"faults[0].{field}: expected an object of at most 65536 bytes")


class Header(TestCase):
    """Miru-Mock-Fault: a rule of one request."""

    def ask(self, rule, method="GET", target=DEVICE, body=None, **headers):
        headers = {"X-API-Key": ADMIN, "Miru-Version": EVERGLADES, **headers,
                   "Miru-Mock-Fault": rule if isinstance(rule, str) else json.dumps(rule)}
        return self.server.request(method, "/beta" + target, headers, harness.encoded(body))

    def test_one_request(self):
        """It is refused, or its answer changed, and the next one is not."""
        for rule, status in (({"status": 503, "retry_after": 3}, 503), ({"merge": {"name": 1}}, 200),
                             ({"status": 418, "code": "teapot", "hits": 5}, 418)):
            answer = self.ask(rule)
            self.assertEqual(answer.status, status, answer.text)
            self.assertIsNone(answer.headers["Miru-Mock-Ignored"])
            entry = self.last()
            self.assertEqual((entry["status"], entry["fault"], entry["ignored"]), (status, None, []))
            self.assertEqual(self.server.call("GET", DEVICE).json["name"], "My Device")
        self.assertEqual(self.ask({"status": 503, "retry_after": 3}).headers["Retry-After"], "3")
        self.assert_refused(self.ask({"status": 503}), 503, "service_unavailable",
                            "fault injected by the header Miru-Mock-Fault")
        self.assertEqual(self.server.control("GET", "faults").json, {"faults": []})

    def test_on_one_connection(self):
        with Client(self.server) as client:
            for status in (503, 200, 503, 200):
                headers = {"X-API-Key": ADMIN, "Miru-Version": EVERGLADES}
                if status == 503:
                    headers["Miru-Mock-Fault"] = '{"status":503}'
                client.connection.request("GET", DEVICE, headers=headers)
                answer = client.connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, status)

    def test_cut(self):
        with self.assertRaises((http.client.RemoteDisconnected, ConnectionResetError)):
            self.ask({"close": "before"})

    def test_before_rules(self):
        """It comes first; a rule is not counted. Where its conditions do not hold, it is none."""
        self.put({"status": 500})
        self.assertEqual(self.ask({"status": 503}).status, 503)
        self.assertEqual(self.hits(), [0])
        self.assertEqual(self.ask({"status": 503, "path": "/releases*"}).status, 500)
        self.assertEqual(self.ask({"status": 503, "body": {"name": "x"}}, "POST", "/devices",
                                  {"name": "y"}).status, 500)
        self.assertEqual(self.ask({"status": 503, "body": {"name": "x"}}, "POST", "/devices",
                                  {"name": "x"}).status, 503)
        self.assertEqual(self.hits(), [2])

    def test_before_the_gates(self):
        self.assertEqual(self.ask({"status": 503}, **{"X-API-Key": "junk"}).status, 503)
        self.assertEqual(self.ask({"status": 503}, **{"Miru-Version": "x"}).status, 503)

    def test_refused(self):
        """Nonsense is 400, and nothing is done."""
        for text, field, words in (
                ("", None, "Miru-Mock-Fault is empty; expected a JSON object with the fields: "),
                ("", None, "message, delay_ms, close, spoil, merge, retry_after, retry_after_ms, should_retry"),
                ("503", None, "Miru-Mock-Fault is not a JSON object"),
                ("[{}]", None, "Miru-Mock-Fault is not a JSON object"),
                ('{"status":503', None, "Miru-Mock-Fault cannot be read: line 1, column 14"),
                ('{"status":503,"status":500}', None, "Miru-Mock-Fault cannot be read"),
                ('{"status":503}{}', None, "Miru-Mock-Fault cannot be read"),
                ("{}", "", "one of status, delay_ms, close, spoil and merge is required"),
                ('{"merge":{},"code":"a"}', ".code", "can be set only together with status"),
                ('{"merge":{},"status":500}', ".merge", "conflicts with status: the answer"),
                ('{"stat":503}', ".stat", "Miru-Mock-Fault.stat"),
                ('{"status":200}', ".status", "from 400 to 599"),
                ('{"status":418}', ".code", "required"),
                ('{"status":500,"operation":"getDevices"}', ".operation", "nearest is 'getDevice'"),
                ('{"status":500,"times":1}', ".times", "counts requests, and this rule is for one"),
                ('{"limit":{"requests":1,"seconds":1}}', ".limit", "counts requests"),
                ('{"limit":{"requests":1}}', ".limit.seconds", "is required"),
                ('{"status":500,"query":{"a":{}}}', ".query", "a: expected a text"),
                ("\xff", None, "Miru-Mock-Fault cannot be read"),
                ('{"status":500,"message":"%s"}' % ("x" * 4070), None,
                 "Miru-Mock-Fault: expected at most 4096 bytes, found 4097")):
            with self.subTest(text=text[:80]):
                answer = self.ask(text, "PATCH", body={"name": "not done"})
                self.assert_refused(answer, 400, "invalid_request", words, params={
                    **({} if field is None else {"field": "Miru-Mock-Fault" + field})})
                if field not in (".times", ".limit", ".limit.seconds"):
                    for word in ("limit", "times", "hits"):
                        self.assertNotIn(word, answer.text)
        self.assertEqual(self.ask('{"status":500%s}' % (" " * 4082)).status, 500)
        self.assertEqual(self.server.call("GET", DEVICE).json["name"], "My Device")
        data = self.server.raw(request_of(DEVICE, 'Miru-Mock-Fault: {"status":503}',
                                          'Miru-Mock-Fault: {"status":503}', "Connection: close"))
        self.assertIn(b" 400 ", data.split(b"\r\n")[0])
        self.assertIn(b"Miru-Mock-Fault came twice", data)

    def test_what_is_spared(self):
        """As rules: control endpoints, the OpenAPI document, and what is no operation."""
        for target, status in (("/_mock/ready", 200), ("/openapi.json", 200), ("/nothing", 404)):
            for rule in ('{"status":500}', "nonsense"):
                self.assertEqual(self.server.request("GET", target, {"Miru-Mock-Fault": rule}).status,
                                 status)

    def test_no_control(self):
        """As any header that the server does not know."""
        with Server("--no-control") as server:
            for rule in ('{"status":500}', "nonsense"):
                self.assertEqual(server.get(DEVICE, Miru_Mock_Fault=rule).status, 200)

    def test_of_pages(self):
        """A page of an origin that may call the API may send it."""
        with Server("--cors", "http://app.example") as server:
            answer = server.request("OPTIONS", DEVICE, {
                "Origin": "http://app.example", "Access-Control-Request-Method": "GET",
                "Access-Control-Request-Headers": "miru-mock-fault,x-api-key",
                "Miru-Mock-Fault": "nonsense"})
            self.assertEqual(answer.status, 204)
            self.assertIn("miru-mock-fault", answer.headers["Access-Control-Allow-Headers"])


class Refused(TestCase):
    def test_rules(self):
        """400, the field named, and what was there before stays."""
        self.put({"status": 503, "path": "/releases"})
        before = self.server.control("GET", "faults").text
        for rule, field, *words in (
                ({}, "", "one of status, limit, delay_ms, close, spoil and merge is required"),
                ({"times": 1}, "", "is required"), ({"key": "a"}, "", "is required"),
                ({"operation": "getdevice", "status": 500}, ".operation",
                 "no such operation 'getdevice'"),
                ({"operation": "", "status": 500}, ".operation"),
                ({"operation": "getDevice", "method": "POST", "status": 500}, ".method",
                 "method POST never matches operation getDevice (GET)"),
                ({"operation": "createDevice", "method": "HEAD", "status": 500}, ".method"),
                ({"method": "get", "status": 500}, ".method", "one of GET"),
                *(({"path": path, "status": 500}, ".path", "only operations have faults") for path in (
                    "/_mock/health", "/_mock/*", "/openapi.json", "/", "/beta", "/beta/", "/nothing",
                    "/devices/", "/devices/x/y", "/beta/v1/devices", "/devicesx*", "/beta/nothing*",
                    "//devices", "/devices//ping")),
                ({"method": "DELETE", "status": 500}, ".method", "no operation of the API has it"),
                ({"method": "POST", "path": "/beta/devices/*", "operation": "getDevice",
                  "status": 500}, ".method", "never matches operation getDevice (GET)"),
                ({"path": "/releases/*", "operation": "getDevice", "status": 500}, ".path",
                 "'/releases/*' never matches operation getDevice (/devices/{device_id})"),
                ({"method": "PATCH", "path": "/devices", "status": 500}, ".method",
                 "method PATCH never matches path '/devices'"),
                ({"path": "devices", "status": 500}, ".path", "such as /devices/*"),
                ({"path": "/a?b", "status": 500}, ".path"),
                ({"path": "/" + "a" * 1024, "status": 500}, ".path"),
                ({"key": "k" * 1025, "status": 500}, ".key", "1 to 1024 bytes"),
                ({"key": "", "status": 500}, ".key"),
                ({"times": 0, "status": 500}, ".times", "from 1 to"),
                ({"times": 1.5, "status": 500}, ".times"),
                ({"times": "1", "status": 500}, ".times"),
                ({"status": 399}, ".status", "from 400 to 599"), ({"status": 600}, ".status"),
                ({"status": 200}, ".status"), ({"status": 4.5e2 + 0.5}, ".status"),
                ({"status": True}, ".status"), ({"status": 1e300}, ".status"),
                ({"status": 418}, ".code", "required: status 418"),
                ({"status": 409}, ".code", "required: status 409"),
                ({"status": 500, "code": "No"}, ".code", "a-z, 0-9 and _"),
                ({"status": 500, "code": "1a"}, ".code"), ({"status": 500, "code": ""}, ".code"),
                ({"status": 500, "code": "a" * 129}, ".code"),
                ({"status": 500, "message": "m" * 1025}, ".message"),
                ({"status": 500, "message": ""}, ".message"),
                ({"delay_ms": 1, "code": "a"}, ".code", "together with status"),
                ({"delay_ms": 1, "message": "a"}, ".message", "together with status"),
                ({"delay_ms": 1, "retry_after": 1}, ".retry_after", "together with status"),
                ({"delay_ms": 1, "retry_after_ms": 1}, ".retry_after_ms", "together with status"),
                ({"delay_ms": 1, "should_retry": True}, ".should_retry", "together with status"),
                ({"delay_ms": -1}, ".delay_ms", "from 0 to 3600000"),
                ({"delay_ms": 3600001}, ".delay_ms"),
                ({"close": "after"}, ".close", "one of before, middle"), ({"close": 1}, ".close"),
                ({"spoil": "empty"}, ".spoil", "one of truncated, malformed"),
                ({"close": "middle", "spoil": "truncated"}, ".spoil", "conflicts with close"),
                ({"close": "before", "spoil": "malformed"}, ".spoil", "conflicts with close"),
                ({"status": 500, "close": "before", "code": "a"}, ".code",
                 'conflicts with close "before"'),
                ({"status": 500, "close": "before", "retry_after": 1}, ".retry_after"),
                ({"body": "truncated"}, ".body", "expected an object", 'found "truncated"'),
                ({"body": [], "status": 500}, ".body"), ({"query": "a=1", "status": 500}, ".query"),
                ({"query": {"a": {}}, "status": 500}, ".query", "a: expected a text, a number"),
                ({"query": {"a": [None]}, "status": 500}, ".query", "a: expected a text"),
                ({"merge": [1]}, ".merge", "expected an object"),
                ({"merge": {}, "status": 500}, ".merge", "conflicts with status and limit"),
                ({"merge": {}, "limit": {"requests": 1, "seconds": 1}}, ".merge", "conflicts"),
                ({"merge": {}, "close": "before"}, ".merge", "no answer is sent"),
                ({"merge": {}, "code": "a"}, ".code", "only together with status or limit"),
                ({"limit": 5}, ".limit", "an object"), ({"limit": {}}, ".limit.requests"),
                ({"limit": {"requests": 0, "seconds": 1}}, ".limit.requests", "from 1 to"),
                ({"limit": {"requests": 1, "seconds": 0}}, ".limit.seconds", "from 1 to 31622400"),
                ({"limit": {"requests": 1, "seconds": 1.5}}, ".limit.seconds"),
                ({"limit": {"requests": 1, "seconds": 1}, "status": 418}, ".code", "required"),
                ({"status": 500, "retry_after": -1}, ".retry_after", "from 0 to 3600"),
                ({"status": 500, "retry_after_ms": 3600001}, ".retry_after_ms"),
                ({"status": 500, "should_retry": "true"}, ".should_retry", "true or false")):
            with self.subTest(rule=rule):
                answer = self.server.control("PUT", "faults", {"faults": [
                    {"status": 500}, {"status": 500}, rule]})
                self.assert_refused(answer, 400, "invalid_request", *words,
                                    params={"field": f"faults[2]{field}"})
                self.assertTrue(answer.error["message"].startswith(f"faults[2]{field}"),
                                answer.text)
                self.assertEqual(self.server.control("GET", "faults").text, before)

    def test_bodies(self):
        for body, field, word in (
                (None, None, "the fields: faults"), ([], None, "faults"), ({}, "faults", "is required"),
                ({"faults": {}}, "faults", "a list"), ({"faults": [1]}, "faults[0]", "an object"),
                ({"faults": None}, "faults", "a list"),
                ({"faults": [], "x": 1}, "x", "unknown field 'x'"),
                ({"faults": [{"status": 500, "hit": 1}]}, "faults[0].hit",
                 "there is: operation, method"),
                ({"faults": [{"limit": {"requests": 1, "seconds": 1, "x": 1}}]}, "faults[0].limit.x",
                 "there is: requests, seconds"),
                ({"faults": [{"status": 500}] * 101}, "faults", "at most 100 rules, found 101")):
            answer = self.server.control("PUT", "faults", body)
            self.assert_refused(answer, 400, "invalid_request", word,
                                params={"field": field} if field else {})
        self.assertEqual(self.server.control("GET", "faults").json, {"faults": []})
        self.put(*[{"status": 500}] * 100)
        for target in ("faults?a=1", "faults?key=admin"):
            self.assert_refused(self.server.control("GET", target), 400, "invalid_request",
                                "no query parameters")
        self.assert_refused(self.server.control("PATCH", "faults", {}), 405, "method_not_allowed",
                            "DELETE")


class Errors(TestCase):
    def test_codes(self):
        """Each status that has a code by default; and the code of a rule."""
        for status, code in ((400, "invalid_request"), (401, "unauthorized"), (403, "forbidden"),
                             (404, "resource_not_found"), (405, "method_not_allowed"),
                             (408, "request_timeout"), (413, "request_too_large"),
                             (429, "rate_limited"), (500, "internal_server_error"),
                             (501, "not_implemented"), (502, "bad_gateway"),
                             (503, "service_unavailable"), (504, "gateway_timeout")):
            self.put({"status": status})
            answer = self.server.call("GET", DEVICE)
            self.assert_refused(answer, status, code, "rule 0 of /_mock/faults", params={})
            self.put({"status": status, "code": "of_its_own", "message": 'Say "é"'})
            answer = self.server.call("GET", DEVICE)
            self.assert_refused(answer, status, "of_its_own")
            self.assertEqual(answer.error["message"], 'Say "é"')
        self.put({"status": 409, "code": "duplicate_device_name"})
        self.assert_refused(self.server.call("POST", "/devices", {}), 409, "duplicate_device_name")

    def test_headers(self):
        for rule, headers in (
                ({}, (None, None, None)), ({"retry_after": 7}, ("7", None, None)),
                ({"retry_after": 0}, ("0", None, None)),
                ({"retry_after_ms": 1500}, (None, "1500", None)),
                ({"should_retry": True}, (None, None, "true")),
                ({"retry_after": 1, "retry_after_ms": 2, "should_retry": False},
                 ("1", "2", "false"))):
            self.put({"status": 429, **rule})
            answer = self.server.call("GET", DEVICE)
            self.assert_refused(answer, 429, "rate_limited")
            self.assertEqual(tuple(answer.headers[name] for name in (
                "Retry-After", "retry-after-ms", "x-should-retry")), headers)
        # Beside those that a status always has.
        self.put({**rule, "status": 401})
        self.assert_refused(self.server.call("GET", DEVICE), 401, "unauthorized")

    def test_nothing_is_done(self):
        before = self.server.everything()
        self.put({"status": 500, "delay_ms": 1})
        self.assertEqual(self.status("POST", "/devices", body={"name": "never-made"}), 500)
        self.put({"status": 500, "close": "before"})
        with contextlib.suppress(http.client.RemoteDisconnected):
            self.status("POST", "/devices", body={"name": "never-made"})
            self.fail("it was answered")
        self.assertEqual(self.server.everything(), before)

    def test_journal(self):
        self.put({"path": "/devices/no", "status": 500}, {"status": 429, "code": "slow_down"})
        self.server.get(DEVICE, key="junk")
        entry = self.last()
        self.assertEqual([entry[k] for k in ("status", "code", "fault", "operation", "version")],
                         [429, "slow_down", 1, "getDevice", None])
        self.server.control("DELETE", "faults")
        self.server.call("GET", DEVICE)
        self.assertEqual((self.last()["status"], self.last()["fault"]), (200, None))

    def test_head(self):
        self.put({"status": 503})
        with Client(self.server) as client:
            for _ in range(2):
                answer = client.call("HEAD", DEVICE)
                self.assertEqual((answer.status, answer.text), (503, ""))


class Bodies(TestCase):
    def whole(self, target=DEVICE):
        self.server.control("DELETE", "faults")
        return self.server.call("GET", target).text

    def test_truncated(self):
        """A complete answer of half a document; the connection lives on."""
        whole = self.whole()
        self.put({"spoil": "truncated"})
        with Client(self.server) as client:
            for _ in range(3):
                answer = client.call("GET", DEVICE)
                self.assertEqual((answer.status, answer.text), (200, whole[:len(whole) // 2]))
                self.assertEqual(int(answer.headers["Content-Length"]), len(answer.text))
                self.assertRaises(json.JSONDecodeError, json.loads, answer.text)
        self.assertEqual(self.last()["response_body"], whole[:len(whole) // 2])

    def test_malformed(self):
        whole = self.whole()
        self.put({"spoil": "malformed"})
        with Client(self.server) as client:
            for _ in range(3):
                answer = client.call("GET", DEVICE)
                self.assertEqual((answer.status, len(answer.text)), (200, len(whole)))
                self.assertEqual(answer.headers["Content-Type"], "application/json")
                self.assertRaises(json.JSONDecodeError, json.loads, answer.text)

    def test_of_errors(self):
        for how in ("truncated", "malformed"):
            self.put({"spoil": how, "status": 503})
            answer = self.server.call("GET", DEVICE)
            self.assertEqual(answer.status, 503)
            self.assertRaises(json.JSONDecodeError, json.loads, answer.text)
            self.put({"spoil": how})
            answer = self.server.call("GET", "/devices/dvc_no")
            self.assertEqual(answer.status, 404)
            self.assertRaises(json.JSONDecodeError, json.loads, answer.text)

    def test_between_characters(self):
        """Half a text is still UTF-8."""
        for n in range(8):
            self.put({"spoil": "truncated", "status": 500, "message": "é" * 300 + "x" * n})
            self.assertIn("é", self.server.call("GET", DEVICE).text)

    def test_no_json(self):
        """Content as a file suffers like any other, with its headers."""
        target = "/config_instances/cfg_inst_123/content?disposition=attachment"
        whole = self.whole(target)
        self.put({"spoil": "truncated"})
        answer = self.server.call("GET", target)
        self.assertEqual(answer.text, whole[:len(whole) // 2])
        self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_head(self):
        for how in ("truncated", "malformed"):
            self.put({"spoil": how})
            with Client(self.server) as client:
                for _ in range(2):
                    self.assertEqual(client.call("HEAD", DEVICE).status, 200)


class Cut(TestCase):
    def test_before(self):
        self.put({"close": "before"})
        self.assert_cut()
        entry = self.last()
        self.assertEqual([entry[k] for k in ("status", "code", "fault", "operation", "version",
                                             "response_body", "response_bytes")],
                         [None, None, 0, "getDevice", EVERGLADES, None, 0])
        self.assert_cut("/devices/dvc_no")
        self.assertIsNone(self.last()["code"])
        self.assert_cut(method="HEAD")

    def test_middle(self):
        """All headers, half the body, and the end, whatever the length."""
        for target in (DEVICE, "/deployments?limit=100&expand=device,release,config_instances",
                       "/devices/dvc_no"):
            self.server.control("DELETE", "faults")
            whole = self.server.call("GET", target)
            self.put({"close": "middle"})
            head, _, body = self.server.raw(request_of(target)).partition(b"\r\n\r\n")
            self.assertIn(f"Content-Length: {len(whole.text.encode())}\r\n".encode(), head + b"\r\n")
            self.assertTrue(head.startswith(f"HTTP/1.1 {whole.status} ".encode()), head)
            self.assertEqual(body, whole.text.encode()[:len(whole.text.encode()) // 2])
            self.assertEqual((self.last()["status"], self.last()["response_bytes"]),
                             (whole.status, len(body)))
            self.assertRaises(http.client.IncompleteRead, self.server.call, "GET", target)

    def test_middle_of_head(self):
        """Which has none: it is whole, and closes."""
        self.put({"close": "middle"})
        head, _, body = self.server.raw(request_of(DEVICE, method="HEAD")).partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 200 "))
        self.assertIn(b"Connection: close", head)
        self.assertEqual(body, b"")

    def test_http_1_0(self):
        for rule, answered in (({"close": "before"}, 0), ({"close": "middle"}, 1),
                               ({"status": 503}, 1), ({"spoil": "truncated"}, 1)):
            self.put(rule)
            for more in ((), ("Connection: keep-alive",), ("Connection: close",)):
                data = self.server.raw(request_of(DEVICE, *more, version="HTTP/1.0"))
                self.assertEqual(data.count(b"HTTP/1."), answered)

    def test_the_write_happened(self):
        """Without a status the operation is done, though its answer is lost."""
        for close, name in (("before", "lost-1"), ("middle", "lost-2")):
            self.put({"operation": "createDevice", "close": close, "times": 1})
            with self.assertRaises((http.client.RemoteDisconnected, http.client.IncompleteRead)):
                self.server.call("POST", "/devices", {"name": name})
            self.assert_refused(self.server.call("POST", "/devices", {"name": name}), 409,
                                "duplicate_device_name")

    def test_status(self):
        """With one it is not, and what is cut is the error."""
        self.put({"status": 503, "close": "middle"})
        data = self.server.raw(request_of(DEVICE))
        self.assertTrue(data.startswith(b"HTTP/1.1 503 "))
        self.put({"status": 418, "close": "before"})
        self.assert_cut()

    def test_pipelined(self):
        """What stands behind one that is cut is not answered."""
        self.put({"close": "before", "times": 1})
        with self.server.connect() as sock:
            sock.sendall(request_of(DEVICE) * 2)
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(sock.recv(1), b"")

    def test_late(self):
        for close, kind in (("before", http.client.RemoteDisconnected),
                            ("middle", http.client.IncompleteRead)):
            self.put({"close": close, "delay_ms": 100})
            began = time.monotonic()
            self.assertRaises(kind, self.server.call, "GET", DEVICE)
            self.assertGreaterEqual(time.monotonic() - began, 0.1)
            self.assertGreaterEqual(self.last()["duration_us"], 100_000)

    def test_log(self):
        """What is cut on purpose is no failure; the line of the request says what happened."""
        for form, want in (("text", f" - GET /beta{DEVICE} "), ("json", '"status":null,')):
            with Server("--log", form) as server:
                for close in ("before", "middle", "before"):
                    server.control("PUT", "faults", {"faults": [{"close": close}]})
                    with self.assertRaises((http.client.RemoteDisconnected,
                                            http.client.IncompleteRead)):
                        server.call("GET", DEVICE)
                server.stop()
                self.assertEqual(server.errors.count(want), 2, server.errors)
                self.assertEqual(len(server.errors.splitlines()), 6, server.errors)


class Late(TestCase):
    def test_delay(self):
        self.put({"delay_ms": 200})
        began = time.monotonic()
        self.assertEqual(self.status(), 200)
        self.assertGreaterEqual(time.monotonic() - began, 0.2)
        self.assertGreaterEqual(self.last()["duration_us"], 200_000)

    def test_of_failures(self):
        """A rule's delay, like all it does, holds for what the API refuses by itself, too."""
        self.put({"delay_ms": 150})
        for target, key, status in (("/devices/dvc_no", ADMIN, 404), (DEVICE, "junk", 401)):
            began = time.monotonic()
            self.assertEqual(self.status(target=target, key=key), status)
            self.assertGreaterEqual(time.monotonic() - began, 0.15)

    def test_adds(self):
        """To the operation's own."""
        self.server.control("PATCH", "devices/dvc_123", {"status": "offline"})
        self.put({"delay_ms": 100})
        began = time.monotonic()
        self.server.call("POST", DEVICE + "/ping", {"timeout_nanos": 100_000_000})
        self.assertGreaterEqual(time.monotonic() - began, 0.2)

    def test_connection_lives_on(self):
        self.put({"delay_ms": 20})
        with Client(self.server) as client:
            for _ in range(5):
                self.assertEqual(client.call("GET", DEVICE).status, 200)

    def test_many(self):
        """500 that wait hold nobody up, and are answered; or at the end, when there is one."""
        self.put({"path": DEVICE, "delay_ms": 3_600_000})
        waiting = [self.server.connect() for _ in range(500)]
        try:
            for sock in waiting:
                sock.sendall(request_of(DEVICE))
            deadline = time.monotonic() + harness.DEADLINE
            while self.hits() != [500]:
                self.assertLess(time.monotonic(), deadline)
            began = time.monotonic()
            with Client(self.server) as client:
                for _ in range(200):
                    self.assertEqual(client.call("GET", "/devices/dvc_offline").status, 200)
            self.assertLess(time.monotonic() - began, 30)
            self.server.stop()
            for sock in waiting:
                self.assertTrue(sock.recv(20).startswith(b"HTTP/1.1 200 "))
        finally:
            for sock in waiting:
                sock.close()
            type(self).server = self.server = Server(*self.arguments)

    def test_gone(self):
        """Clients that do not wait for it, and part in either way: each is in the journal, by null
        where the server has noticed."""
        self.server.control("DELETE", "requests")
        for n in range(20):
            self.put({"delay_ms": 200})
            with self.server.connect() as sock:
                sock.sendall(request_of(DEVICE))
                deadline = time.monotonic() + harness.DEADLINE
                while self.hits() != [1]:
                    self.assertLess(time.monotonic(), deadline)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", n % 2, 0))  # a reset, every other time
        self.assertEqual(self.status(), 200)
        deadline = time.monotonic() + harness.DEADLINE
        while len(self.server.control("GET", "requests").json["requests"]) < 21:
            self.assertLess(time.monotonic(), deadline)
        entries = self.server.control("GET", "requests").json["requests"]
        self.assertEqual(len({e["id"] for e in entries}), 21)
        self.assertLessEqual({e["response_bytes"] for e in entries if e["status"] is None}, {0})


class Kept(harness.TestCase):
    arguments = ("--stateless", "--auth", "any", "--version-policy", "any")

    def put(self, rules, **headers):
        answer = self.server.request("PUT", "/_mock/faults", headers,
                                     json.dumps({"faults": rules}).encode())
        self.assertEqual(answer.status, 200, answer.text)

    def test_stateless(self):
        """Rules are no rows: they stay."""
        self.put([{"key": "reader", "status": 500}, {"key": ADMIN, "status": 503}])
        for key, status in ((READER, 500), (NOSCOPE, 200), (ADMIN, 503)):
            self.assertEqual(self.server.get(DEVICE, key=key, version=TETONS).status, status)

    def test_workspaces(self):
        """A key with a workspace of its own has rules and a journal of its own."""
        self.put([{"status": 500}])
        self.put([{"status": 503}], **{"X-API-Key": "me"})
        for key, status in (("me", 503), ("you", 200), (ADMIN, 500)):
            self.assertEqual(self.server.get(DEVICE, key=key, version=TETONS).status, status)
        for key, statuses in (("me", [503]), ("you", [200])):
            found = self.server.request("GET", "/_mock/requests", {"X-API-Key": key}).json
            self.assertEqual([e["status"] for e in found["requests"]], statuses)
            self.assertEqual([e["key"] for e in found["requests"]], ["****"])


if __name__ == "__main__":
    harness.main()
