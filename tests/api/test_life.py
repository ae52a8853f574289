# SPDX-License-Identifier: MIT
"""A whole life, made through the API alone: from an empty server with one key to a deployment that is
deployed, in each version."""

import harness
import world
from harness import ADMIN, EVERGLADES, TETONS, VERSIONS

KEY = {"api_keys": [key for key in world.WORLD["api_keys"] if key["key"] == ADMIN]}

DOCUMENT = """{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {"speed": {"type": "number", "minimum": 0}},
  "required": ["speed"]
}
"""

# Byte for byte: no parser would write it so.
CONTENT = '{ "speed": 1.0,\r\n\t"name":"d\u00e9j\u00e0 vu" }'


class Life(world.TestCase):
    options = ("--empty", "--log", "off", "--clock", "2026-03-02T08:00:00Z")

    def setUp(self):
        self.start(*self.options, world=KEY)

    def live(self, version):
        def call(method, target, body=None):
            return self.call(method, target, body, version=version)

        self.assertEqual(list(self.server.everything()), ["api_keys"])
        self.assertEqual(call("GET", "/principal")["name"], "admin")

        kind = call("POST", "/config_types", {"name": "Motion", "slug": "motion"})
        commit = call("POST", "/git_commits", {
            "sha": "5f2c1e9", "message": "Limit the speed",
            "origin": "git@github.com:acme/robots.git"})
        self.assertEqual(commit["commit_url"], "https://github.com/acme/robots/commit/5f2c1e9")
        described = {
            "config_type_ref": {"slug": "motion"}, "language": "jsonschema", "format": "json",
            "documents": [{"name": "motion.json", "data": DOCUMENT}],
            "git_commit": {"commit_ref": {"sha": "5f2c1e9"},
                           "schema_filepaths": ["schemas/motion.json"]}}
        schema = call("POST", "/config_schemas?expand=documents,config_type", described)
        self.assertEqual(schema["config_type"], kind)
        self.assertEqual(schema["documents"][0]["data"], DOCUMENT)
        self.assertEqual(call("POST", "/config_schemas", described)["id"], schema["id"])
        release = call("POST", "/releases?expand=config_schemas", {
            "version": "v1.0.0", "config_schema_ids": [schema["id"]],
            "git_commit_ref": {"id": commit["id"]}})
        self.assertEqual([s["id"] for s in release["config_schemas"]], [schema["id"]])
        self.assertEqual(release["git_commit_id"], commit["id"])

        device = call("POST", "/devices", {"name": "robot-1"})
        self.assertEqual(device["status"], "inactive")
        token = call(*(("POST", f"/devices/{device['id']}/activation_token", {})
                       if version == TETONS else ("POST", "/provisioning_tokens")))
        self.assertEqual(token["expires_at"], "2026-03-02T08:05:00Z")
        # What the robot does with the token.
        self.control("PATCH", f"devices/{device['id']}", {"status": "online"})
        self.assertEqual(call("POST", f"/devices/{device['id']}/ping",
                              {"timeout_nanos": 1_000_000_000})["code"], "success")

        instance = call("POST", "/config_instances", {
            "config_schema_id": schema["id"], "content": {"format": "json", "data": CONTENT}})
        self.assertEqual(instance["filepath"], "/srv/miru/configs/motion.json")
        answer = self.server.get(f"/beta/config_instances/{instance['id']}/content",
                                 version=version)
        self.assertEqual(answer.text, CONTENT)
        self.refused("POST", "/config_instances",
                     {"config_schema_id": schema["id"],
                      "content": {"format": "json", "data": '{"speed": -1}'}},
                     400, "config_instance_invalid", "speed", version=version)

        deployment = call("POST", "/deployments?expand=device,release.config_schemas,"
                          "config_instances.content", {
                              "target_status": "staged", "description": "the first",
                              "device_id": device["id"], "release_id": release["id"],
                              "config_instance_ids": [instance["id"]]})
        self.assertEqual(deployment["status"], "staged")
        self.assertEqual(deployment["config_instances"][0]["content"]["data"], CONTENT)
        id = deployment["id"]
        self.assertEqual(call("POST", f"/deployments/{id}/deploy")["status"], "queued")
        self.assertEqual(call("GET", f"/deployments/{id}")["status"], "deployed")
        found = call("GET", f"/deployments?device_id={device['id']}&activity_status=deployed")
        self.assertEqual([d["id"] for d in found["data"]], [id])
        if version != TETONS:
            device = call("GET", f"/devices/{device['id']}?expand=current_deployment,"
                          "current_release")
            self.assertEqual(device["current_deployment"]["id"], id)
            self.assertEqual(device["current_release"]["version"], "v1.0.0")

        # What was made in one version is there in every other, and in an export, which loads.
        for other in VERSIONS:
            for path in (f"/deployments/{id}", f"/releases/{release['id']}",
                         f"/config_schemas/{schema['id']}", f"/config_instances/{instance['id']}",
                         f"/config_types/{kind['id']}", f"/git_commits/{commit['id']}"):
                self.assertEqual(self.call("GET", path, version=other)["id"], path.split("/")[-1])
        before = self.server.everything()
        self.assertEqual(before["config_schemas"][0]["git_commits"], [
            {"git_commit_id": commit["id"], "schema_filepaths": ["schemas/motion.json"]}])
        self.start(*self.options, world=before)
        self.assertEqual(self.server.everything(), before)


for name in VERSIONS:
    def test(self, version=name):
        self.live(version)
    setattr(Life, f"test_{name.split('.')[1]}", test)


class Groups(world.TestCase):
    """What only everglades has."""

    def test_groups(self):
        top = self.call("POST", "/groups", {"name": "site"})
        line = self.call("POST", "/groups?expand=parent", {"name": "line", "parent_id": top["id"]})
        self.assertEqual(line["parent"], top)
        self.call("PATCH", f"/groups/{line['id']}", {"name": "line 3"})
        moved = self.call("POST", f"/groups/{line['id']}/move", {"parent_id": None})
        self.assertEqual((moved["name"], moved["parent_id"]), ("line 3", None))
        self.assertEqual(self.call("GET", f"/groups?parent_id={top['id']}")["data"], [])
        self.assertEqual({EVERGLADES}, {v for v in VERSIONS if self.server.call(
            "GET", f"/groups/{top['id']}", version=v).status == 200})


if __name__ == "__main__":
    harness.main()
