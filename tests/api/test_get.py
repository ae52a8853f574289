# SPDX-License-Identifier: MIT
"""What GET answers: the documentation's objects, in each version, with each expansion."""

import harness
import objects
from harness import EVERGLADES, RAINIER, TETONS, VERSIONS
from objects import expanded, in_version


class Documented(harness.TestCase):
    """Field for field, and in the documented order, which dict equality would not see."""

    def check(self, target, document, versions=VERSIONS):
        for version in versions:
            with self.subTest(target=target, version=version):
                answer = self.server.get(target, version=version)
                self.assertEqual(answer.status, 200, answer.text)
                want = in_version(document, version)
                self.assertEqual(answer.json, want)
                self.assertEqual(self.names(answer.json), self.names(want))

    def names(self, document):
        if isinstance(document, list):
            return [self.names(item) for item in document]
        if not isinstance(document, dict):
            return None
        return [(name, self.names(value)) for name, value in document.items()]

    def test_deployment(self):
        self.check("/beta/deployments/dpl_123", objects.DEPLOYMENT)

    def test_deployment_device(self):
        self.check("/beta/deployments/dpl_123?expand=device",
                   expanded(objects.DEPLOYMENT, device=objects.DEVICE))

    def test_deployment_release(self):
        self.check("/beta/deployments/dpl_123?expand=release",
                   expanded(objects.DEPLOYMENT, release=objects.RELEASE))

    def test_deployment_config_instances(self):
        self.check("/beta/deployments/dpl_123?expand=config_instances",
                   expanded(objects.DEPLOYMENT, config_instances=objects.CONFIG_INSTANCES))

    def test_deployment_parent(self):
        self.check("/beta/deployments/dpl_123?expand=parent",
                   expanded(objects.DEPLOYMENT, parent=None), [EVERGLADES])

    def test_deployment_all(self):
        self.check("/beta/deployments/dpl_123?expand=config_instances,release,device",
                   expanded(objects.DEPLOYMENT, device=objects.DEVICE, release=objects.RELEASE,
                            config_instances=objects.CONFIG_INSTANCES))

    def test_release_config_schemas(self):
        self.check("/beta/deployments/dpl_123?expand=release.config_schemas",
                   expanded(objects.DEPLOYMENT,
                            release=expanded(objects.RELEASE,
                                             config_schemas=objects.CONFIG_SCHEMAS)))

    def test_three_levels(self):
        target = ("/beta/deployments/dpl_123?expand=release.config_schemas.documents,"
                  "release.config_schemas.config_type")
        for version in VERSIONS:
            with self.subTest(version=version):
                answer = self.server.get(target, version=version)
                self.assertEqual(answer.status, 200)
                schemas = answer.json["release"]["config_schemas"]
                self.assertEqual(schemas[0],
                                 in_version(expanded(objects.CONFIG_SCHEMAS[0],
                                                     documents=objects.DOCUMENTS,
                                                     config_type=objects.CONFIG_TYPE), version))
                self.assertEqual(schemas[1]["config_type"]["name"], "Localization")
                self.assertEqual(len(schemas[1]["documents"]), 1)

    def test_instance_expansions(self):
        target = ("/beta/deployments/dpl_123?expand=config_instances.content,"
                  "config_instances.config_schema.documents,config_instances.config_type")
        for version in VERSIONS:
            with self.subTest(version=version):
                instances = self.server.get(target, version=version).json["config_instances"]
                schema = expanded(objects.CONFIG_SCHEMAS[0], documents=objects.DOCUMENTS)
                self.assertEqual(instances[0],
                                 in_version(expanded(objects.CONFIG_INSTANCES[0],
                                                     config_schema=schema,
                                                     config_type=objects.CONFIG_TYPE,
                                                     content=objects.CONTENT), version))
                self.assertEqual([i["id"] for i in instances], ["cfg_inst_123", "cfg_inst_124"])

    def test_other_resources(self):
        for path, document in (
                ("devices/dvc_123", objects.DEVICE),
                ("releases/rls_123", objects.RELEASE),
                ("config_instances/cfg_inst_123", objects.CONFIG_INSTANCES[0]),
                ("config_schemas/cfg_sch_124", objects.CONFIG_SCHEMAS[1]),
                ("config_types/cfg_typ_123", objects.CONFIG_TYPE),
                ("git_commits/git_commit_123", objects.GIT_COMMIT)):
            self.check("/beta/" + path, document)
        self.check("/beta/groups/grp_123", objects.GROUP, [EVERGLADES])
        self.check("/beta/devices/dvc_123?expand=group",
                   expanded(objects.DEVICE, group=objects.GROUP), [EVERGLADES])


class Expansions(harness.TestCase):
    """Nesting of four levels, nulls, lists, and the demo's other deployments."""

    def get(self, target, version=EVERGLADES):
        answer = self.server.get("/beta/" + target, version=version)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json

    def test_four_levels_rainier(self):
        found = self.get("deployments/dpl_deployed?expand="
                         "device.current_deployment.release.config_schemas", RAINIER)
        schemas = found["device"]["current_deployment"]["release"]["config_schemas"]
        self.assertEqual([s["id"] for s in schemas],
                         ["cfg_sch_motion_2", "cfg_sch_loc_2", "cfg_sch_gripper"])
        self.assertEqual(schemas[2]["instance_filepath"], "/srv/miru/configs/v1/gripper.yaml")
        self.assertNotIn("instance_slots", schemas[2])

    def test_four_levels_everglades(self):
        found = self.get("deployments/dpl_staged?expand=parent.parent.parent.device,"
                         "device.group.parent.parent")
        self.assertEqual(found["parent"]["id"], "dpl_deployed")
        self.assertEqual(found["parent"]["parent"]["id"], "dpl_removing")
        self.assertEqual(found["parent"]["parent"]["parent"]["id"], "dpl_archived")
        self.assertEqual(found["parent"]["parent"]["parent"]["device"]["name"], "picker-01")
        self.assertNotIn("device", found["parent"])
        self.assertEqual(found["device"]["group"]["parent"]["name"], "warehouse")
        self.assertIsNone(found["device"]["group"]["parent"]["parent"])

    def test_current(self):
        found = self.get("devices/dvc_online?expand=current_deployment,current_release", RAINIER)
        self.assertEqual(found["current_deployment"]["id"], "dpl_deployed")
        self.assertEqual(found["current_release"]["version"], "v1.2.0")
        found = self.get("devices/dvc_offline?expand=current_deployment")
        self.assertEqual(found["current_deployment"]["status"], "queued")
        # What it is meant to run, not what it still runs.
        found = self.get("devices/dvc_offline?expand=current_release")
        self.assertEqual(found["current_release"]["version"], "v1.2.0")

    def test_absent_is_null(self):
        found = self.get("devices/dvc_inactive?expand=current_deployment,current_release,group")
        self.assertIsNone(found["current_deployment"])
        self.assertIsNone(found["current_release"])
        self.assertIsNone(found["group"])
        self.assertNotIn("current_release",
                         self.get("devices/dvc_inactive?expand=current_deployment"))

    def test_not_expanded_is_omitted(self):
        for version in VERSIONS:
            found = self.get("deployments/dpl_deployed", version)
            self.assertFalse({"device", "release", "parent", "config_instances"} & set(found))

    def test_order_of_lists(self):
        found = self.get("deployments/dpl_removing?expand=config_instances")
        self.assertEqual([i["id"] for i in found["config_instances"]],
                         ["cfg_inst_motion_1", "cfg_inst_loc_1", "cfg_inst_loc_1b"])

    def test_one_row_in_two_places(self):
        """The same schema under two instances, each with what is expanded in it."""
        found = self.get("deployments/dpl_removing?expand=config_instances.config_schema.documents,"
                         "config_instances.config_schema.config_type")
        schemas = [i["config_schema"] for i in found["config_instances"]]
        self.assertEqual(schemas[1]["id"], "cfg_sch_loc_2")
        self.assertEqual(schemas[1], schemas[2])
        self.assertEqual(schemas[1]["config_type"]["id"], "cfg_typ_124")
        self.assertEqual(len(schemas[2]["documents"]), 1)

    def test_optional_slot_description(self):
        slots = self.get("config_schemas/cfg_sch_gripper")["instance_slots"]
        self.assertTrue(slots[0]["description"].startswith("Read by the gripper"))
        slots = self.get("config_schemas/cfg_sch_loc_2")["instance_slots"]
        self.assertEqual(slots, objects.TWO_SLOTS)

    def test_encodings(self):
        """Every way to write two names gives the same bytes."""
        want = self.server.get("/beta/deployments/dpl_123?expand=device,release").text
        self.assertIn('"device":{', want)
        self.assertIn('"release":{', want)
        for query in ("expand=release,device", "expand=device%2Crelease",
                      "expand=device&expand=release", "expand[]=device&expand[]=release",
                      "expand[0]=device&expand[1]=release", "expand%5B0%5D=device,release",
                      "expand%5B%5D=device&expand%5b%5d=release", "expand=device&expand[]=release",
                      "%65xpand=%64evice,release", "expand=device,release,device",
                      "expand=device,release&unknown=1", "x=y&expand=device,release&expand="):
            with self.subTest(query=query):
                self.assertEqual(self.server.get("/beta/deployments/dpl_123?" + query).text, want)


class Statuses(harness.TestCase):
    """The demo has a deployment in every status and a device in every status, under its name."""

    def test_deployments(self):
        for status in ("drifted", "staged", "queued", "deployed", "removing", "archived", "failed",
                       "retrying"):
            for version in VERSIONS:
                with self.subTest(status=status, version=version):
                    found = self.server.get(f"/beta/deployments/dpl_{status}",
                                            version=version).json
                    shown = "deployed" if (status, version) == ("removing", TETONS) else status
                    self.assertEqual(found["status"], shown)
                    error = found["error_status"]
                    self.assertEqual(found["status"],
                                     found["activity_status"] if error == "none" else error)

    def test_times(self):
        """Of each of the demo's deployments, those that its activity says."""
        reached = {"queued": ["queued_at"], "deployed": ["queued_at", "deployed_at"],
                   "removing": ["queued_at", "deployed_at"], "archived": ["archived_at"]}
        for status in ("drifted", "staged", "queued", "deployed", "removing", "archived", "failed",
                       "retrying"):
            found = self.server.get(f"/beta/deployments/dpl_{status}", version=EVERGLADES).json
            for name in reached.get(found["activity_status"], []):
                self.assertIsNotNone(found[name], (status, name))

    def test_devices(self):
        for status in ("inactive", "activating", "online", "offline", "archived"):
            for version in VERSIONS:
                with self.subTest(status=status, version=version):
                    found = self.server.get(f"/beta/devices/dvc_{status}", version=version).json
                    old = status == "archived" and version != EVERGLADES
                    self.assertEqual(found["status"], "inactive" if old else status)

    def test_formats_beyond_a_version(self):
        """A format that the version's enumeration lacks is shown as it is."""
        found = self.server.get("/beta/deployments/dpl_deployed?expand=config_instances.content")
        self.assertEqual([i["content"]["format"] for i in found.json["config_instances"]],
                         ["json", "json", "yaml"])


class Presentation(harness.TestCase):
    """Compact for programs, indented for people; the same JSON."""

    def test_compact_and_indented(self):
        target = "/beta/deployments/dpl_123?expand=release.config_schemas"
        compact = self.server.get(target, User_Agent="Miru/Python 0.10.0")
        self.assertNotIn("\n", compact.text)
        self.assertNotIn('": ', compact.text)
        for agent in ("curl/7.88.1", "Mozilla/5.0 (X11; Linux x86_64)"):
            people = self.server.get(target, User_Agent=agent)
            self.assertIn('\n  "id": "dpl_123",\n', people.text)
            self.assertTrue(people.text.endswith("}\n"))
            self.assertEqual(people.json, compact.json)
        self.assertIn('\n  "error": {\n',
                      self.server.get("/nowhere", User_Agent="curl/8").text)

    def test_headers(self):
        answer = self.server.get("/beta/deployments/dpl_123")
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(answer.headers["Miru-Mock-Version"],
                         harness.os.environ["MIRU_MOCK_VERSION"])
        self.assertEqual(int(answer.headers["Content-Length"]), len(answer.text))

    def test_prefixes(self):
        want = self.server.get("/beta/deployments/dpl_123").text
        for prefix in ("", "/v1", "http://api.mirurobotics.com/beta"):
            self.assertEqual(self.server.get(prefix + "/deployments/dpl_123").text, want)

    def test_head(self):
        want = self.server.get("/beta/deployments/dpl_123?expand=device")
        head = self.server.get("/beta/deployments/dpl_123?expand=device", method="HEAD")
        self.assertEqual((head.status, head.text), (200, ""))
        for name in ("Content-Length", "Content-Type", "Miru-Mock-Version"):
            self.assertEqual(head.headers[name], want.headers[name])
        self.assertEqual(self.server.get("/beta/deployments/no", method="HEAD").status, 404)

    def test_control(self):
        for name, status in (("health", "ok"), ("ready", "ready")):
            answer = self.server.request("GET", "/_mock/" + name)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.json, {"status": status,
                                           "version": harness.os.environ["MIRU_MOCK_VERSION"]})


if __name__ == "__main__":
    harness.main()
