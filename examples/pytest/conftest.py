# SPDX-License-Identifier: MIT
"""Fixtures for tests against miru-mock. Copy this file beside your own tests, and run them with

    miru-mock exec --auth any -- pytest -n 8

which starts a server, tells where it is in the environment, and stops it when pytest has ended.
"""

import os

import httpx  # the SDK brings it along
import pytest
from miru_platform_sdk import Miru


class Mock:
    """The server's control endpoints, for what belongs to one API key: nobody else's tests notice."""

    def __init__(self, url, key):
        self.key = key
        self.http = httpx.Client(base_url=f"{url}/_mock/", headers={"X-API-Key": key})

    def call(self, method, path, body=None, **query):
        answer = self.http.request(method, path, json=body, params=query)
        assert answer.is_success, f"{method} {path}: {answer.text}"
        return answer.json()

    def start_over(self):
        """Back to the server's own fixtures; clock, faults, journal and snapshots too."""
        for snapshot in self.call("GET", "snapshots")["snapshots"]:
            self.call("DELETE", f"snapshots/{snapshot['name']}")
        self.call("DELETE", "fixtures")

    def reset(self):
        """Back to the fixtures, those of this test if it has loaded some; clock, faults and journal too."""
        self.call("POST", "reset")

    def fixtures(self, **arrays):
        """Put other fixtures in place of all rows and keys, such as devices=[{...}], for this test."""
        self.call("PUT", "fixtures", arrays)

    def faults(self, *rules):
        """Let requests fail from now on, such as {"status": 503, "times": 2}; the first match wins."""
        self.call("POST", "faults", {"faults": rules})

    def journal(self, **query):
        """The requests that have come, oldest first, such as those of status="5xx"."""
        return self.call("GET", "requests", **query)["requests"]

    def verify(self, **expected):
        """So many requests were as described, such as operation="deployDeployment", times=1; wait=30 waits."""
        answer = self.http.post("requests/verify", json=expected, timeout=expected.get("wait", 0) + 5)
        assert answer.is_success, answer.json()["error"]["message"]

    def never(self, operation):
        """The codes of the documented refusals that nobody has met yet, in no test of this worker."""
        [found] = [o for o in self.call("GET", "report")["operations"] if o["operation"] == operation]
        return {answer["code"] for answer in found["never"]}

    def device(self, device_id, **changes):
        """What only the device itself can do, such as status="offline"."""
        return self.call("PATCH", f"devices/{device_id}", changes)

    def deployment(self, deployment_id, **changes):
        """What the device reports of a deployment, such as error_status="failed"."""
        return self.call("PATCH", f"deployments/{deployment_id}", changes)

    def slow_devices(self, seconds):
        """Devices take so long for each step; without this they take no time."""
        self.call("PUT", "transitions", {"progression": "time", "seconds": seconds})

    def advance(self, seconds):
        """Let time pass, without waiting for it."""
        self.call("POST", "clock/advance", {"seconds": seconds})

    def snapshot(self, name):
        self.call("PUT", f"snapshots/{name}")

    def restore(self, name):
        self.call("POST", f"snapshots/{name}/restore")


@pytest.fixture(scope="session")
def mock_url():
    """Where the server is: `miru-mock exec` says so; for one that runs already, set it yourself."""
    url = os.environ.get("MIRU_MOCK_URL")
    if not url:
        pytest.exit("MIRU_MOCK_URL is not set: run `miru-mock exec --auth any -- pytest`", 2)
    return url


@pytest.fixture(scope="session")
def api_key():
    """A key of its own for each worker of pytest-xdist, and with it a copy of the fixtures."""
    return "pytest-" + os.environ.get("PYTEST_XDIST_WORKER", "alone")


@pytest.fixture(scope="session")
def session_mock(mock_url, api_key):
    return Mock(mock_url, api_key)


@pytest.fixture(autouse=True)
def mock(session_mock):
    """The server as each test finds it: as if nobody had used it yet."""
    session_mock.start_over()
    return session_mock


@pytest.fixture(scope="session")
def client(mock_url, api_key):
    """The official SDK, in the newest version of the API."""
    with Miru(base_url=f"{mock_url}/beta", api_key=api_key,
              miru_version="2026-08-17.everglades") as client:
        yield client


@pytest.fixture
def client_as(client, api_key):
    """The SDK as one of the fixtures' keys, with its scopes, on the same rows: client_as("reader")."""
    return lambda key: client.with_options(api_key=f"{api_key}/{key}")
