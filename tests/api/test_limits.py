# SPDX-License-Identifier: MIT
"""Limits, each with its answer: connections, time, target, headers, body; and what the library says
by itself where it comes before us."""

import os
import resource
import signal
import shutil
import ssl
import subprocess
import tempfile
import time
import unittest

import harness
import wire
from harness import ADMIN, TETONS, Server, wait_for
from wire import Wire

KEYS = f"X-API-Key: {ADMIN}\r\nMiru-Version: {TETONS}\r\n"
GOOD = f"GET /beta/deployments/dpl_123 HTTP/1.1\r\nHost: x\r\n{KEYS}\r\n".encode()

KIB = 1024
TARGET_MAX, HEAD_MAX = 8 * KIB, 16 * KIB
MEMORY = 32 * KIB  # the library's, in which all of that must have room


def descriptors(server):
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


class Connections(harness.TestCase):
    arguments = None
    DESCRIPTORS, MAX = 144, 30  # so many of the one make the other, with two workers

    def server(self, *args, soft=DESCRIPTORS):
        return Server("--workers", "2", *args, descriptors=(soft, self.DESCRIPTORS))

    def open(self, server, count):
        """So many connections that the server has taken in."""
        wires = []
        for _ in range(count):
            wires.append(Wire(server))
            self.addCleanup(wires[-1].close)
        for w in wires:
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)
        return wires

    def assert_refused(self, w):
        answer = w.answer()
        self.assertEqual((answer.status, answer.reason), (503, "Service Unavailable"))
        self.assertEqual((answer.code, answer.is_ours), ("too_many_connections", True))
        self.assertEqual(answer.headers["retry-after"], "1")
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertTrue(answer.close)
        self.assertTrue(w.ended())

    def test_one_too_many(self):
        """Refused at once, whether it has sent anything or not; those before it are served."""
        with self.server() as server:
            wires = self.open(server, self.MAX)
            for data in (b"", b"GET /", GOOD, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                         b"\r\nx", GOOD * 10):
                with self.subTest(data=data[:20]), Wire(server) as w:
                    w.send(data)
                    began = time.monotonic()
                    self.assert_refused(w)
                    self.assertLess(time.monotonic() - began, 1)
            wires[0].send(GOOD)
            self.assertEqual(wires[0].answer().status, 200)
            wires.pop().close()
            self.assert_served(server)
            server.stop()
            self.assertGreaterEqual(server.errors.count("note: a connection too many: 503"), 5)
            self.assertNotIn("internal error", server.errors)

    def assert_served(self, server):
        """A place becomes free, in a moment."""
        def served():
            with Wire(server) as w:
                w.send(GOOD)
                return w.answer().status == 200
        wait_for(served)

    def test_a_crowd(self):
        """Five times as many as there may be, all at once, and none of them ever says anything."""
        with self.server("--log", "off") as server:
            wires = []
            for _ in range(self.MAX * 5):
                wires.append(Wire(server))
                self.addCleanup(wires[-1].close)
            for w in wires[self.MAX + 1:]:
                self.assert_refused(w)
                self.assertLess(descriptors(server), self.DESCRIPTORS)
            for w in wires:
                w.close()
            self.assert_served(server)
            server.stop()
            self.assertNotIn("accept", server.errors)

    def test_a_crowd_need_not_wait(self):
        """As many as would take nine seconds if each refusal lingered for one."""
        with self.server("--log", "off") as server:
            began = time.monotonic()
            wires = [Wire(server) for _ in range(self.MAX * 11)]
            for w in wires:
                self.addCleanup(w.close)
            for w in wires[self.MAX:]:
                self.assert_refused(w)
            self.assertLess(time.monotonic() - began, 20 if harness.instrumented() else 5)

    def test_too_few_descriptors(self):
        with self.assertRaisesRegex(harness.Failure, "too few descriptors for 2 workers"):
            Server("--workers", "2", descriptors=(112, 112))

    def test_as_many_as_descriptors_allow(self):
        """A soft limit that is lower is raised; but not for exec, whose program would have it, too."""
        with self.server(soft=130) as server:
            self.open(server, self.MAX)
        limits = (130, self.DESCRIPTORS)
        found = subprocess.run(
            [harness.BINARY, "exec", "--workers", "2", "--", "sh", "-c", "ulimit -n; ulimit -Hn"],
            env=harness.environment(), capture_output=True, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limits))
        self.assertEqual(tuple(map(int, found.stdout.split())), limits, found.stderr)


class Time(harness.TestCase):
    """A second for a request. All that is slow is so at the same time."""
    arguments = ("--request-timeout", "1")
    BODY = (b"POST /beta/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
    CHUNKS = (b"POST /beta/devices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")

    STALLED = {
        "one byte": b"G",
        "request line": GOOD[:30],
        "behind the line": GOOD[:GOOD.index(b"\n") + 1],
        "head": GOOD[:-2],
        "nothing of a body": BODY,
        "some of a body": BODY + b"x" * 50,
        "all but a byte": BODY + b"x" * 99,
        "no chunk": CHUNKS,
        "in a size": CHUNKS + b"1",
        "in a chunk": CHUNKS + b"5\r\nab",
        "before the last chunk": CHUNKS + b"5\r\nabcde\r\n",
        "in the trailer": CHUNKS + b"0\r\nX: y\r\n",
        "endless chunk": CHUNKS + b"ffffffffffffffff\r\nabc",
        "100-continue": BODY.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"),
    }

    def assert_expired(self, w):
        answer = w.answer()
        if answer.status == 100:
            answer = w.answer()
        self.assertEqual((answer.status, answer.reason), (408, "Request Timeout"))
        self.assertEqual((answer.code, answer.is_ours), ("request_timeout", True))
        self.assertTrue(answer.close)
        self.assertTrue(w.ended())

    def wires(self, names):
        wires = {name: Wire(self.server) for name in names}
        for w in wires.values():
            self.addCleanup(w.close)
        return wires

    def test_stalled(self):
        """At every stage, on a new connection and on one that has been used before."""
        self.server.control("DELETE", "requests")
        began = time.monotonic()
        fresh, used = self.wires(self.STALLED), self.wires(self.STALLED)
        for name, w in fresh.items():
            w.send(self.STALLED[name])
        for w in used.values():
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)
        # A pause, since what comes together with the request before counts as waiting for the next.
        time.sleep(0.4)
        for name, w in used.items():
            w.send(self.STALLED[name])
        for wires in fresh, used:
            for name, w in wires.items():
                with self.subTest(name, used=wires is used):
                    self.assert_expired(w)
                    self.assertGreater(time.monotonic() - began, 0.9)
        self.assertLess(time.monotonic() - began, 10)
        # Those of which it is known what they ask for are in the journal.
        known = 2 * sum(b"\r\n\r\n" in s for s in self.STALLED.values())
        late = []

        def all_ended():
            late[:] = [r for r in self.server.control("GET", "requests").json["requests"]
                       if r["state"] != "pending" and r["status"] != 200]
            return len(late) >= known
        wait_for(all_ended)
        self.assertEqual({(r["path"], r["status"], r["code"]) for r in late},
                         {("/beta/devices", 408, "request_timeout")})
        self.assertEqual(len(late), known)

    def test_trickling(self):
        """A byte now and then buys no time."""
        wires = self.wires(["line", "head", "body", "chunks"])
        tails = {"line": GOOD, "head": b"GET / HTTP/1.1\r\nX: " + b"y" * 100,
                 "body": self.BODY + b"x" * 99, "chunks": self.CHUNKS + b"1\r\nx\r\n" * 20}
        tails = {name: iter(wire.single_bytes(data)) for name, data in tails.items()}
        for name, skip in (("head", 20), ("body", len(self.BODY)), ("chunks", len(self.CHUNKS))):
            wires[name].send(b"".join(next(tails[name]) for _ in range(skip)))
        began = time.monotonic()
        while time.monotonic() - began < 1.3:
            for name, w in wires.items():
                w.send(next(tails[name]))
            time.sleep(0.1)
        for name, w in wires.items():
            with self.subTest(name):
                self.assert_expired(w)

    def test_waiting(self):
        """A connection on which nothing has been asked, or nothing more, is closed without a word."""
        began = time.monotonic()
        wires = self.wires(["new", "used", "lines"])
        wires["used"].send(GOOD)
        self.assertEqual(wires["used"].answer().status, 200)
        for name in "new", "used":
            self.assertEqual(wires[name].rest(), b"", name)
        self.assertGreater(time.monotonic() - began, 0.9)
        self.assertLess(time.monotonic() - began, 10)

    def test_half_closed(self):
        """With the request, and it had asked for the connection to live on: answered, and closed."""
        with Wire(self.server) as w:
            w.send(GOOD)
            w.half_close()
            self.assertEqual(w.answer().status, 200)
            self.assertEqual(w.rest(), b"")

    def test_slow_but_in_time(self):
        """Requests that take half of the time each, and longer together than one may take."""
        with Wire(self.server) as w:
            for _ in range(4):
                w.send(GOOD[:50])
                time.sleep(0.2)
                w.send(GOOD[50:])
                self.assertEqual(w.answer().status, 200)
                time.sleep(0.2)

    def test_late_answers(self):
        """The time is the client's; how long an answer takes is another matter."""
        self.server.control("PUT", "faults", {"faults": [{"delay_ms": 1600}]})
        self.addCleanup(self.server.control, "DELETE", "faults")
        with Wire(self.server) as w:
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)

    def test_answers_that_nobody_reads(self):
        """They are given up, some time after."""
        before = descriptors(self.server)
        wires = self.wires(range(5))
        for w in wires.values():
            w.send(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 100)
        wait_for(lambda: descriptors(self.server) >= before + len(wires))
        wait_for(lambda: descriptors(self.server) <= before)


class Heads(harness.TestCase):
    def head(self, size, header="X"):
        """A request with a head of so many bytes."""
        start = b"GET /beta/deployments/dpl_123 HTTP/1.1\r\nHost: x\r\n" + KEYS.encode()
        end = b"\r\n\r\n"
        more = header.encode() + b": "
        return start + more + b"y" * (size - len(start) - len(more) - len(end)) + end

    def answers(self, w, request, status, code, word):
        w.send(request)
        answer = w.answer()
        self.assertEqual(answer.status, status)
        if code:
            self.assertEqual(answer.code, code)
            self.assertIn(word, answer.message)
            self.assertIn("at most", answer.message)
        w.send(GOOD)
        self.assertEqual(w.answer().status, 200)

    def test_target(self):
        def get(size):
            return b"GET /" + b"x" * (size - 1) + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        with Wire(self.server) as w:
            self.answers(w, get(TARGET_MAX), 404, None, None)
            for size in (TARGET_MAX + 1, 10_000, 16_000, 20_000, 30_000):
                self.answers(w, get(size), 414, "uri_too_long", f"{size} bytes")
            query = GOOD.replace(b" HTTP", b"?expand=" + b"x" * TARGET_MAX + b" HTTP")
            self.answers(w, query, 414, "uri_too_long", "")
            self.answers(w, b"POST" + get(TARGET_MAX + 1)[3:-2] + b"Content-Length: 5\r\n\r\nhello",
                         414, "uri_too_long", "")

    def test_headers(self):
        with Wire(self.server) as w:
            self.answers(w, self.head(HEAD_MAX), 200, None, None)
            for size in (HEAD_MAX + 1, 20_000, 30_000):
                self.answers(w, self.head(size), 431, "request_header_fields_too_large",
                             f"{size} bytes")
            self.answers(w, self.head(15_000, "Cookie"), 200, None, None)

    def test_every_size(self):
        """There is an answer, with room for it, whatever the head takes of the library's memory."""
        for kind in (self.head,
                     lambda n: GOOD.replace(b" HTTP", b"?" + b"x" * (n - len(GOOD) - 1) + b" HTTP"),
                     lambda n: GOOD[:-2] + b"X: y\r\n" * ((n - len(GOOD)) // 60) + b"\r\n"):
            seen, unanswered = [], []
            for size in range(2 * KIB, 40 * KIB, 331):
                with Wire(self.server) as w:
                    w.send(kind(size))
                    answer = w.answer()
                    if answer:
                        seen.append(answer)
                        self.assertIn(answer.status, (200, 400, 414, 431), size)
                    else:
                        unanswered.append(size)
            # None fits into what a head leaves that takes the memory to almost its last byte.
            self.assertLessEqual(len(unanswered), 2, unanswered)
            # First all is well, then we refuse, then the library does.
            ours = [answer.is_ours for answer in seen]
            self.assertEqual(ours, sorted(ours, reverse=True))
            self.assertEqual(seen[0].status // 100 % 2, 0)

    def test_beyond(self):
        """More than the library has memory for: its own answers, pinned."""
        for request, status in ((b"GET /" + b"x" * MEMORY + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
                                (self.head(2 * MEMORY), 431),
                                (GOOD[:-2] + b"X: y\r\n" * 1000 + b"\r\n", 431)):
            with self.subTest(request=request[:10]), Wire(self.server) as w:
                w.send(request)
                answer = w.rest()
                self.assertRegex(answer, rb"^HTTP/1.1 %d " % status)
                self.assertIn(b"<html>", answer)


class Bodies(harness.TestCase):
    MAX = 1000
    arguments = ("--max-body", str(MAX))
    HEAD = (f"POST /beta/devices HTTP/1.1\r\nHost: x\r\n{KEYS}").encode()

    def sized(self, n):
        return [b"Content-Length: %d\r\n" % n], b"x" * n

    def in_chunks(self, n):
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in
                          (b"x" * min(7, n - i) for i in range(0, n, 7)))
        return [b"Transfer-Encoding: chunked\r\n"], chunks + b"0\r\n\r\n"

    def test_at_the_limit(self):
        """One byte less, as many, and one more: declared or in chunks, asked for or not, in pieces."""
        for make in self.sized, self.in_chunks:
            for n in (0, 1, self.MAX - 1, self.MAX, self.MAX + 1, 2 * self.MAX):
                for expect in False, True:
                    for cut in wire.whole, wire.pieces(n):
                        with self.subTest(make.__name__, n=n, expect=expect), \
                                Wire(self.server) as w:
                            self.post(w, n, *make(n), expect, cut, make == self.sized)

    def post(self, w, n, headers, body, expect, cut, declared):
        large = n > self.MAX
        refused_at_once = large and declared
        head = self.HEAD + b"".join(headers) + b"Expect: 100-continue\r\n" * expect + b"\r\n"
        w.send(head, cut)
        # Before a body of no bytes, only 0.9.75 says that.
        if expect and not refused_at_once and (n > 0 or not declared or not harness.refuses_itself()):
            self.assertEqual(w.answer().status, 100)
        if not (expect and refused_at_once):
            w.send(body, cut)
        answer = w.answer()
        self.assertEqual(answer.status, 413 if large else 400)
        self.assertEqual(answer.code, "request_too_large" if large else "invalid_request")
        self.assertEqual(answer.close, refused_at_once)
        if refused_at_once:
            self.assertTrue(w.ended())
        else:
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)


class Batches(harness.TestCase):
    """As many requests at once as the library asks its queue for."""
    arguments = ("--workers", "2", "--log", "off")

    def test_full(self):
        """Of 256 that come while the server is stopped each worker finds 128, and then no more."""
        wires = []
        for _ in range(256):
            wires.append(Wire(self.server))
            self.addCleanup(wires[-1].close)
            wires[-1].send(GOOD)
            self.assertEqual(wires[-1].answer().status, 200)
        for _ in range(3):
            self.server.process.send_signal(signal.SIGSTOP)
            for w in wires:
                w.send(GOOD)
            self.server.process.send_signal(signal.SIGCONT)
            began = time.monotonic()
            for w in wires:
                self.assertEqual(w.answer().status, 200)
            self.assertLess(time.monotonic() - began, 20)  # of the 60 that a connection may be idle


class Arrival(harness.TestCase):
    """A refusal reaches its client, whatever that is still sending: closing a socket that has
    unread data would reset the connection, and take the answer along."""
    TRIES = 20
    SIZES = (2_000_000, 20_000_000)

    def post(self, size, server=None):
        """With Python's own client, which sends all of the body before it reads."""
        server = server or self.server
        return server.request("PUT", "/beta/devices", {}, b"x" * size)

    def test_python(self):
        for size in self.SIZES:
            for _ in range(self.TRIES):
                self.assert_refused(self.post(size), 413, "request_too_large", str(size))

    @unittest.skipUnless(shutil.which("curl"), "there is no curl")
    def test_curl(self):
        url = f"http://127.0.0.1:{self.server.port}/beta/devices"
        for size in self.SIZES:
            for expect in [], ["-H", "Expect:"]:
                with tempfile.NamedTemporaryFile() as file:
                    file.truncate(size)
                    for _ in range(self.TRIES):
                        done = subprocess.run(
                            ["curl", "-s", "-S", "-w", "%{http_code}", "-o", os.devnull,
                             "--data-binary", "@" + file.name, *expect, url],
                            capture_output=True, text=True)
                        self.assertEqual((done.stdout, done.stderr), ("413", ""))

    def test_in_chunks(self):
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        with Wire(self.server) as w:
            w.send(b"PUT /beta/devices HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.assertTrue(w.send(chunk * 300 + b"0\r\n\r\n"))
            self.assertEqual(w.answer().code, "request_too_large")
            w.send(GOOD)
            self.assertEqual(w.answer().status, 200)

    def test_other_refusals(self):
        """What is refused for its framing, and what the library refuses by itself."""
        head = b"PUT /beta/devices HTTP/1.1\r\nHost: x\r\n"
        for name, start, status in (
                ("two lengths", b"Content-Length: 5\r\nContent-Length: 5\r\n", 400),
                ("length and chunks", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400),
                ("gzip", b"Transfer-Encoding: gzip\r\n", 400 if harness.refuses_itself() else 501),
                ("no length", b"Content-Length: x\r\n", 400),
                ("too large", b"X: " + b"y" * 100_000 + b"\r\n", 431)):
            for _ in range(self.TRIES):
                with self.subTest(name), Wire(self.server) as w:
                    w.send(head + start + b"\r\n")
                    self.assertTrue(w.send(b"x" * 2_000_000))
                    self.assertEqual(w.answer().status, status)

    def test_too_many(self):
        """A 503 that is sent before anything is read."""
        with Server("--workers", "2", descriptors=(144, 144)) as server:
            wires = [Wire(server) for _ in range(30)]
            for w in wires:
                self.addCleanup(w.close)
                w.send(GOOD)
                self.assertEqual(w.answer().status, 200)
            for _ in range(self.TRIES):
                self.assert_refused(self.post(2_000_000, server), 503, "too_many_connections")

    def test_fixtures_may_be_large(self):
        """64 MiB, whatever --max-body is, and a byte more is refused."""
        most = 64 * KIB * KIB
        device = b'{"object":"device","id":"dvc_large","name":"large"}\n'
        with Server("--max-body", "100") as server:
            for size, status in (most, 200), (most + 1, 413):
                stream = device + b"\n" * (size - len(device))
                answer = server.request("PUT", "/_mock/fixtures",
                                        {"Content-Type": "application/x-ndjson"}, stream)
                self.assertEqual(answer.status, status, answer.text)
            self.assert_refused(server.control("PUT", "faults", {"faults": [], "x": "y" * 100}),
                                413, "request_too_large", "at most 100")

    def test_nobody_is_waited_for(self):
        """A client that stops, or goes on for ever, is left: its descriptor is free again."""
        before = descriptors(self.server)
        head = b"PUT /beta/devices HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
        wires = [Wire(self.server) for _ in range(10)]
        for w in wires:
            self.addCleanup(w.close)
            w.send(head + b"x" * 1000)
            self.assertEqual(w.answer().status, 413)
        wait_for(lambda: descriptors(self.server) <= before + 1)  # its wake-up, from then on


class Unlike(harness.TestCase):
    """What is no request of an API says what it was."""

    def test_coded_bodies(self):
        for coding, status in (("gzip", 415), ("gzip, br", 415), ("deflate\t ", 415),
                               ("identity", 400), ("Identity", 400), ("", 400)):
            with self.subTest(coding), Wire(self.server) as w:
                w.send(f"POST /beta/devices HTTP/1.1\r\nHost: x\r\n{KEYS}Content-Encoding: {coding}"
                       "\r\nContent-Length: 3\r\n\r\nxyz".encode())
                answer = w.answer()
                self.assertEqual(answer.status, status)
                if status == 415:
                    self.assertEqual(answer.code, "unsupported_content_encoding")
                    self.assertIn(f"'{coding.strip()}'", answer.message)
                    self.assertEqual(answer.headers["accept-encoding"], "identity")
                w.send(GOOD)
                self.assertEqual(w.answer().status, 200)

    def test_no_path(self):
        for line, status, words in ((b"OPTIONS *", 400, "OPTIONS * asks about the server as a whole"),
                                    (b"CONNECT example.com:443", 501, "no proxy")):
            with self.subTest(line), Wire(self.server) as w:
                w.send(line + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                answer = w.answer()
                self.assertEqual(answer.status, status)
                self.assertIn(words, answer.message)

    def test_tls(self):
        """There is a line in the log; but none of a client that merely connects and leaves."""
        with Server() as server:
            with Wire(server) as w:
                w.half_close()
                self.assertEqual(w.rest(), b"")
            self.assertNotIn("TLS", server.errors)
            with server.connect() as sock, self.assertRaises(ssl.SSLError):
                ssl._create_unverified_context().wrap_socket(sock)
            wait_for(lambda: "what came may be TLS; use http://" in server.errors)


class Documented(harness.TestCase):
    """Numbers and texts of control requests, as docs/limits.md has them: the last that is accepted."""

    def test_bounds(self):
        rule, device = {"path": "/devices/x", "status": 500}, {"error": "failed"}
        for endpoint, base, path, most in (
                ("faults", rule, "retry_after", 3600), ("faults", rule, "retry_after_ms", 3600000),
                ("faults", rule, "delay_ms", 3600000), ("faults", rule, "times", 10 ** 9),
                ("faults", {**rule, "limit": {"requests": 1, "seconds": 1}}, "limit.requests", 10 ** 9),
                ("faults", {**rule, "limit": {"requests": 1, "seconds": 1}}, "limit.seconds", 366 * 86400),
                ("behaviors", device, "times", 10 ** 9), ("behaviors", device, "every", 10 ** 6),
                ("faults", rule, "message", "m" * 1024), ("faults", rule, "key", "k" * 1024),
                ("faults", rule, "path", "*" * 1024), ("faults", rule, "code", "c" * 128)):
            for value, status in ((most, 200), (most + (1 if isinstance(most, int) else "x"), 400)):
                with self.subTest(path=path, status=status):
                    outer, _, inner = path.partition(".")
                    one = {**base, outer: {**base[outer], inner: value} if inner else value}
                    answer = self.server.control("PUT", endpoint, {endpoint: [one]})
                    self.assertEqual(answer.status, status, answer.text)
        for query, most in (("changes?limit", 1000), ("changes?offset", 10 ** 9),
                            ("requests?at_least=1&wait", 60)):
            self.assertEqual(self.server.control("GET", f"{query}={most + 1}").status, 400)
        self.assertEqual(self.server.control("GET", f"changes?limit=1000&offset={10 ** 9}").status, 200)
        for number, status in (("1e308", 404), ("1e400", 400), ("-1e400", 400)):
            answer = self.server.request("PATCH", "/devices/none", {
                "X-API-Key": ADMIN, "Miru-Version": TETONS}, b'{"a":%s}' % number.encode())
            self.assertEqual(answer.status, status, answer.text)

    def test_what_stays_stateless(self):
        with Server("--stateless") as server:
            for method, path, body in (
                    ("PUT", "faults", {"faults": [{"path": "/devices/x", "status": 500}]}),
                    ("PUT", "behaviors", {"behaviors": [{"error": "failed"}]}),
                    ("PUT", "snapshots/s", None), ("PUT", "transitions", {"progression": "manual"}),
                    ("PUT", "clock", {"mode": "frozen", "now": "2026-01-01T00:00:00Z"})):
                made = server.control(method, path, body)
                self.assertEqual(made.status, 200, made.text)
                self.assertEqual(server.control("GET", path.partition("/")[0]).text, made.text)
            server.call("GET", "/devices")
            self.assertEqual(server.control("GET", "requests").json["total"], 1)
            server.control("PATCH", "devices/dvc_123", {"description": "undone"})
            self.assertNotIn("undone", server.control("GET", "fixtures").text)


if __name__ == "__main__":
    harness.main()
