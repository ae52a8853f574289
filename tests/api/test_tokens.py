# SPDX-License-Identifier: MIT
"""Tokens, the principal, and pings, which take their time (the behaviour's section 12). How long
something takes is measured from below only: how much longer it takes, the machine decides."""

import contextlib
import http.client
import json
import re
import select
import signal
import socket
import struct
import threading
import time
from concurrent import futures

import harness
import objects
import world
from harness import ADMIN, EVERGLADES, NOSCOPE, RAINIER, TETONS, VERSIONS

START = "2026-01-01T12:00:00Z"
STANDING = ("--log", "off", "--clock", START)
RANDOM = "[1-9A-HJ-NP-Za-km-z]{33}$"
MS = 1000000  # nanoseconds

ACTIVATION = ("POST", "/devices/dvc_new/activation_token")
PROVISIONING = ("POST", "/provisioning_tokens")
PING = ("POST", "/devices/dvc_off/ping")
TIMEOUT = {"code": "timeout"}
LONGEST = 10000 * MS


class Tokens(world.TestCase):
    options = STANDING

    def activation(self, body=None, **more):
        return self.call(*ACTIVATION, body or {"allow_reactivation": False}, version=TETONS, **more)

    def test_activation(self):
        found = self.activation()
        self.assertEqual(list(found), ["token", "expires_at"])
        self.assertRegex(found["token"], "^eyJ" + RANDOM)
        self.assertEqual(found["expires_at"], "2026-01-01T12:05:00Z")

    def test_reactivation(self):
        """Of any device, where it is allowed; what is not said is false."""
        for device in world.WORLD["devices"]:
            target, status = f"/devices/{device['id']}/activation_token", device.get("status")
            self.call("POST", target, {"allow_reactivation": True}, version=TETONS)
            for body in ({}, {"allow_reactivation": False}, {"allow_reactivation": None}):
                if status:
                    self.refused("POST", target, body, 400, "device_is_active",
                                 "device is already active", f"is {status};", params={},
                                 version=TETONS)
                else:
                    self.call("POST", target, body, version=TETONS)

    def test_activation_refused(self):
        for body in (None, b"", b"[]", b"{"):
            self.refused(*ACTIVATION, body, 400, "invalid_request", params={}, version=TETONS)
        for value in ("true", 1, 0, [], {}):
            self.refused(*ACTIVATION, {"allow_reactivation": value}, 400, "invalid_request",
                         "true or false", params={"field": "allow_reactivation"}, version=TETONS)
        self.refused("POST", "/devices/dvc_no/activation_token", {}, 404, "resource_not_found",
                     "device 'dvc_no' not found",
                     params={"resource_type": "device", "resource_id": "dvc_no"}, version=TETONS)

    def test_provisioning(self):
        """With no body, or any."""
        for version in (RAINIER, EVERGLADES):
            for body in (None, b"", {}, {"x": 1}, b"no JSON"):
                found = self.call(*PROVISIONING, body, version=version)
                self.assertEqual(list(found), ["token", "expires_at"])
                self.assertRegex(found["token"], "^mirupt_" + RANDOM)
                self.assertEqual(found["expires_at"], "2026-01-01T12:05:00Z")
        # As the SDK sends it.
        answer = self.server.request("POST", "/beta/provisioning_tokens", {
            "X-API-Key": ADMIN, "Miru-Version": RAINIER, "Content-Type": "application/json",
            "Content-Length": "0"})
        self.assertEqual(answer.status, 200, answer.text)

    def test_each_in_its_versions(self):
        for (method, target), version, exists in (
                (ACTIVATION, RAINIER, f"until {TETONS}"),
                (ACTIVATION, EVERGLADES, f"until {TETONS}"),
                (PROVISIONING, TETONS, f"since {RAINIER}")):
            for body in ({}, None):
                self.refused(method, target, body, 404, "resource_not_found",
                             f"it exists {exists}", params={"path": "/beta" + target},
                             version=version)

    def test_expiry(self):
        """Five minutes from now, by the mock's clock, wherever it stands."""
        for now, expires in (("2026-12-31T23:57:30Z", "2027-01-01T00:02:30Z"),
                             ("2028-02-28T23:59:00Z", "2028-02-29T00:04:00Z"),
                             ("1999-12-31T23:55:00Z", "2000-01-01T00:00:00Z"),
                             ("9999-12-31T23:54:59Z", "9999-12-31T23:59:59Z"),
                             ("9999-12-31T23:58:00Z", "9999-12-31T23:59:59Z"),
                             ("2026-01-01T12:00:00.9Z", "2026-01-01T12:05:00Z"),
                             ("1969-12-31T23:59:59.5Z", "1970-01-01T00:04:59Z")):
            self.control("PUT", "clock", {"mode": "frozen", "now": now})
            self.assertEqual(self.activation()["expires_at"], expires)
            self.assertEqual(self.call(*PROVISIONING)["expires_at"], expires)
        self.control("PUT", "clock", {"mode": "frozen", "now": START})
        self.control("POST", "clock/advance", {"seconds": 90})
        self.assertEqual(self.activation()["expires_at"], "2026-01-01T12:06:30Z")

    def test_expiry_by_the_real_clock(self):
        self.start("--log", "off")
        before = time.time()
        expires = self.activation()["expires_at"]
        after = time.time()
        found = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(before + 300))
        self.assertLessEqual(found, expires)
        self.assertLessEqual(expires, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(after + 300)))

    def tokens(self):
        return [self.activation()["token"], self.call(*PROVISIONING)["token"],
                self.activation()["token"], self.call(*PROVISIONING)["token"]]

    def test_seed(self):
        """Gives the same ones again; without it there are no two alike."""
        found = []
        for options in (("--seed", "7"), ("--seed", "7"), ("--seed", "8"), (), ()):
            self.start(*STANDING, *options)
            found.append(self.tokens())
        self.assertEqual(found[0], found[1])
        found = sum(found[1:], [])
        self.assertEqual(len({token.removeprefix("eyJ").removeprefix("mirupt_")
                              for token in found}), len(found))

    def test_nothing_is_kept(self):
        before = self.server.everything()
        self.tokens()
        self.assertEqual(self.server.everything(), before)

    def test_at_once(self):
        with futures.ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: self.call(*PROVISIONING)["token"], range(64)))
        self.assertEqual(len(set(found)), len(found))


class Principal(harness.TestCase):
    arguments = ("--log", "off")

    def test_of_each_key(self):
        """Whatever its scopes."""
        for key, principal in (
                (ADMIN, objects.PRINCIPAL),
                (harness.READER, {"object": "principal", "id": "api_key_reader", "name": "reader"}),
                (NOSCOPE, {"object": "principal", "id": "api_key_noscope", "name": "noscope"})):
            for version in VERSIONS:
                for base in ("/beta", "/v1"):
                    answer = self.server.get(base + "/principal", key=key, version=version)
                    self.assertEqual(answer.json, principal)

    def test_refused(self):
        for key in (None, "", "wrong", ADMIN + "x", ADMIN[:-1], ADMIN.upper()):
            answer = self.server.get("/beta/principal", key=key)
            self.assert_refused(answer, 401, "unauthorized", "X-API-Key")

    def test_any(self):
        with harness.Server("--log", "off", "--auth", "any") as server:
            self.assertEqual(server.get("/beta/principal").json, objects.PRINCIPAL)
            for key in ("x", "sk_whatever"):
                self.assertEqual(server.get("/beta/principal", key=key).json,
                                 {"object": "principal", "id": "api_key_any", "name": "any"})
            for key in (None, ""):
                self.assert_refused(server.get("/beta/principal", key=key), 401, "unauthorized",
                                    "any key")


class Ping(world.TestCase):
    """What is answered, by a clock that stands: at once."""

    options = STANDING

    def ping(self, device, timeout=LONGEST, **more):
        return self.call("POST", f"/devices/{device}/ping", {"timeout_nanos": timeout}, **more)

    def test_statuses(self):
        for version in VERSIONS:
            for device in ("dvc_off", "dvc_new", "dvc_act", "dvc_gone"):
                self.assertEqual(self.ping(device, version=version), TIMEOUT)
            self.assertEqual(self.ping("dvc_on", version=version),
                             {"code": "success", "round_trip_nanos": 3 * MS})
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.control("PATCH", "devices/dvc_on", {"status": "offline"})
        self.assertEqual(self.ping("dvc_off")["code"], "success")
        self.assertEqual(self.ping("dvc_on"), TIMEOUT)

    def test_no_longer_than_asked_for(self):
        for timeout in (1, 999, 3 * MS - 1, 3 * MS, 3 * MS + 1):
            self.assertEqual(self.ping("dvc_on", timeout),
                             {"code": "success", "round_trip_nanos": min(timeout, 3 * MS)})

    def test_bounds(self):
        for timeout in (b"1", b"10000000000", b"1e10", b"5E9", b"1.0", b"10000000000.0"):
            self.assertEqual(self.call(*PING, b'{"timeout_nanos":%s}' % timeout), TIMEOUT)
        for timeout in (b"0", b"-1", b"0.5", b"1.5", b"10000000000.5", b"10000000001", b"1e11",
                        b"9223372036854775808", b"1e300", b"-1e300", b"-0", b'"5"', b"null",
                        b"true", b"[5]", b"{}"):
            with self.subTest(timeout=timeout):
                self.refused(*PING, b'{"timeout_nanos":%s}' % timeout, 400, "invalid_request",
                             "a number of nanoseconds from 1 to 10000000000",
                             params={"field": "timeout_nanos"})
        for body in ({}, {"timeout": 5}, {"Timeout_Nanos": 5}):
            self.refused(*PING, body, 400, "invalid_request", "timeout_nanos is required",
                         params={"field": "timeout_nanos"})
        for body in (None, b"", b"5", b"{"):
            self.refused(*PING, body, 400, "invalid_request", params={})

    def test_unknown(self):
        for version in VERSIONS:
            self.refused("POST", "/devices/dvc_no/ping", {"timeout_nanos": LONGEST}, 404,
                         "resource_not_found", params={"resource_type": "device",
                                                       "resource_id": "dvc_no"}, version=version)

    def test_nothing_is_changed(self):
        before = self.server.everything()
        for device in world.WORLD["devices"]:
            self.ping(device["id"])
        self.assertEqual(self.server.everything(), before)

    def test_standing_clock(self):
        """Does not wait: ten that did would take a hundred seconds."""
        before = time.monotonic()
        for _ in range(10):
            self.ping("dvc_off")
        self.assertLess(time.monotonic() - before, 100)

    def test_clock_set_going(self):
        before = time.monotonic()
        self.ping("dvc_off", 50 * MS)
        self.control("PUT", "clock", {"mode": "real"})
        self.ping("dvc_off", 50 * MS)
        self.assertGreaterEqual(time.monotonic() - before, 0.05)


class Wire:
    """Raw requests on one connection, and answers one at a time."""

    def __init__(self, server):
        self.sock = server.connect()
        self.file = self.sock.makefile("rb")

    def send(self, *requests):
        """Each (method, target) or (method, target, body); all in one piece."""
        data = b""
        for method, target, *body in requests:
            body = harness.encoded(body[0]) if body else b""
            data += (f"{method} /beta{target} HTTP/1.1\r\nHost: x\r\nX-API-Key: {ADMIN}\r\n"
                     f"Miru-Version: {EVERGLADES}\r\nContent-Length: {len(body)}\r\n\r\n"
                     ).encode() + body
        self.sock.sendall(data)

    def ping(self, ms, device="dvc_off"):
        self.send(a_ping(ms, device))

    def answer(self):
        """The status and the document; None when the connection has ended."""
        line = self.file.readline()
        if not line:
            return None
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            header += self.file.readline()
        self.closes = b"\r\nConnection: close\r\n" in b"\r\n" + header
        length = int(re.search(rb"Content-Length: (\d+)", header)[1])
        return int(line.split()[1]), json.loads(self.file.read(length))

    def answered(self):
        """Is there something to read?"""
        return bool(select.select([self.sock], [], [], 0)[0])

    def reset(self):
        """Go away as one who is cut off."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.file.close()
        self.sock.close()


def a_ping(ms, device="dvc_off"):
    return ("POST", f"/devices/{device}/ping", {"timeout_nanos": ms * MS})


class Waiting(world.TestCase):
    """By a clock that runs, on a server of two threads."""

    options = ("--log", "off", "--workers", "2")

    def setUp(self):
        super().setUp()
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def wires(self, n):
        return [self.stack.enter_context(contextlib.closing(Wire(self.server))) for _ in range(n)]

    def others(self, n=20):
        """Other requests, reading and writing, each on a connection of its own, are answered."""
        for i in range(n):
            self.call("GET", "/devices?expand=group")
            self.create()

    def test_it_waits(self):
        for device, timeout, least in (("dvc_off", 50, 0.05), ("dvc_off", 1, 0.001),
                                       ("dvc_new", 20, 0.02), ("dvc_gone", 20, 0.02),
                                       ("dvc_on", 50, 0.003), ("dvc_on", 1, 0.001)):
            for version in VERSIONS:
                before = time.monotonic()
                self.call(*a_ping(timeout, device), version=version)
                self.assertGreaterEqual(time.monotonic() - before, least)

    def test_less_than_a_microsecond(self):
        self.assertEqual(self.call(*PING, {"timeout_nanos": 1}), TIMEOUT)
        self.assertEqual(self.call(*PING, {"timeout_nanos": 1000}), TIMEOUT)

    def test_refusals_do_not_wait(self):
        """Ten that did would take a hundred seconds."""
        before = time.monotonic()
        for _ in range(10):
            for key, device, status in (("may_write", "dvc_off", 403), (ADMIN, "dvc_no", 404)):
                answer = self.server.call(*a_ping(10000, device), key=key)
                self.assertEqual(answer.status, status)
        self.assertLess(time.monotonic() - before, 100)

    def test_short(self):
        """Hundreds of pings that are due before they have begun to wait, or just then."""
        def run(number):
            with harness.Client(self.server) as client:
                return [client.call("POST", f"/devices/{('dvc_off', 'dvc_on')[n % 2]}/ping",
                                    {"timeout_nanos": 1000 + n * number * 1000}).status
                        for n in range(100)]

        with futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(set(sum(pool.map(run, range(8)), [])), {200})

    def test_many_at_once(self):
        """Wait together: one after another on two threads they would take 7.5 seconds."""
        wires = self.wires(50)
        before = time.monotonic()
        for wire in wires:
            wire.ping(300)
        self.others(5)
        for wire in wires:
            self.assertEqual(wire.answer(), (200, TIMEOUT))
        took = time.monotonic() - before
        self.assertGreaterEqual(took, 0.3)
        self.assertLess(took, 7.5)

    def test_others_go_on(self):
        """While more wait than there are threads, and the first of them has long to wait."""
        wires = self.wires(50)
        before = time.monotonic()
        for wire in wires:
            wire.ping(10000)
        self.others()
        # On a machine on which that took ten seconds it says nothing.
        if time.monotonic() - before < 10:
            self.assertEqual([wire.answered() for wire in wires], [False] * 50)

    def test_order(self):
        """The one that waits shorter is answered first, whichever came first."""
        long, short, second = self.wires(3)
        long.ping(10000)
        short.ping(200)
        second.ping(100)
        while not (ready := [w for w in (long, short, second) if w.answered()]):
            select.select([w.sock for w in (long, short, second)], [], [])
        self.assertNotIn(long, ready)
        self.assertEqual(second.answer(), (200, TIMEOUT))
        self.assertEqual(short.answer(), (200, TIMEOUT))

    def test_kept_alive(self):
        wire, = self.wires(1)
        for _ in range(3):
            wire.ping(20)
            self.assertEqual(wire.answer(), (200, TIMEOUT))
            self.assertFalse(wire.closes)
            wire.send(("GET", "/devices/dvc_on"))
            self.assertEqual(wire.answer()[1]["id"], "dvc_on")
            wire.ping(20, "dvc_on")
            self.assertEqual(wire.answer()[1]["code"], "success")

    def test_pipelined(self):
        """What stands behind a ping waits with it, and is answered in its order."""
        for wire in self.wires(8):
            wire.send(("GET", "/devices/dvc_off"), a_ping(60), ("GET", "/devices/dvc_on"),
                      a_ping(1), ("POST", "/groups", {"name": f"{id(wire)}"}), a_ping(20, "dvc_no"),
                      a_ping(20, "dvc_on"), ("GET", "/nothing"))
            self.assertEqual(wire.answer()[1]["id"], "dvc_off")
            self.assertEqual(wire.answer(), (200, TIMEOUT))
            self.assertEqual(wire.answer()[1]["id"], "dvc_on")
            self.assertEqual(wire.answer(), (200, TIMEOUT))
            self.assertEqual(wire.answer()[1]["name"], f"{id(wire)}")
            self.assertEqual(wire.answer()[0], 404)
            self.assertEqual(wire.answer()[1]["code"], "success")
            self.assertEqual(wire.answer()[0], 404)

    def test_whole_answer(self):
        """The answer is that of the moment at which it was asked for."""
        wire, = self.wires(1)
        wire.ping(300)
        self.others(1)
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.assertEqual(wire.answer()[0], 200)
        self.assertEqual(self.call(*PING, {"timeout_nanos": MS})["code"], "success")

    def test_log(self):
        """Each has its line, which says how long it took."""
        self.start("--log", "json", "--workers", "2")
        wires = self.wires(5)
        for wire in wires:
            wire.ping(50)
        for wire in wires:
            wire.answer()
        self.server.stop()
        lines = [json.loads(line) for line in self.server.errors.splitlines()]
        self.assertEqual([line["target"] for line in lines], ["/beta/devices/dvc_off/ping"] * 5)
        self.assertGreaterEqual(min(line["micros"] for line in lines), 50000)

    def test_half_closed(self):
        """A client that has said all it has to say still listens."""
        wire, = self.wires(1)
        wire.ping(100)
        self.others(1)
        wire.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(wire.answer(), (200, TIMEOUT))

    def test_vanished(self):
        """Clients that go away while they wait, in either way; others wait on."""
        wires = self.wires(40)
        stays, = self.wires(1)
        for wire in wires:
            wire.ping(150)
        self.others(1)
        for n, wire in enumerate(wires):
            (wire.reset if n % 2 else wire.close)()
        stays.ping(300)  # due after all of theirs
        self.others(1)
        self.assertEqual(stays.answer(), (200, TIMEOUT))
        self.others(1)

    def test_vanished_before_the_end(self):
        """The server does not wait for those who are gone."""
        wires = self.wires(20)
        for wire in wires:
            wire.ping(10000)
        self.others(1)
        for n, wire in enumerate(wires):
            (wire.reset if n % 2 else wire.close)()
        self.server.stop()

    def test_end(self):
        """Those that wait are answered, and their connections closed. That it ends well says that
        it is at once: they have twice the time to wait that the server gives its clients."""
        wires = self.wires(50)
        for wire in wires:
            wire.ping(10000)
        self.others(1)
        self.server.stop()
        for wire in wires:
            self.assertEqual(wire.answer(), (200, TIMEOUT))
            self.assertTrue(wire.closes)
            self.assertIsNone(wire.answer())

    def test_end_amid(self):
        """Of a stream of short pings: whatever the moment, none is left behind."""
        def run(_):
            count = 0
            with harness.Client(self.server) as client:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    while client.call(*a_ping(2)).json == TIMEOUT:
                        count += 1
                        begun.release()
            return count

        begun = threading.Semaphore(0)
        with futures.ThreadPoolExecutor(8) as pool:
            counts = pool.map(run, range(8))
            for _ in range(100):
                begun.acquire()
            self.server.stop()
            self.assertGreaterEqual(sum(counts), 100)

    def test_end_comes_first(self):
        """What was sent before the signal, but not read yet, waits no more."""
        wires = self.wires(10)
        for wire in wires:
            wire.send(("GET", "/devices/dvc_on"))
            self.assertEqual(wire.answer()[0], 200)
        self.server.process.send_signal(signal.SIGSTOP)
        for wire in wires:
            wire.ping(10000)
        self.server.process.send_signal(signal.SIGTERM)
        self.server.process.send_signal(signal.SIGCONT)
        for wire in wires:
            self.assertEqual(wire.answer(), (200, TIMEOUT))
        self.server.await_end()

    def test_end_of_a_pipeline(self):
        """The ping in front is answered; what stands behind it was not begun, and is not."""
        wire, = self.wires(1)
        wire.send(("GET", "/devices/dvc_on"), a_ping(10000), ("POST", "/groups", {"name": "late"}))
        self.assertEqual(wire.answer()[0], 200)
        self.server.stop(signal.SIGINT)
        self.assertEqual(wire.answer(), (200, TIMEOUT))
        self.assertTrue(wire.closes)
        self.assertIsNone(wire.answer())


if __name__ == "__main__":
    harness.main()
