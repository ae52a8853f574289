# SPDX-License-Identifier: MIT
"""Property tests: Schemathesis makes requests of /openapi.json, and of /_mock/openapi.json, and holds
the answers against it.

Needs Schemathesis, whose `st` is beside this Python. All checks, all phases, each version against a
server of its own. What is drawn is the same each time (schemathesis.toml has the seed); a failure
comes with the curl command that shows it.
"""

import collections
import concurrent.futures
import http.client
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../api"))
import harness
import test_scopes
from harness import ADMIN, EVERGLADES, VERSIONS, Server

EXAMPLES = 10  # requests of each operation, in each of the phases that draw them
LEAST = 0.6    # the share of requests that are as described and are answered with 200

UNOFFICIAL = {" ".join(row[:2]) for row in test_scopes.UNOFFICIAL}


class Run:
    """One run of Schemathesis; `status` is its exit status, `output` what it says."""

    def __init__(self, url, version, *options, where="/openapi.json", base="/beta"):
        with tempfile.TemporaryDirectory() as directory:
            document, counted, report = (os.path.join(directory, name)
                                         for name in ("document", "counted", "report"))
            request = urllib.request.Request(url + where,
                                             headers={"Miru-Version": version})
            with urllib.request.urlopen(request) as answer, open(document, "wb") as file:
                file.write(answer.read())
            done = subprocess.run(
                [os.path.join(os.path.dirname(sys.executable), "st"),
                 "--config-file", os.path.join(HERE, "schemathesis.toml"), "run", document,
                 "--url", url + base, "--header", f"X-API-Key: {ADMIN}", "--checks", "all",
                 "--no-color", "--report-json-path", report, *options],
                cwd=directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**os.environ, "SCHEMATHESIS_HOOKS": os.path.join(HERE, "hooks.py"),
                     "COUNTED": counted, "PYTHONDONTWRITEBYTECODE": "1"})
            self.status, self.output = done.returncode, done.stdout
            self.statuses = read(counted)
            self.report = read(report)


def read(path):
    with open(path) as file:
        return json.load(file)


class Properties(harness.TestCase):
    arguments = None

    @classmethod
    def setUpClass(cls):
        """All versions side by side, since each takes one core only."""
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            cls.runs = dict(zip(VERSIONS, pool.map(cls.run_version, VERSIONS)))

    @staticmethod
    def run_version(version):
        with Server("--log", "off", "--seed", "1", "--clock", "2026-03-02T08:00:00Z") as server:
            return Run(f"http://127.0.0.1:{server.port}", version,
                       "--max-examples", str(EXAMPLES))

    def test_clean(self):
        for version, run in self.runs.items():
            with self.subTest(version=version):
                self.assertEqual(run.status, 0, run.output)
                self.assertEqual(run.report["stop_reason"], "completed")

    def test_all_phases(self):
        """Nothing was left out for want of anything."""
        for version, run in self.runs.items():
            with self.subTest(version=version):
                operations = run.report["operations"]
                self.assertEqual(operations["tested"], operations["total"])
                for phase in ("coverage", "fuzzing", "stateful"):
                    self.assertEqual(run.report["phases"][phase]["status"], "success", phase)

    def test_share(self):
        """Much of what was asked was also done: of each operation some."""
        for version, run in self.runs.items():
            with self.subTest(version=version):
                total = collections.Counter()
                for operation, statuses in run.statuses.items():
                    total.update(statuses)
                    # Requests for an action of ours may all come in the wrong state.
                    least = -1 if operation in UNOFFICIAL else 0
                    self.assertGreater(statuses.get("200", 0), least, f"{operation}: {statuses}")
                share = total["200"] / total.total()
                print(f"{version}: {share:.0%} of {total.total()} requests answered with 200; "
                      f"the rest: {dict(total)}")
                self.assertGreaterEqual(share, LEAST)


class Control(harness.TestCase):
    """The control endpoints, on a server of their own: they change all of it again and again."""

    arguments = "--log", "off", "--seed", "1", "--clock", "2026-03-02T08:00:00Z"

    def test_clean(self):
        run = Run(f"http://127.0.0.1:{self.server.port}", EVERGLADES, "--max-examples",
                  str(EXAMPLES), where="/_mock/openapi.json", base="")
        self.assertEqual(run.status, 0, run.output)
        self.assertEqual(run.report["stop_reason"], "completed")
        operations = run.report["operations"]
        self.assertEqual(operations["tested"], operations["total"])
        total = collections.Counter()
        for operation, statuses in run.statuses.items():
            total.update(statuses)
            if "{" not in operation:
                self.assertGreater(statuses.get("200", 0), 0, f"{operation}: {statuses}")
        print(f"control: {dict(total)}")


# ---- that it bites -------------------------------------------------------------------------------

class Answer:
    """An answer on its way through the proxy, which may be spoilt."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def change(self, **fields):
        if self.status == 200:
            self.body = json.dumps({**json.loads(self.body), **fields}).encode()


def spoil_type(answer):
    answer.change(created_at=5)


def spoil_status(answer):
    if answer.status == 200:
        answer.status = 206


def spoil_header(answer):
    answer.headers.pop("Miru-Mock-Version", None)


def spoil_media(answer):
    answer.headers["Content-Type"] = "text/html"


def spoil_server(answer):
    if answer.status == 200:
        answer.status = 500
        answer.body = b'{"error":{"code":"internal_server_error","params":{},"message":"x"}}'


def spoil_refusal(answer):
    """What is right is refused, too."""
    if answer.status == 200:
        answer.status = 400
        answer.body = b'{"error":{"code":"invalid_request","params":{},"message":"x"}}'


def spoil_allow(answer):
    answer.headers.pop("Allow", None)


# Path: (a method of it, what goes wrong with its answers, how Schemathesis calls the failure).
DEFECTS = {
    "/git_commits/{git_commit_id}": ("GET", spoil_type, "JsonSchemaError"),
    "/provisioning_tokens": ("POST", spoil_status, "UndefinedStatusCode"),
    "/principal": ("GET", spoil_header, "MissingHeaders"),
    "/config_types/{config_type_id}": ("GET", spoil_media, "UndefinedContentType"),
    "/releases": ("POST", spoil_server, "ServerError"),
    "/config_types": ("POST", spoil_refusal, "RejectedPositiveData"),
    "/deployments/{deployment_id}/drifts": ("TRACE", spoil_allow, "UnsupportedMethodResponse"),
    # And what goes wrong with requests: a key that everybody has, a version and a body made good.
    "/devices": ("POST", "key", "IgnoredAuth"),
    "/groups": ("POST", "version", "MissingHeaderNotRejected"),
    "/git_commits": ("POST", "body", "AcceptedNegativeData"),
}


def defect_of(path):
    """What is planted in the path that a request has, if anything."""
    asked = path.partition("?")[0].removeprefix("/beta").split("/")
    for pattern, (_, defect, _) in DEFECTS.items():
        parts = pattern.split("/")
        if len(parts) == len(asked) and all(p == a or p[:1] == "{" for p, a in zip(parts, asked)):
            return defect
    return None


class Proxy(http.server.BaseHTTPRequestHandler):
    """Hands requests on to the real server, and plants the defects."""

    protocol_version = "HTTP/1.1"
    target = None  # where the real server is

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
        headers = dict(self.headers)
        defect = defect_of(self.path)
        if defect == "key":
            headers["X-API-Key"] = ADMIN
        if defect == "version":
            headers["Miru-Version"] = EVERGLADES
        if defect == "body" and self.command == "POST":
            body = b'{"sha": "1", "message": "", "origin": "https://github.com/o/r.git"}'
            headers["Content-Length"] = str(len(body))
        self.send(self.ask(headers, body), defect)

    def ask(self, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.target)
        try:
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def send(self, answer, defect):
        if callable(defect):
            defect(answer)
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name not in ("Content-Length", "Connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def log_message(self, *_):
        pass


class Canary(harness.TestCase):
    """Of a server with a defect in each of ten operations, each is found."""

    arguments = "--log", "off"

    def test_defects(self):
        proxy = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Planted", (Proxy,), {"target": self.server.port}))
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        try:
            names = [word for path, (method, _, _) in DEFECTS.items() for word in
                     ("--include-name", f"{'GET' if method == 'TRACE' else method} {path}")]
            run = Run(f"http://127.0.0.1:{proxy.server_address[1]}", EVERGLADES,
                      "--phases", "coverage", *names)
        finally:
            proxy.shutdown()
            proxy.server_close()
            thread.join()
        self.assertEqual(run.status, 1, run.output)
        found = {failure["type"]: failure["operations"] for failure in run.report["failures"]}
        for path, (method, _, kind) in DEFECTS.items():
            with self.subTest(kind=kind):
                self.assertIn(f"{method} {path}", found.get(kind, []), found)


if __name__ == "__main__":
    harness.main()
