# SPDX-License-Identifier: MIT
"""Groups, which only the newest version has, and what the API itself does to devices (the
behaviour's sections 4.3, 9.3 and 12). Refused means that nothing has changed, which world.py looks
at."""

from concurrent import futures

import harness
import objects
import world
from harness import ADMIN, EVERGLADES, RAINIER, TETONS, VERSIONS

START, LATER = "2026-01-01T12:00:00Z", "2026-01-01T12:01:00Z"
STANDING = ("--log", "off", "--clock", START)

GROUPS = ("POST", "/groups")
DEVICES = ("POST", "/devices")


def chain(length, letter="c"):
    """Groups of which each is in the one before: grp_c0 at the top, grp_c1 in it..."""
    return [{"id": f"grp_{letter}{n}", "name": f"{letter}{n}",
             "parent_id": f"grp_{letter}{n - 1}" if n else None} for n in range(length)]


class TestCase(world.TestCase):
    options = STANDING

    def group(self, name, parent=None):
        """The id of a new group."""
        return self.call(*GROUPS, {"name": name, "parent_id": parent})["id"]

    def move(self, id, parent):
        return self.call("POST", f"/groups/{id}/move", {"parent_id": parent})

    def minute(self):
        """A minute later, so that what changes shows it."""
        self.control("POST", "clock/advance", {"seconds": 60})

    def start_with(self, *groups):
        self.start(*self.options, world={**world.WORLD, "groups": list(groups)})

    def unchanged(self, method, target, body, **more):
        """Granted, and every row of the database is as it was, whatever the time."""
        self.minute()
        before = self.server.everything()
        answer = self.call(method, target, body, **more)
        self.assertEqual(self.server.everything(), before)
        return answer


class Groups(TestCase):
    def test_answer(self):
        found = self.call(*GROUPS, {"name": "robots"})
        id = found["id"]
        self.assertRegex(id, r"^grp_[1-9A-HJ-NP-Za-km-z]{33}$")
        self.assertEqual(found, {"object": "group", "id": id, "name": "robots", "parent_id": None,
                                 "created_at": START, "updated_at": START})
        self.assertEqual(self.call("GET", f"/groups/{id}"), found)
        child = self.call("POST", "/groups?expand=parent", {"name": "robots", "parent_id": id})
        self.assertEqual((child["parent_id"], child["parent"]), (id, found))
        top = self.call("POST", "/groups?expand=parent", {"name": "top", "parent_id": None})
        self.assertEqual((top["parent_id"], top["parent"]), (None, None))
        self.assertEqual([g["id"] for g in self.call("GET", f"/groups?parent_id={id}")["data"]],
                         [child["id"]])

    def test_rename(self):
        id = self.group("a")
        self.minute()
        found = self.call("PATCH", f"/groups/{id}", {"name": "b"})
        self.assertEqual(found, {"object": "group", "id": id, "name": "b", "parent_id": None,
                                 "created_at": START, "updated_at": LATER})
        self.assertEqual(self.call("GET", f"/groups/{id}"), found)
        for body in ({}, {"name": "b"}, {"name": None}, {"parent_id": "grp_1"}, {"id": "grp_2"}):
            self.assertEqual(self.unchanged("PATCH", f"/groups/{id}", body), found)

    def test_move(self):
        a, b = self.group("a"), self.group("b")
        c = self.group("c", a)
        self.minute()
        found = self.call("POST", f"/groups/{c}/move?expand=parent", {"parent_id": b})
        self.assertEqual((found["parent_id"], found["parent"]["id"], found["updated_at"]),
                         (b, b, LATER))
        self.assertEqual((found["name"], found["created_at"]), ("c", START))
        # Neither the old parent nor the new one is any other for it.
        self.assertEqual({self.call("GET", f"/groups/{id}")["updated_at"] for id in (a, b)},
                         {START})
        self.assertIsNone(self.move(c, None)["parent_id"])
        self.assertEqual(self.move(a, c)["parent_id"], c)
        self.assertEqual(self.move(c, b)["parent_id"], b)
        self.assertEqual(self.call("GET", f"/groups/{a}?expand=parent.parent")["parent"]["parent"]
                         ["id"], b)

    def test_move_to_where_it_is(self):
        a = self.group("a")
        b = self.group("b", a)
        for id, parent in ((a, None), (b, a)):
            found = self.call("GET", f"/groups/{id}")
            self.assertEqual(self.unchanged("POST", f"/groups/{id}/move", {"parent_id": parent}),
                             found)

    def test_names(self):
        """Of any length and kind; the same one in another place."""
        for name in ("x", "x" * 5000, "é" * 200, " ", "a/b", "<b>", "line\nbreak", "🤖"):
            id = self.group(name)
            self.assertEqual(self.call("GET", f"/groups/{id}")["name"], name)
        a, b = self.group("a"), self.group("b")
        for parent in (a, b):
            self.group("a", parent)
        self.group("A")

    def test_same_name(self):
        """Siblings' names differ: on the top level, in a group; on create, rename and move."""
        a, b = self.group("a"), self.group("b")
        c, d = self.group("c", a), self.group("d", a)

        def refuse(method, target, body, name, other):
            self.refused(method, target, body, 409, "duplicate_group_name",
                         f"group names are unique among siblings; '{name}' is that of '{other}'",
                         params={"field": "name", "name": name, "resource_id": other})

        refuse(*GROUPS, {"name": "a"}, "a", a)
        refuse(*GROUPS, {"name": "a", "parent_id": None}, "a", a)
        refuse(*GROUPS, {"name": "c", "parent_id": a}, "c", c)
        refuse("PATCH", f"/groups/{b}", {"name": "a"}, "a", a)
        refuse("PATCH", f"/groups/{c}", {"name": "d"}, "d", d)
        top, inside = self.group("c"), self.group("b", a)
        refuse("POST", f"/groups/{c}/move", {"parent_id": None}, "c", top)
        refuse("POST", f"/groups/{b}/move", {"parent_id": a}, "b", inside)
        # A name is free again where it was left.
        self.call("PATCH", f"/groups/{inside}", {"name": "e"})
        self.assertEqual(self.move(b, a)["parent_id"], a)
        self.assertIsNotNone(self.group("b"))

    def test_wrong(self):
        """Of a body and what it names."""
        a = self.group("a")
        move = f"/groups/{a}/move"
        for method, target, body, field, *words in (
                (*GROUPS, {}, "name", "name is required"),
                (*GROUPS, {"Name": "b"}, "name", "name is required"),
                (*GROUPS, {"name": None}, "name", "found null"),
                (*GROUPS, {"name": ""}, "name", "not empty"),
                (*GROUPS, {"name": 5}, "name", "found 5"),
                (*GROUPS, {"name": "b", "parent_id": 5}, "parent_id",
                 "the id of a group, or null, found 5"),
                (*GROUPS, {"name": "b", "parent_id": [a]}, "parent_id"),
                ("PATCH", f"/groups/{a}", {"name": ""}, "name", "not empty"),
                ("PATCH", f"/groups/{a}", {"name": ["b"]}, "name"),
                ("POST", move, {}, "parent_id", "parent_id is required"),
                ("POST", move, {"parent": None}, "parent_id", "parent_id is required"),
                ("POST", move, {"parent_id": False}, "parent_id", "or null, found false"),
                ("POST", move, {"parent_id": {}}, "parent_id", "found {}")):
            with self.subTest(target=target, body=body):
                self.refused(method, target, body, 400, "invalid_request", *words,
                             params={"field": field})
        for method, target in (GROUPS, ("PATCH", f"/groups/{a}"), ("POST", move)):
            for body in (None, b"", b"null", b"[]", b"{"):
                self.refused(method, target, body, 400, "invalid_request", params={})

    def test_unknown(self):
        a = self.group("a")
        for method, target, body in (("GET", "/groups/grp_no", None),
                                     ("PATCH", "/groups/grp_no", {"name": "b"}),
                                     ("POST", "/groups/grp_no/move", {"parent_id": a}),
                                     ("POST", "/groups/grp_no/move", {"parent_id": "grp_no"})):
            self.refused(method, target, body, 404, "resource_not_found", "group 'grp_no'",
                         params={"resource_type": "group", "resource_id": "grp_no"})
        for parent in ("grp_no", "", "dvc_on", "GRP_1", "é"):
            for method, target, body in ((*GROUPS, {"name": "b"}), (*GROUPS, {"name": "a"}),
                                         ("POST", f"/groups/{a}/move", {})):
                self.refused(method, target, {**body, "parent_id": parent}, 404,
                             "resource_not_found", f"group '{parent}' not found",
                             params={"resource_type": "group", "resource_id": parent,
                                     "field": "parent_id"})

    def test_older_versions(self):
        """Have no groups, whatever is sent: not found, before what is wrong with it."""
        for version in (TETONS, RAINIER):
            for method, target in (GROUPS, ("GET", "/groups"), ("GET", "/groups/grp_1"),
                                   ("PATCH", "/groups/grp_1"), ("POST", "/groups/grp_1/move")):
                for body in (None, {"name": "x", "parent_id": None}, b"{"):
                    self.refused(method, target, body, 404, "resource_not_found",
                                 f"is not part of {version}; it exists since {EVERGLADES}",
                                 params={"path": "/beta" + target}, version=version)
            found = self.call("GET", "/devices/dvc_on", version=version)
            self.assertNotIn("group_id", found)

    def test_at_once(self):
        """Of many with one name, one is made."""
        with futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.server.call(*GROUPS, {"name": "a"}), range(32)))
        self.assertEqual(sorted(a.status for a in answers), [200, *[409] * 31])

    def test_no_circle_at_once(self):
        """Two that are moved into each other at once: one of them is refused."""
        for n in range(20):
            a, b = self.group(f"a{n}"), self.group(f"b{n}")
            with futures.ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(
                    lambda ids: self.server.call("POST", f"/groups/{ids[0]}/move",
                                                 {"parent_id": ids[1]}), ((a, b), (b, a))))
            self.assertEqual(sorted(answer.status for answer in answers), [200, 400])


class Depth(TestCase):
    def refuse(self, method, target, body, parent):
        self.refused(method, target, body, 400, "group_max_depth_exceeded",
                     "group hierarchy exceeds maximum depth of 10", f"above '{parent}'",
                     params={"field": "parent_id", "parent_id": parent})

    def test_create(self):
        """Into one with ten above it, but not into one with eleven."""
        parent = None
        for n in range(12):
            parent = self.group(f"g{n}", parent)
        self.refuse(*GROUPS, {"name": "g", "parent_id": parent}, parent)
        # The place is looked at before the name.
        self.refuse(*GROUPS, {"name": "g11", "parent_id": parent}, parent)
        self.start_with(*chain(12))
        self.group("new", "grp_c10")
        self.refuse(*GROUPS, {"name": "new", "parent_id": "grp_c11"}, "grp_c11")

    def test_move(self):
        self.start_with(*chain(12), {"id": "grp_x", "name": "x"})
        self.refuse("POST", "/groups/grp_x/move", {"parent_id": "grp_c11"}, "grp_c11")
        self.assertEqual(self.move("grp_x", "grp_c10")["parent_id"], "grp_c10")
        self.refuse(*GROUPS, {"name": "y", "parent_id": "grp_x"}, "grp_x")
        self.assertEqual(self.move("grp_x", "grp_c9")["parent_id"], "grp_c9")
        self.group("y", "grp_x")

    def test_subtree(self):
        """What is moved brings along what is in it, however deep that comes to stand; what has come
        to stand so deep can be exported and loaded, renamed, and moved out."""
        self.start_with(*chain(12), *chain(12, "d"))
        self.assertEqual(self.move("grp_d0", "grp_c10")["parent_id"], "grp_c10")
        self.assertEqual(self.move("grp_d1", "grp_d0")["parent_id"], "grp_d0")  # as it was
        self.refuse(*GROUPS, {"name": "x", "parent_id": "grp_d0"}, "grp_d0")
        self.refuse(*GROUPS, {"name": "x", "parent_id": "grp_d11"}, "grp_d11")
        self.assertEqual(self.call("PATCH", "/groups/grp_d11", {"name": "deep"})["name"], "deep")
        exported = self.server.everything()
        with harness.File(exported) as file, \
                harness.Server("--log", "off", "--fixtures", file) as again:
            self.assertEqual(again.everything(), exported)
            found = again.call("GET", "/groups/grp_d11?expand=parent.parent.parent.parent").json
            self.assertEqual(found["parent"]["parent"]["parent"]["parent"]["id"], "grp_d7")
        self.assertEqual(self.move("grp_d9", "grp_c0")["parent_id"], "grp_c0")
        self.assertEqual(self.move("grp_d10", None)["parent_id"], None)

    def test_circles(self):
        """Into itself, its child, and the deepest that is in it, where the depth would forbid it,
        too."""
        self.start_with(*chain(12), {"id": "grp_x", "name": "x", "parent_id": "grp_c1"})
        for id, parent, where in (("grp_c3", "grp_c3", "itself"),
                                  ("grp_c0", "grp_c0", "itself"), ("grp_c11", "grp_c11", "itself"),
                                  ("grp_c3", "grp_c4", "a group that is inside it"),
                                  ("grp_c0", "grp_c11", "a group that is inside it")):
            self.refused("POST", f"/groups/{id}/move", {"parent_id": parent}, 400,
                         "invalid_group_parent", f"group '{id}' cannot be moved into {where}",
                         params={"field": "parent_id", "parent_id": parent})
        # Into what is above it, or beside.
        self.assertEqual(self.move("grp_c4", "grp_c2")["parent_id"], "grp_c2")
        self.assertEqual(self.move("grp_c4", "grp_c3")["parent_id"], "grp_c3")
        self.assertEqual(self.move("grp_c2", "grp_x")["parent_id"], "grp_x")
        self.refused("POST", "/groups/grp_x/move", {"parent_id": "grp_c9"}, 400,
                     "invalid_group_parent")


class Devices(TestCase):
    def test_answer(self):
        found = self.call(*DEVICES, {"name": "picker"})
        id = found["id"]
        self.assertRegex(id, r"^dvc_[1-9A-HJ-NP-Za-km-z]{33}$")
        self.assertEqual(found, {
            **dict.fromkeys(objects.DEVICE), "object": "device", "id": id, "name": "picker",
            "status": "inactive", "created_at": START, "updated_at": START})
        self.assertEqual(self.call("GET", f"/devices/{id}"), found)
        self.assertEqual(self.call("GET", "/devices?name=picker")["data"], [found])
        for version in VERSIONS:
            expand = "" if version == TETONS else "?expand=current_deployment,current_release"
            made = self.call("POST", "/devices" + expand, {"name": version}, version=version)
            self.assertEqual("group_id" in made, version == EVERGLADES)
            self.assertEqual(made, self.call("GET", f"/devices/{made['id']}{expand}",
                                             version=version))

    def test_other_fields_are_passed_over(self):
        """The API lets nobody say them."""
        found = self.call(*DEVICES, {"name": "picker", "description": "new", "group_id": "grp_1",
                                     "status": "online", "agent_version": "v1", "id": "dvc_1"})
        self.assertEqual((found["description"], found["group_id"], found["status"],
                          found["agent_version"]), (None, None, "inactive", None))
        self.assertNotEqual(found["id"], "dvc_1")
        for body in ({"description": "x"}, {"group_id": "grp_1"}, {"status": "online"}):
            self.unchanged("PATCH", f"/devices/{found['id']}", body)

    def test_rename(self):
        before = self.call("GET", "/devices/dvc_on")
        self.minute()
        for version in VERSIONS:
            name = f"renamed in {version}"
            found = self.call("PATCH", "/devices/dvc_on", {"name": name}, version=version)
            self.assertEqual(self.call("GET", "/devices/dvc_on"),
                             {**before, "name": name, "updated_at": LATER})
            self.assertEqual(found["name"], name)
        # An archived one, too; and the old name is free.
        self.assertEqual(self.call("PATCH", "/devices/dvc_gone", {"name": "gone on"})["name"],
                         "gone on")
        self.call(*DEVICES, {"name": "gone"})
        self.call(*DEVICES, {"name": "on"})

    def test_nothing_changed(self):
        for device, name in (("dvc_on", "on"), ("dvc_gone", "gone")):
            found = self.call("GET", f"/devices/{device}")
            for body in ({}, {"name": name}, {"name": None}, {"NAME": "x"}, {"id": "dvc_x"}):
                for version in VERSIONS:
                    self.unchanged("PATCH", f"/devices/{device}", body, version=version)
            self.assertEqual(self.call("GET", f"/devices/{device}"), found)

    def test_names(self):
        for name in ("x", "x" * 48, "é" * 24, "🤖" * 12, "On", " on", "a/b?c=d", "0"):
            id = self.call(*DEVICES, {"name": name})["id"]
            self.assertEqual(self.call("GET", f"/devices/{id}")["name"], name)
        expected = "name: expected a text of 1 to 48 bytes besides HTML tags"
        for name in ("", "x" * 49, "é" * 25, "<b></b>", "<i>" + "x" * 49, 5, True, [], {}):
            for method, target in (DEVICES, ("PATCH", "/devices/dvc_on")):
                self.refused(method, target, {"name": name}, 400, "invalid_request", expected,
                             params={"field": "name"})
        for body in ({}, {"name": None}, {"Name": "x"}):
            self.refused(*DEVICES, body, 400, "invalid_request", params={"field": "name"})
        for method, target in (DEVICES, ("PATCH", "/devices/dvc_on")):
            for body in (None, b"", b"[]", b"name=x", b'{"name":"x"', b'{"name":"a","name":"b"}'):
                self.refused(method, target, body, 400, "invalid_request", params={})

    def test_names_without_tags(self):
        """Tags are taken out before anything else is done with a name."""
        long = "<a href='x>y'>" + "x" * 48 + "</a>"
        for name, left in (("<b>arm</b> 1", "arm 1"), (long, "x" * 48), ("a < b", "a < b")):
            made = self.call(*DEVICES, {"name": name})
            self.assertEqual(made["name"], left)
            self.refused(*DEVICES, {"name": left + "<br/>"}, 409, "duplicate_device_name",
                         f"'{made['id']}'")
            for body in ({"name": name}, {"name": left}):
                self.unchanged("PATCH", f"/devices/{made['id']}", body)
        self.assertEqual(self.call("PATCH", "/devices/dvc_on", {"name": "<i>it"})["name"], "it")

    def test_same_name(self):
        """Also as that of an archived one."""
        for version in VERSIONS:
            for name, other in (("on", "dvc_on"), ("gone", "dvc_gone")):
                for method, target in (DEVICES, ("PATCH", "/devices/dvc_off")):
                    self.refused(method, target, {"name": name}, 409, "duplicate_device_name",
                                 f"device names are unique; '{name}' is that of '{other}'",
                                 params={"field": "name", "name": name, "resource_id": other},
                                 version=version)

    def test_unknown(self):
        for id in ("dvc_no", "grp_1", "DVC_ON", "dvc_on%20", "%C3%A9", "'"):
            shown = {"dvc_on%20": "dvc_on ", "%C3%A9": "é"}.get(id, id)
            for method, body in (("GET", None), ("PATCH", {"name": "x"})):
                self.refused(method, f"/devices/{id}", body, 404, "resource_not_found",
                             f"device '{shown}' not found",
                             params={"resource_type": "device", "resource_id": shown})

    def test_at_once(self):
        with futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.server.call(*DEVICES, {"name": "a"}), range(32)))
        self.assertEqual(sorted(a.status for a in answers), [200, *[409] * 31])

    def test_as_a_script_sends_it(self):
        """A body is JSON whatever its Content-Type says, or none: curl says a form."""
        for n, type in enumerate((None, "application/x-www-form-urlencoded", "text/plain", "",
                                  "application/json; charset=utf-8", "multipart/form-data")):
            headers = {"X-API-Key": ADMIN, "Miru-Version": TETONS,
                       **({} if type is None else {"Content-Type": type})}
            for base in ("/beta", "/v1"):
                name = f"{base} {n}"
                answer = self.server.request("POST", base + "/devices", headers,
                                             harness.encoded({"name": name}))
                self.assertEqual((answer.status, answer.json["name"]), (200, name))
                target = f"{base}/devices/{answer.json['id']}"
                answer = self.server.request("PATCH", target, headers,
                                             harness.encoded({"name": name + "!"}))
                self.assertEqual((answer.status, answer.json["name"]), (200, name + "!"))
                answer = self.server.request("POST", target + "/activation_token", headers,
                                             b'{"allow_reactivation":true}')
                self.assertEqual((answer.status, list(answer.json)), (200, ["token", "expires_at"]))
                # The script goes by the status when the name is taken.
                answer = self.server.request("POST", base + "/devices", headers,
                                             harness.encoded({"name": name + "!"}))
                self.assert_refused(answer, 409, "duplicate_device_name")


if __name__ == "__main__":
    harness.main()
