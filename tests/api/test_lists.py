# SPDX-License-Identifier: MIT
"""Lists: a model in Python against SQL over random queries, and what the model cannot say."""

import json
import os
import random
import urllib.parse

import harness
from harness import EVERGLADES, RAINIER, SRCDIR, TETONS, VERSIONS

QUERIES = 10000
SEED = int(os.environ.get("MODEL_SEED", "20261124"))

ACTIVITIES = ("drifted", "staged", "queued", "deployed", "removing", "archived")
STATUSES = ("inactive", "activating", "online", "offline", "archived")

def official(version):
    """{list: {parameter: its facts}} of the official document of a version."""
    with open(os.path.join(SRCDIR, "tests/openapi", f"{version}.json")) as file:
        operations = json.load(file)["operations"]
    return {name[len("GET /"):]: {parameter.removeprefix("query "): facts for parameter, facts
                                  in operation["parameters"].items()}
            for name, operation in operations.items()
            if name.startswith("GET /") and "query order_by" in operation["parameters"]}


OFFICIAL = {version: official(version) for version in VERSIONS}
# What can be filtered and sorted by: {list: {version: names}}.
FILTERS = {
    name: {v: tuple(parameter for parameter in OFFICIAL[v][name]
                    if parameter not in ("expand", "limit", "offset", "order_by") and
                    not parameter.startswith("header "))
           for v in VERSIONS if name in OFFICIAL[v]}
    for name in OFFICIAL[EVERGLADES]}
SORTS = {
    name: {v: tuple(dict.fromkeys(order.partition(":")[0] for order in
                                  OFFICIAL[v][name]["order_by"]["items"]["enum"]))
           for v in versions}
    for name, versions in FILTERS.items()}
WORDS = {"target_status": ("staged", "deployed", "archived"),
         "error_status": ("none", "failed", "retrying"), "status": STATUSES}


def a_world(rng, deployments=400):
    """Some hundreds of rows, with few different times, so that ties are many."""
    def times():
        return f"2026-01-0{rng.randint(1, 4)}T00:00:0{rng.randint(0, 2)}Z"

    def rows(array, prefix, n, make):
        # Ids in no order of time.
        numbers = rng.sample(range(max(1000, 3 * n)), n)
        return [{"id": f"{prefix}{number}", "created_at": times(), **make(i)}
                for i, number in enumerate(numbers)]

    world = {"api_keys": [{"key": harness.ADMIN, "name": "admin", "scopes":
                           [f"{name}:manage" for name in FILTERS]}]}
    world["groups"] = rows("groups", "grp_", 12, lambda i: {
        "name": rng.choice(["a", "b", "a,b", "a|b"]) + str(i), "updated_at": times()})
    for i, group in enumerate(world["groups"]):
        group["parent_id"] = rng.choice([None, *(g["id"] for g in world["groups"][:i])])
    world["devices"] = rows("devices", "dvc_", 60, lambda i: {
        "name": ["one", "two", "one,two", "one|two", "é", "100%", "a&b=c"][i % 7] + (
            f" {i // 7}" if i >= 7 else ""),
        "status": rng.choice(STATUSES), "agent_version": rng.choice([None, "v1", "v2", "v1,v2"]),
        "group_id": rng.choice([None, *(g["id"] for g in world["groups"])])})
    world["git_commits"] = rows("git_commits", "git_cmt_", 8, lambda i: {
        "sha": f"{i % 3:040x}", "message": "m", "repository_owner": "o",
        "repository_name": f"n{i}", "repository_type": "github", "repository_url": f"u{i}",
        "commit_url": "c"})
    world["config_types"] = rows("config_types", "cfg_typ_", 5, lambda i: {
        "name": f"type {i}", "slug": f"type-{i}"})
    world["config_schemas"] = rows("config_schemas", "cfg_sch_", 10, lambda i: {
        "digest": f"d{i}", "config_type_id": rng.choice(world["config_types"])["id"],
        "instance_slots": [{"key": key, "filepath": f"/{key}.json"} for key in ("a", "b")]})
    world["config_instances"] = rows("config_instances", "cfg_inst_", 40, lambda i: {
        "config_schema_id": rng.choice(world["config_schemas"])["id"],
        "slot_key": rng.choice("ab")})
    world["releases"] = rows("releases", "rls_", 9, lambda i: {"version": f"v1.{i}"})
    deployed = set()

    def deployment(_):
        device = rng.choice(world["devices"])["id"]
        error = rng.choice(WORDS["error_status"])
        target = "archived" if error == "failed" else rng.choice(WORDS["target_status"])
        if target == "deployed":
            if device in deployed:
                target = "archived"
            deployed.add(device)
        return {"device_id": device, "release_id": rng.choice(world["releases"])["id"],
                "target_status": target, "error_status": error,
                "activity_status": "archived" if error == "failed" else rng.choice(ACTIVITIES)}

    world["deployments"] = rows("deployments", "dpl_", deployments, deployment)
    return world


class Model:
    """What the API would answer, in the simplest way that there is."""

    def __init__(self, world):
        self.world = world
        types = {s["id"]: s["config_type_id"] for s in world["config_schemas"]}
        for instance in world["config_instances"]:
            instance["config_type_id"] = types[instance["config_schema_id"]]
        current = {d["device_id"]: d["release_id"] for d in world["deployments"]
                   if d["target_status"] == "deployed"}
        for device in world["devices"]:
            device["current_release_id"] = current.get(device["id"])

    @staticmethod
    def shown(row, field, version):
        if field == "activity_status" and row[field] == "removing" and version == TETONS:
            return "deployed"
        return row[field]

    def answer(self, name, version, filters, orders, limit, offset):
        rows = [row for row in self.world[name]
                if all(self.shown(row, field, version) in values
                       for field, values in filters.items())]
        if not any(field == "id" for field, _ in orders):
            orders = [*orders, ("id", "asc")]
        for field, direction in reversed(orders):
            rows.sort(key=lambda row: row[field], reverse=direction == "desc")
        return ([row["id"] for row in rows[offset:offset + limit]],
                len(rows) > offset + limit, len(rows))


class Query:
    """A random request, as its text and as what it means."""

    def __init__(self, rng, world, name=None):
        self.name = name or rng.choice(list(FILTERS))
        self.version = rng.choice(list(FILTERS[self.name]))
        self.filters, self.orders, self.pairs = {}, [("created_at", "desc")], []
        self.limit, self.offset, self.counted = 10, 0, False
        rows = world[self.name]
        for field in rng.sample(FILTERS[self.name][self.version], rng.choice([0, 1, 1, 2])):
            self.filter(rng, field, rows)
        if rng.random() < 0.6:
            self.order(rng)
        if rng.random() < 0.6:
            asked = rng.choice([-1, 0, 1, 2, 3, 10, 37, 100, 101, 5000])
            self.limit = min(max(asked, 1), 100)
            self.pairs.append(("limit", str(asked)))
        if rng.random() < 0.5:
            asked = rng.choice([-5, 0, 1, 2, 10, 50, 399, 400, 10**18])
            self.offset = min(max(asked, 0), 2**53 - 1)
            self.pairs.append(("offset", str(asked)))
        if rng.random() < 0.5:
            self.counted = True
            self.pairs.append(("expand", "total_count"))
        rng.shuffle(self.pairs)

    def filter(self, rng, field, rows):
        words = WORDS.get(field)
        if field == "activity_status":
            words = [w for w in ACTIVITIES if w != "removing" or self.version != TETONS]
        pool = list(words) if words else [row[field] or "none" for row in rows] + ["no such"]
        values = [rng.choice(pool) for _ in range(rng.choice([1, 1, 2, 3, 5]))]
        spelling = rng.choice(["|", ",", "repeated", "brackets"])
        if spelling in "|,":
            text = spelling.join(values)
            texts = [(field, text)]
        else:
            name = field + ("[]" if spelling == "brackets" else "")
            texts = [(name, value) for value in values]
        # Each text as it is, its parts between pipes, and theirs between commas.
        meant = {text for _, text in texts}
        for text in list(meant):
            for part in text.split("|"):
                meant.update([part, *part.split(",")])
        self.filters[field] = meant - {""}
        self.pairs += texts

    def order(self, rng):
        fields = SORTS[self.name][self.version]
        self.orders, items = [], []
        for field in rng.sample(fields, rng.randint(1, len(fields))):
            direction = rng.choice(["asc", "desc", None])
            self.orders.append((field, direction or "desc"))
            items.append(field + (f":{direction}" if direction else ""))
        if rng.random() < 0.3:
            self.pairs += [("order_by", item) for item in items]
        else:
            self.pairs.append(("order_by", ",".join(items)))

    @property
    def target(self):
        # The order of `order_by` matters, so pairs of one name stay in theirs.
        orders = [p for p in self.pairs if p[0] == "order_by"]
        pairs = [orders.pop(0) if p[0] == "order_by" else p for p in self.pairs]
        query = "&".join(f"{name}={urllib.parse.quote(value)}" for name, value in pairs)
        return f"/{self.name}" + (f"?{query}" if query else "")


class RandomQueries(harness.TestCase):
    arguments = None

    def test_model(self):
        self.compare(QUERIES)

    def test_many(self):
        """Of so many rows that which index finds them depends on how many pass each filter."""
        self.compare(QUERIES // 40, "deployments", deployments=3000)

    def compare(self, queries, name=None, **sizes):
        rng = random.Random(SEED)
        world = a_world(rng, **sizes)
        found = more = 0
        with harness.File(world) as path, harness.Server("--fixtures", path, "--log",
                                                         "off") as server:
            model = Model(world)
            with harness.Client(server) as client:
                for i in range(queries):
                    query = Query(rng, world, name)
                    orders = [p for p in query.pairs if p[0] == "order_by"]
                    if len(orders) > 1:
                        # They were shuffled: what they mean is their order in the target.
                        query.orders = [(item.split(":")[0],
                                         (item.split(":") + ["desc"])[1]) for _, item in orders]
                    ids, has_more, total = model.answer(query.name, query.version, query.filters,
                                                        query.orders, query.limit, query.offset)
                    answer = client.call("GET", query.target, version=query.version)
                    what = f"seed {SEED}, query {i}, {query.version}: {query.target}"
                    self.assertEqual(answer.status, 200, f"{what}: {answer.text}")
                    want = {"object": "list", **({"total_count": total} if query.counted else {}),
                            "limit": query.limit, "offset": query.offset, "has_more": has_more}
                    is_ = answer.json
                    data = is_.pop("data")
                    self.assertEqual(is_, want, what)
                    self.assertEqual(list(is_), list(want), what)
                    self.assertEqual([row["id"] for row in data], ids, what)
                    found += len(ids) > 0
                    more += has_more
        # Of queries that find nothing not much would be known.
        self.assertGreater(found, queries / 3)
        self.assertGreater(more, queries / 10)


class Envelope(harness.TestCase):
    def get(self, target, version=EVERGLADES):
        answer = self.server.call("GET", target, version=version)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def test_defaults(self):
        found = self.get("/deployments")
        self.assertEqual(list(found), ["object", "limit", "offset", "has_more", "data"])
        self.assertEqual((found["object"], found["limit"], found["offset"], found["has_more"]),
                         ("list", 10, 0, True))
        times = [row["created_at"] for row in found["data"]]
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertEqual(len(times), 10)

    def test_pages(self):
        """Pages of three, one after the other, are the whole list, each row once."""
        every = [row["id"] for row in self.get("/deployments?limit=100")["data"]]
        seen, offset = [], 0
        while True:
            page = self.get(f"/deployments?limit=3&offset={offset}")
            seen += [row["id"] for row in page["data"]]
            offset += 3
            if not page["has_more"]:
                break
        self.assertEqual(seen, every)
        beyond = self.get("/deployments?offset=1000&expand=total_count")
        self.assertEqual((beyond["data"], beyond["has_more"], beyond["total_count"]),
                         ([], False, len(every)))
        exact = self.get(f"/deployments?limit={len(every)}")
        self.assertFalse(exact["has_more"])

    def test_the_api_s_own_objects(self):
        """A row of a list is what GET by its id answers, in each version."""
        for version in VERSIONS:
            for name in FILTERS:
                if version not in FILTERS[name]:
                    continue
                for row in self.get(f"/{name}?limit=100", version)["data"]:
                    self.assertEqual(row, self.get(f"/{name}/{row['id']}", version))

    def test_expansions(self):
        """Expanded in a list as in GET by id; every spelling; total_count beside them."""
        names = "device.group,release.config_schemas.documents,config_instances.content,parent"
        spellings = (f"expand={names}", "&".join(f"expand={n}" for n in names.split(",")),
                     "&".join(f"expand[]={n}" for n in names.split(",")),
                     f"expand={names.replace(',', '%2C')}")
        lists = [self.get(f"/deployments?limit=100&{s}") for s in spellings]
        for other in lists[1:]:
            self.assertEqual(other, lists[0])
        self.assertGreater(len(lists[0]["data"]), 10)
        for row in lists[0]["data"]:
            self.assertEqual(row, self.get(f"/deployments/{row['id']}?expand={names}"))
        counted = self.get(f"/deployments?limit=100&expand=total_count,{names}")
        self.assertEqual(counted.pop("total_count"), len(lists[0]["data"]))
        self.assertEqual(counted, lists[0])

    def test_max_page_size(self):
        with harness.Server("--max-page-size", "4") as server:
            for query, limit in (("", 4), ("?limit=3", 3), ("?limit=4", 4), ("?limit=99", 4)):
                found = server.call("GET", "/deployments" + query).json
                self.assertEqual((found["limit"], len(found["data"])), (limit, limit))
        with harness.Server("--max-page-size", "10000") as server:
            self.assertEqual(server.call("GET", "/deployments?limit=5000").json["limit"], 5000)

    def test_pipe_only(self):
        """A comma is part of a value: none has such a name, and no enumeration such a word."""
        with harness.Server("--pipe-only-filters") as server:
            def ids(query):
                return {row["id"] for row in server.call("GET", "/deployments?" + query).json["data"]}
            self.assertEqual(ids("id=dpl_123|dpl_staged"), {"dpl_123", "dpl_staged"})
            self.assertEqual(ids("id=dpl_123%7Cdpl_staged"), {"dpl_123", "dpl_staged"})
            self.assertEqual(ids("id=dpl_123,dpl_staged"), set())
            self.assert_refused(server.call("GET", "/deployments?activity_status=staged,queued"),
                                400, "invalid_request", "'staged,queued'",
                                params={"field": "activity_status"})


class Refused(harness.TestCase):
    def test_words(self):
        for query, field, *words in (
                ("limit=x", "limit", "expected an integer"),
                ("limit=" + "x" * 500, "limit", "'" + "x" * 64 + "...'"),
                ("offset=1.0", "offset", "expected an integer"),
                ("limit=1&limit=2", "limit", "given twice"),
                ("order_by=name", "order_by", "'name'", "id, created_at"),
                ("order_by=id:up", "order_by", "'id:up'", ":asc or :desc"),
                ("order_by=id,,created_at", "order_by", "an empty name"),
                ("target_status=gone", "target_status", "'gone'", "staged, deployed, archived"),
                ("activity_status=staged,gone", "activity_status", "'gone'"),
                ("error_status=None", "error_status", "none, failed, retrying"),
                ("expand=devices", "expand", "'devices'", "total_count, device, release"),
                ("expand=device.total_count", "expand", "'total_count' of device"),
                ("expand=parent.parent.parent.parent.parent", "expand", "4 levels")):
            with self.subTest(query=query):
                self.assert_refused(self.server.call("GET", "/deployments?" + query), 400,
                                    "invalid_request", *words, params={"field": field})

    def test_of_another_version(self):
        self.assert_refused(self.server.call("GET", "/deployments?activity_status=removing",
                                             version=TETONS), 400, "invalid_request", "'removing'")
        self.assert_refused(self.server.call("GET", "/devices?order_by=status", version=RAINIER),
                            400, "invalid_request", "'status'")
        self.assert_refused(self.server.call("GET", "/groups", version=RAINIER), 404,
                            "resource_not_found", EVERGLADES)

    def test_total_count_of_one(self):
        for target in ("/deployments/dpl_123", "/deployments/dpl_123/drifts"):
            self.assert_refused(self.server.call("GET", target + "?expand=total_count"), 400,
                                "invalid_request", "'total_count'")

    def test_scopes(self):
        for name in FILTERS:
            self.assert_refused(self.server.call("GET", f"/{name}", key=harness.NOSCOPE), 403,
                                "forbidden", f"{name}:read", params={"scope": f"{name}:read"})
            self.assertEqual(self.server.call("GET", f"/{name}", key=harness.READER).status, 200)

    def test_provision_lists_devices(self):
        """devices:provision may list, and nothing else of what read may."""
        key = {"api_keys": [{"key": "k", "name": "k", "scopes": ["devices:provision"]}]}
        with harness.File(key) as path, harness.Server("--fixtures", "fixtures/demo.json",
                                                       "--fixtures", path) as server:
            self.assertEqual(server.call("GET", "/devices", key="k").status, 200)
            self.assert_refused(server.call("GET", "/devices/dvc_123", key="k"), 403, "forbidden")
            self.assert_refused(server.call("GET", "/groups", key="k"), 403, "forbidden")


if __name__ == "__main__":
    harness.main()
