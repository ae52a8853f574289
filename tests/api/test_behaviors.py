# SPDX-License-Identifier: MIT
"""What can be said of devices and time beforehand: behaviors, a clock that runs fast or moves with
each request, steps that come with reading, and steps on demand."""

import os
import random
import time

import harness
import world

START = "2026-01-01T12:00:00Z"
STANDING = ("--log", "off", "--clock", START)
FLEET = {**world.WORLD,
         "groups": [{"id": "grp_1", "name": "a group"},
                    {"id": "grp_2", "name": "below", "parent_id": "grp_1"},
                    {"id": "grp_3", "name": "beside"}],
         "devices": [{"id": f"dvc_{i}", "name": f"robot {i}", "status": "online",
                      "agent_version": "v1.2.3", "group_id": f"grp_{2 if i < 8 else 3}"}
                     for i in range(10)]}


def at(seconds):
    return f"2026-01-01T12:{seconds // 60:02}:{seconds % 60:02}Z"


class Clock(world.TestCase):
    options = STANDING

    def now(self):
        return self.control("GET", "clock")["now"]

    def test_rate(self):
        """A clock that runs goes so many times as fast, and never back."""
        self.start("--log", "off", "--clock-rate", "100000", "--transitions", "3600")
        clock = self.control("GET", "clock")
        self.assertEqual((clock["mode"], clock["rate"], clock["tick"]), ("real", 100000, 0))
        id = self.create("deployed")
        harness.wait_for(lambda: self.get(id)["status"] == "deployed")
        self.control("PUT", "clock", {"mode": "real", "rate": 1000000})
        first = self.now()
        harness.wait_for(lambda: self.now()[:13] > first[:13])  # an hour
        self.assertEqual(self.control("PUT", "clock", {"mode": "real"})["rate"], 1)
        self.assertEqual(self.now()[:4], time.strftime("%Y", time.gmtime()))
        # A reset goes back to how it began.
        self.control("POST", "reset")
        self.assertEqual(self.control("GET", "clock")["rate"], 100000)

    def test_tick(self):
        """A frozen clock moves with each request of the API, also one that is refused; not with
        those of /_mock/."""
        self.start(*STANDING, "--clock-tick", "10", "--transitions", "20")
        self.assertEqual(self.now(), START)
        id = self.create("deployed")
        self.assertEqual(self.now(), at(10))
        self.assertEqual([self.state(id).split("/")[1] for _ in range(3)],
                         ["queued", "deployed", "deployed"])
        self.assertEqual(self.get(id)["deployed_at"], at(30))
        self.assertEqual(self.now(), at(50))
        self.assertEqual(self.server.get("/devices", key="unknown").status, 401)
        self.assertEqual(self.now(), at(60))
        # Whatever it is refused for.
        self.assertEqual(self.server.get("/nothing").status, 404)
        self.assertEqual(self.server.call("PUT", "/devices").status, 405)
        self.assertEqual(self.server.call("POST", "/devices", "x" * 2000000).status, 413)
        self.assertEqual(self.server.get("/devices?x=%zz").status, 400)
        self.assertEqual(self.now(), at(100))
        self.control("PUT", "clock", {"mode": "frozen", "now": at(60), "tick": 10})
        self.control("PUT", "clock", {"mode": "frozen", "tick": 0.5})
        self.get(id)
        self.assertEqual(self.now(), "2026-01-01T12:01:00.500000Z")
        self.control("PUT", "clock", {"mode": "frozen"})
        self.get(id)
        self.assertEqual(self.control("GET", "clock")["tick"], 0)
        # A clock that is frozen has no rate any more.
        self.control("PUT", "clock", {"mode": "real", "rate": 60})
        frozen = self.control("PUT", "clock", {"mode": "frozen"})
        self.assertEqual(frozen["rate"], 1)
        self.assertEqual(self.control("PUT", "clock", frozen), frozen)
        self.control("POST", "reset")
        self.assertEqual(self.control("GET", "clock"),
                         {"mode": "frozen", "now": START, "rate": 1, "tick": 10})

    def test_refused(self):
        for body, *words in (({"mode": "real", "tick": 1}, "tick", "rate"),
                             ({"mode": "frozen", "rate": 60}, "rate", "tick"),
                             ({"mode": "real", "rate": 0}, "from 1 to 1000000", "0"),
                             ({"mode": "real", "rate": 1.5}, "whole number", "1.5"),
                             ({"mode": "frozen", "tick": -1}, "seconds", "-1")):
            self.refused_control("PUT", "clock", body, 400, "invalid_request", *words)
        self.assertEqual(self.now(), START)
        for arguments, *words in ((["--clock", START, "--clock-rate", "2"], "--clock-tick"),
                                  (["--clock-tick", "1"], "--clock TIME"),
                                  (["--clock-tick", "x"], "number of seconds"),
                                  (["--clock-rate", "0"], "1 to 1000000")):
            done = harness.run("serve", *arguments)
            self.assertEqual(done.returncode, 2, done)
            for word in words:
                self.assertIn(word, done.stderr)


class Polls(world.TestCase):
    """A step at each third time that a deployment is read."""

    options = (*STANDING, "--transitions", "polls:3")

    def test_by_id(self):
        first = self.create("deployed")
        self.assertEqual([self.get(first)["status"] for _ in range(5)],
                         ["queued", "queued", "queued", "deployed", "deployed"])
        second = self.create("deployed")
        self.assertEqual([self.get(second)["status"] for _ in range(4)],
                         ["queued"] * 3 + ["deployed"])
        self.assertEqual([self.get(first)["status"] for _ in range(4)],
                         ["removing"] * 3 + ["archived"])

    def test_every_way_to_read_counts(self):
        id = self.create("deployed")
        self.call("GET", f"/deployments?id={id}")
        self.call("GET", "/devices/dvc_on?expand=current_deployment")
        self.call("GET", "/deployments?id=other")
        self.control("GET", "requests")
        self.server.everything()
        self.assertEqual(self.get(id)["status"], "queued")
        self.assertEqual(self.get(id)["status"], "deployed")

    def test_once_in_an_answer(self):
        """However often it is in there; what HEAD asks for is not shown."""
        id = self.create("deployed")
        self.call("GET", "/devices?id=dvc_on&expand=current_deployment.device.current_deployment")
        self.call("GET", f"/deployments/{id}?expand=device.current_deployment")
        for _ in range(5):
            self.assertEqual(self.server.get(f"/deployments/{id}", method="HEAD").status, 200)
        self.assertEqual([self.get(id)["status"] for _ in range(2)], ["queued", "deployed"])

    def test_rows_of_other_resources(self):
        """What their rows hold may have no id of its own."""
        for path in ("/devices", "/releases?expand=config_schemas", "/config_instances",
                     "/config_instances?expand=content", "/config_instances?expand=config_schema",
                     "/config_schemas?expand=documents", "/git_commits", "/config_types"):
            with self.subTest(path):
                self.call("GET", path)

    def test_offline_does_not_count(self):
        id = self.create("deployed", "dvc_off")
        self.assertEqual({self.get(id)["status"] for _ in range(7)}, {"queued"})
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.assertEqual([self.get(id)["status"] for _ in range(4)],
                         ["queued"] * 3 + ["deployed"])

    def test_exported(self):
        """A count half way is part of a snapshot and of an export."""
        id = self.create("deployed")
        self.get(id)
        exported = self.server.everything()
        self.control("PUT", "snapshots/one")
        self.get(id)
        self.control("POST", "snapshots/one/restore")
        self.assertEqual([self.get(id)["status"] for _ in range(3)],
                         ["queued", "queued", "deployed"])
        self.control("PUT", "fixtures", exported)
        self.assertEqual(self.server.everything(), exported)
        self.assertEqual([self.get(id)["status"] for _ in range(3)],
                         ["queued", "queued", "deployed"])

    def test_set(self):
        self.assertEqual(self.control("GET", "transitions"),
                         {"progression": "polls", "seconds": 0, "times": 3})
        self.assertEqual(self.control("PUT", "transitions", {"progression": "polls", "times": 1}),
                         {"progression": "polls", "seconds": 0, "times": 1})
        id = self.create("deployed")
        self.assertEqual([self.get(id)["status"] for _ in range(2)], ["queued", "deployed"])
        for body, *words in (({"progression": "polls"}, "times is required"),
                             ({"progression": "polls", "times": 0}, "times is required"),
                             ({"progression": "manual", "times": 2}, "times can be set only"),
                             ({"progression": "polls", "times": 1, "seconds": 1}, "seconds")):
            self.refused_control("PUT", "transitions", body, 400, "invalid_request", *words)
        for value in ("polls:", "polls:0", "polls:x", "polls:1.5", "polls:9999999", "polls"):
            self.assertEqual(harness.run("serve", "--transitions", value).returncode, 2, value)


class Step(world.TestCase):
    options = (*STANDING, "--transitions", "manual")

    def test_step(self):
        first = self.create("deployed")
        other = self.create("deployed", "dvc_on2")
        self.create("deployed", "dvc_off")
        self.assertEqual(self.control("POST", "step", {"device_id": "dvc_on"}),
                         {"deployments": [first]})
        self.assertEqual(self.states(first, other),
                         ["deployed/deployed/none", "deployed/queued/none"])
        self.assertEqual(self.control("POST", "step", {"device_id": "dvc_on"}),
                         {"deployments": []})
        second = self.create("deployed")
        self.assertEqual(sorted(self.control("POST", "step")["deployments"]),
                         sorted([other, second]))
        self.assertEqual(self.states(first, other, second),
                         ["archived/removing/none", "deployed/deployed/none",
                          "deployed/deployed/none"])
        self.assertEqual(self.control("POST", "step", {})["deployments"], [first])
        self.assertEqual(self.control("POST", "step", {})["deployments"], [])
        self.refused_control("POST", "step", {"device_id": "dvc_none"}, 404, "resource_not_found",
                             "dvc_none")
        self.refused_control("POST", "step", {"device": "dvc_on"}, 400, "invalid_request",
                             "device")

    def test_before_its_time(self):
        self.start(*STANDING, "--transitions", "60")
        id = self.create("deployed")
        self.control("POST", "clock/advance", {"seconds": 7})
        self.control("POST", "step")
        self.assertEqual(self.get(id)["deployed_at"], at(7))


class Behaviors(world.TestCase):
    options = STANDING

    def setUp(self):
        self.start(*self.options, world=FLEET)

    def behave(self, *rules):
        return self.control("PUT", "behaviors", {"behaviors": rules})

    def hits(self):
        return [rule["hits"] for rule in self.control("GET", "behaviors")["behaviors"]]

    def advance(self, seconds):
        self.control("POST", "clock/advance", {"seconds": seconds})

    def roll_out(self):
        return [self.create("deployed", f"dvc_{i}") for i in range(10)]

    def test_fails_whatever_comes(self):
        self.behave({"device_id": "dvc_3", "error": "failed"})
        ids = self.roll_out()
        self.assertEqual([self.state(id) for id in ids],
                         ["deployed/deployed/none"] * 3 + ["archived/archived/failed"] +
                         ["deployed/deployed/none"] * 6)
        self.assertEqual(self.state(self.create("deployed", "dvc_3")), "archived/archived/failed")
        self.assertEqual(self.hits(), [2])
        # Reset goes back to no rule.
        self.control("POST", "reset")
        self.assertEqual(self.hits(), [])
        self.assertEqual(self.state(self.create("deployed", "dvc_3")), "deployed/deployed/none")

    def test_every_fifth_retries(self):
        self.behave({"every": 5, "error": "retrying", "recover_after": 30})
        ids = self.roll_out()
        retrying = [i for i, id in enumerate(ids) if self.get(id)["status"] == "retrying"]
        self.assertEqual(retrying, [4, 9])
        self.assertEqual(self.state(ids[4]), "deployed/queued/retrying")
        self.advance(29)
        self.assertEqual(self.state(ids[4]), "deployed/queued/retrying")
        self.advance(1)
        self.assertEqual(self.state(ids[4]), "deployed/deployed/none")
        self.assertEqual(self.get(ids[4])["deployed_at"], at(30))
        self.assertEqual(self.hits(), [2])

    def test_takes_longer(self):
        self.behave({"device_id": "dvc_1", "at": "queued", "seconds": 90})
        first, other = self.create("deployed", "dvc_1"), self.create("deployed", "dvc_2")
        self.assertEqual(self.states(first, other),
                         ["deployed/queued/none", "deployed/deployed/none"])
        self.advance(89)
        # An advance, a setting and another deployment do not put it off.
        self.control("PUT", "transitions", {"progression": "manual"})
        self.create("deployed", "dvc_3")
        self.assertEqual(self.state(first), "deployed/queued/none")
        self.advance(1)
        self.assertEqual(self.state(first), "deployed/deployed/none")
        self.assertEqual(self.get(first)["deployed_at"], at(90))

    def test_goes_offline_while_it_installs(self):
        self.behave({"device_id": "dvc_1", "at": "queued", "seconds": 10, "offline_for": 3600})
        id = self.create("deployed", "dvc_1")
        device = lambda: self.call("GET", "/devices/dvc_1")
        self.advance(9)
        self.assertEqual(device()["status"], "online")
        self.advance(1)
        found = device()
        self.assertEqual((found["status"], found["last_disconnected_at"]), ("offline", at(10)))
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.advance(3599)
        self.assertEqual(device()["status"], "offline")
        self.advance(1)
        found = device()
        self.assertEqual((found["status"], found["last_connected_at"]),
                         ("online", "2026-01-01T13:00:10Z"))
        self.assertEqual(self.get(id)["deployed_at"], "2026-01-01T13:00:10Z")
        self.assertEqual(self.hits(), [1])

    def test_offline_then_fails(self):
        self.behave({"device_id": "dvc_1", "offline_for": 60, "error": "failed"})
        id = self.create("deployed", "dvc_1")
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.advance(60)
        self.assertEqual(self.state(id), "archived/archived/failed")

    def test_tester_has_the_last_word(self):
        """A device that a tester brings back, or sends offline, does as the tester said."""
        self.behave({"offline_for": 60})
        id = self.create("deployed", "dvc_1")
        self.get(id)
        self.control("PATCH", "devices/dvc_1", {"status": "online"})
        self.assertEqual(self.state(id), "deployed/deployed/none")
        self.control("PATCH", "devices/dvc_1", {"status": "offline"})
        self.advance(100)
        self.assertEqual(self.call("GET", "/devices/dvc_1")["status"], "offline")

    def test_tester_archives_a_device(self):
        """It stays archived, and an export of that loads again."""
        self.behave({"offline_for": 60})
        self.get(self.create("deployed", "dvc_1"))
        self.control("PATCH", "devices/dvc_1", {"status": "archived"})
        exported = self.server.everything()
        self.control("PUT", "fixtures", exported)
        self.assertEqual(self.server.everything(), exported)
        self.advance(61)
        self.assertEqual(self.call("GET", "/devices/dvc_1")["status"], "archived")

    def test_replaced_while_it_recovers(self):
        """It recovers, and then is not installed any more."""
        self.behave({"error": "retrying", "recover_after": 60, "times": 1})
        first = self.create("deployed", "dvc_1")
        self.assertEqual(self.get(first)["status"], "retrying")
        second = self.create("deployed", "dvc_1")
        self.assertEqual(self.states(first, second),
                         ["archived/queued/retrying", "deployed/deployed/none"])
        self.advance(60)
        self.assertEqual(self.state(first), "archived/archived/none")
        self.assertEqual(self.hits(), [1])

    def test_offline_meanwhile(self):
        """What takes long takes as long again, once the device is back; so does a recovery."""
        self.behave({"device_id": "dvc_1", "seconds": 600},
                    {"device_id": "dvc_2", "error": "retrying", "recover_after": 60})
        slow, ill = self.create("deployed", "dvc_1"), self.create("deployed", "dvc_2")
        self.assertEqual(self.states(slow, ill), ["deployed/queued/none", "deployed/queued/retrying"])
        for status in ("offline", "online"):
            self.control("PATCH", "devices?id=dvc_1|dvc_2", {"status": status})
        self.assertEqual(self.states(slow, ill), ["deployed/queued/none", "deployed/queued/retrying"])
        self.advance(60)
        self.assertEqual(self.states(slow, ill), ["deployed/queued/none", "deployed/deployed/none"])
        self.advance(540)
        self.assertEqual(self.get(slow)["deployed_at"], at(600))
        self.assertEqual(self.hits(), [1, 1])

    def test_clock_set_back(self):
        """What waits until then waits as long from now."""
        self.behave({"device_id": "dvc_1", "seconds": 60}, {"device_id": "dvc_2", "offline_for": 60},
                    {"device_id": "dvc_3", "error": "retrying", "recover_after": 60})
        ids = [self.create("deployed", f"dvc_{i}") for i in (1, 2, 3)]
        self.get(ids[0])
        self.control("PUT", "clock", {"mode": "frozen", "now": "2020-01-01T00:00:00Z"})
        self.advance(59)
        self.assertEqual([self.get(id)["status"] for id in ids], ["queued", "queued", "retrying"])
        self.advance(1)
        self.assertEqual([self.get(id)["status"] for id in ids], ["deployed"] * 3)

    def test_goes_on_where_nothing_else_does(self):
        """With the pace manual, a device that comes back goes on with its step."""
        self.control("PUT", "transitions", {"progression": "polls", "times": 1})
        self.behave({"offline_for": 60})
        id = self.create("deployed", "dvc_1")
        self.get(id)
        self.control("PUT", "transitions", {"progression": "manual"})
        self.advance(59)
        self.assertEqual(self.call("GET", "/devices/dvc_1")["status"], "offline")
        self.advance(1)
        self.assertEqual(self.state(id), "deployed/deployed/none")

    def test_causes(self):
        """Events tell what a device did by a rule from what it did by itself."""
        self.behave({"device_id": "dvc_1", "offline_for": 60})
        ids = [self.create("deployed", f"dvc_{i}") for i in (1, 2)]
        self.get(ids[0])
        self.advance(60)
        self.get(ids[0])
        told = {(e["id"], e["field"], e["to"], e["cause"]["kind"])
                for e in self.control("GET", "events")["events"] if e["kind"] == "change"}
        self.assertLessEqual({("dvc_1", "status", "offline", "behavior"),
                              ("dvc_1", "status", "online", "behavior"),
                              (ids[0], "activity_status", "deployed", "step"),
                              (ids[1], "activity_status", "deployed", "step")}, told)

    def test_groups(self):
        """With subgroups; the first rule that matches."""
        self.behave({"group_id": "grp_2", "release_id": "rls_0", "times": 1, "error": "retrying"},
                    {"group_id": "grp_1", "error": "failed"})
        ids = self.roll_out()
        self.assertEqual([self.get(id)["status"] for id in ids],
                         ["retrying"] + ["failed"] * 7 + ["deployed"] * 2)
        self.assertEqual(self.hits(), [1, 7])
        self.advance(100000)
        self.assertEqual(self.get(ids[0])["status"], "retrying")  # it never recovers

    def test_at(self):
        first = self.create("deployed", "dvc_1")
        self.assertEqual(self.get(first)["status"], "deployed")
        self.behave({"at": "removing", "error": "retrying", "recover_after": 5},
                    {"at": "deployed", "seconds": 7})
        second = self.create("deployed", "dvc_1")
        self.assertEqual(self.states(first, second),
                         ["archived/deployed/none", "deployed/deployed/none"])
        self.advance(7)
        self.assertEqual(self.state(first), "archived/removing/retrying")
        self.advance(5)
        self.assertEqual(self.state(first), "archived/archived/none")
        self.assertEqual(self.get(first)["archived_at"], at(12))
        self.assertEqual(self.hits(), [1, 1])

    def test_polls_and_step(self):
        """A rule is looked at when the step is due, whatever makes it due."""
        self.control("PUT", "transitions", {"progression": "polls", "times": 2})
        self.behave({"device_id": "dvc_1", "error": "retrying", "recover_after": 9})
        id = self.create("deployed", "dvc_1")
        self.assertEqual([self.get(id)["status"] for _ in range(3)],
                         ["queued", "queued", "retrying"])
        self.control("POST", "step")
        self.assertEqual(self.state(id), "deployed/deployed/none")
        self.behave({"seconds": 1000})
        id = self.create("deployed", "dvc_2")
        self.control("POST", "step")  # now, however long it takes
        self.assertEqual(self.state(id), "deployed/deployed/none")

    def test_exported_half_way(self):
        self.behave({"error": "retrying", "recover_after": 30, "device_id": "dvc_1"},
                    {"seconds": 50, "device_id": "dvc_2"},
                    {"offline_for": 70, "error": "failed", "device_id": "dvc_3"})
        ids = [self.create("deployed", f"dvc_{i}") for i in (1, 2, 3)]
        exported = self.server.everything()
        self.control("DELETE", "behaviors")
        self.control("PUT", "fixtures", exported)
        self.assertEqual(self.server.everything(), exported)
        self.advance(100)
        self.assertEqual([self.get(id)["status"] for id in ids],
                         ["deployed", "deployed", "failed"])
        self.assertEqual(self.get(ids[1])["deployed_at"], at(50))

    def test_wrong_fixtures(self):
        exported = self.server.everything()
        dpl = {"id": "dpl_1", "device_id": "dvc_1", "release_id": "rls_0",
               "activity_status": "queued"}
        for more, *words in (({"step": "{"}, "/deployments/0/step", "an export"),
                             ({"step": '{"reads":-1}'}, "/deployments/0/step"),
                             ({"step": '{"error":"none"}'}, "/deployments/0/step"),
                             ({"step": '{"other":1}'}, "/deployments/0/step"),
                             ({"due_at": START}, "/deployments/0/due_at", "waiting_since")):
            answer = self.server.control("POST", "fixtures", {"deployments": [{**dpl, **more}]})
            self.assert_refused(answer, 400, "invalid_fixtures", *words)
        answer = self.server.control("PUT", "fixtures", {**exported, "devices": [
            {**exported["devices"][0], "online_at": START}]})
        self.assert_refused(answer, 400, "invalid_fixtures", "/devices/0/online_at", "offline")
        self.assertEqual(self.server.everything(), exported)

    def test_refused(self):
        self.behave({"device_id": "dvc_1", "error": "failed"})
        for rule, *words in (({}, "behaviors[0]: one of error, seconds and offline_for"),
                             ({"every": 5}, "one of error"),
                             ({"error": "none"}, "behaviors[0].error", "failed or retrying"),
                             ({"error": "broken"}, "failed"),
                             ({"error": "failed", "recover_after": 1}, "recover_after"),
                             ({"offline_for": 1, "recover_after": 1}, "recover_after"),
                             ({"at": "staged", "seconds": 1}, "behaviors[0].at", "queued"),
                             ({"device_id": "dvc_x", "seconds": 1}, "device 'dvc_x' not found"),
                             ({"group_id": "x", "seconds": 1}, "group 'x' not found"),
                             ({"release_id": "x", "seconds": 1}, "release 'x' not found"),
                             ({"every": 0, "seconds": 1}, "every"),
                             ({"seconds": -1}, "seconds"),
                             ({"sekonds": 1}, "sekonds")):
            self.refused_control("PUT", "behaviors", {"behaviors": [rule]}, 400,
                                 "invalid_request", *words)
        self.refused_control("PUT", "behaviors", {"behaviors": [{"seconds": 1}] * 101}, 400,
                             "invalid_request", "at most 100", "101")
        self.refused_control("POST", "behaviors", {"behaviors": [{"seconds": 1}] * 100}, 400,
                             "invalid_request", "at most 100", "101")
        self.assertEqual(self.hits(), [0])

    def test_add(self):
        """POST adds, and leaves counts alone; what GET answers can be PUT."""
        self.behave({"device_id": "dvc_1", "error": "failed"})
        self.get(self.create("deployed", "dvc_1"))
        added = self.control("POST", "behaviors", {"behaviors": [{"seconds": 1.5}]})
        self.assertEqual(added["behaviors"], [
            {"device_id": "dvc_1", "group_id": None, "release_id": None, "at": None,
             "every": None, "times": None, "error": "failed", "recover_after": None,
             "seconds": None, "offline_for": None, "hits": 1},
            {"device_id": None, "group_id": None, "release_id": None, "at": None, "every": None,
             "times": None, "error": None, "recover_after": None, "seconds": 1.5,
             "offline_for": None, "hits": 0}])
        put = self.control("PUT", "behaviors", added)
        self.assertEqual([rule["hits"] for rule in put["behaviors"]], [0, 0])
        self.assertEqual(self.control("DELETE", "behaviors"), {"behaviors": []})


class Many(world.TestCase):
    """PATCH /_mock/devices: all that filters find, or none."""

    options = STANDING

    def setUp(self):
        self.start(*self.options, world=FLEET)

    def statuses(self):
        return {d["id"]: d["status"] for d in self.control("GET", "devices?limit=100")["data"]}

    def test_filters(self):
        changed = self.control("PATCH", "devices?group_id=grp_3", {"status": "offline"})
        self.assertEqual(sorted(changed["devices"]), ["dvc_8", "dvc_9"])
        self.assertEqual([id for id, status in self.statuses().items() if status == "offline"],
                         changed["devices"])
        changed = self.control("PATCH", "devices?status=offline&id=dvc_8|dvc_1",
                               {"status": "online"})
        self.assertEqual(changed, {"devices": ["dvc_8"]})
        self.assertEqual(self.control("PATCH", "devices?status=archived", {"description": "x"}),
                         {"devices": []})

    def test_more_than_a_page(self):
        devices = [{"id": f"d{i}", "name": f"n{i}"} for i in range(250)]
        self.control("PUT", "fixtures", {**FLEET, "devices": devices})
        changed = self.control("PATCH", "devices", {"status": "activating"})
        self.assertEqual(len(changed["devices"]), 250)
        self.assertEqual({d["status"] for d in self.server.everything()["devices"]},
                         {"activating"})

    def test_it_happens_to_each(self):
        """A device that comes online goes on with what was deployed to it."""
        self.control("PATCH", "devices", {"status": "offline"})
        ids = [self.create("deployed", f"dvc_{i}") for i in range(10)]
        self.control("PATCH", "devices?group_id=grp_2", {"status": "online"})
        self.assertEqual([self.get(id)["status"] for id in ids],
                         ["deployed"] * 8 + ["queued"] * 2)

    def test_none_if_one_refuses(self):
        self.create("deployed", "dvc_5")
        self.refused_control("PATCH", "devices", {"status": "inactive"}, 409, "impossible_transition",
                             "dvc_5")

    def test_refused(self):
        for query, body, *words in (("limit=1", {}, "limit"), ("order_by=id", {}, "order_by"),
                                    ("expand=group", {}, "expand"), ("offset=1", {}, "offset"),
                                    ("colour=red", {}, "colour"),
                                    ("status=broken", {}, "status"),
                                    ("", {"status": "broken"}, "online")):
            self.refused_control("PATCH", f"devices?{query}", body, 400, "invalid_request", *words)
        self.refused_control("PATCH", "devices", {"group_id": "grp_no"}, 404,
                             "resource_not_found", "grp_no")


class Histories(harness.TestCase):
    """Whatever is asked, in whatever order: what must hold of devices and deployments holds."""

    arguments = None
    HISTORIES, LENGTH = int(os.environ.get("MIRU_MOCK_HISTORIES", 5 if harness.instrumented() else 20)), 40

    def rule(self, draw):
        rule = draw.choice([
            {"error": "failed"}, {"error": "retrying"}, {"error": "retrying", "recover_after": 30},
            {"seconds": 20}, {"offline_for": 45}, {"seconds": 7, "offline_for": 9, "error": "failed"},
            {"offline_for": 5, "error": "retrying", "recover_after": 3}])
        for name, value in (("device_id", f"dvc_{draw.randrange(4)}"), ("group_id", "grp_1"),
                            ("at", draw.choice(["queued", "deployed", "removing"])),
                            ("every", draw.randint(1, 3)), ("times", draw.randint(1, 4)),
                            ("release_id", draw.choice(["rls_0", "rls_1"]))):
            if draw.random() < 0.3:
                rule[name] = value
        return rule

    def act(self, draw, client):
        """One request of a tester or of a client; what it has answered."""
        device = f"dvc_{draw.randrange(4)}"
        deployments = client.control("GET", "deployments?limit=100").json["data"]
        some = draw.choice(deployments)["id"] if deployments else "dpl_none"
        requests = [
            (8, lambda: client.call("POST", "/deployments", world.body(
                draw.choice(["staged", "deployed", "deployed", "deployed"]), device))),
            (2, lambda: client.call("POST", f"/deployments/{some}/deploy")),
            (1, lambda: client.call("POST", f"/deployments/{some}/archive")),
            (3, lambda: client.call(
                "GET", f"/deployments/{some}?expand=device.current_deployment")),
            (2, lambda: client.call("GET", "/deployments?limit=100")),
            (4, lambda: client.control("POST", "clock/advance",
                                       {"seconds": draw.choice([1, 10, 100])})),
            (1, lambda: client.control("PUT", "clock", {
                "mode": "frozen", "now": at(draw.randrange(3000)),
                "tick": draw.choice([0, 0, 3])})),
            (1, lambda: client.control("PUT", "transitions", draw.choice([
                {"progression": "immediate"}, {"progression": "manual"},
                {"progression": "time", "seconds": 15}, {"progression": "polls", "times": 2}]))),
            (2, lambda: client.control("PUT", "behaviors", {"behaviors": [
                self.rule(draw) for _ in range(draw.randint(1, 4))]})),
            (4, lambda: client.control("PATCH", f"devices/{device}", {
                "status": draw.choice(["online", "online", "offline", "archived"])})),
            (1, lambda: client.control("PATCH", f"deployments/{some}", {
                "error_status": draw.choice(["none", "retrying", "failed"])})),
            (1, lambda: client.control("POST", "step",
                                       draw.choice([None, {"device_id": device}]))),
            (0.2, lambda: client.control("POST", "reset")),
        ]
        return draw.choices([ask for _, ask in requests], [weight for weight, _ in requests])[0]()

    def check(self, document):
        devices = {d["id"]: d for d in document["devices"]}
        current = [d["device_id"] for d in document.get("deployments", [])
                   if d["target_status"] == "deployed"]
        self.assertEqual(len(current), len(set(current)))
        for deployment in document.get("deployments", []):
            if deployment["error_status"] == "failed":
                self.assertEqual((deployment["target_status"], deployment["activity_status"]),
                                 ("archived", "archived"))
            if "waiting_since" in deployment:
                self.assertEqual(devices[deployment["device_id"]]["status"], "online")
            else:
                self.assertNotIn("due_at", deployment)
        for device in devices.values():
            if "online_at" in device:
                self.assertEqual(device["status"], "offline")

    def settle(self, client):
        """Without rules, all online, and after a long time: everybody is where they were to be."""
        client.control("DELETE", "behaviors")
        client.control("PUT", "transitions", {"progression": "immediate"})
        client.control("PATCH", "devices", {"status": "online"})
        client.control("POST", "clock/advance", {"seconds": 1000000})
        for deployment in client.control("GET", "fixtures").json.get("deployments", []):
            if deployment["error_status"] == "retrying":
                answer = client.control("PATCH", f"deployments/{deployment['id']}",
                                        {"error_status": "none"})
                self.assertEqual(answer.status, 200, answer.text)
        deployments = client.control("GET", "fixtures").json.get("deployments", [])
        current = {d["device_id"] for d in deployments if d["target_status"] == "deployed"}
        for deployment in deployments:
            said = (deployment["target_status"], deployment["activity_status"],
                    deployment["error_status"])
            # What is to run in its place has failed, so it was not removed (11.4, row 8).
            if said == ("archived", "deployed", "none"):
                self.assertNotIn(deployment["device_id"], current)
                continue
            self.assertIn(said, [("deployed", "deployed", "none"), ("archived", "archived", "none"),
                                 ("archived", "archived", "failed"), ("staged", "staged", "none"),
                                 ("staged", "drifted", "none")], deployment)

    def live(self, number):
        """The bytes of all answers."""
        draw = random.Random(number)
        said = []
        with harness.File({**FLEET, "devices": FLEET["devices"][:4]}) as file, \
                harness.Server("--fixtures", file, "--seed", str(number), *STANDING) as server, \
                harness.Client(server) as client:
            client.control("PUT", "behaviors", {"behaviors": [self.rule(draw), self.rule(draw)]})
            for _ in range(self.LENGTH):
                answer = self.act(draw, client)
                self.assertLess(answer.status, 500, answer.text)
                said.append(answer.text)
                exported = client.control("GET", "fixtures")
                self.check(exported.json)
                said.append(exported.text)
            with harness.Server("--empty", "--clock", client.control("GET", "clock").json["now"],
                                "--transitions", "manual") as other:
                answer = other.control("PUT", "fixtures", exported.json)
                self.assertEqual(answer.status, 200, answer.text)
                # A device may come back meanwhile; nothing else happens by itself.
                if not any("online_at" in d or "due_at" in d for array in ("devices", "deployments")
                           for d in exported.json.get(array, [])):
                    self.assertEqual(other.control("GET", "fixtures").text, exported.text)
            self.settle(client)
        return said

    def test_histories(self):
        for number in range(self.HISTORIES):
            with self.subTest(history=number):
                said = self.live(number)
                if number % 10 == 0:
                    self.assertEqual(self.live(number), said)


if __name__ == "__main__":
    harness.main()
