# SPDX-License-Identifier: MIT
"""refusals.py TRIES - does a 413 reach each client, in each try? Called by script/refusals."""

import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))

from harness import Server

CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients")
PYTHON = "build/refusals/bin/python"
SIZES = (2_000_000, 20_000_000)


def curl(url, size, tries):
    with open("build/refusals.body", "wb") as file:
        file.truncate(size)
    return sum(subprocess.run(
        ["curl", "-s", "-S", "-o", os.devnull, "-w", "%{http_code}", "-T", file.name, url],
        stdout=subprocess.PIPE, text=True).stdout == "413" for _ in range(tries))


def program(*command):
    def run(url, size, tries):
        done = subprocess.run([*command, url, str(size), str(tries)], stdout=subprocess.PIPE,
                              text=True, cwd="build/refusals.npm" if command[0] == "node" else None)
        return int(done.stdout or 0)
    return run


def clients():
    """Those that the machine has; of the others, it is said that they are missing."""
    node = ("node", os.path.join(CLIENTS, "client.mjs"))
    for name, there, run in (
            ("Python urllib", True,
             program(sys.executable, os.path.join(CLIENTS, "client.py"), "urllib")),
            ("Python httpx", os.path.exists("build/refusals/ready"),
             program(PYTHON, os.path.join(CLIENTS, "client.py"), "httpx")),
            ("Node fetch", shutil.which("node"), program(*node, "fetch")),
            ("axios", shutil.which("node") and os.path.exists("build/refusals.npm/node_modules"),
             program(*node, "axios")),
            ("Go net/http", os.path.exists("build/refusals.go"),
             program(os.path.abspath("build/refusals.go"))),
            ("curl", shutil.which("curl"), curl)):
        if there:
            yield name, run
        else:
            print(f"note: SKIPPED: {name}: the machine does not have it")


def main(tries):
    passed = failed = 0
    with Server("--log", "off") as server:
        url = f"http://127.0.0.1:{server.port}/beta/devices"
        for name, run in clients():
            for size in SIZES:
                count = run(url, size, tries)
                print(f"note: {name}, {size} bytes: {count} of {tries}", flush=True)
                passed += count == tries
                failed += count != tries
    print(f"== {passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main(int(sys.argv[1])))
