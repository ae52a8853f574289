# SPDX-License-Identifier: MIT
"""A roll-out, by a tool that is a process of its own and knows nothing of the mock: what devices
will do is said before it starts, and time passes with its own requests. Nothing sleeps, and the
same seed gives the same bytes."""

import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import harness  # noqa: E402

HERE = os.path.join(harness.SRCDIR, "tests", "examples")
DEVICES = [f"dvc_{i}" for i in range(10)]
FLEET = {
    "api_keys": [{"key": "miru_mock_tool", "name": "tool", "scopes": [
        "deployments:read", "deployments:write", "deployments:deploy", "deployments:stage",
        "devices:read", "releases:read", "config_instances:read"]}],
    "devices": [{"id": id, "name": id, "status": "online", "agent_version": "v1.0.0"}
                for id in DEVICES],
    "releases": [{"id": "rls_1", "version": "v1.0.0"}, {"id": "rls_2", "version": "v2.0.0"}],
    "deployments": [{"id": f"dpl_{id}", "device_id": id, "release_id": "rls_1",
                     "status": "deployed"} for id in DEVICES],
}
# A step is done at each second look.
OPTIONS = ("--log", "off", "--seed", "7", "--clock", "2026-01-01T12:00:00Z", "--transitions",
           "polls:2")


class RollOut(unittest.TestCase):
    def once(self, behaviors, tick):
        """Exit status and output of the tool, the state afterwards, and how often rules applied."""
        with harness.File(FLEET) as file, harness.Server(
                "--fixtures", file, "--clock-tick", tick, *OPTIONS) as server:
            put = server.control("PUT", "behaviors", {"behaviors": behaviors})
            self.assertEqual(put.status, 200, put.text)
            run = subprocess.run(
                [sys.executable, "-B", os.path.join(HERE, "rollout.py"), "rls_2", *DEVICES],
                env=harness.environment({"MIRU_BASE_URL": f"http://127.0.0.1:{server.port}/beta",
                                         "MIRU_API_KEY": "miru_mock_tool"}),
                capture_output=True, text=True, check=False)
            self.assertEqual(run.stderr, "")
            return (run.returncode, run.stdout, server.control("GET", "fixtures").text,
                    [rule["hits"] for rule in server.control("GET", "behaviors").json["behaviors"]])

    def roll_out(self, *behaviors, tick="1"):
        """Twice, with the same bytes."""
        first = self.once(behaviors, tick)
        self.assertEqual(self.once(behaviors, tick), first)
        return first

    def current(self, document):
        return {d["device_id"]: d["release_id"] for d in harness.json.loads(document)["deployments"]
                if d["target_status"] == "deployed"}

    def test_succeeds(self):
        status, said, after, _ = self.roll_out()
        self.assertEqual((status, said.splitlines()[-1]), (0, "rolled out"))
        self.assertEqual(self.current(after), dict.fromkeys(DEVICES, "rls_2"))

    def test_canary_fails(self):
        """The tool stops after the canary, and puts back what it had."""
        status, said, after, hits = self.roll_out({"device_id": "dvc_0", "release_id": "rls_2",
                                                   "error": "failed"})
        self.assertEqual((status, hits), (1, [1]))
        self.assertIn("dvc_0 failed: rolling back", said)
        self.assertNotIn("dvc_1", said)
        self.assertEqual(self.current(after), dict.fromkeys(DEVICES, "rls_1"))

    def test_every_fifth_retries(self):
        status, said, after, hits = self.roll_out({"at": "queued", "every": 5, "error": "retrying",
                                                   "recover_after": 30})
        self.assertEqual((status, hits), (0, [2]))
        self.assertEqual([line.split()[1] for line in said.splitlines() if "retrying" in line],
                         ["dvc_4", "dvc_9"])
        self.assertEqual(self.current(after), dict.fromkeys(DEVICES, "rls_2"))

    def test_offline_for_an_hour(self):
        """Of the clock, which a request moves by a minute."""
        status, said, after, hits = self.roll_out(
            {"device_id": "dvc_3", "at": "queued", "offline_for": 3600}, tick="60")
        self.assertEqual((status, hits), (0, [1]))
        states = [line.split()[2:] for line in said.splitlines() if "dvc_3" in line]
        self.assertEqual(states, [["queued", "online"], ["queued", "offline"],
                                  ["deployed", "online"]])
        self.assertEqual(self.current(after), dict.fromkeys(DEVICES, "rls_2"))


if __name__ == "__main__":
    harness.main()
