# SPDX-License-Identifier: MIT
"""GET /_mock/report: what a run has exercised, which answers it has never seen, what was odd."""

import glob
import os
import re

import harness
from harness import NOSCOPE, READER, SRCDIR, Server


def coded(answers):
    return [(a["status"], a["code"]) for a in answers]


class Report(harness.TestCase):
    arguments = None

    def report(self, server, query=""):
        answer = server.control("GET", "report" + query)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(list(answer.json), ["operations", "unmatched", "ignored", "faults_never_hit"])
        return answer.json

    def operation(self, server, name):
        [found] = [o for o in self.report(server)["operations"] if o["operation"] == name]
        return found

    def test_fresh(self):
        """Every operation, with each refusal that it is documented to give, and nothing seen."""
        with Server() as server:
            report = self.report(server)
            self.assertEqual(len(report["operations"]), 36)
            self.assertEqual({(o["requests"], len(o["seen"])) for o in report["operations"]}, {(0, 0)})
            self.assertEqual((report["unmatched"], report["ignored"], report["faults_never_hit"]), ([], [], []))
            codes = {code for o in report["operations"] for _, code in coded(o["never"])}
            # Each refusal that the API's operations have in their source, and those of unique values.
            said = set()
            for file in glob.glob(os.path.join(SRCDIR, "server/api/*.c")):
                if not file.endswith("openapi.c"):
                    with open(file) as source:
                        said |= set(re.findall(r"\bERR_(\w+)", source.read()))
            with open(os.path.join(SRCDIR, "server/model/error.h")) as table:
                named = dict(re.findall(r'ERROR\((\w+), \d+, "(\w+)"\)', table.read()))
            want = {named[s] for s in said if s in named}
            want |= {code for code in named.values() if code.startswith("duplicate_")}
            want |= {None, "unauthorized", "forbidden", "invalid_request"}
            self.assertEqual(codes, want)
            self.assertEqual(coded(self.operation(server, "archiveDeployment")["never"]),
                             [(200, None), (400, "invalid_request"), (400, "deployment_not_archivable"),
                              (401, "unauthorized"), (403, "forbidden"), (404, "resource_not_found")])
            self.assertEqual(coded(self.operation(server, "getSelf")["never"]),
                             [(200, None), (401, "unauthorized")])

    def test_seen(self):
        """An answer that was seen is never again among those that were not, whatever is reset."""
        with Server() as server:
            for target, key in (("/devices/dvc_123", READER), ("/devices/dvc_no", READER),
                                ("/devices/dvc_123", NOSCOPE), ("/devices/dvc_123", "x")):
                server.get(target, key=key)
            server.control("POST", "reset")
            server.control("DELETE", "requests")
            found = self.operation(server, "getDevice")
            self.assertEqual((found["requests"], found["method"], found["path"]),
                             (4, "GET", "/devices/{device_id}"))
            self.assertEqual(coded(found["seen"]), [(200, None), (401, "unauthorized"), (403, "forbidden"),
                                                    (404, "resource_not_found")])
            self.assertEqual(coded(found["never"]), [(400, "invalid_request")])

    def test_faults(self):
        """A refusal that a rule makes counts as what its code says; one with a code of its own, as none."""
        with Server() as server:
            server.control("PUT", "faults", {"faults": [
                {"operation": "deployDeployment", "status": 400, "code": "deployment_not_deployable", "times": 1},
                {"operation": "deployDeployment", "status": 409, "code": "my_own", "times": 1},
                {"operation": "deployDeployment", "status": 503, "times": 1},
                {"operation": "deployDeployment", "close": "before", "times": 1},
                {"operation": "getDevice", "status": 500}]})
            for _ in range(3):
                server.call("POST", "/deployments/dpl_123/deploy")
            server.raw(b"POST /deployments/dpl_123/deploy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            found = self.operation(server, "deployDeployment")
            self.assertEqual((found["requests"], coded(found["seen"])),
                             (4, [(400, "deployment_not_deployable"), (503, "service_unavailable")]))
            never = [{"operation": "getDevice", "status": 500}]
            self.assertEqual(self.report(server)["faults_never_hit"], never)
            server.control("POST", "reset")
            self.assertEqual(self.report(server)["faults_never_hit"], never)
            server.control("PUT", "faults", {"faults": [{"path": "/devices/x", "status": 500}]})
            server.control("POST", "faults", {"faults": [{"path": "/devices/y", "status": 500}]})
            server.get("/devices/z")
            server.control("DELETE", "faults")
            self.assertEqual(self.report(server)["faults_never_hit"], [*never, {"path": "/devices/x", "status": 500},
                                                                       {"path": "/devices/y", "status": 500}])

    def test_a_rule_that_has_fired_once(self):
        """Has fired, though a reset brings it back, and another workspace has its own."""
        rule = {"operation": "getDevice", "status": 500}
        with Server() as server:
            for fire in (False, True, False):
                server.control("PUT", "faults", {"faults": [rule]})
                if fire:
                    self.assertEqual(server.get("/devices/dvc_123").status, 500)
                server.control("POST", "reset")
                self.assertEqual(self.report(server)["faults_never_hit"],
                                 [rule] if not fire and not self.fired(server) else [])

    def fired(self, server):
        return any(answer["status"] == 500 for operation in self.report(server)["operations"]
                   for answer in operation["seen"])

    def test_key_of_a_fault(self):
        with Server() as server:
            server.control("PUT", "faults", {"faults": [{"key": "SECRETvalue_abcdef", "status": 500},
                                                        {"key": "a", "status": 500}]})
            self.assertEqual([rule["key"] for rule in self.report(server)["faults_never_hit"]],
                             ["****cdef", "****"])

    def test_odd(self):
        """What no operation has, and what was passed over; each once, with its number."""
        with Server() as server:
            for _ in range(2):
                server.get("/beta/nowhere?x")
            server.get("/devices", method="PUT")
            server.get("/devices?limt=1")
            server.call("POST", "/devices", {"name": "n", "colour": 1})
            server.request("GET", "/openapi.json")
            report = self.report(server)
            self.assertEqual(report["unmatched"], [{"method": "GET", "path": "/beta/nowhere", "times": 2},
                                                   {"method": "PUT", "path": "/devices", "times": 1}])
            self.assertEqual(report["ignored"], [
                {"operation": "listDevices", "name": "query.limt", "times": 1},
                {"operation": "createDevice", "name": "body.colour", "times": 1}])

    def test_bounded(self):
        """However many odd requests there are, and however long."""
        with Server() as server:
            for n in range(200):
                server.get(f"/{n}" + "x" * 2000)
            report = self.report(server)
            self.assertLessEqual(len(report["unmatched"]), 64)
            self.assertLess(len(str(report["unmatched"])), 64 * 400)
            server.raw(b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.report(server)

    def test_workspaces(self):
        """Each has its own."""
        with Server("--auth", "any") as server:
            server.get("/devices", key="one")
            server.get("/devices/dvc_123", key="two")
            ids = [w["id"] for w in server.control("GET", "workspaces").json["workspaces"]]
            asked = [[o["operation"] for o in self.report(server, f"?workspace={i}")["operations"] if o["requests"]]
                     for i in ids]
            self.assertEqual(asked, [[], ["listDevices"], ["getDevice"]])

    def test_refused(self):
        with Server() as server:
            self.assert_refused(server.control("GET", "report?x=1"), 400, "invalid_request", "no query parameters")
            self.assert_refused(server.control("DELETE", "report"), 405, "method_not_allowed", "GET")


if __name__ == "__main__":
    harness.main()
