# SPDX-License-Identifier: MIT
"""Fixtures with one mistake each, made from ones that are right: known to be wrong, and where.

A Mistake says in which way, holds the text, and tells where the problem must be reported: by a JSON
pointer, or by the offset of a byte where it is no JSON. `make` makes as many as are wanted of any
valid document; what it draws comes from one seed.
"""

import copy
import json
import random
from dataclasses import dataclass

# What must be given of an object, by array; and inside.
REQUIRED = {
    "api_keys": ("key", "name", "scopes"), "groups": ("name",), "devices": ("name",),
    "git_commits": ("sha", "message", "repository_owner", "repository_name", "repository_type",
                    "repository_url", "commit_url"),
    "config_types": ("name", "slug"), "config_schemas": ("config_type_id",),
    "config_instances": ("config_schema_id",), "releases": ("version",),
    "deployments": ("device_id", "release_id"),
}
REQUIRED_INSIDE = {"instance_slots": ("key", "filepath"), "documents": ("name", "data"),
                   "content": ("format", "data"),
                   "git_commits": ("git_commit_id", "schema_filepaths")}
ENUMS = ("status", "activity_status", "error_status", "target_status", "language", "format",
         "instance_format", "repository_type")
REFERENCES = ("group_id", "git_commit_id", "device_id", "release_id", "parent_id", "config_type_id",
              "config_schema_id")
LISTS = ("config_instance_ids", "config_schema_ids")
# A field that may have any value, and another one, to contradict it.
FREE = {"api_keys": ("name", "another"), "groups": ("name", "another"), "devices": ("name", "another"),
        "git_commits": ("message", "another"), "config_types": ("slug", "another"),
        "config_schemas": ("digest", "another"), "config_instances": ("created_at",
                                                                      "2001-01-01T00:00:00Z"),
        "releases": ("version", "v9.9.9-another"), "deployments": ("description", "another")}
UNIQUE = {"api_keys": "key", "groups": "name", "devices": "name", "git_commits": "sha",
          "config_types": "name", "config_schemas": "digest", "releases": "version"}
# Texts that do not have their field's form.
FORMS = {("devices", "name"): ("", "x" * 49), ("config_types", "name"): ("", "x" * 49),
         ("config_types", "slug"): ("A", "a b", "-a", ""), ("releases", "version"): ("one", "v1.x", ""),
         ("api_keys", "key"): ("a b", "", "x" * 257, "\u00e9"), ("groups", "name"): ("",),
         ("git_commits", "sha"): ("",), ("config_schemas", "digest"): ("",)}


@dataclass
class Mistake:
    kind: str
    content: bytes
    pointer: str = None  # where the problem must be,
    offset: tuple = None  # or between which bytes of the text
    document: dict = None  # what the content is, where it is JSON
    early: bool = False  # wrong only once all is there: no mistake in a stream

    def as_stream(self):
        """The same as lines, and the line and the pointer of the problem; or None."""
        if self.document is None or self.early or self.pointer.count("/") < 2:
            return None
        _, array, index, *rest = self.pointer.split("/")
        lines, line = [], None
        for name, items in self.document.items():
            for i, item in enumerate(items):
                if not isinstance(item, dict):
                    return None
                lines.append({"object": OBJECTS[name], **item})
                if name == array and i == int(index):
                    line = len(lines)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return text.encode(), line, "".join("/" + part for part in rest)


OBJECTS = {"api_keys": "api_key", "groups": "group", "devices": "device", "git_commits": "git_commit",
           "config_types": "config_type", "config_schemas": "config_schema",
           "config_instances": "config_instance", "releases": "release", "deployments": "deployment"}


class Generator:
    def __init__(self, documents, seed):
        self.documents, self.random = documents, random.Random(seed)
        self.ways = [name[3:] for name in dir(self) if name.startswith("as_")]
        self.count = 0

    def make(self, n):
        """As many, of every way there is in turn as far as the documents allow it."""
        while self.count < n:
            self.way = self.ways[self.count % len(self.ways)]
            for _ in range(200):
                self.document = copy.deepcopy(self.random.choice(self.documents))
                made = getattr(self, "as_" + self.way)()
                if made:
                    break
            else:
                raise AssertionError(f"no document allows {self.way}")
            self.count += 1
            yield made

    # ---- what is there -------------------------------------------------------------------------

    def pick(self, things):
        things = sorted(things) if isinstance(things, set) else list(things)
        return self.random.choice(things) if things else None

    def objects(self, inside=True):
        """Every object: its array's or its field's name, its pointer, itself."""
        for array, items in self.document.items():
            for i, item in enumerate(items):
                yield array, f"/{array}/{i}", item
                for name, value in item.items() if inside else ():
                    if isinstance(value, dict):
                        yield name, f"/{array}/{i}/{name}", value
                    elif isinstance(value, list) and value and isinstance(value[0], dict):
                        for k, owned in enumerate(value):
                            yield name, f"/{array}/{i}/{name}/{k}", owned

    def fields(self, names=None, inside=True):
        for array, pointer, item in self.objects(inside):
            for name, value in item.items():
                if names is None or name in names:
                    yield array, f"{pointer}/{name}", item, name, value

    def says(self, pointer, early=False):
        return Mistake(self.way, json.dumps(self.document).encode(), pointer, document=self.document,
                       early=early)

    def text(self):
        return json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()

    def no_json(self, content, first, last=None):
        return Mistake(self.way, content, offset=(first, first if last is None else last))

    # ---- ways to be wrong: content --------------------------------------------------------------

    def as_wrong_type(self):
        _, pointer, item, name, value = self.pick(self.fields())
        if isinstance(value, bool):
            item[name] = self.pick(("yes", 1, None, []))
        elif isinstance(value, list):
            item[name] = self.pick((7, "x", {}, True))
        elif isinstance(value, dict):
            item[name] = self.pick((7, "x", [], True))
        else:
            item[name] = self.pick((7, True, {}, [1]))
        return self.says(pointer)

    def as_unknown_field(self):
        _, pointer, item = self.pick(self.objects())
        name = self.pick(("nmae", "Id", "", "id ", "object_", "colour"))
        item[name] = self.pick((1, None, "x", {}))
        return self.says(f"{pointer}/{name}")

    def as_missing(self):
        """Without what must be there."""
        array, pointer, item = self.pick(self.objects())
        names = REQUIRED[array] if pointer.count("/") == 2 else REQUIRED_INSIDE.get(array, ())
        name = self.pick(name for name in names if name in item)
        if not name:
            return None
        del item[name]
        return self.says(f"{pointer}/{name}")

    def as_no_id(self):
        array, pointer, item = self.pick(self.objects(inside=False))
        if array == "api_keys":
            return None
        del item["id"]
        return self.says(pointer)

    def as_bad_id(self):
        _, pointer, item = self.pick(self.objects(inside=False))
        item["id"] = self.pick(("", "a b", "x" * 129, "a/b", "\u00e9"))
        return self.says(pointer + "/id")

    def as_bad_object(self):
        _, pointer, item = self.pick(self.objects(inside=False))
        item["object"] = self.pick(("robot", "", 1, None))
        return self.says(pointer + "/object", early=True)

    def as_bad_enum(self):
        found = self.pick(self.fields(ENUMS))
        if not found:
            return None
        found[2][found[3]] = self.pick(("sleeping", "", "Online", "none "))
        return self.says(found[1])

    def as_bad_time(self):
        found = self.pick(field for field in self.fields()
                          if field[3].endswith("_at") or field[3] == "waiting_since")
        if not found:
            return None
        found[2][found[3]] = self.pick(("yesterday", "", "2024-13-01T00:00:00Z", "2024-01-01",
                                        "2024-02-30T00:00:00Z", "2024-01-01T00:00:00", 1704067200))
        return self.says(found[1])

    def as_bad_form(self):
        found = self.pick(field for field in self.fields(inside=False) if (field[0], field[3]) in FORMS)
        if not found:
            return None
        found[2][found[3]] = self.pick(FORMS[found[0], found[3]])
        return self.says(found[1])

    def as_bad_path(self):
        found = self.pick(field for field in self.fields(("filepath",)) if field[0] == "instance_slots")
        if not found:
            return None
        found[2][found[3]] = self.pick(("", "a.json", "/../a.json", "/" + "x" * 128))
        return self.says(found[1])

    def as_dangling(self):
        found = self.pick(self.fields(REFERENCES))
        if not found:
            return None
        found[2][found[3]] = f"nowhere_{self.count}"
        return self.says(found[1])

    def as_dangling_item(self):
        found = self.pick(field for field in self.fields(LISTS) if field[4])
        if not found:
            return None
        k = self.random.randrange(len(found[4]))
        found[4][k] = self.pick((f"nowhere_{self.count}", 5, None, "a b"))
        return self.says(f"{found[1]}/{k}")

    def as_twice_in_a_list(self):
        found = self.pick(field for field in self.fields(LISTS) if field[4])
        if not found:
            return None
        found[4].append(self.pick(found[4]))
        return self.says(f"{found[1]}/{len(found[4]) - 1}")

    def appended(self, array, **changes):
        item = {**copy.deepcopy(self.pick(self.document[array])), **changes}
        self.document[array].append(item)
        return f"/{array}/{len(self.document[array]) - 1}"

    def as_contradiction(self):
        """Written twice, and not alike."""
        array = self.pick(array for array in self.document
                          if all("id" in item for item in self.document[array]))
        name, other = FREE[array]
        if any(name not in item for item in self.document[array]):
            return None
        return self.says(f"{self.appended(array, **{name: other})}/{name}")

    def as_not_unique(self):
        array = self.pick(array for array in self.document if array in UNIQUE)
        if not array:
            return None
        return self.says(f"{self.appended(array, id=f'other_{self.count}')}/{UNIQUE[array]}")

    def as_two_current(self):
        found = self.pick(item for item in self.document.get("deployments", ())
                          if item.get("target_status") == "deployed")
        if not found:
            return None
        self.document["deployments"].append({**found, "id": f"other_{self.count}"})
        return self.says(f"/deployments/{len(self.document['deployments']) - 1}/device_id")

    def as_wrong_status(self):
        """What follows from the rest, and is said otherwise."""
        found = self.pick(field for field in self.fields(("status",)) if field[0] == "deployments"
                          and "activity_status" in field[2] and "error_status" in field[2])
        if not found:
            return None
        found[2]["status"] = self.pick({"staged", "queued", "deployed", "archived", "failed"} -
                                       {found[4]})
        return self.says(found[1])

    def as_wrong_name(self):
        found = self.pick(self.fields(("config_type_name",)))
        if not found:
            return None
        found[2][found[3]] = "No Such Name"
        return self.says(found[1])

    def as_wrong_file(self):
        found = self.pick(field for field in self.fields(("filepath",))
                          if field[0] == "config_instances" and "slot_key" in field[2])
        if not found:
            return None
        found[2][found[3]] = "/no/such/file.json"
        return self.says(found[1])

    def as_wrong_current(self):
        currents = {item["device_id"] for item in self.document.get("deployments", ())
                    if item.get("target_status") == "deployed"}
        found = self.pick(each for each in self.objects(inside=False)
                          if each[0] == "devices" and each[2]["id"] in currents)
        if not found:
            return None
        name = self.pick(("current_release", "current_deployment"))
        found[2][name] = None
        return self.says(f"{found[1]}/{name}", early=True)

    def as_wrong_type_of_instance(self):
        types = [item["id"] for item in self.document.get("config_types", ())]
        found = self.pick(field for field in self.fields(("config_type_id",))
                          if field[0] == "config_instances")
        other = found and self.pick(id for id in types if id != found[4])
        if not other:
            return None
        found[2][found[3]] = other
        return self.says(found[1])

    def as_wrong_slot(self):
        found = self.pick(field for field in self.fields(("slot_key",)))
        if not found:
            return None
        found[2][found[3]] = self.pick(("no-such-slot", "Default", ""))
        return self.says(found[1])

    def as_wrong_format_of_content(self):
        found = self.pick(field for field in self.fields(("format",)) if field[0] == "content")
        if not found:
            return None
        found[2][found[3]] = self.pick({"json", "yaml", "xml", "text"} - {found[4]})
        return self.says(found[1])

    def as_slots(self):
        found = self.pick(self.fields(("instance_slots",)))
        if not found:
            return None
        slots = found[4]
        if self.random.random() < 0.3:
            slots.clear()
            return self.says(found[1])
        name, other = self.pick((("key", {"filepath": "/another.json"}),
                                 ("filepath", {"key": "another"})))
        slots.append({**self.pick(slots), **other})
        return self.says(f"{found[1]}/{len(slots) - 1}/{name}")

    def as_bad_scope(self):
        found = self.pick(field for field in self.fields(("scopes",)))
        if not found:
            return None
        found[4].append(self.pick(("devices:fly", "", 5, None)))
        return self.says(f"{found[1]}/{len(found[4]) - 1}")

    def as_circle(self):
        """One that is its own parent, or two that are each other's."""
        array = self.pick(array for array in ("groups", "deployments") if array in self.document)
        if not array:
            return None
        n, count = len(self.document[array]), self.pick((1, 2, 5))
        items = [{"id": f"circle_{i}", "parent_id": f"circle_{(i + 1) % count}"} for i in range(count)]
        for item in items:
            if array == "groups":
                item["name"] = "circle"
            else:
                item.update({name: self.document[array][0][name]
                             for name in ("device_id", "release_id")})
        self.document[array] += items
        return self.says(f"/{array}/{n}/parent_id")

    def as_failed_alive(self):
        found = self.pick(field for field in self.fields(("target_status",)) if field[4] != "archived")
        if not found:
            return None
        found[2]["error_status"] = "failed"
        return self.says(found[1])

    def as_waiting_for_nothing(self):
        found = self.pick(field for field in self.fields(("activity_status",)) if field[4] == "archived"
                          and field[2].get("target_status") == "archived")
        if not found:
            return None
        found[2]["waiting_since"] = "2024-01-01T00:00:00Z"
        return self.says(found[1].replace("activity_status", "waiting_since"))

    # ---- documents ------------------------------------------------------------------------------

    def as_unknown_array(self):
        name = self.pick(("robots", "Devices", "device", ""))
        self.document[name] = []
        return self.says("/" + name, early=True)

    def as_no_list(self):
        array = self.pick(self.document)
        self.document[array] = self.pick((1, "x", {}, None))
        return self.says("/" + array, early=True)

    def as_no_object(self):
        array = self.pick(self.document)
        self.document[array].append(self.pick((1, "x", [], None, True)))
        return self.says(f"/{array}/{len(self.document[array]) - 1}", early=True)

    # ---- no JSON --------------------------------------------------------------------------------

    def as_truncated(self):
        text = self.text()
        cut = self.random.randrange(len(text))
        return self.no_json(text[:cut], max(cut - 6, 0), cut)

    def key_at(self, text):
        """Where some key of the text begins, and where its name ends."""
        at = self.pick(i for i in range(len(text)) if text[i:i + 5] == b'"id":')
        return at, at + 4

    def as_twice_a_key(self):
        text = self.text()
        at, end = self.key_at(text)
        return self.no_json(text[:at] + text[at:end] + b":1," + text[at:], at + 7)

    def as_no_utf8(self):
        text = self.text()
        at, _ = self.key_at(text)
        wrong = self.pick((b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe2\x82", b"\xf5\x80\x80\x80"))
        return self.no_json(text[:at + 1] + wrong + text[at + 1:], at + 1)

    def as_control_character(self):
        text = self.text()
        at, _ = self.key_at(text)
        return self.no_json(text[:at + 1] + self.pick((b"\0", b"\n", b"\x1f")) +
                            text[at + 1:], at + 1)

    def as_bad_escape(self):
        text = self.text()
        at, _ = self.key_at(text)
        wrong = self.pick((b"\\x", b"\\u12", b"\\u0000", b"\\udc00", b"\\ud800"))
        return self.no_json(text[:at + 1] + wrong + text[at + 1:], at + 1, at + 7)

    def as_more_behind(self):
        text = self.text()
        return self.no_json(text + self.pick((b"x", b"{}", b",", b"]")), len(text))

    def as_mark_before(self):
        return self.no_json(b"\xef\xbb\xbf" + self.text(), 0)

    def as_comma(self):
        text = self.text()
        at, _ = self.key_at(text)
        return self.no_json(text[:at] + b"," + text[at:], at)


def small():
    """Documents that leave out what may be left out."""
    return [
        {"devices": [{"id": "dvc_a", "name": "a"}, {"id": "dvc_b", "name": "b"}],
         "releases": [{"id": "rls_a", "version": "v1.0.0"}],
         "deployments": [{"id": "dpl_a", "device_id": "dvc_a", "release_id": "rls_a"},
                         {"id": "dpl_b", "device_id": "dvc_b", "release_id": "rls_a",
                          "target_status": "deployed", "parent_id": "dpl_a"}]},
        {"config_types": [{"id": "cfg_typ_a", "name": "a", "slug": "a"},
                          {"id": "cfg_typ_b", "name": "b", "slug": "b"}],
         "config_schemas": [{"id": "cfg_sch_a", "digest": "a", "config_type_id": "cfg_typ_a",
                             "instance_slots": [{"key": "a", "filepath": "/a.json"}],
                             "documents": [{"name": "a", "data": "{}"}]}],
         "config_instances": [{"id": "cfg_inst_a", "config_schema_id": "cfg_sch_a", "slot_key": "a",
                               "config_type_id": "cfg_typ_a",
                               "content": {"format": "json", "data": "{}"}}],
         "groups": [{"id": "grp_a", "name": "a"}, {"id": "grp_b", "name": "a", "parent_id": "grp_a"}]},
        {"api_keys": [{"id": "api_key_a", "key": "miru_mock_a", "name": "a", "scopes": []}],
         "git_commits": [{"id": "git_cmt_a", "sha": "a", "message": "", "repository_owner": "o",
                          "repository_name": "n", "repository_type": "github", "repository_url": "u",
                          "commit_url": "c"}]},
    ]
