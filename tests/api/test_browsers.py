# SPDX-License-Identifier: MIT
"""What pages may do: none of another origin drives the server, and --cors lets some read answers."""

import re

import harness
from harness import ADMIN, EVERGLADES, Server
from wire import Wire

EVIL = "https://evil.example"
CROSS = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}
PAGE = "http://localhost:3000"
KEYS = {"X-API-Key": ADMIN, "Miru-Version": EVERGLADES}


def endpoints():
    """(method, path) of each control endpoint, from the table; ids are some."""
    with open(f"{harness.SRCDIR}/server/operations.c", encoding="utf-8") as file:
        rows = re.findall(r'CONTROL\("([A-Z]+)", "([^"]*)"', file.read())
    assert len(rows) > 20, rows
    ids = {"device_id": "dvc_123", "deployment_id": "dpl_123", "release_id": "rls_123",
           "config_type_id": "cfg_typ_123", "name": "x", "id": "ws_1"}
    return [(method, "/_mock/" + re.sub(r"\{(\w+)\}", lambda m: ids[m[1]], path))
            for method, path in rows]


class Control(harness.TestCase):
    def ask(self, method, target, headers, body=b"{}", server=None):
        """With the Host header that is given, or the right one."""
        server = server or self.server
        host = headers.get("Host") or f"127.0.0.1:{server.port}"
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close",
                 f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items() if name != "Host"]
        with Wire(server) as w:
            w.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            return w.answer()

    def refused(self, method, target, headers, word):
        answer = self.ask(method, target, headers)
        self.assertEqual((answer.status, answer.code), (403, "foreign_origin"), (method, target))
        self.assertIn(word, answer.message)
        self.assertNotIn("access-control-allow-origin", answer.headers)

    def test_every_endpoint(self):
        """Refused, and nothing changes: neither the state nor the settings."""
        self.server.control("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00Z"})
        self.addCleanup(self.server.control, "POST", "reset")
        self.server.call("PATCH", "/devices/dvc_123", {"name": "changed"})
        reads = ("fixtures", "clock", "transitions", "faults", "snapshots", "requests")
        before = [self.server.control("GET", name).json for name in reads]
        for method, target in endpoints():
            for headers, word in (
                    (CROSS, EVIL), ({"Origin": EVIL}, EVIL), ({"Origin": "null"}, "null"),
                    ({"Sec-Fetch-Site": "cross-site"}, "another origin"),
                    ({"Sec-Fetch-Site": "same-site"}, "another origin"),
                    ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                      "Sec-Fetch-Dest": "iframe"}, "another origin"),
                    ({"Origin": f"http://127.0.0.1:{self.server.port + 1}"}, "another origin"),
                    ({"Host": "evil.example", "Sec-Fetch-Site": "same-origin"}, "--allow-host"),
                    ({"Host": "evil.example", "User-Agent": "Mozilla/5.0 (X11)"}, "--allow-host"),
                    ({"Host": f"rebound.evil.example:{self.server.port}",
                      "Origin": f"http://rebound.evil.example:{self.server.port}"}, "--allow-host")):
                with self.subTest(method=method, target=target, headers=headers):
                    self.refused(method, target, headers, word)
        self.assertEqual([self.server.control("GET", name).json for name in reads], before)

    def test_own_pages(self):
        """The server's own page, a typed address, and a link of its own; by each own name."""
        for host in ("127.0.0.1:8080", "localhost:8080", "localhost", "LOCALHOST.", "[::1]:8080",
                     "a.localhost:1", "192.168.0.7", "[fe80::1]"):
            for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": f"http://{host}"},
                            {"Origin": f"http://{host}"}, {"Sec-Fetch-Site": "none"}):
                with self.subTest(host=host, headers=headers):
                    answer = self.ask("GET", "/_mock/clock", {"Host": host, **headers})
                    self.assertEqual(answer.status, 200, answer.body)

    def test_user_agent_alone(self):
        """By the server's own name: browsers send Origin with whatever could change something."""
        for method in ("GET", "POST"):
            answer = self.ask(method, "/_mock/clock" if method == "GET" else "/_mock/reset",
                              {"User-Agent": "Mozilla/5.0 (X11)"})
            self.assertEqual(answer.status, 200, answer.body)

    def test_no_browser(self):
        """Programs call the server by whatever name they have for it."""
        for host in ("mock", "evil.example", "miru-mock.internal:80", "x"):
            self.assertEqual(self.ask("GET", "/_mock/clock", {"Host": host}).status, 200)

    def test_allowed_names(self):
        """Those of --host and --allow-host, on the command line or in the environment."""
        for args, env in ((("--allow-host", "mock.test", "--allow-host", "Mock2.test"), None),
                          ((), {"MIRU_MOCK_ALLOW_HOST": "mock.test, mock2.test"})):
            with Server(*args, env=env) as server:
                for host, status in (("mock.test:1", 200), ("mock2.TEST", 200),
                                     ("mock3.test", 403), ("x.mock.test", 403)):
                    answer = self.ask("GET", "/_mock/clock",
                                      {"Host": host, "Sec-Fetch-Site": "same-origin"}, server=server)
                    self.assertEqual(answer.status, status, host)

    def test_names_in_another_form(self):
        """What a browser sends for the name or origin that was given."""
        with Server("--allow-host", "Mock.test.", "--allow-host", "2001:db8::1",
                    *(word for origin in ("HTTP://A.test:80", "https://b.test:443",
                                          "https://c.test:80", "http://[::1]:3000", "http://d_e",
                                          "chrome-extension://abc", "http://127.0.0.1:80", "null")
                      for word in ("--cors", origin))) as server:
            for origin in ("http://a.test", "https://b.test", "https://c.test:80",
                           "http://[::1]:3000", "http://d_e", "chrome-extension://abc",
                           "http://127.0.0.1", "null"):
                answer = server.request("GET", "/openapi.json", {"Origin": origin})
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)
            answer = self.ask("GET", "/_mock/clock",
                              {"Host": "mock.test:1", "Sec-Fetch-Site": "none"}, server=server)
            self.assertEqual(answer.status, 200)
        with Server(env={"MIRU_MOCK_CORS": "http://a.test:80, http://b.test:443,"}) as server:
            for origin in ("http://a.test", "http://b.test:443"):
                answer = server.request("GET", "/openapi.json", {"Origin": origin})
                self.assertEqual(answer.headers["Access-Control-Allow-Origin"], origin)

    def test_wrong_values(self):
        """What no browser sends, so that it would never match."""
        for option, values, word in (
                ("--allow-host", ("http://mock", "mock.test:8080", "mock.test,", "a,b", "*.test",
                                  ".test", "a..b", ".", "m\u00f6ck.test", "[::1]", "127.1", "a b"),
                 "expected a name without a port"),
                ("--cors", ("localhost:3000", "http://localhost:3000/", "http://a.test/app",
                            "http://a.test,", "http://a.test,http://b.test", "http://", "://a.test",
                            "http://a.test:", "http://a.test:0", "http://a.test:080",
                            "http://a.test:65536", "http://a.test:999999999999", "http://a.test:x",
                            "http://:80", "http://u@a", "http://*.test", "http://[::1", "1://a",
                            "http://[x]", "http://[::1]3000", "http://127.1", "http://a.test?",
                            "http://m\u00f6ck.test", "http://a test", "NULL", "http:a.test"),
                 "expected an origin such as http://localhost:3000"),
                ("--cors", ("",), "ORIGIN")):
            for value in values:
                with self.subTest(option=option, value=value):
                    done = harness.run("serve", option, value, "--port", "1")
                    self.assertEqual((done.returncode, done.stderr.count("\n")), (2, 1))
                    self.assertIn(word, done.stderr)


class Cors(harness.TestCase):
    arguments = ("--cors", PAGE, "--cors", "https://app.example", "--request-timeout", "2")
    ASKED = {"Origin": PAGE, "Sec-Fetch-Site": "cross-site"}

    def assert_readable(self, headers, origin=PAGE):
        self.assertEqual(headers["Access-Control-Allow-Origin"], origin)
        self.assertEqual(headers["Vary"], "Origin")
        self.assertIn("Retry-After", headers["Access-Control-Expose-Headers"])
        self.assertIn("Miru-Mock-Ignored", headers["Access-Control-Expose-Headers"])
        self.assertNotIn("Access-Control-Allow-Credentials", headers)

    def test_answers(self):
        """Successes, refusals, faults."""
        for target, headers, status in (
                ("/beta/devices", KEYS, 200), ("/devices", KEYS, 200), ("/openapi.json", {}, 200),
                ("/beta/devices/x", KEYS, 404), ("/beta/devices", {}, 401), ("/x", {}, 404),
                ("/beta/devices?limit=x", KEYS, 400), ("x", {}, 400)):
            with self.subTest(target=target):
                answer = self.server.request("GET", target, {**headers, **self.ASKED})
                self.assertEqual(answer.status, status)
                self.assert_readable(answer.headers)
        self.server.control("PUT", "faults", {"faults": [{"status": 503, "retry_after": 1}]})
        self.addCleanup(self.server.control, "DELETE", "faults")
        answer = self.server.request("GET", "/beta/devices", {**KEYS, **self.ASKED})
        self.assertEqual(answer.status, 503)
        self.assert_readable(answer.headers)
        answer = self.server.request("POST", "/beta/devices", self.ASKED, b"x" * 2_000_000)
        self.assertEqual(answer.status, 413)
        self.assert_readable(answer.headers)

    def test_others(self):
        """Of an origin that is not named, and without one: nothing but Vary."""
        for headers in {}, {"Origin": EVIL}, {"Origin": "null"}, {"Origin": PAGE + "0"}:
            answer = self.server.request("GET", "/beta/devices", {**KEYS, **headers})
            self.assertEqual((answer.status, answer.headers["Vary"]), (200, "Origin"))
            self.assertNotIn("Access-Control-Allow-Origin", answer.headers)

    def test_never_control(self):
        for target in "/_mock/clock", "/_mock/nothing":
            for method in "GET", "OPTIONS":
                answer = self.server.request(
                    method, target, {**self.ASKED, "Access-Control-Request-Method": "GET"})
                self.assertIn(answer.status, (403, 404, 405))
                self.assertNotIn("Access-Control-Allow-Origin", answer.headers)

    def preflight(self, server, target, origin, asked="x-api-key,miru-version,content-type"):
        return server.request("OPTIONS", target, {
            "Origin": origin, "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": asked})

    def test_preflight(self):
        """Without a key; it is no request, and in no journal."""
        self.server.control("DELETE", "requests")
        for target in "/beta/devices/dvc_123", "/openapi.json":
            answer = self.preflight(self.server, target, "https://app.example")
            self.assertEqual((answer.status, answer.text), (204, ""))
            self.assert_readable(answer.headers, "https://app.example")
            self.assertIn("PATCH", answer.headers["Access-Control-Allow-Methods"])
            self.assertEqual(answer.headers["Access-Control-Allow-Headers"],
                             "x-api-key,miru-version,content-type")
        self.assertEqual(self.server.control("GET", "requests").json["requests"], [])
        answer = self.preflight(self.server, "/beta/devices/dvc_123", EVIL)
        self.assertEqual(answer.status, 405)
        self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
        answer = self.server.request("OPTIONS", "/beta/devices", {"Origin": PAGE})
        self.assertEqual(answer.status, 405)

    def test_timeout(self):
        with Wire(self.server) as w:
            w.send(b"GET /beta/devices HTTP/1.1\r\nHost: x\r\n")
            answer = w.answer()
            self.assertEqual(answer.status, 408)
            self.assertEqual(answer.headers["access-control-allow-origin"], "*")

    def test_too_many(self):
        with Server("--workers", "2", "--cors", PAGE, descriptors=(144, 144)) as server:
            wires = [Wire(server) for _ in range(30)]
            for w in wires:
                self.addCleanup(w.close)
                w.send(b"GET /_mock/ready HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(w.answer().status, 200)
            answer = server.request("GET", "/beta/devices", self.ASKED)
            self.assertEqual(answer.status, 503)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")

    def test_every_origin(self):
        with Server(env={"MIRU_MOCK_CORS": "https://app.example,*"}) as server:
            for origin in PAGE, "null", "https://app.example":
                self.assertEqual(self.preflight(server, "/devices", origin).status, 204)
                answer = server.request("GET", "/devices", {**KEYS, "Origin": origin})
                self.assert_readable(answer.headers, origin)
            answer = server.request("POST", "/_mock/reset", CROSS)
            self.assertEqual(answer.status, 403)

    def test_off(self):
        with Server() as server:
            answer = server.request("GET", "/beta/devices", {**KEYS, **self.ASKED})
            self.assertEqual(answer.status, 200)
            self.assertNotIn("Vary", answer.headers)
            self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
            self.assertEqual(self.preflight(server, "/beta/devices", PAGE).status, 405)


class Index(harness.TestCase):
    def test_programs(self):
        for accept in {}, {"Accept": "*/*"}, {"Accept": "application/json"}:
            answer = self.server.request("GET", "/", accept)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers["Content-Type"], "application/json")
            self.assertEqual(answer.json["openapi"], "/openapi.json")
            self.assertIn("POST /_mock/reset", answer.json["endpoints"])
        self.assertEqual(self.server.request("POST", "/", {}, b"{}").status, 405)
        self.assertEqual(self.server.request("GET", "/beta/").status, 404)
        self.assertEqual(self.server.request("GET", "/?x=1").status, 400)

    def test_browsers(self):
        """Every link leads somewhere."""
        answer = self.server.request("GET", "/", {
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Sec-Fetch-Site": "none"})
        self.assertEqual(answer.status, 200)
        self.assertIn("text/html", answer.headers["Content-Type"])
        links = re.findall(r'href="([^"]+)"', answer.text)
        self.assertIn("/_mock/requests", links)
        for link in links:
            self.assertEqual(self.server.request("GET", link).status, 200, link)

    def test_without_control(self):
        with Server("--no-control") as server:
            self.assertEqual(server.request("GET", "/").json["endpoints"],
                             ["GET /openapi.json", "GET /"])


if __name__ == "__main__":
    harness.main()
