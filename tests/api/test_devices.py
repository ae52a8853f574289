# SPDX-License-Identifier: MIT
"""The simulated devices: what they do, and when (rows 7 to 12 and 14 of the behaviour's 11.4), and
the control endpoints that drive them."""

import harness
import world
from harness import EVERGLADES, RAINIER, TETONS

START = "2026-01-01T12:00:00Z"
STANDING = ("--log", "off", "--clock", START)


def at(seconds):
    return f"2026-01-01T12:00:{seconds:02}Z"


class Immediate(world.TestCase):
    """By default a device has done its steps when somebody looks next."""

    options = STANDING

    def test_7_to_9(self):
        first = self.create("deployed")
        self.assertEqual(self.state(first), "deployed/deployed/none")
        second = self.create("deployed")
        self.assertEqual(self.states(first, second),
                         ["archived/archived/none", "deployed/deployed/none"])
        found = self.get(first)
        self.assertEqual((found["queued_at"], found["deployed_at"], found["archived_at"]),
                         (START, START, START))
        # Times tell the order of what happened within a moment.
        found = {d["id"]: d for d in self.server.everything()["deployments"]}
        times = [found[first]["queued_at"], found[first]["deployed_at"],
                 found[second]["queued_at"], found[second]["deployed_at"],
                 found[first]["archived_at"]]
        self.assertEqual(times, sorted(set(times)))

    def test_whoever_looks(self):
        """A list, an expansion, a count, an export or a change see it done, too."""
        for look in (lambda id: self.call("GET", f"/deployments?id={id}")["data"][0],
                     lambda id: self.call("GET", "/devices/dvc_on?expand=current_deployment")
                     ["current_deployment"],
                     lambda id: [d for d in self.server.everything()["deployments"]
                                 if d["id"] == id][0],
                     lambda id: self.call("GET", f"/deployments/{self.create()}?expand=parent")
                     ["parent"],
                     lambda id: self.call("GET", f"/deployments/{self.create()}/drifts") and
                     self.get(id)):
            id = self.create("deployed")
            self.assertEqual(look(id)["status"], "deployed")
        id = self.create("deployed")
        counted = self.call("GET", "/deployments?activity_status=queued&expand=total_count")
        self.assertEqual(counted["total_count"], 0)
        # The call that deploys answers what it made.
        self.assertEqual(self.call("POST", f"/deployments/{self.create()}/deploy")["status"],
                         "queued")

    def test_offline_waits(self):
        first = self.create("deployed", "dvc_off")
        second = self.create("deployed", "dvc_off")
        self.assertEqual(self.states(first, second),
                         ["archived/queued/none", "deployed/queued/none"])
        self.control("POST", "clock/advance", {"seconds": 30})
        self.assertEqual(self.states(first, second),
                         ["archived/queued/none", "deployed/queued/none"])
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.assertEqual(self.states(first, second),
                         ["archived/archived/none", "deployed/deployed/none"])
        found = self.get(second)
        self.assertEqual((found["queued_at"], found["deployed_at"]), (at(0), at(30)))
        self.assertIsNone(self.get(first)["deployed_at"])
        # Offline and back: what is deployed meanwhile waits again.
        self.control("PATCH", "devices/dvc_off", {"status": "offline"})
        third = self.create("deployed", "dvc_off")
        self.assertEqual(self.states(second, third),
                         ["archived/deployed/none", "deployed/queued/none"])
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.assertEqual(self.states(second, third),
                         ["archived/archived/none", "deployed/deployed/none"])

    def test_many_wait(self):
        """What has piled up is done in its order, and what comes next is none the slower."""
        made = []
        with harness.Client(self.server) as client:
            for _ in range(2000):
                answer = client.call("POST", "/deployments", world.body("deployed", "dvc_off"))
                made.append(answer.json["id"])
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        found = self.server.everything()["deployments"]
        self.assertEqual([d["id"] for d in found], made)
        self.assertEqual({d["activity_status"] for d in found[:-1]}, {"archived"})
        self.assertEqual(found[-1]["activity_status"], "deployed")
        times = [d["archived_at"] for d in found[:-1]]
        self.assertEqual(len(set(times)), len(times))
        self.assertLess(max(d["queued_at"] for d in found), min(times))

    def test_no_other_status_wakes(self):
        """Nor does setting an error back, on a device that is not online."""
        id = self.create("deployed", "dvc_off")
        for status in ("offline", "activating", "archived"):
            self.control("PATCH", "devices/dvc_off", {"status": status})
            self.report(id, error_status="retrying")
            self.report(id, error_status="none")
            self.assertEqual(self.state(id), "deployed/queued/none")

    def test_every_other_status_waits(self):
        for status in ("offline", "archived", "activating"):
            self.control("PATCH", "devices/dvc_on", {"status": "offline"})
            id = self.create("deployed")
            self.control("PATCH", "devices/dvc_on", {"status": status})
            self.assertEqual(self.state(id), "deployed/queued/none")
            self.control("PATCH", "devices/dvc_on", {"status": "online"})
            self.assertEqual(self.state(id), "deployed/deployed/none")

    def test_what_is_loaded_stays(self):
        """Until something happens to its device."""
        self.start(world={**world.WORLD, "deployments": [
            {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_0",
             "activity_status": "removing"},
            {"id": "dpl_b", "device_id": "dvc_on", "release_id": "rls_0",
             "activity_status": "queued"},
            {"id": "dpl_c", "device_id": "dvc_on2", "release_id": "rls_0",
             "activity_status": "queued"}]})
        self.assertEqual(self.states("dpl_a", "dpl_b", "dpl_c"),
                         ["archived/removing/none", "deployed/queued/none",
                          "deployed/queued/none"])
        new = self.create("deployed")
        self.assertEqual(self.states("dpl_a", "dpl_b", "dpl_c", new),
                         ["archived/archived/none", "archived/archived/none",
                          "deployed/queued/none", "deployed/deployed/none"])

    def test_what_is_loaded_may_wait(self):
        waiting = {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_0",
                   "activity_status": "queued", "waiting_since": "2026-01-01T00:00:00Z"}
        self.start(world={**world.WORLD, "deployments": [waiting]})
        self.assertEqual(self.state("dpl_a"), "deployed/deployed/none")


class Timed(world.TestCase):
    """A step each five seconds of a clock that stands."""

    options = (*STANDING, "--transitions", "5")

    def advance(self, seconds):
        return self.control("POST", "clock/advance", {"seconds": seconds})

    def test_7_to_9(self):
        first = self.create("deployed")
        self.advance(4.999999)
        self.assertEqual(self.state(first), "deployed/queued/none")
        self.advance(0.000001)
        self.assertEqual(self.state(first), "deployed/deployed/none")
        self.assertEqual(self.get(first)["deployed_at"], at(5))
        queued = self.create("deployed")  # at 5
        self.advance(2)
        second = self.create("deployed")  # at 7
        self.assertEqual(self.states(first, queued, second),
                         ["archived/deployed/none", "archived/queued/none",
                          "deployed/queued/none"])
        self.advance(4)
        self.assertEqual(self.states(first, queued, second),
                         ["archived/deployed/none", "archived/queued/none",
                          "deployed/queued/none"])
        self.advance(1)
        self.assertEqual(self.states(first, queued, second),
                         ["archived/removing/none", "archived/archived/none",
                          "deployed/deployed/none"])
        self.assertEqual(self.get(queued)["archived_at"], at(12))
        self.assertIsNone(self.get(queued)["deployed_at"])
        self.advance(5)
        found = self.get(first)
        self.assertEqual(found["status"], "archived")
        self.assertEqual((found["queued_at"], found["deployed_at"], found["archived_at"]),
                         (at(0), at(5), at(17)))

    def test_two_devices(self):
        """Each in its own time."""
        first = self.create("deployed")
        self.advance(3)
        second = self.create("deployed", "dvc_on2")
        self.advance(3)
        self.assertEqual(self.states(first, second),
                         ["deployed/deployed/none", "deployed/queued/none"])
        self.control("PATCH", "devices/dvc_on2", {"status": "offline"})
        third = self.create("deployed")
        self.advance(5)
        self.assertEqual(self.states(second, third),
                         ["deployed/queued/none", "deployed/deployed/none"])
        # One that goes offline takes nothing from the others.
        self.control("PATCH", "devices/dvc_on2", {"status": "online"})
        fourth = self.create("deployed")
        self.control("PATCH", "devices/dvc_on2", {"status": "offline"})
        self.advance(5)
        self.assertEqual(self.states(second, fourth),
                         ["deployed/queued/none", "deployed/deployed/none"])

    def test_woken_while_it_waits(self):
        """What has begun to wait is not put off by what comes after."""
        first = self.create("deployed")
        self.advance(5)
        self.create("deployed")
        self.advance(5)
        self.assertEqual(self.state(first), "archived/removing/none")
        self.advance(3)
        self.create("deployed")
        self.advance(2)
        self.assertEqual(self.get(first)["archived_at"], at(15))

    def test_what_waits(self):
        """Only what an online device has a step to do with: as it is exported."""
        def waiting():
            return {d["id"]: d["waiting_since"] for d in self.server.everything()["deployments"]
                    if "waiting_since" in d}

        first = self.create("deployed")
        self.assertEqual(waiting(), {first: START})
        self.advance(3)
        self.control("PATCH", "devices/dvc_on", {"status": "offline"})
        self.assertEqual(waiting(), {})
        offline = self.create("deployed", "dvc_off")
        self.advance(1)
        self.control("PATCH", "devices/dvc_on", {"status": "online"})
        self.assertEqual(waiting(), {first: at(4)})
        self.advance(5)
        self.assertEqual(self.get(first)["deployed_at"], at(9))
        second = self.create("deployed")
        self.assertEqual(waiting(), {second: at(9)})
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.assertEqual(waiting(), {second: at(9), offline: at(9)})

    def test_loaded_with_a_time(self):
        """A step dates what it reaches, whatever was said of that before."""
        self.start(*self.options, world={**world.WORLD, "deployments": [
            {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_0",
             "activity_status": "queued", "deployed_at": "2025-01-01T00:00:00Z",
             "created_at": "2025-01-01T00:00:00Z",
             "waiting_since": "2026-01-01T11:00:00Z"}]})
        self.assertEqual(self.get("dpl_a")["deployed_at"], "2026-01-01T11:00:05Z")

    def test_nothing_moves_between_looks(self):
        """Twice the same answer, however long the real clock takes."""
        id = self.create("deployed")
        self.advance(3)
        self.assertEqual(self.server.everything(), self.server.everything())
        self.assertEqual(self.state(id), "deployed/queued/none")

    def test_steps_are_dated_when_they_were_due(self):
        """Whenever somebody looks: all of it, in its order."""
        first = self.create("deployed")
        self.advance(6)
        self.control("PATCH", "devices/dvc_on", {"description": "look"})
        second = self.create("deployed")
        self.advance(50)
        found = self.get(first)
        self.assertEqual((found["deployed_at"], found["archived_at"]), (at(5), at(16)))
        self.assertEqual(self.get(second)["deployed_at"], at(11))
        self.assertEqual(self.get(second)["updated_at"], at(11))

    def test_offline_in_between(self):
        id = self.create("deployed")
        self.advance(3)
        self.control("PATCH", "devices/dvc_on", {"status": "offline"})
        self.advance(20)
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.control("PATCH", "devices/dvc_on", {"status": "online"})
        self.advance(4)
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.advance(1)
        self.assertEqual(self.get(id)["deployed_at"], at(28))

    def test_offline_too_late(self):
        """What was due before it went offline was done."""
        id = self.create("deployed")
        self.advance(7)
        self.control("PATCH", "devices/dvc_on", {"status": "offline"})
        self.assertEqual(self.state(id), "deployed/deployed/none")
        self.assertEqual(self.get(id)["deployed_at"], at(5))

    def test_clock_set(self):
        id = self.create("deployed")
        self.control("PUT", "clock", {"mode": "frozen", "now": at(4)})
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.control("PUT", "clock", {"mode": "frozen", "now": at(5)})
        self.assertEqual(self.state(id), "deployed/deployed/none")
        self.control("PUT", "clock", {"mode": "frozen", "now": "2025-01-01T00:00:00Z"})
        self.assertEqual(self.get(self.create(device="dvc_on2"))["created_at"],
                         "2025-01-01T00:00:00Z")

    def test_clock_set_back(self):
        """What waits, waits from then on."""
        id = self.create("deployed")
        self.advance(4)
        self.control("PUT", "clock", {"mode": "frozen", "now": "2025-01-01T00:00:00Z"})
        self.advance(4)
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.advance(1)
        self.assertEqual(self.state(id), "deployed/deployed/none")
        # Nor is the pace one of a time to come.
        self.control("PUT", "transitions", {"progression": "manual"})
        id = self.create("deployed")
        self.control("PUT", "transitions", {"progression": "time", "seconds": 5})
        self.control("PUT", "clock", {"mode": "frozen", "now": "2024-01-01T00:00:00Z"})
        self.advance(5)
        self.assertEqual(self.state(id), "deployed/deployed/none")

    def test_pace_changed(self):
        """What is due by the new pace alone is done when that was set, not in the past."""
        id = self.create("deployed")
        self.advance(3)
        self.control("PUT", "transitions", {"progression": "manual"})
        self.advance(20)
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.control("PUT", "transitions", {"progression": "time", "seconds": 30})
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.advance(7)
        self.assertEqual(self.get(id)["deployed_at"], at(30))
        id = self.create("deployed")
        self.advance(8)
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.control("PUT", "transitions", {"progression": "time", "seconds": 5})
        self.assertEqual(self.get(id)["deployed_at"], at(38))
        self.control("PUT", "transitions", {"progression": "manual"})
        id = self.create("deployed")
        self.advance(4)
        self.control("PUT", "transitions", {"progression": "immediate"})
        self.assertEqual(self.state(id), "deployed/deployed/none")
        self.assertEqual(self.get(id)["deployed_at"], at(42))

    def test_looking_costs_no_time(self):
        """The same changes have the same times, whether somebody looks in between or not."""
        def story(look):
            self.start(*self.options, "--seed", "1")
            for i in range(6):
                self.create(["deployed", "staged"][i % 2])
                if look:
                    self.server.everything()
                self.advance(3)
                if look:
                    self.call("GET", "/deployments")
                    self.control("GET", "clock")
            return self.server.everything()

        self.assertEqual(story(True), story(False))

    def test_real_clock(self):
        """What runs can be moved on, too."""
        self.start("--transitions", "3600")
        id = self.create("deployed")
        self.assertEqual(self.state(id), "deployed/queued/none")
        self.assertEqual(self.advance(3601)["mode"], "real")
        self.assertEqual(self.state(id), "deployed/deployed/none")


class Reports(world.TestCase):
    """PATCH /_mock/deployments/{id}, with devices that do nothing by themselves."""

    options = (*STANDING, "--transitions", "manual")

    def refuse(self, id, said, *words):
        self.refused_control("PATCH", f"deployments/{id}", said, 409, "impossible_transition",
                             *words, params={"deployment_id": id})

    def test_7_installed(self):
        id = self.create("deployed")
        self.control("POST", "clock/advance", {"seconds": 3})
        found = self.report(id, activity_status="deployed")
        self.assertEqual(found["activity_status"], "deployed")
        self.assertEqual(self.get(id)["deployed_at"], at(3))

    def test_8_9_removed(self):
        first = self.create("deployed")
        self.report(first, activity_status="deployed")
        second = self.create("deployed")
        self.report(second, activity_status="deployed")
        self.assertEqual(self.state(first), "archived/deployed/none")
        self.report(first, activity_status="removing")
        self.assertEqual(self.get(first, TETONS)["status"], "deployed")
        self.assertEqual(self.get(first, RAINIER)["status"], "removing")
        self.assertIsNone(self.get(first)["archived_at"])
        self.report(first, activity_status="archived")
        self.assertEqual(self.get(first)["archived_at"], START)
        self.assertEqual(self.state(first), "archived/archived/none")

    def test_9_never_installed(self):
        first = self.create("deployed")
        self.create("deployed")
        self.report(first, activity_status="archived")
        self.assertEqual(self.state(first), "archived/archived/none")

    def test_10_11_retrying(self):
        for make in (lambda: self.create("deployed"), lambda: self.create("staged"),
                     lambda: self.create("deployed", "dvc_off")):
            id = make()
            before = self.state(id)
            self.report(id, error_status="retrying")
            self.assertEqual(self.state(id), before.replace("none", "retrying"))
            self.assertEqual(self.get(id)["status"], "retrying")
            self.report(id, error_status="none")
            self.assertEqual(self.state(id), before)
        # The device reaches what it was meant to: it recovers by that.
        id = self.create("deployed")
        self.report(id, error_status="retrying")
        self.report(id, activity_status="deployed")
        self.assertEqual(self.state(id), "deployed/deployed/none")
        # Unless it says otherwise.
        self.report(id, error_status="retrying")
        self.assertEqual(self.state(id), "deployed/deployed/retrying")
        self.report(id, activity_status="deployed")
        self.assertEqual(self.state(id), "deployed/deployed/none")
        self.report(id, error_status="retrying")
        second = self.create("deployed")
        self.report(second, activity_status="deployed", error_status="retrying")
        self.assertEqual(self.state(second), "deployed/deployed/retrying")

    def test_still_retrying(self):
        id = self.create("deployed")
        self.report(id, error_status="retrying")
        self.report(id, activity_status="deployed", error_status="retrying")
        self.assertEqual(self.state(id), "deployed/deployed/retrying")

    def test_times(self):
        """A report has a time of its own, one for all that it does."""
        id = self.create("deployed", "dvc_off")
        found = self.report(id, activity_status="deployed")
        self.assertEqual(found["deployed_at"], found["updated_at"])
        self.assertGreater(found["deployed_at"].rstrip("Z"), found["queued_at"].rstrip("Z"))

    def test_12_failed(self):
        for make in (lambda: self.create("deployed"), lambda: self.create("staged")):
            for more in ({}, {"activity_status": "archived"}):
                id = make()
                self.report(id, error_status="failed", **more)
                self.assertEqual(self.state(id), "archived/archived/failed")
                self.assertEqual(self.get(id)["archived_at"], START)
                for said in ({"error_status": "none"}, {"error_status": "retrying"},
                             {"activity_status": "deployed"}, {"activity_status": "queued"}):
                    self.refuse(id, said)
                self.report(id, error_status="failed", activity_status="archived")
        id = self.create("deployed")
        self.report(id, error_status="retrying")
        self.report(id, error_status="failed")
        self.assertEqual(self.state(id), "archived/archived/failed")

    def test_12_the_device_is_free(self):
        """A failed deployment is nobody's current one, and the next has no parent."""
        id = self.create("deployed")
        self.report(id, error_status="failed")
        device = self.call("GET", "/devices/dvc_on?expand=current_deployment,current_release")
        self.assertIsNone(device["current_deployment"])
        self.assertIsNone(device["current_release"])
        self.assertIsNone(self.get(self.create("deployed", parent_id=None))["parent_id"])

    def test_12_when_it_was_archived_already(self):
        id = self.create()
        self.call("POST", f"/deployments/{id}/archive")
        archived_at = self.get(id)["archived_at"]
        self.control("POST", "clock/advance", {"seconds": 3})
        self.report(id, error_status="failed")
        self.assertEqual(self.get(id)["archived_at"], archived_at)
        self.assertEqual(self.get(id)["updated_at"], at(3))

    def test_nothing_new(self):
        id = self.create("deployed")
        before = self.server.everything()
        self.report(id)
        self.report(id, activity_status="queued")
        self.report(id, activity_status="queued", error_status="none")
        self.assertEqual(self.server.everything(), before)

    def test_impossible(self):
        staged, queued = self.create(device="dvc_on2"), self.create("deployed")
        for activity in ("drifted", "queued", "deployed", "removing", "archived"):
            self.refuse(staged, {"activity_status": activity}, "target_status is staged",
                        f"cannot get activity_status {activity}:")
        for activity in ("drifted", "staged", "removing", "archived"):
            self.refuse(queued, {"activity_status": activity}, "activity_status queued")
        self.refuse(queued, {"activity_status": "queued", "error_status": "failed"},
                    "target_status is deployed, activity_status queued, error_status none")
        self.refuse(queued, {"activity_status": "removing", "error_status": "retrying"},
                    "cannot get activity_status removing and error_status retrying:")
        self.report(queued, activity_status="deployed")
        for activity in ("drifted", "staged", "queued", "removing", "archived"):
            self.refuse(queued, {"activity_status": activity})
        new = self.create("deployed")
        # The new one is installed first.
        for activity in ("drifted", "staged", "queued", "removing", "archived"):
            self.refuse(queued, {"activity_status": activity}, "target_status is archived")
        self.report(new, activity_status="deployed")
        for activity in ("drifted", "staged", "queued", "archived"):
            self.refuse(queued, {"activity_status": activity}, "target_status is archived")
        removing = queued
        self.report(removing, activity_status="removing")
        for activity in ("drifted", "staged", "queued", "deployed"):
            self.refuse(removing, {"activity_status": activity})
        self.report(removing, activity_status="archived")
        for activity in ("drifted", "staged", "queued", "deployed", "removing"):
            self.refuse(removing, {"activity_status": activity})

    def test_14_restage(self):
        id = self.create()
        self.create("deployed")
        self.control("POST", "clock/advance", {"seconds": 3})
        found = self.control("POST", f"deployments/{id}/restage")
        self.assertEqual((found["activity_status"], found["target_status"]), ("staged", "staged"))
        self.assertEqual(self.get(id)["updated_at"], at(3))
        self.assertEqual(self.state(id), "staged/staged/none")

    def test_14_restage_refused(self):
        made = [self.create("deployed"), self.create()]
        made.append(self.create(device="dvc_on2"))
        self.call("POST", f"/deployments/{made[2]}/archive")
        for id in made:
            self.refused_control("POST", f"deployments/{id}/restage", None, 409,
                                 "impossible_transition", "cannot be staged again",
                                 params={"deployment_id": id})

    def test_wrong(self):
        id = self.create("deployed")
        target = f"deployments/{id}"
        for said, field, *words in (
                ({"activity_status": "sleeping"}, "activity_status", "removing, archived"),
                ({"activity_status": None}, "activity_status", "found null"),
                ({"error_status": "no"}, "error_status", "none, failed, retrying"),
                ({"status": "failed"}, "status", "unknown field 'status'",
                 "activity_status, error_status"),
                ({"activity_status": "deployed", "x": 1}, "x", "unknown field 'x'")):
            self.refused_control("PATCH", target, said, 400, "invalid_request", *words,
                                 params={"field": field})
        self.refused_control("PATCH", target, b"", 400, "invalid_request", "empty")
        for verb, more in (("PATCH", ""), ("POST", "/restage")):
            self.refused_control(verb, "deployments/dpl_no" + more, {}, 404, "resource_not_found",
                                 params={"resource_type": "deployment", "resource_id": "dpl_no"})
        self.refused_control("POST", target + "/restage", {"now": True}, 400, "invalid_request",
                             "unknown field 'now'; there is: none", params={"field": "now"})
        self.refused_control("POST", target + "/restage", b"now", 400, "invalid_request",
                             "cannot be read")


class HandsOn(world.TestCase):
    """What testers set stays, also where devices do the rest by themselves."""

    options = STANDING

    def test_error_stays_until_it_is_set_back(self):
        id = self.create("deployed", "dvc_off")
        self.report(id, error_status="retrying")
        self.control("PATCH", "devices/dvc_off", {"status": "online"})
        self.control("POST", "clock/advance", {"seconds": 3600})
        self.assertEqual(self.state(id), "deployed/queued/retrying")
        self.report(id, error_status="none")
        self.assertEqual(self.state(id), "deployed/deployed/none")

    def test_old_one_stays_while_the_new_one_fails(self):
        """Row 8: removals are skipped where the new one is not installed."""
        first = self.create("deployed")
        self.assertEqual(self.state(first), "deployed/deployed/none")
        self.control("PATCH", "devices/dvc_on", {"status": "offline"})
        second = self.create("deployed")
        self.report(second, error_status="retrying")
        self.control("PATCH", "devices/dvc_on", {"status": "online"})
        self.assertEqual(self.states(first, second),
                         ["archived/deployed/none", "deployed/queued/retrying"])
        self.report(second, error_status="failed")
        self.assertEqual(self.states(first, second),
                         ["archived/deployed/none", "archived/archived/failed"])
        third = self.create("deployed")
        self.assertEqual(self.states(first, third),
                         ["archived/archived/none", "deployed/deployed/none"])

    def test_row_8_is_of_one_pass(self):
        """After a failure nothing is meant to run: the next time, what is left is removed."""
        first = self.create("deployed")
        self.assertEqual(self.state(first), "deployed/deployed/none")
        self.control("PATCH", "devices/dvc_on", {"status": "offline"})
        second = self.create("deployed")
        self.report(second, error_status="failed")
        self.assertEqual(self.state(first), "archived/deployed/none")
        self.control("PATCH", "devices/dvc_on", {"status": "online"})
        self.assertEqual(self.state(first), "archived/archived/none")

    def test_decisions(self):
        """What an agent makes of every state that can be loaded, once its device is online."""
        states = {  # target: {activity: what becomes of it}
            "staged": {"staged": "staged", "drifted": "drifted", "queued": "archived",
                       "deployed": "archived", "removing": "archived", "archived": "archived"},
            "deployed": {"staged": "staged", "drifted": "drifted", "queued": "deployed",
                         "deployed": "deployed", "removing": "deployed", "archived": "deployed"},
            "archived": {"staged": "archived", "drifted": "archived", "queued": "archived",
                         "deployed": "archived", "removing": "archived", "archived": "archived"},
        }
        made = {f"{target}-{activity}": to for target, by in states.items()
                for activity, to in by.items()}
        devices = [{"id": f"dvc_{name}", "name": name, "status": "offline"} for name in made]
        deployments = [{"id": f"dpl_{name}", "device_id": f"dvc_{name}", "release_id": "rls_0",
                        "target_status": name.split("-")[0],
                        "activity_status": name.split("-")[1]} for name in made]
        self.start(*STANDING, world={**world.WORLD, "devices": devices, "deployments": deployments})
        for name, to in made.items():
            target, activity = name.split("-")
            self.assertEqual(self.state(f"dpl_{name}"), f"{target}/{activity}/none")
            self.control("PATCH", f"devices/dvc_{name}", {"status": "online"})
            self.assertEqual(self.state(f"dpl_{name}"), f"{target}/{to}/none")

    def test_activity_stays(self):
        self.control("PUT", "transitions", {"progression": "manual"})
        first = self.create("deployed")
        self.report(first, activity_status="deployed")
        second = self.create("deployed")
        self.report(second, activity_status="deployed")
        self.report(first, activity_status="removing")
        self.control("PUT", "transitions", {"progression": "immediate"})
        self.assertEqual(self.states(first, second),
                         ["archived/removing/none", "deployed/deployed/none"])

    def test_installed_by_hand_and_left(self):
        """What was replaced waits for its removal, until devices go on by themselves."""
        for progression, want in (("manual", "archived/deployed/none"),
                                  ("immediate", "archived/archived/none")):
            self.start(*STANDING, "--transitions", "manual")
            first = self.create("deployed")
            self.report(first, activity_status="deployed")
            second = self.create("deployed")
            self.report(second, activity_status="deployed")
            self.control("PUT", "transitions", {"progression": progression})
            self.assertEqual(self.states(first, second), [want, "deployed/deployed/none"])

    def test_installed_by_hand_offline(self):
        """A report of a device that is offline begins no removal."""
        first = self.create("deployed", "dvc_off")
        self.report(first, activity_status="deployed")
        second = self.create("deployed", "dvc_off")
        self.report(second, activity_status="deployed")
        self.assertEqual(self.states(first, second),
                         ["archived/deployed/none", "deployed/deployed/none"])

    def test_nothing_is_removed_for_what_is_stuck(self):
        self.control("PUT", "transitions", {"progression": "manual"})
        first = self.create("deployed")
        self.report(first, activity_status="deployed")
        second = self.create("deployed")
        self.report(second, activity_status="deployed")
        third = self.create("deployed")
        self.report(third, error_status="retrying")
        self.control("PUT", "transitions", {"progression": "immediate"})
        self.assertEqual(self.states(first, second, third),
                         ["archived/deployed/none", "archived/deployed/none",
                          "deployed/queued/retrying"])

    def test_installed_by_hand(self):
        """The device, which is online, removes the old one then, as it does by itself."""
        self.start(*STANDING, "--transitions", "5")
        first = self.create("deployed")
        self.report(first, activity_status="deployed")
        second = self.create("deployed")
        self.report(second, activity_status="deployed")
        self.assertEqual(self.states(first, second),
                         ["archived/removing/none", "deployed/deployed/none"])
        found = {d["id"]: d for d in self.server.everything()["deployments"]}
        self.assertEqual(found[first]["updated_at"], found[second]["updated_at"])
        self.control("POST", "clock/advance", {"seconds": 5})
        self.assertEqual(self.state(first), "archived/archived/none")


class Devices(world.TestCase):
    """PATCH /_mock/devices/{id}"""

    options = STANDING

    def patch(self, id, **said):
        """What it answers, with times to the second."""
        found = self.control("PATCH", f"devices/{id}", said)
        return {k: v[:19] + "Z" if v and k.endswith("_at") else v for k, v in found.items()}

    def test_status(self):
        found = self.patch("dvc_new", status="online")
        self.assertEqual((found["status"], found["agent_version"], found["last_connected_at"],
                          found["updated_at"]), ("online", "v1.0.0", START, START))
        self.control("POST", "clock/advance", {"seconds": 3})
        found = self.patch("dvc_new", status="offline")
        self.assertEqual((found["status"], found["last_connected_at"],
                          found["last_disconnected_at"], found["agent_version"]),
                         ("offline", START, at(3), "v1.0.0"))
        found = self.patch("dvc_new", status="archived")
        self.assertEqual((found["last_disconnected_at"], found["agent_version"]),
                         (at(3), "v1.0.0"))
        for version, status in ((TETONS, "inactive"), (RAINIER, "inactive"),
                                (EVERGLADES, "archived")):
            self.assertEqual(self.call("GET", "/devices/dvc_new", version=version)["status"],
                             status)
        for status in ("inactive", "activating"):
            self.assertIsNone(self.patch("dvc_new", status=status)["agent_version"])
        found = self.patch("dvc_new", status="online", agent_version="v9")
        self.assertEqual((found["agent_version"], found["last_connected_at"]),
                         ("v9", at(3)))

    def test_other_fields(self):
        found = self.patch("dvc_on", agent_version="v2", group_id="grp_1", description="é")
        self.assertEqual((found["agent_version"], found["group_id"], found["description"]),
                         ("v2", "grp_1", "é"))
        self.assertEqual(self.call("GET", "/devices?group_id=grp_1&agent_version=v2")["data"][0],
                         self.call("GET", "/devices/dvc_on"))
        found = self.patch("dvc_on", agent_version=None, group_id=None, description=None)
        self.assertEqual((found["agent_version"], found["group_id"], found["description"]),
                         (None, None, None))

    def test_nothing_new(self):
        before = self.server.everything()
        self.patch("dvc_on")
        self.patch("dvc_on", status="online", agent_version="v1.2.3", description=None)
        self.assertEqual(self.server.everything(), before)

    def test_one_field(self):
        """Each alone, without what belongs to the others."""
        self.patch("dvc_on", status="offline")
        found = self.patch("dvc_on", status="online")
        for field, value in (("agent_version", "v2"), ("group_id", "grp_1"),
                             ("description", "x"), ("description", None)):
            self.control("POST", "clock/advance", {"seconds": 1})
            after = self.patch("dvc_on", **{field: value})
            self.assertEqual(after[field], value)
            self.assertEqual({k for k in after if after[k] != found[k]}, {field, "updated_at"})
            found = after
        self.patch("dvc_on", status="offline")
        self.control("POST", "clock/advance", {"seconds": 1})
        self.assertEqual(self.patch("dvc_on", status="archived")["last_disconnected_at"], at(4))
        for status in ("offline", "archived"):
            self.assertIsNone(self.patch("dvc_new", status=status)["agent_version"])

    def test_no_news(self):
        """What is said of a device that stays online does not wake it."""
        self.start(*STANDING, world={**world.WORLD, "deployments": [
            {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_0",
             "activity_status": "queued"}]})
        self.patch("dvc_on", description="x")
        self.assertEqual(self.state("dpl_a"), "deployed/queued/none")

    def test_what_runs_something_is_not_new(self):
        self.create("deployed")
        self.refused_control("PATCH", "devices/dvc_on", {"status": "inactive"}, 409,
                             "impossible_transition", "it has a current deployment",
                             params={"device_id": "dvc_on"})
        self.patch("dvc_on2", status="inactive")

    def test_no_version(self):
        """Only by coming online does a device without an agent version get one."""
        self.start(*STANDING, world={**world.WORLD, "devices": [
            {"id": "dvc_1", "name": "1", "status": "online"}]})
        before = self.server.everything()
        self.assertIsNone(self.patch("dvc_1")["agent_version"])
        self.assertEqual(self.server.everything(), before)
        self.assertIsNone(self.patch("dvc_1", description="x")["agent_version"])
        self.patch("dvc_1", status="offline")
        self.assertEqual(self.patch("dvc_1", status="online")["agent_version"], "v1.0.0")

    def test_refused(self):
        for said, field, *words in (
                ({"status": "asleep"}, "status", "inactive, activating, online, offline"),
                ({"status": None}, "status", "found null"),
                ({"agent_version": ""}, "agent_version", "not empty"),
                ({"description": "x" * 513}, "description", "at most 512"),
                ({"group_id": 1}, "group_id", "the id of a group, or null"),
                ({"name": "x"}, "name", "unknown field 'name'"),
                ({"status": "inactive", "agent_version": "v1"}, "agent_version", "must be null")):
            self.refused_control("PATCH", "devices/dvc_on", said, 400, "invalid_request", *words,
                                 params={"field": field})
        self.refused_control("PATCH", "devices/dvc_on", {"status": "offline", "group_id": "grp_9"},
                             404, "resource_not_found", "'grp_9'", params={
                                 "resource_type": "group", "resource_id": "grp_9",
                                 "field": "group_id"})
        self.refused_control("PATCH", "devices/dvc_no", {}, 404, "resource_not_found", "'dvc_no'")


class Releases(world.TestCase):
    """PATCH /_mock/releases/{id}"""

    def test_archived(self):
        found = self.control("PATCH", "releases/rls_0", {"archived": True})
        self.assertEqual(found["archived_at"], found["updated_at"])
        self.refused("POST", "/deployments", world.body(release="rls_0"), 400,
                     "deployment_release_archived")
        # It is as it was to whoever reads the API.
        self.assertNotIn("archived_at", self.call("GET", "/releases/rls_0"))
        self.assertEqual(len(self.call("GET", "/releases")["data"]), 4)
        before = self.server.everything()
        self.control("PATCH", "releases/rls_0", {"archived": True})
        self.control("PATCH", "releases/rls_0", {})
        self.assertEqual(self.server.everything(), before)
        found = self.control("PATCH", "releases/rls_0", {"archived": False})
        self.assertNotIn("archived_at", found)
        self.assertNotEqual(found["updated_at"], before["releases"][0]["updated_at"])
        self.create()

    def test_in_use_by_another(self):
        """Only what is of the release itself keeps it; and what is kept may be taken back."""
        self.create()
        self.control("PATCH", "releases/rls_1", {"archived": True})
        self.start(world={**world.WORLD, "deployments": [
            {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_old"}]})
        self.control("PATCH", "releases/rls_old", {"archived": False})

    def test_in_use_on_a_device(self):
        """What is meant to go, but has not gone, is not archived."""
        self.control("PUT", "transitions", {"progression": "manual"})
        first = self.create("deployed")
        self.create("deployed", release="rls_1", instances=world.INSTANCES)
        self.assertEqual(self.state(first), "archived/queued/none")
        self.refused_control("PATCH", "releases/rls_0", {"archived": True}, 409,
                             "release_has_unarchived_deployments")

    def test_in_use(self):
        id = self.create()
        self.refused_control("PATCH", "releases/rls_0", {"archived": True}, 409,
                             "release_has_unarchived_deployments", params={"release_id": "rls_0"})
        self.call("POST", f"/deployments/{id}/archive")
        self.control("PATCH", "releases/rls_0", {"archived": True})

    def test_refused(self):
        self.refused_control("PATCH", "releases/rls_0", {"archived": "yes"}, 400,
                             "invalid_request", "true or false", params={"field": "archived"})
        self.refused_control("PATCH", "releases/rls_0", {"version": "v9"}, 400,
                             "invalid_request", "unknown field 'version'")
        self.refused_control("PATCH", "releases/no", {}, 404, "resource_not_found")


class Settings(world.TestCase):
    """The clock and the pace, as they are read and set."""

    options = STANDING

    def test_clock(self):
        frozen = {"mode": "frozen", "now": START, "rate": 1, "tick": 0}
        self.assertEqual(self.control("GET", "clock"), frozen)
        frozen["now"] = "2026-01-01T12:00:01.500000Z"
        self.assertEqual(self.control("POST", "clock/advance", {"seconds": 1.5}), frozen)
        self.assertEqual(self.control("PUT", "clock", {"mode": "frozen"}), frozen)
        self.assertEqual(self.control("PUT", "clock", {"mode": "frozen",
                                                       "now": "2030-01-01T01:00:00+01:00"}),
                         {**frozen, "now": "2030-01-01T00:00:00Z"})
        self.assertEqual(self.control("GET", "clock")["now"], "2030-01-01T00:00:00Z")
        found = self.control("PUT", "clock", {"mode": "real"})
        self.assertEqual(found["mode"], "real")
        self.assertLess(found["now"], "2030")
        later = self.control("POST", "clock/advance", {"seconds": 10 * 366 * 86400 / 10})
        self.assertGreater(later["now"], found["now"])
        self.assertEqual(later["mode"], "real")
        stopped = self.control("PUT", "clock", {"mode": "frozen"})
        self.assertEqual(stopped["mode"], "frozen")
        self.assertGreaterEqual(stopped["now"], later["now"])
        self.assertEqual(self.control("GET", "clock"), stopped)
        self.assertLess(self.control("PUT", "clock", {"mode": "real"})["now"], later["now"])

    def test_dates(self):
        """Every time that there is makes a Date header."""
        for now, date in (("1969-12-31T23:59:59Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
                          ("1969-12-31T23:59:58.5Z", "Wed, 31 Dec 1969 23:59:58 GMT"),
                          ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
                          ("2026-01-01T15:04:05Z", "Thu, 01 Jan 2026 15:04:05 GMT"),
                          ("0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT"),
                          ("9999-12-31T23:59:59Z", "Fri, 31 Dec 9999 23:59:59 GMT")):
            self.start("--clock", now)
            for _ in range(2):
                self.assertEqual(self.server.control("GET", "clock").headers["Date"], date)
            answer = self.server.call("POST", "/deployments", world.body())
            self.assertEqual((answer.status, answer.headers["Date"]), (200, date))

    def test_clock_refused(self):
        for verb, target, said, field, *words in (
                ("PUT", "clock", {}, "mode", "mode is required"),
                ("PUT", "clock", {"time": START}, "time", "unknown field 'time'", "mode, now"),
                ("PUT", "clock", {"mode": "stopped"}, "mode", "real, frozen"),
                ("PUT", "clock", {"mode": "frozen", "now": "noon"}, "now", "a time such as"),
                ("PUT", "clock", {"mode": "real", "now": START}, "now", "cannot be set"),
                ("PUT", "clock", {"mode": "frozen", "at": START}, "at", "unknown field"),
                ("POST", "clock/advance", {}, "seconds", "seconds is required"),
                ("POST", "clock/advance", {"seconds": -1}, "seconds", "from 0 to"),
                ("POST", "clock/advance", {"seconds": "1"}, "seconds", "a number of seconds"),
                ("POST", "clock/advance", {"seconds": 1e9}, "seconds", "from 0 to")):
            self.refused_control(verb, target, said, 400, "invalid_request", *words,
                                 params={"field": field})
        self.assertEqual(self.control("GET", "clock")["now"], START)
        self.control("PUT", "clock", {"mode": "frozen", "now": "9999-12-31T23:59:59Z"})
        self.refused_control("POST", "clock/advance", {"seconds": 1}, 400, "invalid_request",
                             "9999", params={"field": "seconds"})

    def test_transitions(self):
        for option, want in ((None, {"progression": "immediate", "seconds": 0}),
                             ("manual", {"progression": "manual", "seconds": 0}),
                             ("0.25", {"progression": "time", "seconds": 0.25})):
            want["times"] = 0
            self.start(*(("--transitions", option) if option else ()))
            self.assertEqual(self.control("GET", "transitions"), want)
            self.assertEqual(self.control("PUT", "transitions", want), want)
        for said in ({"progression": "immediate"}, {"progression": "manual"},
                     {"progression": "time", "seconds": 3},
                     {"progression": "time", "seconds": 1234567.25},
                     {"progression": "time", "seconds": 0.000249}):
            want = {"seconds": 0, "times": 0, **said}
            self.assertEqual(self.control("PUT", "transitions", said), want)
            self.assertEqual(self.control("GET", "transitions"), want)

    def test_transitions_refused(self):
        for said, field, *words in (
                ({}, "progression", "is required"),
                ({"progression": "fast"}, "progression", "immediate, manual, time"),
                ({"progression": "time"}, "seconds", "seconds is required"),
                ({"progression": "time", "seconds": -1}, "seconds", "from 0 to"),
                ({"progression": "manual", "seconds": 5}, "seconds", "only when progression is"),
                ({"progression": "manual", "pace": 5}, "pace", "unknown field")):
            self.refused_control("PUT", "transitions", said, 400, "invalid_request", *words,
                                 params={"field": field})
        self.assertEqual(self.control("GET", "transitions")["progression"], "immediate")

    def test_query_and_method(self):
        self.refused_control("GET", "clock?now=x", None, 400, "invalid_request",
                             "no query parameters", params={"field": "now"})
        self.refused_control("DELETE", "clock", None, 405, "method_not_allowed", "GET, HEAD, PUT")
        self.refused_control("GET", "clock/advance", None, 405, "method_not_allowed", "POST")


if __name__ == "__main__":
    harness.main()
