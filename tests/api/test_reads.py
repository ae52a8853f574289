# SPDX-License-Identifier: MIT
"""Reads of rows beside the API: its lists, in the shape of fixtures, and no requests of it."""

import harness
from harness import ADMIN, EVERGLADES, Server

ARRAYS = ("config_instances", "config_schemas", "config_types", "deployments", "devices",
          "git_commits", "groups", "releases")


class Reads(harness.TestCase):
    arguments = ("--clock", "2026-03-02T08:00:00Z")

    def read(self, target, status=200):
        answer = self.server.control("GET", target)
        self.assertEqual(answer.status, status, answer.text)
        return answer.json

    def api(self, target):
        answer = self.server.call("GET", "/" + target)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def test_shape(self):
        """Each row is as the export has it, in a list and alone."""
        exported = self.server.everything()
        for array in ARRAYS:
            rows = {row["id"]: row for row in exported[array]}
            page = self.read(f"{array}?limit=100")
            self.assertEqual({row["id"]: row for row in page["data"]}, rows)
            self.assertEqual(len(page["data"]), len(rows))
            for id, row in rows.items():
                self.assertEqual(self.read(f"{array}/{id}"), row)

    def test_lists(self):
        """The same pages of the same rows as the API's lists have, in their envelope."""
        queries = ("", "?limit=2", "?limit=2&offset=1", "?order_by=id:asc", "?expand=total_count",
                   "?expand[]=total_count&expand=total_count&limit=1", "?limit=0&offset=-1",
                   "?workspace=common&limit=3")
        for array in ARRAYS:
            some = self.read(f"{array}?limit=100")["data"]
            filters = (f"?id={some[0]['id']}", f"?id={some[0]['id']},{some[-1]['id']}&order_by=id",
                       f"?id={some[0]['id']}&id={some[-1]['id']}", "?id=none")
            for query in queries + filters:
                with self.subTest(array=array, query=query):
                    page, wanted = self.read(array + query), self.api(array + query)
                    self.assertEqual(list(page), list(wanted))
                    self.assertEqual([row.pop("id") for row in page.pop("data")],
                                     [row.pop("id") for row in wanted.pop("data")])
                    self.assertEqual(page, wanted)
        self.assertEqual({row["id"] for row in self.read("devices?status=offline")["data"]},
                         {row["id"] for row in self.api("devices?status=offline")["data"]})

    def test_expansions(self):
        """Related rows as objects, each in the shape of fixtures, beside their ids."""
        row = self.read("deployments/dpl_123?expand=device,parent,release.config_schemas,"
                        "config_instances.config_schema")
        plain = self.read("deployments/dpl_123")
        self.assertEqual(row, {**plain, "device": self.read("devices/dvc_123"), "parent": None,
                               "release": self.read("releases/rls_123?expand=config_schemas"),
                               "config_instances": row["config_instances"]})
        self.assertEqual([one["id"] for one in row["config_instances"]],
                         plain["config_instance_ids"])
        for one in row["config_instances"]:
            self.assertEqual(one, self.read(f"config_instances/{one['id']}?expand=config_schema"))
            self.assertEqual(one["config_schema"],
                             self.read(f"config_schemas/{one['config_schema_id']}"))
            self.assertIn("content", one)
        for one in row["release"]["config_schemas"]:
            self.assertEqual(one, self.read(f"config_schemas/{one['id']}"))
        # What a row owns is there anyway, and once.
        self.assertEqual(self.server.control(
            "GET", "config_instances/cfg_inst_123?expand=content").text,
            self.server.control("GET", "config_instances/cfg_inst_123").text)

    def test_load_again(self):
        """What is read with its relations is a fixture of the same rows."""
        rows = self.read("deployments?limit=100&expand=device.group,config_instances.config_schema."
                         "config_type,release.config_schemas.config_type")["data"]
        with Server("--empty", "--clock", "2026-03-02T08:00:00Z") as other:
            all = self.server.everything()
            answer = other.control("POST", "fixtures", {
                "groups": all["groups"], "git_commits": all["git_commits"], "deployments": rows})
            self.assertEqual(answer.status, 200, answer.text)
            self.assertEqual(other.control("GET", "deployments?limit=100").text,
                             self.server.control("GET", "deployments?limit=100").text)

    def test_no_requests(self):
        """No journal, no faults; a delay or an outage of the API does not touch them."""
        before = self.read("requests")["total"]
        self.server.control("PUT", "faults", {"faults": [{"status": 503}]})
        self.read("devices/dvc_123")
        self.read("devices")
        self.assertEqual(self.read("faults")["faults"][0]["hits"], 0)
        self.server.control("DELETE", "faults")
        self.assertEqual(self.read("requests")["total"], before)

    def test_due_steps(self):
        """What is due by now is done, as in every other read."""
        with Server("--clock", "2026-03-02T08:00:00Z", "--transitions", "5") as server:
            server.call("POST", "/deployments/dpl_staged/deploy")
            before = server.control("GET", "deployments/dpl_staged").json["activity_status"]
            server.control("POST", "clock/advance", {"seconds": 3600})
            after = server.control("GET", "deployments/dpl_staged").json["activity_status"]
            self.assertNotEqual(before, after)

    def test_refused(self):
        for target, words in (("devices?limt=3", "unknown query parameter 'limt'"),
                              ("devices?limit=x", "limit 'x': expected an integer"),
                              ("devices?limit=1&limit=2", "limit is given twice"),
                              ("devices?workspace=a&workspace=b", "workspace is given twice"),
                              ("devices?workspace=ws_9", "workspace 'ws_9' not found"),
                              ("devices?order_by=nme", "unknown order_by 'nme'"),
                              ("devices?status=on", "unknown status 'on'"),
                              ("devices?expand=robot", "unknown expansion 'robot'"),
                              ("devices/dvc_123?expand=total_count", "unknown expansion"),
                              ("devices/dvc_123?limit=1", "unknown query parameter 'limit'")):
            with self.subTest(target=target):
                self.assert_refused(self.server.control("GET", target), 400, "invalid_request",
                                    words)
        self.assert_refused(self.server.control("GET", "devices/dvc_no"), 404,
                            "resource_not_found", "device 'dvc_no' not found")
        self.assert_refused(self.server.control("GET", "devices/dpl_123"), 404,
                            "resource_not_found", "looks like the id of a deployment")
        self.assert_refused(self.server.control("GET", "robots"), 404, "resource_not_found",
                            "GET /_mock/devices", "GET /_mock/devices/{device_id}")
        self.assert_refused(self.server.control("GET", "api_keys"), 404, "resource_not_found")
        answer = self.server.control("DELETE", "devices/dvc_123")
        self.assert_refused(answer, 405, "method_not_allowed")
        self.assertEqual(answer.headers["Allow"], "GET, HEAD, PATCH")


class OfKeys(harness.TestCase):
    arguments = ("--auth", "any")

    def test_workspaces(self):
        """Those of the key's workspace, or of the one that the query names; no key is needed."""
        self.server.call("PATCH", "/devices/dvc_123", {"name": "mine"}, key="a")

        def name(target="devices/dvc_123", **headers):
            return self.server.request("GET", "/_mock/" + target, headers).json["name"]
        self.assertEqual(name(**{"X-API-Key": "a"}), "mine")
        self.assertEqual(name(**{"X-API-Key": ADMIN}), "My Device")
        self.assertEqual(name(**{"Miru-Version": EVERGLADES}), "My Device")
        self.assertEqual(name("devices/dvc_123?workspace=ws_1"), "mine")


if __name__ == "__main__":
    harness.main()
