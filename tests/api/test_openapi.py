# SPDX-License-Identifier: MIT
"""GET /openapi.json: held against the facts of the official documents, and against the server.

tests/openapi/facts.py makes facts of any document; those of the official ones lie beside it. Where
ours says something else, DIFFERENCES says so, and why.
"""

import collections
import copy
import functools
import importlib.util
import json
import os
import subprocess
import sys
import urllib.parse

import harness
import objects
import test_scopes
from harness import EVERGLADES, RAINIER, SRCDIR, TETONS, VERSIONS
from wire import Wire

sys.path.insert(0, os.path.join(SRCDIR, "tests/openapi"))
import facts

OFFICIAL = os.path.join(SRCDIR, "../shared/openapi")  # is not there everywhere

# What reaches older versions as it is, inside their enumeration or not (server/model/resource.c).
AS_THEY_ARE = (".format", ".language")

ABSENT = "absent"
SOMETHING = "something"  # whatever it is

def bodies(operations, *fields):
    """The places of fields of the bodies of some operations."""
    return [f"operations > {operation} > body > application/json > fields > {field}"
            for operation in operations for field in fields]


TYPES = ("POST /config_types", "PATCH /config_types/{config_type_id}")
DEVICES = ("POST /devices", "PATCH /devices/{device_id}")
GROUPS = ("POST /groups", "PATCH /groups/{group_id}")
SCHEMAS = ("POST /config_schemas",)
SLOTS = "instance_slots > items > fields > "

# Ours says of what bodies hold how long a text may be, and of what: the documentation does, and the
# specification does not (behaviour: section 9.3). Rows of (versions, places, what ours says).
LIMITS = [
    (VERSIONS, bodies(TYPES + DEVICES, "name"), {"minLength": 1, "maxLength": 48}),
    (VERSIONS, bodies(TYPES[:1], "slug"),
     {"minLength": 1, "maxLength": 48, "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}),
    ([TETONS, RAINIER], bodies(TYPES[1:], "slug"),
     {"minLength": 1, "maxLength": 48, "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}),
    ([EVERGLADES], bodies(GROUPS, "name"), {"minLength": 1}),
    (VERSIONS, bodies(SCHEMAS, "documents > items > fields > name"), {"minLength": 1}),
    (VERSIONS, bodies(SCHEMAS, "documents"), {"minItems": 1}),
    (VERSIONS, bodies(SCHEMAS, "git_commit > fields > schema_filepaths > items"), {"minLength": 1}),
    ([TETONS, RAINIER], bodies(SCHEMAS, "instance_filepath"),
     {"minLength": 1, "maxLength": 128, "pattern": r"^/(?!(.*/)?\.\.(/|$))"}),
    ([EVERGLADES], bodies(SCHEMAS, SLOTS + "filepath"),
     {"minLength": 1, "maxLength": 128, "pattern": r"^/(?!(.*/)?\.\.(/|$))"}),
    ([EVERGLADES], bodies(SCHEMAS, SLOTS + "name"), {"minLength": 1, "maxLength": 48}),
    ([EVERGLADES], bodies(SCHEMAS, SLOTS + "key"), {"minLength": 1}),
    ([EVERGLADES], bodies(SCHEMAS, SLOTS + "description"), {"maxLength": 512}),
    (VERSIONS, bodies(["POST /deployments"], "description"), {"maxLength": 512}),
    (VERSIONS, bodies(["POST /devices/{device_id}/ping"], "timeout_nanos"),
     {"minimum": 1, "maximum": 10_000_000_000}),
    (VERSIONS, bodies(["POST /git_commits"], "sha"), {"minLength": 1}),
    (VERSIONS, bodies(["POST /releases"], "config_schema_ids"), {"minItems": 1}),
    (VERSIONS, bodies(["POST /releases"], "version"),
     {"minLength": 1, "pattern": r"^v?[0-9]+(\.[0-9]+)*(-[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?"
                                 r"(\+[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*)?$"}),
]

# Ours says that what need not be there may be null, too. Rows of (versions, places).
NULLS = [
    (VERSIONS, bodies(TYPES[1:] + DEVICES[1:], "name")),
    ([TETONS, RAINIER], bodies(TYPES[1:], "slug")),
    ([EVERGLADES], bodies(GROUPS[1:], "name")),
    (VERSIONS, bodies(SCHEMAS, *(f"config_type_ref > fields > {name}" for name in ("id", "slug")),
                      "git_commit", *(f"git_commit > fields > commit_ref > fields > {name}"
                                      for name in ("id", "sha")))),
    ([TETONS, RAINIER], bodies(SCHEMAS, "instance_filepath")),
    ([EVERGLADES], bodies(SCHEMAS, "instance_format", "instance_slots", SLOTS + "description")),
    ([EVERGLADES], bodies(["POST /config_instances"], "slot_key")),
    ([TETONS, RAINIER], bodies(["POST /deployments"], "parent_id")),
    ([TETONS], bodies(["POST /devices/{device_id}/activation_token"], "allow_reactivation")),
    (VERSIONS, bodies(["POST /releases"], "git_commit_ref",
                      *(f"git_commit_ref > fields > {name}" for name in ("id", "sha")))),
]

CONTENT = "operations > GET /config_instances/{config_instance_id}/content > answers > 200 "

# (versions, places, what ours says there, what the official one says, why). A place is the way to
# it in the facts. What is here must be so, in each of the versions and places.
DIFFERENCES = [
    *((versions, [f"{place} > {limit}" for place in places], value, ABSENT,
       "a limit of the documentation's")
      for versions, places, limits in LIMITS for limit, value in limits.items()),
    ([EVERGLADES], ["resources > config_schema > instance_slots > items > fields > key > maxLength"],
     ABSENT, 128, "limits are said of what is sent, not of what is answered"),
    ([EVERGLADES], ["resources > config_schema > instance_slots > items > fields > key > pattern"],
     ABSENT, "^[a-z0-9][a-z0-9_-]*$", "limits are said of what is sent, not of what is answered"),
    *((versions, [f"{place} > nullable" for place in places], True, ABSENT,
       "null may stand for nothing (behaviour: section 11.2)") for versions, places in NULLS),
    ([EVERGLADES], [f"{place} > enum" for place in bodies(SCHEMAS, "instance_format")],
     [None, "json", "jsonc", "text", "xml", "yaml"], SOMETHING, "the same, in an enumeration"),
    (VERSIONS, [f"{CONTENT}{kind}" for kind in ("application/json", "application/yaml",
                                                "application/xml", "application/jsonc",
                                                "text/plain")],
     {}, ABSENT, "the type goes by the format (behaviour: section 10.4)"),
]


# Operations and fields of ours that no official document has.
UNOFFICIAL = {" ".join(row[:2]) for row in test_scopes.UNOFFICIAL} | objects.UNOFFICIAL


def unofficial(place):
    """The one that a place speaks of, or None."""
    way = place.split(" > ")
    return next((name for name in UNOFFICIAL if name == way[1] or
                 name == way[-1].removeprefix("query ")), None)


def differences(ours, official, way=()):
    """Where two facts differ: {place: (ours, official)}, each place as far out as it can be."""
    if isinstance(ours, dict) and isinstance(official, dict):
        found = {}
        for name in {**ours, **official}:
            found |= differences(ours.get(name, ABSENT), official.get(name, ABSENT), (*way, name))
        return found
    return {} if ours == official else {" > ".join(way): (ours, official)}


def disagreements(version, found, table):
    """What is found and not in the table, or the other way around: a list of sentences."""
    listed = {}
    wrong = []
    for versions, places, ours, official, _ in table:
        for place in places if version in versions else []:
            if place in listed:
                wrong.append(f"{place}: listed twice")
            listed[place] = ours, official
    for place in sorted({**listed, **found}):
        if place not in listed:
            wrong.append(f"{place}: ours {found[place][0]}, official {found[place][1]}: not listed")
        elif place not in found:
            wrong.append(f"{place}: listed as a difference, but there is none")
        elif not all(map(fits, found[place], listed[place])):
            wrong.append(f"{place}: found {found[place]}, listed {listed[place]}")
    return wrong


def fits(said, listed):
    return said != ABSENT if listed == SOMETHING else said == listed


def extract(version):
    """The facts of the official document of a version."""
    with open(os.path.join(SRCDIR, "tests/openapi", f"{version}.json")) as file:
        official = json.load(file)
    assert official.pop("extracted_from")["version"] == version
    return official


# What ours says of each operation.
DIFFERENCES += [
    ([version], [f"operations > {operation} > {place}"
                 for operation in extract(version)["operations"]], ours, ABSENT, why)
    for version in VERSIONS for place, ours, why in (
        ("parameters > header Miru-Version > enum", [version],
         "a document for each version, and each is of that version only"),
        ("answers > 200 header Miru-Mock-Version", {"required": True, "type": "string"},
         "the mock's own header"))
]

# A document that says a little of everything that ours and the official ones say.
SMALL = {
    "security": [{"Key": []}],
    "paths": {"/things/{thing_id}": {
        "parameters": [{"$ref": "#/components/parameters/Version"}],
        "post": {
            "operationId": "useThing",
            "parameters": [
                {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "expand", "in": "query", "explode": False, "schema": {
                    "type": "array", "items": {"$ref": "#/components/schemas/Expansion"}}}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": {
                "type": "object", "required": ["name"], "properties": {
                    "name": {"type": "string"}, "other_id": {"type": "string"}}}}}},
            "responses": {"200": {"content": {"application/json": {"schema": {
                "$ref": "#/components/schemas/Thing"}}}}}}}},
    "components": {
        "securitySchemes": {"Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        "parameters": {"Version": {
            "name": "Miru-Version", "in": "header", "required": True,
            "schema": {"type": "string"}}},
        "schemas": {
            "Expansion": {"type": "string", "enum": ["part", "other"]},
            "Base": {"type": "object", "required": ["object", "id"], "properties": {
                "object": {"type": "string", "enum": ["thing"]}, "id": {"type": "string"}}},
            "Thing": {"description": "prose", "allOf": [{"$ref": "#/components/schemas/Base"}, {
                "type": "object", "properties": {
                    "part": {"type": "object", "properties": {"data": {"type": "integer"}}},
                    "other": {"allOf": [{"$ref": "#/components/schemas/Thing"}],
                              "nullable": True, "title": "prose"}}}]}}},
}

USE = "operations > POST /things/{thing_id}"
POST = "paths", "/things/{thing_id}", "post"
SCHEMAS = "components", "schemas"
BODY = *POST, "requestBody", "content", "application/json", "schema"
MORE = *SCHEMAS, "Thing", "allOf", 1, "properties"
STRING = {"type": "string"}

# (the way to something in SMALL, what to put there instead, the places where that must be noticed).
CHANGES = [
    ((*POST,), ABSENT, [USE, "resources > thing"]),
    (("paths", "/things/{thing_id}", "get"), {"responses": {}},
     ["operations > GET /things/{thing_id}"]),
    ((*POST, "operationId"), "use", [f"{USE} > operationId"]),
    (("paths", "/things/{thing_id}", "parameters"), ABSENT,
     [f"{USE} > parameters > header Miru-Version"]),
    ((*POST, "parameters", 1), ABSENT, [f"{USE} > parameters > query expand"]),
    ((*POST, "parameters", 1, "name"), "expand[]",
     [f"{USE} > parameters > query expand", f"{USE} > parameters > query expand[]"]),
    ((*POST, "parameters", 1, "in"), "header",
     [f"{USE} > parameters > query expand", f"{USE} > parameters > header expand"]),
    ((*POST, "parameters", 1, "required"), True, [f"{USE} > parameters > query expand > required"]),
    ((*POST, "parameters", 1, "explode"), ABSENT, [f"{USE} > parameters > query expand > explode"]),
    ((*POST, "security"), [], [f"{USE} > security"]),
    (("security",), ABSENT, [f"{USE} > security"]),
    (("components", "securitySchemes", "Key", "name"), "Key", [f"{USE} > security"]),
    ((*SCHEMAS, "Expansion", "enum"), ["part"],
     [f"{USE} > parameters > query expand > items > enum"]),
    ((*POST, "requestBody"), ABSENT, [f"{USE} > body"]),
    ((*POST, "requestBody", "required"), False, [f"{USE} > body > application/json > required"]),
    ((*BODY, "required"), ["name", "other_id"],
     [f"{USE} > body > application/json > fields > other_id > required"]),
    ((*BODY, "properties", "other_id", "nullable"), True,
     [f"{USE} > body > application/json > fields > other_id > nullable"]),
    ((*BODY, "properties", "description"), STRING,
     [f"{USE} > body > application/json > fields > description"]),
    ((*BODY, "properties", "name", "maxLength"), 8,
     [f"{USE} > body > application/json > fields > name > maxLength"]),
    ((*POST, "responses", "201"), {}, [f"{USE} > answers > 201"]),
    ((*SCHEMAS, "Base", "properties", "object", "enum"), ["thought"],
     [f"{USE} > answers > 200 application/json > refers", "resources > thing",
      "resources > thought"]),
    ((*SCHEMAS, "Base", "required"), ["object"], ["resources > thing > id > required"]),
    ((*MORE, "part"), ABSENT, ["resources > thing > part"]),
    ((*MORE, "part", "properties", "data", "type"), "string",
     ["resources > thing > part > fields > data > type"]),
    ((*MORE, "part", "oneOf"), [STRING], ["resources > thing > part > oneOf"]),
    ((*MORE, "other", "nullable"), False, ["resources > thing > other > nullable"]),
    ((*MORE, "other"), {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
     ["resources > thing > other > items", "resources > thing > other > nullable",
      "resources > thing > other > refers", "resources > thing > other > type"]),
    # And what is not to be.
    ((*MORE, "other", "description"), "more prose", []),
    ((*MORE, "part", "nullable"), False, []),
    ((*POST, "responses", "404"), {"content": {}}, []),
    ((*SCHEMAS, "Expansion", "enum"), ["other", "part"], []),
]


def changed(document, way, value):
    document = copy.deepcopy(document)
    node = document
    for step in way[:-1]:
        node = node[step]
    if value == ABSENT:
        del node[way[-1]]
    else:
        node[way[-1]] = value
    return document


class Yardstick(harness.TestCase):
    """That it measures."""

    arguments = None

    def test_changes(self):
        said = facts.of(SMALL)
        for way, value, places in CHANGES:
            with self.subTest(way=way, value=value):
                found = differences(facts.of(changed(SMALL, way, value)), said)
                self.assertEqual(sorted(found), sorted(places))

    def test_refused(self):
        """A resource described in two ways, a field that is required but not there."""
        thing = {"type": "object", "properties": {
            "object": {"enum": ["thing"]}, "id": STRING, "more": STRING}}
        for way, value in (((*MORE, "other"), thing), ((*BODY, "required"), ["nothing"])):
            with self.subTest(way=way), self.assertRaises(ValueError):
                facts.of(changed(SMALL, way, value))

    def test_table(self):
        """It must hold what there is, no more, no less and nothing else."""
        table = [(VERSIONS, ["a"], 1, 2, "why"), ([TETONS], ["b"], ABSENT, SOMETHING, "why")]
        there = {"a": (1, 2), "b": (ABSENT, 2)}
        self.assertEqual(disagreements(TETONS, there, table), [])
        self.assertEqual(disagreements(RAINIER, {"a": (1, 2)}, table), [])
        self.assertEqual(len(disagreements(RAINIER, there, table)), 1)
        self.assertEqual(len(disagreements(TETONS, there, table * 2)), 2)
        for other in ({"a": (1, 2)}, {**there, "c": (1, ABSENT)}, {**there, "a": (3, 2)},
                      {**there, "b": (1, 2)}):
            with self.subTest(other=other):
                self.assertEqual(len(disagreements(TETONS, other, table)), 1)

    def test_counts(self):
        """As many operations as the behaviour counts."""
        self.assertEqual([len(extract(version)["operations"]) for version in VERSIONS],
                         [30, 30, 35])


# Where the official documents are, the extracts must be what is made of them.
if os.path.isdir(OFFICIAL) and importlib.util.find_spec("yaml"):
    class Extracts(harness.TestCase):
        arguments = None

        def test_extracts(self):
            program = os.path.join(SRCDIR, "tests/openapi/facts.py")
            for version in VERSIONS:
                with self.subTest(version=version):
                    made = subprocess.run(
                        [sys.executable, "-B", program, f"{OFFICIAL}/{version}.yaml"],
                        capture_output=True, text=True, timeout=harness.DEADLINE)
                    self.assertEqual(made.returncode, 0, made.stderr)
                    with open(os.path.join(SRCDIR, "tests/openapi", f"{version}.json")) as file:
                        self.assertEqual(file.read(), made.stdout)


def references(node):
    """Every $ref in a document."""
    if isinstance(node, list):
        node = dict(enumerate(node))
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from references(value)


class Documents(harness.TestCase):
    """The documents of all versions, asked for once and without a key."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls.server.stop)  # also where what follows fails
        cls.answers = {version: cls.server.get("/openapi.json", key=None, version=version)
                       for version in VERSIONS}
        for answer in cls.answers.values():
            if answer.status != 200:
                raise harness.Failure(answer.text)
        cls.documents = {version: answer.json for version, answer in cls.answers.items()}
        cls.facts = {version: facts.of(document) for version, document in cls.documents.items()}


class Document(Documents):
    def test_official(self):
        """Nothing differs from the official document but what DIFFERENCES lists."""
        for version in VERSIONS:
            with self.subTest(version=version):
                found = differences(self.facts[version], extract(version))
                wrong = disagreements(version, {place: both for place, both in found.items()
                                                if not unofficial(place)}, DIFFERENCES)
                self.assertFalse(wrong, "".join(f"\n{sentence}" for sentence in wrong))
        # The newest version has all that is unofficial.
        self.assertEqual({unofficial(place) for place in found} - {None}, UNOFFICIAL)

    def test_form(self):
        for version, document in self.documents.items():
            with self.subTest(version=version):
                self.assertEqual(self.answers[version].headers["Content-Type"], "application/json")
                self.assertEqual(document["openapi"], "3.0.3")
                self.assertEqual(document["info"]["version"], version)
                self.assertTrue(document["info"]["title"])
                here = f"http://127.0.0.1:{self.server.port}/beta"
                self.assertEqual(document["servers"], [{"url": here}, {"url": "/beta"}])

    def test_server_of_a_strange_host(self):
        """Only a host that a URL can have is in the first URL."""
        for host, url in (("mock:80", "http://mock:80/beta"), ("[::1]:8", "http://[::1]:8/beta"),
                          ('a"b', "/beta"), ("a/b", "/beta"), ("a b", "/beta")):
            with self.subTest(host=host):
                with Wire(self.server) as w:
                    w.send(f"GET /openapi.json HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                    self.assertEqual(json.loads(w.answer().body)["servers"][0]["url"], url)

    def test_tags(self):
        """Each operation's is listed once, and each that is listed is used."""
        for version, document in self.documents.items():
            with self.subTest(version=version):
                used = [tag for item in document["paths"].values() for operation in item.values()
                        if isinstance(operation, dict) for tag in operation["tags"]]
                listed = [tag["name"] for tag in document["tags"]]
                self.assertEqual(sorted(listed), sorted(set(used)))

    def test_descriptions(self):
        """Each says which scopes are needed."""
        for version, document in self.documents.items():
            for operation in test_scopes.TABLE:
                if version not in operation.versions:
                    continue
                with self.subTest(version=version, operation=str(operation)):
                    text = document["paths"][operation.path][operation.method.lower()]["description"]
                    for scope in {scope for each in operation.enough for scope in each}:
                        if scope not in ("deployments:stage", "deployments:deploy") or (
                                operation.path != "/deployments"):
                            self.assertIn(scope, text)

    def test_examples(self):
        """What a path's example names is in the demo."""
        for version, document in self.documents.items():
            for path, item in document["paths"].items():
                ids = {p["name"]: p["example"] for p in item["parameters"] if p["in"] == "path"}
                if not ids or "get" not in item:
                    continue
                with self.subTest(version=version, path=path):
                    answer = self.server.get("/beta" + path.format(**ids), version=version)
                    self.assertEqual(answer.status, 200, answer.text)
            error = document["components"]["responses"]["404"]["content"]["application/json"]
            self.assertEqual(error["example"]["error"]["code"], "resource_not_found")

    def test_references(self):
        for version, document in self.documents.items():
            for reference in set(references(document)):
                with self.subTest(version=version, reference=reference):
                    facts.Reader(document).resolve({"$ref": reference})

    def test_operation_ids(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                ids = collections.Counter(operation.get("operationId") for operation in
                                          self.facts[version]["operations"].values())
                self.assertEqual(set(ids.values()), {1}, ids)
                self.assertNotIn(None, ids)

    def test_parameters_of_paths(self):
        """What a path has in braces is a required parameter, and no other is of the path."""
        for version in VERSIONS:
            for name, operation in self.facts[version]["operations"].items():
                with self.subTest(version=version, operation=name):
                    braces = {"path " + part.split("}")[0] for part in name.split("{")[1:]}
                    parameters = operation["parameters"]
                    self.assertEqual(braces, {p for p in parameters if p.startswith("path ")})
                    self.assertTrue(all(parameters[p].get("required") for p in braces))

    def test_without_version(self):
        answer = self.server.get("/openapi.json", key=None, version=None)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.text, self.answers[EVERGLADES].text)

    def test_refused_versions(self):
        for version, code in (("2026-08-17.sequoia", "invalid_api_version"),
                              ("2025-10-21.zion", "unsupported_api_version")):
            with self.subTest(version=version):
                answer = self.server.get("/openapi.json", key=None, version=version)
                self.assert_refused(answer, 400, code, version)

    def test_key_does_not_matter(self):
        for key in (harness.ADMIN, harness.NOSCOPE, "nobody's"):
            with self.subTest(key=key):
                answer = self.server.get("/openapi.json", key=key, version=TETONS)
                self.assertEqual(answer.text, self.answers[TETONS].text)


def parts(parameter):
    """What is said of each of a parameter's values."""
    return parameter.get("items", parameter)


def joined(name, parameter, words):
    """A query with several values, written as the document has it."""
    words = [urllib.parse.quote(word) for word in words]
    if parameter.get("explode", True):
        return "&".join(f"{name}={word}" for word in words)
    return f"{name}={','.join(words)}"


def of_each_get(test):
    """A test of one GET becomes one of every GET that the documents have."""
    @functools.wraps(test)
    def every(self):
        for version, said in self.facts.items():
            for name, operation in said["operations"].items():
                if name.startswith("GET "):
                    with self.subTest(version=version, operation=name):
                        test(self, version, self.with_id(version, name[4:]), operation)
    return every


def queries(operation):
    """(name, what is said of it) of each parameter in an operation's query."""
    return [(place.partition(" ")[2], parameter)
            for place, parameter in operation["parameters"].items() if place.startswith("query ")]


def expansions(operation):
    """The words of `expand`, and a query that asks for all of them."""
    for name, parameter in queries(operation):
        if name == "expand":
            words = parts(parameter)["enum"]
            return words, joined(name, parameter, words)
    return [], ""


class Reality(Documents):
    """What the documents say is so."""

    def with_id(self, version, path):
        """The path of an operation, with the id of something that there is."""
        every, brace, rest = path.partition("/{")
        if not brace:
            return path
        one = self.get(version, every, "limit=1").json["data"][0]["id"]
        return f"{every}/{one}{rest.partition('}')[2]}"

    def get(self, version, path, query="", status=200):
        answer = self.server.get(f"/beta{path}?{query}", version=version)
        self.assertEqual(answer.status, status, f"{path}?{query}: {answer.text}")
        return answer

    def test_served(self):
        """As far as 405 and 404 tell, what the documents have is what is served."""
        first = set()
        for version, said in self.facts.items():
            paths = collections.defaultdict(set)
            for name in said["operations"]:
                method, path = name.split(" ")
                paths[path].add(method)
                first.add("/" + path.split("/")[1])
            for path, methods in paths.items():
                with self.subTest(version=version, path=path):
                    answer = self.server.get(f"/beta{path}", version=version, method="PUT")
                    self.assertEqual(answer.status, 405, answer.text)
                    self.assertEqual(set(answer.headers["Allow"].split(", ")) - {"HEAD"}, methods)
        hint = self.server.get("/nothing").error["message"].partition("there is: ")[2]
        self.assertEqual(set(hint.split(", ")) - {"/_mock", "/openapi.json"}, first)

    @of_each_get
    def test_words(self, version, path, operation):
        """Each word of a parameter is answered, and all together; one that is none is refused."""
        for name, parameter in queries(operation):
            words = parts(parameter).get("enum", [])
            for word in words:
                answer = self.get(version, path, joined(name, parameter, [word]))
                if name not in ("expand", "order_by", "disposition"):
                    self.assertLessEqual({row[name] for row in answer.json["data"]}, {word})
            if words:
                self.get(version, path, f"{name}=no_such_word", 400)
            if "items" in parameter and words:
                self.get(version, path, joined(name, parameter, words))

    @of_each_get
    def test_words_of_others(self, version, path, operation):
        """What other operations or versions have under the same name is refused."""
        known = collections.defaultdict(set)
        for said in self.facts.values():
            for other in said["operations"].values():
                for name, parameter in queries(other):
                    known[name].update(parts(parameter).get("enum", []))
        for name, parameter in queries(operation):
            words = parts(parameter).get("enum")
            for word in known[name].difference(words) if words else ():
                self.get(version, path, joined(name, parameter, [word]), 400)

    @of_each_get
    def test_filters(self, version, path, operation):
        """A filter finds the first row by its value, and nothing by one that no row has."""
        for name, parameter in queries(operation):
            if "items" not in parameter or "enum" in parameter["items"]:
                continue
            nothing = self.get(version, path, joined(name, parameter, ["nobody's"])).json
            self.assertEqual(nothing["data"], [], name)
            row = self.get(version, path).json["data"][0]
            if row.get(name) is not None:
                found = self.get(version, path, joined(name, parameter, [row[name]])).json
                self.assertIn(row, found["data"])

    @of_each_get
    def test_numbers(self, version, path, operation):
        """Bounds are kept to, the default counts without, and what is no number is refused."""
        for name, parameter in queries(operation):
            if parameter["type"] != "integer":
                continue
            self.get(version, path, f"{name}=x", 400)
            self.assertEqual(self.get(version, path).json[name], parameter["default"])
            for bound, beyond in (("minimum", -1), ("maximum", 1)):
                if bound in parameter:
                    at = parameter[bound]
                    for asked in (at, at + beyond):
                        self.assertEqual(self.get(version, path, f"{name}={asked}").json[name], at)

    @of_each_get
    def test_answers(self, version, path, operation):
        """What is answered, expanded as far as the words go, is as the document says."""
        answer = self.get(version, path, expansions(operation)[1])
        value = operation["answers"].get("200 application/json")
        if value:
            self.assert_is(answer.json, value, version, path)

    @of_each_get
    def test_expandable(self, version, path, operation):
        """The fields of a resource that need not be there are those that have to be asked for."""
        value = operation["answers"].get("200 application/json", {})
        value = value.get("fields", {}).get("data", {}).get("items", value)
        fields = self.facts[version]["resources"][value["refers"]] if "refers" in value else {}
        self.assertEqual({name for name in fields if not fields[name].get("required")},
                         set(expansions(operation)[0]) - {"total_count"})

    def test_out_of_range(self):
        """The bounds of a page are no refusals, and the document says so."""
        for version in VERSIONS:
            paths = self.server.get("/openapi.json", version=version).json["paths"]
            said = [parameter["description"] for path in paths.values() if "get" in path
                    for parameter in path["get"].get("parameters", [])
                    if parameter.get("name") in ("limit", "offset")]
            self.assertGreaterEqual(len(said), 14)
            self.assertEqual(set(said), {"A number out of range counts as the nearest one in it."})
        page = self.server.call("GET", "/devices?limit=0&offset=-1").json
        self.assertEqual((page["limit"], page["offset"]), (1, 0))

    def assert_is(self, found, value, version, place):
        """That a JSON value is what a VALUE of the facts says."""
        if found is None:
            self.assertTrue(value.get("nullable"), f"{place} is null")
            return
        kind = {"object": dict, "array": list, "string": str, "integer": int,
                "boolean": bool}[value["type"]]
        self.assertIs(type(found), kind, place)
        if "enum" in value and (version == EVERGLADES or not place.endswith(AS_THEY_ARE)):
            self.assertIn(found, value["enum"], place)
        if kind is list:
            for i, item in enumerate(found):
                self.assert_is(item, value["items"], version, f"{place}[{i}]")
        if kind is dict:
            fields = (self.facts[version]["resources"][value["refers"]] if "refers" in value else
                      value["fields"])
            required = {name for name in fields if fields[name].get("required")}
            self.assertLessEqual(required, set(found), place)
            self.assertLessEqual(set(found), set(fields), place)
            for name in found:
                self.assert_is(found[name], fields[name], version, f"{place}.{name}")


if __name__ == "__main__":
    harness.main()
