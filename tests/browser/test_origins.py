# SPDX-License-Identifier: MIT
"""A real Chromium with a page of another origin: what it may do, and what it changes."""

import http.server
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "api"))

import harness
from harness import DEADLINE, SRCDIR, Server


class Pages(http.server.BaseHTTPRequestHandler):
    """Serves the page, and takes in what it has found."""
    found = queue.Queue()

    def do_GET(self):
        with open(f"{SRCDIR}/tests/browser/page.html", "rb") as file:
            body = file.read()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.found.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Chromium:
    """At an address, for as long as it is needed."""

    def __init__(self, url, *more):
        self.directory = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.command = [shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu",
                        "--disable-dev-shm-usage", "--no-first-run",
                        f"--user-data-dir={self.directory.name}",
                        "--host-resolver-rules=MAP evil.example 127.0.0.1", *more, url]

    def __enter__(self):
        self.process = subprocess.Popen([*self.command, "--remote-debugging-port=0"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.directory.cleanup()

    def dom(self):
        """The document, once it is loaded."""
        with self.directory:
            return subprocess.run([*self.command, "--dump-dom"], stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, timeout=DEADLINE).stdout


class Origins(harness.TestCase):
    arguments = None

    def test_page_of_another_origin(self):
        pages = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        self.addCleanup(pages.server_close)
        self.addCleanup(pages.shutdown)
        origin = f"http://evil.example:{pages.server_port}"
        with Server() as closed, Server("--cors", origin) as opened:
            for server in closed, opened:
                server.call("PATCH", "/devices/dvc_123", {"name": "changed"})
                server.control("DELETE", "requests")
            urls = ",".join(f"http://127.0.0.1:{s.port}" for s in (closed, opened))
            with Chromium(f"{origin}/#{urls}"):
                found = Pages.found.get(timeout=DEADLINE)
            self.assert_kept_out(found["closed"])
            for name in "control", "reset":
                self.assertEqual(found["open"].pop(name), {"error": "TypeError"})
            self.assert_let_in(found["open"])
            for server in closed, opened:  # no reset has come through
                self.assertEqual(server.call("GET", "/devices/dvc_123").json["name"], "changed")
                self.assertEqual(server.errors.count(" 403 POST /_mock/reset "), 3)
            self.assertEqual(opened.call("GET", "/devices/dvc_inactive").json["name"], "renamed")
            self.assertNotEqual(closed.call("GET", "/devices/dvc_inactive").json["name"], "renamed")

    def assert_kept_out(self, found):
        self.assertEqual(set(found), {"control", "reset", "device", "refused", "patch", "document"})
        for name, answer in found.items():
            self.assertEqual(answer, {"error": "TypeError"}, name)

    def assert_let_in(self, found):
        self.assertEqual({name: (answer["status"], answer["type"]) for name, answer in found.items()},
                         {"device": (200, "cors"), "refused": (401, "cors"), "patch": (200, "cors"),
                          "document": (200, "cors")})
        self.assertEqual(found["device"]["ignored"], "query.x")

    def test_names(self):
        """The address typed, by the server's own name, and by one that was bound to it."""
        with Server() as server:
            for host, word in (("127.0.0.1", "frozen"), ("localhost", "frozen"),
                               ("evil.example", "foreign_origin")):
                server.control("PUT", "clock", {"mode": "frozen"})
                self.assertIn(word, Chromium(f"http://{host}:{server.port}/_mock/clock").dom())

    def test_index(self):
        with Server() as server:
            self.assertIn('<a href="/_mock/requests">',
                          Chromium(f"http://localhost:{server.port}/").dom())


if __name__ == "__main__":
    if not shutil.which("chromium"):
        sys.exit("there is no chromium")
    harness.main()
