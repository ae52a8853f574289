# SPDX-License-Identifier: MIT
"""A plugin of pytest, for suite.py: lifts the skips of the SDK's own tests, and gives the verdict.

Nothing of theirs is changed on disk: marks are taken away, and added, once tests are collected.
"""

import importlib.metadata

import pytest
from miru_platform_sdk import AsyncMiru, BadRequestError, ConflictError, Miru

SDK = importlib.metadata.version("miru-platform-sdk")

# Why they are skipped; it is for want of such a server as ours that they are.
DISABLED = "Mock server tests are disabled"

# How many there are to run, by the SDK's version. Four more stay skipped: respx is to answer them,
# not a server, and it cannot do so for aiohttp.
TESTS = {"0.9.0": 631, "0.10.0": 631, "0.11.0": 746}

# What they ask for that the API's own text forbids: the exception, which stands for the status; the
# error's code or a word of its params; and why. It holds for every variant of a test: synchronous and not,
# loose and strict, with aiohttp. One that passes has failed.
NO_REF = (BadRequestError, "config_type_ref", "config_type_ref is {}; it needs an id or a slug")
NO_JSON = (BadRequestError, "documents", "the document is `data`, which is not JSON")
REFUSED = {
    "config_schemas.test_method_create": NO_REF,
    "config_schemas.test_method_create_with_all_params": NO_JSON,
    "config_schemas.test_raw_response_create": NO_REF,
    "config_schemas.test_streaming_response_create": NO_REF,
}
if SDK == "0.9.0":
    REFUSED.update({f"devices.test_{how}_issue_activation_token{more}": (
        BadRequestError, "device_is_active", "dvc_123 is online, and must not be activated again")
        for how, more in (("method", ""), ("method", "_with_all_params"), ("raw_response", ""),
                          ("streaming_response", ""))})
if SDK == "0.11.0":
    REFUSED["deployments.test_method_create_with_all_params"] = (
        ConflictError, "parent_id", "dpl_123 is staged; a parent is the device's current target")

LINES = pytest.StashKey()


def pytest_configure():
    """Fail at once: the clients of the suite say nothing of retries, so the default is theirs."""
    for client in (Miru, AsyncMiru):
        client.__init__.__kwdefaults__["max_retries"] = 0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    found = set()
    for item in items:
        item.own_markers[:] = [mark for mark in item.own_markers
                               if mark.kwargs.get("reason") != DISABLED]
        name = f"{item.path.stem.removeprefix('test_')}.{item.originalname}"
        if name in REFUSED:
            found.add(name)
            cls, word, reason = REFUSED[name]
            refused = pytest.RaisesExc(
                cls, match=rf"'code': '{word}'|'params': {{[^}}]*\b{word}\b")
            item.add_marker(pytest.mark.xfail(strict=True, raises=refused, reason=reason))
    if found != set(REFUSED):
        raise pytest.UsageError(f"listed, but no tests: {sorted(set(REFUSED) - found)}")


def pytest_sessionfinish(session):
    """What is missing, whether it was skipped or never collected, has failed."""
    stats = session.config.pluginmanager.get_plugin("terminalreporter").stats
    passed = len(stats.get("passed", [])) + len(stats.get("xfailed", []))
    failed = len(stats.get("failed", [])) + len(stats.get("error", []))
    missing = TESTS[SDK] - passed - failed
    session.config.stash[LINES] = f"missing tests: {missing}\n" if missing else ""
    session.config.stash[LINES] += f"\n== {passed} passed, {failed + abs(missing)} failed"
    if missing and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_unconfigure(config):
    """After everybody else's last word."""
    print(config.stash.get(LINES, "\n== 0 passed, 1 failed"))
