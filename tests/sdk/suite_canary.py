# SPDX-License-Identifier: MIT
"""suite.py distrusted: suite_canary.py VERSION. A server that is wrong, a run that is not whole.

The server says yes where the suite is to be refused, and 404 everywhere else. So whatever asks it
must fail; what passes asks nobody: paths that the SDK refuses itself, and what respx answers.
"""

import http.server
import json
import re
import sys
import threading
import unittest

import suite
from suite import harness  # suite.py knows where it is

import objects

SUITE = suite.Suite(sys.argv.pop())
ASKS_NOBODY = re.compile(r"::test_path_params_|_download\b|_download_with_all_params\b")


class Wrong(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        good = self.command == "POST" and self.path.startswith("/config_schemas")
        body = objects.in_version(objects.CONFIG_SCHEMAS[0], suite.TYPES[SUITE.version])
        body = json.dumps(body if good else {}).encode()
        self.send_response(200 if good else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_GET

    def log_message(self, *args):
        pass


class Canary(unittest.TestCase):
    def verdict(self, *options):
        """What pytest says, and what the plugin makes of it."""
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Wrong) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            ran = SUITE.run(server.server_port, "-rp", *options,
                            capture_output=True, text=True)
            server.shutdown()
        self.assertEqual(ran.returncode, 1, ran.stdout + ran.stderr)
        passed, failed = re.search(r"\n== (\d+) passed, (\d+) failed\n$", ran.stdout).groups()
        return ran.stdout, int(passed), int(failed)

    def test_wrong_server(self):
        said, passed, failed = self.verdict("--tb=no")
        names = re.findall(r"^PASSED (\S+)", said, re.M)
        self.assertEqual([name for name in names if not ASKS_NOBODY.search(name)], [])
        self.assertEqual(passed, len(names))
        self.assertGreater(failed, 400)

    def test_accepted(self):
        """Four tests are to be refused, in five variants each, and are not."""
        said, passed, failed = self.verdict("-k", "config_schemas and create")
        self.assertEqual((passed, said.count("[XPASS(strict)]")), (0, 20))

    def test_not_whole(self):
        """All that ran have passed; the rest is missing."""
        said, passed, failed = self.verdict("-k", "path_params")
        self.assertGreater(passed, 50)
        self.assertIn(f"missing tests: {failed}\n", said)
        self.assertGreater(failed, 400)


if __name__ == "__main__":
    harness.main()
