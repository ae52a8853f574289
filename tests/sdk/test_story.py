# SPDX-License-Identifier: MIT
"""A deployment's life, told through the official SDK, in each version of the API."""

import os
import sys
import types

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import miru_platform_sdk  # noqa: E402
from miru_platform_sdk import Miru  # noqa: E402

import harness  # noqa: E402
import world  # noqa: E402
from harness import ADMIN, EVERGLADES, TETONS, VERSIONS  # noqa: E402
from test_sdk import TYPES  # noqa: E402


def rows(listed):
    """The rows of a list. Those that lack what the SDK's types require, it leaves as dicts."""
    def as_object(value):
        if isinstance(value, list):
            return [as_object(item) for item in value]
        if isinstance(value, dict):
            return types.SimpleNamespace(**{k: as_object(v) for k, v in value.items()})
        return value

    return [as_object(row) for row in listed.data]


class Story(world.TestCase):
    """Devices take two seconds a step, by a clock that stands."""

    options = ("--log", "off", "--clock", "2026-01-01T00:00:00Z", "--transitions", "2")

    def pass_by(self, seconds):
        self.control("POST", "clock/advance", {"seconds": seconds})

    def tell(self, version):
        with Miru(api_key=ADMIN, base_url=f"http://127.0.0.1:{self.server.port}/beta",
                  miru_version=version, max_retries=0,
                  _strict_response_validation=version == TYPES) as client:
            self.client = client
            deployments = client.deployments

            def create(target, instances=world.INSTANCES, release="rls_1", **more):
                return deployments.create(
                    target_status=target, description=f"{target} {release}", device_id="dvc_on",
                    release_id=release, config_instance_ids=instances, **more)

            def status(deployment):
                found = deployments.retrieve(deployment.id)
                self.assertEqual(found.id, deployment.id)
                return found.status

            # Stage, and stage again: the older one is archived.
            first = create("staged", expand=["device", "release", "config_instances"])
            self.assertEqual((first.status, first.device.name, first.release.version,
                              [i.id for i in first.config_instances]),
                             ("staged", "on", "v1", world.INSTANCES))
            second = create("staged")
            self.assertEqual((status(first), status(second)), ("archived", "staged"))

            # Deploy another: the staged one drifts, and cannot be deployed as it is.
            current = create("deployed")
            self.assertEqual((current.status, status(second)), ("queued", "drifted"))
            with self.assertRaises(miru_platform_sdk.BadRequestError) as refused:
                deployments.deploy(second.id)
            self.assertEqual(refused.exception.body["error"]["code"], "deployment_not_deployable")
            self.pass_by(2)
            self.assertEqual(status(current), "deployed")

            # The drifts list what made it drift; reviewed, it has none.
            found = deployments.list_drifts(second.id, expand=["release"])
            self.assertEqual([(d.id, d.release.version) for d in rows(found)], [(current.id, "v1")])
            self.control("POST", f"deployments/{second.id}/restage")
            self.assertEqual((status(second), deployments.list_drifts(second.id).data),
                             ("staged", []))

            # Deployed, it is queued, then deployed, while the old one is removed.
            deployed = deployments.deploy(second.id, expand=["device"])
            self.assertEqual((deployed.status, deployed.device.id), ("queued", "dvc_on"))
            self.assertEqual((status(second), status(current)), ("queued", "deployed"))
            self.pass_by(2)
            old = "deployed" if version == TETONS else "removing"
            self.assertEqual((status(second), status(current)), ("deployed", old))
            self.pass_by(2)
            self.assertEqual((status(second), status(current)), ("deployed", "archived"))

            # One that fails is over; the device goes on with what it has.
            third = create("deployed", ["cfg_inst_m2", "cfg_inst_l1"], "rls_2")
            self.report(third.id, error_status="failed")
            self.assertEqual((status(third), status(second)), ("failed", "deployed"))

            # One that is retried is stuck until it is not.
            fourth = create("deployed", ["cfg_inst_m2", "cfg_inst_l1"], "rls_2")
            self.report(fourth.id, error_status="retrying")
            self.pass_by(60)
            self.assertEqual((status(fourth), status(second)), ("retrying", "deployed"))
            self.report(fourth.id, error_status="none")
            self.pass_by(2)
            self.assertEqual((status(fourth), status(second)), ("deployed", old))
            self.pass_by(2)

            # Offline, what is deployed waits; back, it is done.
            self.control("PATCH", "devices/dvc_on", {"status": "offline"})
            fifth = create("deployed")
            self.pass_by(60)
            self.assertEqual((client.devices.retrieve("dvc_on").status, status(fifth),
                              status(fourth)), ("offline", "queued", "deployed"))
            self.control("PATCH", "devices/dvc_on", {"status": "online"})
            self.pass_by(4)
            self.assertEqual((status(fifth), status(fourth)), ("deployed", "archived"))

            # A staged one can be archived, once.
            sixth = create("staged", parent_id=fifth.id)
            self.assertEqual(deployments.archive(sixth.id).status, "archived")
            with self.assertRaises(miru_platform_sdk.BadRequestError):
                deployments.archive(sixth.id)
            with self.assertRaises(miru_platform_sdk.ConflictError) as refused:
                create("staged", parent_id=sixth.id)
            self.assertEqual(refused.exception.body["error"]["code"],
                             "deployment_parent_mismatch")

            self.tell_lists(version, [first, second, current, third, fourth, fifth, sixth])
            if version == TYPES == EVERGLADES:
                self.tell_times(second, third, fifth, sixth)

    def tell_lists(self, version, made):
        """The same through lists, as the SDK asks for them."""
        deployments = self.client.deployments

        def ids(**asked):
            return [d.id for d in rows(deployments.list(**asked))]

        self.assertEqual(ids(order_by=["created_at:asc"]), [d.id for d in made])
        self.assertEqual(ids(), [d.id for d in made[::-1]])
        found = deployments.list(limit=2, offset=1, order_by=["created_at:asc", "id"],
                                 expand=["device", "release", "config_instances", "total_count"])
        self.assertEqual((found.limit, found.offset, found.has_more, found.total_count),
                         (2, 1, True, len(made)))
        self.assertEqual([(d.id, d.device.id, d.release.id, len(d.config_instances))
                          for d in rows(found)],
                         [(d.id, "dvc_on", "rls_1", 2) for d in made[1:3]])
        self.assertEqual(ids(activity_status=["deployed"]), [made[5].id])
        self.assertEqual(set(ids(target_status=["deployed", "staged"])), {made[5].id})
        self.assertEqual(set(ids(error_status=["failed", "retrying"])), {made[3].id})
        self.assertEqual(set(ids(id=[made[0].id, made[6].id])), {made[0].id, made[6].id})
        self.assertEqual(ids(device_id=["dvc_on2"]), [])
        self.assertEqual(set(ids(release_id=["rls_2"])), {made[3].id, made[4].id})
        with self.assertRaises(miru_platform_sdk.BadRequestError):
            deployments.list(order_by=["name"])

    def tell_times(self, second, third, fifth, sixth):
        def times(deployment):
            found = self.client.deployments.retrieve(deployment.id)
            return tuple(t and int(t.timestamp() - found.created_at.timestamp()) for t in
                         (found.queued_at, found.deployed_at, found.archived_at))

        self.assertEqual(times(second), (2, 4, 70))
        self.assertEqual(times(third), (0, None, 0))
        self.assertEqual(times(fifth), (0, 62, None))
        self.assertEqual(times(sixth), (None, None, 0))
        self.assertEqual(self.client.deployments.retrieve(sixth.id, expand=["parent"]).parent.id,
                         fifth.id)

    def test_in_each_version(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                self.start(*self.options)
                self.tell(version)


if __name__ == "__main__":
    harness.main()
