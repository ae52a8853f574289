# SPDX-License-Identifier: MIT
"""The harness distrusted: servers that misbehave must fail the test that uses them."""

import os
import stat
import sys
import tempfile
import unittest

import harness

SERVER = """#!{python}
import http.server, signal, sys, threading
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(f"listening  http://127.0.0.1:{{server.server_port}}/beta\\ntry        x", flush=True)
def stop(*args):
    {at_end}
signal.signal(signal.SIGTERM, stop)
server.serve_forever()
"""


class Impostors(harness.TestCase):
    arguments = None

    def impostor(self, text):
        folder = tempfile.mkdtemp()
        self.addCleanup(os.rmdir, folder)
        path = os.path.join(folder, "miru-mock")
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, stat.S_IRWXU)
        self.addCleanup(os.unlink, path)
        return path

    def ends_with(self, at_end):
        path = self.impostor(SERVER.format(python=sys.executable, at_end=at_end))
        with harness.Server(binary=path) as server:
            server.request("GET", "/")

    def test_honest(self):
        self.ends_with("sys.exit(0)")

    def test_status(self):
        with self.assertRaisesRegex(harness.Failure, "ended with 3"):
            self.ends_with("sys.exit(3)")

    def test_crash(self):
        with self.assertRaisesRegex(harness.Failure, "ended with -11"):
            self.ends_with("import os; os.kill(os.getpid(), signal.SIGSEGV)")

    def test_reports(self):
        for report in ("==1==ERROR: AddressSanitizer: heap-use-after-free",
                       "==1==ERROR: LeakSanitizer: detected memory leaks",
                       "x.c:1:1: runtime error: signed integer overflow",
                       "WARNING: ThreadSanitizer: data race"):
            with self.assertRaisesRegex(harness.Failure, "Sanitizer|runtime error"):
                self.ends_with(f"print({report!r}, file=sys.stderr); sys.exit(0)")

    def test_hang(self):
        self.addCleanup(setattr, harness, "DEADLINE", harness.DEADLINE)
        harness.DEADLINE = 1
        with self.assertRaisesRegex(harness.Failure, "did not stop"):
            self.ends_with("pass")

    def test_no_start(self):
        with self.assertRaisesRegex(harness.Failure, "did not start"):
            harness.Server(binary=self.impostor("#!/bin/sh\necho no >&2\nexit 1\n"))

    def test_error_shape(self):
        for text in ('{}', '{"error":{"code":"x","params":{}}}',
                     '{"error":{"code":"x","params":null,"message":"m"}}',
                     '{"error":{"code":"","params":{},"message":"m"}}',
                     '{"error":{"code":"x","params":{},"message":"m"},"more":1}',
                     '{"error":{"code":"x","params":{},"message":"m","code":"y"}}'):
            answer = object.__new__(harness.Answer)
            answer.text = text
            with self.assertRaises(AssertionError):
                answer.error

    def test_main(self):
        """A file without tests, and one with a failing test, end with 1."""
        for body in ("pass", "def test(self): self.fail()"):
            path = self.impostor(f"#!{sys.executable} -B\nimport sys; "
                                 f"sys.path.insert(0, {os.path.dirname(harness.__file__)!r})\n"
                                 f"import harness\nclass T(harness.TestCase):\n"
                                 f"    arguments = None\n    {body}\nharness.main()\n")
            result = harness.subprocess.run([path], capture_output=True, text=True,
                                            timeout=harness.DEADLINE)
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stdout, r"== 0 passed, 1 failed\n$")


if __name__ == "__main__":
    assert issubclass(harness.Failure, AssertionError) and unittest
    harness.main()
