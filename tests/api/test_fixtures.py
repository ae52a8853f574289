# SPDX-License-Identifier: MIT
"""Fixtures: what loads and as what, and that every mistake is named with its place."""

import json
import os
import re
import tempfile
from datetime import datetime

import harness
import objects
from harness import EVERGLADES, RAINIER, TETONS, VERSIONS, Server, run

KEYS = [{"key": "miru_mock_k", "name": "k", "scopes": [
    f"{name}:read" for name in ("config_instances", "config_schemas", "config_types", "deployments",
                                "devices", "git_commits", "groups", "releases")]}]

DEVICE = {"id": "dvc_1", "name": "one"}
RELEASE = {"id": "rls_1", "version": "v1.0.0"}
DEPLOYMENT = {"id": "dpl_1", "device_id": "dvc_1", "release_id": "rls_1"}
TYPE = {"id": "cfg_typ_1", "name": "Motion", "slug": "motion"}
SCHEMA = {"id": "cfg_sch_1", "digest": "sha256:1", "config_type_id": "cfg_typ_1"}
INSTANCE = {"id": "cfg_inst_1", "config_schema_id": "cfg_sch_1"}
COMMIT = {"message": "", "repository_owner": "o", "repository_name": "n", "repository_type": "github",
          "commit_url": "https://example.com/c"}
TWO_SLOTS = {**SCHEMA, "instance_slots": [{"key": "a", "filepath": "/a.json"},
                                          {"key": "b", "filepath": "/b.json"}]}


def demo_ids():
    with open(os.path.join(harness.SRCDIR, "fixtures/demo.json")) as file:
        return {array: [item["id"] for item in items] for array, items in json.load(file).items()
                if array != "api_keys"}


class Files(harness.TestCase):
    arguments = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.names = 0

    def write(self, content):
        """A file of the test's own, of bytes, text, or a document."""
        self.names += 1
        path = os.path.join(self.folder, f"{self.names}.json")
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        return path

    def serve(self, **arrays):
        return Server("--fixtures", self.write({"api_keys": KEYS, **arrays}))

    def get(self, server, path, version=EVERGLADES):
        answer = server.get("/beta/" + path, key="miru_mock_k", version=version)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json


class Loading(Files):
    def test_the_demo_as_a_file(self):
        result = run("check", "fixtures/demo.json", "fixtures/scopes.json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "fixtures/demo.json: ok\nfixtures/scopes.json: ok\n")

    def test_what_can_be_derived_may_be_left_out(self):
        with self.serve(devices=[DEVICE], releases=[{**RELEASE, "config_schema_ids": ["cfg_sch_1"]}],
                        deployments=[{**DEPLOYMENT, "config_instance_ids": ["cfg_inst_1"]}],
                        config_types=[TYPE], config_schemas=[SCHEMA],
                        config_instances=[INSTANCE]) as server:
            found = self.get(server, "deployments/dpl_1?expand=device,release.config_schemas,"
                                     "config_instances.content,config_instances.config_schema")
            self.assertEqual((found["status"], found["activity_status"], found["error_status"],
                              found["target_status"]), ("staged", "staged", "none", "staged"))
            self.assertEqual(found["description"], "")
            self.assertRegex(found["created_at"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertEqual(found["created_at"], found["updated_at"])
            self.assertEqual([found[f"{x}_at"] for x in ("queued", "deployed", "archived")],
                             [None] * 3)
            self.assertEqual(found["device"]["status"], "inactive")
            schema = found["release"]["config_schemas"][0]
            self.assertEqual(schema["instance_slots"], [
                {"key": "default", "name": "Default", "required": True,
                 "filepath": "/srv/miru/configs/motion.json"}])
            self.assertEqual((schema["instance_format"], schema["language"], schema["format"]),
                             ("json", "jsonschema", "json"))
            instance = found["config_instances"][0]
            self.assertEqual(instance["config_type_name"], "Motion")
            self.assertEqual(instance["config_type_id"], "cfg_typ_1")
            self.assertEqual(instance["slot_key"], "default")
            self.assertEqual(instance["filepath"], "/srv/miru/configs/motion.json")
            self.assertEqual(instance["content"], {"format": "json", "data": "{}\n"})

    def test_implied_statuses_and_times(self):
        cases = [  # given; activity, error, target; which times are set
            ({"activity_status": "drifted"}, "drifted", "none", "staged", ""),
            ({"activity_status": "queued"}, "queued", "none", "deployed", "q"),
            ({"activity_status": "deployed"}, "deployed", "none", "deployed", "qd"),
            ({"activity_status": "removing"}, "removing", "none", "archived", "qd"),
            ({"activity_status": "archived"}, "archived", "none", "archived", "a"),
            ({"status": "queued"}, "queued", "none", "deployed", "q"),
            ({"status": "failed"}, "archived", "failed", "archived", "a"),
            ({"status": "retrying"}, "queued", "retrying", "deployed", "q"),
            ({"target_status": "archived"}, "archived", "none", "archived", "a"),
            ({"target_status": "deployed"}, "deployed", "none", "deployed", "qd"),
            ({"error_status": "retrying", "target_status": "deployed"}, "deployed", "retrying",
             "deployed", "qd"),
            ({"activity_status": "deployed", "queued_at": None, "deployed_at": None}, "deployed",
             "none", "deployed", ""),
        ]
        devices = [{"id": f"dvc_{i}", "name": str(i)} for i in range(len(cases))]
        deployments = [{**DEPLOYMENT, "id": f"dpl_{i}", "device_id": f"dvc_{i}",
                        "updated_at": "2024-02-01T00:00:00Z", **case[0]}
                       for i, case in enumerate(cases)]
        with self.serve(devices=devices, releases=[RELEASE], deployments=deployments) as server:
            for i, (given, activity, error, target, times) in enumerate(cases):
                with self.subTest(given=given):
                    found = self.get(server, f"deployments/dpl_{i}")
                    self.assertEqual(found["activity_status"], activity)
                    self.assertEqual(found["error_status"], error)
                    self.assertEqual(found["target_status"], target)
                    self.assertEqual(found["status"], activity if error == "none" else error)
                    for name in ("queued", "deployed", "archived"):
                        self.assertEqual(found[name + "_at"], "2024-02-01T00:00:00Z"
                                         if name[0] in times else None)

    def test_names_without_tags(self):
        slots = [{"key": "a", "name": "<b>A</b>", "filepath": "/a.json"}]
        with self.serve(api_keys=KEYS, devices=[{**DEVICE, "name": "<i>o</i>ne"}], config_types=[TYPE],
                        config_schemas=[{**SCHEMA, "instance_slots": slots}]) as server:
            rows = server.everything()
            self.assertEqual(rows["devices"][0]["name"], "one")
            self.assertEqual(rows["config_schemas"][0]["instance_slots"][0]["name"], "A")

    def test_exported_and_loaded(self):
        """What is exported is loaded again, into the same: the demo, and what changed in it."""
        with Server() as server:
            server.call("POST", "/deployments/dpl_123/deploy")
            server.call("POST", "/deployments", {
                "target_status": "staged", "description": "é\n\"", "device_id": "dvc_offline",
                "release_id": "rls_110", "config_instance_ids": ["cfg_inst_loc_1",
                                                                 "cfg_inst_motion_1"]})
            server.control("PATCH", "releases/rls_123", {"archived": False})
            server.control("PATCH", "devices/dvc_inactive", {"description": "x"})
            server.control("POST", "deployments/dpl_drifted/restage")
            server.control("PUT", "transitions", {"progression": "manual"})
            server.call("POST", "/deployments/dpl_drifted/deploy")
            exported = server.control("GET", "fixtures")
            again = server.control("GET", "fixtures")
        self.assertEqual(again.text, exported.text)
        self.assertIn("waiting_since", exported.text)
        self.assertIn("reviewed_at", exported.text)
        with harness.File(exported.text) as path:
            for options in ((), ("--transitions", "manual")):
                with Server("--fixtures", path, *options) as server:
                    loaded = server.control("GET", "fixtures")
                    # Where devices do something, the one that waited has been served.
                    self.assertEqual(loaded.text == exported.text, bool(options))
                    self.assertEqual(server.call("GET", "/deployments/dpl_drifted").json["status"],
                                     "queued" if options else "deployed")

    def test_exported_many(self):
        """However many, in the order in which they came."""
        devices = [{"id": f"dvc_{i}", "name": str(i)} for i in range(1200)]
        with self.serve(devices=devices) as server:
            found = server.everything()
            self.assertEqual([d["id"] for d in found["devices"]], [d["id"] for d in devices])

    def test_what_answers_do_not_show(self):
        """When a deployment was reviewed, whether its device is about to do something with it, and
        whether a release is archived."""
        device = {**DEVICE, "status": "online"}
        waits = {**DEPLOYMENT, "activity_status": "queued",
                 "waiting_since": "2026-01-01T00:00:00.5Z"}
        with self.serve(devices=[device], deployments=[waits],
                        releases=[{**RELEASE, "archived_at": "2026-01-01T00:00:00Z"}]) as server:
            self.assertEqual(self.get(server, "deployments/dpl_1")["status"], "deployed")
            self.assertNotIn("archived_at", self.get(server, "releases/rls_1"))
            self.assertEqual(server.everything()["releases"][0]["archived_at"],
                             "2026-01-01T00:00:00Z")
        reviewed = {**DEPLOYMENT, "reviewed_at": "2026-01-01T00:00:00.000001Z"}
        with self.serve(devices=[device], deployments=[reviewed], releases=[RELEASE]) as server:
            self.assertEqual(server.everything()["deployments"][0]["reviewed_at"],
                             "2026-01-01T00:00:00.000001Z")

    def test_times(self):
        """Any RFC 3339 time; answers show whole seconds in UTC."""
        with self.serve(devices=[{**DEVICE, "created_at": "2024-01-01T01:00:00.987654321+01:00",
                                  "last_connected_at": "2024-06-30T23:59:59Z"}]) as server:
            found = self.get(server, "devices/dvc_1")
            self.assertEqual(found["created_at"], "2024-01-01T00:00:00Z")
            self.assertEqual(found["updated_at"], "2024-01-01T00:00:00Z")
            self.assertEqual(found["last_connected_at"], "2024-06-30T23:59:59Z")

    def test_an_answer_pasted_in(self):
        """What the server itself answers loads again, in every version, expanded to the brim."""
        expand = {TETONS: "device", RAINIER: "device.current_deployment,device.current_release",
                  EVERGLADES: "device.group.parent,device.current_release,parent"}
        for version in harness.VERSIONS:
            with self.subTest(version=version), Server() as server:
                target = ("/beta/deployments/dpl_123?expand=release.config_schemas.documents,"
                          "release.config_schemas.config_type,config_instances.content,"
                          "config_instances.config_schema.config_type," + expand[version])
                pasted = server.get(target, version=version).json
                commit = server.get("/beta/git_commits/git_commit_123", version=version).json
                groups = [server.get(f"/beta/groups/{id}", version=EVERGLADES).json
                          for id in ("grp_123", "grp_456")] if version == EVERGLADES else []
                with self.serve(deployments=[pasted], git_commits=[commit],
                                groups=groups) as second:
                    again = second.get(target, key="miru_mock_k", version=version)
                    # The second key may read everything, too.
                    self.assertEqual(again.json, pasted)

    def test_expanded_and_apart_must_agree(self):
        """An object may stand in its array and inside others; what is said anywhere counts."""
        device = {**DEVICE, "status": "online", "agent_version": "v1"}
        with self.serve(devices=[{**DEVICE, "agent_version": "v1"}], releases=[RELEASE],
                        deployments=[{"id": "dpl_1", "release_id": "rls_1",
                                      "device": {**DEVICE, "status": "online"}}]) as server:
            found = self.get(server, "devices/dvc_1")
            self.assertEqual({name: found[name] for name in device}, device)

    def test_several_files(self):
        """Are one set, in any order, however many there are."""
        paths = [self.write(content) for content in (
            {"deployments": [DEPLOYMENT]}, {"devices": [DEVICE]}, {"releases": [RELEASE]},
            {"api_keys": KEYS})]
        with Server(*(arg for path in paths for arg in ("--fixtures", path))) as server:
            found = self.get(server, "deployments/dpl_1?expand=device,release")
            self.assertEqual((found["device"]["name"], found["release"]["version"]),
                             ("one", "v1.0.0"))

    def test_order_does_not_matter(self):
        document = {"deployments": [{**DEPLOYMENT, "parent_id": "dpl_2"},
                                    {**DEPLOYMENT, "id": "dpl_2"}],
                    "releases": [RELEASE], "devices": [{**DEVICE, "group_id": "grp_2"}],
                    "groups": [{"id": "grp_2", "name": "b", "parent_id": "grp_1"},
                               {"id": "grp_1", "name": "a"}]}
        with self.serve(**document) as server:
            found = self.get(server, "deployments/dpl_1?expand=parent,device.group.parent")
            self.assertEqual(found["parent"]["id"], "dpl_2")
            self.assertEqual(found["device"]["group"]["parent"]["name"], "a")

    def test_slots(self):
        with self.serve(config_types=[TYPE], config_schemas=[
                TWO_SLOTS,
                {**SCHEMA, "id": "cfg_sch_2", "digest": "2", "instance_filepath": "/old.yaml"},
                {**SCHEMA, "id": "cfg_sch_3", "digest": "3", "format": "yaml"},
                {**SCHEMA, "id": "cfg_sch_4", "digest": "4", "instance_format": "text",
                 "instance_slots": [{"key": "k", "filepath": "/x", "required": False}]},
        ], config_instances=[
                {**INSTANCE, "slot_key": "b"},
                {**INSTANCE, "id": "cfg_inst_2", "filepath": "/a.json"},
                {"id": "cfg_inst_4", "config_schema_id": "cfg_sch_4"},
        ]) as server:
            self.assertEqual(self.get(server, "config_instances/cfg_inst_1")["filepath"], "/b.json")
            self.assertEqual(self.get(server, "config_instances/cfg_inst_2")["slot_key"], "a")
            found = self.get(server, "config_instances/cfg_inst_4?expand=content")
            self.assertEqual(found["content"], {"format": "text", "data": ""})
            found = self.get(server, "config_schemas/cfg_sch_1", RAINIER)
            self.assertEqual(found["instance_filepath"], "/a.json")
            found = self.get(server, "config_schemas/cfg_sch_2")
            self.assertEqual(found["instance_slots"][0]["filepath"], "/old.yaml")
            self.assertEqual(found["instance_format"], "yaml")
            found = self.get(server, "config_schemas/cfg_sch_3")
            self.assertEqual(found["instance_slots"][0]["filepath"],
                             "/srv/miru/configs/motion.yaml")
            found = self.get(server, "config_schemas/cfg_sch_4")
            self.assertEqual(found["instance_slots"], [
                {"key": "k", "name": "k", "filepath": "/x", "required": False}])

    def test_digest(self):
        """Left out, it is the API's own: the same schema, posted, is the one that is there."""
        shared = {"language": "jsonschema", "format": "yaml", "documents": [
            {"name": "a.yaml", "data": "type: object # of numbers\n"}]}
        slots = [{"key": "a", "name": "A", "filepath": "/a.yaml", "required": True},
                 {"key": "b", "name": "B", "filepath": "/b.yaml", "required": False}]
        schema = {**SCHEMA, **shared, "instance_slots": slots}
        del schema["digest"]
        writer = {"key": "miru_mock_w", "name": "w", "scopes": ["config_schemas:write"]}
        with self.serve(api_keys=[*KEYS, writer], config_types=[TYPE], config_schemas=[
                schema, {**schema, "id": "cfg_sch_2", "instance_slots": slots[:1]},
                {**schema, "id": "cfg_sch_3", "language": "cue", "format": "cue",
                 "documents": [{"name": "a", "data": "no cue {"}]},
                {**schema, "id": "cfg_sch_4", "documents": []}]) as server:
            for id, given in (("cfg_sch_1", slots), ("cfg_sch_2", slots[:1])):
                answer = server.call("POST", "/config_schemas", {
                    **shared, "config_type_ref": {"id": TYPE["id"]}, "instance_slots": given},
                    key="miru_mock_w")
                self.assertEqual(answer.json.get("id"), id, answer.text)
                self.assertRegex(answer.json["digest"], "^sha256:[1-9A-HJ-NP-Za-km-z]{44}$")
            digests = {schema["digest"] for schema in server.everything()["config_schemas"]}
            self.assertEqual(len(digests), 4)

    def test_order_of_slots(self):
        """As they are written, whatever their keys and files are called."""
        slots = [{"key": key, "name": key, "filepath": f"/{key}.json", "required": True}
                 for key in "cab"]
        schemas = [{**SCHEMA, "id": f"cfg_sch_{i}", "digest": str(i), "instance_slots": slots}
                   for i in (1, 2)]
        with self.serve(config_types=[TYPE], config_schemas=schemas, releases=[
                {**RELEASE, "config_schema_ids": ["cfg_sch_2", "cfg_sch_1"]}]) as server:
            self.assertEqual(self.get(server, "config_schemas/cfg_sch_1")["instance_slots"], slots)
            found = self.get(server, "releases/rls_1?expand=config_schemas")["config_schemas"]
            self.assertEqual([(schema["id"], schema["instance_slots"]) for schema in found],
                             [("cfg_sch_2", slots), ("cfg_sch_1", slots)])
            found = self.get(server, "config_schemas/cfg_sch_1", RAINIER)
            self.assertEqual(found["instance_filepath"], "/c.json")

    def test_slots_of_older_versions(self):
        """Without slots, each further file of a schema's instances is a slot, and optional."""
        with self.serve(config_types=[TYPE],
                        config_schemas=[{**SCHEMA, "instance_filepath": "/a.json"}],
                        config_instances=[{**INSTANCE, "id": f"cfg_inst_{i}", "filepath": f"/{x}.json"}
                                          for i, x in enumerate("abcb")]) as server:
            found = self.get(server, "config_schemas/cfg_sch_1")
            self.assertEqual([(slot["key"], slot["filepath"], slot["required"])
                              for slot in found["instance_slots"]],
                             [("default", "/a.json", True), ("slot_2", "/b.json", False),
                              ("slot_3", "/c.json", False)])
            self.assertEqual([self.get(server, f"config_instances/cfg_inst_{i}")["slot_key"]
                              for i in range(4)], ["default", "slot_2", "slot_3", "slot_2"])

    def test_implied_formats_and_contents(self):
        """A format by the file's extension, and a content by the format."""
        cases = [("/a.json", None, "json", "{}\n"), ("/a.yaml", None, "yaml", "{}\n"),
                 ("/a.yml", None, "yaml", "{}\n"), ("/a.xml", None, "xml", ""),
                 ("/a.json", "jsonc", "jsonc", "{}\n"), ("/a", "text", "text", "")]
        with self.serve(config_types=[TYPE], config_schemas=[
                {**SCHEMA, "id": f"cfg_sch_{i}", "digest": str(i), "instance_filepath": path,
                 **({"instance_format": given} if given else {})}
                for i, (path, given, _, _) in enumerate(cases)] +
                [{**SCHEMA, "id": "cfg_sch_cue", "format": "cue"}],
                config_instances=[{"id": f"cfg_inst_{i}", "config_schema_id": f"cfg_sch_{i}"}
                                  for i in range(len(cases))]) as server:
            for i, (_, _, format, data) in enumerate(cases):
                found = self.get(server, f"config_instances/cfg_inst_{i}?expand=content")
                self.assertEqual(found["content"], {"format": format, "data": data})
            found = self.get(server, "config_schemas/cfg_sch_cue")
            self.assertEqual(found["instance_slots"][0]["filepath"],
                             "/srv/miru/configs/motion.json")

    def test_words_beyond_a_version(self):
        """Formats and languages that an older version's enumeration lacks are shown as they are."""
        formats = ("yaml", "jsonc", "xml", "text")
        with self.serve(config_types=[TYPE], config_schemas=[
                {**SCHEMA, "id": f"cfg_sch_{format}", "digest": format, "language": "opaque",
                 "instance_format": format} for format in formats],
                config_instances=[{"id": f"cfg_inst_{format}", "config_schema_id": f"cfg_sch_{format}"}
                                  for format in formats]) as server:
            for version in VERSIONS:
                for format in formats:
                    found = self.get(server, f"config_instances/cfg_inst_{format}"
                                             "?expand=content,config_schema", version)
                    self.assertEqual(found["content"]["format"], format)
                    self.assertEqual(found["config_schema"]["language"], "opaque")

    def test_owned_objects_in_two_places(self):
        """Whatever the order of their members; and what may be left out may be null."""
        slot = {"key": "a", "filepath": "/a.json", "required": True, "description": None}
        with self.serve(config_types=[TYPE], config_schemas=[
                {**SCHEMA, "instance_slots": [slot]},
                {**SCHEMA, "instance_slots": [dict(reversed(slot.items()))]}]) as server:
            found = self.get(server, "config_schemas/cfg_sch_1")
            self.assertEqual(found["instance_slots"], [
                {"key": "a", "name": "a", "filepath": "/a.json", "required": True}])

    def test_made_ids(self):
        with self.serve(config_types=[TYPE], config_schemas=[
                {**SCHEMA, "documents": [{"name": "b", "data": ""}, {"name": "a", "data": ""}]}]) as s:
            found = self.get(s, "config_schemas/cfg_sch_1?expand=documents")["documents"]
            self.assertEqual([document["name"] for document in found], ["b", "a"])
            for document in found:
                self.assertRegex(document["id"], r"^doc_[0-9A-Za-z]{33}$")

    def test_content_byte_for_byte(self):
        data = "{ \"b\":1.0,\t\"a\":\r\n1e2 } // \u00e9 \U0001f600 \\ \" / \x7f\n"
        with self.serve(config_types=[TYPE], config_schemas=[SCHEMA], config_instances=[
                {**INSTANCE, "content": {"format": "json", "data": data}}]) as server:
            found = self.get(server, "config_instances/cfg_inst_1?expand=content")
            self.assertEqual(found["content"]["data"], data)

    def test_unicode_names(self):
        name = "Gr\u00fc\u00dfe \U0001f916 \"x\""
        with self.serve(devices=[{**DEVICE, "name": name}]) as server:
            self.assertEqual(self.get(server, "devices/dvc_1")["name"], name)

    def test_many(self):
        """Ten thousand devices and deployments."""
        n = 10000
        with self.serve(devices=[{"id": f"dvc_{i}", "name": f"robot {i}"} for i in range(n)],
                        releases=[RELEASE],
                        deployments=[{**DEPLOYMENT, "id": f"dpl_{i}", "device_id": f"dvc_{i}"}
                                     for i in range(n)]) as server:
            self.assertIn(f"{n} devices", server.banner)
            found = self.get(server, f"deployments/dpl_{n - 1}?expand=device")
            self.assertEqual(found["device"]["name"], f"robot {n - 1}")

    def test_long_lists(self):
        """A thousand schemas of one release, each with its document."""
        n = 1000
        with self.serve(config_types=[TYPE], config_schemas=[
                {**SCHEMA, "id": f"cfg_sch_{i}", "digest": str(i),
                 "documents": [{"name": f"{i}", "data": ""}]} for i in range(n)],
                releases=[{**RELEASE, "config_schema_ids": [f"cfg_sch_{i}" for i in range(n)]}]) as s:
            found = self.get(s, "releases/rls_1?expand=config_schemas.documents")
            self.assertEqual([schema["documents"][0]["name"] for schema in found["config_schemas"]],
                             [str(i) for i in range(n)])

    def test_answers_of_every_version(self):
        """The whole demo, read object by object in one version, loads and reads back the same."""
        with Server() as server:
            everything = {
                version: {array: [server.get(f"/{array}/{id}", version=version).json for id in ids]
                          for array, ids in demo_ids().items()
                          if array != "groups" or version == EVERGLADES}
                for version in VERSIONS}
        for version, arrays in everything.items():
            with self.subTest(version=version):
                with Server("--fixtures", self.write(arrays), "--auth", "any") as server:
                    for array, objects in arrays.items():
                        for want in objects:
                            found = server.get(f"/{array}/{want['id']}", version=version).json
                            self.assertEqual(found, want)


class Problems(Files):
    """Each of these is refused with exactly these lines; PATH stands for the file."""

    def problems(self, *contents):
        paths = [self.write(content) for content in contents]
        result = run("check", *paths)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stdout, "")
        *lines, last = result.stderr.splitlines()
        plural = "" if len(lines) == 1 else "s"
        self.assertEqual(last, f"miru-mock: {len(lines)} problem{plural} in the fixtures; "
                               "nothing was loaded")
        for number, path in enumerate(paths, 1):
            name = "PATH" if len(paths) == 1 else f"PATH{number}"
            lines = [line.replace(path, name) for line in lines]
        return lines

    def check(self, content, *want):
        self.assertEqual(self.problems(content), list(want))

    def test_syntax(self):
        self.check("", "PATH:1:1: expected a value, found the end")
        self.check('{"devices": [\n  {"id": "dvc_1",\n   "name" "x"}]}',
                   "PATH:3:11: expected ':' after a key")
        self.check(b'{"devices": [{"id": "\xff"}]}', "PATH:1:22: invalid UTF-8")
        self.check('{"devices": [], "devices": []}',
                   "PATH:1:17: key is already used in this object")
        self.check("{} {}", "PATH:1:4: expected the end after the value")
        self.check("[" * 100 + "]" * 100, "PATH:1:65: nested too deep (at most 64 levels)")

    def test_document(self):
        arrays = ("api_keys, groups, devices, git_commits, config_types, config_schemas, "
                  "config_instances, releases, deployments, clock, transitions, faults, "
                  "behaviors")
        self.check([], 'PATH: expected an object such as {"devices":[...]}, found a list')
        self.check({"object": "device", "id": "dvc_1", "name": "x"},
                   'PATH: expected a document, found a single device; put it in a list: '
                   '{"devices":[...]}')
        self.check({"object": "list", "data": [], "has_more": False},
                   'PATH: expected a document, found a list of the API; put its data in a list: '
                   '{"devices":[...]}')
        self.check({"object": 1}, f"PATH: /object: unknown member; a fixture has: {arrays}")
        self.check({"robots": []}, f"PATH: /robots: unknown member; a fixture has: {arrays}")
        self.check({"devices": {}}, "PATH: /devices: expected a list of devices, found {}")
        self.check({"devices": [1, None]}, "PATH: /devices/0: expected a device, found 1",
                   "PATH: /devices/1: expected a device, found null")
        self.check({"a/b~c\n": 1}, f"PATH: /a~1b~0c\\n: unknown member; a fixture has: {arrays}")

    def test_fields(self):
        has = ", ".join([*(name for name in objects.DEVICE if name != "object"),
                         "online_at", "current_deployment", "current_release", "group"])
        self.check({"devices": [{**DEVICE, "nmae": "x"}]},
                   f"PATH: /devices/0/nmae: unknown field; a device has: {has}")
        self.check({"devices": [{**DEVICE, "object": "robot"}]},
                   'PATH: /devices/0/object: expected "device", found "robot"')
        for value, shown in ((5, "5"), (None, "null"), ({}, "{}")):
            self.check({"devices": [{**DEVICE, "object": value}]},
                       f'PATH: /devices/0/object: expected "device", found {shown}')
        filled = 'expected a text that is not empty, found ""'
        self.check({"api_keys": [{"key": "k", "name": "", "scopes": []}],
                    "groups": [{"id": "grp_1", "name": ""}],
                    "git_commits": [{**COMMIT, "id": "git_cmt_1", "sha": "", "repository_url": "u"}],
                    "config_types": [TYPE],
                    "config_schemas": [{**SCHEMA, "digest": "",
                                        "documents": [{"name": "", "data": ""}]}]},
                   f"PATH: /api_keys/0/name: {filled}", f"PATH: /groups/0/name: {filled}",
                   f"PATH: /git_commits/0/sha: {filled}", f"PATH: /config_schemas/0/digest: {filled}",
                   f"PATH: /config_schemas/0/documents/0/name: {filled}")
        self.check({"releases": [{"version": "1"}], "groups": [{"name": "x"}]},
                   "PATH: /releases/0: id is required (expected one such as rls_123)",
                   "PATH: /groups/0: id is required (expected one such as grp_123)")
        self.check({"devices": [{"name": "x"}]},
                   "PATH: /devices/0: id is required (expected one such as dvc_123)")
        self.check({"devices": [{"id": "dvc_1"}]},
                   "PATH: /devices/0/name: is required (expected a text of 1 to 48 bytes besides "
                   "HTML tags)")
        for value, shown in ((1, "1"), (None, "null"), ("", '""'), ("x" * 49, f'"{"x" * 47}...')):
            self.check({"devices": [{**DEVICE, "name": value}]},
                       "PATH: /devices/0/name: expected a text of 1 to 48 bytes besides HTML tags, "
                       f"found {shown}")
        self.check({"devices": [{**DEVICE, "id": "dvc 1"}]},
                   "PATH: /devices/0/id: expected an id: 1 to 128 of A-Z, a-z, 0-9, _ and -, "
                   'found "dvc 1"')
        self.check({"devices": [{**DEVICE, "status": "sleeping"}]},
                   "PATH: /devices/0/status: expected one of inactive, activating, online, offline, "
                   'archived, found "sleeping"')
        self.check({"devices": [{**DEVICE, "created_at": "yesterday"}]},
                   "PATH: /devices/0/created_at: expected a time such as 2024-01-01T00:00:00Z, "
                   'found "yesterday"')
        self.check({"devices": [{**DEVICE, "last_connected_at": 5}]},
                   "PATH: /devices/0/last_connected_at: expected a time such as "
                   "2024-01-01T00:00:00Z, or null, found 5")
        self.check({"config_types": [{**TYPE, "slug": "Motion Control"}]},
                   "PATH: /config_types/0/slug: expected 1 to 48 of a-z, 0-9 and -, beginning and "
                   'ending with a letter or a digit, found "Motion Control"')
        self.check({"releases": [{**RELEASE, "version": "one"}]},
                   "PATH: /releases/0/version: expected a version such as v1.2.3, 1.2.3-rc.1 or "
                   'v1.2.3+build.5, found "one"')

    def test_keys(self):
        self.check({"api_keys": [{"name": "k", "scopes": ["devices:fly", 1, "devices:read"]}]},
                   "PATH: /api_keys/0/scopes/0: expected a scope such as deployments:read or "
                   'devices:manage, found "devices:fly"',
                   "PATH: /api_keys/0/scopes/1: expected a scope such as deployments:read or "
                   "devices:manage, found 1",
                   "PATH: /api_keys/0/key: is required (expected 1 to 256 visible ASCII characters "
                   "without a space)")
        self.check({"api_keys": [{"key": "secret", "name": "a", "scopes": []},
                                 {"key": "secret", "name": "b", "scopes": []}]},
                   "PATH: /api_keys/1/key: key is already used at PATH: /api_keys/0")
        # One that is wrong otherwise hides nothing.
        self.check({"api_keys": [{"key": "secret", "name": "a", "scopes": ["x"]},
                                 {"key": "secret", "name": "b", "scopes": []}]},
                   "PATH: /api_keys/0/scopes/0: expected a scope such as deployments:read or "
                   'devices:manage, found "x"',
                   "PATH: /api_keys/1/key: key is already used at PATH: /api_keys/0")
        for key in ("", " lead", "nl\nx", "\u001b[31m", "\u00e9", "x" * 257):
            self.check({"api_keys": [{"key": key, "name": "k", "scopes": []}]},
                       "PATH: /api_keys/0/key: expected 1 to 256 visible ASCII characters without a "
                       "space, found a text")
        self.check({"api_keys": [{"key": "k", "name": "k", "scopes": "devices:read"}]},
                   'PATH: /api_keys/0/scopes: expected a list of scopes, found "devices:read"')
        self.check({"api_keys": [{"key": "k", "name": "k"}]},
                   "PATH: /api_keys/0/scopes: is required (expected a list of scopes)")

    def test_keys_are_not_shown(self):
        """Whatever is wrong with them, and wherever they stand."""
        for fixture in ({"api_keys": ["sk_live_1"]}, {"api_keys": "sk_live_1"}, ["sk_live_1"],
                        {"api_keys": [{"key": ["sk_live_1"]}]},
                        {"api_keys": [{"key": "sk_live_1 ", "name": "a", "scopes": []}]},
                        {"api_keys": [{"id": "api_key_1", "key": key, "name": "a", "scopes": []}
                                      for key in ("sk_live_1", "sk_live_2")]}):
            problems = self.problems(fixture)
            self.assertEqual(len(problems), 1 if "name" in str(fixture) else len(problems))
            self.assertNotIn("sk_live", "".join(problems))

    def test_what_lives_inside(self):
        def check(field, value, *want):
            self.check({"config_types": [TYPE], "config_schemas": [{**SCHEMA, field: value}]}, *want)

        at = "PATH: /config_schemas/0/"
        check("instance_slots", {},
              at + "instance_slots: expected a list of objects, at least one, found {}")
        check("instance_slots", [[]], at + "instance_slots/0: expected an object, found []")
        check("instance_slots", [{"key": 49 * "k", "filepath": "/a.json"}],
              at + "instance_slots/0/name: is required (expected a text of 1 to 48 bytes besides HTML "
              "tags)")
        check("instance_slots", [{"key": "k", "name": 24 * "\u00e9" + "e", "filepath": "/a.json"}],
              at + "instance_slots/0/name: expected a text of 1 to 48 bytes besides HTML tags, "
              f"found \"{23 * chr(0xe9)}...")
        for wrong in ({"instance_slots": [{"key": "a"}]}, {"documents": [{"name": "a"}]},
                      {"language": "java"}, {"instance_slots": [{"key": "a", "filepath": "/a.x"}]},
                      {"config_type_id": "cfg_typ_9"}, {"instance_slots": []}):
            lines = self.problems({"config_types": [TYPE], "config_schemas": [
                {**{name: value for name, value in SCHEMA.items() if name != "digest"}, **wrong}]})
            self.assertEqual(len(lines), 1)
            self.assertNotIn("digest", lines[0])
        # Without a slug there is no default slot, whatever else is given.
        self.check({"config_types": [{"id": "cfg_typ_1", "name": "Motion"}],
                    "config_schemas": [{"id": "cfg_sch_1", "config_type_id": "cfg_typ_1",
                                        "instance_format": "json"}]},
                   "PATH: /config_types/0/slug: is required (expected 1 to 48 of a-z, 0-9 and -, "
                   "beginning and ending with a letter or a digit)")
        check("git_commits", [{"git_commit_id": "git_cmt_1", "schema_filepaths": ["a.json", ""]},
                              {"schema_filepaths": "a.json"}, {"git_commit_id": "git_cmt_1"}],
              at + "git_commits/0/schema_filepaths/1: expected a text that is not empty, found \"\"",
              at + "git_commits/1/schema_filepaths: expected a list of texts that are not empty, "
              "found \"a.json\"",
              at + 'git_commits/0/git_commit_id: no such id in git_commits: "git_cmt_1"',
              at + "git_commits/1/git_commit_id: is required (expected the id of a git commit)",
              at + 'git_commits/2/git_commit_id: no such id in git_commits: "git_cmt_1"',
              at + "git_commits/2/schema_filepaths: is required (expected a list of texts that are "
                   "not empty)",
              at + 'git_commits/2/git_commit_id: git_commit_id "git_cmt_1" is already used at PATH: '
                   '/config_schemas/0/git_commits/0')
        check("instance_slots", [{"key": "a", "filepath": "/a.json", "required": 1}],
              at + "instance_slots/0/required: expected true or false, found 1")
        check("instance_slots", [{"key": "A", "filepath": "a.json", "colour": "red"}],
              at + "instance_slots/0/key: expected 1 to 128 of a-z, 0-9, _ and -, beginning with a "
              'letter or a digit, found "A"',
              at + 'instance_slots/0/filepath: expected an absolute path of 1 to 128 bytes without '
              '"..", found "a.json"',
              at + "instance_slots/0/colour: unknown field; a slot has: key, name, "
              "filepath, required, description")
        check("documents", [{"name": "a", "data": "x", "id": "doc_1"},
                            {"name": "b", "data": "y", "id": "doc_1"}],
              at + 'documents/1/id: id "doc_1" is already used at PATH: /config_schemas/0/documents/0')
        self.check({"config_types": [TYPE], "config_schemas": [
                        {**SCHEMA, "id": f"cfg_sch_{i}", "digest": str(i),
                         "documents": [{"id": "doc_1", "name": "a", "data": ""}]} for i in (1, 2)]},
                   'PATH: /config_schemas/1/documents/0/id: id "doc_1" is already used at PATH: '
                   '/config_schemas/0/documents/0')
        # Deep objects in two places take no longer than others to tell apart.
        deep = {}
        for _ in range(58):
            deep = {"a": deep}
        schema = {**SCHEMA, "documents": [{"name": "a", "data": "", **deep}]}
        self.check({"config_types": [TYPE], "config_schemas": [schema, schema]},
                   at + "documents/0/a: unknown field; a document has: id, name, data")
        check("config_type", None, at + "config_type: expected a config type, found null")
        check("config_type", {"name": "x"},
              at + "config_type: id is required (expected one such as cfg_typ_123)")
        self.check({"config_types": [TYPE], "config_schemas": [SCHEMA, {
                        **SCHEMA, "documents": [{"name": "a", "data": ""}]}, {
                        **SCHEMA, "documents": [{"name": "a", "data": " "}]}]},
                   "PATH: /config_schemas/2/documents: conflicts with PATH: "
                   "/config_schemas/1/documents")
        self.check({"config_schemas": [SCHEMA], "config_instances": [
                        INSTANCE, {"id": "cfg_inst_2", "config_schema_id": "cfg_sch_2"}]},
                   'PATH: /config_schemas/0/config_type_id: no such id in config_types: "cfg_typ_1"',
                   'PATH: /config_instances/1/config_schema_id: no such id in config_schemas: '
                   '"cfg_sch_2"')

    def test_lists_that_differ(self):
        world = {"config_types": [TYPE], "config_schemas": [SCHEMA, {**SCHEMA, "id": "cfg_sch_2",
                                                                     "digest": "2"}]}
        first, second = ["cfg_sch_1", "cfg_sch_2"], ["cfg_sch_2", "cfg_sch_1"]
        self.check({**world, "releases": [{**RELEASE, "config_schema_ids": first},
                                          {**RELEASE, "config_schema_ids": second}]},
                   "PATH: /releases/1/config_schema_ids: conflicts with PATH: "
                   '/releases/0/config_schema_ids (expected ["cfg_sch_1","cfg_sch_2"], found '
                   '["cfg_sch_2","cfg_sch_1"])')
        self.check({"releases": [{**RELEASE, "colour": "red"}]},
                   "PATH: /releases/0/colour: unknown field; a release has: id, version, "
                   "git_commit_id, created_at, updated_at, archived_at, config_schemas, "
                   "config_schema_ids")

    def test_failed(self):
        """What has failed is over."""
        failed = {**DEPLOYMENT, "error_status": "failed", "target_status": "staged",
                  "activity_status": "deployed"}
        self.check({"devices": [DEVICE], "releases": [RELEASE], "deployments": [failed]},
                   'PATH: /deployments/0/target_status: conflicts with error_status "failed" '
                   '(expected "archived", found "staged")',
                   'PATH: /deployments/0/activity_status: conflicts with error_status "failed" '
                   '(expected "archived", found "deployed")')

    def test_waiting_for_nothing(self):
        for given, is_, meant in (({}, "staged", "staged"),
                                  ({"activity_status": "deployed"}, "deployed", "deployed"),
                                  ({"activity_status": "archived"}, "archived", "archived"),
                                  ({"status": "retrying"}, "retrying", "deployed")):
            waits = {**DEPLOYMENT, **given, "waiting_since": "2026-01-01T00:00:00Z"}
            self.check({"devices": [{**DEVICE, "status": "online"}], "releases": [RELEASE],
                        "deployments": [waits]},
                       "PATH: /deployments/0/waiting_since: must be null unless the device has a "
                       f"next step (status is {is_}, target_status is {meant})")

    def test_waiting_for_nobody(self):
        waits = {**DEPLOYMENT, "activity_status": "queued",
                 "waiting_since": "2026-01-01T00:00:00Z"}
        for status in ("inactive", "activating", "offline", "archived"):
            self.check({"devices": [{**DEVICE, "status": status}], "releases": [RELEASE],
                        "deployments": [waits]},
                       'PATH: /deployments/0/waiting_since: must be null unless device "dvc_1" is '
                       f'online (it is {status})')
        with self.serve(devices=[DEVICE], releases=[RELEASE],
                        deployments=[{**waits, "waiting_since": None}]) as server:
            self.assertEqual(self.get(server, "deployments/dpl_1")["status"], "queued")

    def test_references(self):
        self.check({"devices": [{**DEVICE, "group_id": "grp_9"}]},
                   'PATH: /devices/0/group_id: no such id in groups: "grp_9"')
        self.check({"deployments": [{"id": "dpl_1", "release_id": "rls_1"}]},
                   "PATH: /deployments/0/device_id: is required (expected the id of a device)",
                   'PATH: /deployments/0/release_id: no such id in releases: "rls_1"')
        self.check({"devices": [DEVICE], "releases": [RELEASE],
                    "deployments": [{**DEPLOYMENT, "config_instance_ids": ["cfg_inst_9"]}]},
                   'PATH: /deployments/0/config_instance_ids/0: no such id in config_instances: '
                   '"cfg_inst_9"')
        self.check({"devices": [DEVICE], "releases": [RELEASE],
                    "deployments": [{**DEPLOYMENT, "config_instance_ids": [7]}]},
                   "PATH: /deployments/0/config_instance_ids/0: expected an id, found 7")
        self.check({"releases": [{**RELEASE, "config_schema_ids": {}}]},
                   "PATH: /releases/0/config_schema_ids: expected a list of ids, found {}")
        self.check({"config_types": [TYPE], "config_schemas": [SCHEMA],
                    "releases": [{**RELEASE, "config_schema_ids": ["cfg_sch_1", "cfg_sch_1"]}]},
                   'PATH: /releases/0/config_schema_ids/1: "cfg_sch_1" is already in the list')
        for other in (["cfg_sch_1"], ["cfg_sch_2", "cfg_sch_1"], ["cfg_sch_2", "cfg_sch_3"]):
            first = [7] if len(other) == 1 else ["cfg_sch_2", "cfg_sch_2"]
            lines = self.problems({"releases": [{**RELEASE, "config_schema_ids": first},
                                                {**RELEASE, "config_schema_ids": other}]})
            self.assertEqual(
                [line for line in lines if "conflicts with" in line], [] if len(other) == 1 else [
                    "PATH: /releases/1/config_schema_ids: conflicts with PATH: "
                    '/releases/0/config_schema_ids (expected ["cfg_sch_2","cfg_sch_2"], found '
                    f'["{other[0]}","{other[1]}"])'])
        # Each item has its own place, the wrong ones and those behind them.
        self.check({"releases": [{**RELEASE, "config_schema_ids": ["cfg_sch_1", 1, 2]}]},
                   "PATH: /releases/0/config_schema_ids/1: expected an id, found 1",
                   "PATH: /releases/0/config_schema_ids/2: expected an id, found 2")

    def test_a_broken_record_is_not_also_missing(self):
        """What refers to a record with a mistake is not reported for it."""
        self.check({"devices": [{**DEVICE, "name": ""}], "releases": [RELEASE],
                    "deployments": [DEPLOYMENT]},
                   "PATH: /devices/0/name: expected a text of 1 to 48 bytes besides HTML tags, "
                   'found ""')

    def test_names_are_compared_without_tags(self):
        self.check({"devices": [DEVICE, {"id": "dvc_2", "name": "o<b>ne</b>"}]},
                   'PATH: /devices/1/name: name "one" is already used at PATH: /devices/0')

    def test_one_mistake_is_one_problem(self):
        """What would follow from something wrong is not held against what is said of it."""
        deployed = {**DEPLOYMENT, "activity_status": "deployed"}
        self.check({"devices": [DEVICE], "releases": [{**RELEASE, "git_commit_id": "git_cmt_9"}],
                    "deployments": [{**deployed, "device": {"id": "dvc_1", "current_release": {
                        "id": "rls_1"}}}]},
                   'PATH: /releases/0/git_commit_id: no such id in git_commits: "git_cmt_9"')
        self.check({"config_types": [{**TYPE, "slug": "Motion"}],
                    "config_schemas": [{**SCHEMA, "config_type_name": "Motion"}],
                    "config_instances": [{**INSTANCE, "config_type_name": "Motion"}]},
                   "PATH: /config_types/0/slug: expected 1 to 48 of a-z, 0-9 and -, beginning and "
                   'ending with a letter or a digit, found "Motion"')
        self.check({"config_types": [TYPE], "config_schemas": [{**SCHEMA, "instance_slots": [
                        {"key": "A", "filepath": "/a.json"}]}],
                    "config_instances": [{**INSTANCE, "filepath": "/b.json"}]},
                   "PATH: /config_schemas/0/instance_slots/0/key: expected 1 to 128 of a-z, 0-9, _ "
                   'and -, beginning with a letter or a digit, found "A"')
        self.check({"devices": [{**DEVICE, "status": "asleep"}, {**DEVICE, "status": "online"}]},
                   "PATH: /devices/0/status: expected one of inactive, activating, online, offline, "
                   'archived, found "asleep"')
        self.check({"config_types": [{**TYPE, "name": ""}],
                    "config_schemas": [{**SCHEMA, "config_type_name": "Motion"}]},
                   'PATH: /config_types/0/name: expected a text of 1 to 48 characters, found ""')
        self.check({"releases": [RELEASE], "deployments": [
                        {"id": "dpl_1", "release_id": "rls_1", "device": {"name": "x"}}]},
                   "PATH: /deployments/0/device: id is required (expected one such as dvc_123)")
        # But what does not lean on it is.
        staged = {**DEPLOYMENT, "activity_status": "staged", "status": "queued"}
        status = ('PATH: /deployments/0/status: conflicts with the values that it is derived from '
                  '(expected "staged", found "queued")')
        for wrong, why in (({**TYPE, "slug": "Motion"},
                            "PATH: /config_types/0/slug: expected 1 to 48 of a-z, 0-9 and -, "
                            "beginning and ending with a letter or a digit, found \"Motion\""),
                           ({**TYPE, "id": "cfg_typ_2"},
                            'PATH: /config_schemas/0/config_type_id: no such id in config_types: '
                            '"cfg_typ_1"')):
            self.check({"config_types": [wrong], "config_schemas": [SCHEMA],
                        "config_instances": [INSTANCE], "devices": [DEVICE], "releases": [RELEASE],
                        "deployments": [staged]}, why, status)
        self.check({"config_types": [TYPE], "config_schemas": [{**SCHEMA, "instance_slots": [
                        {"filepath": "/a.json"}]}], "config_instances": [INSTANCE],
                    "devices": [DEVICE], "releases": [RELEASE], "deployments": [staged]},
                   "PATH: /config_schemas/0/instance_slots/0/key: is required (expected 1 to 128 of "
                   "a-z, 0-9, _ and -, beginning with a letter or a digit)", status)
        # A wrong claim hides no other, in whatever order they come.
        for order in (1, -1):
            self.assertEqual(len(self.problems(dict([
                ("devices", [{**DEVICE, "current_release": None}]),
                ("deployments", [{**DEPLOYMENT, "activity_status": "deployed", "status": "staged"}]),
                ("releases", [RELEASE])][::order]))), 2)
        self.check({"devices": [{**DEVICE, "name": ""}, {"id": "dvc_2", "name": "two"}],
                    "releases": [RELEASE],
                    "deployments": [{**DEPLOYMENT, "device_id": "dvc_2", "status": "queued",
                                     "activity_status": "staged"}]},
                   "PATH: /devices/0/name: expected a text of 1 to 48 bytes besides HTML tags, "
                   'found ""',
                   'PATH: /deployments/0/status: conflicts with the values that it is derived from '
                   '(expected "staged", found "queued")')

    def test_circles(self):
        """A deployment is not its own parent, however far up."""
        for n in (1, 2, 5):
            self.check({"devices": [DEVICE], "releases": [RELEASE],
                        "deployments": [{**DEPLOYMENT, "id": f"dpl_{i}", "parent_id":
                                         f"dpl_{(i + 1) % n}"} for i in range(n)] +
                                       [{**DEPLOYMENT, "id": "dpl_9", "parent_id": "dpl_0"}]},
                       "PATH: /deployments/0/parent_id: the deployment is its own ancestor")

    def test_unique(self):
        self.check({"devices": [DEVICE, {"id": "dvc_2", "name": "one"}]},
                   'PATH: /devices/1/name: name "one" is already used at PATH: /devices/0')
        self.check({"groups": [{"id": "grp_1", "name": "a"}, {"id": "grp_2", "name": "a"},
                               {"id": "grp_3", "name": "a", "parent_id": "grp_1"},
                               {"id": "grp_4", "name": "a", "parent_id": "grp_1"}]},
                   'PATH: /groups/1/name: name "a" with parent_id null is already used at PATH: '
                   '/groups/0',
                   'PATH: /groups/3/name: name "a" with parent_id "grp_1" is already used at PATH: '
                   '/groups/2')
        self.check({"devices": [DEVICE], "releases": [RELEASE],
                    "deployments": [{**DEPLOYMENT, "id": f"dpl_{i}", "activity_status": activity}
                                    for i, activity in enumerate(("deployed", "queued"))]},
                   'PATH: /deployments/1/device_id: device_id "dvc_1" with target_status "deployed" '
                   'is already used at PATH: /deployments/0')
        self.check({"config_types": [TYPE], "config_schemas": [{**SCHEMA, "instance_slots": [
                        {"key": "a", "filepath": "/a.json"}, {"key": "a", "filepath": "/b.json"},
                        {"key": "c", "filepath": "/a.json"}]}]},
                   'PATH: /config_schemas/0/instance_slots/1/key: key "a" is already used at PATH: '
                   '/config_schemas/0/instance_slots/0',
                   'PATH: /config_schemas/0/instance_slots/2/filepath: filepath "/a.json" is already '
                   'used at PATH: /config_schemas/0/instance_slots/0')
        commit = {**COMMIT, "sha": "a", "repository_url": "u"}
        self.check({"config_types": [TYPE, {**TYPE, "id": "cfg_typ_2", "slug": "s"},
                                     {**TYPE, "id": "cfg_typ_3", "name": "n"}],
                    "config_schemas": [SCHEMA, {**SCHEMA, "id": "cfg_sch_2"}],
                    "releases": [RELEASE, {**RELEASE, "id": "rls_2"}],
                    "git_commits": [{**commit, "id": "git_cmt_1"}, {**commit, "id": "git_cmt_2"}]},
                   'PATH: /config_types/1/name: name "Motion" is already used at PATH: '
                   '/config_types/0',
                   'PATH: /config_types/2/slug: slug "motion" is already used at PATH: '
                   '/config_types/0',
                   'PATH: /config_schemas/1/digest: digest "sha256:1" with config_type_id '
                   '"cfg_typ_1" is already used at PATH: /config_schemas/0',
                   'PATH: /releases/1/version: version "v1.0.0" is already used at PATH: /releases/0',
                   'PATH: /git_commits/1/sha: sha "a" with repository_url "u" is already used at '
                   'PATH: /git_commits/0')
        # In one schema, that is; and values are told apart wherever they end.
        path = self.write({"config_types": [TYPE], "config_schemas": [
            {**SCHEMA, "id": f"cfg_sch_{i}", "digest": str(i),
             "instance_slots": [{"key": "a", "filepath": "/a.json"}]} for i in (1, 2)],
            "git_commits": [{**COMMIT, "id": f"git_cmt_{i}", "sha": sha, "repository_url": url}
                            for i, (sha, url) in enumerate((("a", "1:b"), ("a 3", "b"), ("a", "b"),
                                                            ("b", "a")))]})
        self.assertEqual(run("check", path).returncode, 0, run("check", path).stderr)

    def test_contradictions(self):
        world = {"devices": [DEVICE], "releases": [RELEASE]}
        self.check({**world, "deployments": [{**DEPLOYMENT, "activity_status": "staged",
                                              "status": "queued"}]},
                   'PATH: /deployments/0/status: conflicts with the values that it is derived from '
                   '(expected "staged", found "queued")')
        self.check({"devices": [DEVICE, {**DEVICE, "name": "two"}]},
                   'PATH: /devices/1/name: conflicts with PATH: /devices/0/name (expected "one", '
                   'found "two")')
        self.check({**world, "deployments": [{**DEPLOYMENT, "device": {"id": "dvc_1",
                                                                       "name": "two"}}]},
                   'PATH: /deployments/0/device/name: conflicts with PATH: /devices/0/name (expected '
                   '"one", found "two")')
        self.check({**world, "deployments": [{**DEPLOYMENT, "device": {"id": "dvc_2",
                                                                       "name": "two"}}]},
                   'PATH: /deployments/0/device: conflicts with PATH: /deployments/0/device_id '
                   '(expected "dvc_1", found "dvc_2")')
        self.check({**world, "deployments": [{**DEPLOYMENT, "config_instance_ids": ["x"],
                                              "config_instances": []}]},
                   "PATH: /deployments/0/config_instances: conflicts with PATH: "
                   '/deployments/0/config_instance_ids (expected ["x"], found [])',
                   'PATH: /deployments/0/config_instance_ids/0: no such id in config_instances: "x"')
        self.check({"devices": [{**DEVICE, "agent_version": None}, {**DEVICE, "agent_version": "1"}]},
                   'PATH: /devices/1/agent_version: conflicts with PATH: /devices/0/agent_version '
                   '(expected null, found "1")')
        self.check({**world, "deployments": [{**DEPLOYMENT, "activity_status": "deployed"}],
                    "devices": [{**DEVICE, "current_deployment": None}]},
                   'PATH: /devices/0/current_deployment: conflicts with the values that it is '
                   'derived from (expected "dpl_1", found null)')
        self.check({"config_types": [TYPE], "config_schemas": [{**SCHEMA, "config_type_name": "x"}]},
                   'PATH: /config_schemas/0/config_type_name: conflicts with the values that it is '
                   'derived from (expected "Motion", found "x")')
        self.check({"config_types": [TYPE, {"id": "cfg_typ_2", "name": "b", "slug": "b"}],
                    "config_schemas": [SCHEMA],
                    "config_instances": [{**INSTANCE, "config_type_id": "cfg_typ_2"}]},
                   'PATH: /config_instances/0/config_type_id: conflicts with config_type_id of '
                   '"cfg_sch_1" (expected "cfg_typ_1", found "cfg_typ_2")')

    def test_owned_objects_in_two_places(self):
        def check(first, second, *want):
            self.check({"config_types": [TYPE], "config_schemas": [
                {**SCHEMA, "instance_slots": slots} for slots in (first, second)]}, *want)

        slot = {"key": "a", "filepath": "/a.json", "required": True}
        says = "PATH: /config_schemas/1/instance_slots: conflicts with PATH: " \
               "/config_schemas/0/instance_slots"
        check([slot], [{**slot, "required": False}], says)
        check([slot], [{**slot, "name": "b"}], says)
        check([slot], [{"key": "a", "filepath": "/a.json"}], says)
        check({}, [slot], "PATH: /config_schemas/0/instance_slots: expected a list of objects, "
                          "at least one, found {}")

    def test_slots(self):
        def check(schema, instance, *want):
            self.check({"config_types": [TYPE], "config_schemas": [schema],
                        "config_instances": [{**INSTANCE, **instance}]}, *want)

        check(TWO_SLOTS, {}, 'PATH: /config_instances/0/slot_key: expected a slot of config schema '
                             '"cfg_sch_1"; its slots are: a, b')
        check(TWO_SLOTS, {"slot_key": "c"}, 'PATH: /config_instances/0/slot_key: expected a slot of '
                                            'config schema "cfg_sch_1"; its slots are: a, b')
        check(TWO_SLOTS, {"slot_key": "C"},
              "PATH: /config_instances/0/slot_key: expected 1 to 128 of a-z, 0-9, _ and -, beginning "
              'with a letter or a digit, found "C"')
        check(SCHEMA, {"filepath": "b.json"}, 'PATH: /config_instances/0/filepath: expected a slot '
                                              'of config schema "cfg_sch_1"; its slots are: default')
        check(TWO_SLOTS, {"filepath": "/c"}, 'PATH: /config_instances/0/filepath: expected a slot of '
                                             'config schema "cfg_sch_1"; its slots are: a, b')
        check(TWO_SLOTS, {"slot_key": "a", "filepath": "/b.json"},
              'PATH: /config_instances/0/filepath: conflicts with the values that it is derived from '
              '(expected "/a.json", found "/b.json")')
        check(SCHEMA, {"content": {"format": "yaml", "data": ""}},
              'PATH: /config_instances/0/content/format: conflicts with instance_format of '
              '"cfg_sch_1" (expected "json", found "yaml")')
        check(TWO_SLOTS, {"filepath": 3},
              "PATH: /config_instances/0/filepath: expected a text, found 3")
        check(SCHEMA, {"content": {"data": ""}},
              "PATH: /config_instances/0/content/format: is required (expected one of json, yaml, "
              "jsonc, xml, text)")
        check(SCHEMA, {"content": {"format": "json"}},
              "PATH: /config_instances/0/content/data: is required (expected a text)")
        check(SCHEMA, {"content": []},
              "PATH: /config_instances/0/content: expected an object, found []")
        check({**SCHEMA, "instance_slots": []}, {"slot_key": "a"},
              "PATH: /config_schemas/0/instance_slots: expected at least one slot")
        self.check({"config_types": [TYPE], "config_schemas": [
                        {**SCHEMA, "instance_slots": [{"key": "a", "filepath": "/a.conf"}]}]},
                   "PATH: /config_schemas/0/instance_format: is required (expected one of json, "
                   "yaml, jsonc, xml, text)")

    def test_many_slots(self):
        """What is listed may be longer than a message; that is no want of memory."""
        slots = [{"key": f"slot-{i}-" + "x" * 100, "name": "n", "filepath": f"/{i}.json"}
                 for i in range(100)]
        found, = self.problems({"config_types": [TYPE],
                                "config_schemas": [{**SCHEMA, "instance_slots": slots}],
                                "config_instances": [INSTANCE]})
        want = ('PATH: /config_instances/0/slot_key: expected a slot of config schema "cfg_sch_1"; '
                f"its slots are: {slots[0]['key']}, slot-1-")
        self.assertEqual(found[:len(want)], want)

    def test_too_many(self):
        """More text than is kept: whole lines are left out, and that is said."""
        devices = [{"id": f"dvc_{i}", "name": f"{i}", "x" * 2000: 1} for i in range(9000)]
        *lines, why, last = run("check", self.write({"devices": devices})).stderr.splitlines()
        self.assertEqual(why, "miru-mock: not all problems are listed: they are too many")
        self.assertEqual(last, "miru-mock: 9000 problems in the fixtures; nothing was loaded")
        self.assertTrue(1000 < len(lines) < 9000, len(lines))
        self.assertEqual({line.partition(" unknown field")[1] for line in lines}, {" unknown field"})

    def test_groups(self):
        self.check({"groups": [{"id": "grp_1", "name": "a", "parent_id": "grp_2"},
                               {"id": "grp_2", "name": "b", "parent_id": "grp_1"}]},
                   "PATH: /groups/0/parent_id: the group is its own ancestor")
        self.check({"groups": [{"id": f"grp_{i}", "name": f"{i}", "parent_id": f"grp_{max(i - 1, 0)}"}
                               for i in range(10)]},
                   "PATH: /groups/0/parent_id: the group is its own ancestor")
        self.check({"groups": [{"id": f"grp_{i}", "name": "g", "parent_id": f"grp_{(i + 1) % 20}"}
                               for i in range(20)]},
                   "PATH: /groups/0/parent_id: the group is its own ancestor")
        path = self.write({"groups": [{"id": "grp_1", "name": "g" * 1100000}]})
        self.assertEqual(run("check", path).returncode, 0)
        # Deeper than what can be made; moving a group with groups inside gets there.
        path = self.write({"groups": [{"id": f"grp_{i}", "name": "g",
                                       "parent_id": f"grp_{i - 1}" if i else None}
                                      for i in range(100)]})
        self.assertEqual(run("check", path).returncode, 0)

    def test_all_problems_of_all_files(self):
        lines = self.problems("{", {"devices": [{"id": "dvc_1"}, {"id": "dvc_2", "x": 1}]},
                              {"devices": [{"id": "dvc_2", "name": ""}], "y": []})
        self.assertEqual([line.partition(": ")[0] for line in lines],
                         ["PATH1:1:2", "PATH2", "PATH3", "PATH3", "PATH2"])

    def test_places_in_two_files(self):
        """A problem of two places names the file of each."""
        ids = [{**RELEASE, "config_schema_ids": ids} for ids in (["cfg_sch_1"], ["cfg_sch_1", "x"])]
        self.assertEqual(
            self.problems({"devices": [DEVICE], "releases": ids[:1], "config_types": [TYPE],
                           "config_schemas": [{**SCHEMA, "documents": [
                               {"id": "doc_1", "name": "a", "data": ""}]}]},
                          {"devices": [{**DEVICE, "name": "two"}, {"id": "dvc_2", "name": "one"}],
                           "releases": ids[1:],
                           "config_schemas": [{**SCHEMA, "id": "cfg_sch_2", "digest": "2",
                                               "documents": [
                                                   {"id": "doc_1", "name": "a", "data": ""}]}]}),
            ['PATH2: /devices/0/name: conflicts with PATH1: /devices/0/name (expected "one", found '
             '"two")',
             "PATH2: /releases/0/config_schema_ids: conflicts with PATH1: "
             '/releases/0/config_schema_ids (expected ["cfg_sch_1"], found ["cfg_sch_1","x"])',
             'PATH2: /config_schemas/0/documents/0/id: id "doc_1" is already used at PATH1: '
             '/config_schemas/0/documents/0',
             'PATH2: /devices/1/name: name "one" is already used at PATH1: /devices/0'])

    def test_one_problem_stays_on_one_line(self):
        self.check({"devices": [{**DEVICE, "x\ny": 1, "name": "a\nb" * 30}]},
                   *[line for line in self.problems(
                       {"devices": [{**DEVICE, "x\ny": 1, "name": "a\nb" * 30}]})])
        lines = self.problems({"devices": [{**DEVICE, "x\ny\x1b": 1}]})
        self.assertEqual(len(lines), 1)
        self.assertIn("/devices/0/x\\ny\\u001b: unknown field", lines[0])

    def test_files(self):
        for path, why in ((self.folder, "Is a directory"),
                          (os.path.join(self.folder, "none"), "No such file or directory")):
            result = run("check", path)
            self.assertEqual(result.returncode, 1)
            self.assertIn(f"{path}: cannot be read: {why}", result.stderr)

    def test_serve_refuses_them_too(self):
        path = self.write({"devices": [{"id": "dvc_1"}]})
        result = run("--port", "0", "--fixtures", "fixtures/demo.json", "--fixtures", path)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(f"{path}: /devices/0/name: is required", result.stderr)
        self.assertRegex(result.stderr, re.compile("1 problem in the fixtures; nothing was loaded"))


class Shifted(harness.TestCase):
    """--shift-times: what fixtures tell has just happened."""

    arguments = None
    NOW = "2027-03-04T05:06:07.000000Z"

    @staticmethod
    def times(server):
        document = server.control("GET", "fixtures").json
        return {(array, row["id"], name): value
                for array, rows in document.items() for row in rows
                for name, value in row.items()
                if isinstance(value, str) and re.fullmatch(r"\d{4}-.*T.*Z", value)}

    def test_demo(self):
        """Every time has moved by the same whole seconds, and the newest is now; a reset goes back
        there."""
        with Server("--clock", self.NOW) as server:
            before = self.times(server)
        with Server("--clock", self.NOW, "--shift-times") as server:
            after = self.times(server)
            self.assertEqual(before.keys(), after.keys())
            moved = {datetime.fromisoformat(after[key]) - datetime.fromisoformat(before[key])
                     for key in before}
            self.assertEqual(len(moved), 1, moved)
            newest = datetime.fromisoformat(self.NOW) - datetime.fromisoformat(max(after.values()))
            self.assertEqual(newest.total_seconds() // 1, 0)
            server.control("PATCH", "devices/dvc_offline", {"status": "online"})
            server.control("POST", "reset")
            self.assertEqual(self.times(server), after)

    def test_streams_and_documents(self):
        """Large or small, into the past too; what a test puts there stays as it is."""
        rows = [{"object": "device", "id": f"dvc_{i}", "name": f"{i}",
                 "created_at": "2030-01-01T00:00:00.999999Z",
                 "updated_at": "2030-01-01T00:00:00.999999Z"} for i in range(10000)]
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as stream:
            stream.write("\n".join(map(json.dumps, rows)).encode())
            stream.flush()
            with Server("--clock", self.NOW, "--shift-times", "--fixtures", stream.name) as server:
                self.assertEqual(set(self.times(server).values()), {"2027-03-04T05:06:06.999999Z"})
                server.control("PUT", "fixtures", {"devices": rows[:1]})
                self.assertEqual(set(self.times(server).values()), {"2030-01-01T00:00:00.999999Z"})
        with Server("--clock", self.NOW, "--shift-times", "--empty") as server:
            self.assertEqual(self.times(server), {})

    def test_times_that_are_left_out(self):
        """Are now, and tell nothing of when the others were."""
        devices = [{"id": "d1", "name": "1", "created_at": "2020-01-01T00:00:00Z",
                    "updated_at": "2020-01-02T00:00:00Z"}, {"id": "d2", "name": "2"}]
        with harness.File({"devices": devices}) as file, \
                Server("--clock", self.NOW, "--shift-times", "--fixtures", file) as server:
            found = {(id, name): value for (_, id, name), value in self.times(server).items()}
            self.assertEqual(found["d1", "updated_at"], "2027-03-04T05:06:07Z")
            self.assertEqual(found["d1", "created_at"], "2027-03-03T05:06:07Z")
            self.assertEqual(found["d2", "created_at"], "2027-03-04T05:06:07Z")


if __name__ == "__main__":
    harness.main()
