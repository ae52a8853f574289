# SPDX-License-Identifier: MIT
"""What the soak's clients do, each a process: a table of actions, drawn by weight and seed.

A Common one shares its workspace with others, so an answer is held against all that are possible,
and what it shows against what must hold of any world. An Own one has workspaces that nobody else
knows, so every answer is known beforehand.
"""

import collections
import random
import time
import traceback

import harness
import connection
import worlds
from harness import ADMIN, EVERGLADES, RAINIER, TETONS, VERSIONS
from worlds import FAULTY

NDJSON = "application/x-ndjson"

# What a rule of /_mock/faults does, and what its victim sees: an answer, how it is cut, whether its
# body is no JSON.
EFFECTS = [
    ({"status": 503, "retry_after": 1}, "503 service_unavailable", None, False),
    ({"status": 429, "retry_after_ms": 5}, "429 rate_limited", None, False),
    ({"status": 418, "code": "soaked", "message": "wet"}, "418 soaked", None, False),
    ({"delay_ms": 15}, "200", None, False),
    ({"delay_ms": 15, "status": 504}, "504 gateway_timeout", None, False),
    ({"close": "before"}, None, "before", False),
    ({"close": "before", "delay_ms": 5}, None, "before", False),
    ({"close": "middle"}, "200", "middle", True),
    ({"merge": {"name": None, "soaked": [1.0]}}, "200", None, False),
    ({"spoil": "truncated"}, "200", None, True),
    ({"spoil": "malformed"}, "200", None, True),
]

# Lists: what they are of, filters, expansions, and the version from which on each is there.
LISTS = [
    ("devices", TETONS, ["agent_version=v1.0.0"], []),
    ("devices", RAINIER, ["current_release_id=rls_1", "name=1-1,2-1"],
     ["current_deployment", "current_release"]),
    ("devices", EVERGLADES, ["status=online|offline", "group_id=grp_1,grp_2"],
     ["group", "current_deployment", "current_release"]),
    ("deployments", TETONS, ["activity_status=deployed|staged", "device_id=dvc_1"],
     ["device", "release", "config_instances"]),
    ("deployments", EVERGLADES, ["target_status=deployed", "release_id=rls_1", "error_status=none"],
     ["device", "release", "config_instances", "parent"]),
    ("config_instances", EVERGLADES, ["config_schema_id=cfg_sch_0", "slot_key=default"],
     ["config_schema", "config_type", "content"]),
    ("config_schemas", TETONS, ["config_type_id=cfg_typ_1"], ["documents", "config_type"]),
    ("config_types", TETONS, ["slug=t0,t1"], []),
    ("releases", TETONS, ["version=v1.0.0,v2.0.0"], ["config_schemas"]),
    ("git_commits", TETONS, [f"sha={'0' * 40}"], []),
    ("groups", EVERGLADES, ["parent_id=grp_0"], ["parent"]),
]
PREFIXES = {"devices": "dvc", "deployments": "dpl", "config_instances": "cfg_inst",
            "config_schemas": "cfg_sch", "config_types": "cfg_typ", "releases": "rls",
            "git_commits": "git_cmt", "groups": "grp"}

# Requests that are refused, always in the same way.
REFUSED = [
    ("GET", "/beta/devices", {"X-API-Key": None}, None, "401 unauthorized"),
    ("GET", "/beta/devices", {"Miru-Version": "yesterday"}, None, "400 invalid_api_version"),
    ("GET", "/beta/devices?limit=no", {}, None, "400 invalid_request"),
    ("GET", "/beta/devices?expand=nothing", {}, None, "400 invalid_request"),
    ("GET", "/beta/devices/dvc_none", {}, None, "404 resource_not_found"),
    ("GET", "/beta/nothing", {}, None, "404 resource_not_found"),
    ("DELETE", "/beta/devices/dvc_1", {}, None, "405 method_not_allowed"),
    ("POST", "/beta/devices", {}, b'{"name": ', "400 invalid_request"),
    ("POST", "/beta/devices", {}, b'{"nmae": "x"}', "400 invalid_request"),
    ("PUT", "/_mock/fixtures", {}, b'{"devices": [{"id": "dvc_x"}]}', "400 invalid_fixtures"),
    ("POST", "/_mock/fixtures", {}, b'{"devices": [{"id": "dvc_x", "name": "x", "group_id": "no"}]}',
     "400 invalid_fixtures"),
    ("PUT", "/_mock/faults", {}, b'{"faults": [{}]}', "400 invalid_request"),
]


class Actor:
    def __init__(self, number, seed, port, shared):
        self.number, self.shared = number, shared
        self.rng = random.Random(f"{seed}/{number}")
        self.wire = connection.Wire(port, shared.stopping)
        self.other = connection.Wire(port, shared.stopping)  # for a second one at the same time
        self.made = 0
        self.seen = collections.Counter()
        self.actions, self.weights = zip(*((getattr(self, name), weight)
                                           for name, weight in self.TABLE.items()))

    def run(self):
        """Until the server stops; what went wrong, if anything, and what was seen."""
        action = None
        try:
            while not self.shared.stopping.value:
                if self.shared.paused.value:
                    self.pause()
                    continue
                action = self.rng.choices(self.actions, self.weights)[0]
                action()
            raise connection.Stopped
        except connection.Stopped:
            return None, self.seen
        except Exception:
            return f"client {self.number} in {action.__name__}:\n{traceback.format_exc()}", self.seen
        finally:
            self.wire.close()
            self.other.close()

    def pause(self):
        self.wire.close()
        self.other.close()
        self.shared.resting[self.number] = 1
        while self.shared.paused.value and not self.shared.stopping.value:
            time.sleep(0.005)
        self.shared.resting[self.number] = 0

    def name(self):
        """One that nobody else gives to anything."""
        self.made += 1
        return f"s{self.number}-{self.made}"

    # ---- requests

    def ask(self, method, path, body=None, headers=None, cut=None, wire_=None, chunked=False):
        data = connection.request(method, path,
                            [(n, v) for n, v in (headers or {}).items() if v is not None], body,
                            chunked)
        answer = (wire_ or self.wire).ask(data, method == "HEAD", cut)
        self.shared.requests[self.number] += 1
        self.seen[f"{method} {answer.status if answer else 'cut'}"] += 1
        return answer

    def check(self, answer, expected, what):
        """One of those that are possible, and a whole one of that; its JSON."""
        document = answer.json
        said = str(answer.status)
        if answer.status != 200:
            said += " " + document["error"]["code"]
            assert list(document["error"]) == ["code", "params", "message"], document
        assert said in expected, f"{what}: {answer}; expected {expected}"
        return document

    def api(self, method, path, body=None, expected=("200",), key=ADMIN, version=EVERGLADES):
        headers = {"X-API-Key": key, "Miru-Version": version}
        if body is not None:
            body = harness.encoded(body)
        answer = self.ask(method, "/beta" + path, body, headers,
                          chunked=body is not None and self.rng.random() < 0.1)
        document = self.check(answer, expected, f"{method} {path}")
        if answer.status == 200:
            worlds.check_rows(list(worlds.objects(document)))
            if "data" in document and document["object"] == "list":
                worlds.check_list(document)
        return document

    def control(self, method, path, body=None, expected=("200",), key=None, type=None):
        answer = self.ask(method, "/_mock/" + path, harness.encoded(body),
                          {"X-API-Key": key, "Content-Type": type})
        return self.check(answer, expected, f"{method} {path} {body!r:.200}")

    def pick(self, array):
        return f"{PREFIXES[array]}_{self.rng.randrange(worlds.COUNTS[array])}"


class Common(Actor):
    TABLE = {
        "get": 200, "list": 200, "content": 20, "head": 10, "principal": 10, "refused": 40,
        "create": 40, "patch": 40, "deploy": 40, "configure": 10, "ping": 10, "faulty": 40,
        "fresh": 30, "broken": 30, "pipelined": 10, "piecemeal": 5,
        "reset": 10, "put_world": 3, "add_rows": 5, "export": 3, "snapshot": 10, "faults": 20,
        "journal": 15, "clock": 8, "tester": 20, "openapi": 2, "health": 5,
    }

    def get(self):
        array, since, _, expansions = self.rng.choice(LISTS)
        expand = "?expand=" + ",".join(expansions) if expansions and self.rng.random() < 0.5 else ""
        path = f"/{array}/{self.pick(array)}"
        document = self.api("GET", path + expand, version=self.version(since))
        assert document["id"] == path.rpartition("/")[2], document

    def version(self, since):
        return self.rng.choice([v for v in VERSIONS if v >= since])

    def list(self):
        array, since, filters, expansions = self.rng.choice(LISTS)
        given = [f for f in filters if self.rng.random() < 0.4]
        expand = [e for e in expansions if self.rng.random() < 0.4]
        query = [*given, *([f"expand={','.join(expand)}"] if expand else []),
                 f"limit={self.rng.choice((1, 10, 100))}",
                 f"order_by={self.rng.choice(('id', 'created_at'))}:asc"]
        document = self.api("GET", f"/{array}?{'&'.join(query)}", version=self.version(since))
        if not given and not document["has_more"]:
            found = len({row["id"] for row in document["data"]} & worlds.OURS)
            assert found == worlds.COUNTS[array], f"{found} of all {array}"
        if "target_status=deployed" in given:
            devices = [row["device_id"] for row in document["data"]]
            assert len(set(devices)) == len(devices), devices

    def content(self):
        answer = self.ask("GET", f"/beta/config_instances/{self.pick('config_instances')}/content",
                          headers={"X-API-Key": ADMIN, "Miru-Version": EVERGLADES})
        assert answer.status == 200 and answer.body in (b'{"world": "1-"}', b'{"world": "2-"}'), \
            str(answer)

    def head(self):
        answer = self.ask("HEAD", "/beta/devices?limit=100",
                          headers={"X-API-Key": ADMIN, "Miru-Version": EVERGLADES})
        assert answer.status == 200 and int(answer.headers["content-length"]) > 1000, str(answer)

    def principal(self):
        assert self.api("GET", "/principal")["name"] == ADMIN

    def refused(self):
        method, path, headers, body, expected = self.rng.choice(REFUSED)
        answer = self.ask(method, path, body,
                          {"X-API-Key": ADMIN, "Miru-Version": EVERGLADES, **headers})
        self.check(answer, [expected], f"{method} {path} {headers}")

    def create(self):
        name = self.name()
        kind = self.rng.randrange(4)
        if kind == 0:
            document = self.api("POST", "/devices", {"name": name})
        elif kind == 1:
            document = self.api("POST", "/config_types", {"name": name, "slug": name})
        elif kind == 2:
            document = self.api("POST", "/groups", {"name": name, "parent_id": None})
        else:
            self.api("POST", "/provisioning_tokens")
            return
        assert document["name"] == name, document

    def patch(self):
        name = self.name()
        document = self.api("PATCH", f"/devices/{self.pick('devices')}", {"name": name})
        assert document["name"] == name, document

    def deploy(self):
        """A deployment of its own; its next step may come after a reset, or after another's."""
        target = self.rng.choice(("staged", "deployed"))
        instances = self.rng.choice(([], ["cfg_inst_0", "cfg_inst_1"]))
        document = self.api("POST", "/deployments", {
            "target_status": target, "description": "soak", "release_id":
            "rls_1" if instances else "rls_0", "device_id": f"dvc_{self.rng.randrange(15)}",
            "config_instance_ids": instances})
        assert document["description"] == "soak" and document["target_status"] == target, document
        path = f"/deployments/{document['id']}"
        refused = ("200", "404 resource_not_found", "400 deployment_not_deployable",
                   "400 deployment_not_archivable")
        for verb in self.rng.choice(((), ("deploy",), ("archive",), ("deploy", "archive"))):
            self.api("POST", f"{path}/{verb}", expected=refused)
        self.api("GET", f"{path}?expand=device,release,parent,config_instances", expected=refused)
        if self.rng.random() < 0.3:
            self.api("GET", f"{path}/drifts", expected=refused)

    def configure(self):
        """A schema, an instance of it and a release: what parses documents and digests them."""
        name = self.name()
        schema = self.api("POST", "/config_schemas", {
            "config_type_ref": {"id": self.pick("config_types")}, "language": "jsonschema",
            "format": "json", "instance_format": "json",
            "instance_slots": [{"key": "k", "name": "k", "filepath": "/k.json", "required": True}],
            "documents": [{"name": "main.json", "data": harness.json.dumps({
                "type": "object", "title": name, "properties": {
                    "n": {"type": "integer", "minimum": 0},
                    "s": {"type": "string", "pattern": "^[a-z]+$"}}})}]},
            expected=("200", "400 config_schema_config_type_archived"))
        if "error" in schema:
            return
        body = {"config_schema_id": schema["id"], "slot_key": "k", "content": {
            "format": "json", "data": '{"n": 1, "s": "abc"}'}}
        gone = "400 invalid_request", "404 resource_not_found"
        self.api("POST", "/config_instances", body, ("200", *gone))
        body["content"]["data"] = '{"n": -1, "s": "ABC"}'
        self.api("POST", "/config_instances", body, ("400 config_instance_invalid", *gone))
        self.api("POST", "/releases", {
            "version": f"v9.{self.number}.{self.made}", "config_schema_ids": [schema["id"]]},
            ("200", "400 invalid_release_schemas", "400 release_config_type_archived", *gone))

    def ping(self):
        document = self.api("POST", f"/devices/dvc_{self.rng.randrange(15)}/ping",
                            {"timeout_nanos": self.rng.choice((0, 1000, 20000000))},
                            ("200", "400 invalid_request"))
        assert "error" in document or document["code"] in ("success", "timeout"), document

    def faulty(self):
        """By the key that the faults are for: any of their effects, or none."""
        data = connection.request("GET", f"/beta/devices/{self.pick('devices')}", [
            ("X-API-Key", FAULTY), ("Miru-Version", EVERGLADES)])
        self.other.close()
        self.other.send(data)
        answer = self.other.receive()
        self.shared.requests[self.number] += 1
        if answer is None or answer.cut:
            return
        said, broken = {"200"}, answer.status == 200
        said.update(effect[1] for effect in EFFECTS if effect[1])
        try:
            self.check(answer, said, "faulty")
        except ValueError:
            assert broken, str(answer)

    def fresh(self):
        """A connection of its own."""
        self.wire.close()
        self.get()

    # ---- clients that misbehave

    def broken(self):
        """What nobody answers, or nobody waits for."""
        get = connection.request("GET", "/beta/devices?limit=100&expand=group", [
            ("X-API-Key", ADMIN), ("Miru-Version", EVERGLADES)])
        post = connection.request("POST", "/beta/devices", [
            ("X-API-Key", ADMIN), ("Miru-Version", EVERGLADES)], b'{"name": "x"}')
        data = self.rng.choice((b"", get, get[:20], get[:-1], post[:-3], b"\r\n", b"rubbish\r\n\r\n",
                                b"GET / HTTP/9.9\r\n\r\n", get * 3, get[:-2] + b"X: " + b"y" * 20000))
        self.other.close()
        self.other.send(data)
        if self.rng.random() < 0.3:
            self.other.sock.setblocking(False)
            try:
                self.other.sock.recv(100)
            except (BlockingIOError, ConnectionResetError):
                pass
        self.other.close(reset=self.rng.random() < 0.5)

    def pipelined(self):
        """Three at once, answered in their order."""
        ids = [self.pick("devices") for _ in range(3)]
        self.other.close()
        owed = self.other.send(b"".join(connection.request("GET", f"/beta/devices/{id}", [
            ("X-API-Key", ADMIN), ("Miru-Version", EVERGLADES)]) for id in ids))
        for n, id in enumerate(ids):
            answer = self.other.receive()
            if answer is None:
                # Of several that are sent at once the first is owed an answer when it stops.
                assert self.shared.stopping.value and (n > 0 or not owed), f"pipelined: {n} of 3"
                raise connection.Stopped
            assert answer.cut is None and answer.json["id"] == id, str(answer)
            self.shared.requests[self.number] += 1

    def piecemeal(self):
        """Byte by byte, its body behind an Expect."""
        name = self.name()
        body = harness.encoded({"name": name})
        data = connection.request("POST", "/beta/devices", [
            ("X-API-Key", ADMIN), ("Miru-Version", EVERGLADES), ("Expect", "100-continue")], body)
        for at in range(len(data) - 1):
            self.wire.send(data[at:at + 1])
        answer = self.wire.ask(data[-1:])
        assert self.check(answer, ["200"], "piecemeal")["name"] == name

    # ---- what testers do

    def reset(self):
        self.control("POST", "reset", b"")

    def put_world(self):
        document = worlds.world(self.rng.choice((1, 2)))
        # What it counts may have come from others by then.
        assert self.control("PUT", "fixtures", document)["devices"] >= worlds.DEVICES

    def add_rows(self):
        name = self.name()
        row = {"object": "device", "id": f"dvc_{name}", "name": f"added {name}"}
        if self.rng.random() < 0.5:
            self.control("POST", "fixtures", {"devices": [row]})
        else:
            self.control("POST", "fixtures", harness.encoded(row) + b"\n", type=NDJSON)

    def export(self):
        worlds.check_export(self.control("GET", "fixtures"))

    def snapshot(self):
        """Of five names, which all clients share."""
        path = f"snapshots/s{self.rng.randrange(5)}"
        what = self.rng.randrange(4)
        if what == 0:
            self.control("PUT", path, b"")
        elif what == 1:
            self.control("DELETE", path, expected=("200", "404 resource_not_found"))
        else:
            self.control("POST", path + "/restore", b"", ("200", "404 resource_not_found"))
        names = [s["name"] for s in self.control("GET", "snapshots")["snapshots"]]
        assert names == sorted(set(names)), names

    def faults(self):
        if self.rng.random() < 0.3:
            self.control("DELETE", "faults")
            return
        rules = [{"key": FAULTY, "times": self.rng.randrange(1, 5), **effect[0]}
                 for effect in self.rng.sample(EFFECTS, 4)]
        self.control("PUT", "faults", {"faults": rules})
        # All of somebody's, or none since somebody has removed them.
        shown = self.control("GET", "faults")["faults"]
        assert len(shown) in (0, 4), shown

    def journal(self):
        if self.rng.random() < 0.2:
            self.control("DELETE", "requests")
            return
        query = self.rng.choice(("", "?status=4xx", "?operation=listDevices", "?path=/devices/*",
                                 f"?key={FAULTY}", "?method=POST&since=5"))
        document = self.control("GET", "requests" + query)
        ids = [entry["id"] for entry in document["requests"]]
        assert ids == sorted(set(ids)), ids
        # A reset begins to count anew; within one answer it adds up.
        assert not ids or ids[-1] <= document["total"], document["total"]
        assert query or len(ids) <= document["total"] - document["dropped"], document

    def clock(self):
        what = self.rng.randrange(4)
        if what == 0:
            self.control("PUT", "clock", {"mode": "real"})
        elif what == 1:
            self.control("PUT", "clock", {"mode": "frozen"})
        elif what == 2:
            self.control("POST", "clock/advance", {"seconds": self.rng.choice((0, 0.5, 5))})
        else:
            self.control("PUT", "transitions", self.rng.choice((
                {"progression": "immediate"}, {"progression": "manual"},
                {"progression": "time", "seconds": 0.01})))
        assert self.control("GET", "clock")["mode"] in ("real", "frozen")

    def tester(self):
        """What devices report, and what the dashboard does."""
        what = self.rng.randrange(5)
        if what == 0:
            self.control("PATCH", f"devices/dvc_{self.rng.randrange(15)}",
                         {"status": self.rng.choice(("online", "offline"))})
        elif what == 1:
            self.control("PATCH", f"deployments/{self.pick('deployments')}",
                         {"activity_status": self.rng.choice(("queued", "deployed", "archived"))},
                         ("200", "409 impossible_transition"))
        elif what == 2:
            self.control("POST", f"deployments/{self.pick('deployments')}/restage", b"",
                         ("200", "409 impossible_transition"))
        elif what == 3:
            self.control("PATCH", "releases/rls_2", {"archived": self.rng.random() < 0.5})
        else:
            self.control("PATCH", "config_types/cfg_typ_2", {"archived": self.rng.random() < 0.5})

    def openapi(self):
        answer = self.ask("GET", "/openapi.json",
                          headers={"Miru-Version": self.rng.choice(VERSIONS)})
        assert self.check(answer, ["200"], "openapi")["openapi"] == "3.0.3"

    def health(self):
        assert self.control("GET", self.rng.choice(("health", "ready")))["version"]


class Own(Actor):
    """Alone in its workspaces. Their number is more than are kept awake, so they sleep and wake."""

    KEYS = 20
    TABLE = {"story": 10, "passer_by": 2, "many_faults": 2}

    def __init__(self, *args):
        super().__init__(*args)
        self.names = {}  # what dvc_1 is called in the workspace of a key
        self.key = None

    def api(self, *args, **more):
        return super().api(*args, key=self.key, **more)

    def control(self, *args, **more):
        return super().control(*args, key=self.key, **more)

    def device(self):
        return self.api("GET", "/devices/dvc_1")["name"]

    def begin(self, key):
        self.key = key
        if key in self.names:
            assert self.device() == self.names[key], f"{key}: {self.device()}"
        else:
            self.control("POST", "reset", b"")
        self.rename()

    def rename(self):
        name = self.name()
        assert self.api("PATCH", "/devices/dvc_1", {"name": name})["name"] == name
        self.names[self.key] = name

    def story(self):
        self.begin(f"own-{self.number}-{self.rng.randrange(self.KEYS)}")
        self.rng.choice((self.states, self.fault, self.waited, self.journalled, self.timed,
                         self.fixtures))()

    def passer_by(self):
        """A key that is used once, and makes room."""
        self.begin(f"once-{self.number}-{self.made}")
        self.control("POST", "reset", b"")
        assert self.device() in ("1-1", "2-1")
        self.control("POST", "reset", b"")  # so that its journal is empty, too
        del self.names[self.key]

    def states(self):
        """A snapshot, changes, and back; a reset, and all is new."""
        before = self.control("GET", "fixtures")
        worlds.check_export(before)
        self.control("PUT", "snapshots/mine", b"")
        self.api("PATCH", "/devices/dvc_1", {"name": self.name()})
        made = [self.api("POST", "/devices", {"name": self.name()})["id"] for _ in range(3)]
        page = self.api("GET", f"/devices?id={','.join(made)}&limit=100")["data"]
        assert {row["id"] for row in page} == set(made), page
        self.control("POST", "snapshots/mine/restore", b"")
        after = self.control("GET", "fixtures")
        assert after == before, "a restored snapshot is not what was taken"
        assert self.control("DELETE", "snapshots/mine")["snapshots"] == []
        if self.rng.random() < 0.3:
            self.control("POST", "reset", b"")
            del self.names[self.key]

    def fault(self):
        """Each effect, once: exactly that, then nothing."""
        effect, expected, cut, broken = self.rng.choice(EFFECTS)
        self.control("PUT", "faults", {"faults": [{"operation": "getDevice", "times": 1, **effect}]})
        began = time.monotonic()
        answer = self.ask("GET", "/beta/devices/dvc_1", cut=cut, headers={
            "X-API-Key": self.key, "Miru-Version": EVERGLADES})
        late = time.monotonic() - began
        # What is late is sent at once when the server stops.
        assert self.shared.stopping.value or late >= effect.get("delay_ms", 0) / 1000 - 0.001, late
        if broken:
            try:
                raise AssertionError(f"whole: {answer.json}")
            except ValueError:
                assert answer.status == 200, str(answer)
        elif answer:
            self.check(answer, [expected], f"fault {effect}")
        assert self.device() == self.names[self.key]
        assert [rule["hits"] for rule in self.control("GET", "faults")["faults"]] == [1]
        self.control("DELETE", "faults")

    def many_faults(self):
        """More late answers at once than there are workers, which hold nobody up."""
        self.begin(f"own-{self.number}-0")
        self.control("PUT", "faults", {"faults": [{"operation": "getDevice", "delay_ms": 30}]})
        late = [connection.Wire(self.wire.port, self.shared.stopping) for _ in range(6)]
        data = connection.request("GET", "/beta/devices/dvc_1", [("X-API-Key", self.key),
                                                           ("Miru-Version", EVERGLADES)])
        owed = [one.send(data) for one in late]
        self.api("GET", "/devices?limit=1")
        for one, is_owed in zip(late, owed):
            answer = one.receive()
            if answer is None and not is_owed:
                raise connection.Stopped
            assert answer and not answer.cut, f"late: {answer}"
            self.check(answer, ["200"], "late")
            one.close()
            self.shared.requests[self.number] += 1
        self.control("DELETE", "faults")

    def waited(self):
        """The journal says when a request has come that somebody else makes."""
        total = self.control("DELETE", "requests")["total"]
        self.control("PUT", "faults", {"faults": [{"operation": "getDevice", "delay_ms": 10}]})
        owed = self.other.send(connection.request("GET", "/beta/devices/dvc_1", [
            ("X-API-Key", self.key), ("Miru-Version", EVERGLADES)]))
        end = time.monotonic() + harness.DEADLINE
        while not self.control("GET", f"requests?since={total}")["requests"]:
            assert time.monotonic() < end, "waited in vain for the journal"
        answer = self.other.receive()
        if answer is None and not owed:
            raise connection.Stopped
        assert answer and not answer.cut, f"waited: {answer}"
        assert self.check(answer, ["200"], "waited")["name"] == self.names[self.key]
        self.control("DELETE", "faults")

    def journalled(self):
        """Exactly what was asked, in its order."""
        total = self.control("DELETE", "requests")["total"]
        asked = []
        for _ in range(self.rng.randrange(1, 12)):
            path = self.rng.choice(("/devices/dvc_1", "/devices/dvc_none", "/releases?limit=1"))
            expected = "404 resource_not_found" if "none" in path else "200"
            self.api("GET", path, expected=[expected])
            asked.append(("GET", "/beta" + path.partition("?")[0], int(expected[:3])))
        document = self.control("GET", "requests")
        found = [(e["method"], e["path"], e["status"]) for e in document["requests"]]
        assert found == asked, f"{found} in place of {asked}"
        assert document["total"] == total + len(asked) and document["dropped"] == 0, document

    def timed(self):
        """A clock that stands dates everything; what passes, passes."""
        self.control("PUT", "clock", {"mode": "frozen", "now": "2030-01-01T00:00:00Z"})
        document = self.api("POST", "/devices", {"name": self.name()})
        assert document["created_at"].startswith("2030-01-01T00:00:00"), document
        now = self.control("POST", "clock/advance", {"seconds": 90})
        assert (now["mode"], now["now"]) == ("frozen", "2030-01-01T00:01:30Z"), now
        self.control("PUT", "clock", {"mode": "real"})

    def fixtures(self):
        """A world of its own, to which a reset goes back from then on."""
        if self.rng.random() < 0.5:
            name = self.name()
            count = self.control("POST", "fixtures", {"devices": [{"id": name, "name": name}]})
            assert self.api("GET", f"/devices/{name}")["name"] == name
            assert count["devices"] > worlds.DEVICES
            return
        self.control("PUT", "fixtures", worlds.world(3))
        assert self.device() == "3-1"
        self.rename()
        self.control("POST", "reset", b"")
        assert self.device() == "3-1"
        self.names[self.key] = "3-1"
