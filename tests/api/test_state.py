# SPDX-License-Identifier: MIT
"""Reset, snapshots and fixtures over HTTP: a workspace put to another state, whole or not at all."""

import signal
import threading
import unittest

import harness
from harness import ADMIN, EVERGLADES, Client, File, Server

FROZEN = ("--log", "off", "--clock", "2026-03-02T08:00:00Z", "--seed", "7")
KEY = {"key": "mine", "name": "mine", "scopes": ["devices:manage", "groups:manage"]}
SMALL = {"api_keys": [KEY], "devices": [{"id": "dvc_1", "name": "one"}]}
OK = {"status": "ok"}


class State(harness.TestCase):
    """With a server of its own for each test."""

    arguments = None
    options = FROZEN

    def setUp(self):
        self.server = Server(*self.options)
        self.addCleanup(self.server.stop)

    def control(self, method, target, body=None):
        answer = self.server.control(method, target, body)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def rename(self, name, key=ADMIN):
        answer = self.server.call("PATCH", "/devices/dvc_123", {"name": name}, key=key)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.text

    def name(self):
        return self.server.call("GET", "/devices/dvc_123").json["name"]

    def change_everything(self):
        """Rows, clock, pace, and the source of ids."""
        texts = [self.rename("changed")]
        for method, target, body in (
                ("POST", "/groups", {"name": "new", "parent_id": None}),
                ("POST", "/devices", {"name": "new"}),
                ("POST", "/deployments/dpl_staged/deploy", None)):
            answer = self.server.call(method, target, body)
            self.assertEqual(answer.status, 200, answer.text)
            texts.append(answer.text)
        self.control("PUT", "clock", {"mode": "frozen", "now": "2027-01-01T00:00:00Z"})
        self.control("PUT", "transitions", {"progression": "manual"})
        return texts

    def state(self):
        return (self.server.everything(), self.control("GET", "clock"),
                self.control("GET", "transitions"))


class Reset(State):
    def test_everything_is_as_it_was(self):
        before = self.state()
        first = self.change_everything()
        changed = self.state()
        self.assertNotEqual(changed, before)
        self.assertEqual(self.control("POST", "reset"), OK)
        self.assertEqual(self.state(), before)
        # Times, to the microsecond, and ids, too: the same requests have the same answers.
        self.assertEqual(self.change_everything(), first)
        self.assertEqual(self.state(), changed)

    def test_nothing_has_changed(self):
        before = self.state()
        self.assertEqual(self.control("POST", "reset"), OK)
        self.assertEqual(self.control("POST", "reset", {}), OK)
        self.assertEqual(self.state(), before)

    def test_clock_and_pace_alone(self):
        before = self.state()
        self.control("PUT", "transitions", {"progression": "time", "seconds": 5})
        self.control("POST", "clock/advance", {"seconds": 90})
        self.control("POST", "reset")
        self.assertEqual(self.state(), before)

    def test_what_waits(self):
        """A step that was due before the reset does not happen after it."""
        self.control("PUT", "transitions", {"progression": "time", "seconds": 5})
        self.server.call("POST", "/deployments/dpl_staged/deploy")
        self.control("POST", "reset")
        before = self.server.everything()
        self.control("POST", "clock/advance", {"seconds": 3600})
        self.assertEqual(self.server.everything(), before)

    def test_what_waited_then(self):
        """A step that a snapshot waits for happens after it has been restored, and by itself."""
        def status():
            return self.server.call("GET", "/deployments/dpl_staged").json["status"]

        self.control("PUT", "clock", {"mode": "real"})
        self.control("PUT", "transitions", {"progression": "time", "seconds": 1})
        self.server.call("POST", "/deployments/dpl_staged/deploy")
        self.control("PUT", "snapshots/waits")
        harness.wait_for(lambda: status() == "deployed")
        self.control("POST", "reset")
        self.rename("nothing is due")
        self.control("POST", "snapshots/waits/restore")
        harness.wait_for(lambda: status() == "deployed")

    def test_refusals(self):
        before = self.state()
        for body, word in (({"hard": True}, "hard"), (b"[]", "object"), (b"{", "line 1")):
            answer = self.server.control("POST", "reset", body)
            self.assert_refused(answer, 400, "invalid_request", word)
        self.assert_refused(self.server.control("POST", "reset?now=1"), 400, "invalid_request",
                            "no query parameters")
        answer = self.server.control("GET", "reset")
        self.assert_refused(answer, 405, "method_not_allowed")
        self.assertEqual(answer.headers["Allow"], "POST")
        self.assertEqual(self.state(), before)

    def test_stateless(self):
        with Server(*FROZEN, "--stateless") as server:
            before = server.everything()
            server.call("PATCH", "/devices/dvc_123", {"name": "x"})
            self.assertEqual(server.control("POST", "reset").json, OK)
            self.assertEqual(server.everything(), before)
            # Nor does a key outlive the answer that it was added in.
            answer = server.control("POST", "fixtures", {"api_keys": [
                {"key": "mine", "name": "mine", "scopes": ["devices:read"]}]})
            self.assertEqual(answer.json["api_keys"], len(before["api_keys"]) + 1)
            self.assertEqual(server.call("GET", "/devices", key="mine").status, 401)
            self.assertEqual(server.everything(), before)


class Atomic(State):
    def test_readers_see_whole_worlds(self):
        """Eight readers, while the world goes to and fro: each answer is of one world."""
        targets = ("/devices?limit=100&expand=current_deployment,group,total_count",
                   "/deployments?limit=100&expand=device,release.config_schemas,config_instances",
                   "/groups?limit=100")
        with Client(self.server) as client:
            def worlds():
                return [client.call("GET", target).text for target in targets] + [
                    client.control("GET", "fixtures").text]

            one = worlds()
            self.change_everything()
            client.control("POST", "clock/advance", {"seconds": 5})
            client.control("PUT", "snapshots/other")
            other = worlds()
            for a, b in zip(one, other):
                self.assertNotEqual(a, b)
            over = threading.Event()
            torn, seen = [], [set() for _ in range(8)]

            def read(number):
                with Client(self.server) as reader:
                    for turn in range(10**9):
                        if over.is_set():
                            return
                        i = (turn + number) % len(one)
                        text = (reader.call("GET", targets[i]) if i < len(targets)
                                else reader.control("GET", "fixtures")).text
                        if text not in (one[i], other[i]):
                            torn.append(text)
                            return
                        seen[number].add(text == one[i])

            readers = [threading.Thread(target=read, args=(n,)) for n in range(8)]
            for reader in readers:
                reader.start()
            for turn in range(10**9):
                client.control("POST", "reset" if turn % 2 else "snapshots/other/restore")
                if torn or (turn > 300 and all(len(s) == 2 for s in seen)):
                    break
            over.set()
            for reader in readers:
                reader.join()
        self.assertEqual(torn, [])

    def test_writers_meanwhile(self):
        """Changes and resets at once: each change is whole, or was of the world before."""
        failed = []

        def write(number):
            with Client(self.server) as client:
                for turn in range(60):
                    for method, target, body in (
                            ("POST", "/devices", {"name": f"{number}-{turn}"}),
                            ("POST", "/config_instances",
                             {"config_schema_id": "cfg_sch_123",
                              "content": {"format": "json", "data": "{}"}})):
                        answer = client.call(method, target, body)
                        if answer.status == 500:
                            failed.append(answer.text)

        writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for writer in writers:
            writer.start()
        with Client(self.server) as client:
            while any(writer.is_alive() for writer in writers):
                self.assertEqual(client.control("POST", "reset").status, 200)
                status = client.control("PUT", "fixtures", SMALL).status
                self.assertEqual(status, 200)
                self.assertEqual(client.control("POST", "reset").status, 200)
        self.assertEqual(failed, [])


class Snapshots(State):
    def test_there_and_back(self):
        beginning = self.state()
        self.assertEqual(self.control("PUT", "snapshots/empty"),
                         {"snapshots": [{"name": "empty", "taken_at": "2026-03-02T08:00:00Z"}]})
        self.change_everything()
        changed = self.state()
        names = [s["name"] for s in self.control("PUT", "snapshots/b.c-d_E")["snapshots"]]
        self.assertEqual(names, ["b.c-d_E", "empty"])
        for name, state in (("empty", beginning), ("b.c-d_E", changed), ("empty", beginning)):
            self.assertEqual(self.control("POST", f"snapshots/{name}/restore"), OK)
            self.assertEqual(self.state(), state)

    def test_same_requests_same_answers(self):
        self.rename("first")
        self.control("PUT", "snapshots/s")
        first = self.change_everything()
        self.control("POST", "snapshots/s/restore")
        self.assertEqual(self.change_everything(), first)

    def test_named_again(self):
        self.control("PUT", "snapshots/s")
        self.rename("second")
        self.assertEqual(len(self.control("PUT", "snapshots/s")["snapshots"]), 1)
        self.rename("third")
        self.control("POST", "snapshots/s/restore")
        self.assertEqual(self.name(), "second")

    def test_they_outlive_a_reset(self):
        self.rename("kept")
        self.control("PUT", "snapshots/s")
        self.control("POST", "reset")
        self.assertEqual(self.name(), "My Device")
        self.assertEqual(len(self.control("GET", "snapshots")["snapshots"]), 1)
        self.control("POST", "snapshots/s/restore")
        self.assertEqual(self.name(), "kept")

    def test_delete(self):
        self.control("PUT", "snapshots/a")
        self.control("PUT", "snapshots/b")
        left = self.control("DELETE", "snapshots/a")["snapshots"]
        self.assertEqual([s["name"] for s in left], ["b"])
        for method, target in (("DELETE", "snapshots/a"), ("POST", "snapshots/a/restore")):
            self.assert_refused(self.server.control(method, target), 404, "resource_not_found",
                                "'a'", params={"resource_type": "snapshot", "resource_id": "a"})

    def test_keys_are_part_of_it(self):
        self.control("PUT", "snapshots/demo")
        self.control("PUT", "fixtures", SMALL)
        self.assertEqual(self.server.get("/beta/devices/dvc_1", key="mine").status, 200)
        self.assertEqual(self.server.get("/beta/devices/dvc_1").status, 401)
        self.control("POST", "snapshots/demo/restore")
        self.assertEqual(self.server.get("/beta/devices/dvc_123").status, 200)
        self.assertEqual(self.server.get("/beta/devices/dvc_123", key="mine").status, 401)

    def test_names(self):
        for name in ("a%20b", "%C3%A4", "x" * 101, "a%2Fb", "-%00"):
            answer = self.server.control("PUT", f"snapshots/{name}")
            self.assertEqual(answer.status, 400, answer.text)
        self.control("PUT", "snapshots/" + "x" * 100)
        self.assertEqual(self.server.control("PUT", "snapshots/").status, 404)

    def test_too_many(self):
        for i in range(100):
            self.control("PUT", f"snapshots/{i}")
        answer = self.server.control("PUT", "snapshots/more")
        self.assert_refused(answer, 409, "too_many_snapshots", "100")
        self.control("PUT", "snapshots/7")
        self.control("DELETE", "snapshots/7")
        self.control("PUT", "snapshots/more")


class Fixtures(State):
    def test_export_load_export(self):
        """The same bytes, and over another world, too."""
        self.change_everything()
        exported = self.server.control("GET", "fixtures").text
        self.control("PUT", "fixtures", SMALL)
        counts = self.control("PUT", "fixtures", exported.encode())
        self.assertEqual(self.server.control("GET", "fixtures").text, exported)
        document = harness.json.loads(exported)
        self.assertEqual({k: n for k, n in counts.items() if n},
                         {k: len(v) for k, v in document.items()})
        with File(exported) as file, Server("--log", "off", "--fixtures", file) as other:
            self.assertEqual(other.control("GET", "fixtures").text, exported)

    def test_they_are_what_a_reset_goes_back_to(self):
        self.control("PUT", "fixtures", SMALL)
        small = self.server.everything()
        self.assertEqual(list(small), ["api_keys", "devices"])
        self.server.call("PATCH", "/devices/dvc_1", {"name": "two"}, key="mine")
        self.assertNotEqual(self.server.everything(), small)
        self.control("POST", "reset")
        self.assertEqual(self.server.everything(), small)

    def test_clock_and_pace_stay(self):
        self.control("PUT", "transitions", {"progression": "manual"})
        self.control("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
        self.control("PUT", "fixtures", SMALL)
        self.assertEqual(self.control("GET", "transitions")["progression"], "manual")
        device = self.server.get("/beta/devices/dvc_1", key="mine").json
        self.assertEqual(device["created_at"], "2030-01-01T00:00:00Z")

    def test_ids_that_are_taken(self):
        """What was exported with a seed has the ids that the same seed gives next."""
        made = self.server.call("POST", "/devices", {"name": "first"}).json["id"]
        with File(self.server.everything()) as file, Server(*FROZEN, "--fixtures",
                                                            file) as other:
            again = other.call("POST", "/devices", {"name": "second"})
            self.assertEqual(again.status, 200, again.text)
            self.assertNotEqual(again.json["id"], made)
            self.assertEqual(other.call("GET", f"/devices/{made}").json["name"], "first")

    def test_what_is_added_is_dated(self):
        self.control("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
        self.control("POST", "fixtures", {"devices": [{"id": "dvc_1", "name": "one"}]})
        created = self.server.call("GET", "/devices/dvc_1").json["created_at"]
        self.assertEqual(created[:19], "2030-01-01T00:00:00")

    def test_types_of_streams(self):
        """In any case, and with parameters; no other is one."""
        lines = b'{"object":"device","id":"dvc_%d","name":"n%d"}\n' \
                b'{"object":"device","id":"dvc_%d","name":"n%d"}'
        for i, (type, status) in enumerate((
                ("application/x-ndjson", 200), ("Application/X-NDJSON; charset=utf-8", 200),
                ("application/jsonl", 200), ("application/x-ndjson2", 400),
                ("application/json", 400))):
            body = lines % (2 * i, 2 * i, 2 * i + 1, 2 * i + 1)
            answer = self.server.request("POST", "/_mock/fixtures", {"Content-Type": type}, body)
            self.assertEqual(answer.status, status, (type, answer.text))

    def test_wrong_ones_change_nothing(self):
        before = self.state()
        for body, pointer in (
                ({"devices": [{"id": "dvc_1"}]}, "/devices/0/name"),
                ({"devices": [{"id": "dvc_1", "name": "x", "color": 1}]}, "/devices/0/color"),
                ({"deploys": []}, "/deploys"),
                (b"[]", "an object"), (b"", "body:1:1"), (b'{"devices":[', "body:1:13")):
            answer = self.server.control("PUT", "fixtures", body)
            self.assert_refused(answer, 400, "invalid_fixtures", pointer, "nothing has changed")
        self.assertEqual(self.state(), before)


class Hangup(State):
    def test_fixtures_are_read_again(self):
        # Under nohup, it would be ignored, as it should.
        self.addCleanup(signal.signal, signal.SIGHUP, signal.signal(signal.SIGHUP, signal.SIG_DFL))
        with File(SMALL) as path, Server("--fixtures", path) as server:
            def names():
                return [d["name"] for d in server.everything()["devices"]]

            def hang_up(word, count):
                server.process.send_signal(signal.SIGHUP)
                harness.wait_for(lambda: server.errors.count(word) == count)

            server.call("PATCH", "/devices/dvc_1", {"name": "changed"}, key="mine")
            with open(path, "w", encoding="utf-8") as file:
                harness.json.dump(SMALL | {"devices": [{"id": "dvc_2", "name": "two"}]}, file)
            hang_up("loaded again", 1)
            self.assertEqual(names(), ["two"])
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"devices":[{}]}')
            hang_up("1 problem in the fixtures; nothing has changed", 1)
            self.assertEqual(names(), ["two"])
            self.assertIn("/devices/0: id is required", server.errors)
            server.control("POST", "reset")
            self.assertEqual(names(), ["two"])


class WithAFile(Reset, Snapshots, Fixtures):
    """All of it again, with a database in a file."""

    def setUp(self):
        directory = harness.tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.options = FROZEN + ("--db", f"{directory.name}/db")
        super().setUp()


if __name__ == "__main__":
    harness.main()
