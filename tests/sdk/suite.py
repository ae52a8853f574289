# SPDX-License-Identifier: MIT
"""The tests that the official SDK brings along, run against the server: suite.py VERSION [fetch].

They come with its source distribution, where they are skipped for want of a server. With `fetch`
they are only made ready, in the SDK's virtual environment, which script/test has made.
"""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import harness  # noqa: E402

# Which version of the API each SDK's types were made from.
TYPES = {"0.9.0": harness.TETONS, "0.10.0": harness.RAINIER, "0.11.0": harness.EVERGLADES}
SDK = "miru-platform-sdk"
NEEDS = ["pytest", "pytest-asyncio", "respx"]
SERVER = ["--auth", "any", "--stateless", "--lenient-parent", "--log", "off",
          "--fixtures", "fixtures/sdk-suite.json"]


class Suite:
    def __init__(self, version):
        self.version = version
        self.venv = os.path.join(harness.SRCDIR, "build", f"sdk-{version}")
        self.python = os.path.join(self.venv, "bin", "python")
        self.directory = os.path.join(self.venv, "suite")

    def fetch(self):
        """Install what the tests need, and unpack them; but for the first time, do nothing."""
        if os.path.exists(self.directory):
            return
        self._pip("install", f"{SDK}[aiohttp]=={self.version}", *NEEDS)
        with tempfile.TemporaryDirectory(dir=self.venv) as there:
            self._pip("download", "--no-deps", "--no-binary", SDK, "--dest", there,
                      f"{SDK}=={self.version}")
            [archive] = os.listdir(there)
            shutil.unpack_archive(os.path.join(there, archive), there)
            os.rename(os.path.join(there, archive.removesuffix(".tar.gz")), self.directory)

    def _pip(self, command, *arguments):
        status = subprocess.run([self.python, "-m", "pip", command, "-q", *arguments]).returncode
        if status:
            sys.exit(status)

    def run(self, port, *options, **more):
        """Run pytest. Of their settings, neither parallel runs nor strict warnings are wanted."""
        env = harness.environment({
            "TEST_API_BASE_URL": f"http://127.0.0.1:{port}",
            "MIRU_API_VERSION": TYPES[self.version],
            "PYTHONPATH": os.path.join(harness.SRCDIR, "tests", "sdk")})
        return subprocess.run(
            [self.python, "-B", "-m", "pytest", "-p", "suite_plugin", "-p", "no:cacheprovider",
             "-o", "addopts=", "-o", "filterwarnings=ignore", "-q", "--tb=short",
             "--show-capture=no", "-rs", *options, "tests/api_resources"],
            cwd=self.directory, env=env, **more)


def main():
    suite = Suite(sys.argv[1])
    suite.fetch()
    if "fetch" in sys.argv[2:]:
        return 0
    with harness.Server(*SERVER) as server:
        return suite.run(server.port).returncode


if __name__ == "__main__":
    sys.exit(main())
