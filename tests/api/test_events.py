# SPDX-License-Identifier: MIT
"""GET /_mock/events: requests and every change of a state, with its cause; as JSON, and as a stream."""

import json
import os
import select
import signal
import socket
import threading
import time
import unittest

import harness
import wire
from harness import EVERGLADES, Client, Server, wait_for


class Stream(wire.Wire):
    """A reader of Server-Sent Events, by its own socket."""

    def __init__(self, server, query="", **headers):
        super().__init__(server)
        lines = [f"GET /_mock/events{query} HTTP/1.1", "Host: x", "Accept: text/event-stream",
                 *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items())]
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.head = []
        while (line := self.file.readline().strip()):
            self.head.append(line.decode())
        self.text = b""
        self.at_end = False

    def chunk(self):
        size = int(self.file.readline(), 16)
        data = self.file.read(size)
        self.file.readline()
        self.at_end = size == 0
        self.text += data

    def next(self):
        """The next event: its fields, with its data read. None at the end."""
        while True:
            while b"\n\n" not in self.text:
                if self.at_end:
                    return None
                self.chunk()
            block, self.text = self.text.split(b"\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n") if ": " in line)
            if "data" in fields:
                return {**fields, "data": json.loads(fields["data"])}


class TestCase(harness.TestCase):
    def setUp(self):
        self.server.control("POST", "reset")
        self.start = self.events("?since=999999999")["last"]

    def events(self, query="", server=None):
        answer = (server or self.server).control("GET", "events" + query)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(list(answer.json), ["events", "last", "dropped"])
        return answer.json

    def since(self):
        return self.events(f"?since={self.start}")["events"]

    def changes(self):
        return [(e["object"], e["id"], e["field"], e["from"], e["to"], e["cause"]["kind"])
                for e in self.since() if e["kind"] == "change"]


class Events(TestCase):
    def test_request(self):
        """A request, and what it has changed before its answer."""
        self.server.control("PUT", "transitions", {"progression": "manual"})
        self.server.call("POST", "/deployments/dpl_123/deploy")
        events = self.since()
        self.assertEqual([e["event"] for e in events], list(range(self.start + 1, self.start + 1 + len(events))))
        last = events[-1]
        self.assertGreater(last.pop("duration_us"), 0)
        self.assertRegex(last.pop("time"), r"^20\d\d-.*Z$")
        self.assertEqual(last, {"event": self.start + len(events), "kind": "request", "id": 1, "method": "POST",
                                "path": "/beta/deployments/dpl_123/deploy", "operation": "deployDeployment",
                                "state": "done", "status": 200, "code": None})
        change = next(e for e in events if e.get("id") == "dpl_123" and e["field"] == "activity_status")
        self.assertRegex(change.pop("time"), r"^20\d\d-.*Z$")
        self.assertEqual({k: v for k, v in change.items() if k != "event"},
                         {"kind": "change", "object": "deployment", "id": "dpl_123", "field": "activity_status",
                          "from": "staged", "to": "queued", "cause": {"kind": "request", "request": 1}})
        self.assertIn(("deployment", "dpl_123", "status", "staged", "queued", "request"), self.changes())
        self.assertIn(("deployment", "dpl_123", "target_status", "staged", "deployed", "request"), self.changes())

    def test_step(self):
        """What devices do by themselves, in whichever request it is done."""
        self.server.control("PUT", "transitions", {"progression": "time", "seconds": 60})
        self.server.call("POST", "/deployments/dpl_123/deploy")
        self.server.control("POST", "clock/advance", {"seconds": 61})
        self.server.call("GET", "/deployments/dpl_123")
        self.assertIn(("deployment", "dpl_123", "activity_status", "queued", "deployed", "step"), self.changes())

    def test_control(self):
        self.server.control("PATCH", "devices/dvc_123", {"status": "offline", "description": "d"})
        self.assertEqual(self.changes(), [("device", "dvc_123", "description", "Welder on line 3", "d", "control"),
                                          ("device", "dvc_123", "status", "online", "offline", "control")])
        self.assertEqual(self.since()[0]["cause"], {"kind": "control", "method": "PATCH",
                                                    "path": "/_mock/devices/{device_id}"})
        self.server.control("PATCH", "devices/dvc_123", {"status": "offline"})
        self.assertEqual(len(self.changes()), 2)

    def test_new_and_archived(self):
        """A new object comes from nothing; that a release is archived is a state, too."""
        made = self.server.call("POST", "/devices", {"name": "new"}).json["id"]
        self.assertEqual(self.changes(), [("device", made, "id", None, made, "request"),
                                          ("device", made, "status", None, "inactive", "request")])
        self.start = self.events()["last"]
        self.server.call("PATCH", f"/devices/{made}", {"name": "other"})
        self.assertEqual(self.changes(), [("device", made, "name", "new", "other", "request")])
        self.start = self.events()["last"]
        self.server.call("POST", "/config_types", {"name": "t", "slug": "t"})
        self.server.control("PATCH", "config_types/cfg_typ_123", {"archived": True})
        self.assertIn(("config_type", "archived_at", None), [(c[0], c[2], c[3]) for c in self.changes()])

    def test_refused(self):
        """What is refused or rolled back has changed nothing, so nothing is told but the request."""
        self.server.call("POST", "/devices", {"name": "My Device"})
        self.server.call("POST", "/deployments/dpl_archived/deploy")
        self.assertEqual([e["kind"] for e in self.since()], ["request"] * 2)
        with Server("--stateless") as server:
            server.call("POST", "/devices", {"name": "x"})
            self.assertEqual([e["kind"] for e in self.events(server=server)["events"]], ["request"])

    def test_secret(self):
        """Keys are no objects of the API: a loaded one is not told."""
        self.server.control("POST", "fixtures", {"api_keys": [{"key": "s3cr3t", "name": "n", "scopes": []}],
                                                 "devices": [{"id": "dvc_more", "name": "more"}]})
        self.assertNotIn("s3cr3t", self.server.control("GET", "events").text)
        self.assertIn(("device", "dvc_more", "id", None, "dvc_more", "control"), self.changes())

    def test_restored(self):
        """A reset and a snapshot replace all rows; requests that a reset has dropped are gone."""
        self.server.get("/devices")
        self.server.control("PUT", "snapshots/s")
        self.server.control("POST", "snapshots/s/restore")
        self.assertEqual([e["kind"] for e in self.since()], ["request", "restore"])
        self.server.control("POST", "reset")
        self.assertEqual([e["kind"] for e in self.since()], ["restore", "restore"])
        self.server.get("/devices")
        self.assertEqual([(e["kind"], e.get("id")) for e in self.since()][-1], ("request", 1))

    def test_ring(self):
        """As many as --journal-size says; what was dropped is told; without a journal there is none."""
        with Server("--journal-size", "5") as server:
            for _ in range(12):
                server.get("/devices")
            found = self.events(server=server)
            self.assertEqual(([e["event"] for e in found["events"]], found["last"], found["dropped"]),
                             ([8, 9, 10, 11, 12], 12, 7))
            self.assertEqual(self.events("?since=11", server)["events"][0]["id"], 12)
        with Server("--journal-size", "0") as server:
            server.call("POST", "/devices", {"name": "x"})
            self.assertEqual(self.events(server=server), {"events": [], "last": 0, "dropped": 0})

    def test_many_changes(self):
        """More than a transaction's events can hold: how many were not told is."""
        devices = [{"id": f"dvc_x{n}", "name": f"n{n}"} for n in range(2000)]
        with Server("--journal-size", "5000") as server:
            server.control("POST", "fixtures", {"devices": devices})
            events, since = [], 0
            while (found := self.events(f"?since={since}", server))["events"]:
                events += found["events"]
                since = found["last"]
            self.assertEqual((len(events), events[-1]), (1025, {"event": 1025, "kind": "lost", "changes": 2976}))

    def test_wait(self):
        done = []
        thread = threading.Thread(target=lambda: done.append(self.events(f"?since={self.start}&wait=60")))
        thread.start()
        time.sleep(0.05)
        self.assertEqual(done, [])
        self.server.get("/groups", version=EVERGLADES)
        thread.join()
        self.assertEqual(done[0]["events"][0]["operation"], "listGroups")
        began = time.monotonic()
        self.assertEqual(self.events(f"?since={done[0]['last']}&wait=1"),
                         {"events": [], "last": done[0]["last"], "dropped": 0})
        self.assertGreaterEqual(time.monotonic() - began, 0.9)

    def test_refusals(self):
        for query, words in (("since=x", "since"), ("since=-1", "since"), ("wait=61", "from 0 to 60"),
                             ("wait=x", "wait"), ("limit=1", "there is: since, wait")):
            self.assert_refused(self.server.control("GET", "events?" + query), 400, "invalid_request", words)
        accept = {"Accept": "text/event-stream"}
        for headers, query, words in (({"Last-Event-ID": "x"}, "", "the id of an event, found 'x'"),
                                      ({"Last-Event-ID": "9" * 19}, "", "the id of an event"),
                                      (accept, "?wait=1", "conflicts with Accept"),
                                      ({**accept, "Last-Event-ID": "-1"}, "", "found '-1'")):
            answer = self.server.request("GET", "/_mock/events" + query, headers)
            self.assert_refused(answer, 400, "invalid_request", words)


class Streams(TestCase):
    def test_follows(self):
        """From now on; each event by its kind, with its number."""
        with Stream(self.server) as stream:
            self.assertIn("HTTP/1.1 200 OK", stream.head)
            self.assertIn("Content-Type: text/event-stream", stream.head)
            self.server.call("PATCH", "/devices/dvc_123", {"name": "Told"})
            first, second = stream.next(), stream.next()
            self.assertEqual((first["event"], int(first["id"]), first["data"]["field"], first["data"]["to"]),
                             ("change", self.start + 1, "name", "Told"))
            self.assertEqual((second["event"], second["data"]["operation"]), ("request", "updateDevice"))
            self.server.get("/devices")
            self.assertEqual(stream.next()["data"]["operation"], "listDevices")

    def test_last_event_id(self):
        """Whoever comes again goes on where it was; since is for the first time."""
        for target in ("/devices", "/releases", "/deployments"):
            self.server.get(target)
        for query, headers, want in ((f"?since={self.start + 1}", {}, "listReleases"), ("?since=0", {
                "Last-Event-ID": str(self.start + 2)}, "listDeployments")):
            with Stream(self.server, query, **headers) as stream:
                self.assertEqual(stream.next()["data"]["operation"], want)

    def test_head(self):
        answer = self.server.request("HEAD", "/_mock/events", {"Accept": "text/event-stream"})
        self.assertEqual((answer.status, answer.text), (200, ""))

    def test_head_of_a_stream(self):
        """Has no body, not even an empty one: the next answer follows at once."""
        said = self.server.raw(b"HEAD /_mock/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
                               b"GET /_mock/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertRegex(bytes(said), rb"(?s)^HTTP/1.1 200 [^{]*?\r\n\r\nHTTP/1.1 200 ")

    def test_gone(self):
        """Readers that come and go leave nothing behind: neither a connection nor a place."""
        with Server(descriptors=(160, 160)) as server:
            for _ in range(300):
                stream = Stream(server)
                stream.close()
            wait_for(lambda: server.request("GET", "/_mock/ready").status == 200)

    def test_stop(self):
        """A stop ends streams, those that nobody reads as well, at once and cleanly."""
        with Server() as server:
            streams = [Stream(server) for _ in range(20)]
            stalled = [Stream(server) for _ in range(5)]
            for stream in stalled:
                stream.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            with Client(server) as client:
                for _ in range(300):
                    client.call("GET", "/deployments")
            before = time.monotonic()
            server.stop()
            self.assertLess(time.monotonic() - before, 4)
            for stream in streams:
                while stream.next():
                    pass
                stream.close()
            for stream in stalled:
                stream.close()

    def test_dropped(self):
        """Who is too slow loses what he was too slow for, and is told how much."""
        with Server("--journal-size", "10", "--log", "off") as server, Stream(server) as stream:
            with Client(server) as client:
                for _ in range(3000):
                    client.call("GET", "/principal")
            client_done = time.monotonic()
            seen = dropped = 0
            while seen + dropped < 3000:
                event = stream.next()
                if event["event"] == "dropped":
                    dropped += event["data"]["dropped"]
                else:
                    seen += 1
            self.assertGreater(seen, 10)
            self.assertLess(time.monotonic() - client_done, 30)

    def test_workspace_of_its_own(self):
        with Server("--auth", "any") as server:
            server.get("/devices", key="one")
            with Stream(server, "?since=0", X_API_Key="one") as one, Stream(server, "?since=0") as common:
                self.assertEqual(one.next()["data"]["operation"], "listDevices")
                common.chunk()  # which begins every stream
                [_, tenant] = server.control("GET", "workspaces").json["workspaces"]
                server.control("DELETE", f"workspaces/{tenant['id']}")  # while it is read
                server.get("/groups", key="two", version=EVERGLADES)
                self.assertEqual(select.select([common.sock], [], [], 0.1)[0], [])


@unittest.skipIf(harness.instrumented(), "instrumented, what is freed is kept, and all is slow")
class Crowd(harness.TestCase):
    arguments = ("--log", "off")

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def rate(self, seconds=1.5):
        """Requests answered on four connections."""
        counts, end = [], time.monotonic() + seconds

        def ask():
            with Client(self.server) as client:
                n = 0
                while time.monotonic() < end:
                    client.call("GET", "/devices/dvc_123")
                    n += 1
                counts.append(n)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(counts) / seconds

    def test_memory_and_service(self):
        """A hundred readers, ten of them stalled: memory is bounded, and others are served."""
        before_rate = self.rate()
        streams = [Stream(self.server) for _ in range(100)]
        reader = os.fork()  # a process, which shares no lock of Python's with those who ask
        if reader == 0:
            while True:
                for sock in select.select([s.sock for s in streams[10:]], [], [])[0]:
                    if not sock.recv(65536):
                        os._exit(0)
        self.addCleanup(os.waitpid, reader, 0)
        self.addCleanup(os.kill, reader, signal.SIGKILL)
        with_readers = self.rate()
        resident = self.resident()
        self.rate()
        grown = self.resident() - resident
        for stream in streams:
            stream.close()
        self.assertLess(grown, 3000)
        # The bench measures what this costs; here, that nobody is held up, on a machine that is busy.
        self.assertGreater(with_readers, before_rate / 3)


if __name__ == "__main__":
    harness.main()
