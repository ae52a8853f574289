"""The documentation, run: every line behind a $ in docs/control-api.md, and what it says is answered."""

import os
import re
import shlex
import subprocess

import harness
from harness import SRCDIR


def blocks(text):
    """(command, answer) of each line that begins with a $, in a block that is indented by four."""
    found = []
    for line in text.splitlines():
        if line.startswith("    $ "):
            found.append([line[6:], []])
        elif line.startswith("    ") and found:
            found[-1][1].append(line[4:])
        elif found and found[-1][1] is not None and line:
            found.append([None, []])
    return [(command, "".join(f"{line}\n" for line in answer)) for command, answer in found
            if command]


class ControlApi(harness.TestCase):
    arguments = ("--clock", "2026-03-02T08:00:00Z")

    def test_every_line(self):
        with open(os.path.join(SRCDIR, "docs/control-api.md")) as file:
            text = file.read()
        found = blocks(text)
        self.assertGreater(len(found), 10)
        for command, answer in found:
            with self.subTest(command=command):
                self.assertIn("127.0.0.1:8080", command)
                command = command.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}")
                self.assertIn(shlex.split(command)[0], "curl")
                run = subprocess.run(command, shell=True, capture_output=True, text=True,
                                     timeout=harness.DEADLINE)
                self.assertEqual(run.stdout, answer)

    def test_every_endpoint(self):
        """Each has a heading, and what has none is no endpoint."""
        with open(os.path.join(SRCDIR, "docs/control-api.md")) as file:
            headings = re.findall(r"^## ([A-Z, ]+) (/_mock/\S+)$", file.read(), re.M)
        named = {f"{method} {path}" for methods, path in headings for method in
                 methods.split(", ")}
        hint = self.server.get("/_mock/nothing").error["message"].partition("there is: ")[2]
        self.assertEqual(named, set(hint.split(", ")))


if __name__ == "__main__":
    harness.main()
