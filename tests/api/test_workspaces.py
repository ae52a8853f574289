# SPDX-License-Identifier: MIT
"""--auth any: each key that is not the fixtures' has a workspace of its own."""

import json
import os
import signal
import tempfile
import threading

import harness
import world
from harness import ADMIN, Client, File, Server

FROZEN = ("--log", "off", "--auth", "any", "--clock", "2026-03-02T08:00:00Z", "--seed", "7")


class Workspaces(harness.TestCase):
    arguments = None
    options = FROZEN

    def setUp(self):
        self.server = Server(*self.options)
        self.addCleanup(self.server.stop)

    def restart(self, *more):
        self.server.stop()
        self.server = Server(*self.options, *more)
        self.addCleanup(self.server.stop)

    def control(self, method, target, body=None, key=None, status=200):
        headers = {"X-API-Key": key} if key is not None else {}
        answer = self.server.request(method, "/_mock/" + target, headers, harness.encoded(body))
        self.assertEqual(answer.status, status, answer.text)
        return answer.json

    def rename(self, key, name):
        answer = self.server.call("PATCH", "/devices/dvc_123", {"name": name}, key=key)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.text

    def name(self, key):
        return self.server.call("GET", "/devices/dvc_123", key=key).json["name"]


class Isolation(Workspaces):
    def test_nobody_sees_another(self):
        for key in ("a", "b", "A", "\u00e4".encode().decode("latin-1"), "x" * 5000):
            self.assertEqual(self.name(key), "My Device")
            self.rename(key, f"of {key[:2]}")
        self.assertEqual(self.name("a"), "of a")
        self.assertEqual(self.name("a "), "of a")  # white space around a header's value is none
        self.assertEqual(self.name("b"), "of b")
        self.assertEqual(self.name("x" * 5000), "of xx")
        self.assertEqual(self.name(ADMIN), "My Device")

    def test_same_requests_same_answers(self):
        self.assertEqual(self.rename("a", "n"), self.rename("b", "n"))
        made = {self.server.call("POST", "/devices", {"name": "new"}, key=key).text
                for key in ("a", "b", ADMIN)}
        self.assertEqual(len(made), 1)

    def test_as_the_common_one(self):
        """Also where loading the fixtures has drawn ids, and was dated."""
        fixtures = {"devices": [{"id": "dvc_1", "name": "one"}],
                    "api_keys": [{"key": "mine", "name": "mine", "scopes": []}]}

        def made():
            return {self.server.call("POST", "/devices", {"name": "new"}, key=key).text
                    for key in ("mine", "a", "b")}

        with File(fixtures) as file:
            self.restart("--fixtures", file)
            self.assertEqual(len(made()), 1)
        worlds = [self.control("GET", "fixtures", key=key) for key in ("mine", "a", "b")]
        self.assertEqual(worlds[1:], worlds[:1] * 2)  # with times to the microsecond
        self.restart()
        self.control("PUT", "fixtures", fixtures)
        # The clock stays, and so does how often it has told the time.
        self.assertEqual(len({json.loads(text)["id"] for text in made()}), 1)
        for key in (None, "a", "b"):
            self.control("POST", "reset", key=key)
        self.assertEqual(len(made()), 1)

    def test_what_waits_in_the_fixtures(self):
        """What a device was about to do happens in each workspace, without any other change."""
        fixtures = {
            "api_keys": [{"key": "mine", "name": "mine", "scopes": []}],
            "devices": [{"id": "dvc_1", "name": "one", "status": "online"}],
            "releases": [{"id": "rls_1", "version": "v1.0.0"}],
            "deployments": [{"id": "dpl_1", "device_id": "dvc_1", "release_id": "rls_1",
                             "activity_status": "queued",
                             "waiting_since": "2026-03-02T08:00:00Z"}]}

        def status(key):
            answer = self.server.call("GET", "/deployments/dpl_1", key=key)
            self.assertEqual(answer.status, 200, answer.text)
            return answer.json["status"]

        with File(fixtures) as file:
            self.restart("--transitions", "5", "--fixtures", file)
        for _ in range(2):
            for key in ("mine", "a"):
                self.control("POST", "clock/advance", {"seconds": 4}, key=key)
                self.assertEqual(status(key), "queued")
                self.control("POST", "clock/advance", {"seconds": 1}, key=key)
                self.assertEqual(status(key), "deployed")
                self.control("POST", "reset", key=key)
        # It is due at once: the first look finds it done.
        fixtures["deployments"][0]["waiting_since"] = "2026-03-02T07:00:00Z"
        with File(fixtures) as file:
            self.restart("--transitions", "5", "--fixtures", file)
        self.assertEqual([status(key) for key in ("mine", "a")], ["deployed", "deployed"])

    def test_keys_beside_each_other(self):
        """As many as the table has places, so that some share one: they are told apart."""
        self.restart("--max-workspaces", "16")
        keys = [f"miru_test_{i}" for i in range(16)]
        for key in keys:
            self.rename(key, key)
        self.assertEqual([self.name(key) for key in keys], keys)

    def test_fixtures_keys_share_one(self):
        self.rename(ADMIN, "shared")
        self.assertEqual(self.name("miru_mock_reader"), "shared")
        self.assertEqual(self.name("miru_mock_noscope"), "shared")  # any key may do all
        everything = self.server.everything()
        self.assertEqual(self.control("GET", "fixtures", key=ADMIN), everything)
        self.assertNotEqual(self.control("GET", "fixtures", key="other"), everything)

    def test_copied_as_the_fixtures_were(self):
        """Not as the common workspace is by now."""
        self.rename(ADMIN, "changed")
        self.control("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
        self.assertEqual(self.name("late"), "My Device")
        self.assertEqual(self.control("GET", "clock", key="late")["now"], "2026-03-02T08:00:00Z")

    def test_clock_and_pace(self):
        self.control("POST", "clock/advance", {"seconds": 60}, key="a")
        self.control("PUT", "transitions", {"progression": "manual"}, key="a")
        self.assertEqual(self.control("GET", "clock", key="a")["now"], "2026-03-02T08:01:00Z")
        self.assertEqual(self.control("GET", "clock", key="b")["now"], "2026-03-02T08:00:00Z")
        self.assertEqual(self.control("GET", "transitions", key="b")["progression"], "immediate")
        answer = self.server.call("GET", "/devices/dvc_123", key="a")
        self.assertEqual(answer.headers["Date"], "Mon, 02 Mar 2026 08:01:00 GMT")

    def test_reset_is_ones_own(self):
        for key in ("a", "b", ADMIN):
            self.rename(key, "changed")
        self.control("POST", "reset", key="a")
        self.assertEqual([self.name(key) for key in ("a", "b", ADMIN)],
                         ["My Device", "changed", "changed"])
        self.control("POST", "reset")
        self.assertEqual([self.name(key) for key in ("a", "b", ADMIN)],
                         ["My Device", "changed", "My Device"])

    def test_snapshots_are_ones_own(self):
        self.rename("a", "first")
        self.control("PUT", "snapshots/s", key="a")
        self.rename("a", "second")
        self.assertEqual(self.control("GET", "snapshots", key="b"), {"snapshots": []})
        self.control("POST", "snapshots/s/restore", key="b", status=404)
        self.control("POST", "snapshots/s/restore", key="a")
        self.assertEqual(self.name("a"), "first")

    def test_faults_and_journal_are_ones_own(self):
        self.control("PUT", "faults", {"faults": [{"status": 503}]}, key="a")
        statuses = [self.server.call("GET", "/devices/dvc_123", key=key).status
                    for key in ("a", "b", ADMIN)]
        self.assertEqual(statuses, [503, 200, 200])
        for key, seen in (("a", [503]), ("b", [200]), (ADMIN, [200]), ("c", [])):
            requests = self.control("GET", "requests", key=key)["requests"]
            self.assertEqual([r["status"] for r in requests], seen, key)
            self.assertEqual([r["id"] for r in requests], [1] * len(seen))
        for key in ("a", ADMIN):
            self.control("POST", "reset", key=key)
        self.assertEqual(self.server.call("GET", "/devices/dvc_123", key="a").status, 200)
        totals = [self.control("GET", "requests", key=key)["total"] for key in ("a", "b", ADMIN)]
        self.assertEqual(totals, [1, 1, 0])

    def test_refusals_are_in_the_journal_of_the_key(self):
        self.server.request("POST", "/beta/devices", {"X-API-Key": "a", "Content-Length":
                                                      str(1 << 30)})
        self.server.get("/nothing", key="a")
        requests = self.control("GET", "requests", key="a")["requests"]
        self.assertEqual([(r["status"], r["key"]) for r in requests],
                         [(413, "****"), (404, "****")])

    def test_fixtures_are_ones_own(self):
        small = {"devices": [{"id": "dvc_123", "name": "small"}]}
        self.control("PUT", "fixtures", small, key="a")
        self.assertEqual(self.name("a"), "small")
        self.assertEqual(self.name("b"), "My Device")
        self.rename("a", "changed")
        self.control("POST", "reset", key="a")
        self.assertEqual(self.name("a"), "small")

    def test_new_fixtures_of_all(self):
        """Put without a key, they are what later keys get, and what a reset gives all."""
        self.rename("before", "changed")
        self.control("PUT", "fixtures", {"devices": [{"id": "dvc_123", "name": "small"}]})
        self.assertEqual(self.name("after"), "small")
        self.assertEqual(self.name("before"), "changed")
        self.control("POST", "reset", key="before")
        self.assertEqual(self.name("before"), "small")
        # The demo's keys are nobody's now: each is a key like any other.
        self.rename(ADMIN, "mine")
        self.assertEqual(self.name("after"), "small")

    def test_new_fixtures_before_the_first_use(self):
        """A workspace that was there, but not used, is a copy of what there is by then."""
        self.server.get("/nothing", key="early")
        key = {"name": "n", "key": "of_new_fixtures", "scopes": []}
        self.control("PUT", "fixtures", {"api_keys": [key]})  # its id is drawn from the seed
        made = [self.server.call("POST", "/devices", {"name": "new"}, key=key).text
                for key in ("late", "early")]
        self.assertEqual(*made)

    def test_strict_has_one(self):
        with Server("--log", "off") as server:
            self.server.stop()
            self.server = server
            self.control("PUT", "snapshots/s", key="whoever")
            self.assertEqual(len(self.control("GET", "snapshots")["snapshots"]), 1)
            self.assertEqual(server.get("/beta/devices/dvc_123", key="whoever").status, 401)

    def test_parallel(self):
        """Each of many keys writes and reads its own, at once, on connections of its own."""
        wrong = []

        def work(key):
            with Client(self.server, key) as client:
                for turn in range(30):
                    name = f"{key} {turn}"
                    client.call("PATCH", "/devices/dvc_123", {"name": name})
                    read = client.call("GET", "/devices/dvc_123").json["name"]
                    if read != name:
                        wrong.append((name, read))

        threads = [threading.Thread(target=work, args=(f"key-{n}",)) for n in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_one_key_in_parallel(self):
        """One workspace, many connections: nothing is lost."""
        def work(number):
            with Client(self.server, "shared") as client:
                for turn in range(20):
                    answer = client.call("POST", "/devices", {"name": f"{number}-{turn}"})
                    assert answer.status == 200, answer.text

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        devices = self.control("GET", "fixtures", key="shared")["devices"]
        self.assertEqual(len([d for d in devices if "-" in d["name"]]) >= 160, True)


class Roles(Workspaces):
    """WORKSPACE/KEY: a key of the fixtures, with its scopes, in a workspace."""

    def status(self, key, method="GET", body=None):
        return self.server.call(method, "/devices/dvc_123", body, key=key).status

    def both(self, key):
        """Reading and writing."""
        return self.status(key), self.status(key, "PATCH", {"description": key[:10]})

    def assert_unknown(self, key):
        self.assert_refused(self.server.call("GET", "/devices", key=key), 401, "unauthorized",
                            "WORKSPACE/KEY")

    def test_scopes(self):
        self.rename("w1", "of w1")
        self.assertEqual(self.both("w1/miru_mock_reader"), (200, 403))
        self.assertEqual(self.both("w1/miru_mock_noscope"), (403, 403))
        self.assertEqual(self.both("w1/" + ADMIN), (200, 200))
        self.assertEqual(self.name("w1/miru_mock_reader"), "of w1")
        self.rename("w1/" + ADMIN, "of its admin")
        self.assertEqual([self.name(key) for key in ("w1", "w2", "w2/" + ADMIN, ADMIN)],
                         ["of its admin", "My Device", "My Device", "My Device"])
        principal = self.server.call("GET", "/principal", key="w1/miru_mock_reader").json
        self.assertEqual(principal, self.server.call("GET", "/principal",
                                                     key="miru_mock_reader").json)
        for key in ("w1/nobody", "w1/", "w3/w1", "w1/miru_mock_reader/x", f"w1/{ADMIN} x"):
            self.assert_unknown(key)

    def test_keys_of_its_fixtures(self):
        """Also those that PUT and POST bring; they are those of no other workspace."""
        def fixtures(name, scopes):
            return {"api_keys": [{"key": name, "name": name, "scopes": scopes}]}

        device = {"devices": [{"id": "dvc_123", "name": "d"}]}
        self.control("PUT", "fixtures", fixtures("robot", ["devices:read"]) | device, key="w1")
        self.assertEqual(self.both("w1/robot"), (200, 403))
        self.control("POST", "fixtures", fixtures("a/b", ["devices:manage"]), key="w1")
        self.assertEqual(self.both("w1/a/b"), (200, 200))
        for key in ("w1/miru_mock_reader", "w2/robot", ADMIN + "/robot"):
            self.assert_unknown(key)
        self.control("POST", "reset", key="w1")
        self.assert_unknown("w1/a/b")
        self.assertEqual(self.both("w1/robot"), (200, 403))
        self.control("DELETE", "fixtures", key="w1")
        self.assert_unknown("w1/robot")
        self.assertEqual(self.both("w1/miru_mock_reader"), (200, 403))

    def test_new_fixtures_of_all(self):
        """A workspace that is not loaded has the keys that it will have."""
        self.server.get("/nothing", key="early")
        self.rename("before", "changed")
        self.control("PUT", "fixtures", {
            "api_keys": [{"key": "k", "name": "k", "scopes": ["devices:read"]}],
            "devices": [{"id": "dvc_123", "name": "d"}]})
        self.assertEqual([self.both(f"{name}/k") for name in ("early", "late")], [(200, 403)] * 2)
        self.assert_unknown("before/k")
        self.assertEqual(self.status("before/miru_mock_reader"), 200)

    def test_the_common_one(self):
        """A key of the fixtures picks the common workspace, alone or before a slash."""
        self.rename(ADMIN, "shared")
        self.assertEqual(self.name(ADMIN + "/miru_mock_reader"), "shared")
        self.assertEqual(self.both(ADMIN + "/miru_mock_reader"), (200, 403))
        # An empty name may be a variable that is not set.
        self.assertEqual(self.both("/miru_mock_reader"), (401, 401))

    def test_control_and_journal(self):
        """A control endpoint needs the workspace alone; of a KEY, that the workspace has it."""
        self.control("PUT", "faults", {"faults": [{"key": "reader", "status": 500}]},
                     key="w1/miru_mock_noscope")
        faults = self.control("GET", "faults", key="w1")
        for key in ("w1/x", "w1/", "w1/w1", "w1/miru_mock_reader/", ADMIN + "/x"):
            for method, target, body in (("GET", "faults", None), ("DELETE", "faults", None),
                                         ("POST", "fixtures", {"api_keys": [{"key": key}]})):
                answer = self.server.request(method, "/_mock/" + target, {"X-API-Key": key},
                                             harness.encoded(body))
                self.assert_refused(answer, 401, "unauthorized", "no such KEY")
                self.assertIn("WWW-Authenticate", answer.headers)
        self.assertEqual(self.control("GET", "faults", key="w1"), faults)
        self.assertEqual(self.both("w1/miru_mock_reader"), (500, 500))
        self.assertEqual(self.status("w1/" + ADMIN), 200)
        requests = self.control("GET", "requests", key="w1")["requests"]
        self.assertEqual([(r["key"], r["status"]) for r in requests],
                         [("reader", 500)] * 2 + [("My CI/CD Key", 200)])

    def test_strict(self):
        with Server("--log", "off") as server:
            self.assert_refused(server.call("GET", "/devices", key="w1/miru_mock_reader"), 401,
                                "unauthorized")


class Back(Workspaces):
    """DELETE /_mock/fixtures: the server's own, whatever was put."""

    SMALL = {"devices": [{"id": "dvc_123", "name": "small"}]}

    def spoil(self, key):
        self.control("PUT", "fixtures", self.SMALL, key=key)
        self.control("POST", "clock/advance", {"seconds": 60}, key=key)
        self.control("PUT", "transitions", {"progression": "manual"}, key=key)
        self.control("PUT", "faults", {"faults": [{"status": 500}]}, key=key)
        self.server.call("GET", "/devices/dvc_123", key=key or ADMIN)

    def test_all_is_as_at_first(self):
        for key in ("a", None):
            with self.subTest(key=key):
                names = "fixtures", "clock", "transitions", "faults", "requests"
                before = [self.control("GET", name, key=key) for name in names]
                self.spoil(key)
                self.spoil(key)
                counts = self.control("DELETE", "fixtures", key=key)
                self.assertEqual(counts, {array: len(rows) for array, rows in before[0].items()})
                self.assertEqual([self.control("GET", name, key=key) for name in names], before)
                self.control("POST", "reset", key=key)
                self.assertEqual(self.control("GET", "fixtures", key=key), before[0])
                self.control("DELETE", "fixtures", key=key)
                self.assertEqual(self.control("GET", "fixtures", key=key), before[0])

    def test_of_another(self):
        """A key's own are those that the common workspace has."""
        self.control("PUT", "fixtures", {}, key="a")
        self.control("PUT", "fixtures", self.SMALL)
        self.control("DELETE", "fixtures", key="a")
        self.assertEqual(self.name("a"), "small")
        self.control("DELETE", "fixtures")
        self.assertEqual(self.name("a"), "small")
        self.control("POST", "reset", key="a")
        self.assertEqual(self.name("a"), "My Device")

    def test_read_again(self):
        """After SIGHUP the server's own are what was read then."""
        def put_and_delete(name):
            self.control("PUT", "fixtures", {})
            self.control("DELETE", "fixtures")
            self.assertEqual(self.control("GET", "fixtures")["devices"][0]["name"], name)
            self.control("PUT", "fixtures", {})

        # Under nohup the server would inherit that it is ignored.
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(self.SMALL, file)
            file.flush()
            self.restart("--fixtures", file.name)
            put_and_delete("small")
            file.seek(0)
            file.truncate()
            json.dump({"devices": [{"id": "dvc_123", "name": "new"}]}, file)
            file.flush()
            self.server.process.send_signal(signal.SIGHUP)
            harness.wait_for(lambda: self.control("GET", "fixtures").get("devices"))
            put_and_delete("new")

    def test_makes_room(self):
        self.restart("--max-workspaces", "1")
        self.control("PUT", "fixtures", self.SMALL, key="a")
        self.control("DELETE", "fixtures", key="a")
        self.rename("b", "b")


class Ids(Workspaces):
    options = FROZEN + ("--max-workspaces", "3")

    def workspaces(self, **options):
        answer = self.control("GET", "workspaces", **options)
        self.assertEqual(answer["max_workspaces"], 3)
        return [(w["id"], w["key"], w["requests"]) for w in answer["workspaces"]]

    def test_listed(self):
        self.assertEqual(self.workspaces(), [("common", None, 0)])
        self.name(ADMIN)
        self.name("secret-of-another-system")
        self.name("short/miru_mock_reader")
        self.name("short")
        self.control("GET", "clock", key="third")
        self.assertEqual(self.workspaces(key="fourth"), [
            ("common", None, 1), ("ws_1", "****stem", 1), ("ws_2", "****", 2), ("ws_3", "****", 0)])

    def test_named_by_id(self):
        """Any control endpoint, whatever the key says."""
        self.rename("a", "a")
        self.control("PATCH", "devices/dvc_123?workspace=ws_1", {"description": "by id"}, key="b")
        self.assertEqual(self.server.call("GET", "/devices/dvc_123", key="a").json["description"],
                         "by id")
        self.assertEqual(self.control("GET", "requests?workspace=ws_1&method=PATCH")["total"], 2)
        self.assertEqual(self.control("GET", "requests?workspace=common", key="a")["total"], 0)
        for target in ("requests?workspace=ws_9", "workspaces?workspace=a", "reset?workspace="):
            answer = self.server.request("POST" if "reset" in target else "GET",
                                         "/_mock/" + target)
            self.assert_refused(answer, 400, "invalid_request", "GET /_mock/workspaces",
                                params={"field": "workspace"})
        self.assert_refused(self.server.get("/openapi.json?workspace=ws_1"), 400,
                            "invalid_request", "no query parameters")

    def test_deleted(self):
        """Its place is free, and its key gets a new one."""
        for key in "abc":
            self.rename(key, key)
        answer = self.server.call("GET", "/devices", key="d")
        self.assert_refused(answer, 503, "too_many_workspaces", "DELETE /_mock/workspaces/{id}",
                            "GET /_mock/workspaces", "--max-workspaces")
        left = self.control("DELETE", "workspaces/ws_2")["workspaces"]
        self.assertEqual([w["id"] for w in left], ["common", "ws_1", "ws_3"])
        self.assertEqual(self.name("d"), "My Device")
        self.control("DELETE", "workspaces/ws_1", key="a")  # by a request that is in it
        self.assertEqual([self.name(key) for key in "adc"], ["My Device", "My Device", "c"])
        self.assertEqual([w[0] for w in self.workspaces()], ["common", "ws_3", "ws_4", "ws_5"])
        self.control("DELETE", "workspaces/ws_2", status=404)
        self.control("DELETE", "workspaces/common", status=400)

    def test_deleted_in_use(self):
        """A request that is in it ends in it."""
        self.name("a")
        with world.patch_in_two(self.server, "a", "dvc_123", {"name": "slow"}) as finish:
            self.control("DELETE", "workspaces/ws_1")
            self.assertEqual(self.name("a"), "My Device")
            self.assertIn(b'"name":"slow"', finish())
        self.assertEqual(self.name("a"), "My Device")

    def test_deleted_in_parallel(self):
        """While others use it: each request has a workspace, and is answered."""
        wrong = []

        def use(key):
            with Client(self.server, key) as client:
                for _ in range(60):
                    if client.call("PATCH", "/devices/dvc_123", {"name": key}).status != 200:
                        wrong.append(key)

        def delete():
            for _ in range(60):
                for entry in self.control("GET", "workspaces")["workspaces"][1:]:
                    self.server.control("DELETE", f"workspaces/{entry['id']}")

        threads = [threading.Thread(target=use, args=(key,)) for key in ("a", "a", "b", "c")]
        threads.append(threading.Thread(target=delete))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


class Places(Workspaces):
    """What needs no workspace adds none."""

    options = FROZEN + ("--max-workspaces", "1")

    def ids(self):
        return [w["id"] for w in self.control("GET", "workspaces")["workspaces"]]

    def test_what_needs_none(self):
        self.rename("a", "a")
        for target in ("/_mock/health", "/_mock/ready?now=1", "/_mock/workspaces", "/",
                       "/openapi.json"):
            for key in ("b", "b/miru_mock_reader", "b/c", "/b"):
                with self.subTest(target=target, key=key):
                    self.assertEqual(self.server.get(target, key=key, version=None).status, 200)
        # Those that there are keep their journal.
        self.server.get("/openapi.json", key="a")
        self.assertEqual([r["path"] for r in self.control("GET", "requests", key="a")["requests"]],
                         ["/beta/devices/dvc_123", "/openapi.json"])
        self.control("DELETE", "workspaces/ws_1", key="b")
        self.assertEqual(self.ids(), ["common"])

    def test_refused(self):
        """Keys that are refused, and control requests that are."""
        for key in ("w/nobody", "w/", "/miru_mock_reader", "w/a/b"):
            for target in ("/devices", "/devices?limit=1", "/nothing"):
                answer = self.server.call("GET", target, key=key)
                self.assertEqual(answer.status, 404 if "nothing" in target else 401)
            for method, target, body in (("PUT", "clock", {"mode": "real"}), ("GET", "clock", None),
                                         ("PUT", "fixtures", {}), ("GET", "devices", None)):
                answer = self.server.request(method, "/_mock/" + target, {"X-API-Key": key},
                                             harness.encoded(body))
                self.assertEqual(answer.status, 400 if key[0] == "/" else 401, answer.text)
        page = {"Origin": "http://evil.example"}
        for method, target, body, headers, status in (
                ("POST", "reset", None, page, 403), ("GET", "nothing", None, {}, 404),
                ("PUT", "reset", None, {}, 405), ("GET", "clock?x=1", None, {}, 400),
                ("PUT", "clock", {"mode": "x"}, {}, 400),
                ("POST", "reset?workspace=ws_7", None, {}, 400)):
            answer = self.server.request(method, "/_mock/" + target, {"X-API-Key": "w"} | headers,
                                         harness.encoded(body))
            self.assertEqual((method, target, answer.status), (method, target, status))
        self.assert_refused(self.server.get("/_mock/clock", key="/w", version=None), 400,
                            "invalid_request", "WORKSPACE is empty")
        self.assertEqual(self.ids(), ["common"])
        self.assertEqual(self.server.call("GET", "/devices", key="w/miru_mock_reader").status, 200)
        self.assertEqual(self.ids(), ["common", "ws_1"])

    def test_keys_of_the_common_one(self):
        """A KEY that only the common workspace has, because POST brought it, is not the others'."""
        self.control("POST", "fixtures", {"api_keys": [{"key": "k", "name": "k", "scopes": []}]})
        self.assertEqual(self.server.call("GET", "/devices", key="w/k").status, 401)
        self.assertEqual(self.ids(), ["common"])

    def test_preflight(self):
        self.restart("--cors", "*")
        answer = self.server.request("OPTIONS", "/devices", {
            "X-API-Key": "w", "Origin": "http://a.test", "Access-Control-Request-Method": "GET"})
        self.assertEqual(answer.status, 204)
        self.assertEqual(self.ids(), ["common"])

    def test_by_id(self):
        """The key of a request that names a workspace by its id gets none."""
        self.rename("a", "a")
        self.control("PATCH", "devices/dvc_123?workspace=ws_1", {"description": "x"}, key="b")
        self.control("POST", "reset?workspace=common", key="b")
        self.assertEqual(self.ids(), ["common", "ws_1"])


class Limit(Workspaces):
    options = FROZEN + ("--max-workspaces", "3")

    def test_too_many(self):
        for key in "abc":
            self.rename(key, key)
        for answer in (self.server.call("GET", "/devices", key="d"),
                       self.server.get("/_mock/clock", key="d", version=None),
                       self.server.get("/nothing", key="d")):
            self.assert_refused(answer, 503, "too_many_workspaces", "3", "--max-workspaces")
        self.assertEqual([self.name(key) for key in "abc"], list("abc"))
        self.assertEqual(self.name(ADMIN), "My Device")

    def test_a_reset_makes_room(self):
        for key in "abc":
            self.rename(key, key)
        self.control("POST", "reset", key="b")
        self.rename("d", "d")
        self.assertEqual([self.name(key) for key in "acd"], list("acd"))
        self.assert_refused(self.server.call("GET", "/devices", key="b"), 503,
                            "too_many_workspaces")

    def test_what_is_kept_does_not(self):
        """A reset one that has snapshots, or fixtures of its own, has something to lose."""
        for key in "abc":
            self.rename(key, key)
        self.control("PUT", "snapshots/s", key="a")
        self.control("POST", "reset", key="a")
        self.control("PUT", "fixtures", {}, key="b")
        self.control("POST", "reset", key="b")
        self.assert_refused(self.server.call("GET", "/devices", key="d"), 503,
                            "too_many_workspaces")
        self.control("DELETE", "snapshots/s", key="a")
        self.rename("d", "d")

    def test_what_was_restored_does_not(self):
        """Nor when the snapshot that it was restored from is gone."""
        for key in "abc":
            self.rename(key, key)
        self.control("PUT", "snapshots/s", key="a")
        self.control("POST", "reset", key="a")
        self.control("POST", "snapshots/s/restore", key="a")
        self.control("DELETE", "snapshots/s", key="a")
        self.assert_refused(self.server.call("GET", "/devices", key="d"), 503,
                            "too_many_workspaces")
        self.assertEqual(self.name("a"), "a")

    def assert_kept(self, key):
        """Where there is room for one, another key has none."""
        self.assert_refused(self.server.call("GET", "/devices", key="late"), 503,
                            "too_many_workspaces")
        self.control("POST", "reset", key=key)
        self.rename("late", "late")
        self.control("POST", "reset", key="late")

    def test_what_was_only_controlled_is_kept(self):
        """Rows, faults, clock and pace that were set without a request of the API."""
        for more in ((), ("--stateless",)):
            self.restart("--max-workspaces", "1", *more)
            for method, target, body in (
                    ("PATCH", "devices/dvc_123", {"description": "changed"}),
                    ("PUT", "faults", {"faults": [{"status": 500}]}),
                    ("PUT", "transitions", {"progression": "manual"}),
                    ("PUT", "clock", {"mode": "real"}),
                    ("POST", "clock/advance", {"seconds": 1})):
                if more and "devices" in target:
                    continue
                with self.subTest(more=more, target=target):
                    self.control(method, target, body, key="a")
                    self.assert_kept("a")

    def test_what_was_asked_is_kept(self):
        """Its journal is something to lose."""
        self.restart("--max-workspaces", "1")
        self.name("a")
        self.assert_kept("a")

    def test_whoever_is_in_one_keeps_it(self):
        """The rest of a request finds the workspace that its beginning has entered."""
        self.restart("--max-workspaces", "1")
        with world.patch_in_two(self.server, "a", "dvc_123", {"name": "slow"}) as finish:
            self.assert_refused(self.server.call("GET", "/devices", key="b"), 503,
                                "too_many_workspaces")
            self.assertIn(b'"name":"slow"', finish())
        self.assertEqual(self.name("a"), "slow")


class Cheap(Workspaces):
    """Hundreds cost little."""

    COUNT = 300

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/status", encoding="utf-8") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.server.process.pid}/fd"))

    def test_hundreds(self):
        """They go to sleep, and wake as they were; nor do they cost descriptors."""
        descriptors = self.descriptors()
        with Client(self.server) as client:
            def each(keys, method, body):
                for client.key in keys:
                    answer = client.call(method, "/devices/dvc_123", body and {
                        "name": body + client.key})
                    self.assertEqual(answer.status, 200, answer.text)
                    yield answer.json["name"]

            first = [f"key {n}" for n in range(100)]
            more = [f"key {n}" for n in range(100, 100 + self.COUNT)]
            list(each(first, "PATCH", "of "))
            before = self.resident()
            list(each(more, "PATCH", "of "))
            grown = self.resident() - before
            self.assertEqual(list(each(first + more, "GET", None)),
                             [f"of {key}" for key in first + more])
            client.key = "key 0"
            answer = client.call("PATCH", "/devices/dvc_123", {"name": "woken"})
            self.assertEqual(answer.status, 200)
        self.assertEqual(self.name("key 0"), "woken")
        self.assertLess(self.descriptors(), descriptors + 5)
        if not harness.instrumented():
            self.assertLess(grown / self.COUNT, 100, "KiB each")


if __name__ == "__main__":
    harness.main()
