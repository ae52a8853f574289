# SPDX-License-Identifier: MIT
"""Config instances: creating them, and the download of their content (behaviour: sections 10.3 and
10.4). What is stored is handed out byte for byte."""

import json
import urllib.parse

import configs
import harness
from configs import ID, NOW, changed, field_of, schema, slot, without
from harness import EVERGLADES, RAINIER, TETONS, VERSIONS

POST = ("POST", "/config_instances")
SLOTS = [slot("b", "B", "/etc/b.json"), slot("a", "A", "/etc/a.json", False)]


def body(schema_id, data="{}", format="json", **more):
    return {"config_schema_id": schema_id, "content": {"format": format, "data": data}, **more}


class TestCase(configs.TestCase):
    def refuse(self, given, *how, **more):
        self.refused(*POST, given, *how, **more)

    def content(self, id, query="", **more):
        """The download: status, body and the headers that say what it is."""
        answer = self.server.call("GET", f"/config_instances/{id}/content{query}", **more)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.text, answer.headers["Content-Type"], answer.headers["Content-Disposition"]

    def opaque(self, format, filepath="/srv/file"):
        return self.make_schema(language="opaque", instance_format=format,
                                instance_slots=[slot(filepath=filepath)])["id"]

    def schema_of(self, language, format):
        """A schema that accepts everything, whose instances have this format; its id."""
        return self.make_schema(
            language=language, format="cue" if language == "cue" else "json",
            instance_format=format, instance_slots=[slot(filepath="/etc/a.json")])["id"]


class Create(TestCase):
    def test_created(self):
        made = self.make_schema()
        for i, version in enumerate(VERSIONS):
            found = self.call(*POST, body(made["id"]), version=version)
            id = found["id"]
            self.assertRegex(id, "^cfg_inst_" + ID)
            old = {"object": "config_instance", "id": id, "config_type_name": "Motion Control",
                   "filepath": "/srv/miru/configs/motion.json", "created_at": NOW,
                   "config_schema_id": made["id"], "config_type_id": "cfg_typ_m"}
            shapes = {TETONS: old, RAINIER: old, EVERGLADES: {**old, "slot_key": "default"}}
            self.assertEqual(found, shapes[version])
            for other in VERSIONS:
                self.assertEqual(self.call("GET", f"/config_instances/{id}", version=other),
                                 shapes[other])
                self.assertEqual(self.call("GET", f"/config_instances?id={id}",
                                           version=other)["data"], [shapes[other]])
            rows = self.rows("config_instances")
            self.assertEqual(len(rows), i + 1)
            row = rows[id]
            self.assertEqual({k: row[k] for k in row if k not in (
                "config_type_name", "filepath", "created_at")}, {
                "object": "config_instance", "id": id, "slot_key": "default",
                "config_schema_id": made["id"], "config_type_id": "cfg_typ_m",
                "content": {"format": "json", "data": "{}"}})
        for query in (f"config_schema_id={made['id']}", "config_type_id=cfg_typ_m",
                      "slot_key=default"):
            self.assertEqual(len(self.call("GET", f"/config_instances?{query}")["data"]), 3)
        self.assert_loads_again()

    def test_always_new(self):
        """The same content twice is two instances."""
        made = self.make_schema()
        ids = {self.make_instance(made["id"])["id"] for _ in range(3)}
        self.assertEqual(len(ids), 3)

    def test_expanded(self):
        query = "?expand=content,config_schema.documents,config_schema.config_type,config_type"
        made = self.make_schema()
        for version in VERSIONS:
            found = self.call("POST", "/config_instances" + query, body(made["id"], "[ 1.0 ]"),
                              version=version)
            self.assertEqual(found["content"], {"format": "json", "data": "[ 1.0 ]"})
            self.assertEqual(found["config_schema"], self.call(
                "GET", f"/config_schemas/{made['id']}?expand=documents,config_type",
                version=version))
            self.assertEqual(found["config_type"],
                             self.call("GET", "/config_types/cfg_typ_m", version=version))
            self.assertEqual(self.call("GET", f"/config_instances/{found['id']}{query}",
                                       version=version), found)
        for name in ("total_count", "schema", "content.data"):
            self.refused("POST", f"/config_instances?expand={name}", body(made["id"]), 400,
                         "invalid_request", params={"field": "expand"})

    def test_slots(self):
        """Each has its file; with one slot alone, it need not be said which."""
        made = self.make_schema(instance_slots=SLOTS)
        for key, path in (("a", "/etc/a.json"), ("b", "/etc/b.json")):
            found = self.make_instance(made["id"], slot_key=key)
            self.assertEqual((found["slot_key"], found["filepath"]), (key, path))
            self.assertEqual(self.call("GET", f"/config_instances?slot_key={key}")["data"],
                             [found])
            for version in (TETONS, RAINIER):
                shown = self.call("GET", f"/config_instances/{found['id']}", version=version)
                self.assertEqual(shown, without(found, "slot_key"))
        one = self.make_schema(instance_slots=SLOTS[1:])
        for version, more in ((EVERGLADES, {}), (EVERGLADES, {"slot_key": "a"}),
                              (EVERGLADES, {"slot_key": None}), (TETONS, {}), (RAINIER, {}),
                              (TETONS, {"slot_key": "no"}), (RAINIER, {"slot_key": 7})):
            found = self.make_instance(one["id"], version=version, **more)
            self.assertEqual(self.call("GET", f"/config_instances/{found['id']}")["slot_key"], "a")
        self.assert_loads_again()

    def test_byte_for_byte(self):
        kept = {
            "json": ("{}", " \t\r\n{ }\n\n", '{"b": 1.0, "a": 1e2, "a": -0.0}', "1" * 400,
                     '{"big": 123456789012345678901234567890.10, "small": 1E-400}',
                     '"\\u0000 \\ud800 \\/ \\u00e9 é 🤖 \u2028 \x7f"', "null", "1.0",
                     "[1,\r\n2]\r\n", "[" * 64 + "]" * 64),
            "yaml": ("", "\n", "# only\n", "a: 1.0\r\nb:   'x'\r\n", "b: 1\na: 2",
                     "é: &x [1]\nb: *x", "---\na: |\n  x\n\n...\n", "\ufeffa: 1\n",
                     "a: 0777\nb: 1_000\nc: 2026-01-01\n", "? a\n: b\n", "{a: 1, }\n"),
        }
        for language in ("jsonschema", "cue", "opaque"):
            for format in ("json", "yaml"):
                made = self.schema_of(language, format)
                for data in kept[format]:
                    self.check_kept(made, format, data)
        anything = ("", " ", "<a b='1'/>\r\n", "{", "a: [", "x\x01\x1f\x7f\ufeff\n", "é\n🤖",
                    "\r", "\r\n\r\n", "no newline", "\\u0000", '"')
        for format in ("json", "yaml", "xml", "text"):
            made = self.opaque(format)
            for data in anything:
                self.check_kept(made, format, data)
        self.assert_loads_again()

    def check_kept(self, made, format, data):
        with self.subTest(format=format, data=data):
            found = self.make_instance(made, data, format, query="?expand=content")
            self.assertEqual(found["content"], {"format": format, "data": data})
            self.assertEqual(self.content(found["id"])[0], data)
            self.assertEqual(self.rows("config_instances")[found["id"]]["content"]["data"], data)

    def test_as_large_as_a_body_may_be(self):
        def given(made, size):
            room = size - len(harness.encoded(body(made, "x", "text")))
            return body(made, "x" * room + "y", "text")

        made = self.opaque("text")
        full = given(made, 1024 * 1024)
        found = self.call("POST", "/config_instances?expand=content", full)
        self.assertEqual(found["content"], full["content"])
        self.assertEqual(self.content(found["id"])[0], full["content"]["data"])
        self.assert_loads_again()
        # As JSON, which is read, too.
        data = json.dumps(["é" * 80_000, *range(10_000)])
        found = self.make_instance(self.make_schema()["id"], data)
        self.assertEqual(self.content(found["id"])[0], data)
        self.start("--max-body", "1000")
        made = self.opaque("text")
        self.call(*POST, given(made, 1000))
        self.refuse(given(made, 1001), 413, "request_too_large")

    def test_formats(self):
        """Every language, instance format and content's format with each other."""
        formats = {"jsonschema": ("json", "yaml"), "cue": ("json", "yaml"),
                   "opaque": ("json", "yaml", "xml", "text")}
        for language, formats in formats.items():
            for expected in formats:
                made = self.schema_of(language, expected)
                for format in ("json", "yaml", "jsonc", "xml", "text"):
                    if format == expected:
                        self.make_instance(made, "{}", format)
                        continue
                    self.refuse(body(made, "{}", format), 400,
                                "config_instance_format_not_supported",
                                f"content.format: expected {expected}, the instance_format of "
                                f"'{made}', found {format}", params={"field": "content.format"})

    def test_formats_by_version(self):
        """Older ones cannot say all that a schema of a newer one asks for."""
        words = {TETONS: "json", RAINIER: "json, yaml, jsonc",
                 EVERGLADES: "json, yaml, jsonc, xml, text"}
        for format in ("json", "yaml", "xml", "text"):
            made = self.opaque(format)
            for version, listed in words.items():
                if format in listed.split(", "):
                    self.make_instance(made, "x", format, version=version)
                    continue
                self.refuse(body(made, "x", format), 400, "invalid_request",
                            f"content.format: expected one of {listed}, found \"{format}\"",
                            params={"field": "content.format"}, version=version)
        for version in (RAINIER, EVERGLADES):
            self.refuse(body(made, "x", "jsonc"), 400, "config_instance_format_not_supported",
                        version=version)

    def test_shown_in_older_versions(self):
        """A format outside their enumeration is shown as it is."""
        made = self.opaque("xml")
        id = self.make_instance(made, "<a/>", "xml")["id"]
        for version in VERSIONS:
            found = self.call("GET", f"/config_instances/{id}?expand=content,config_schema",
                              version=version)
            self.assertEqual(found["content"], {"format": "xml", "data": "<a/>"})
            self.assertEqual(found["config_schema"]["language"], "opaque")
            self.assertEqual(self.content(id, version=version)[:2], ("<a/>", "application/xml"))

    def test_of_an_archived_type(self):
        """What there is of it goes on."""
        made = self.make_schema()
        self.control("PATCH", "config_types/cfg_typ_m", {"archived": True})
        for version in VERSIONS:
            self.make_instance(made["id"], version=version)

    def test_scopes(self):
        made = self.make_schema()["id"]
        for key in ("may_config_instances_read", "may_config_schemas_manage"):
            self.refuse(body(made), 403, "forbidden",
                        params={"scope": "config_instances:write"}, key=key)
        for key in ("may_config_instances_write", "may_config_instances_manage"):
            id = self.call("POST", "/config_instances?expand=config_schema,content", body(made),
                           key=key)["id"]
        for target in ("", "/content"):
            target = f"/config_instances/{id}{target}"
            self.refused("GET", target, None, 403, "forbidden",
                         params={"scope": "config_instances:read"},
                         key="may_config_instances_write")
            for key in ("may_config_instances_read", "may_config_instances_manage"):
                self.assertEqual(self.server.call("GET", target, key=key).status, 200)


class CreateRefused(TestCase):
    def test_missing_and_wrong(self):
        given = body("cfg_sch_no")
        for path, expected, values in (
                ("config_schema_id", "the id of a config schema", (None, 7, [], {})),
                ("content", "an object", (None, "{}", [], 7)),
                ("content.format", "one of json", (None, "", 7, "JSON", "cue", [])),
                ("content.data", "a text", (None, {}, [], 7, True))):
            for version in VERSIONS:
                self.refuse(without(given, path), 400, "invalid_request",
                            f"{field_of(path)} is required; expected {expected}",
                            params={"field": field_of(path)}, version=version)
                for value in values:
                    self.refuse(changed(given, path, value), 400, "invalid_request",
                                f"{field_of(path)}: expected {expected}",
                                f"found {json.dumps(value)}", params={"field": field_of(path)},
                                version=version)
        for value in (7, [], {}, True):
            self.refuse({**given, "slot_key": value}, 400, "invalid_request",
                        "slot_key: expected a text", params={"field": "slot_key"})
        for bad in (b"", b"[]", b'"x"', b"{"):
            self.refuse(bad, 400, "invalid_request", params={})
        # What no C text holds is no content either.
        self.refuse(harness.encoded(given).replace(b'"{}"', b'"a\\u0000b"'), 400,
                    "invalid_request", "\\u0000", params={})

    def test_unknown_schema(self):
        for id in ("cfg_sch_no", "", "a b", "cfg_typ_m", "'"):
            for version in VERSIONS:
                self.refuse(body(id), 404, "resource_not_found", f"config_schema '{id}' not found",
                            params={"resource_type": "config_schema", "resource_id": id,
                                    "field": "config_schema_id"}, version=version)

    def test_slot(self):
        several = self.make_schema(instance_slots=SLOTS)["id"]
        one = self.make_schema(instance_slots=SLOTS[1:])["id"]
        params = {"field": "slot_key"}
        for key in ("c", "", "A", "a ", "default", "a, b"):
            self.refuse(body(several, slot_key=key), 400, "invalid_request",
                        f"slot_key: expected a slot of '{several}', which has: b, a; "
                        f"found '{key}'", params=params)
            self.refuse(body(one, slot_key=key), 400, "invalid_request",
                        f"slot_key: expected a slot of '{one}', which has: a; found '{key}'",
                        params=params)
        for given in (body(several), body(several, slot_key=None)):
            self.refuse(given, 400, "invalid_request", "slot_key is missing; expected a slot of "
                        f"'{several}', which has: b, a", params=params)
        for version in (TETONS, RAINIER):  # which cannot say it
            for more in ({}, {"slot_key": "a"}):
                self.refuse(body(several, **more), 400, "invalid_request",
                            f"config_schema_id: '{several}' has several slots, and {version} has "
                            "no way to say which; it has: b, a",
                            params={"field": "config_schema_id"}, version=version)

    def test_many_slots(self):
        """The message stays of a size, however many there are."""
        made = self.make_schema(instance_slots=[
            slot(f"{i}-" + "x" * 100, "A", f"/{i}.json") for i in range(100)])["id"]
        for more in ({}, {"slot_key": "no"}, {"slot_key": "x" * 10_000}):
            answer = self.server.call(*POST, body(made, **more))
            self.assert_refused(answer, 400, "invalid_request", "0-xxx",
                                params={"field": "slot_key"})
            self.assertLess(len(answer.text), 2000)

    def test_no_json(self):
        for language in ("jsonschema", "cue"):
            made = self.schema_of(language, "json")
            for data, where in (("", "line 1, column 1: expected a value, found the end"),
                                (" \n", "line 2, column 1: expected a value, found the end"),
                                ("{", "line 1, column 2: "), ("{}\n{}", "line 2, column 1: "),
                                ("{\n 'a': 1}", "line 2, column 2: "), ("[1,]", "line 1, column 4"),
                                ("[\r\n\t01]", "line 2, column 3: "), ("NaN", "line 1, column 1: "),
                                ("// c\n{}", "line 1, "), ('"é', "line 1, column 4: "),
                                ('"\x01"', "line 1, column 2: a control character"),
                                ("\ufeff{}", "line 1, column 1: expected UTF-8 without"),
                                ("[" * 65 + "]" * 65, "line 1, column 65: nested too deep")):
                self.refuse(body(made, data), 400, "invalid_request",
                            "content.data: invalid JSON: " + where,
                            params={"field": "content.data"})

    def test_no_yaml(self):
        for language in ("jsonschema", "cue"):
            made = self.schema_of(language, "yaml")
            for data, where in (("a: [", "line 1, "), ("a: 1\na: 2", "line 2, column 1: key is"),
                                ("a: 1\n---\nb: 1\n", "line 2, column 1: expected one document"),
                                ("a: *x", "line 1, column 4: no such anchor"), ("\ta: 1", "line 1, "),
                                ("é: .nan", "line 1, column 5: .inf and .nan"),
                                ("a: !!set {b}", "line 1, column 4: unsupported tag"), ("a\x01", "line 1, ")):
                self.refuse(body(made, data, "yaml"), 400, "invalid_request",
                            "content.data: invalid YAML: " + where,
                            params={"field": "content.data"})

    def test_of_what_fixtures_alone_can_have(self):
        """A schema of a format that its language cannot read has no new instances."""
        types = configs.WORLD["config_types"]
        schemas = [{"id": "cfg_sch_1", "digest": "1", "config_type_id": "cfg_typ_m",
                    "instance_format": "jsonc"},
                   {"id": "cfg_sch_2", "digest": "2", "config_type_id": "cfg_typ_m",
                    "language": "opaque", "instance_format": "jsonc"},
                   {"id": "cfg_sch_3", "digest": "3", "config_type_id": "cfg_typ_m",
                    "language": "cue", "format": "cue", "instance_format": "xml"}]
        self.start(*self.options, world={**configs.WORLD, "config_types": types,
                                         "config_schemas": schemas})
        for id, format in (("cfg_sch_1", "jsonc"), ("cfg_sch_2", "jsonc"), ("cfg_sch_3", "xml")):
            self.refuse(body(id, "{}", format), 400, "config_instance_format_not_supported",
                        f"content.format: instances of '{id}' cannot be {format}, though that is "
                        "its instance_format", params={"field": "content.format"})
            self.refuse(body(id), 400, "config_instance_format_not_supported",
                        f"expected {format}, the instance_format of '{id}', found json")

    def test_without_a_document(self):
        """A schema of which nothing is known asks only for what can be read."""
        self.start(*self.options, world={**configs.WORLD, "config_schemas": [
            {"id": "cfg_sch_1", "digest": "1", "config_type_id": "cfg_typ_m"},
            {"id": "cfg_sch_2", "digest": "2", "config_type_id": "cfg_typ_m",
             "documents": [{"name": "a", "data": "no JSON"}]},
            {"id": "cfg_sch_3", "digest": "3", "config_type_id": "cfg_typ_m",
             "documents": [{"name": "a", "data": "7"}]}]})
        for id in ("cfg_sch_1", "cfg_sch_2", "cfg_sch_3"):
            self.make_instance(id, '{"a": 1}')
            self.refuse(body(id, "{"), 400, "invalid_request", "content.data: invalid JSON")

    def test_order(self):
        made = self.make_schema(instance_slots=SLOTS)["id"]
        given = {"config_schema_id": "no", "content": {"format": "yaml", "data": "["},
                 "slot_key": 7}
        for mended, status, code, field in (
                ({}, 403, "forbidden", None), ({}, 400, "invalid_request", "slot_key"),
                ({"slot_key": None}, 404, "resource_not_found", "config_schema_id"),
                ({"config_schema_id": made}, 400, "invalid_request", "slot_key"),
                ({"slot_key": "a"}, 400, "config_instance_format_not_supported", "content.format"),
                ({"content": {"format": "json", "data": "["}}, 400, "invalid_request",
                 "content.data")):
            given.update(mended)
            key = "may_config_instances_read" if status == 403 else harness.ADMIN
            self.refuse(given, status, code, key=key)
            answer = self.server.call(*POST, given, key=key)
            self.assertEqual(answer.error["params"].get("field"), field)
        given.update(content={"format": "json", "data": "[]"})
        self.call(*POST, given)


class Content(TestCase):
    TYPES = {"json": "application/json", "yaml": "application/yaml", "xml": "application/xml",
             "text": "text/plain; charset=utf-8"}

    def test_types(self):
        for format, type in self.TYPES.items():
            id = self.make_instance(self.opaque(format, f"/srv/a.{format}"), "é", format)["id"]
            for version in VERSIONS:
                for query in ("", "?disposition=inline", "?disposition=inline&expand=content"):
                    self.assertEqual(self.content(id, query, version=version),
                                     ("é", type, "inline"))
                self.assertEqual(self.content(id, "?disposition=attachment", version=version),
                                 ("é", type, f'attachment; filename="a.{format}"'))

    def test_jsonc(self):
        """Which only fixtures have."""
        self.start(*self.options, world={**configs.WORLD, "config_schemas": [
            {"id": "cfg_sch_1", "digest": "1", "config_type_id": "cfg_typ_m",
             "language": "opaque", "instance_format": "jsonc"}], "config_instances": [
            {"id": "cfg_inst_1", "config_schema_id": "cfg_sch_1",
             "content": {"format": "jsonc", "data": "// c\n{}"}}]})
        self.assertEqual(self.content("cfg_inst_1"), ("// c\n{}", "application/jsonc", "inline"))

    def test_file_names(self):
        """Of ASCII as it is; else something like it, and the whole of it as RFC 6266 says."""
        for path, plain in (
                ("/srv/a b.json", "a b.json"), ("/a.json", "a.json"), ("/srv/a;b=c,d.json", None),
                ("/x/%41'*.json", None), ("/.json", None), ("/srv/.hidden", None),
                ('/srv/"a\\b".json', "_a_b_.json"), ("/srv/é.json", "__.json"),
                ("/srv/日本.json", "______.json"), ("/srv/🤖", "____"),
                ("/srv/a\r\nX-Evil: 1.json", "a__X-Evil: 1.json"), ("/a\tb\x7f\x1f", "a_b__"),
                ("/é/plain.json", "plain.json"), ("/srv/a~-._z09AZ@[`{", None),
                ("/\"~-._az09AZ@[`{}'()*!%:", "_~-._az09AZ@[`{}'()*!%:")):
            with self.subTest(path=path):
                name = path.rpartition("/")[2]
                plain = plain or name
                made = self.opaque("text", path)
                id = self.make_instance(made, "x", "text")["id"]
                want = f'attachment; filename="{plain}"'
                if plain != name:
                    want += "; filename*=UTF-8''" + urllib.parse.quote(name, safe="")
                answer = self.server.call("GET",
                                          f"/config_instances/{id}/content?disposition=attachment")
                self.assertEqual(answer.headers.get_all("Content-Disposition"), [want])
                self.assertIsNone(answer.headers["X-Evil"])
                self.assertEqual(answer.text, "x")

    def test_of_its_slot(self):
        made = self.make_schema(instance_slots=SLOTS)["id"]
        for key in ("a", "b"):
            id = self.make_instance(made, slot_key=key)["id"]
            self.assertEqual(self.content(id, "?disposition=attachment")[2],
                             f'attachment; filename="{key}.json"')

    def test_disposition(self):
        id = self.make_instance(self.opaque("text"), "x", "text")["id"]
        for bad in ("", "Inline", "ATTACHMENT", "attach", "inline%20", "attachment,inline", "%00"):
            for version in VERSIONS:
                answer = self.server.call(
                    "GET", f"/config_instances/{id}/content?disposition={bad}", version=version)
                self.assertEqual(answer.status, 400, bad)
                self.assertIsNone(answer.headers["Content-Disposition"])
                if bad != "%00":
                    self.assert_refused(answer, 400, "invalid_request", "disposition: expected one "
                                        "of inline, attachment, found '"
                                        f"{urllib.parse.unquote(bad)}'",
                                        params={"field": "disposition"})
        # Of several the last counts; each is looked at. Other parameters are not.
        for query, want in (("disposition=inline&disposition=attachment", "attachment"),
                            ("disposition=attachment&disposition=inline", "inline"),
                            ("dispositio=attachment", "inline"), ("expand=nope", "inline"),
                            ("disposition=attachmen%74", "attachment"), ("limit=x", "inline")):
            self.assertEqual(self.content(id, "?" + query)[2].partition(";")[0], want)
        answer = self.server.call(
            "GET", f"/config_instances/{id}/content?disposition=no&disposition=inline")
        self.assert_refused(answer, 400, "invalid_request", "found 'no'")

    def test_length(self):
        """Is that of the bytes; nothing is nothing, and HEAD has no more than the headers."""
        made = self.opaque("text", "/srv/é")
        for data in ("", "x", "é🤖\r\n", "x" * 300_000):
            id = self.make_instance(made, data, "text")["id"]
            target = f"/config_instances/{id}/content?disposition=attachment"
            got, head = (self.server.call(method, target) for method in ("GET", "HEAD"))
            self.assertEqual((got.status, got.text), (200, data))
            self.assertEqual(got.headers["Content-Length"], str(len(data.encode())))
            self.assertEqual((head.status, head.text), (200, ""))
            self.assertEqual(sorted(head.headers.items()), sorted(got.headers.items()))

    def test_read_by_people(self):
        """Not indented, whoever asks."""
        id = self.make_instance(self.make_schema()["id"], '{"a":[1]}')["id"]
        answer = self.server.get(f"/beta/config_instances/{id}/content", User_Agent="curl/8.0")
        self.assertEqual(answer.text, '{"a":[1]}')
        answer = self.server.get(f"/v1/config_instances/{id}/content", Accept="text/html")
        self.assertEqual(answer.text, '{"a":[1]}')

    def test_refused(self):
        id = self.make_instance(self.make_schema()["id"])["id"]
        for version in VERSIONS:
            self.refused("GET", "/config_instances/cfg_inst_no/content", None, 404,
                         "resource_not_found", "config_instance 'cfg_inst_no' not found",
                         params={"resource_type": "config_instance",
                                 "resource_id": "cfg_inst_no"}, version=version)
        target = f"/config_instances/{id}/content"
        self.refused("GET", target, None, 403, "forbidden",
                     params={"scope": "config_instances:read"}, key="may_config_schemas_manage")
        self.refused("GET", target, None, 401, "unauthorized", key="no")
        self.refused("GET", target, None, 400, "invalid_api_version", version="2020-01-01.none")
        self.refused("GET", target + "/", None, 404, "resource_not_found")
        self.refused("POST", target, {}, 405, "method_not_allowed")


class JsonSchema(TestCase):
    """That content is held to its schema at all; tests/unit/schema/jsonschema.c has the rules."""

    RULES = json.dumps({"type": "object", "required": ["speed"], "properties": {
        "speed": {"type": "integer", "maximum": 10},
        "legs": {"type": "array", "items": {"type": "string"}}}})

    def test_valid(self):
        made = self.make_schema(self.RULES)["id"]
        for data in ('{"speed": 10}', '{"speed": 1.0, "more": null}', '{"legs": [], "speed": -1}'):
            id = self.make_instance(made, data)["id"]
            self.assertEqual(self.content(id)[0], data)

    def refuse_content(self, made, data, format, *errors):
        """Each error is a path and a word of its message; the message tells the first."""
        before = self.server.everything()
        answer = self.server.call(*POST, body(made, data, format))
        self.assert_refused(answer, 400, "config_instance_invalid", f"'{made}'")
        params = answer.error["params"]
        self.assertEqual(list(params), ["errors"])
        self.assertEqual([list(e) for e in params["errors"]], [["path", "message"]] * len(errors))
        self.assertEqual([e["path"] for e in params["errors"]], [path for path, _ in errors])
        for found, (_, word) in zip(params["errors"], errors):
            self.assertIn(word, found["message"])
        self.assertIn(params["errors"][0]["message"], answer.error["message"])
        self.assertEqual(answer.error["message"].endswith("; and more"), len(errors) > 1)
        self.assertEqual(self.server.everything(), before)

    def test_invalid(self):
        made = self.make_schema(self.RULES)["id"]
        self.refuse_content(made, "{}", "json", ([], "speed"))
        self.refuse_content(made, "[]", "json", ([], "object"))
        self.refuse_content(made, '{"speed": 11}', "json", (["speed"], "10"))
        self.refuse_content(made, '{"speed": "fast", "legs": ["a", 2]}', "json",
                            (["speed"], "integer"), (["legs", 1], "string"))

    def test_in_yaml(self):
        """Both the schema and its instances; what they mean is what counts."""
        made = self.make_schema("type: object\nproperties:\n  speed: {type: integer}\n",
                                format="yaml")["id"]
        self.make_instance(made, "speed: 0x10 # fast\n", "yaml")
        self.refuse_content(made, "speed: '1'\n", "yaml", (["speed"], "integer"))
        made = self.make_schema("properties: {speed: {type: integer}}", format="yaml",
                                instance_slots=[slot(filepath="/a.json")])["id"]
        self.make_instance(made, '{"speed": 1}')
        self.refuse_content(made, '{"speed": "1"}', "json", (["speed"], "integer"))

    def test_many_errors(self):
        """Not all of them: the answer stays of a size."""
        made = self.make_schema('{"items": {"type": "string"}}')["id"]
        self.refuse_content(made, json.dumps(list(range(10_000))), "json",
                            *(([i], "string") for i in range(20)))

    def test_cue_is_not_evaluated(self):
        """Whatever can be read is an instance."""
        made = self.make_schema("speed: <10", language="cue", format="cue")["id"]
        self.make_instance(made, '{"speed": "fast"}')

    def test_by_version(self):
        made = self.make_schema(self.RULES)["id"]
        for version in VERSIONS:
            self.refuse(body(made), 400, "config_instance_invalid", version=version)


class Stateless(TestCase):
    options = ("--log", "off", "--clock", NOW, "--stateless")

    def test_answered_in_full_and_undone(self):
        self.start(*self.options, world={**configs.WORLD, "config_schemas": [
            {"id": "cfg_sch_1", "digest": "1", "config_type_id": "cfg_typ_m"}]})
        before = self.server.everything()
        for _ in range(2):
            found = self.call("POST", "/config_instances?expand=content,config_schema,config_type",
                              body("cfg_sch_1", "[1]"))
            self.assertEqual(found["content"]["data"], "[1]")
            self.assertEqual(found["config_schema"]["id"], "cfg_sch_1")
            self.assertEqual(found["config_type"]["id"], "cfg_typ_m")
            for target in ("", "/content"):
                target = f"/config_instances/{found['id']}{target}"
                self.assertEqual(self.server.call("GET", target).status, 404)
        self.assertEqual(self.call("GET", "/config_instances")["data"], [])
        self.assertEqual(self.server.everything(), before)


class NeverASchema(harness.TestCase):
    """What fixtures hold in place of a schema says nothing of instances but that they can be read."""

    arguments = None

    def test_documents(self):
        kind = {"id": "cfg_typ_1", "name": "a", "slug": "a"}
        for document, statuses in (('{"type":5}', [200, 200, 400]), ("no json", [200, 200, 400]),
                                   ('{"default":1,"type":"string"}', [200, 200, 400]),
                                   ('{"type":"string"}', [400, 200, 400])):
            schema = {"id": "cfg_sch_1", "config_type_id": "cfg_typ_1",
                      "documents": [{"name": "x", "data": document}]}
            with harness.File({"config_types": [kind], "config_schemas": [schema]}) as file, \
                    harness.Server("--log", "off", "--auth", "any", "--fixtures", file) as server:
                self.assertEqual([server.call("POST", "/config_instances", {
                    "config_schema_id": "cfg_sch_1",
                    "content": {"format": "json", "data": data}}).status
                    for data in ("1", '"a"', "x")], statuses, document)


if __name__ == "__main__":
    harness.main()
