# SPDX-License-Identifier: MIT
"""What differs from the fixtures: by object, id and field, and nothing else."""

import os
import tempfile
import threading

import harness
from harness import ADMIN, Client, File, Server

NOTHING = {"changes": [], "total": 0, "limit": 100, "offset": 0, "has_more": False}


class Changes(harness.TestCase):
    """With a server of its own for each test."""

    arguments = None
    options = ("--log", "off", "--clock", "2026-03-02T08:00:00Z", "--seed", "7")

    def setUp(self):
        self.server = Server(*self.options)
        self.addCleanup(self.server.stop)

    def changes(self, query="", server=None, **headers):
        answer = (server or self.server).request("GET", "/_mock/changes" + query, headers)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def control(self, method, target, body=None):
        answer = self.server.control(method, target, body)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def call(self, method, target, body=None, **options):
        answer = self.server.call(method, target, body, **options)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    @staticmethod
    def by_comparing(before, after):
        """The same, from two exports."""
        objects = {array: rows[0]["object"] for state in (before, after)
                   for array, rows in state.items()}
        found = []
        for array in objects:
            old, new = ({row["id"]: row for row in state.get(array, [])} for state in (before, after))
            for id in sorted(old.keys() | new.keys()):
                entry = {"object": objects[array], "id": id, "change": "changed", "field": None,
                         "from": None, "to": None}
                if id not in old or id not in new:
                    found.append(entry | {"change": "created" if id in new else "deleted"})
                    continue
                for field in list(new[id]) + [name for name in old[id] if name not in new[id]]:
                    if old[id].get(field) != new[id].get(field):
                        found.append(entry | {"field": field, "from": old[id].get(field),
                                              "to": new[id].get(field)})
        return sorted(found, key=str)

    def test_nothing(self):
        """Before the first change, after one that changes nothing, after a read and a refusal."""
        self.assertEqual(self.changes(), NOTHING)
        self.call("PATCH", "/devices/dvc_123", {"name": "My Device"})
        self.assertEqual(self.server.call("POST", "/devices", {}).status, 400)
        self.call("GET", "/devices")
        self.control("PUT", "clock", {"mode": "frozen", "now": "2026-03-03T08:00:00Z"})
        self.assertEqual(self.changes(), NOTHING)

    def test_one_field(self):
        self.call("PATCH", "/devices/dvc_123", {"name": "changed"})
        device = {"object": "device", "id": "dvc_123", "change": "changed"}
        self.assertEqual(self.changes(), {**NOTHING, "total": 2, "changes": [
            device | {"field": "name", "from": "My Device", "to": "changed"},
            device | {"field": "updated_at", "from": "2021-01-01T00:00:00Z",
                      "to": "2026-03-02T08:00:00.000001Z"}]})

    def test_back_again(self):
        """What was changed and is as it was is no change; here updated_at alone is one."""
        for name in ("changed", "My Device"):
            self.call("PATCH", "/devices/dvc_123", {"name": name})
        self.assertEqual([change["field"] for change in self.changes()["changes"]], ["updated_at"])
        self.control("POST", "reset")
        self.assertEqual(self.changes(), NOTHING)

    def test_everything(self):
        """As two exports differ: rows, what they own, and lists of ids; keys, too."""
        before = self.server.everything()
        self.call("POST", "/devices", {"name": "new"})
        self.call("POST", "/deployments/dpl_staged/deploy")
        self.call("POST", "/groups", {"name": "new", "parent_id": None})
        self.control("PATCH", "devices/dvc_123", {"description": None, "agent_version": "v2"})
        self.control("PATCH", "config_types/cfg_typ_123", {"archived": True})
        self.control("POST", "fixtures", {"api_keys": [{"key": "k", "name": "k", "scopes": []}]})
        after = self.server.everything()
        found = self.changes("?limit=1000")
        self.assertEqual(sorted(found["changes"], key=str), self.by_comparing(before, after))
        self.assertGreater(found["total"], 15)
        self.assertEqual({change["change"] for change in found["changes"]}, {"created", "changed"})
        self.assertEqual(found["total"], len(found["changes"]))
        self.assertNotIn("miru_mock", str(found))
        # In an order that does not depend on what came first.
        order = [(change["object"], change["id"]) for change in found["changes"]]
        for name in {name for name, _ in order}:
            ids = [id for other, id in order if other == name]
            self.assertEqual(ids, sorted(ids))

    def test_many_rows(self):
        """More than are read at a time; and rows that are gone."""
        devices = [{"id": f"dvc_{n}", "name": f"n{n}"} for n in range(1203)]
        self.control("PUT", "fixtures", {"devices": devices})
        self.assertEqual(self.changes(), NOTHING)
        self.control("PUT", "snapshots/all")
        self.control("PUT", "fixtures", {"devices": devices[:1000]})
        before = self.server.everything()
        self.assertEqual(self.changes(), NOTHING)
        self.control("POST", "snapshots/all/restore")
        found = self.changes("?limit=1000")["changes"]
        self.assertEqual(sorted(found, key=str),
                         self.by_comparing(before, self.server.everything()))
        self.assertEqual([change["change"] for change in found], ["created"] * 203)
        self.control("PUT", "snapshots/all")
        self.control("PUT", "fixtures", {"devices": devices + [{"id": "dvc_last", "name": "z"}]})
        self.control("POST", "snapshots/all/restore")
        self.assertEqual([(change["id"], change["change"]) for change in self.changes()["changes"]],
                         [("dvc_last", "deleted")])

    def test_pages(self):
        for name in ("a", "b", "c"):
            self.call("POST", "/devices", {"name": name})
        whole = self.changes()["changes"]
        for limit, offset, more in ((1, 0, True), (2, 1, False), (3, 0, False), (1, 2, False),
                                    (5, 3, False), (1, 1, True), (1000, 1000000000, False)):
            page = self.changes(f"?limit={limit}&offset={offset}")
            self.assertEqual(page, {"changes": whole[offset:offset + limit], "total": 3,
                                    "limit": limit, "offset": offset, "has_more": more})
        for query, words in (("limit=0", "limit: expected a whole number from 1 to 1000, found '0'"),
                             ("limit=1001", "limit: expected"), ("limit=x", "found 'x'"),
                             ("limit=", "limit: expected"), ("offset=-1", "offset: expected"),
                             ("offset=1.5", "offset: expected"), ("offset=10000000000", "offset:"),
                             ("limit=1&limit=2", "limit is given twice"),
                             ("object=device", "unknown query parameter 'object'")):
            self.assert_refused(self.server.control("GET", "changes?" + query), 400,
                                "invalid_request", words)
        self.assert_refused(self.server.control("POST", "changes"), 405, "method_not_allowed")

    def test_due_steps(self):
        """What devices were due to do is done, as in every other read."""
        self.control("PUT", "transitions", {"progression": "time", "seconds": 5})
        self.call("POST", "/deployments/dpl_staged/deploy")
        before = self.changes()["changes"]
        self.control("POST", "clock/advance", {"seconds": 3600})
        self.assertNotEqual(self.changes()["changes"], before)

    def test_while_others_write(self):
        """Each answer is one state: two fields that change together."""
        stop = threading.Event()

        def write():
            with Client(self.server) as client:
                n = 0
                while not stop.is_set():
                    n += 1
                    client.control("PATCH", "devices/dvc_123",
                                   {"agent_version": f"v{n}", "description": f"d{n}"})
        thread = threading.Thread(target=write)
        thread.start()
        try:
            for _ in range(50):
                fields = {change["field"]: change["to"] for change in self.changes()["changes"]}
                if fields:
                    self.assertEqual(fields["agent_version"][1:], fields["description"][1:])
        finally:
            stop.set()
            thread.join()


class OfKeys(Changes):
    options = ("--log", "off", "--auth", "any", "--clock", "2026-03-02T08:00:00Z", "--seed", "7")

    def test_workspaces(self):
        """Each has its own."""
        self.call("PATCH", "/devices/dvc_123", {"name": "a"}, key="a")
        self.assertEqual(self.changes(**{"X-API-Key": "a"})["total"], 2)
        self.assertEqual(self.changes("?workspace=ws_1")["total"], 2)
        self.assertEqual(self.changes(**{"X-API-Key": "b"}), NOTHING)
        self.assertEqual(self.changes(**{"X-API-Key": ADMIN}), NOTHING)
        self.call("PATCH", "/devices/dvc_123", {"name": "common"})
        self.assertEqual(self.changes(**{"X-API-Key": "b"}), NOTHING)
        self.assertEqual(self.changes()["total"], 2)


class Stateless(harness.TestCase):
    arguments = ("--stateless",)

    def test_nothing(self):
        self.assertEqual(self.server.call("PATCH", "/devices/dvc_123", {"name": "x"}).status, 200)
        self.assertEqual(self.server.control("GET", "changes").json, NOTHING)


class InFile(harness.TestCase):
    arguments = None

    def test_file(self):
        """From the fixtures that the server was given, also after a restart."""
        with tempfile.TemporaryDirectory() as directory, \
                File('{"devices": [{"id": "dvc_1", "name": "one"}], "api_keys": [{"key": "miru_mock_'
                     'admin", "name": "a", "scopes": ["devices:manage"]}]}') as fixtures:
            options = ("--db", os.path.join(directory, "db"), "--fixtures", fixtures, "--clock",
                       "2026-03-02T08:00:00Z")
            for round in range(2):
                with Server(*options) as server:
                    if round == 0:
                        self.assertEqual(server.control("GET", "changes").json, NOTHING)
                        server.call("PATCH", "/devices/dvc_1", {"name": "x"})
                    found = server.control("GET", "changes").json["changes"]
                    self.assertIn(("name", "one", "x"), [(change["field"], change["from"],
                                                          change["to"]) for change in found])


if __name__ == "__main__":
    harness.main()
