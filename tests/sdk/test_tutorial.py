# SPDX-License-Identifier: MIT
"""What a first user does with the demo, through the official SDK: stage, deploy, wait until deployed.

In each version of the API, whatever the SDK's types are of.
"""

import os
import sys
import time

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

from miru_platform_sdk import Miru  # noqa: E402

import harness  # noqa: E402
import objects  # noqa: E402
from harness import ADMIN, EVERGLADES, VERSIONS  # noqa: E402
from test_sdk import TYPES  # noqa: E402

CONTENTS = {"cfg_sch_123": '{"max_payload_kg": 12.0}', "cfg_sch_124": '{"map": "hall-2"}'}


class Tutorial(harness.TestCase):
    """The demo as it is, but for devices that take a moment for each step."""

    arguments = None

    def client(self, version):
        server = self.server = harness.Server("--log", "off", "--transitions", "0.05")
        self.addCleanup(server.stop)
        return Miru(api_key=ADMIN, base_url=f"http://127.0.0.1:{server.port}/beta",
                    miru_version=version, max_retries=0,
                    _strict_response_validation=version == TYPES)

    def wait(self, client, deployment, status):
        end = time.monotonic() + 10
        while (found := client.deployments.retrieve(deployment.id)).status != status:
            self.assertLess(time.monotonic(), end, found.status)
        return found

    def follow(self, client):
        self.assertEqual(client.principal.self().model_dump(mode="json"), objects.PRINCIPAL)
        device = client.devices.retrieve("dvc_123")
        release = client.releases.retrieve("rls_123", expand=["config_schemas"])
        instances = [client.config_instances.create(
            config_schema_id=schema.id, content={"format": "json", "data": CONTENTS[schema.id]})
            for schema in release.config_schemas]
        self.assertEqual([i.filepath for i in instances],
                         ["/v1/motion-control.json", "/v1/localization.json"])

        def create(target):
            return client.deployments.create(
                target_status=target, description="From the tutorial", device_id=device.id,
                release_id=release.id, config_instance_ids=[i.id for i in instances])

        staged = create("staged")
        self.assertEqual(staged.status, "staged")
        self.assertIn(client.deployments.deploy(staged.id).status, ("queued", "deployed"))
        self.wait(client, staged, "deployed")
        # Afresh, and the one before is taken off the device.
        self.wait(client, create("deployed"), "deployed")
        self.wait(client, staged, "archived")

    def test_in_each_version(self):
        for version in VERSIONS:
            with self.subTest(version=version), self.client(version) as client:
                self.follow(client)

    def test_slots(self):
        """Everglades' page: a schema of two slots, each with an instance of its own."""
        with self.client(EVERGLADES) as client:
            for slot in objects.TWO_SLOTS:
                instance = client.config_instances.create(
                    config_schema_id="cfg_sch_loc_2", content={"format": "json", "data": "{}"},
                    extra_body={"slot_key": slot["key"]})
                self.assertEqual(instance.filepath, slot["filepath"])


if __name__ == "__main__":
    harness.main()
