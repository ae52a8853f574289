# SPDX-License-Identifier: MIT
"""Two hundred tests, every one of which changes the same deployment, and finds it as it was."""

import pytest


@pytest.mark.parametrize("number", range(100))
@pytest.mark.parametrize("change, answered, then", [
    ("deploy", "queued", "deployed"),
    ("archive", "archived", "archived"),
])
def test_same_deployment(client, mock, change, answered, then, number):
    assert client.deployments.retrieve("dpl_123").status == "staged"
    assert getattr(client.deployments, change)("dpl_123").status == answered
    assert client.deployments.retrieve("dpl_123").status == then
    # Nobody else's requests are in the journal.
    assert [r["operation"] for r in mock.journal()] == [
        "getDeployment", f"{change}Deployment", "getDeployment"]
