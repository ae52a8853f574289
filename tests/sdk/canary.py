# SPDX-License-Identifier: MIT
"""The SDK tests distrusted: against a mock that says yes to everything, every refusal must fail.

This is what general mocks do: 200 and the documented object for a junk key, an unknown id, a wrong
version, and expand ignored.
"""

import http.server
import json
import sys
import threading
import unittest

import test_sdk


class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(test_sdk.in_version(test_sdk.objects.DEPLOYMENT, test_sdk.TYPES)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server:
    def __init__(self, *args):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Yes)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()


def verdict(*names):
    test_sdk.harness.Server = Server
    suite = unittest.defaultTestLoader.loadTestsFromNames(names, test_sdk)
    result = unittest.TextTestRunner(stream=sys.stdout).run(suite)
    return result.testsRun, len(result.failures) + len(result.errors)


ran, failed = verdict("Refusals", "Documented.test_expanded", "Documented.test_deep")
print(f"\n== {failed} passed, {ran - failed} failed" if ran else "\n== 0 passed, 1 failed")
sys.exit(0 if ran > 0 and failed == ran else 1)
