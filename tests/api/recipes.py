# SPDX-License-Identifier: MIT
"""docs/recipes.md taken apart, for the tests that run it.

Behind the language of a block stands what it is: the file that it is part of, or, of commands, what
they need: `local` nothing but the binary and curl, `pypi` packages of PyPI, `docker` a container
engine as well.
"""

import contextlib
import os
import re
import signal
import subprocess
import tempfile
from collections import namedtuple

from harness import SRCDIR, environment

DOCUMENT = "docs/recipes.md"
NEEDS = ("local", "pypi", "docker")

Block = namedtuple("Block", "heading language what text")


def blocks():
    found, heading, fence = [], None, None
    with open(os.path.join(SRCDIR, DOCUMENT)) as file:
        for line in file:
            opening = re.fullmatch(r"```(\w+) (\S+)\n", line)
            if fence is not None and line != "```\n":
                fence[-1].append(line)
            elif fence is not None:
                found.append(Block(*fence[:-1], "".join(fence[-1])))
                fence = None
            elif opening:
                fence = (heading, *opening.groups(), [])
            elif line.startswith("## "):
                heading = line[3:-1]
            else:
                assert "```" not in line, f"{DOCUMENT}: a block of no kind: {line}"
    assert fence is None, f"{DOCUMENT}: a block without an end"
    return found


def commands(need):
    """(heading, commands) of each block that needs this."""
    return [(block.heading, block.text) for block in blocks() if block.what == need]


def run(text, directories, cwd=SRCDIR, env=None, timeout=600):
    """Run commands in a shell that ends at the first that fails, with these in front of its PATH.

    Its status, and what it wrote. Whatever it has started ends with it.
    """
    path = os.pathsep.join([*directories, os.environ["PATH"]])
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        shell = subprocess.Popen(
            ["sh", "-eu", "-c", text], cwd=cwd, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
            env=environment({"PATH": path, "PYTHONDONTWRITEBYTECODE": "1",
                             "PYTEST_ADDOPTS": "-p no:cacheprovider", **(env or {})}))
        try:
            shell.wait(timeout)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
        output.seek(0)
        return shell.returncode, output.read()
