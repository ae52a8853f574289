# SPDX-License-Identifier: MIT
"""A tool as many have one: it stages a release on devices. test_rollout.py tests it."""


def stage(client, device_ids, release_id, config_instance_ids):
    """Stage a release, with these config instances, on each device. The SDK tries again by itself."""
    return [client.deployments.create(target_status="staged", description=f"Roll-out of {release_id}",
                                      device_id=device_id, release_id=release_id,
                                      config_instance_ids=config_instance_ids)
            for device_id in device_ids]
