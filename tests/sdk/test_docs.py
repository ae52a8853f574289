# SPDX-License-Identifier: MIT
"""docs/sdk.md and README.md: their Python, as it stands there, in one program each."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import harness  # noqa: E402


def program(page):
    with open(os.path.join(harness.SRCDIR, page), encoding="utf-8") as file:
        return "\n".join(re.findall(r"^```python\n(.*?)^```$", file.read(), re.M | re.S))


def run(text, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(text)
        file.flush()
        return subprocess.run([harness.BINARY, "exec", *options, "--", sys.executable, file.name],
                              env=harness.environment(), capture_output=True, text=True)


class Pages(unittest.TestCase):
    def test_sdk(self):
        text = program("docs/sdk.md")
        self.assertGreaterEqual(text.count("assert "), 7)
        done = run(text)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_that_it_bites(self):
        done = run(program("docs/sdk.md").replace("2026-03-09.tetons", "2026-05-06.rainier"))
        self.assertIn("AssertionError", done.stderr)

    def test_readme(self):
        # Under exec the address is in the environment.
        text = program("README.md").replace('environment="local", ', "")
        self.assertIn('client = Miru(api_key="miru_mock_admin")', text)
        done = run(text)
        self.assertEqual((done.returncode, done.stdout), (0, "staged My Device\n"), done.stderr)


if __name__ == "__main__":
    harness.main()
