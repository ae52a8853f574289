# SPDX-License-Identifier: MIT
"""Many clients at once: what one device is left with, and what each of them was told."""

import threading

import harness
import world

CLIENTS, ROUNDS = 8, 25


class OneDevice(world.TestCase):
    options = ("--log", "off", "--workers", "4")

    def in_parallel(self, work):
        """work(client, number) in each of CLIENTS threads, begun together."""
        start, failures = threading.Barrier(CLIENTS), []

        def run(number):
            try:
                with harness.Client(self.server) as client:
                    start.wait(harness.DEADLINE)
                    work(client, number)
            except Exception as failure:  # whatever it is, the test shall say it
                failures.append(failure)

        threads = [threading.Thread(target=run, args=(n,)) for n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def check(self):
        """One current deployment, one staged, and no drift lost."""
        found = [d for d in self.server.everything()["deployments"] if d["device_id"] == "dvc_on"]
        current = [d for d in found if d["target_status"] == "deployed"]
        self.assertEqual([d["status"] for d in current], ["deployed"])
        self.assertEqual(max(d["queued_at"] for d in found if d["queued_at"]),
                         current[0]["queued_at"])
        self.assertEqual(len([d for d in found if d["deployed_at"] and not d["archived_at"]]), 1)
        staged = [d for d in found if d["target_status"] == "staged"]
        self.assertLessEqual(len(staged), 1)
        for d in staged:
            drifted = any(o["queued_at"] and o["queued_at"] > d["created_at"] for o in found)
            self.assertEqual(d["activity_status"], "drifted" if drifted else "staged")
        # Each was the child of the one that was current then: one chain, without a fork.
        deployed = sorted((d for d in found if d["queued_at"]), key=lambda d: d["queued_at"])
        self.assertEqual(len({d["queued_at"] for d in deployed}), len(deployed))
        return found, deployed

    def test_deploy(self):
        made = []

        def work(client, _):
            for _ in range(ROUNDS):
                answer = client.call("POST", "/deployments", world.body("deployed"))
                self.assertEqual(answer.status, 200, answer.text)
                made.append(answer.json)

        self.in_parallel(work)
        found, deployed = self.check()
        self.assertEqual(len(found), CLIENTS * ROUNDS)
        self.assertEqual({d["id"] for d in made}, {d["id"] for d in found})
        self.assertEqual([d["parent_id"] for d in deployed],
                         [None, *(d["id"] for d in deployed[:-1])])

    def test_everything(self):
        """Staging, deploying what was staged, archiving, failing, going offline, reading."""
        def work(client, number):
            for i in range(ROUNDS):
                staged = client.call("POST", "/deployments", world.body()).json["id"]
                # Another client may have staged or deployed one meanwhile.
                answer = client.call("POST", f"/deployments/{staged}/deploy")
                self.assertIn(answer.status, (200, 400), answer.text)
                if answer.status == 400:
                    self.assertEqual(answer.error["code"], "deployment_not_deployable")
                if i % 5 == number % 5:
                    client.call("POST", "/deployments", world.body("deployed"))
                    client.control("PATCH", "devices/dvc_on",
                                   {"status": ["online", "offline"][i % 2]})
                page = client.call("GET", "/deployments?device_id=dvc_on&limit=100&expand=device,"
                                   "parent&target_status=deployed,staged").json["data"]
                # Whole states only: one current, one staged, and what was staged has drifted.
                self.assertLessEqual(len([d for d in page if d["target_status"] == "deployed"]), 1)
                self.assertLessEqual(len([d for d in page if d["target_status"] == "staged"]), 1)

        self.in_parallel(work)
        self.control("PATCH", "devices/dvc_on", {"status": "online"})
        self.check()


class Keys(harness.TestCase):
    arguments = ("--log", "off", "--workers", "4")

    def test_added_at_once(self):
        """A key that was added is one from then on, whatever others add at the same time."""
        lost = []

        def add(number):
            with harness.Client(self.server) as client:
                for turn in range(100):
                    key = f"key-{number}-{turn}"
                    row = {"name": key, "key": key, "scopes": ["devices:read"]}
                    client.control("POST", "fixtures", {"api_keys": [row]})
                    if self.server.call("GET", "/devices", key=key).status != 200:
                        lost.append(key)

        threads = [threading.Thread(target=add, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(lost, [])


if __name__ == "__main__":
    harness.main()
