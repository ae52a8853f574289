# SPDX-License-Identifier: MIT
"""Prism, the mock server that takes any specification: where script/bench has put it, how it is
started, and what it is given. What is measured, and how, is bench.py's."""

import glob
import os


def program(build):
    """Prism's command; None where script/bench could not install it."""
    path = f"{build}/prism/node_modules/.bin/prism"
    return path if os.path.exists(f"{build}/prism/ready") else None


def specification(build, ours):
    """The document to serve, and what it is: an official one, where there is any, or our own, which
    `ours` asks for."""
    named = os.environ.get("MIRU_OPENAPI")
    if named:
        return named, "the specification that MIRU_OPENAPI names"
    official = sorted(glob.glob("../shared/openapi/*.yaml"))  # their names begin with their dates
    if official:
        return official[-1], "the newest official specification"
    path = f"{build}/prism/openapi.json"
    with open(path, "wb") as file:
        file.write(ours())
    return path, "our own /openapi.json"


def command(build, document):
    """As fast as it can be: without its log."""
    return (program(build), "mock", "--port", "PORT", "--verboseLevel", "silent", document)
