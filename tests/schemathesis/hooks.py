# SPDX-License-Identifier: MIT
"""What Schemathesis cannot know from /openapi.json: which ids there are, and which rules forbid
what the document allows (behaviour.md, the sections that are named). It loads this file by itself.
"""

import collections
import json
import os
import urllib.request
import zlib

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import JsonSchemaError, RejectedPositiveData

with open(os.path.join(os.environ["srcdir"], "fixtures/demo.json")) as file:
    DEMO = json.load(file)
KEY = "miru_mock_admin"
OLDER = ("2026-03-09.tetons", "2026-05-06.rainier")


# ---- honest use ----------------------------------------------------------------------------------

def rows(array, **wanted):
    return [row for row in DEMO[array] if all(row[name] in of for name, of in wanted.items())]


IN_USE = [row["id"] for row in rows("devices", status=("online", "offline"))]
SINGLE = [row for row in DEMO["config_schemas"] if len(row["instance_slots"]) == 1]


def a_deployment(body, version, pick):
    """Again what has been deployed before, without a word about the parent."""
    like = pick(rows("deployments", device_id=IN_USE))
    given = {name: like[name] for name in ("device_id", "release_id", "config_instance_ids")}
    return {"target_status": body["target_status"], "description": body["description"], **given}


def an_instance(body, version, pick):
    single = [row["id"] for row in SINGLE]
    like = pick(rows("config_instances", config_schema_id=single))
    return {"config_schema_id": like["config_schema_id"], "content": like["content"]}


def a_schema(body, version, pick):
    """One of the demo's, for any type, and elsewhere; so some are found and some are new."""
    like = pick(SINGLE)
    slot, = like["instance_slots"]
    given = {"language": like["language"], "format": like["format"],
             "config_type_ref": {"id": pick(DEMO["config_types"])["id"]},
             "documents": [{name: like["documents"][0][name] for name in ("name", "data")}]}
    if version in OLDER:
        return {**given, "instance_filepath": slot["filepath"]}
    return {**given, "instance_slots": [{**slot, "required": pick([True, False])}]}


def a_commit(body, version, pick):
    return {**body, "origin": pick(DEMO["git_commits"])["repository_url"] + ".git"}


def a_release(body, version, pick):
    like = pick(DEMO["releases"])
    return {"version": body["version"], "config_schema_ids": like["config_schema_ids"],
            "git_commit_ref": {"id": pick(DEMO["git_commits"])["id"]}}


# Operation: (its body as whoever means it sends it, in how many of a hundred requests).
BODIES = {
    "POST /config_instances": (an_instance, 60),
    "POST /config_schemas": (a_schema, 60),
    "POST /deployments": (a_deployment, 80),
    "POST /git_commits": (a_commit, 60),
    "POST /releases": (a_release, 60),
}

# Operation: the activity of a deployment that it can be done to.
STATES = {
    "POST /deployments/{deployment_id}/deploy": "staged",
    "POST /deployments/{deployment_id}/archive": "staged,drifted",
}


def version_of(case):
    return case.operation.schema.raw_schema["info"]["version"]


def ids_of(case, activity):
    """The deployments that are so, as they are listed."""
    url = f"{case.operation.base_url}/deployments?limit=100&activity_status={activity}"
    headers = {"X-API-Key": KEY, "Miru-Version": version_of(case)}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return [row["id"] for row in json.load(answer)["data"]]


def drawn(value):
    """A number that looks random, and is always the same for the same value."""
    return zlib.crc32(json.dumps(value, sort_keys=True, default=str).encode())


def brief(case):
    """A ping that nobody answers takes its time, and we have little."""
    nanos = case.body.get("timeout_nanos") if isinstance(case.body, dict) else None
    if type(nanos) is int and 0 < nanos <= 10_000_000_000:
        case.body["timeout_nanos"] = nanos % 20_000_000 or 1


def impatient(case):
    """Waiting for what may never come takes its time, too."""
    for said in (case.query, case.body):
        if isinstance(said, dict) and is_whole(said.get("wait")) and int(said["wait"]) <= 60:
            said["wait"] = int(said["wait"]) % 2


@schemathesis.hook
def map_case(context, case):
    """An honest request in place of one that is only as described. What is drawn decides which."""
    label = case.operation.label
    if "/_mock/" in label:
        impatient(case)
    if "/_mock/" in label and "workspace" in (case.query or {}) and case.meta and \
            case.meta.generation.mode.is_positive:
        case.query["workspace"] = "common"
    if label == "POST /devices/{device_id}/ping":
        brief(case)
    if not case.meta or not case.meta.generation.mode.is_positive:
        return case
    if label in BODIES and isinstance(case.body, dict):
        honest, share = BODIES[label]
        luck = drawn(case.body)
        if luck % 100 < share:
            case.body = honest(case.body, version_of(case),
                               lambda choice: choice[luck // 100 % len(choice)])
    if label in STATES:
        luck, ids = drawn([case.path_parameters, case.query]), ids_of(case, STATES[label])
        if ids and luck % 100 < 80:
            case.path_parameters["deployment_id"] = ids[luck // 100 % len(ids)]
    return case


# ---- what is no failure --------------------------------------------------------------------------

# Operation: {code of a 400: the fields of the body that it may be of; () for any}.
# Section 4.3 has the codes; with each operation the section that has the rule.
RULES = {
    "POST /config_instances": {  # 10.3; 14, of schemas with several slots
        "config_instance_format_not_supported": ("content.format",),
        "config_instance_invalid": (),
        "invalid_request": ("content.data", "slot_key", "config_schema_id")},
    "POST /config_schemas": {  # 10.2
        "invalid_config_schema": (),
        "invalid_instance_slots": (),
        "cannot_infer_instance_format": (),
        "config_instance_format_not_supported": (),
        "invalid_request": ("config_type_ref", "git_commit.commit_ref", "format", "documents")},
    "POST /deployments": {  # 11.2, 11.3
        "invalid_deployment_config_instances": (),
        "device_is_inactive": ()},
    "POST /deployments/{deployment_id}/deploy": {"device_is_inactive": ()},  # 11.3
    "POST /devices": {"invalid_request": ("name",)},  # 9.3: bytes, without tags
    "PATCH /devices/{device_id}": {"invalid_request": ("name",)},
    "POST /devices/{device_id}/activation_token": {"device_is_active": ()},  # 12
    "POST /git_commits": {"invalid_request": ("origin",)},  # 10.1
    "POST /groups": {"group_max_depth_exceeded": ()},  # 9.3
    "POST /groups/{group_id}/move": {  # 9.3
        "group_max_depth_exceeded": (),
        "invalid_group_parent": ()},
    "POST /releases": {  # 10.1
        "invalid_release_config_schemas": (),
        "invalid_request": ("git_commit_ref",)},
    # docs/control-api.md: what fits together, and which names there are.
    "PUT /_mock/clock": {"invalid_request": ("now", "rate", "tick")},
    "POST /_mock/clock/advance": {"invalid_request": ("seconds",)},
    "PUT /_mock/transitions": {"invalid_request": ("seconds", "times")},
    "PATCH /_mock/devices/{device_id}": {"invalid_request": ("agent_version",)},
    "PATCH /_mock/devices": {"invalid_request": ("agent_version",)},
    "PUT /_mock/behaviors": {"invalid_request": ()},
    "POST /_mock/behaviors": {"invalid_request": ()},
    "PUT /_mock/fixtures": {"invalid_fixtures": ()},
    "POST /_mock/fixtures": {"invalid_fixtures": ()},
    "PUT /_mock/snapshots/{name}": {"invalid_request": ("name",)},
    "DELETE /_mock/workspaces/{id}": {"invalid_request": ("id",)},
    "GET /_mock/requests": {"invalid_request": ("operation", "since", "wait")},
    "POST /_mock/requests/verify": {"invalid_request": ()},
    "PUT /_mock/faults": {"invalid_request": ()},
    "POST /_mock/faults": {"invalid_request": ()},
}


def is_whole(value):
    return str(value).removeprefix("-").isdecimal()


def is_taken(case, name):
    """Is this parameter of the query, though it is not as described, taken in a way that is?

    Sections 5.1 and 5.3: a limit or an offset beyond its bounds is the bound, and an empty value
    says nothing. And one text looks on the wire like a list of it.
    """
    value = case.query.get(name)
    if name in ("limit", "offset"):
        return is_whole(value)
    schema = case.operation.query.get(name).definition["schema"]
    if isinstance(value, list):
        return not any(value)
    return value == "" or (not isinstance(value, dict) and
                           "enum" not in schema.get("items", {"enum": []}))


def is_query_taken(case):
    data = case.meta.phase.data
    wrong = {(mutation.parameter_location, mutation.parameter) for mutation in data.mutations}
    wrong = wrong or {(data.parameter_location, data.parameter)}
    return all(where == ParameterLocation.QUERY and name in case.operation.query and
               is_taken(case, name) for where, name in wrong)


def is_rule(case, response):
    """Has a rule refused it that no schema can say?"""
    error = response.json()["error"]
    # An action on a deployment that its state does not allow: section 11.4.
    if (case.operation.label.startswith("POST /deployments/{deployment_id}/") and
            error["code"].startswith("deployment_not_")):
        return True
    fields = RULES.get(case.operation.label, {}).get(error["code"])
    return fields is not None and (not fields or error["params"].get("field") in fields)


def is_as_it_is(failure, case):
    """Is it a format or a language that the version does not know? Section 14: it is shown."""
    return (version_of(case) in OLDER and list(failure.schema_path)[-1:] == ["enum"] and
            list(failure.instance_path)[-1:] in (["format"], ["language"]))


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if isinstance(failure, JsonSchemaError):
        return not is_as_it_is(failure, case)
    if isinstance(failure, AcceptedNegativeData) and response.status_code == 200:
        return not is_query_taken(case)
    if isinstance(failure, RejectedPositiveData) and response.status_code == 400:
        return not is_rule(case, response)
    return True


# ---- how much of it went well --------------------------------------------------------------------

@schemathesis.check
class Counted:
    """{operation: {status: requests that were as described}}, into the file that COUNTED names."""

    def __init__(self):
        self.statuses = collections.defaultdict(collections.Counter)

    def after_response(self, ctx, response, case):
        if case.meta and case.meta.generation.mode.is_positive:
            self.statuses[case.operation.label][response.status_code] += 1

    def after_run(self, ctx):
        with open(os.environ["COUNTED"], "w") as file:
            json.dump(self.statuses, file)
