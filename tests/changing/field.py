#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Follows the recipe "A field" of docs/changing.md in a scratch copy: adds a field to devices, and
compares the files that it changed with those that the recipe names. Then everything must pass.

Run from the root of a clone, with the directory for the copy; `.ci/run changing` does.
"""

import os
import re
import subprocess
import sys

FIELD = """\t{ .name = "serial_number", .kind = K_TEXT, .flags = F_NULL, .on = SINCE(V_EVERGLADES),
\t  .filter = SINCE(V_EVERGLADES), .create = SINCE(V_EVERGLADES),
\t  .patch = SINCE(V_EVERGLADES) },
"""
INDEX = "CREATE INDEX devices_serial_number ON devices (serial_number, created_at, id DESC);\n"
TEST = '''    def test_serial_number(self):
        id = self.call(*DEVICES, {"name": "numbered", "serial_number": "SN-1"})["id"]
        self.assertEqual([row["id"] for row in self.call("GET", "/devices?serial_number=SN-1")["data"]],
                         [id])
        found = self.call("PATCH", f"/devices/{id}", {"serial_number": None})
        self.assertIsNone(found["serial_number"])
        self.assertNotIn("serial_number", self.call("GET", f"/devices/{id}", version=TETONS))

'''
# File: pairs of a line that it has and what is put before that line.
EDITS = {
    "server/model/resource.c": [('\t{ .name = "agent_version"', FIELD)],
    "schema.sql": [("\tagent_version TEXT,\n", "\tserial_number TEXT,\n"),
                   ("CREATE INDEX devices_group_id", INDEX)],
    "tests/api/objects.py": [('    "agent_version": ', '    "serial_number": None,\n')],
    "tests/api/test_groups.py": [("    def test_other_fields_are_passed_over", TEST)],
    "docs/performance.md": [("| devices | group_id |",
                             "| devices | serial_number | `devices_serial_number` |\n")],
    "NEWS": [("- GET /openapi.json", "- Devices have a serial_number.\n")],
}
# Sets in which the recipe adds a name.
NAMES = {"tests/api/objects.py": [('"device": {"description"', '"device": {"serial_number", "description"'),
                                  ("\n\ndef in_version(", 'UNOFFICIAL |= {"serial_number"}\n\n\ndef in_version(')]}


def named_by(recipe):
    """The files that head the points of a recipe."""
    with open("docs/changing.md", encoding="utf-8") as file:
        text = re.search(rf"^## {recipe}\n(.*?)^## ", file.read(), re.M | re.S)[1]
    return set(re.findall(r"^- `([^`]+)`", text, re.M))


def change(path, old, new):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(old) != 1:
        sys.exit(f"{path}: expected once: {old!r}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(old, new))


def main(directory):
    os.makedirs(directory)
    files = subprocess.run(["git", "ls-files", "-z"], check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["xargs", "-0", "cp", "--parents", "-t", directory], input=files, check=True)
    os.chdir(directory)
    named = named_by("A field")
    if named != set(EDITS):
        sys.exit(f"the recipe names {sorted(named)}, but the field needs {sorted(EDITS)}")
    for path, edits in EDITS.items():
        for before, text in edits:
            change(path, before, text + before)
        for old, new in NAMES.get(path, []):
            change(path, old, new)
    sys.exit(subprocess.run(["script/check", "build"]).returncode)


main(*sys.argv[1:])
