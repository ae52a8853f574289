# SPDX-License-Identifier: MIT
"""What tests can do with the server that they could not do with the API itself."""

import miru_platform_sdk
import pytest


def status(client, deployment_id="dpl_123"):
    return client.deployments.retrieve(deployment_id).status


def test_deploy(client):
    """A device that is online does at once what it is told."""
    assert client.deployments.deploy("dpl_123").status == "queued"
    assert status(client) == "deployed"


def test_refused(client):
    """What the API refuses is refused: nothing is deployed twice."""
    client.deployments.deploy("dpl_123")
    with pytest.raises(miru_platform_sdk.BadRequestError, match="deployment_not_deployable"):
        client.deployments.deploy("dpl_123")


def test_retries(client, mock):
    """The service is unavailable twice; the SDK tries again, and the caller never knows."""
    mock.faults({"operation": "deployDeployment", "status": 503, "times": 2, "retry_after_ms": 1})
    assert client.deployments.deploy("dpl_123").status == "queued"
    assert [(r["status"], r["retry_count"]) for r in mock.journal()] == [(503, 0), (503, 1), (200, 2)]


def test_gives_up(client, mock):
    """The service stays away; the caller is told after the third try."""
    mock.faults({"status": 503, "retry_after_ms": 1})
    with pytest.raises(miru_platform_sdk.InternalServerError):
        client.deployments.deploy("dpl_123")
    assert len(mock.journal(status="5xx")) == 3


def test_offline(client, mock):
    """A device that is offline does what it was told when it comes back."""
    mock.device("dvc_123", status="offline")
    client.deployments.deploy("dpl_123")
    assert status(client) == "queued"
    mock.device("dvc_123", status="online")
    assert status(client) == "deployed"


def test_slow_device(client, mock):
    """A device that takes a minute, and a test that does not."""
    mock.slow_devices(60)
    client.deployments.deploy("dpl_123")
    mock.advance(59)
    assert status(client) == "queued"
    mock.advance(1)
    assert status(client) == "deployed"


def test_failure(client, mock):
    """The device cannot install it, and gives up."""
    mock.device("dvc_123", status="offline")
    client.deployments.deploy("dpl_123")
    mock.deployment("dpl_123", error_status="failed")
    assert status(client) == "failed"


def test_snapshot(client, mock):
    """One beginning, several ends."""
    client.deployments.archive("dpl_staged")
    mock.snapshot("archived")
    client.deployments.deploy("dpl_123")
    mock.restore("archived")
    assert status(client, "dpl_staged") == "archived"
    assert status(client, "dpl_123") == "staged"


def test_permission(client_as):
    """A key that may only read reads what the others write."""
    reader = client_as("miru_mock_reader")
    assert reader.devices.retrieve("dvc_123").name == "My Device"
    with pytest.raises(miru_platform_sdk.PermissionDeniedError):
        reader.devices.update("dvc_123", name="Mine")


def test_own_fixtures(client, mock):
    """Other fixtures than the server's, and a snapshot of them, which no other test finds."""
    assert mock.call("GET", "snapshots")["snapshots"] == []
    mock.fixtures(devices=[{"id": "dvc_123", "name": "Alone"}])
    mock.snapshot("alone")
    assert client.devices.retrieve("dvc_123").name == "Alone"
    with pytest.raises(miru_platform_sdk.NotFoundError):
        client.devices.retrieve("dvc_offline")
