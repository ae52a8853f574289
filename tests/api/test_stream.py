# SPDX-License-Identifier: MIT
"""Streams: .ndjson fixtures, each line loaded by itself, on top of what is there."""

import json
import os
import re

import harness
from harness import Server, run
from test_fixtures import (COMMIT, DEPLOYMENT, DEVICE, INSTANCE, KEYS, RELEASE, SCHEMA, TWO_SLOTS, TYPE,
                           Files)

OBJECTS = ("api_key, group, device, git_commit, config_type, config_schema, config_instance, release, "
           "deployment")
NAMES = {"api_keys": "api_key", "groups": "group", "devices": "device", "git_commits": "git_commit",
         "config_types": "config_type", "config_schemas": "config_schema",
         "config_instances": "config_instance", "releases": "release", "deployments": "deployment"}
KEY = {"object": "api_key", **KEYS[0]}
LONGEST = 16 * 1024 * 1024


def kind(name, item):
    return {"object": name, **item}


device = {"object": "device", **DEVICE}
release = {"object": "release", **RELEASE}
deployment = {"object": "deployment", **DEPLOYMENT}
type_ = {"object": "config_type", **TYPE}
schema = {"object": "config_schema", **SCHEMA}
instance = {"object": "config_instance", **INSTANCE}


class Lines(Files):
    def lines(self, *lines, end="\n", last="\n", name="ndjson"):
        """A stream of the test's own, of objects, texts or bytes."""
        self.names += 1
        path = os.path.join(self.folder, f"{self.names}.{name}")
        lines = [line if isinstance(line, bytes) else
                 (line if isinstance(line, str) else json.dumps(line)).encode() for line in lines]
        with open(path, "wb") as file:
            file.write(end.encode().join(lines) + last.encode())
        return path

    def load(self, *paths, more=()):
        return Server(*(arg for path in paths for arg in ("--fixtures", path)), *more)

    def fits(self, *paths):
        result = run("check", *paths)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout, "".join(f"{path}: ok\n" for path in paths))

    def check(self, paths, *want):
        """Refused with exactly these lines, in which A, B, ... stand for the files."""
        paths = [paths] if isinstance(paths, str) else paths
        result = run("check", *paths)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result.stderr)
        *lines, last = result.stderr.splitlines()
        for letter, path in zip("ABCD", paths):
            lines = [line.replace(path, letter) for line in lines]
        self.assertEqual(lines, list(want))
        plural = "" if len(lines) == 1 else "s"
        self.assertEqual(last, f"miru-mock: {len(lines)} problem{plural} in the fixtures; "
                               "nothing was loaded")

    def refused(self, lines, *want):
        """The same of one stream of these lines."""
        self.check(self.lines(*lines), *want)


class Loading(Lines):
    def test_an_export_by_lines(self):
        """The demo's objects, one to a line, are the demo."""
        with Server("--transitions", "manual") as server:
            exported = server.control("GET", "fixtures")
        lines = [item for items in exported.json.values() for item in items]
        self.assertEqual({item["object"] for item in lines}, set(NAMES.values()))
        for name in ("ndjson", "jsonl"):
            with self.load(self.lines(*lines, name=name), more=("--transitions", "manual")) as server:
                self.assertEqual(server.control("GET", "fixtures").text, exported.text)

    def test_twice(self):
        """A line that has been said before, in full or in part, is no news."""
        with Server("--transitions", "manual") as server:
            exported = server.control("GET", "fixtures")
        lines = [item for items in exported.json.values() for item in items]
        part = [{name: item[name] for name in ("object", "id")} for item in lines]
        with self.load("fixtures/demo.json", self.lines(*lines), self.lines(*lines, *part),
                       more=("--transitions", "manual")) as server:
            self.assertEqual(server.control("GET", "fixtures").text, exported.text)

    def test_answers_by_lines(self):
        """What the API answers, expanded, in any version, is said again in agreement."""
        for version in harness.VERSIONS:
            with Server() as server:
                answer = server.get("/deployments/dpl_123?expand=device,release.config_schemas,"
                                    "config_instances.content", version=version).json
            self.fits("fixtures/demo.json", self.lines(answer))

    def test_documents_first(self):
        """Documents are one world, whatever their place among the files; then streams, in order."""
        stream = self.lines(deployment)
        parts = [self.write({"devices": [DEVICE]}), self.write({"releases": [RELEASE]})]
        self.fits(stream, *parts)
        self.fits(parts[0], stream, parts[1])
        self.fits(self.lines(device), self.lines(release), stream)
        self.check([stream, self.lines(device, release)],
                   'A:1: /device_id: no such id in devices: "dvc_1"',
                   'A:1: /release_id: no such id in releases: "rls_1"')

    def test_expanded(self):
        """What is expanded in a line comes with it."""
        line = {"object": "deployment", "id": "dpl_1", "device": DEVICE, "config_instances": [
                    {"id": "cfg_inst_1", "config_schema": {**SCHEMA, "config_type": TYPE}}],
                "release": {**RELEASE, "config_schemas": [{"id": "cfg_sch_1"}]}, "parent": None}
        with self.load(self.lines(KEY, line)) as server:
            found = self.get(server, "deployments/dpl_1?expand=device,release.config_schemas,"
                                     "config_instances.config_schema.config_type")
            self.assertEqual(found["device"]["name"], "one")
            self.assertEqual(found["config_instances"][0]["config_schema"]["config_type"]["slug"],
                             "motion")
            self.assertEqual(found["release"]["config_schemas"][0]["id"], "cfg_sch_1")

    def test_ends_of_lines(self):
        lines = ["", device, " \t", "", release, "  " + json.dumps(deployment) + " "]
        for end in ("\n", "\r\n"):
            for last in ("", end, end * 3, end + "  "):
                self.fits(self.lines(*lines, end=end, last=last))
        self.fits(self.lines(last=""), self.lines(last="\n"))
        self.refused(["", device, "", {**device, "name": ""}],
                     'A:4: /name: expected a text of 1 to 48 bytes besides HTML tags, found ""')

    def test_lengths(self):
        """Lines of any length, wherever the pieces end in which a file is read."""
        sizes = [1, 100, 65000, 262143 - 60, 262144, 262145, 300000, 524288, 1048570, 3, 2000000, 5]
        lines = [{**device, "id": f"dvc_{i}", "name": f"{i}", "agent_version": "x" * (size + shift)}
                 for i, (size, shift) in enumerate((size, shift) for size in sizes
                                                   for shift in range(3))]
        with self.load(self.lines(*lines)) as server:
            found = server.everything()["devices"]
        self.assertEqual([(d["id"], len(d["agent_version"])) for d in found],
                         [(d["id"], len(d["agent_version"])) for d in lines])

    def test_the_longest(self):
        def line(length, n):
            text = json.dumps({**device, "id": f"dvc_{n}", "name": f"{n}", "agent_version": ""})
            return text[:-2] + "x" * (length - len(text)) + '"}'

        self.fits(self.lines(line(LONGEST, 1), line(LONGEST, 2), last="", end="\r\n"))
        self.check(self.lines(line(LONGEST + 1, 1), device, line(2 * LONGEST + 1000, 2),
                              {**device, "name": "two"}, line(LONGEST + 1, 3), last=""),
                   "A:1: line too long (at most 16777216 bytes)",
                   "A:3: line too long (at most 16777216 bytes)",
                   'A:4: /name: conflicts with the database (expected "one", found "two")',
                   "A:5: line too long (at most 16777216 bytes)")

    def test_later_parents(self):
        """A group, and a deployment, may come before its parent, even in another file."""
        groups = [{"object": "group", "id": f"grp_{i}", "name": "g",
                   "parent_id": f"grp_{i + 1}" if i < 9 else None} for i in range(10)]
        deployments = [{**deployment, "id": f"dpl_{i}", "parent_id": f"dpl_{i + 1}" if i < 9 else None}
                       for i in range(10)]
        with self.load(self.lines(KEY, device, release, *groups[:5], *deployments[:5]),
                       self.lines(*groups[5:], *deployments[5:])) as server:
            self.assertEqual(self.get(server, "groups/grp_0?expand=parent")["parent"]["id"], "grp_1")
            self.assertEqual(self.get(server, "deployments/dpl_0")["parent_id"], "dpl_1")

    def test_slots_of_older_versions(self):
        """An instance's line adds a slot to a schema that was told without any."""
        with self.load(self.lines(KEY, type_, {**schema, "instance_filepath": "/a.json"}, *(
                {**instance, "id": f"cfg_inst_{i}", "filepath": f"/{x}.json"}
                for i, x in enumerate("abcb")))) as server:
            found = self.get(server, "config_schemas/cfg_sch_1")
            self.assertEqual([(slot["key"], slot["filepath"], slot["required"])
                              for slot in found["instance_slots"]],
                             [("default", "/a.json", True), ("slot_2", "/b.json", False),
                              ("slot_3", "/c.json", False)])
            self.assertEqual([self.get(server, f"config_instances/cfg_inst_{i}")["slot_key"]
                              for i in range(4)], ["default", "slot_2", "slot_3", "slot_2"])
        self.refused([type_, kind("config_schema", TWO_SLOTS), {**instance, "filepath": "/c.json"}],
                     'A:3: /filepath: expected a slot of config schema "cfg_sch_1"; its slots are: '
                     'a, b')

    def test_constant_memory(self):
        """What loading takes besides the database does not grow with the stream."""
        def beyond(n, write):
            items = [{"object": "deployment", **DEPLOYMENT, "id": f"dpl_{i}", "activity_status":
                      "archived", "description": "x" * 200} for i in range(n)]
            with self.load(write(items)) as server:
                with open(f"/proc/{server.process.pid}/status") as file:
                    status = dict(line.split(":") for line in file)
                peak, now = (int(status[name].split()[0]) for name in ("VmHWM", "VmRSS"))
            return (peak - now) * 1024, os.path.getsize(self.path)

        def stream(items):
            self.path = self.lines(device, release, *items)
            return self.path

        def document(items):
            self.path = self.write({"devices": [DEVICE], "releases": [RELEASE], "deployments": items})
            return self.path

        with open(harness.BINARY, "rb") as file:
            if re.search(rb"__[at]san_init", file.read()):
                self.skipTest("a sanitizer keeps what is freed")
        (few, _), (many, size) = beyond(3000, stream), beyond(12000, stream)
        self.assertLess(many, size, "as much as the file")
        self.assertLess(many, few + 1024 * 1024)
        # What is measured shows: a document takes several times its size.
        taken, size = beyond(12000, document)
        self.assertGreater(taken, size)


class Problems(Lines):
    def test_lines(self):
        self.refused([device, "[1]", "5", '"x"', "null", '{"id":"dvc_2"}', '{"object":"robot"}',
                      '{"object":5}', '{"object":"list","data":[]}', {"devices": [DEVICE]}],
                     'A:2: expected an object such as {"object":"device",...}, found a list',
                     'A:3: expected an object such as {"object":"device",...}, found a number',
                     'A:4: expected an object such as {"object":"device",...}, found a text',
                     'A:5: expected an object such as {"object":"device",...}, found null',
                     f"A:6: /object: is required (expected one of {OBJECTS})",
                     f'A:7: /object: expected one of {OBJECTS}, found "robot"',
                     f"A:8: /object: expected one of {OBJECTS}, found 5",
                     f'A:9: /object: expected one of {OBJECTS}, found "list"',
                     f"A:10: /object: is required (expected one of {OBJECTS})")

    def test_syntax(self):
        self.refused([device, '{"object":"device"', '{"id":1,"id":2}', "{} {}", b'{"a":"\xff"}', "x",
                      "[" * 100],
                     "A:2:19: expected ',' or '}'", "A:3:9: key is already used in this object",
                     "A:4:4: expected the end after the value", "A:5:7: invalid UTF-8",
                     "A:6:1: expected a value", "A:7:65: nested too deep (at most 64 levels)")
        self.refused([b'\xef\xbb\xbf{"object":"device"}', device, b'{"object":"\0"}', b"\0",
                      b'{}\0{}', b"\xff\xfe{\0"],
                     "A:1:1: expected UTF-8 without a byte order mark",
                     *(f"A:{place}: expected JSON, found a NUL byte"
                       for place in ("3:12", "4:1", "5:3", "6:4")))
        # A whole document is no line.
        path = self.lines("{", '"devices": []', "}")
        self.check(path, "A:1:2: expected a key in double quotes",
                   "A:2:10: expected the end after the value", "A:3:1: expected a value")

    def test_fields(self):
        """As in documents, but that the pointer begins at the line."""
        self.refused([{"object": "device"}, {**device, "name": 5},
                      {**device, "id": "dvc_2", "name": "2", "status": "asleep"},
                      kind("config_schema", {**SCHEMA, "config_type": TYPE, "instance_slots": [
                          {"key": "A", "filepath": "/a.json"}]}),
                      {"object": "git_commit", "id": "git_cmt_1", **COMMIT, "sha": "x"}],
                     "A:1: id is required (expected one such as dvc_123)",
                     "A:2: /name: expected a text of 1 to 48 bytes besides HTML tags, found 5",
                     "A:3: /status: expected one of inactive, activating, online, offline, archived, "
                     'found "asleep"',
                     "A:4: /instance_slots/0/key: expected 1 to 128 of a-z, 0-9, _ and -, beginning "
                     'with a letter or a digit, found "A"',
                     "A:5: /repository_url: is required (expected a text)")
        self.refused([{**deployment, "device": DEVICE, "release": {**RELEASE, "colour": 1}}],
                     "A:1: /release/colour: unknown field; a release has: id, version, git_commit_id, "
                     "created_at, updated_at, archived_at, config_schemas, config_schema_ids")

    def test_within_a_line(self):
        self.refused([{**deployment, "device_id": "dvc_2", "device": DEVICE, "release": RELEASE},
                      {**device, "current_deployment": {"id": "dpl_2", "release": RELEASE,
                                                        "device": {**DEVICE, "name": "two"}}},
                      {"object": "config_schema", **SCHEMA, "config_type": TYPE, "instance_slots": [
                          {"key": "a", "filepath": "/a.json"}, {"key": "a", "filepath": "/b.json"}]}],
                     'A:1: /device: conflicts with A:1: /device_id (expected "dvc_2", found "dvc_1")',
                     'A:1: /device_id: no such id in devices: "dvc_2"',
                     'A:2: /current_deployment/device/name: conflicts with A:2: /name (expected '
                     '"one", found "two")',
                     'A:3: /instance_slots/1/key: key "a" is already used at A:3: /instance_slots/0')
        deployed = {**DEPLOYMENT, "activity_status": "deployed"}
        self.refused([device, release, {"object": "deployment", **deployed,
                                        "parent": {**deployed, "id": "dpl_2"}}],
                     'A:3: /parent/device_id: device_id "dvc_1" with target_status "deployed" is '
                     'already used at A:3')

    def test_references(self):
        self.refused([device, {**deployment, "config_instance_ids": ["cfg_inst_1", "cfg_inst_2"]},
                      {**device, "id": "dvc_2", "name": "two", "group_id": "grp_1"}, release,
                      {**deployment, "id": "dpl_2"}],
                     'A:2: /release_id: no such id in releases: "rls_1"',
                     'A:2: /config_instance_ids/0: no such id in config_instances: "cfg_inst_1"',
                     'A:2: /config_instance_ids/1: no such id in config_instances: "cfg_inst_2"',
                     'A:3: /group_id: no such id in groups: "grp_1"')

    def test_parents(self):
        """Of its own kind, a row may name one that comes later, but one that comes."""
        groups = [{"object": "group", "id": "grp_1", "name": "a", "parent_id": "grp_9"}, "",
                  {"object": "group", "id": "grp_2", "name": "b", "parent_id": "grp_3"},
                  {"object": "group", "id": "grp_3", "name": "b",
                   "parent": {"id": "grp_4", "name": "b", "parent_id": "grp_8"}},
                  {"object": "group", "id": "grp_5", "name": 5, "parent_id": "grp_7"}]
        self.refused(groups,
                     "A:5: /name: expected a text that is not empty, found 5",
                     'A:1: /parent_id: no such id in groups: "grp_9"',
                     'A:4: /parent/parent_id: no such id in groups: "grp_8"',
                     'A:5: /parent_id: no such id in groups: "grp_7"')
        # The only one, of a line that is wrong otherwise; and behind a line that nobody could read.
        self.refused(groups[4:], "A:1: /name: expected a text that is not empty, found 5",
                     'A:1: /parent_id: no such id in groups: "grp_7"')
        self.refused(["{", groups[0], {**groups[0], "id": "grp_2", "name": "b"}],
                     "A:1:2: expected a key in double quotes",
                     'A:2: /parent_id: no such id in groups: "grp_9"')
        self.check([self.lines(groups[0]), self.lines({**groups[0], "id": "grp_9", "name": "c",
                                                       "parent_id": "grp_7"})],
                   'B:1: /parent_id: no such id in groups: "grp_7"')
        # A document is whole by itself.
        self.check([self.write({"groups": [{"id": "grp_1", "name": "a", "parent_id": "grp_9"}]}),
                    self.lines({"object": "group", "id": "grp_9", "name": "b"})],
                   'A: /groups/0/parent_id: no such id in groups: "grp_9"')

    def test_circles(self):
        for n in (1, 2, 3, 50):
            self.refused([device, release] + [
                {**deployment, "id": f"dpl_{i}", "parent_id": f"dpl_{(i + 1) % n}"}
                for i in range(n)] + [{**deployment, "id": "dpl_x", "parent_id": "dpl_0"}],
                         "A:3: /parent_id: the deployment is its own ancestor")
        # With a way that leads to it, and others that are none; each circle once.
        names = {"a": "b", "b": "c", "c": "d", "d": "b", "e": "c", "f": None, "g": "h", "h": "f",
                 "i": "j", "j": "i", "k": "i"}
        groups = [{"object": "group", "id": f"grp_{name}", "name": name,
                   "parent_id": up and f"grp_{up}"} for name, up in names.items()]
        self.refused(groups + groups, "A:2: /parent_id: the group is its own ancestor",
                     "A:9: /parent_id: the group is its own ancestor")
        # One behind the other's end takes no longer than they are many.
        n = 5000
        chain = [{"object": "group", "id": f"grp_{i}", "name": "g", "parent_id": f"grp_{i + 1}"}
                 for i in range(n)]
        self.refused(chain, f'A:{n}: /parent_id: no such id in groups: "grp_{n}"')
        self.refused([*chain, {"object": "group", "id": f"grp_{n}", "name": "h",
                               "parent_id": f"grp_{n - 2}"}],
                     f"A:{n - 1}: /parent_id: the group is its own ancestor")

    def test_said_before(self):
        self.refused([device, {**device, "name": "two"}, {**device, "agent_version": "v1"},
                      {**device, "status": "inactive"},
                      {**device, "id": "dvc_2", "name": "two"}, release,
                      {**deployment, "device": {"id": "dvc_2", "name": "zwei"}, "device_id": "dvc_2"}],
                     'A:2: /name: conflicts with the database (expected "one", found "two")',
                     'A:3: /agent_version: conflicts with the database (expected null, found "v1")',
                     'A:7: /device/name: conflicts with the database (expected "two", found "zwei")')
        document = {"id": "doc_1", "name": "a", "data": "x"}
        commit = {"object": "git_commit", "id": "git_cmt_1", **COMMIT, "sha": "a", "repository_url": "u"}
        slots = [{"key": "a", "filepath": "/a.json"}, {"key": "b", "filepath": "/b.json"}]
        told = {**schema, "instance_slots": slots, "documents": [document], "git_commits": [
            {"git_commit_id": "git_cmt_1", "schema_filepaths": ["x", "y"]}]}
        self.refused(
            [type_, commit, told, {**schema, "instance_slots": slots[:1]},
             {**schema, "instance_slots": [slots[0], {**slots[1], "required": False}]},
             {**schema, "documents": [{**document, "data": "y"}]}, {**schema, "documents": []},
             {**schema, "git_commits": [{"git_commit_id": "git_cmt_1", "schema_filepaths": ["x"]}]},
             {**schema, "git_commits": told["git_commits"], "documents": [{"name": "a"}]},
             {**instance, "slot_key": "a", "content": {"format": "json", "data": "{}"}},
             {**instance, "content": {"data": "{} "}}, {**instance, "content": {"data": "{}"}},
             {**release, "config_schema_ids": ["cfg_sch_1"]}, {**release, "config_schema_ids": []},
             {**release, "config_schemas": [{"id": "cfg_sch_1"}]}],
            "A:4: /instance_slots: conflicts with the database (expected a list of 2, found a list of 1)",
            "A:5: /instance_slots/1/required: conflicts with the database (expected true, found "
            "false)",
            'A:6: /documents/0/data: conflicts with the database (expected "x", found "y")',
            "A:7: /documents: conflicts with the database (expected a list of 1, found a list of 0)",
            'A:8: /git_commits/0/schema_filepaths: conflicts with the database (expected ["x","y"], '
            'found ["x"])',
            'A:11: /content/data: conflicts with the database (expected "{}", found "{} ")',
            'A:14: /config_schema_ids: conflicts with the database (expected ["cfg_sch_1"], found [])')
        two = {**release, "config_schema_ids": ["cfg_sch_1", "cfg_sch_2"]}
        self.refused([type_, schema, {**schema, "id": "cfg_sch_2", "digest": "2"}, two,
                      {**two, "config_schema_ids": ["cfg_sch_2", "cfg_sch_1"]}],
                     'A:5: /config_schema_ids: conflicts with the database (expected '
                     '["cfg_sch_1","cfg_sch_2"], found ["cfg_sch_2","cfg_sch_1"])')

    def test_unique(self):
        """What no two may have: the row that has it is named, and never by an API key."""
        commit = {"object": "git_commit", "id": "git_cmt_1", **COMMIT, "sha": "a", "repository_url": "u"}
        deployed = {**deployment, "activity_status": "deployed"}
        group = {"object": "group", "id": "grp_1", "name": "a"}
        told = {**schema, "documents": [{"id": "doc_1", "name": "a", "data": ""}]}
        self.refused(
            [device, release, type_, told, commit, deployed, group, {**KEY, "id": "api_key_1"},
             {**device, "id": "dvc_2"}, {**release, "id": "rls_2"},
             {**type_, "id": "cfg_typ_2"}, {**schema, "id": "cfg_sch_2"},
             {**told, "id": "cfg_sch_3", "digest": "3"}, {**commit, "id": "git_cmt_2"},
             {**deployed, "id": "dpl_2"}, {**group, "id": "grp_2"}, {**group, "id": "grp_3",
                                                                     "parent_id": "grp_1"}, KEY,
             # One that is wrong otherwise hides nothing.
             {**device, "id": "dvc_3", "status": "asleep"}],
            'A:9: /name: name "one" is already used by device "dvc_1"',
            'A:10: /version: version "v1.0.0" is already used by release "rls_1"',
            'A:11: /name: name "Motion" is already used by config type "cfg_typ_1"',
            'A:11: /slug: slug "motion" is already used by config type "cfg_typ_1"',
            'A:12: /digest: digest "sha256:1" with config_type_id "cfg_typ_1" is already used by '
            'config schema "cfg_sch_1"',
            'A:13: /documents/0/id: id "doc_1" is already used by a document of config schema '
            '"cfg_sch_1"',
            'A:14: /sha: sha "a" with repository_url "u" is already used by git commit "git_cmt_1"',
            'A:15: /device_id: device_id "dvc_1" with target_status "deployed" is already used by '
            'deployment "dpl_1"',
            'A:16: /name: name "a" with parent_id null is already used by group "grp_1"',
            'A:18: /key: key is already used by key "api_key_1"',
            "A:19: /status: expected one of inactive, activating, online, offline, archived, found "
            '"asleep"',
            'A:19: /name: name "one" is already used by device "dvc_1"')

    def test_keys_are_not_shown(self):
        for line in ({**KEY, "id": "api_key_1", "key": "sk_live_2"}, {**KEY, "key": "sk_live_1"},
                     {**KEY, "key": ["sk_live_1"]}, ["sk_live_1"], {"key": "sk_live_1"}):
            result = run("check", self.lines({**KEY, "id": "api_key_1", "key": "sk_live_1"}, line))
            self.assertEqual(result.returncode, 1)
            self.assertNotIn("sk_live", result.stderr)

    def test_claims(self):
        self.refused([device, release, {**deployment, "status": "queued", "activity_status": "staged"},
                      {**deployment, "id": "dpl_2", "status": "queued"},
                      {**deployment, "id": "dpl_2", "status": "staged"},
                      {**device, "current_release": None}, type_,
                      {**schema, "config_type_name": "x"}],
                     'A:3: /status: conflicts with the values that it is derived from (expected '
                     '"staged", found "queued")',
                     'A:5: /status: conflicts with the values that it is derived from (expected '
                     '"queued", found "staged")',
                     'A:6: /current_release: conflicts with the values that it is derived from '
                     '(expected "rls_1", found null)',
                     'A:8: /config_type_name: conflicts with the values that it is derived from '
                     '(expected "Motion", found "x")')
        # Of what leans on a row that a line contradicts; not of what leans on one that is not there.
        self.refused([device, {**device, "name": "two"}, release, {**deployment, "status": "queued"},
                      {**deployment, "id": "dpl_2", "activity_status": "staged", "status": "queued"}],
                     'A:2: /name: conflicts with the database (expected "one", found "two")',
                     'A:5: /status: conflicts with the values that it is derived from (expected '
                     '"staged", found "queued")')
        self.refused([{**type_, "slug": "Motion"}, {**schema, "instance_filepath": "/a.json",
                                                    "config_type_name": "Motion"}],
                     "A:1: /slug: expected 1 to 48 of a-z, 0-9 and -, beginning and ending with a "
                     'letter or a digit, found "Motion"')

    def test_waiting(self):
        waits = {**deployment, "activity_status": "queued", "waiting_since": "2026-01-01T00:00:00Z"}
        self.refused([device, release, waits],
                     'A:3: /waiting_since: must be null unless device "dvc_1" is online (it is '
                     'inactive)')
        self.fits(self.lines({**device, "status": "online"}, release, waits))

    def test_instances(self):
        other = {**type_, "id": "cfg_typ_2", "name": "b", "slug": "b"}
        self.refused([type_, other, schema, {**instance, "slot_key": "c"},
                      {**instance, "content": {"format": "yaml", "data": ""}},
                      {**instance, "config_type_id": "cfg_typ_2"}],
                     'A:4: /slot_key: expected a slot of config schema "cfg_sch_1"; its slots are: '
                     'default',
                     'A:5: /content/format: conflicts with instance_format of "cfg_sch_1" (expected '
                     '"json", found "yaml")',
                     'A:6: /config_type_id: conflicts with config_type_id of "cfg_sch_1" (expected '
                     '"cfg_typ_1", found "cfg_typ_2")')

    def test_what_leans_on_a_broken_line(self):
        """Is not reported for it, however many lines it is."""
        many = [{**deployment, "id": f"dpl_{i}"} for i in range(300)]
        self.refused([{**device, "status": "asleep"}, release, *many],
                     "A:1: /status: expected one of inactive, activating, online, offline, archived, "
                     'found "asleep"')
        self.refused([type_, {**schema, "language": "java"}, instance, device, release,
                      {**deployment, "config_instance_ids": ["cfg_inst_1"], "status": "staged"}],
                     'A:2: /language: expected one of jsonschema, cue, opaque, found "java"')
        # Nobody knows what an unreadable line would have been: what is missing then is told once.
        self.refused(["{", release, *many, {**device, "group_id": "grp_1"}],
                     "A:1:2: expected a key in double quotes",
                     'A:3: /device_id: no such id in devices: "dvc_1"',
                     'A:303: /group_id: no such id in groups: "grp_1"')
        # What is wrong in a document counts, too.
        self.check([self.write({"devices": [{**DEVICE, "name": ""}], "releases": [RELEASE]}),
                    self.lines(*many)],
                   "A: /devices/0/name: expected a text of 1 to 48 bytes besides HTML tags, "
                   'found ""')

    def test_all_lines(self):
        self.refused([{**device, "id": f"dvc_{i}", "name": ""} for i in range(500)],
                     *(f'A:{i}: /name: expected a text of 1 to 48 bytes besides HTML tags, found ""'
                       for i in range(1, 501)))

    def test_files(self):
        folder, none, fifo = (os.path.join(self.folder, name + ".ndjson")
                              for name in ("folder", "none", "fifo"))
        os.mkdir(folder)
        os.mkfifo(fifo)
        # Nobody writes to it: to open it for reading must not wait.
        self.check([folder, none], "A: cannot be read: Is a directory",
                   "B: cannot be read: No such file or directory")
        self.check(fifo, "A: cannot be read: a stream must be a regular file")

    def test_serve_refuses_them_too(self):
        path = self.lines(device, {"object": "device", "id": "dvc_2"})
        result = run("--port", "0", "--fixtures", path)
        self.assertEqual((result.returncode, result.stdout), (1, ""))
        self.assertIn(f"{path}:2: /name: is required", result.stderr)
        self.assertRegex(result.stderr, re.compile("1 problem in the fixtures; nothing was loaded"))


if __name__ == "__main__":
    harness.main()
