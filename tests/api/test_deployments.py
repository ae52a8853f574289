# SPDX-License-Identifier: MIT
"""Creating, deploying and archiving: the checks of the behaviour's section 11.2 in their order, and
the rows of 11.4 that the API makes. Refused means that nothing has changed, which world.py looks at."""

import harness
import world
from harness import EVERGLADES, RAINIER, TETONS, VERSIONS
from world import INSTANCES, body

POST = ("POST", "/deployments")


class Create(world.TestCase):
    """Rows 1 and 2, and what is answered."""

    def test_staged(self):
        found = self.call(*POST, body(release="rls_1", instances=INSTANCES, description="why"))
        id = found["id"]
        self.assertRegex(id, r"^dpl_[1-9A-HJ-NP-Za-km-z]{33}$")
        times = found["created_at"]
        self.assertEqual(found, {
            "object": "deployment", "id": id, "description": "why", "status": "staged",
            "activity_status": "staged", "error_status": "none", "target_status": "staged",
            "device_id": "dvc_on", "release_id": "rls_1", "parent_id": None, "created_at": times,
            "updated_at": times, "queued_at": None, "deployed_at": None, "archived_at": None})
        self.assertEqual(self.get(id), found)
        self.assertEqual(self.call("GET", "/deployments")["data"], [found])

    def test_deployed(self):
        found = self.call(*POST, body("deployed", release="rls_1", instances=INSTANCES))
        self.assertEqual((found["status"], found["target_status"], found["activity_status"]),
                         ("queued", "deployed", "queued"))
        self.assertEqual(found["queued_at"], found["created_at"])
        self.assertIsNone(found["deployed_at"])
        self.assertEqual(self.state(found["id"]), "deployed/deployed/none")

    def test_versions(self):
        """Each answers in its own shape, and what one makes every other reads."""
        for version in VERSIONS:
            found = self.call(*POST, body(), version=version)
            self.assertEqual("parent_id" in found, version == EVERGLADES)
            for other in VERSIONS:
                self.assertEqual(self.get(found["id"], other)["id"], found["id"])

    def test_expanded(self):
        expand = "?expand=device,release.config_schemas,config_instances.content,parent"
        found = self.call("POST", "/deployments" + expand,
                          body(release="rls_1", instances=INSTANCES))
        self.assertEqual([i["id"] for i in found["config_instances"]], INSTANCES)
        self.assertEqual(found["device"]["name"], "on")
        self.assertEqual(len(found["release"]["config_schemas"]), 2)
        self.assertIsNone(found["parent"])
        self.assertEqual(found, self.call("GET", f"/deployments/{found['id']}" + expand))

    def test_order_of_instances(self):
        """Is as it was given, and an optional slot may be filled or not."""
        for instances in (["cfg_inst_l1", "cfg_inst_m1"], ["cfg_inst_m1", "cfg_inst_l1"],
                          ["cfg_inst_l2", "cfg_inst_m1", "cfg_inst_l1"]):
            found = self.call("POST", "/deployments?expand=config_instances",
                              body(release="rls_1", instances=instances))
            self.assertEqual([i["id"] for i in found["config_instances"]], instances)

    def test_without_content_type(self):
        """As the provisioning script of the agent sends it."""
        answer = self.server.request("POST", "/v1/deployments", {
            "X-API-Key": harness.ADMIN, "Miru-Version": TETONS,
            "Content-Type": "application/x-www-form-urlencoded"}, harness.encoded(body()))
        self.assertEqual(answer.status, 200, answer.text)

    def test_unknown_fields_are_passed_over(self):
        self.create(colour="red", new_config_instances=[])

    def test_empty_description(self):
        self.call(*POST, {**body(), "description": ""})
        self.call(*POST, {**body(), "description": "é" * 512})


class CreateRefused(world.TestCase):
    """The checks of 11.2, each alone and then in their order."""

    def refuse(self, given, *how, **more):
        self.refused(*POST, given, *how, **more)

    def test_1_body(self):
        for given, field, *words in (
                ({**body(), "target_status": "archived"}, "target_status",
                 'expected one of staged, deployed, found "archived"'),
                ({**body(), "target_status": None}, "target_status", "found null"),
                ({**body(), "description": 7}, "description", "found 7"),
                ({**body(), "description": "x" * 513}, "description", "at most 512"),
                ({**body(), "release_id": ["rls_0"]}, "release_id", "the id of a release"),
                ({**body(), "config_instance_ids": "x"}, "config_instance_ids", "a list of ids"),
                ({**body(), "config_instance_ids": [1]}, "config_instance_ids[0]",
                 "config_instance_ids[0]: expected an id, found 1"),
                ({**body(), "parent_id": 5}, "parent_id", "the id of a deployment, or null")):
            self.refuse(given, 400, "invalid_request", *words, params={"field": field})
        for field in body():
            given = {k: v for k, v in body().items() if k != field}
            for more in ({}, {field.upper(): body()[field]}):
                self.refuse({**given, **more}, 400, "invalid_request", f"{field} is required",
                            params={"field": field})
        for given, *words in ((b"", "the body is empty", "target_status, description"),
                              (b"[]", "not a JSON object"), (b"{", "line 1, column 2"),
                              (b'{"a":1,"a":2}', "already used"), (b"{} {}", "the end"),
                              (b"\xff", "line 1, column 1"), (b'"' + b"[" * 100, "line 1")):
            self.refuse(given, 400, "invalid_request", *words, params={})

    def test_1_scopes(self):
        """write and the scope of what is asked for, both; manage is all of them."""
        for target, right in (("staged", "stage"), ("deployed", "deploy")):
            other = {"stage": "deploy", "deploy": "stage"}[right]
            for key, missing in (("may_read", "write"), (f"may_{right}", "write"),
                                 ("may_write", right), (f"may_write_{other}", right)):
                self.refuse(body(target), 403, "forbidden", f"deployments:{missing}",
                            params={"scope": f"deployments:{missing}"}, key=key)
            self.assertEqual(self.server.call(*POST, body(target), key=f"may_write_{right}").status,
                             200)

    def test_2_unknown(self):
        for field, type, id in (("device_id", "device", "dvc_no"), ("release_id", "release", "x"),
                                ("device_id", "device", ""), ("release_id", "release", "a b"),
                                ("device_id", "device", "rls_0")):
            self.refuse({**body(), field: id}, 404, "resource_not_found", f"'{id}' not found",
                        params={"resource_type": type, "resource_id": id, "field": field})

    def test_2_release_archived(self):
        for target in ("staged", "deployed"):
            self.refuse(body(target, release="rls_old"), 400, "deployment_release_archived",
                        "cannot create deployment: release 'rls_old' is archived",
                        params={"release_id": "rls_old"})

    def test_2_device(self):
        for device, target in (("dvc_gone", "staged"), ("dvc_gone", "deployed"),
                               ("dvc_new", "deployed"), ("dvc_act", "deployed")):
            can = "staged or deployed" if device == "dvc_gone" else "deployed"
            self.refuse(body(target, device), 400, "device_is_inactive", f"'{device}'",
                        f": nothing can be {can} to it", params={"device_id": device})
        for device in ("dvc_new", "dvc_act", "dvc_off"):
            self.create("staged", device)
        self.assertEqual(self.state(self.create("deployed", "dvc_off")), "deployed/queued/none")

    def test_3_unknown_instance(self):
        for instances, missing in ((["nope"], "nope"), ([*INSTANCES, "a'b"], "a'b"),
                                   (["nope", "nope"], "nope"), ([""], ""),
                                   (["nope_1", "nope_2"], "nope_1"),
                                   (["nope_2", "nope_1"], "nope_2")):
            self.refuse(body(release="rls_1", instances=instances), 404, "resource_not_found",
                        f"config_instance '{missing}' not found",
                        params={"resource_type": "config_instance", "resource_id": missing,
                                "field": "config_instance_ids"})

    def test_3_instances(self):
        code, params = "invalid_deployment_config_instances", {"field": "config_instance_ids"}
        for instances, *words in (
                (["cfg_inst_m1", "cfg_inst_l1", "cfg_inst_m1"], "'cfg_inst_m1' twice"),
                (["cfg_inst_m1", "cfg_inst_l1", "cfg_inst_m2"], "'cfg_inst_m2'", "'cfg_sch_m2'",
                 "not one of the release's"),
                (["cfg_inst_m1", "cfg_inst_l1", "cfg_inst_m1b"], "several", "'default'",
                 "'cfg_sch_m'"),
                (["cfg_inst_m1"], "required slot 'primary'", "'cfg_sch_l'"),
                (["cfg_inst_m1", "cfg_inst_l2"], "required slot 'primary'"),
                (["cfg_inst_l1"], "required slot 'default'", "'cfg_sch_m'"),
                ([], "required slot 'default'")):
            for version in VERSIONS:
                self.refuse(body(release="rls_1", instances=instances), 400, code, *words,
                            params=params, version=version)
        self.refuse(body(release="rls_0", instances=["cfg_inst_m1"]), 400, code, "'cfg_sch_m'")
        # Of several offences of one kind, the first.
        for release, instances, *words in (
                ("rls_1", ["cfg_inst_m1", "cfg_inst_l1", "cfg_inst_l1", "cfg_inst_m1"],
                 "names 'cfg_inst_m1' twice"),
                ("rls_0", ["cfg_inst_m1", "cfg_inst_l1"], "'cfg_inst_m1' is an instance"),
                ("rls_0", ["cfg_inst_l1", "cfg_inst_m1"], "'cfg_inst_l1' is an instance")):
            self.refuse(body(release=release, instances=instances), 400, code, *words)

    def test_3_slots_of_two_schemas(self):
        """Slots of the same key are different ones, and are looked at in the release's order."""
        code = "invalid_deployment_config_instances"
        slots = [{"key": key, "filepath": f"/n/{key}.json"} for key in ("default", "b", "a")]
        more = {
            "config_types": [{"id": "cfg_typ_n", "name": "n", "slug": "n"}],
            "config_schemas": [{"id": "cfg_sch_n", "digest": "n", "config_type_id": "cfg_typ_n",
                                "instance_slots": slots}],
            "config_instances": [
                *({"id": f"cfg_inst_n_{slot['key']}", "config_schema_id": "cfg_sch_n",
                   "slot_key": slot["key"]} for slot in slots),
                {"id": "cfg_inst_l1b", "config_schema_id": "cfg_sch_l", "slot_key": "primary"}],
            "releases": [{"id": "rls_n", "version": "v9",
                          "config_schema_ids": ["cfg_sch_n", "cfg_sch_m"]}],
        }
        self.start(world={array: [*rows, *more.get(array, [])] for array, rows in
                          world.WORLD.items()})
        every = ["cfg_inst_m1", *(f"cfg_inst_n_{slot['key']}" for slot in slots)]
        self.create(release="rls_n", instances=every)
        for without, *words in (("cfg_inst_n_default", "'default' of the schema 'cfg_sch_n'"),
                                ("cfg_inst_m1", "'default' of the schema 'cfg_sch_m'")):
            self.refuse(body(release="rls_n", instances=[i for i in every if i != without]), 400,
                        code, *words)
        self.refuse(body(release="rls_n", instances=[]), 400, code, "required slot 'default'")
        self.refuse(body(release="rls_n", instances=["cfg_inst_n_default"]), 400, code,
                    "required slot 'b'")
        self.refuse(body(release="rls_1", instances=["cfg_inst_l1", "cfg_inst_m1", "cfg_inst_m1b",
                                                     "cfg_inst_l1b"]), 400, code,
                    "several are for the slot 'primary'")

    def test_4_parent(self):
        """null and a value are held against the device's current deployment, in everglades."""
        def refuse(parent, current, version=EVERGLADES):
            self.refuse(body(parent_id=parent), 409, "deployment_parent_mismatch",
                        params={"parent_id": parent, "current_deployment_id": current},
                        version=version)

        refuse("dpl_no", None)
        first = self.create("deployed", parent_id=None)
        refuse(None, first)
        refuse("dpl_no", first)
        refuse("", first)
        staged = self.create(parent_id=first)
        self.assertEqual(self.get(staged)["parent_id"], first)
        refuse(staged, first)
        for version in (TETONS, RAINIER):
            refuse("dpl_no", first, version)
            refuse(staged, first, version)
        # Left out, and null before everglades: the current one, whatever it is.
        for version, more in ((TETONS, {}), (TETONS, {"parent_id": None}),
                              (RAINIER, {"parent_id": None}), (RAINIER, {"parent_id": first}),
                              (EVERGLADES, {})):
            id = self.create(version=version, **more)
            self.assertEqual(self.get(id)["parent_id"], first)
        second = self.create("deployed")
        self.assertEqual(self.get(second)["parent_id"], first)
        self.assertEqual(self.get(self.create())["parent_id"], second)
        # Another device's is none of this one's.
        self.assertIsNone(self.get(self.create(device="dvc_on2"))["parent_id"])
        refuse(self.create(device="dvc_on2"), second)

    def test_4_lenient_parent(self):
        self.start("--lenient-parent")
        current = self.create("deployed")
        staged = self.create()
        for version in (TETONS, RAINIER):
            id = self.create(version=version, parent_id=staged)
            self.assertEqual(self.get(id)["parent_id"], staged)
            self.assertEqual(self.state(staged), "archived/archived/none")
            self.refuse(body(parent_id=staged), 409, "deployment_parent_mismatch",
                        version=version)
            staged = id
        self.refuse(body(parent_id=staged), 409, "deployment_parent_mismatch")
        new = self.create("deployed")
        self.assertEqual(self.state(staged), "staged/drifted/none")
        self.assertEqual(self.get(self.create(version=TETONS, parent_id=staged))["parent_id"],
                         staged)
        other = self.create(device="dvc_on2")
        self.control("PUT", "transitions", {"progression": "manual"})
        current, new = new, self.create("deployed")
        self.assertEqual(self.state(current), "archived/deployed/none")
        for id in (other, current, "dpl_no"):
            self.refuse(body(parent_id=id), 409, "deployment_parent_mismatch", f"'{new}'",
                        version=TETONS)

    def test_5_strict_release_rule(self):
        self.start("--strict-release-rule")
        # A device without a current release takes both.
        self.create(device="dvc_off", release="rls_0")
        self.create("deployed", release="rls_0")
        code, params = "invalid_deployment_release", {"current_release_id": "rls_0"}
        self.refuse(body("staged", release="rls_0"), 400, code, "only for another release",
                    params=params)
        self.refuse(body("deployed", release="rls_1", instances=INSTANCES), 400, code,
                    "only for its device's current release, 'rls_0'", params=params)
        staged = self.create(release="rls_1", instances=INSTANCES)
        self.create("deployed", release="rls_0")
        # Deploying what was staged is how a device gets another release.
        self.control("POST", f"deployments/{staged}/restage")
        self.call("POST", f"/deployments/{staged}/deploy")
        self.refuse(body("staged", release="rls_1", instances=INSTANCES), 400, code,
                    params={"current_release_id": "rls_1"})

    def test_5_by_default(self):
        self.create("deployed", release="rls_0")
        self.create("staged", release="rls_0")
        self.create("deployed", release="rls_1", instances=INSTANCES)

    def test_query_before_body(self):
        self.refused("POST", "/deployments?expand=nope", {}, 400, "invalid_request", "'nope'",
                     params={"field": "expand"})

    def test_order(self):
        """Of several reasons, the first of 11.2 is given."""
        self.create("deployed", "dvc_on")
        self.start("--strict-release-rule")
        self.create("deployed", "dvc_on")
        steps = [  # each mends what the one before was refused for
            ({"target_status": 5}, 400, "invalid_request"),
            ({"target_status": "deployed"}, 403, "forbidden"),
            ({}, 404, "resource_not_found"),  # of the device
            ({"device_id": "dvc_gone"}, 404, "resource_not_found"),  # of the release
            ({"release_id": "rls_old"}, 400, "deployment_release_archived"),
            ({"release_id": "rls_1"}, 400, "device_is_inactive"),
            ({"device_id": "dvc_on"}, 404, "resource_not_found"),  # of the instance
            ({"config_instance_ids": []}, 400, "invalid_deployment_config_instances"),
            ({"config_instance_ids": INSTANCES}, 409, "deployment_parent_mismatch"),
            ({"parent_id": None}, 409, "deployment_parent_mismatch"),
        ]
        given = {**body(device="no", release="no", instances=["no"]), "parent_id": "no"}
        for i, (mended, status, code) in enumerate(steps):
            given.update(mended)
            self.refuse(given, status, code, key="may_write_stage" if i < 2 else harness.ADMIN)
        del given["parent_id"]
        self.refuse(given, 400, "invalid_deployment_release")
        given.update(release_id="rls_0", config_instance_ids=[])
        self.call(*POST, given)


class Moves(world.TestCase):
    """Rows 1 to 6 and 13 to 16 of 11.4: what each call does to the device's other deployments."""

    options = ("--log", "off", "--transitions", "manual")

    def deploy(self, id):
        return self.call("POST", f"/deployments/{id}/deploy")

    def test_1_staged_replaces_staged(self):
        first, other = self.create(), self.create(device="dvc_on2")
        second = self.create()
        self.assertEqual(self.states(first, second, other),
                         ["archived/archived/none", "staged/staged/none", "staged/staged/none"])
        found = self.get(first)
        self.assertEqual(found["archived_at"], found["updated_at"])
        self.assertIsNotNone(found["archived_at"])

    def test_1_staged_replaces_drifted(self):
        drifted = self.create()
        self.create("deployed")
        self.assertEqual(self.state(drifted), "staged/drifted/none")
        self.create()
        self.assertEqual(self.state(drifted), "archived/archived/none")

    def test_1_staged_leaves_the_current_alone(self):
        current = self.create("deployed")
        before = self.get(current)
        self.create()
        self.assertEqual(self.get(current), before)

    def test_2_after_what_cannot_be(self):
        """A device whose current deployment is archived on it gets another all the same."""
        self.start(*self.options, world={**world.WORLD, "deployments": [
            {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_0",
             "target_status": "deployed", "activity_status": "archived"}]})
        new = self.create("deployed")
        self.assertEqual(self.states("dpl_a", new),
                         ["archived/archived/none", "deployed/queued/none"])

    def test_times_of_a_change(self):
        """All that one call does has one time, after that of every call before."""
        self.start("--clock", "2026-01-01T00:00:00Z", "--transitions", "manual")
        first, staged, other = (self.create("deployed"), self.create(),
                                self.create(device="dvc_on2"))
        self.call("POST", f"/deployments/{other}/deploy")
        new = self.create("deployed")
        found = {d["id"]: d for d in self.server.everything()["deployments"]}
        times = [found[first]["created_at"], found[staged]["created_at"],
                 found[other]["created_at"], found[other]["queued_at"], found[new]["created_at"]]
        self.assertEqual(times, sorted(set(times)))
        for id, field in ((new, "updated_at"), (new, "queued_at"), (staged, "updated_at"),
                          (first, "updated_at")):
            self.assertEqual(found[id][field], found[new]["created_at"])
        self.assertEqual(found[other]["updated_at"], found[other]["queued_at"])

    def test_2_3_deploy(self):
        staged = self.create()
        found = self.deploy(staged)
        self.assertEqual(found["status"], "queued")
        self.assertEqual(self.state(staged), "deployed/queued/none")
        self.assertEqual(found["queued_at"], found["updated_at"])
        self.assertIsNone(found["deployed_at"])
        device = self.call("GET", "/devices/dvc_on?expand=current_deployment,current_release")
        self.assertEqual(device["current_deployment"]["id"], staged)
        self.assertEqual(device["current_release"]["id"], "rls_0")
        self.assertEqual(
            [d["id"] for d in
             self.call("GET", "/devices?current_release_id=rls_0")["data"]], ["dvc_on"])

    def test_3_answers_in_full(self):
        for version in VERSIONS:
            for verb in ("deploy", "archive"):
                found = self.call("POST", f"/deployments/{self.create()}/{verb}?expand=device",
                                  version=version)
                self.assertEqual(found["device"]["id"], "dvc_on")
                self.assertEqual("queued_at" in found, version == EVERGLADES)

    def test_3_no_body(self):
        """None is needed, and whatever is sent is not looked at."""
        for sent in (None, b"", b"{}", b"nonsense"):
            self.call("POST", f"/deployments/{self.create()}/deploy", sent)
            self.call("POST", f"/deployments/{self.create()}/archive", sent)

    def test_4_drift(self):
        """By a new deployment (row 2) and by one that was staged (row 3, of another device)."""
        staged, other = self.create(), self.create(device="dvc_on2")
        created = self.get(staged)
        self.create("deployed")
        found = self.get(staged)
        self.assertEqual(self.states(staged, other), ["staged/drifted/none", "staged/staged/none"])
        self.assertEqual({k: v for k, v in found.items() if k not in
                          ("status", "activity_status", "updated_at")},
                         {k: v for k, v in created.items() if k not in
                          ("status", "activity_status", "updated_at")})
        # Deploying another once it is drifted changes nothing of it.
        found = self.server.everything()["deployments"]
        self.create("deployed")
        after = {d["id"]: d for d in self.server.everything()["deployments"]}
        self.assertEqual(after[staged], next(d for d in found if d["id"] == staged))

    def test_5_archive(self):
        staged = self.create()
        current = self.create("deployed")
        self.assertEqual(self.state(staged), "staged/drifted/none")
        for make in (lambda: staged, self.create):
            id = make()
            found = self.call("POST", f"/deployments/{id}/archive")
            self.assertEqual(found["status"], "archived")
            self.assertEqual(found["archived_at"], found["updated_at"])
            self.assertEqual(self.state(id), "archived/archived/none")
        self.assertEqual(self.state(current), "deployed/queued/none")

    def test_6_replace(self):
        queued = self.create("deployed")
        second = self.create("deployed")
        self.assertEqual(self.states(queued, second),
                         ["archived/queued/none", "deployed/queued/none"])
        self.report(second, activity_status="deployed")
        third = self.create()
        self.deploy(third)
        self.assertEqual(self.states(second, third),
                         ["archived/deployed/none", "deployed/queued/none"])
        self.assertIsNone(self.get(second)["archived_at"])
        device = self.call("GET", "/devices/dvc_on?expand=current_deployment")
        self.assertEqual(device["current_deployment"]["id"], third)

    def every_state(self):
        """A deployment in each state that can be reached; by its name."""
        made = {}
        for device in self.call("GET", "/devices?status=online")["data"]:
            made["archived/queued/none"] = self.create("deployed", device["id"])
            break
        made["deployed/queued/none"] = self.create("deployed", "dvc_on")
        made["archived/deployed/none"] = self.create("deployed", "dvc_on2")
        self.report(made["archived/deployed/none"], activity_status="deployed")
        made["archived/archived/none"] = self.create("staged", "dvc_on2")
        made["staged/drifted/none"] = self.create("staged", "dvc_on2")
        made["deployed/deployed/none"] = self.create("deployed", "dvc_on2")
        self.report(made["deployed/deployed/none"], activity_status="deployed")
        made["archived/removing/none"] = self.create("deployed", "dvc_off")
        self.report(made["archived/removing/none"], activity_status="deployed")
        second = self.create("deployed", "dvc_off")
        self.report(second, activity_status="deployed")
        self.report(made["archived/removing/none"], activity_status="removing")
        made["deployed/queued/retrying"] = self.create("deployed", "dvc_off")
        self.report(made["deployed/queued/retrying"], error_status="retrying")
        made["archived/archived/failed"] = self.create("staged", "dvc_off")
        self.report(made["archived/archived/failed"], error_status="failed")
        made["staged/staged/none"] = self.create("staged", "dvc_off")
        for state, id in made.items():
            self.assertEqual(self.state(id), state)
        return made

    def test_13_15_deploy_refused(self):
        made = self.every_state()
        for state, id in made.items():
            if state == "staged/staged/none":
                continue
            activity = state.split("/")[1]
            self.refused("POST", f"/deployments/{id}/deploy", None, 400,
                         "deployment_not_deployable", f"is {activity}", "only one that is staged",
                         params={"deployment_id": id, "activity_status": activity})
        self.deploy(made["staged/staged/none"])
        self.refused("POST", f"/deployments/{made['staged/staged/none']}/deploy", None, 400,
                     "deployment_not_deployable")

    def test_16_archive_refused(self):
        made = self.every_state()
        for state, id in made.items():
            if state.startswith("staged/"):
                continue
            activity = state.split("/")[1]
            self.refused("POST", f"/deployments/{id}/archive", None, 400,
                         "deployment_not_archivable", f"is {activity}", "drifted or staged",
                         params={"deployment_id": id, "activity_status": activity})
        # As the version shows it.
        removing = made["archived/removing/none"]
        self.refused("POST", f"/deployments/{removing}/archive", None, 400,
                     "deployment_not_archivable", "is deployed", version=TETONS,
                     params={"deployment_id": removing, "activity_status": "deployed"})
        for id in (made["staged/staged/none"], made["staged/drifted/none"]):
            self.call("POST", f"/deployments/{id}/archive")
            self.refused("POST", f"/deployments/{id}/archive", None, 400,
                         "deployment_not_archivable", "is archived")

    def test_with_an_error(self):
        """Rows 3 and 12: what is retried is not deployed, what has failed is over."""
        id = self.create()
        self.report(id, error_status="retrying")
        self.refused("POST", f"/deployments/{id}/deploy", None, 400, "deployment_not_deployable",
                     "is staged, and retrying")
        self.call("POST", f"/deployments/{id}/archive")
        id = self.create()
        self.report(id, error_status="retrying")
        self.report(id, error_status="none")
        self.call("POST", f"/deployments/{id}/deploy")
        id = self.create()
        self.report(id, error_status="failed")
        for verb, code in (("deploy", "not_deployable"), ("archive", "not_archivable")):
            self.refused("POST", f"/deployments/{id}/{verb}", None, 400, f"deployment_{code}",
                         "archived, and failed")

    def test_unknown(self):
        for verb in ("deploy", "archive"):
            self.refused("POST", f"/deployments/dpl_no/{verb}", None, 404, "resource_not_found",
                         params={"resource_type": "deployment", "resource_id": "dpl_no"})
        self.refused("GET", "/deployments/dpl_no/drifts", None, 404, "resource_not_found")

    def test_scopes(self):
        id = self.create()
        for verb in ("deploy", "archive"):
            for key in ("may_read", "may_write", "may_stage",
                        {"deploy": "may_archive", "archive": "may_deploy"}[verb]):
                self.refused("POST", f"/deployments/{id}/{verb}", None, 403, "forbidden",
                             params={"scope": f"deployments:{verb}"}, key=key)
        self.refused("GET", f"/deployments/{id}/drifts", None, 403, "forbidden", key="may_write")
        self.call("POST", f"/deployments/{id}/archive", key="may_archive")
        self.call("POST", f"/deployments/{self.create()}/deploy", key="may_deploy")
        self.call("GET", f"/deployments/{id}/drifts", key="may_read")

    def test_deploy_guards(self):
        """Row 3: what has happened to the device or the release since it was staged counts."""
        for device, status in (("dvc_on", "archived"), ("dvc_on2", "inactive"),
                               ("dvc_off", "activating")):
            id = self.create(device=device)
            self.control("PATCH", f"devices/{device}", {"status": status})
            self.refused("POST", f"/deployments/{id}/deploy", None, 400, "device_is_inactive",
                         status, params={"device_id": device})
            self.control("PATCH", f"devices/{device}", {"status": "offline"})
            self.deploy(id)
        # A release can be archived only where nothing of it is alive: so by fixtures only.
        self.start(world={**world.WORLD, "deployments": [
            {"id": "dpl_1", "device_id": "dvc_on", "release_id": "rls_old"}]})
        self.refused("POST", "/deployments/dpl_1/deploy", None, 400, "deployment_release_archived",
                     "cannot deploy deployment: release 'rls_old' is archived",
                     params={"release_id": "rls_old"})


class Drifts(world.TestCase):
    def drifts(self, id, query="", **more):
        found = self.call("GET", f"/deployments/{id}/drifts{query}", **more)
        self.assertEqual(list(found), ["object", "limit", "offset", "has_more", "data"])
        self.assertEqual((found["object"], found["offset"], found["has_more"]),
                         ("list", 0, False))
        self.assertEqual(found["limit"], max(10, len(found["data"])))
        return [d["id"] for d in found["data"]]

    def test_none(self):
        staged, deployed = self.create(), self.create("deployed", "dvc_on2")
        self.create("deployed", "dvc_on2")
        self.create("deployed", "dvc_off")
        self.assertEqual(self.drifts(staged), [])
        self.assertEqual(self.drifts(deployed), [])  # replaced, which is no drift

    def test_all_since_it_was_staged(self):
        self.create("deployed")
        staged = self.create()
        since = [self.create("deployed") for _ in range(12)]
        self.create("deployed", "dvc_on2")
        self.assertEqual(self.drifts(staged), since[::-1])
        self.assertEqual(self.drifts(since[0]), [])
        self.call("POST", f"/deployments/{staged}/archive")
        since.append(self.create("deployed"))
        self.assertEqual(self.drifts(staged), since[::-1])

    def test_by_one_that_was_staged(self):
        staged = self.create(device="dvc_off")
        self.call("POST", f"/deployments/{staged}/deploy")
        second = self.create(device="dvc_off")
        third = self.create("deployed", "dvc_off")
        self.assertEqual(self.drifts(second), [third])
        self.assertEqual(self.drifts(staged), [])

    def test_restaged(self):
        """The list is of what came since; and the one that was reviewed can be deployed."""
        staged = self.create()
        self.create("deployed")
        self.control("POST", f"deployments/{staged}/restage")
        self.assertEqual(self.state(staged), "staged/staged/none")
        self.assertEqual(self.drifts(staged), [])
        second = self.create("deployed")
        self.assertEqual(self.drifts(staged), [second])
        self.control("POST", f"deployments/{staged}/restage")
        self.assertEqual(self.call("POST", f"/deployments/{staged}/deploy")["status"], "queued")
        self.assertEqual(self.drifts(staged), [])

    def test_with_a_clock_that_stands(self):
        """The order of what happens within one moment is known all the same."""
        self.start("--clock", "2026-01-01T00:00:00Z")
        self.test_all_since_it_was_staged()
        self.start("--clock", "2026-01-01T00:00:00Z")
        self.test_restaged()

    def test_borders(self):
        """Neither what was deployed at the very moment of staging, nor at that of its own end."""
        def archived(id, queued_at, **more):
            return {"id": id, "device_id": "dvc_on", "release_id": "rls_0",
                    "activity_status": "archived", "queued_at": queued_at, **more}

        first, last = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
        for deployments, want in (
                # One at the beginning and one at the end: it has never drifted.
                ([archived("dpl_1", first), archived("dpl_2", last)], []),
                # One in between: it has, and all since the beginning count.
                ([archived("dpl_1", first), archived("dpl_2", last),
                  archived("dpl_3", "2026-01-01T10:00:00Z")], ["dpl_2", "dpl_3"]),
                # In an order that is always the same.
                ([archived("dpl_b", "2026-01-01T10:00:00Z"),
                  archived("dpl_a", "2026-01-01T10:00:00Z")], ["dpl_a", "dpl_b"])):
            self.start(world={**world.WORLD, "deployments": [
                archived("dpl_s", last, created_at=first), *deployments]})
            self.assertEqual(self.drifts("dpl_s"), want)

    def test_since_it_was_loaded(self):
        """What is loaded without a time is older than what comes."""
        self.start("--clock", "2026-01-01T00:00:00Z", world={**world.WORLD, "deployments": [
            {"id": "dpl_a", "device_id": "dvc_on", "release_id": "rls_0"}]})
        new = self.create("deployed")
        self.assertEqual(self.drifts("dpl_a"), [new])

    def test_with_a_clock_set_back(self):
        """What happens to a device is never dated before what has happened to it."""
        self.start("--clock", "2020-01-01T00:00:00Z")
        other = self.create()
        self.assertEqual(self.get(other)["created_at"], "2020-01-01T00:00:00Z")
        self.control("PUT", "clock", {"mode": "frozen", "now": "2019-01-01T00:00:00Z"})
        first = self.create("deployed")
        self.assertEqual(self.state(other), "staged/drifted/none")
        self.assertEqual(self.drifts(other), [first])
        staged = self.create()
        self.control("PUT", "clock", {"mode": "frozen", "now": "2018-01-01T00:00:00Z"})
        second = self.create("deployed")
        self.assertEqual(self.drifts(staged), [second])
        for id in (first, second):
            found = self.get(id)
            times = [found[f"{x}_at"] for x in ("created", "queued", "deployed", "archived")]
            times = [time for time in times if time]
            self.assertEqual(times, sorted(times))
        self.control("POST", f"deployments/{staged}/restage")
        self.assertEqual(self.drifts(staged), [])
        third = self.create("deployed")
        self.assertEqual(self.drifts(staged), [third])
        self.call("POST", f"/deployments/{staged}/archive")
        # Another device's times are the clock's.
        self.assertEqual(self.get(self.create(device="dvc_on2"))["created_at"],
                         "2018-01-01T00:00:00Z")

    def test_expanded(self):
        staged, deployed = self.create(), self.create("deployed", release="rls_1",
                                                      instances=INSTANCES)
        for version in VERSIONS:
            found = self.call("GET", f"/deployments/{staged}/drifts?expand=device,config_instances",
                              version=version)["data"]
            self.assertEqual(found, [self.call(
                "GET", f"/deployments/{deployed}?expand=device,config_instances",
                version=version)])
        # No pages: what is asked of them is nobody's.
        self.assertEqual(self.drifts(staged, "?limit=x&offset=5"), [deployed])


class Stateless(world.TestCase):
    options = ("--log", "off", "--stateless")

    def test_answered_in_full_and_undone(self):
        before = self.server.everything()
        found = self.call("POST", "/deployments?expand=device", body("deployed"))
        self.assertEqual((found["status"], found["device"]["id"]), ("queued", "dvc_on"))
        self.assertEqual(self.server.call("GET", f"/deployments/{found['id']}").status, 404)
        self.assertEqual(self.control("PATCH", "devices/dvc_off", {"status": "online"})["status"],
                         "online")
        self.assertEqual(self.call("GET", "/devices/dvc_off")["status"], "offline")
        self.assertEqual(self.server.everything(), before)

    def test_what_waits(self):
        """No step is done, not even one that was due when it was loaded."""
        self.start("--stateless", world={**world.WORLD, "deployments": [
            {"id": "dpl_1", "device_id": "dvc_on", "release_id": "rls_0",
             "activity_status": "queued", "waiting_since": "2026-01-01T00:00:00Z"}]})
        self.assertEqual(self.state("dpl_1"), "deployed/queued/none")
        self.create("deployed")
        self.report("dpl_1", activity_status="queued")
        self.assertEqual(self.state("dpl_1"), "deployed/queued/none")

    def test_every_move(self):
        self.start("--stateless", world={**world.WORLD, "deployments": [
            {"id": "dpl_1", "device_id": "dvc_on", "release_id": "rls_0"}]})
        before = self.server.everything()
        for _ in range(3):
            for verb, status in (("deploy", "queued"), ("archive", "archived")):
                self.assertEqual(self.call("POST", f"/deployments/dpl_1/{verb}")["status"], status)
        self.assertEqual(self.server.everything(), before)


class Repeatable(world.TestCase):
    options = ("--log", "off", "--clock", "2026-01-01T12:00:00Z", "--seed", "7", "--transitions",
               "2")

    def story(self):
        """Every byte that is answered to the same requests."""
        said = []

        def tell(method, target, given=None):
            with self.server.connect() as sock:
                text = harness.encoded(given) or b""
                sock.sendall(f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                             f"X-API-Key: {harness.ADMIN}\r\nMiru-Version: {EVERGLADES}\r\n"
                             f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
                received = b""
                while more := sock.recv(65536):
                    received += more
                said.append(received)
                return received

        for _ in range(3):
            tell("POST", "/deployments", body(release="rls_1", instances=INSTANCES))
            made = tell("POST", "/deployments", body("deployed"))
            id = made.split(b'"id":"')[1].split(b'"')[0].decode()
            tell("POST", f"/deployments/{id}/deploy")
            tell("GET", f"/deployments/{id}?expand=device,parent")
            tell("POST", "/_mock/clock/advance", {"seconds": 1})
            tell("PATCH", "/_mock/devices/dvc_off", {"status": "online"})
        tell("GET", "/deployments?expand=total_count,device")
        tell("GET", "/_mock/fixtures")
        tell("GET", "/_mock/clock")
        return said

    def test_with_what_was_exported(self):
        """A seed gives ids that are there already, where it has given them before: not again."""
        ids = [self.create() for _ in range(5)]
        exported = self.server.everything()
        self.start(*self.options, world=exported)
        # Loading drew some, too, the first time.
        more = [self.create() for _ in range(20)]
        self.assertEqual(len({*ids, *more}), 25)

    def test_twice(self):
        first = self.story()
        self.assertIn(b"Date: Thu, 01 Jan 2026 12:00:03 GMT", first[-1])
        self.start(*self.options)
        second = self.story()
        self.assertEqual(second, first)
        # And by nothing else: with another seed, or none, the ids are others.
        for seed in (["--seed", "8"], []):
            self.start("--clock", "2026-01-01T12:00:00Z", "--transitions", "2", *seed)
            self.assertNotEqual(self.story(), first)


if __name__ == "__main__":
    harness.main()
