# SPDX-License-Identifier: MIT
"""Config types and config schemas: creating, changing and archiving them, and what makes a schema
the same as another (behaviour: sections 4, 9, 10.1 and 10.2)."""

import concurrent.futures
import hashlib
import json

import configs
import harness
from configs import BASE58, DOCUMENTS, ID, NOW, changed, field_of, schema, slot, without
from harness import EVERGLADES, RAINIER, TETONS, VERSIONS


class CreateType(configs.TestCase):
    def refuse(self, given, *how, **more):
        self.refused("POST", "/config_types", given, *how, **more)

    def test_created(self):
        for i, version in enumerate(VERSIONS):
            name, slug = f"Type {i}", f"type-{i}"
            found = self.call("POST", "/config_types", {"name": name, "slug": slug},
                              version=version)
            id = found["id"]
            self.assertRegex(id, "^cfg_typ_" + ID)
            self.assertEqual(found, {"object": "config_type", "id": id, "name": name, "slug": slug,
                                     "created_at": NOW, "updated_at": NOW})
            for other in VERSIONS:
                self.assertEqual(self.call("GET", f"/config_types/{id}", version=other), found)
                for query in (f"slug={slug}", f"name=Type%20{i}", f"id={id}"):
                    self.assertEqual(self.call("GET", f"/config_types?{query}",
                                               version=other)["data"], [found])
            row = self.rows("config_types")[id]
            self.assertEqual({**row, "created_at": NOW, "updated_at": NOW}, found)
            self.assertEqual(row["created_at"], row["updated_at"])
        self.assert_loads_again()

    def test_edges(self):
        for i, (name, slug) in enumerate((
                ("x" * 48, "a"), ("é" * 48, "0"), ("🤖" * 48, "s" * 48), ("a", "a-b"),
                (" ", "a--b"), ("A\n\"<b>'", "0-0"), ("a ", "a1"), ("motion control", "motion1"),
                ("NAVIGATION", "1a"))):
            found = self.call("POST", "/config_types", {"name": name, "slug": slug})
            self.assertEqual((found["name"], found["slug"]), (name, slug), i)

    def test_refused(self):
        given = {"name": "new", "slug": "new"}
        name, slug = "a text of 1 to 48 characters", "1 to 48 of a-z, 0-9 and -"
        for field, value, *words in (
                ("name", None, name, "found null"), ("name", 7, name, "found 7"),
                ("name", "", name, 'found ""'), ("name", "x" * 49, name),
                ("name", "é" * 49, name), ("name", ["new"], name, 'found ["new"]'),
                ("slug", None, slug, "found null"), ("slug", True, slug, "found true"),
                ("slug", "", slug, 'found ""'), ("slug", "s" * 49, slug),
                *(("slug", bad, slug, f'found "{bad}"') for bad in (
                    "-a", "a-", "-", "A", "aB", "a_b", "a b", "a.b", "é", "a/b", "a\u200b"))):
            for version in VERSIONS:
                self.refuse({**given, field: value}, 400, "invalid_request", f"{field}: expected",
                            *words, params={"field": field}, version=version)
        for field, expected in (("name", name), ("slug", slug)):
            for version in VERSIONS:
                self.refuse(without(given, field), 400, "invalid_request",
                            f"{field} is required; expected {expected}", params={"field": field},
                            version=version)
        for bad in (b"", b"[]", b"7", b"null", b"{"):
            self.refuse(bad, 400, "invalid_request", params={})

    def test_duplicate(self):
        """Compared exactly; of an archived type, too."""
        for given, field, id in (
                ({"name": "Motion Control", "slug": "new"}, "name", "cfg_typ_m"),
                ({"name": "New", "slug": "motion"}, "slug", "cfg_typ_m"),
                ({"name": "Old", "slug": "new"}, "name", "cfg_typ_old"),
                ({"name": "New", "slug": "old"}, "slug", "cfg_typ_old"),
                ({"name": "Navigation", "slug": "motion"}, "name", "cfg_typ_n")):
            for version in VERSIONS:
                self.refuse(given, 409, f"duplicate_config_type_{field}",
                            f"config type {field}s are unique; '{given[field]}' is that of '{id}'",
                            params={"field": field, field: given[field], "resource_id": id},
                            version=version)

    def test_other_fields_are_passed_over(self):
        found = self.call("POST", "/config_types", {
            "name": "new", "slug": "new", "id": "cfg_typ_m", "object": "device", "colour": [],
            "created_at": "1999-01-01T00:00:00Z", "archived_at": "1999-01-01T00:00:00Z"})
        self.assertRegex(found["id"], "^cfg_typ_" + ID)
        self.assertEqual(found["created_at"], NOW)
        self.assertNotIn("archived_at", self.rows("config_types")[found["id"]])

    def test_expand(self):
        for query, word in (("expand=total_count", "'total_count'"), ("expand=x", "'x'")):
            self.refused("POST", f"/config_types?{query}", {"name": "new", "slug": "new"}, 400,
                         "invalid_request", word, params={"field": "expand"})

    def test_scopes(self):
        given = {"name": "new", "slug": "new"}
        for key in ("may_config_types_read", "may_config_schemas_manage"):
            self.refuse(given, 403, "forbidden", params={"scope": "config_types:write"}, key=key)
            self.refused("PATCH", "/config_types/cfg_typ_m", {"name": "x"}, 403, "forbidden",
                         params={"scope": "config_types:write"}, key=key)
        id = self.call("POST", "/config_types", given, key="may_config_types_write")["id"]
        self.call("PATCH", f"/config_types/{id}", {"name": "x"}, key="may_config_types_write")
        self.call("PATCH", f"/config_types/{id}", {"name": "y"}, key="may_config_types_manage")
        self.refused("GET", f"/config_types/{id}", None, 403, "forbidden",
                     params={"scope": "config_types:read"}, key="may_config_types_write")


class PatchType(configs.TestCase):
    TARGET = "/config_types/cfg_typ_m"

    def test_name(self):
        for version in VERSIONS:
            self.wait()
            before = self.call("GET", self.TARGET)
            found = self.call("PATCH", self.TARGET, {"name": f"in {version}"}, version=version)
            self.assertEqual({k for k in found if found[k] != before[k]}, {"name", "updated_at"})
            self.assertEqual(found["name"], f"in {version}")
            self.assertGreater(found["updated_at"], before["updated_at"])
            for other in VERSIONS:
                self.assertEqual(self.call("GET", self.TARGET, version=other), found)
        self.assert_loads_again()

    def test_shown_by_others(self):
        made = self.make_schema()
        instance = self.make_instance(made["id"])
        self.call("PATCH", self.TARGET, {"name": "Renamed"})
        for target in (f"/config_schemas/{made['id']}", f"/config_instances/{instance['id']}"):
            found = self.call("GET", target + "?expand=config_type")
            self.assertEqual((found["config_type_name"], found["config_type"]["name"]),
                             ("Renamed", "Renamed"))

    def test_slug(self):
        """Until rainier; a schema's file stays where it was."""
        made = self.make_schema()
        for version in (TETONS, RAINIER):
            self.wait()
            slug = "in-" + version[11:]
            found = self.call("PATCH", self.TARGET, {"slug": slug}, version=version)
            self.assertEqual(found["slug"], slug)
            self.assertEqual(self.call("GET", "/config_types?slug=" + slug)["data"], [found])
        self.assertEqual(found["updated_at"], "2026-03-01T00:02:00Z")
        self.assertEqual(self.call("GET", f"/config_schemas/{made['id']}"), made)
        self.call("PATCH", self.TARGET, {"slug": "both", "name": "Both"}, version=TETONS)
        found = self.call("GET", self.TARGET)
        self.assertEqual((found["slug"], found["name"]), ("both", "Both"))

    def test_slug_in_everglades(self):
        """Not looked at: what it is does not matter."""
        before = self.server.everything()
        for slug in ("new", "motion", "navigation", "NO SLUG", 7, None, []):
            self.call("PATCH", self.TARGET, {"slug": slug})
        self.assertEqual(self.server.everything(), before)
        found = self.call("PATCH", self.TARGET, {"slug": "new", "name": "New"})
        self.assertEqual((found["slug"], found["name"]), ("motion", "New"))

    def test_nothing(self):
        """What changes nothing leaves everything, updated_at included, as it was."""
        before = self.server.everything()
        for version in VERSIONS:
            for given in ({}, {"name": "Motion Control"}, {"name": None}, {"colour": "red"},
                          {"name": "Motion Control", "slug": "motion"}, {"slug": None},
                          {"id": "cfg_typ_n", "created_at": NOW}):
                found = self.call("PATCH", self.TARGET, given, version=version)
                self.assertEqual(found, self.call("GET", self.TARGET, version=version))
        self.assertEqual(self.server.everything(), before)

    def test_refused(self):
        for field, value in (("name", ""), ("name", 7), ("name", "x" * 49), ("name", {}),
                             ("slug", ""), ("slug", 7), ("slug", "-a"), ("slug", "s" * 49)):
            for version in VERSIONS if field == "name" else (TETONS, RAINIER):
                self.refused("PATCH", self.TARGET, {field: value}, 400, "invalid_request",
                             f"{field}: expected", params={"field": field}, version=version)
        for version in VERSIONS:
            self.refused("PATCH", "/config_types/cfg_typ_no", {"name": "x"}, 404,
                         "resource_not_found", "config_type 'cfg_typ_no' not found",
                         params={"resource_type": "config_type", "resource_id": "cfg_typ_no"},
                         version=version)
        self.refused("PATCH", self.TARGET, b"[]", 400, "invalid_request", "not a JSON object",
                     params={})
        self.refused("PATCH", self.TARGET, b"", 400, "invalid_request", "the body is empty")
        self.refused("PATCH", self.TARGET + "?expand=config_type", {"name": "x"}, 400,
                     "invalid_request", params={"field": "expand"})

    def test_duplicate(self):
        for field, value, id in (("name", "Navigation", "cfg_typ_n"),
                                 ("slug", "navigation", "cfg_typ_n"),
                                 ("name", "Old", "cfg_typ_old"), ("slug", "old", "cfg_typ_old")):
            for version in VERSIONS if field == "name" else (TETONS, RAINIER):
                self.refused("PATCH", self.TARGET, {field: value}, 409,
                             f"duplicate_config_type_{field}", f"'{value}' is that of '{id}'",
                             params={"field": field, field: value, "resource_id": id},
                             version=version)
        # Names that became free are free.
        self.call("PATCH", self.TARGET, {"name": "Else", "slug": "else"}, version=TETONS)
        self.call("PATCH", "/config_types/cfg_typ_n", {"name": "Motion Control", "slug": "motion"},
                  version=TETONS)
        self.call("POST", "/config_types", {"name": "Navigation", "slug": "navigation"})


class ArchiveType(configs.TestCase):
    def archive(self, archived=True, id="cfg_typ_m"):
        return self.control("PATCH", f"config_types/{id}", {"archived": archived})

    def test_archived(self):
        row = self.rows("config_types")["cfg_typ_m"]
        self.wait()
        found = self.archive()
        self.assertEqual(found, {**row, "archived_at": found["updated_at"],
                                 "updated_at": found["updated_at"]})
        self.assertGreater(found["updated_at"], row["updated_at"])
        self.assertEqual(self.rows("config_types")["cfg_typ_m"], found)
        self.wait()
        self.assertEqual(self.archive(), found)
        self.assertEqual(self.control("PATCH", "config_types/cfg_typ_m", {}), found)
        found = self.archive(False)
        self.assertEqual(found, {**row, "updated_at": found["updated_at"]})
        self.assertGreater(found["updated_at"], "2026-03-01T00:02:00")
        self.wait()
        self.assertEqual(self.archive(False), found)
        self.assert_loads_again()

    def test_still_shown(self):
        """As before, in every version: lists do not tell archived types apart."""
        lists = [self.call("GET", "/config_types", version=version)["data"]
                 for version in VERSIONS]
        self.archive()
        for version, before in zip(VERSIONS, lists):
            after = self.call("GET", "/config_types", version=version)["data"]
            self.assertEqual([{**t, "updated_at": ""} for t in after],
                             [{**t, "updated_at": ""} for t in before])
            self.assertNotIn("archived_at", self.call("GET", "/config_types/cfg_typ_m",
                                                      version=version))

    def test_what_it_stops(self):
        """New schemas, whatever they say; those that are there, and their instances, go on."""
        made = self.make_schema()
        self.archive()
        for version in VERSIONS:
            for ref in ({"id": "cfg_typ_m"}, {"slug": "motion"}):
                for given in (schema(), schema('{"type": "object"}')):
                    self.refused("POST", "/config_schemas", {**given, "config_type_ref": ref}, 400,
                                 "config_schema_config_type_archived",
                                 "cannot create config schema: config type 'cfg_typ_m' is archived",
                                 params={"config_type_id": "cfg_typ_m"}, version=version)
        self.make_instance(made["id"])
        self.call("GET", f"/config_schemas/{made['id']}?expand=config_type")
        self.archive(False)
        self.assertEqual(self.make_schema()["id"], made["id"])

    def test_refused(self):
        for given, *words in (({"archived": 1}, "archived: expected true or false, found 1"),
                              ({"archived": "true"}, "true or false"),
                              ({"archived": None}, "true or false, found null"),
                              ({"archive": True}, "unknown field 'archive'", "archived"),
                              ({"name": "x"}, "unknown field 'name'")):
            self.refused_control("PATCH", "config_types/cfg_typ_m", given, 400, "invalid_request",
                                 *words, params={"field": list(given)[0]})
        self.refused_control("PATCH", "config_types/cfg_typ_no", {"archived": True}, 404,
                             "resource_not_found", "'cfg_typ_no'",
                             params={"resource_type": "config_type", "resource_id": "cfg_typ_no"})
        self.refused_control("PATCH", "config_types/cfg_typ_m", b"", 400, "invalid_request")
        self.refused_control("PATCH", "config_types/cfg_typ_m?expand=x", {"archived": True}, 400,
                             "invalid_request", params={"field": "expand"})
        self.refused_control("DELETE", "config_types/cfg_typ_m", None, 405, "method_not_allowed")


class CreateSchema(configs.TestCase):
    """What is made of what is said, and how each version shows it."""

    def test_created(self):
        for i, version in enumerate(VERSIONS):
            data = json.dumps({"title": version})
            found = self.make_schema(data, version=version)
            id, digest = found["id"], found["digest"]
            self.assertRegex(id, "^cfg_sch_" + ID)
            self.assertRegex(digest, f"^sha256:[{BASE58}]{{44}}$")
            path = "/srv/miru/configs/motion.json"
            old = {"object": "config_schema", "id": id, "digest": digest,
                   "config_type_name": "Motion Control", "instance_filepath": path,
                   "created_at": NOW, "updated_at": NOW, "config_type_id": "cfg_typ_m",
                   "language": "jsonschema", "format": "json"}
            new = {**without(old, "instance_filepath"), "instance_format": "json",
                   "instance_slots": [{"key": "default", "name": "Default", "filepath": path,
                                       "required": True}]}
            shapes = {TETONS: old, RAINIER: old, EVERGLADES: new}
            self.assertEqual(found, shapes[version])
            for other in VERSIONS:
                self.assertEqual(self.call("GET", f"/config_schemas/{id}", version=other),
                                 shapes[other])
                self.assertEqual(self.call("GET", f"/config_schemas?id={id}",
                                           version=other)["data"], [shapes[other]])
            row = self.rows("config_schemas")[id]
            document = {"id": row["documents"][0]["id"], "name": "0.json", "data": data}
            self.assertRegex(document["id"], "^doc_" + ID)
            for name in ("created_at", "updated_at"):
                row[name] = NOW
            self.assertEqual(row, {**without(new, "config_type_name"), "documents": [document],
                                   **{k: v for k, v in row.items() if k == "config_type_name"}})
            self.assertEqual(len(self.rows("config_schemas")), i + 1)
        self.assertEqual(len(self.call("GET", "/config_schemas?config_type_id=cfg_typ_m")["data"]),
                         3)
        self.assert_loads_again()

    def test_expanded(self):
        query = "?expand=documents,config_type"
        for version in VERSIONS:
            data = json.dumps({"title": version, "description": "é \n\t\"\\ 🤖"}, indent=1)
            found = self.make_schema(data, version=version, query=query)
            document = found["documents"][0]
            self.assertEqual(document, {"id": document["id"], "name": "0.json", "data": data})
            self.assertEqual(found["config_type"], self.call("GET", "/config_types/cfg_typ_m",
                                                             version=version))
            self.assertEqual(self.call("GET", f"/config_schemas/{found['id']}{query}",
                                       version=version), found)
            # One that was there already is answered alike.
            self.assertEqual(self.make_schema(data, version=version, query=query), found)
        for name in ("total_count", "git_commits", "instance_slots", "documents.data"):
            self.refused("POST", f"/config_schemas?expand={name}", schema(), 400,
                         "invalid_request", params={"field": "expand"})

    def test_slots(self):
        given = [slot("b", "B", "/b.json", False, description="the second é"),
                 slot("a", "A", "/a.json", description=""),
                 slot("c", "A", "/c.json", True, description=None, colour="red")]
        shown = [*given[:2], {k: v for k, v in given[2].items()
                              if k not in ("description", "colour")}]
        found = self.make_schema(instance_slots=given)
        self.assertEqual(found["instance_slots"], shown)
        self.assertEqual(self.call("GET", f"/config_schemas/{found['id']}"), found)
        self.assertEqual(self.rows("config_schemas")[found["id"]]["instance_slots"], shown)
        for version in (TETONS, RAINIER):  # which know the first slot's file
            self.assertEqual(self.call("GET", f"/config_schemas/{found['id']}",
                                       version=version)["instance_filepath"], "/b.json")
        self.assert_loads_again()

    def test_default_slot(self):
        for type, slug in (("cfg_typ_m", "motion"), ("cfg_typ_n", "navigation")):
            for (language, format), data in DOCUMENTS.items():
                for version in VERSIONS if language != "opaque" else (EVERGLADES,):
                    id = self.make_schema(type=type, language=language, format=format,
                                          version=version)["id"]
                    found = self.call("GET", f"/config_schemas/{id}?expand=documents")
                    extension = "yaml" if format == "yaml" else "json"
                    self.assertEqual(found["instance_slots"], [slot(
                        filepath=f"/srv/miru/configs/{slug}.{extension}")])
                    self.assertEqual(found["instance_format"], extension)
                    self.assertEqual((found["language"], found["format"]), (language, format))
                    self.assertEqual(found["documents"][0]["data"], data)
        # Null says nothing, and so does what another version has.
        first = self.make_schema()
        for version, more in (
                (EVERGLADES, {"instance_slots": None, "instance_format": None, "git_commit": None}),
                (EVERGLADES, {"instance_filepath": "/else.json"}),
                (TETONS, {"instance_filepath": None}),
                (TETONS, {"instance_slots": [slot("other")], "instance_format": "yaml"}),
                (RAINIER, {"instance_slots": [], "instance_format": 7}),
                (EVERGLADES, {"instance_slots": [slot()]}),
                (EVERGLADES, {"instance_format": "json"})):
            self.assertEqual(self.make_schema(version=version, **more)["id"], first["id"])

    def test_instance_filepath(self):
        for version in (TETONS, RAINIER):
            for path, format in (("/a.json", "json"), ("/a/b.c.yml", "yaml"), ("/a b.yaml", "yaml"),
                                 ("/é\"\n.json", "json"), ("/" + "x" * 122 + ".json", "json"),
                                 ("/..a/b../c...json", "json")):
                made = self.make_schema(version=version, instance_filepath=path)
                self.assertEqual(made["instance_filepath"], path)
                found = self.call("GET", f"/config_schemas/{made['id']}")
                self.assertEqual(found["instance_slots"], [slot(filepath=path)])
                self.assertEqual(found["instance_format"], format)

    def test_type_by_slug(self):
        """The id is what counts where both are given."""
        for ref, id in (({"slug": "navigation"}, "cfg_typ_n"),
                        ({"id": "cfg_typ_n", "slug": "motion"}, "cfg_typ_n"),
                        ({"id": "cfg_typ_n", "slug": "no"}, "cfg_typ_n"),
                        ({"id": None, "slug": "navigation"}, "cfg_typ_n"),
                        ({"id": "cfg_typ_m", "slug": None}, "cfg_typ_m")):
            for version in VERSIONS:
                found = self.call("POST", "/config_schemas", {**schema(), "config_type_ref": ref},
                                  version=version)
                self.assertEqual(found["config_type_id"], id)

    def test_documents_of_cue(self):
        data = ["package a\n", "package a\n\na: int\n", "package a\n"]
        for version in VERSIONS:
            found = self.make_schema(*data, language="cue", format="cue", version=version,
                                     query="?expand=documents")
            self.assertEqual([d["data"] for d in found["documents"]], data)
            self.assertEqual([d["name"] for d in found["documents"]],
                             ["0.cue", "1.cue", "2.cue"])
            self.assertEqual(len({d["id"] for d in found["documents"]}), 3)
        self.assert_loads_again()

    def test_inferred_format(self):
        for path, format in (("/a.json", "json"), ("/a.yaml", "yaml"), ("/a.yml", "yaml"),
                             ("/a.xml", "xml"), ("/a.yaml.json", "json"), ("/json/x.xml", "xml")):
            found = self.make_schema(language="opaque", instance_slots=[slot(filepath=path)])
            self.assertEqual(found["instance_format"], format)
        found = self.make_schema(instance_slots=[slot("a", "A", "/a.yaml"),
                                                 slot("b", "B", "/a.yml")])
        self.assertEqual(found["instance_format"], "yaml")
        # What is said counts, whatever the files are called, and then they need not agree.
        slots = [slot("a", "A", "/a.xml"), slot("b", "B", "/b.json"), slot("c", "C", "/c")]
        for format in ("json", "yaml", "xml", "text"):
            found = self.make_schema(language="opaque", instance_slots=slots,
                                     instance_format=format)
            self.assertEqual(found["instance_format"], format)
        found = self.make_schema(instance_slots=[slot(filepath="/a.yaml")], instance_format="json")
        self.assertEqual(found["instance_format"], "json")

    def test_scopes(self):
        for key in ("may_config_schemas_read", "may_config_types_manage",
                    "may_config_instances_manage"):
            self.refused("POST", "/config_schemas", schema(), 403, "forbidden",
                         params={"scope": "config_schemas:write"}, key=key)
        id = self.call("POST", "/config_schemas?expand=config_type", schema(),
                       key="may_config_schemas_write")["id"]
        self.call("POST", "/config_schemas", schema(), key="may_config_schemas_manage")
        self.refused("GET", f"/config_schemas/{id}", None, 403, "forbidden",
                     params={"scope": "config_schemas:read"}, key="may_config_schemas_write")

    def test_as_large_as_a_body_may_be(self):
        def given(size):
            room = size - len(harness.encoded(schema('{"title": ""}')))
            return schema(json.dumps({"title": "x" * room}))

        found = self.call("POST", "/config_schemas?expand=documents", given(1024 * 1024))
        self.assertEqual(found["documents"][0]["data"],
                         given(1024 * 1024)["documents"][0]["data"])
        self.assertEqual(self.call("POST", "/config_schemas", given(1024 * 1024))["id"],
                         found["id"])
        self.start("--max-body", "1000")
        self.call("POST", "/config_schemas", given(1000))
        self.refused("POST", "/config_schemas", given(1001), 413, "request_too_large")


class CreateSchemaRefused(configs.TestCase):
    def refuse(self, given, *how, **more):
        self.refused("POST", "/config_schemas", given, *how, **more)

    GIVEN = {**schema(), "git_commit": {"commit_ref": {"id": "git_cmt_a"},
                                        "schema_filepaths": ["a.json"]}}

    def test_missing(self):
        for path, expected in (
                ("config_type_ref", "an object"), ("language", "one of jsonschema, cue"),
                ("format", "one of json, yaml, cue"),
                ("documents", "a list of objects, at least one"),
                ("documents.0.name", "a text that is not empty"), ("documents.0.data", "a text"),
                ("git_commit.commit_ref", "an object"),
                ("git_commit.schema_filepaths", "a list of texts that are not empty")):
            for version in VERSIONS:
                self.refuse(without(self.GIVEN, path), 400, "invalid_request",
                            f"{field_of(path)} is required; expected {expected}",
                            params={"field": field_of(path)}, version=version)

    def test_wrong(self):
        some, text, ids = "a list of objects, at least one", "a text that is not empty", "the id of"
        for path, values, expected in (
                ("config_type_ref", (None, "cfg_typ_m", [], 7), "an object"),
                ("config_type_ref.id", (7, [], {}), f"{ids} a config type"),
                ("config_type_ref.slug", (7, [], {}), "a text"),
                ("language", (None, "", "JSONSchema", "zod", 7, []), "one of jsonschema, cue"),
                ("format", (None, "", "toml", 7), "one of json, yaml, cue"),
                ("documents", (None, [], {}, "{}", 7), some),
                ("documents.0", (None, "{}", [], 7), "an object"),
                ("documents.0.name", (None, "", 7, []), text),
                ("documents.0.data", (None, {}, 7, []), "a text"),
                ("git_commit", ("git_cmt_a", [], 7, True), "an object"),
                ("git_commit.commit_ref", (None, "git_cmt_a", []), "an object"),
                ("git_commit.commit_ref.id", (7, {}), f"{ids} a git commit"),
                ("git_commit.commit_ref.sha", (7, {}), "a text"),
                ("git_commit.schema_filepaths", (None, "a.json", 7, {}),
                 "a list of texts that are not empty"),
                ("git_commit.schema_filepaths.0", (None, "", 7), text)):
            for value in values:
                for version in VERSIONS:
                    self.refuse(changed(self.GIVEN, path, value), 400, "invalid_request",
                                f"{field_of(path)}: expected {expected}",
                                f"found {json.dumps(value)}", params={"field": field_of(path)},
                                version=version)

    def test_wrong_by_version(self):
        for version, values, expected in (
                (TETONS, ("opaque",), "one of jsonschema, cue, found"),
                (RAINIER, ("opaque",), "one of jsonschema, cue, found"),
                (EVERGLADES, ("text",), "one of jsonschema, cue, opaque, found")):
            for value in values:
                self.refuse({**schema(), "language": value}, 400, "invalid_request", expected,
                            params={"field": "language"}, version=version)
        for value in (7, "", "JSON", "cue", [], {}):
            self.refuse({**schema(), "instance_format": value}, 400, "invalid_request",
                        "instance_format: expected one of json, yaml, jsonc, xml, text",
                        params={"field": "instance_format"})
        for value in (7, {}, "x", True):
            self.refuse({**schema(), "instance_slots": value}, 400, "invalid_request",
                        "instance_slots: expected a list of objects, at least one",
                        params={"field": "instance_slots"})
        for version in (TETONS, RAINIER):
            for value in (7, "", "a.json", "/a/../b.json", "/..", "/../a.json", "/a.json/..",
                          "/" + "x" * 123 + ".json", "/" + "é" * 62 + ".json"):
                self.refuse({**schema(), "instance_filepath": value}, 400, "invalid_request",
                            "instance_filepath: expected an absolute path of 1 to 128 bytes",
                            params={"field": "instance_filepath"}, version=version)

    def test_instance_filepath_of_another_kind(self):
        """Refused in the words of the version, which has no slots."""
        for version in (TETONS, RAINIER):
            self.refuse({**schema(), "instance_filepath": "/a.txt"}, 400, "invalid_instance_slots",
                        "instance_filepath: the files of instances of a schema in the language "
                        "jsonschema end in: .json, .yaml, .yml; found '/a.txt'",
                        params={"field": "instance_filepath"}, version=version)

    def test_type(self):
        for version in VERSIONS:
            for ref in ({}, {"id": None}, {"id": None, "slug": None}, {"name": "motion"}):
                self.refuse({**schema(), "config_type_ref": ref}, 400, "invalid_request",
                            "config_type_ref: says no config type; expected its id, or its slug",
                            params={"field": "config_type_ref"}, version=version)
            for ref, id in (({"id": "cfg_typ_no"}, "cfg_typ_no"), ({"slug": "no"}, "no"),
                            ({"id": ""}, ""), ({"slug": ""}, ""), ({"slug": "Motion"}, "Motion"),
                            ({"id": "motion"}, "motion"),
                            ({"id": "cfg_typ_no", "slug": "motion"}, "cfg_typ_no"),
                            ({"id": "git_cmt_a"}, "git_cmt_a")):
                self.refuse({**schema(), "config_type_ref": ref}, 404, "resource_not_found",
                            f"config_type '{id}' not found",
                            params={"resource_type": "config_type", "resource_id": id,
                                    "field": "config_type_ref"}, version=version)
            self.refuse(schema(type="cfg_typ_old"), 400, "config_schema_config_type_archived",
                        params={"config_type_id": "cfg_typ_old"}, version=version)

    def test_what_is_an_id_elsewhere(self):
        """A slug is looked for among slugs, and a sha among shas."""
        self.refuse({**schema(), "config_type_ref": {"slug": "cfg_typ_m"}}, 404,
                    "resource_not_found", "config_type 'cfg_typ_m' not found",
                    params={"resource_type": "config_type", "resource_id": "cfg_typ_m",
                            "field": "config_type_ref"})
        self.refuse({**schema(), "git_commit": {"commit_ref": {"sha": "git_cmt_a"},
                                                "schema_filepaths": []}}, 404,
                    "resource_not_found", "git_commit 'git_cmt_a' not found",
                    params={"resource_type": "git_commit", "resource_id": "git_cmt_a",
                            "field": "git_commit.commit_ref"})

    def test_commit(self):
        def refuse(ref, *how, **more):
            self.refuse({**schema(), "git_commit": {"commit_ref": ref, "schema_filepaths": []}},
                        *how, **more)

        for ref in ({}, {"id": None}, {"id": None, "sha": None}, {"message": "x"}):
            refuse(ref, 400, "invalid_request", "git_commit.commit_ref: says no git commit",
                   "its id, or its sha", params={"field": "git_commit.commit_ref"})
        for ref, id in (({"id": "git_cmt_no"}, "git_cmt_no"), ({"sha": "ccc"}, "ccc"),
                        ({"sha": "aa"}, "aa"), ({"sha": ""}, ""), ({"id": "aaa"}, "aaa"),
                        ({"id": "git_cmt_no", "sha": "aaa"}, "git_cmt_no")):
            refuse(ref, 404, "resource_not_found", f"git_commit '{id}' not found",
                   params={"resource_type": "git_commit", "resource_id": id,
                           "field": "git_commit.commit_ref"})

    def test_number_of_documents(self):
        for language, format in (("jsonschema", "json"), ("jsonschema", "yaml"),
                                 ("opaque", "json")):
            data = DOCUMENTS[language, format]
            for n in (2, 3):
                self.refuse(schema(*[data] * n, language=language, format=format), 400,
                            "invalid_request", f"documents: a schema in the language {language} "
                            f"has exactly one, found {n}", params={"field": "documents"})

    def refuse_document(self, data, *words, at=0, others=(), **how):
        name = f"{at}.{how.get('format', 'json')}"
        self.refuse(schema(*others, data, **how), 400, "invalid_config_schema",
                    f"documents[{at}].data: ", *words,
                    params={"field": f"documents[{at}].data", "name": name})

    def test_no_json(self):
        for data, where in (("", "line 1, column 1: "), ("{", "line 1, column 2: "),
                            ("{}\n {}", "line 2, column 2: "), ("{'a': 1}", "line 1, column 2: "),
                            ("{\n\n\t\"a\": 01}", "line 3, column 8: "),
                            ("[1,\r\n2,]", "line 2, column 3: "), ("// no\n{}", "line 1, "),
                            ('{"a": "é', "line 1, column 10: "), ("a: 1", "line 1, column 1: "),
                            ("[" * 65 + "]" * 65, "line 1, column 65: nested too deep"),
                            ("\ufeff{}", "line 1, column 1: expected UTF-8 without"),
                            ('{"a": 1.}', "line 1, column 9: expected a digit")):
            for language in ("jsonschema", "opaque"):
                self.refuse_document(data, "invalid JSON: " + where, language=language)

    def test_no_yaml(self):
        for data, where in (("a: [", "line 1, "), ("a: 1\nb: 'x", "line 2, "),
                            ("a: 1\na: 2\n", "line 2, column 1: key is already used"),
                            ("a: 1\n---\nb: 2\n", "line 2, column 1: expected one document"),
                            ("a:\n\t- b\n", "line 2, column 1: "),
                            ("é: !!binary x\n", "line 1, column 5: unsupported tag"),
                            ("a: *b\n", "line 1, column 4: no such anchor")):
            for language in ("jsonschema", "opaque"):
                self.refuse_document(data, "invalid YAML: " + where, language=language,
                                     format="yaml")

    def test_no_cue(self):
        for data, where in (("a: {", "line 1, column 5: expected a closing bracket, found the end"),
                            ("a: 1\n}", "line 2, column 1: unexpected closing bracket"),
                            ('a: "x\n', "line 1, column 4: unterminated string: expected a "),
                            ("a: (]", "line 1, column 5: "), ("a\u0001b", "line 1, column 2: ")):
            self.refuse_document(data, "invalid CUE: " + where, language="cue", format="cue")
            self.refuse_document(data, "invalid CUE: " + where, language="cue", format="cue", at=2,
                                 others=("a: 1", "b: 2"))

    def test_no_metadata(self):
        keys = "config_type, instance_filepath, instance_slots, instance_format, language"
        for format, good in (("json", json.dumps({k: None for k in keys.split(", ")})),
                             ("yaml", "".join(f"{k}: x\n" for k in keys.split(", ")))):
            self.make_schema(good, language="opaque", format=format)
        for data, *words in (("[]", "expected an object"), ("7", "expected an object"),
                             ('"x"', "expected an object"), ("null", "expected an object"),
                             ('["language"]', "expected an object"),
                             ('{"a": 1}', "unknown key 'a' (expected one of " + keys),
                             ('{"language": "opaque", "Language": 1}', "unknown key 'Language'"),
                             ('{"b": 1, "a": 2}', "unknown key 'b'"),
                             ('{"": 1}', "unknown key ''"), ('{"format": "json"}', "'format'"),
                             (json.dumps({"é" * 100: 1}), "unknown key 'é")):
            for format in ("json", "yaml"):
                self.refuse_document(data, *words, language="opaque", format=format)
        self.refuse_document("", "expected an object", language="opaque", format="yaml")
        self.refuse_document("# nothing\n", "expected an object", language="opaque", format="yaml")

    def test_matrix(self):
        """Every language, format, instance format and extension with each other."""
        formats = {"jsonschema": ("json", "yaml"), "cue": ("cue",), "opaque": ("json", "yaml")}
        instance_formats = {"jsonschema": ("json", "yaml"), "cue": ("json", "yaml"),
                            "opaque": ("json", "yaml", "xml", "text")}
        extensions = {".json": "json", ".yaml": "yaml", ".yml": "yaml", ".xml": "xml"}
        for language in formats:
            for format in ("json", "yaml", "cue"):
                for said in (None, "json", "yaml", "jsonc", "xml", "text"):
                    for extension in (*extensions, ".jsonc", ".txt", ".JSON", ""):
                        with self.subTest(language=language, format=format, said=said,
                                          extension=extension):
                            self.check_cell(
                                schema(DOCUMENTS.get((language, format), "{}"), language=language,
                                       format=format, instance_format=said,
                                       instance_slots=[slot(filepath=f"/a/b{extension}")]),
                                formats[language], instance_formats[language],
                                said or extensions.get(extension), extension)

    def check_cell(self, given, formats, instance_formats, format, extension):
        language = given["language"]
        listed = ", ".join(instance_formats)
        if given["format"] not in formats:
            self.refuse(given, 400, "invalid_request", f"format: a schema in the language "
                        f"{language} is written in: {', '.join(formats)}; found {given['format']}",
                        params={"field": "format"})
        elif language != "opaque" and extension not in (".json", ".yaml", ".yml"):
            self.refuse(given, 400, "invalid_instance_slots", "instance_slots[0].filepath: the "
                        f"files of instances of a schema in the language {language} end in: .json, "
                        ".yaml, .yml; found", params={"field": "instance_slots[0].filepath"})
        elif not format:
            self.refuse(given, 400, "cannot_infer_instance_format",
                        f"the extension of '/a/b{extension}' tells no format; say instance_format",
                        params={"field": "instance_format"})
        elif format not in instance_formats:
            self.refuse(given, 400, "config_instance_format_not_supported",
                        f"instances of a schema in the language {language} can be: {listed}; found "
                        f"{format}", params={"instance_format": format, "language": language})
        else:
            found = self.call("POST", "/config_schemas", given)
            self.assertEqual((found["language"], found["format"], found["instance_format"],
                              found["instance_slots"][0]["filepath"]),
                             (language, given["format"], format, f"/a/b{extension}"))

    def test_format_in_every_version(self):
        for version in VERSIONS:
            for language, format in (("jsonschema", "cue"), ("cue", "json"), ("cue", "yaml")):
                self.refuse(schema("{}", language=language, format=format), 400, "invalid_request",
                            f"found {format}", params={"field": "format"}, version=version)

    def test_not_inferred(self):
        for slots, *words in (
                ([slot("a", "A", "/a.json"), slot("b", "B", "/b.yaml")],
                 "'/a.json' and '/b.yaml' tell different formats"),
                ([slot("a", "A", "/a.yml"), slot("b", "B", "/b.yaml"), slot("c", "C", "/c.json")],
                 "'/a.yml' and '/c.json' tell different formats")):
            for language in ("jsonschema", "opaque"):
                self.refuse(schema(language=language, instance_slots=slots), 400,
                            "cannot_infer_instance_format", *words, "say instance_format",
                            params={"field": "instance_format"})
        for path in ("/a", "/a.txt", "/a.json/b", "/a.jsonx", "/json", "/a.XML", "/.", "/a.json."):
            self.refuse(schema(language="opaque", instance_slots=[
                slot("a", "A", "/a.json"), slot("b", "B", path)]), 400,
                "cannot_infer_instance_format", f"the extension of '{path}' tells no format")

    def test_order(self):
        """Of several reasons, the first: the body, what it names, and then the rules."""
        steps = [  # each mends what the one before was refused for
            ({}, 403, "forbidden"),
            ({}, 400, "invalid_request", "documents"),
            ({"documents": [{"name": "a", "data": "a: {"}]}, 400, "invalid_request",
             "config_type_ref"),
            ({"config_type_ref": {"slug": "no"}}, 400, "invalid_request", "format"),
            ({"format": "cue"}, 400, "invalid_config_schema", "documents[0].data"),
            ({"documents": [{"name": "a", "data": "a: 1"}]}, 400, "invalid_instance_slots",
             "instance_slots[0].key"),
            ({"instance_slots": [slot(filepath="/a.txt")]}, 404, "resource_not_found",
             "config_type_ref"),
            ({"config_type_ref": {"slug": "old"}}, 404, "resource_not_found",
             "git_commit.commit_ref"),
            ({"git_commit": None}, 400, "config_schema_config_type_archived", None),
            ({"config_type_ref": {"slug": "motion"}}, 400, "invalid_instance_slots",
             "instance_slots[0].filepath"),
            ({"instance_slots": [slot(), slot("b", "B", "/b.yml")]}, 400,
             "cannot_infer_instance_format", "instance_format"),
            ({"instance_format": "text"}, 400, "config_instance_format_not_supported", None),
        ]
        given = {"config_type_ref": {}, "language": "cue", "format": "json", "documents": [],
                 "git_commit": {"commit_ref": {"sha": "no"}, "schema_filepaths": []},
                 "instance_slots": [slot("A")]}
        for i, (mended, status, code, *field) in enumerate(steps):
            given.update(mended)
            key = harness.ADMIN if i else "may_config_schemas_read"
            self.refuse(given, status, code, key=key)
            if field:
                answer = self.server.call("POST", "/config_schemas", given, key=key)
                self.assertEqual(answer.error["params"].get("field"), field[0])
        given.update(instance_format="yaml")
        self.call("POST", "/config_schemas", given)


class Slots(configs.TestCase):
    """Rules of behaviour's section 9.3, each at its edge."""

    def take(self, *slots):
        return self.make_schema(language="opaque", instance_slots=list(slots),
                                instance_format="text")

    def refuse(self, slots, field, *words, code="invalid_instance_slots"):
        self.refused("POST", "/config_schemas",
                     schema(language="opaque", instance_slots=slots, instance_format="text"), 400,
                     code, *words, params={"field": field})

    def test_edges(self):
        for field, values in (
                ("key", ("a", "0", "a" * 128, "a_b-c", "0_", "a-", "1--2")),
                ("name", ("x", "x" * 48, "é" * 24, " ", "\n\"\\", "🤖")),
                ("filepath", ("/", "/" + "x" * 127, "/" + "é" * 63 + "x", "/a//b/", "/..a", "/a..",
                              "/a/..b/c..", "/a/...", "/.", "/a\nb \"'\\")),
                ("description", ("", "x" * 512, "é" * 512)),
                ("required", (True, False))):
            for i, value in enumerate(values):
                # A key of its own, as the name and the description make no schema a new one.
                given = slot(**{"key": f"{field}-{i}", field: value})
                self.assertEqual(self.take(given)["instance_slots"], [given])

    def test_names_without_tags(self):
        found = self.take(slot(key="tagged", name="<b>" + "x" * 48 + "</b>"))
        self.assertEqual(found["instance_slots"][0]["name"], "x" * 48)

    def test_beyond(self):
        for field, expected, values in (
                ("key", "1 to 128 of a-z, 0-9, _ and -, beginning with a letter or a digit",
                 ("", "a" * 129, "A", "aB", "-a", "_a", "a b", "a.b", "é", "aé", "a/b", " a")),
                ("name", "a text of 1 to 48 bytes besides HTML tags",
                 ("", "x" * 49, "é" * 24 + "x", "é" * 48, "<b>")),
                ("filepath", "an absolute path of 1 to 128 bytes without \"..\"",
                 ("", "a", "a/b", "./a", "../a", "/..", "/../a", "/a/..", "/a/../b", "~/a", " /a",
                  "/" + "x" * 128, "/" + "é" * 64, "C:\\a")),
                ("description", "a text of at most 512 characters", ("x" * 513, "é" * 513))):
            for value in values:
                self.refuse([slot(**{field: value})], f"instance_slots[0].{field}",
                            f"instance_slots[0].{field}: expected {expected}", "found '")
                self.refuse([slot("a", "A", "/a"), {**slot("b", "B", "/b"), field: value}],
                            f"instance_slots[1].{field}", f"instance_slots[1].{field}: expected")

    def test_missing_and_wrong(self):
        for i in (0, 1):
            slots = [slot("a", "A", "/a"), slot("b", "B", "/b")]
            for field in ("key", "name", "filepath", "required"):
                self.refuse(without(slots, f"{i}.{field}"), f"instance_slots[{i}].{field}",
                            f"instance_slots[{i}].{field} is required", code="invalid_request")
                for value in (None, 7, [], {}, "x" if field == "required" else True):
                    self.refuse(changed(slots, f"{i}.{field}", value),
                                f"instance_slots[{i}].{field}",
                                f"instance_slots[{i}].{field}: expected",
                                f"found {json.dumps(value)}", code="invalid_request")
            for value in (7, [], True):
                self.refuse(changed(slots, f"{i}.description", value),
                            f"instance_slots[{i}].description", code="invalid_request")
            for value in (None, "default", 7, []):
                self.refuse(changed(slots, f"{i}", value), f"instance_slots[{i}]",
                            f"instance_slots[{i}]: expected an object", code="invalid_request")

    def test_none(self):
        self.refuse([], "instance_slots", "at least one slot", "without the field")

    def test_unique(self):
        for field, value, *words in (("key", "a", "keys are unique in their schema", "'a'"),
                                     ("filepath", "/a", "filepaths are unique", "'/a'")):
            for position in (1, 2):
                slots = [slot("a", "A", "/a"), slot("b", "A", "/b"), slot("c", "A", "/c")]
                self.refuse(changed(slots, f"{position}.{field}", value),
                            f"instance_slots[{position}].{field}", *words,
                            "is that of instance_slots[0]")
            slots = [slot("b", "A", "/b"), slot("a", "A", "/a"), slot("c", "A", "/c")]
            self.refuse(changed(slots, f"2.{field}", value), f"instance_slots[2].{field}",
                        "is that of instance_slots[1]")
        # Each slot is looked at alone before it is held against others.
        self.refuse([slot("a", "A", "/a"), slot("a", "A", "")], "instance_slots[1].filepath",
                    "expected an absolute path")
        self.refuse([slot("a", "A", "/a"), slot("a", "A", "/a"), slot("A")],
                    "instance_slots[2].key", "expected 1 to 128 of")
        # The first that is one too many, and of what it shares, the key.
        self.refuse([slot("b", "A", "/a"), slot("a", "A", "/a"), slot("b", "A", "/b"),
                     slot("a", "A", "/c")], "instance_slots[2].key", "instance_slots[0]")
        # Exactly: case and slashes are seen. Names may be shared, and other schemas' do not count.
        slots = [slot("a", "A", "/a"), slot("a-", "A", "/A"), slot("a_", "A", "//a")]
        self.take(*slots)
        self.take(*slots[:2])

    def test_extension(self):
        """Of every slot."""
        slots = [slot("a", "A", "/a.json"), slot("b", "B", "/b.yml"), slot("c", "C", "/c.yaml")]
        for language, format in (("jsonschema", "json"), ("cue", "cue")):
            self.make_schema(language=language, format=format, instance_slots=slots,
                             instance_format="json")
            for path in ("/c", "/c.xml", "/c.JSON", "/c.json ", "/cjson", "/yaml", "/a.json/c"):
                self.refused("POST", "/config_schemas",
                             schema(language=language, format=format, instance_format="json",
                                    instance_slots=changed(slots, "2.filepath", path)), 400,
                             "invalid_instance_slots", "instance_slots[2].filepath", language,
                             "end in: .json, .yaml, .yml",
                             params={"field": "instance_slots[2].filepath"})
        # A name may be all extension.
        self.make_schema(instance_slots=[slot(filepath="/.json")])

    def test_many(self):
        slots = [slot(f"slot-{i}", "A", f"/{i}", i % 2 == 0) for i in range(300)]
        self.assertEqual(self.take(*slots)["instance_slots"], slots)
        self.refuse([*slots, slot("slot-299", "A", "/new")], "instance_slots[300].key",
                    "instance_slots[299]")


class Digest(configs.TestCase):
    """What a schema must share with another to be the same one."""

    def test_what_it_is_of(self):
        """Of canonical JSON, so that it is the same wherever and whenever it is made."""
        for documents, said in (
                ([{"b": [1.5, None, True], "a": "é\n"}],
                 schema('{"a": "\\u00e9\\n",\n "b": [1.50, null, true]}')),
                (["a:int\nb:\"x  y\""], schema("a: int // c\n\n b :  \"x  y\"\n", language="cue",
                                               format="cue")),
                (["a:1", "b:2"], schema("a: 1", "b: 2", language="cue", format="cue")),
                ([{"type": "object"}], schema("type: object # c\n", format="yaml")),
                ([{}], schema(language="opaque", instance_format="text", instance_slots=[
                    slot("b", "B", "/b", False), slot("a", "A", "/é")]))):
            found = self.call("POST", "/config_schemas", said)
            canonical = json.dumps({
                "config_type_id": found["config_type_id"], "documents": documents,
                "format": found["format"], "instance_format": found["instance_format"],
                "language": found["language"],
                "slots": [{"filepath": s["filepath"], "key": s["key"],
                           "required": s["required"]} for s in found["instance_slots"]],
            }, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            number = int(hashlib.sha256(canonical.encode()).hexdigest(), 16)
            digits = ""
            for _ in range(44):
                number, rest = divmod(number, 58)
                digits = BASE58[rest] + digits
            self.assertEqual(found["digest"], "sha256:" + digits, canonical)

    def assert_same(self, given, *others, version=EVERGLADES):
        """All of them are one schema, which nothing but the first made, and nothing has changed."""
        first = self.call("POST", "/config_schemas", given)
        before = self.server.everything()
        for other in others:
            self.wait()
            found = self.call("POST", "/config_schemas", other, version=version)
            self.assertEqual((found["id"], found["digest"]), (first["id"], first["digest"]), other)
        self.assertEqual(self.server.everything(), before)

    def assert_different(self, *given):
        found = [self.call("POST", "/config_schemas", body) for body in given]
        self.assertEqual(len({s["id"] for s in found}), len(given), given)
        self.assertEqual(len({s["digest"] for s in found}), len(given))

    def test_json(self):
        data = '{"b": {"y": 1, "x": [1, 2]}, "a": "é"}'
        self.assert_same(schema(data), schema(data), schema(f"\r\n\t {data} \n"), schema(
            '{"a":"é","b":{"x":[1,2],"y":1}}'), schema(
            '{"a":"\\u00E9","b":{"x":[1.0,2e0],"y":10e-1}}'), schema(
            '{"a": 7, "b": {"y": 0, "y": 1, "x": [1, 2]}, "a": "é"}'))
        self.assert_different(
            schema(data), schema("{}"), schema(data.replace("é", "É")),
            schema(data.replace("é", "e")), schema(data.replace("[1, 2]", "[2, 1]")),
            schema(data.replace("[1, 2]", '["1", 2]')), schema(data.replace('"x"', '"X"')),
            schema(data.replace('"y": 1', '"y": 1.0000000000000002')),
            schema(data.replace('"y": 1', '"y": true')), schema(data.replace('"é"', '"é "')),
            schema(data.replace('"y": 1', '"y": null')), schema(data.replace('"y": 1, ', "")),
            schema(data.replace("é", "é" * 100_000)), schema(data.replace("é", "é" * 99_999 + "è")))

    def test_yaml(self):
        self.assert_same(
            schema("b:\n  y: 1\n  x: [1, 2]\na: null\n", format="yaml"),
            schema("# of what\na:   ~  # nothing\nb:\n    x:\n    - 1\n    - 0x2\n    y: 1.0\n",
                   format="yaml"),
            schema('{"a": null, "b": {"x": [1, 2], "y": 1}}', format="yaml"),
            schema("---\n'a':\n\"b\": {x: &l [1, 2], \"y\": +1}\n...\n", format="yaml"))
        self.assert_different(
            schema("a: 1\n", format="yaml"), schema("a: '1'\n", format="yaml"),
            schema("a: [1]\n", format="yaml"), schema("a: yes\n", format="yaml"),
            schema("a: true\n", format="yaml"), schema("a: |\n  1\n", format="yaml"),
            # The same tree in another format is another schema.
            schema('{"a": 1}', format="json", instance_slots=[
                slot(filepath="/srv/miru/configs/motion.yaml")]))

    def test_numbers(self):
        """Those that are equal as doubles are different; test_numbers.py has thousands of them."""
        texts = ("9007199254740992", "9007199254740993", "9007199254740993.0000000000000001",
                 "1e400", "-1e400", "1e401", "0.1", "0.1000000000000000000000000000001", "0",
                 "1e-400")
        for format in ("json", "yaml"):
            given = [schema(f'{{"maximum": {text}}}', format=format) for text in texts]
            self.assert_different(*given)
            for other, text in ((given[1], "90071992547409.930e2"), (given[3], "0.01E+402"),
                                (given[6], "0.10"), (given[8], "-0.0e7")):
                self.assert_same(other, schema(f'{{"maximum": {text}}}', format=format))

    def test_cue(self):
        def cue(*data):
            return schema(*data, language="cue", format="cue")

        self.assert_same(cue("a: int\nb: {c: \"x y\"}\n"),
                         cue("// why\na:   int\n\n\tb: { c:\"x y\" } // so\n"),
                         cue("\r\na: int\r\nb: {\n c: \"x y\"\n}"))
        self.assert_different(cue("a: int\nb: 1"), cue("a: int, b: 1"), cue("a: int\nb: 2"),
                              cue("a: \"x y\""), cue("a: \"x  y\""), cue("a: \"// b\""),
                              cue("a: int", "b: 1"), cue("b: 1", "a: int"), cue("a: int"),
                              cue("a: int", "a: int"), cue("a: intb"), cue(""), cue("", ""))

    def test_names(self):
        """Those of files and slots, and what is said of slots, are no part of it."""
        slots = [slot("a", "A", "/a.json"), slot("b", "B", "/b.json", False)]
        given = schema(instance_slots=slots)
        self.assert_same(given, changed(given, "documents.0.name", "else.json"),
                         changed(given, "instance_slots.0.name", "Else"),
                         changed(given, "instance_slots.1.description", "else"),
                         changed(given, "instance_format", "json"),
                         changed(given, "config_type_ref", {"slug": "motion"}))
        found = self.call("GET", "/config_schemas?expand=documents")["data"]
        self.assertEqual([(s["documents"][0]["name"], s["instance_slots"]) for s in found],
                         [("0.json", slots)])

    def test_slots(self):
        slots = [slot("a", "A", "/a.json"), slot("b", "B", "/b.json", False)]
        given = schema(instance_slots=slots)
        self.assert_different(
            given, changed(given, "instance_slots.0.key", "c"),
            changed(given, "instance_slots.0.filepath", "/c.json"),
            changed(given, "instance_slots.0.required", False),
            changed(given, "instance_slots.1.required", True),
            without(given, "instance_slots.1"), without(given, "instance_slots"),
            {**given, "instance_slots": slots[::-1]}, {**given, "instance_format": "yaml"},
            {**given, "instance_slots": [*slots, slot("c", "C", "/c.json")]})

    def test_default_slot(self):
        for version in (TETONS, RAINIER):
            path = "/srv/miru/configs/motion.json"
            self.assert_same(schema(), schema(instance_filepath=path), schema(), version=version)
            self.assert_same(schema(instance_slots=[slot(filepath="/a.yaml")]),
                             schema(instance_filepath="/a.yaml"), version=version)

    def test_language_and_type(self):
        self.assert_different(schema(), schema(language="opaque"), schema(type="cfg_typ_n"),
                              schema(format="yaml", instance_slots=[slot()]),
                              schema("{}", format="yaml", instance_slots=[slot()]))

    def test_by_many_at_once(self):
        """One makes it, and the others find it, each with the link that it asks for."""
        commits = ("git_cmt_a", "git_cmt_b", "git_cmt_b2", "git_cmt_b3") * 4
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda id: self.make_schema(git_commit={
                "commit_ref": {"id": id}, "schema_filepaths": [id]}), commits))
        self.assertEqual(found, [found[0]] * len(commits))
        rows = self.rows("config_schemas")
        self.assertEqual(list(rows), [found[0]["id"]])
        links = rows[found[0]["id"]]["git_commits"]
        self.assertEqual(sorted(link["git_commit_id"] for link in links), sorted(set(commits)))

    def test_found_in_what_was_exported(self):
        made = [self.make_schema(), self.make_schema(language="cue", format="cue"),
                self.make_schema(format="yaml", type="cfg_typ_n")]
        self.assert_loads_again()
        self.wait()
        self.assertEqual([self.make_schema(), self.make_schema(language="cue", format="cue"),
                          self.make_schema(format="yaml", type="cfg_typ_n")], made)

    def test_found_after_changes_of_its_type(self):
        """By the type's id, whatever it is called; but a default file follows its slug."""
        made = self.make_schema()
        self.call("PATCH", "/config_types/cfg_typ_m", {"name": "Else"})
        self.assertEqual(self.make_schema()["id"], made["id"])
        self.call("PATCH", "/config_types/cfg_typ_m", {"slug": "else"}, version=TETONS)
        again = self.make_schema()
        self.assertNotEqual(again["id"], made["id"])
        self.assertEqual(again["instance_slots"][0]["filepath"], "/srv/miru/configs/else.json")
        self.assertEqual(self.make_schema(instance_slots=made["instance_slots"])["id"],
                         made["id"])


class Commits(configs.TestCase):
    """The links from a schema to the commits that it came from."""

    def link(self, ref, *paths, version=EVERGLADES, **more):
        made = self.make_schema(version=version, git_commit={
            "commit_ref": ref, "schema_filepaths": list(paths)}, **more)
        return made["id"], self.rows("config_schemas")[made["id"]].get("git_commits")

    def test_linked(self):
        for version, type in zip((TETONS, EVERGLADES), ("cfg_typ_m", "cfg_typ_n")):
            id, links = self.link({"id": "git_cmt_a"}, "a/b.json", "é \"\\", version=version,
                                  type=type)
            want = [{"git_commit_id": "git_cmt_a", "schema_filepaths": ["a/b.json", "é \"\\"]}]
            self.assertEqual(links, want)
            # Another commit is one more, with nothing else changed; the same is none.
            row = self.rows("config_schemas")[id]
            self.wait()
            for ref, paths, more in (({"id": "git_cmt_b"}, ["b"], True),
                                     ({"id": "git_cmt_a"}, ["else"], False),
                                     ({"sha": "aaa"}, [], False),
                                     ({"id": "git_cmt_b"}, ["b"], False),
                                     ({"id": "git_cmt_b3"}, [], True)):
                if more:
                    want = [*want, {"git_commit_id": ref["id"], "schema_filepaths": paths}]
                again, links = self.link(ref, *paths, version=version, type=type)
                self.assertEqual((again, links), (id, want))
            self.make_schema(version=version, type=type)
            self.assertEqual(self.rows("config_schemas")[id], {**row, "git_commits": want})
        self.assert_loads_again()

    def test_by_sha(self):
        """Of several repositories' commits, the newest; an id goes before a sha."""
        for ref, id in (({"sha": "bbb"}, "git_cmt_b2"), ({"sha": "aaa"}, "git_cmt_a"),
                        ({"id": "git_cmt_b", "sha": "aaa"}, "git_cmt_b"),
                        ({"id": "git_cmt_b", "sha": "no"}, "git_cmt_b"),
                        ({"id": None, "sha": "bbb"}, "git_cmt_b2")):
            _, links = self.link(ref)
            self.assertIn({"git_commit_id": id, "schema_filepaths": []}, links)
        self.assertEqual([link["git_commit_id"] for link in links],
                         ["git_cmt_b2", "git_cmt_a", "git_cmt_b"])

    def test_of_none(self):
        made = self.make_schema()
        self.assertNotIn("git_commits", self.rows("config_schemas")[made["id"]])

    def test_not_answered(self):
        for version in VERSIONS:
            found = self.make_schema(version=version, git_commit={
                "commit_ref": {"id": "git_cmt_a"}, "schema_filepaths": ["a"]},
                query="?expand=documents,config_type")
            self.assertNotIn("git_commits", found)
            self.assertNotIn("git_commit", found)

    def test_refused_leaves_none(self):
        """Nor a new schema, where it is the commit that is not there."""
        self.make_schema()
        for given in (schema(), schema('{"title": "new"}')):
            self.refused("POST", "/config_schemas", {**given, "git_commit": {
                "commit_ref": {"id": "no"}, "schema_filepaths": []}}, 404, "resource_not_found")


class JsonSchema(configs.TestCase):
    """That documents are held to JSON Schema at all; tests/unit/schema/jsonschema.c has its rules."""

    def refuse(self, data, *words, format="json"):
        self.refused("POST", "/config_schemas", schema(data, format=format), 400,
                     "invalid_config_schema", "documents[0].data: ", *words,
                     params={"field": "documents[0].data", "name": f"0.{format}"})

    def test_no_schema(self):
        self.refuse('{"properties": {"x": {"properties": null}}}',
                    "documents[0].data: /properties/x/properties: got null, want object")
        self.refuse("properties:\n  x:\n    properties:\n", format="yaml")
        self.refuse('{"type": "float"}', "/type")
        self.refuse("7")
        self.refuse("[]")

    def test_draft(self):
        """2020-12 alone, which is also what a schema is that does not say."""
        self.make_schema('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
        self.make_schema("true")
        for draft in ("http://json-schema.org/draft-07/schema#",
                      "https://json-schema.org/draft/2019-09/schema"):
            self.refuse(json.dumps({"$schema": draft}), "/$schema", "2020-12")

    def test_default(self):
        """Must be an instance of its own schema."""
        self.make_schema('{"properties": {"x": {"type": "integer", "default": 1}}}')
        self.refuse('{"properties": {"x": {"type": "integer", "default": "1"}}}',
                    "/properties/x/default")


class Stateless(configs.TestCase):
    options = ("--log", "off", "--clock", NOW, "--stateless")

    def test_answered_in_full_and_undone(self):
        before = self.server.everything()
        for _ in range(2):
            found = self.call("POST", "/config_types", {"name": "new", "slug": "new"})
            self.assertEqual(found["slug"], "new")
            self.assertEqual(self.server.call("GET", f"/config_types/{found['id']}").status, 404)
            found = self.call("PATCH", "/config_types/cfg_typ_m", {"name": "Renamed"})
            self.assertEqual(found["name"], "Renamed")
            found = self.control("PATCH", "config_types/cfg_typ_m", {"archived": True})
            self.assertIn("archived_at", found)
            found = self.make_schema(git_commit={"commit_ref": {"id": "git_cmt_a"},
                                                 "schema_filepaths": ["a"]},
                                     query="?expand=documents,config_type")
            self.assertEqual(found["config_type"]["name"], "Motion Control")
            self.assertEqual(found["documents"][0]["data"], "{}")
            self.assertEqual(self.server.call("GET", f"/config_schemas/{found['id']}").status, 404)
        self.assertEqual(self.server.everything(), before)


if __name__ == "__main__":
    harness.main()
