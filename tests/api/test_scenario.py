# SPDX-License-Identifier: MIT
"""Documents of fixtures that say what happens, too: clock, pace, fault rules and behaviors, with
which the server begins, and to which a reset goes back."""

import tempfile

import harness
import world

START = "2026-01-01T12:00:00Z"
SCENARIO = {
    "clock": {"mode": "frozen", "now": START, "tick": 1},
    "transitions": {"progression": "time", "seconds": 5},
    "faults": [{"operation": "getDevice", "times": 1, "status": 503}],
    "behaviors": [{"device_id": "dvc_on", "error": "failed"}],
}
DOCUMENT = {**SCENARIO, **world.WORLD}


class Scenario(world.TestCase):
    def setUp(self):
        self.start(*self.options, world=DOCUMENT)

    def said(self):
        """Clock, pace and rules, without what time alone changes."""
        clock = self.control("GET", "clock")
        transitions = self.control("GET", "transitions")
        return (clock["mode"], clock["now"], clock["tick"], transitions["progression"],
                transitions["seconds"],
                [(r["operation"], r["hits"]) for r in self.control("GET", "faults")["faults"]],
                [(r["device_id"], r["hits"])
                 for r in self.control("GET", "behaviors")["behaviors"]])

    BEGINNING = ("frozen", START, 1, "time", 5, [("getDevice", 0)], [("dvc_on", 0)])

    def use(self):
        """Let all of it take effect."""
        self.assertEqual(self.server.call("GET", "/devices/dvc_on").status, 503)
        self.assertEqual(self.server.call("GET", "/devices/dvc_on").status, 200)
        id = self.create("deployed")
        for _ in range(5):
            self.get(id)
        self.assertEqual(self.state(id), "archived/archived/failed")
        self.assertEqual(self.said()[5:], ([("getDevice", 1)], [("dvc_on", 1)]))

    def test_begins_and_resets(self):
        self.assertEqual(self.said(), self.BEGINNING)
        self.use()
        self.control("POST", "reset")
        self.assertEqual(self.said(), self.BEGINNING)
        self.use()
        # What a tester sets in its place goes as well.
        self.control("DELETE", "faults")
        self.control("PUT", "behaviors", {"behaviors": [{"seconds": 9}]})
        self.control("PUT", "clock", {"mode": "real"})
        self.control("PUT", "transitions", {"progression": "manual"})
        self.control("POST", "reset")
        self.assertEqual(self.said(), self.BEGINNING)
        self.control("PUT", "fixtures", world.WORLD)
        self.control("DELETE", "fixtures")
        self.assertEqual(self.said(), self.BEGINNING)

    def test_exported(self):
        """As it was loaded, whatever has happened since; and it loads again."""
        exported = self.server.everything()
        for name, value in SCENARIO.items():
            self.assertEqual(exported[name], value)
        self.use()
        after = self.server.everything()
        self.assertEqual({name: after[name] for name in SCENARIO}, SCENARIO)
        with harness.Server("--empty", "--auth", "any") as other:
            self.assertEqual(other.control("PUT", "fixtures", exported).status, 200)
            self.assertEqual(other.control("GET", "fixtures").json, exported)
            self.assertEqual(other.control("GET", "clock").json["now"], START)
            self.assertEqual(other.control("POST", "reset").status, 200)
            self.assertEqual(other.control("GET", "behaviors").json["behaviors"][0]["error"],
                             "failed")
            # Fixtures that say nothing leave all as it is, until a reset.
            other.control("PUT", "fixtures", world.WORLD)
            self.assertEqual(other.control("GET", "transitions").json["seconds"], 5)
            self.assertEqual(len(other.control("GET", "faults").json["faults"]), 1)
            other.control("POST", "reset")
            self.assertEqual(other.control("GET", "faults").json["faults"], [])

    def test_part(self):
        """A member that is given takes effect, and no other."""
        self.control("PUT", "fixtures", {"behaviors": [{"offline_for": 3}], **world.WORLD})
        self.assertEqual(self.said(), (*self.BEGINNING[:6], [(None, 0)]))
        self.control("POST", "reset")
        self.assertEqual(self.said()[5:], ([], [(None, 0)]))

    def test_workspaces(self):
        """Each begins with it, and counts for itself."""
        self.start("--log", "off", "--auth", "any", world=DOCUMENT)
        for key in ("w1", "w2"):
            found = [self.server.call("GET", "/devices/dvc_on", key=key).status for _ in range(2)]
            self.assertEqual(found, [503, 200])
            with harness.Client(self.server, key) as client:
                self.assertEqual(client.control("GET", "transitions").json["seconds"], 5)
                self.assertEqual(client.control("GET", "behaviors").json["behaviors"][0]["error"],
                                 "failed")
                self.assertEqual(client.control("GET", "clock").json["tick"], 1)

    def test_db(self):
        """With a database file: at each start."""
        with tempfile.TemporaryDirectory() as folder, harness.File(DOCUMENT) as file:
            for _ in range(2):
                with harness.Server("--fixtures", file, "--db", f"{folder}/x.db") as server:
                    self.assertEqual(server.control("GET", "clock").json["now"], START)
                    self.assertEqual(len(server.control("GET", "faults").json["faults"]), 1)
                    self.assertEqual(len(server.control("GET", "behaviors").json["behaviors"]), 1)

    def test_problems(self):
        """Each with its place; nothing has changed."""
        before = self.server.everything()
        for scenario, pointer, *words in (
                ({"clock": {"mode": "frozen", "now": "noon"}}, "/clock/now", "a time such as"),
                ({"clock": {"mode": "real", "tick": 1}}, "/clock/tick", "rate"),
                ({"clock": {}}, "/clock/mode", "mode is required"),
                ({"clock": []}, "/clock", "a JSON object"),
                ({"transitions": {"progression": "time"}}, "/transitions/seconds", "required"),
                ({"transitions": {"pace": 1}}, "/transitions/pace", "unknown field"),
                ({"faults": [{"status": 503}, {"status": 99}]}, "/faults/1/status", "400 to 599"),
                ({"faults": [{"operation": "getDevize", "status": 503}]}, "/faults/0/operation",
                 "getDevice"),
                ({"faults": [{}]}, "/faults/0", "one of"),
                ({"faults": {}}, "/faults", "a list"),
                ({"faults": [{"limit": {"requests": 0, "seconds": 1}}]},
                 "/faults/0/limit/requests"),
                ({"behaviors": [{"device_id": "dvc_no", "seconds": 1}]}, "/behaviors/0/device_id",
                 "not found"),
                ({"behaviors": [{"at": "staged", "seconds": 1}]}, "/behaviors/0/at", "queued"),
                ({"behaviours": []}, "/behaviours", "behaviors")):
            answer = self.server.control("PUT", "fixtures", {**world.WORLD, **scenario})
            self.assert_refused(answer, 400, "invalid_fixtures", *words)
            [problem] = answer.error["params"]["problems"]
            self.assertEqual(problem["pointer"], pointer)
        answer = self.server.control("POST", "fixtures", {"faults": []})
        self.assert_refused(answer, 400, "invalid_fixtures", "/faults", "cannot be added")
        self.assertEqual(self.server.everything(), before)
        self.assertEqual(self.said(), self.BEGINNING)

    def test_clock_dates_its_rows(self):
        """What leaves its times out is dated by the clock of its document."""
        self.assertEqual({d["created_at"][:19] for d in self.server.everything()["devices"]},
                         {START[:19]})

    def test_given_twice(self):
        with harness.File({"clock": {"mode": "real"}}) as one, \
                harness.File({"clock": {"mode": "real"}}) as two:
            done = harness.run("check", one, two)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{two}: /clock: is given already, in {one}", done.stderr)

    def test_check(self):
        with harness.File(DOCUMENT) as good, \
                harness.File({**DOCUMENT, "faults": [{"status": 1}]}) as bad:
            self.assertEqual(harness.run("check", good).returncode, 0)
            done = harness.run("check", bad)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{bad}: /faults/0/status: ", done.stderr)


if __name__ == "__main__":
    harness.main()
