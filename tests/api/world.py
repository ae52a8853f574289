# SPDX-License-Identifier: MIT
"""A small world for the tests of deployments: two config types, three schemas, releases of them, and
a device in every status."""

import contextlib

import harness

INSTANCES = ["cfg_inst_m1", "cfg_inst_l1"]  # what rls_1 calls for

WORLD = {
    "api_keys": [
        {"key": harness.ADMIN, "name": "admin",
         "scopes": [f"{name}:manage" for name in (
             "config_instances", "config_schemas", "config_types", "deployments", "devices",
             "git_commits", "groups", "provisioning_tokens", "releases")]},
        *({"key": f"may_{'_'.join(scopes)}", "name": f"may {scopes}",
           "scopes": [f"deployments:{scope}" for scope in scopes]}
          for scopes in (["read"], ["write"], ["stage"], ["deploy"], ["archive"],
                         ["write", "stage"], ["write", "deploy"])),
    ],
    "groups": [{"id": "grp_1", "name": "a group"}],
    "devices": [
        {"id": "dvc_on", "name": "on", "status": "online", "agent_version": "v1.2.3"},
        {"id": "dvc_on2", "name": "on too", "status": "online", "agent_version": "v1.2.3"},
        {"id": "dvc_off", "name": "off", "status": "offline", "agent_version": "v1.2.3"},
        {"id": "dvc_new", "name": "new"},
        {"id": "dvc_act", "name": "activating", "status": "activating"},
        {"id": "dvc_gone", "name": "gone", "status": "archived"},
    ],
    "config_types": [{"id": "cfg_typ_m", "name": "motion", "slug": "motion"},
                     {"id": "cfg_typ_l", "name": "localization", "slug": "localization"}],
    "config_schemas": [
        {"id": "cfg_sch_m", "digest": "m", "config_type_id": "cfg_typ_m"},
        {"id": "cfg_sch_m2", "digest": "m2", "config_type_id": "cfg_typ_m"},
        {"id": "cfg_sch_l", "digest": "l", "config_type_id": "cfg_typ_l", "instance_slots": [
            {"key": "primary", "filepath": "/l/primary.json"},
            {"key": "secondary", "filepath": "/l/secondary.json", "required": False}]},
    ],
    "config_instances": [
        {"id": "cfg_inst_m1", "config_schema_id": "cfg_sch_m"},
        {"id": "cfg_inst_m1b", "config_schema_id": "cfg_sch_m"},
        {"id": "cfg_inst_m2", "config_schema_id": "cfg_sch_m2"},
        {"id": "cfg_inst_l1", "config_schema_id": "cfg_sch_l", "slot_key": "primary"},
        {"id": "cfg_inst_l2", "config_schema_id": "cfg_sch_l", "slot_key": "secondary"},
    ],
    "releases": [
        {"id": "rls_0", "version": "v0"},
        {"id": "rls_1", "version": "v1", "config_schema_ids": ["cfg_sch_m", "cfg_sch_l"]},
        {"id": "rls_2", "version": "v2", "config_schema_ids": ["cfg_sch_m2", "cfg_sch_l"]},
        {"id": "rls_old", "version": "v0.1", "archived_at": "2026-01-01T00:00:00Z"},
    ],
}


def body(target="staged", device="dvc_on", release="rls_0", instances=(), **more):
    """The body of a new deployment."""
    return {"target_status": target, "description": "a test", "device_id": device,
            "release_id": release, "config_instance_ids": list(instances), **more}


@contextlib.contextmanager
def patch_in_two(server, key, device, change):
    """A request whose head the server has; a function that sends the body, and returns what is
    answered."""
    sent = harness.encoded(change)
    with server.connect() as sock:
        def finish():
            sock.sendall(sent)
            return b"".join(iter(lambda: sock.recv(65536), b""))

        sock.sendall(f"PATCH /beta/devices/{device} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\n"
                     f"Miru-Version: {harness.EVERGLADES}\r\nContent-Length: {len(sent)}\r\n"
                     f"Expect: 100-continue\r\nConnection: close\r\n\r\n".encode())
        came = sock.recv(1024)
        assert b"100 Continue" in came, came
        yield finish


class TestCase(harness.TestCase):
    """Each test with a server of its own, so that what one does no other sees."""

    arguments = None
    options = ("--log", "off")

    def setUp(self):
        self.start(*self.options)

    def start(self, *options, world=WORLD):
        file = harness.File(world)
        self.addCleanup(file.file.close)
        self.server = harness.Server("--fixtures", file.name, *options)
        self.addCleanup(self.server.__exit__, None)

    def call(self, method, target, body=None, **more):
        """A request that succeeds; what it answers."""
        answer = self.server.call(method, target, body, **more)
        self.assertEqual(answer.status, 200, f"{method} {target}: {answer.text}")
        return answer.json

    def control(self, method, target, body=None):
        answer = self.server.control(method, target, body)
        self.assertEqual(answer.status, 200, f"{method} {target}: {answer.text}")
        return answer.json

    def create(self, target="staged", device="dvc_on", version=harness.EVERGLADES, **more):
        """A new deployment; its id."""
        return self.call("POST", "/deployments", body(target, device, **more),
                         version=version)["id"]

    def get(self, id, version=harness.EVERGLADES):
        return self.call("GET", f"/deployments/{id}", version=version)

    def state(self, id):
        """target/activity/error"""
        found = self.get(id)
        error = found["error_status"]
        self.assertEqual(found["status"], found["activity_status"] if error == "none" else error)
        return f"{found['target_status']}/{found['activity_status']}/{error}"

    def states(self, *ids):
        return [self.state(id) for id in ids]

    def report(self, id, **said):
        """What the device reports of a deployment."""
        return self.control("PATCH", f"deployments/{id}", said)

    def refused(self, method, target, body, status, code, *words, params=None, **more):
        """Refused, and every row of the database is as it was."""
        before = self.server.everything()
        answer = self.server.call(method, target, body, **more)
        self.assert_refused(answer, status, code, *words, params=params)
        self.assertEqual(self.server.everything(), before)

    def refused_control(self, method, target, body, status, code, *words, params=None):
        before = self.server.everything()
        answer = self.server.control(method, target, body)
        self.assert_refused(answer, status, code, *words, params=params)
        self.assertEqual(self.server.everything(), before)
