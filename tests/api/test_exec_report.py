# SPDX-License-Identifier: MIT
"""exec --report, --journal, --log-file and --expect: what a run leaves behind, and its verdict."""

import json
import os
import tempfile

import harness
from harness import SRCDIR, run
from test_exec import execute

# Asks for a device, an unknown one, something with a wrong parameter, and no operation at all.
ODD = """
def control(path, body=None, method=None):
    request = urllib.request.Request(os.environ["MIRU_MOCK_URL"] + "/_mock/" + path, method=method,
                                     data=body and json.dumps(body).encode())
    return json.load(urllib.request.urlopen(request))

for path in "/devices/dvc_123", "/devices/dvc_no", "/devices?limt=1":
    ask(path)
control("reset", method="POST")
ask("/nowhere")
"""
FAULT = """
control("faults", {"faults": [{"operation": "getDevice", "status": 503}]}, "PUT")
control("faults", method="DELETE")
"""


class Files(harness.TestCase):
    arguments = None

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def test_report(self):
        """Of the whole run, whatever was reset; its sum is the last on standard error."""
        done = execute("--report", self.path("r"), code=ODD + "sys.exit(7)")
        self.assertEqual(done.returncode, 7, done.stderr)
        report = json.loads(self.read("r"))
        asked = {o["operation"]: o["requests"] for o in report["operations"] if o["requests"]}
        self.assertEqual(asked, {"getDevice": 2, "listDevices": 1})
        self.assertEqual(report["unmatched"], [{"method": "GET", "path": "/beta/nowhere", "times": 1}])
        self.assertEqual(done.stderr.splitlines(), [
            "miru-mock: 3 requests, 2 of 36 operations; 3 of their 9 documented answers were seen; never:",
            "miru-mock:   getDevice: invalid_request, unauthorized, forbidden",
            "miru-mock:   listDevices: invalid_request, unauthorized, forbidden",
            "miru-mock: no operation: GET /beta/nowhere (1 times)",
            "miru-mock: passed over: listDevices query.limt (1 times)"])

    def test_all_workspaces(self):
        """Together, those that were deleted as well."""
        done = execute("--auth", "any", "--report", self.path("r"), code=ODD + """
for key in "one", "two", "three":
    os.environ["MIRU_API_KEY"] = key
    ask("/groups")
    ask("/devices/" + key)
[*_, last] = control("workspaces")["workspaces"]
control("workspaces/" + last["id"], method="DELETE")
""")
        self.assertEqual(done.returncode, 0, done.stderr)
        asked = {o["operation"]: o["requests"] for o in json.loads(self.read("r"))["operations"]}
        self.assertEqual((asked["listGroups"], asked["getDevice"]), (3, 5))

    def test_journal(self):
        """Every request, also those before a reset, each on a line as GET /_mock/requests has it."""
        done = execute("--journal", self.path("j"), code=ODD)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        lines = [json.loads(line) for line in self.read("j").splitlines()]
        self.assertEqual([(r["path"], r["status"], r["operation"], r["workspace"]) for r in lines],
                         [("/beta/devices/dvc_123", 200, "getDevice", "common"),
                          ("/beta/devices/dvc_no", 404, "getDevice", "common"),
                          ("/beta/devices", 200, "listDevices", "common"), ("/beta/nowhere", 404, None, "common")])

    def test_log_file(self):
        """In place of standard error; as text, unless --log says how, or that there is none."""
        for args, begins in ((), " 200 GET /beta/devices/dvc_123"), (("--log", "json"), '"status":200'), (
                ("--log", "off"), None):
            done = execute("--log-file", self.path("l"), *args, code=ODD)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(begins or "", self.read("l"))
            self.assertEqual(self.read("l") == "", begins is None)

    def test_expect(self):
        """Status 1 where CMD passed; a status of CMD's own stays."""
        for expect, code, want, said in (
                ("no-unmatched", ODD, 1, "--expect no-unmatched: no operation was found for GET /beta/nowhere"),
                ("no-ignored", ODD, 1, "--expect no-ignored: passed over was listDevices query.limt"),
                ("all-faults-hit", ODD + FAULT, 1, "--expect all-faults-hit: never fired has "
                 '{"operation":"getDevice","status":503}'),
                ("all-faults-hit", ODD, 0, ""), ("no-unmatched", ODD + "sys.exit(3)", 3, "no-unmatched"),
                ("no-unmatched,no-ignored,all-faults-hit", "ask('/devices')", 0, "1 requests, 1 of 36"),
                ("all-faults-hit,no-ignored", ODD + FAULT, 1, "all-faults-hit")):
            with self.subTest(expect=expect):
                done = execute("--expect", expect, code=code)
                self.assertEqual(done.returncode, want, done.stderr)
                self.assertIn(said, done.stderr)

    def test_refused(self):
        """Before the program runs: a typo, or a file that cannot be."""
        for args, status, words in (
                (("--expect", "no-faults"), 2, "expected a list of no-unmatched, no-ignored, all-faults-hit"),
                (("--expect", "no-ignored,"), 2, "expected a list of"), (("--expect", ""), 2, "is empty"),
                (("--report", "/nowhere/r"), 1, "--report '/nowhere/r': No such file or directory"),
                (("--journal", self.folder.name), 1, "Is a directory"),
                (("--log-file", "/nowhere/l"), 1, "--log-file"),
                (("--journal", self.path("j"), "--journal-size", "0"), 1, "conflicts with --journal-size 0")):
            with self.subTest(args=args):
                done = execute(*args, code="say('ran')")
                self.assertEqual((done.returncode, done.stdout), (status, ""), done.stderr)
                self.assertIn(words, done.stderr)
        self.assertEqual(run("--report", "r").returncode, 2)  # not of serve

    def test_disk_full(self):
        """A report that could not be written fails the run."""
        done = execute("--report", "/dev/full", code="ask('/devices')")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("--report: cannot write all of it", done.stderr)


if __name__ == "__main__":
    harness.main()
