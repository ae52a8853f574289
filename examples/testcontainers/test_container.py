# SPDX-License-Identifier: MIT
"""A container that starts with the tests and ends with them.

This `mock_url` may take the place of the one in examples/pytest/conftest.py; the rest stays.
"""

import pytest
from miru_platform_sdk import Miru
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy


@pytest.fixture(scope="session")
def mock_url():
    ready = HttpWaitStrategy(8080, "/_mock/ready").for_status_code(200)
    container = DockerContainer("miru-mock").with_command("--auth any").with_exposed_ports(8080)
    with container.waiting_for(ready):
        yield f"http://{container.get_container_host_ip()}:{container.get_exposed_port(8080)}"


def test_deploy(mock_url):
    with Miru(base_url=f"{mock_url}/beta", api_key="testcontainers") as client:
        client.deployments.deploy("dpl_123")
        assert client.deployments.retrieve("dpl_123").status == "deployed"
