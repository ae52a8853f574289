# SPDX-License-Identifier: MIT
"""What a tool has asked of the API, whatever it says itself: the server saw it."""

import threading

import miru_platform_sdk
import pytest
import rollout

INSTANCES = ["cfg_inst_motion_2", "cfg_inst_loc_2", "cfg_inst_gripper_2"]


def test_staged(client, mock):
    """Staged once with these instances, retried twice after 503, never archived; without a sleep."""
    mock.faults({"operation": "createDeployment", "status": 503, "times": 2, "retry_after_ms": 1})
    tool = threading.Thread(target=rollout.stage, args=(client, ["dvc_123"], "rls_120", INSTANCES))
    tool.start()
    mock.verify(operation="createDeployment", status=200, times=1, wait=30,
                body={"target_status": "staged", "device_id": "dvc_123", "config_instance_ids": INSTANCES})
    mock.verify(operation="createDeployment", status=503, times=2)
    mock.verify(operation="archiveDeployment", times=0)
    tool.join()


def test_wrong_expectation(client, mock):
    """A test that expects something else is told what came nearest, and what was different."""
    rollout.stage(client, ["dvc_123"], "rls_120", INSTANCES)
    with pytest.raises(AssertionError, match=r"the nearest is request 1 \(POST /beta/deployments, status 200\): "
                                             r'body.target_status: expected "deployed", found "staged"'):
        mock.verify(operation="createDeployment", body={"target_status": "deployed", "device_id": "dvc_123"})


def test_untried(client, mock):
    """Which refusals the tool has never met: those that its tests have to try yet."""
    rollout.stage(client, ["dvc_123"], "rls_120", INSTANCES)
    assert {"device_is_inactive", "deployment_release_archived"} <= mock.never("createDeployment")
    mock.device("dvc_123", status="archived")
    with pytest.raises(miru_platform_sdk.BadRequestError, match="device_is_inactive"):
        rollout.stage(client, ["dvc_123"], "rls_120", INSTANCES)
    assert "device_is_inactive" not in mock.never("createDeployment")
