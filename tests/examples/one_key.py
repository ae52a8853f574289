# SPDX-License-Identifier: MIT
"""A plugin of pytest, for test_examples.py: all workers are called the same, and so have one key."""

import os


def pytest_configure():
    os.environ["PYTEST_XDIST_WORKER"] = "all"
