# SPDX-License-Identifier: MIT
"""The journal: what /_mock/requests remembers of every request, which of them it shows, how many."""

import threading
import time
import unittest

import harness
from harness import ADMIN, ADMIN_NAME, EVERGLADES, READER, TETONS, Client, Server

FIELDS = ["id", "time", "state", "method", "path", "path_params", "query", "operation", "status", "code",
          "version", "key", "workspace", "duration_us", "retry_count", "user_agent", "fault", "ignored",
          "request_headers", "request_body", "request_bytes", "response_body", "response_bytes"]
KEPT = 4096  # bytes of a body


def cut(body, kept=KEPT):
    """A body as the journal shows it: what is left out is counted."""
    start = body[:kept].decode(errors="ignore")
    left = len(body) - len(start.encode())
    return start + f"...[{left} more bytes]" if left else start


class TestCase(harness.TestCase):
    """Each test with an empty journal of the class's server."""

    def setUp(self):
        self.server.control("DELETE", "requests")

    def journal(self, query="", server=None):
        answer = (server or self.server).control("GET", "requests" + query)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(list(answer.json), ["requests", "matched", "total", "dropped"])
        self.assertEqual(answer.json["matched"], len(answer.json["requests"]))
        for entry in answer.json["requests"]:
            self.assertEqual(list(entry), FIELDS)
        return answer.json

    def entries(self, query=""):
        return self.journal(query)["requests"]

    def only(self, query=""):
        entries = self.entries(query)
        self.assertEqual(len(entries), 1, entries)
        return entries[0]


class Entries(TestCase):
    def test_whole(self):
        answer = self.server.get("/beta/deployments/dpl_123?expand=device&x=%20", key=READER,
                                 User_Agent="robot/1", x_stainless_retry_count="2")
        entry = self.only()
        headers = entry.pop("request_headers")
        self.assertEqual((headers["X-API-Key"], headers["User-Agent"], headers["Miru-Version"]),
                         ("****ader", "robot/1", TETONS))
        self.assertGreater(entry.pop("id"), 0)
        self.assertRegex(entry.pop("time"), r"^20\d\d-.*Z$")
        self.assertGreater(entry.pop("duration_us"), 0)
        self.assertEqual(entry, {
            "state": "done", "path_params": {"deployment_id": "dpl_123"}, "workspace": "common",
            "method": "GET", "path": "/beta/deployments/dpl_123", "query": "expand=device&x=%20",
            "operation": "getDeployment", "status": 200, "code": None, "version": TETONS,
            "key": "reader", "retry_count": 2, "user_agent": "robot/1", "fault": None,
            "ignored": ["query.x"],
            "request_body": None, "request_bytes": 0, "response_body": answer.text,
            "response_bytes": len(answer.text)})

    def test_refusals(self):
        """Whatever is refused, and wherever, is there with its code."""
        get, call = self.server.get, self.server.call
        for ask, status, code, operation, key, version in (
                (lambda: get("/beta/nothing"), 404, "resource_not_found", None, ADMIN_NAME, None),
                (lambda: get("/devices/x/y%2", version=None), 400, "invalid_request", None,
                 ADMIN_NAME, None),
                (lambda: get("/devices", method="PUT"), 405, "method_not_allowed", None, ADMIN_NAME,
                 None),
                (lambda: get("/devices", key=None), 401, "unauthorized", "listDevices", None, None),
                (lambda: get("/devices", key="junk"), 401, "unauthorized", "listDevices", "****",
                 None),
                (lambda: get("/devices", version="x"), 400, "invalid_api_version", "listDevices",
                 ADMIN_NAME, None),
                (lambda: get("/groups", version=TETONS), 404, "resource_not_found", "listGroups",
                 ADMIN_NAME, TETONS),
                (lambda: call("POST", "/devices", {"name": ""}), 400, "invalid_request",
                 "createDevice", ADMIN_NAME, EVERGLADES),
                (lambda: call("GET", "/devices/dvc_no"), 404, "resource_not_found", "getDevice",
                 ADMIN_NAME, EVERGLADES)):
            with self.subTest(code=code, status=status, operation=operation):
                self.setUp()
                answer = ask()
                entry = self.only()
                self.assertEqual((answer.status, entry["status"]), (status, status))
                self.assertEqual((entry["code"], entry["operation"], entry["key"],
                                  entry["version"]), (code, operation, key, version))
                self.assertEqual(entry["response_body"], answer.text)

    def test_what_is_not_there(self):
        """Control endpoints, also those that there are not; the OpenAPI document is there."""
        for target in ("/_mock/ready", "/_mock/nothing", "/%5Fmock/clock"):
            self.server.request("GET", target)
        self.assertEqual(self.journal()["requests"], [])
        self.server.request("GET", "/openapi.json")
        self.assertEqual(self.only()["path"], "/openapi.json")

    def test_masked(self):
        for key, shown in (("elevenchars", "****"), ("twelve_chars", "****hars"),
                           ("x" * 40 + "last", "****last")):
            with self.subTest(key=key):
                self.setUp()
                self.server.get("/devices", key=key)
                self.assertEqual(self.only()["key"], shown)
                self.assertNotIn(key, self.server.control("GET", "requests").text)

    def test_retry_counts(self):
        for sent, shown in (("0", 0), ("17", 17), ("-1", None), ("x", None), ("1x", None),
                            ("", None), ("9" * 30, None)):
            self.setUp()
            self.server.get("/devices", x_stainless_retry_count=sent)
            self.assertEqual(self.only()["retry_count"], shown, sent)

    def test_bodies(self):
        """As they came, made UTF-8, cut between two characters; their sizes are the true ones."""
        body = b'{"name": "' + "é".encode() * 3000 + b'"}'
        self.server.call("POST", "/devices", body)
        entry = self.only()
        self.assertEqual(entry["request_bytes"], len(body))
        self.assertEqual(entry["request_body"], cut(body))

        body = b'{"name": x' + "é".encode() * 3000 + b'"}'
        self.setUp()
        self.server.call("POST", "/devices", body + b"x" * 3)
        self.assertEqual(self.only()["request_body"], cut(body + b"x" * 3))
        self.setUp()
        self.server.call("POST", "/devices", b"x" + body)
        self.assertEqual(self.only()["request_body"], cut(b"x" + body))

        self.setUp()
        self.server.call("POST", "/devices", b'\xff{"\x00\xc3')
        self.assertEqual(self.only()["request_body"], '\ufffd{"\ufffd\ufffd')
        self.setUp()
        self.server.call("POST", "/devices", b"\xbf" * 5000)
        self.assertEqual(self.only()["request_body"], "\ufffd" * KEPT + f"...[{5000 - KEPT} more bytes]")

        self.setUp()
        answer = self.server.call("GET", "/deployments?limit=100&expand=device,release")
        entry = self.only()
        self.assertGreater(len(answer.text.encode()), KEPT)
        self.assertEqual(entry["response_bytes"], len(answer.text.encode()))
        self.assertEqual(entry["response_body"], cut(answer.text.encode()))

    def test_head(self):
        self.server.get("/devices", method="HEAD")
        entry = self.only()
        self.assertEqual((entry["method"], entry["response_body"], entry["response_bytes"]),
                         ("HEAD", None, 0))

    def test_bytes(self):
        """What is not UTF-8 in a header or a target."""
        self.server.raw(b"GET /\xff?\xfe HTTP/1.1\r\nHost: x\r\nX-API-Key: \xfd\r\n"
                        b"User-Agent: a\xfc\r\nConnection: close\r\n\r\n")
        entry = self.only()
        self.assertEqual((entry["path"], entry["query"], entry["key"], entry["user_agent"],
                          entry["status"]), ("/\ufffd", "\ufffd", "****", "a\ufffd", 400))

    def test_absolute(self):
        self.server.raw(b"GET http://x:1/v1/devices?a HTTP/1.1\r\nHost: x\r\n"
                        b"Connection: close\r\n\r\n")
        self.assertEqual([self.only()[k] for k in ("path", "query", "status")],
                         ["/v1/devices", "a", 401])
        self.server.raw(b"GET http://x/_mock/no HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.only()

    def test_too_large(self):
        """Refused by its declared length, and after it has come."""
        self.server.raw(b"POST /beta/devices?q HTTP/1.1\r\nHost: x\r\nX-API-Key: miru_mock_admin\r\n"
                        b"Content-Length: 99999999\r\n\r\n")
        entry = self.only()
        self.assertEqual([entry[k] for k in ("path", "query", "status", "code", "key", "operation",
                                             "request_bytes")],
                         ["/beta/devices", "q", 413, "request_too_large", ADMIN_NAME, "createDevice", 0])
        self.setUp()
        chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
        self.server.raw(b"POST /beta/devices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                        b"Connection: close\r\n\r\n" + chunk * 17 + b"0\r\n\r\n")
        entry = self.only()
        self.assertEqual((entry["status"], entry["request_bytes"]), (413, 17 * 0x10000))

    def test_repeated_header(self):
        self.server.raw(b"GET /devices HTTP/1.1\r\nHost: x\r\nX-API-Key: a\r\nX-API-Key: b\r\n\r\n")
        self.assertEqual((self.only()["status"], self.only()["code"]), (400, "invalid_request"))

    def test_time(self):
        """By the workspace's clock."""
        self.server.control("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00.25Z"})
        self.server.get("/devices")
        self.server.control("PUT", "clock", {"mode": "real"})
        self.assertEqual(self.only()["time"], "2026-01-01T00:00:00.250000Z")

    def test_late_and_reset(self):
        """One that came before a reset is not in the journal that begins with it."""
        self.server.control("PUT", "faults", {"faults": [{"delay_ms": 300, "times": 1}]})
        with self.server.connect() as sock:
            sock.sendall(b"GET /devices HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            harness.wait_for(lambda: self.server.control("GET", "faults").json["faults"][0]["hits"])
            self.assertEqual(self.server.control("POST", "reset").status, 200)
            self.assertTrue(sock.makefile("rb").read().startswith(b"HTTP/1.1 401 "))
        self.server.get("/nothing")
        journal = self.server.control("GET", "requests").json
        self.assertEqual([(r["id"], r["path"]) for r in journal["requests"]], [(1, "/nothing")])
        self.assertEqual(journal["total"], 1)

    def test_late(self):
        """One that is late on purpose is there once it has left, with the time that it took."""
        self.server.control("PATCH", "devices/dvc_123", {"status": "offline"})
        self.server.call("POST", "/devices/dvc_123/ping", {"timeout_nanos": 50_000_000})
        self.assertGreaterEqual(self.only()["duration_us"], 50_000)


class Headers(TestCase):
    def test_masked(self):
        """What is, or may be, a secret is told by its end at most."""
        secret = "s3cr3t-" * 3 + "tail"
        for name in ("Authorization", "authorization", "Cookie", "X-Api-Key", "proxy-authorization",
                     "X-Auth-Token", "My-Secret", "X-Password-Hint", "Api-Key", "X-ApiKey"):
            with self.subTest(name=name):
                self.setUp()
                self.server.request("GET", "/devices", {name: secret})
                answer = self.server.control("GET", "requests")
                self.assertNotIn("s3cr3t", answer.text)
                self.assertEqual(answer.json["requests"][0]["request_headers"][name], "****tail")

    def test_key_of_a_fault(self):
        for sent, shown in (
                ('{"key": "SECRETvalue_abcdef", "status": 500}', '{"key": "****cdef", "status": 500}'),
                ('{"status":500,"key":"SECRET\\""}', '{"status":500,"key":"****"}'),
                ('{"key":"SECRET', '{"key":"****'), ('{"key":null,"x":"key"}', '{"key":null,"x":"key"}')):
            with self.subTest(sent=sent):
                self.setUp()
                self.server.get("/devices", **{"Miru-Mock-Fault": sent})
                answer = self.server.control("GET", "requests").json["requests"][0]
                self.assertEqual(answer["request_headers"]["Miru-Mock-Fault"], shown)

    def test_shown(self):
        """As they were sent, in their order; those that came more often, as one."""
        self.server.raw(b'GET /devices HTTP/1.1\r\nHost: x\r\nAccept: a\r\nX-Odd: \xff"\r\n'
                        b"accept: b\r\nX-Empty:\r\nConnection: close\r\n\r\n")
        self.assertEqual(list(self.only()["request_headers"].items()),
                         [("Host", "x"), ("Accept", "a, b"), ("X-Odd", '\ufffd"'), ("X-Empty", ""),
                          ("Connection", "close")])

    def test_bounded(self):
        """So many, and so many bytes; how many are left out is told."""
        for headers, left in (({f"X-{n}": "v" for n in range(100)}, lambda n: n > 40),
                              ({f"X-{n}": "v" * 500 for n in range(20)}, lambda n: 5 < n < 20)):
            self.setUp()
            self.server.request("GET", "/devices", headers)
            shown = self.only()["request_headers"]
            self.assertTrue(left(int(shown.pop("...").removesuffix(" more"))), shown)
            self.assertLess(sum(len(k) + len(v) for k, v in shown.items()), 4096)

    def test_workspace_and_path(self):
        """Of a key's workspace, by the id that control endpoints take; an id is decoded."""
        with Server("--auth", "any") as server:
            server.get("/devices/a%2Fb", key="some-long-key")
            [common, tenant] = server.control("GET", "workspaces").json["workspaces"]
            [entry] = self.journal(f"?workspace={tenant['id']}", server)["requests"]
            self.assertEqual((entry["workspace"], entry["path_params"]),
                             (tenant["id"], {"device_id": "a/b"}))
            self.assertEqual(common["requests"], 0)


class Pending(TestCase):
    """Entries from the moment that the headers are there."""

    def half(self):
        """A request of whose body a half has come."""
        sock = self.server.connect()
        self.addCleanup(sock.close)
        sock.sendall(b"POST /devices/dvc_123/ping?x=1 HTTP/1.1\r\nHost: x\r\nX-API-Key: miru_mock_admin\r\n"
                     b"Miru-Version: 2026-08-17.everglades\r\nConnection: close\r\nContent-Length: 30\r\n\r\n"
                     b'{"timeout_nanos"')
        return sock

    def test_states(self):
        """Its headers are there, then its body and its answer."""
        sock = self.half()
        [entry] = self.journal("?at_least=1&wait=30&operation=pingDevice")["requests"]
        self.assertEqual({k: entry[k] for k in ("state", "status", "duration_us", "request_body", "query",
                                                "path_params", "key", "code", "response_body")},
                         {"state": "pending", "status": None, "duration_us": None, "request_body": None,
                          "query": "x=1", "path_params": {"device_id": "dvc_123"}, "key": ADMIN_NAME,
                          "code": None, "response_body": None})
        self.assertEqual(self.entries("?status=200"), [])
        sock.sendall(b': 1000000000 ')
        sock.sendall(b'}')
        self.assertIn(b" 200 OK", sock.makefile("rb").read())
        self.assertEqual((self.only()["state"], self.only()["request_body"]),
                         ("done", '{"timeout_nanos": 1000000000 }'))

    def test_body_is_there(self):
        """While its answer is late, what it asks for is known."""
        with self.server.connect() as sock:
            self.server.control("PUT", "faults", {"faults": [{"delay_ms": 60_000, "times": 1}]})
            sock.sendall(b"POST /devices?y=1 HTTP/1.1\r\nHost: x\r\nX-API-Key: miru_mock_admin\r\n"
                         b"Miru-Version: 2026-08-17.everglades\r\nContent-Length: 15\r\n\r\n"
                         b'{"name":"late"')
            harness.wait_for(lambda: self.entries("?operation=createDevice"))
            self.assertIsNone(self.only()["request_body"])
            sock.sendall(b"}")
            harness.wait_for(lambda: self.only()["request_body"])
            entry = self.only()
            self.assertEqual((entry["state"], entry["request_body"], entry["fault"], entry["version"],
                              entry["status"]),
                             ("pending", '{"name":"late"}', 0, EVERGLADES, None))
        self.server.control("DELETE", "faults")

    def test_cut_in_its_body(self):
        sock = self.half()
        harness.wait_for(self.entries)
        sock.close()
        harness.wait_for(lambda: self.only()["state"] != "pending")
        entry = self.only()
        self.assertEqual((entry["state"], entry["status"], entry["request_bytes"]), ("cut", None, 16))

    def test_client_timed_out(self):
        """It is there as pending when its client gives up; then as cut, or as done."""
        self.server.control("PUT", "faults", {"faults": [{"delay_ms": 700, "times": 1}]})
        with self.server.connect() as sock:
            sock.settimeout(0.2)
            sock.sendall(b"GET /devices HTTP/1.1\r\nHost: x\r\n\r\n")
            with self.assertRaises(TimeoutError):
                sock.recv(1)
            self.assertEqual(self.only()["state"], "pending")
        self.assertEqual(self.only()["state"], "pending")
        harness.wait_for(lambda: self.only()["state"] != "pending")
        self.assertIn(self.only()["state"], ("cut", "done"))
        self.assertGreaterEqual(self.only()["duration_us"], 700_000)

    def test_cut_by_a_fault(self):
        for close, status in (("before", None), ("middle", 200)):
            self.setUp()
            self.server.control("PUT", "faults", {"faults": [{"close": close, "times": 1}]})
            self.server.raw(b"GET /devices HTTP/1.1\r\nHost: x\r\nX-API-Key: miru_mock_admin\r\n"
                            b"Miru-Version: 2026-08-17.everglades\r\n\r\n")
            self.assertEqual((self.only()["state"], self.only()["status"]), ("cut", status))
        self.server.control("DELETE", "faults")

    def test_pending_and_dropped(self):
        """One that is dropped while it waits, and a reset: neither harms."""
        with Server("--journal-size", "2") as server:
            server.control("PUT", "faults", {"faults": [{"delay_ms": 300, "times": 1, "path": "/late"}]})
            with server.connect() as sock:
                sock.sendall(b"GET /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                harness.wait_for(lambda: server.control("GET", "requests").json["requests"])
                for n in range(5):
                    server.get(f"/{n}")
                self.assertIn(b"404", sock.makefile("rb").read())
            found = self.journal(server=server)
            self.assertEqual([e["path"] for e in found["requests"]], ["/3", "/4"])
            self.assertEqual((found["total"], found["dropped"]), (6, 4))


class Waiting(TestCase):
    def ask(self, query, done):
        answer = self.server.control("GET", "requests?" + query)
        done.append((time.monotonic(), answer.json))

    def test_until_it_happens(self):
        """Answered when there are so many, and not before; no worker is held up by many who wait."""
        done, waiters = [], 20
        threads = [threading.Thread(target=self.ask, args=("operation=getDevice&at_least=2&wait=60", done))
                   for _ in range(waiters)]
        for thread in threads:
            thread.start()
        self.server.get("/devices/dvc_123")
        self.server.get("/devices")
        self.assertEqual(done, [])
        before = time.monotonic()
        self.server.get("/devices/dvc_123")
        for thread in threads:
            thread.join()
        self.assertEqual([found["matched"] for _, found in done], [2] * waiters)
        self.assertLess(max(at for at, _ in done) - before, 20)

    def test_at_once(self):
        self.server.get("/devices/dvc_123")
        before = time.monotonic()
        self.assertEqual(self.journal("?at_least=1&wait=60")["matched"], 1)
        self.assertEqual(self.journal("?at_least=5&wait=0")["matched"], 1)
        self.assertEqual(self.journal("?at_least=5")["matched"], 1)
        self.assertLess(time.monotonic() - before, 20)

    def test_time_over(self):
        """What there is then, with 200; the client sees by `matched`."""
        self.server.get("/devices/dvc_123")
        before = time.monotonic()
        self.assertEqual(self.journal("?operation=getDevice&at_least=2&wait=1")["matched"], 1)
        self.assertGreaterEqual(time.monotonic() - before, 0.9)

    def test_stop(self):
        """A server that stops waits for nobody."""
        with Server() as server, server.connect() as sock:
            sock.sendall(b"GET /_mock/requests?at_least=1&wait=60 HTTP/1.1\r\nHost: x\r\n\r\n")
            server.get("/_mock/ready")
            before = time.monotonic()
            server.stop()
            self.assertLess(time.monotonic() - before, 20)
            self.assertIn(b'"matched":0', sock.makefile("rb").read())

    def test_client_gone(self):
        """One whose client has gone ends soon: its connection is free again."""
        with Server(descriptors=(160, 160)) as server:
            for _ in range(300):
                with server.connect() as sock:
                    sock.sendall(b"GET /_mock/requests?at_least=1&wait=60 HTTP/1.1\r\nHost: x\r\n\r\n")
            harness.wait_for(lambda: server.request("GET", "/_mock/ready").status == 200)

    def test_reset(self):
        """One that waits goes on after a reset, with what comes then."""
        done = []
        self.server.get("/devices/dvc_123")
        thread = threading.Thread(target=self.ask, args=("at_least=2&wait=60", done))
        thread.start()
        self.server.control("POST", "reset")
        for _ in range(2):
            self.server.get("/devices/dvc_123")
        thread.join()
        self.assertGreaterEqual(done[0][1]["matched"], 2)

    def test_refused(self):
        for query, words in (("wait=1", "wait needs at_least"), ("at_least=0", "from 1 to 100000"),
                             ("at_least=x", "a whole number"), ("at_least=1&wait=61", "from 0 to 60"),
                             ("at_least=1&wait=-1", "'-1'"), ("at_least=1&wait=", "wait"),
                             ("at_least=1&wait=1.5", "'1.5'"), ("at_least=" + "9" * 30, "at_least")):
            with self.subTest(query=query):
                self.assert_refused(self.server.control("GET", "requests?" + query), 400,
                                    "invalid_request", words)


class Filters(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        server = cls.server
        server.control("DELETE", "requests")
        server.get("/beta/devices/dvc_123")                           # 0
        server.get("/v1/deployments?limit=1", key=READER)             # 1
        server.get("/deployments/dpl_no")                             # 2
        server.call("POST", "/devices", {"name": "a"})                # 3
        server.get("/devices/dvc_123", key="an-unknown-key")          # 4
        server.get("/nowhere", method="HEAD", key=None)               # 5
        cls.first = server.control("GET", "requests").json["requests"][0]["id"]

    def setUp(self):
        pass

    def test_repeated(self):
        """Which of them would count? A control endpoint takes each parameter once."""
        for query in ("status=200&status=4xx", "since=3&since=0", "since=1&since=1"):
            answer = self.server.control("GET", "requests?" + query)
            self.assert_refused(answer, 400, "invalid_request", "is given twice")

    def test_filters(self):
        first = self.first
        for query, want in (
                ("", [0, 1, 2, 3, 4, 5]),
                ("operation=getDevice", [0, 4]), ("operation=createDevice", [3]),
                ("operation=listGroups", []), ("operation=none", [5]), ("operation=none&status=200", []),
                ("method=GET", [0, 1, 2, 4]), ("method=POST", [3]), ("method=HEAD", [5]),
                ("path=/devices/dvc_123", [0, 4]), ("path=/beta/devices/dvc_123", [0]),
                ("path=/v1/*", [1]), ("path=/deployments*", [1, 2]), ("path=*", [0, 1, 2, 3, 4, 5]),
                ("path=/deployments", [1]), ("path=*/dvc_*", [0, 4]), ("path=/*/dpl_no", [2]),
                ("path=/devices/dvc_1234", []), ("path=/deployments/*_n*o", [2]),
                ("status=200", [0, 1, 3]), ("status=4xx", [2, 4, 5]), ("status=2xx", [0, 1, 3]),
                ("status=401", [4]), ("status=500", []),
                ("key=My%20CI%2FCD%20Key", [0, 2, 3]), (f"key={ADMIN}", [0, 2, 3]), ("key=reader", [1]),
                ("key=an-unknown-key", [4]), ("key=****-key", []), ("key=", None),
                (f"since={first}", [1, 2, 3, 4, 5]), (f"since={first + 4}", [5]),
                (f"since={first + 100}", []), ("since=0", [0, 1, 2, 3, 4, 5]),
                ("since=2020-01-01T00:00:00Z", [0, 1, 2, 3, 4, 5]),
                ("since=2020-01-01T00:00:00%2B02:00", [0, 1, 2, 3, 4, 5]),
                ("since=9998-01-01T00:00:00Z", []),
                (f"since={first + 1}&method=GET&status=4xx", [2, 4])):
            with self.subTest(query=query):
                if want is None:
                    self.assert_refused(self.server.control("GET", f"requests?{query}"), 400,
                                        "invalid_request")
                    continue
                found = self.journal("?" + query)
                self.assertEqual([e["id"] - first for e in found["requests"]], want)

    def test_since_time(self):
        """At that time, or later."""
        times = [e["time"] for e in self.entries()]
        self.assertEqual([e["time"] for e in self.entries(f"?since={times[3]}")],
                         [t for t in times if t >= times[3]])

    def test_refused(self):
        for query, field, *words in (
                ("limit=1", "limit", "there is: operation, method, path, status, key, since"),
                ("operation=getdevice", "operation", "no such operation 'getdevice'"),
                ("method=get", "method", "one of GET, HEAD, POST", "'get'"),
                ("path=devices", "path", "such as /devices/*"),
                ("path=/a%3Fb", "path", "without a query"),
                ("path=/" + "a" * 1024, "path"), ("status=99", "status", "'99'"),
                ("status=6xx", "status"), ("status=4x", "status"), ("status=4xxx", "status"),
                ("status=", "status"), ("since=yesterday", "since", "an id such as 17"),
                ("since=-1", "since"), ("since=" + "9" * 19, "since"), ("since=", "since"),
                ("since=2020-01-01", "since"), ("key=" + "k" * 1025, "key")):
            with self.subTest(query=query):
                self.assert_refused(self.server.control("GET", "requests?" + query), 400,
                                    "invalid_request", *words, params={"field": field})
        self.assert_refused(self.server.control("DELETE", "requests?key=a"), 400,
                            "invalid_request", "no query parameters")
        self.assert_refused(self.server.control("POST", "requests"), 405, "method_not_allowed",
                            "DELETE")


class Ring(TestCase):
    arguments = None

    def setUp(self):
        pass

    def test_dropped(self):
        with Server("--journal-size", "3") as server, Client(server) as client:
            self.assertEqual(self.journal(server=server),
                             {"requests": [], "matched": 0, "total": 0, "dropped": 0})
            for n in range(1, 9):
                client.call("GET", f"/devices/{n}")
                found = self.journal(server=server)
                self.assertEqual([e["id"] for e in found["requests"]],
                                 list(range(max(1, n - 2), n + 1)))
                self.assertEqual((found["total"], found["dropped"]), (n, max(0, n - 3)))
            self.assertEqual([e["id"] for e in self.journal("?since=6", server)["requests"]],
                             [7, 8])
            answer = server.control("DELETE", "requests")
            self.assertEqual(answer.json, {"requests": [], "matched": 0, "total": 8, "dropped": 0})
            for n in range(4):
                client.call("GET", f"/devices/{n}")
            found = self.journal(server=server)
            self.assertEqual([e["id"] for e in found["requests"]], [10, 11, 12])
            self.assertEqual((found["total"], found["dropped"]), (12, 1))

    def test_reset(self):
        """It begins anew, and counts from 1."""
        with Server("--journal-size", "2") as server:
            for _ in range(3):
                server.get("/devices")
            self.assertEqual(self.journal(server=server)["dropped"], 1)
            server.control("POST", "reset")
            self.assertEqual(self.journal(server=server),
                             {"requests": [], "matched": 0, "total": 0, "dropped": 0})
            server.get("/devices")
            found = self.journal(server=server)
            self.assertEqual(([e["id"] for e in found["requests"]], found["total"]), ([1], 1))

    def test_none(self):
        with Server("--journal-size", "0") as server:
            server.get("/devices")
            self.assertEqual(self.journal(server=server),
                             {"requests": [], "matched": 0, "total": 1, "dropped": 1})

    def test_one(self):
        with Server("--journal-size", "1") as server:
            server.get("/a")
            server.get("/b")
            self.assertEqual([e["path"] for e in self.journal(server=server)["requests"]], ["/b"])

    def test_sizes(self):
        """It grows past its first room, and turns where it is full and not before."""
        for size in (15, 16, 17, 33):
            with Server("--journal-size", str(size)) as server, Client(server) as client:
                for n in range(40):
                    client.call("GET", f"/{n}")
                self.assertEqual([e["path"] for e in self.journal(server=server)["requests"]],
                                 [f"/beta/{n}" for n in range(40 - size, 40)])

    def test_body_size(self):
        """So many bytes of each body; none at all."""
        body = b'{"name": "0123456789"}'
        for size in (0, 1, 5, len(body), 10_000):
            with Server("--journal-body", str(size)) as server:
                answer = server.call("POST", "/devices", body)
                [entry] = self.journal(server=server)["requests"]
                self.assertEqual((entry["request_body"], entry["response_body"]),
                                 (cut(body, size), cut(answer.text.encode(), size)))
        run = harness.run("--journal-body", "1048577")
        self.assertEqual(run.returncode, 2)
        self.assertIn("a number from 0 to 1048576", run.stderr)

    def test_option(self):
        for value in ("-1", "100001", "x"):
            run = harness.run("--journal-size", value)
            self.assertEqual(run.returncode, 2)
            self.assertIn("a number from 0 to 100000", run.stderr)


class Parallel(TestCase):
    def test_answered_is_there(self):
        """Whoever has an answer finds it; many at once, on connections that live on, and readers."""
        each, clients = 40, 8
        failures = []
        stop = threading.Event()

        def ask(number):
            with Client(self.server) as client:
                for n in range(each):
                    path = f"/devices/{number}-{n}"
                    client.call("GET", path)
                    found = client.control("GET", f"requests?path={path}").json["requests"]
                    if [e["path"] for e in found] != ["/beta" + path]:
                        failures.append((path, found))

        def read():
            with Client(self.server) as client:
                while not stop.is_set():
                    ids = [e["id"] for e in client.control("GET", "requests").json["requests"]]
                    if ids != sorted(set(ids)):
                        failures.append(ids)

        reader = threading.Thread(target=read)
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(clients)]
        for thread in [reader, *threads]:
            thread.start()
        for thread in threads:
            thread.join()
        stop.set()
        reader.join()
        self.assertEqual(failures, [])
        ids = [e["id"] for e in self.entries()]
        self.assertEqual(len(ids), each * clients)
        self.assertEqual(ids, list(range(ids[0], ids[0] + each * clients)))


class Memory(harness.TestCase):
    arguments = ("--log", "off", "--journal-size", "1000")

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    @unittest.skipIf(harness.instrumented(), "instrumented, what is freed is kept")
    def test_of_what_it_holds(self):
        """A place that a large entry once had does not stay large: of any ten one is, by turns."""
        def asked(body):
            return (f"POST /beta/nothing HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
                    f"\r\n{body}").encode()

        small, large = asked(""), asked("x" * KEPT)
        with self.server.connect() as sock, sock.makefile("rb") as answers:
            for turn in range(11):
                batch = [small] * 10
                if turn > 0:
                    batch[turn - 1] = large
                for _ in range(100):
                    sock.sendall(b"".join(batch))
                    for _ in range(10):
                        headers = iter(answers.readline, b"\r\n")
                        length = next(int(h.split()[1]) for h in list(headers)
                                      if h.startswith(b"Content-Length:"))
                        answers.read(length)
                if turn == 0:
                    before = self.resident()
        # All of them large would be 4 MB; a tenth of them is 0.4.
        self.assertLess(self.resident() - before, 2000)


if __name__ == "__main__":
    harness.main()
