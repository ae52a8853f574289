# SPDX-License-Identifier: MIT
"""docs/sdk.md and README.md: their Python, as it stands there, in one program each."""

import os
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

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


class Proxies(unittest.TestCase):
    """NO_PROXY of exec, and the libraries that read it, where a proxy is set that nobody answers."""

    ASK = {"urllib": "import urllib.request; print(urllib.request.urlopen(url).status)",
           "httpx": "import httpx; print(httpx.get(url).status_code)"}
    NOWHERE = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1",
               "all_proxy": "http://127.0.0.1:1", "NO_PROXY": None, "no_proxy": None}

    def ask(self, library, *options):
        code = "import os; url = os.environ['MIRU_MOCK_URL'] + '/_mock/ready'\n" + self.ASK[library]
        return subprocess.run([harness.BINARY, "exec", *options, "--", sys.executable, "-c", code],
                              env=harness.environment(self.NOWHERE), capture_output=True, text=True)

    def test_reached(self):
        for library in self.ASK:
            for host in ("localhost", "127.0.0.1", "*", "0.0.0.0", "::1", "::"):
                if library == "urllib" and "::" in host:
                    continue  # docs/sdk.md says so
                with self.subTest(library=library, host=host):
                    done = self.ask(library, "--host", host)
                    self.assertEqual(done.stdout, "200\n", done.stderr)

    def test_what_no_list_gives_both(self):
        """When this fails, both may have learnt the same form, and docs/sdk.md can be simpler."""
        self.assertIn("Connection refused", self.ask("urllib", "--host", "::1").stderr)
        with unittest.mock.patch.dict(self.NOWHERE, {"NO_PROXY": "[::1]"}):
            self.assertIn("InvalidURL", self.ask("httpx").stderr)


if __name__ == "__main__":
    harness.main()
