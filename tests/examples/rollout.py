# SPDX-License-Identifier: MIT
"""A tool that rolls a release out: first to a canary, then to the other devices. If a device fails,
every device that has the release gets back what it had. It knows the API, and nothing of any mock.

    rollout.py RELEASE DEVICE...

prints a line for each change that it sees, and exits with 1 after a roll-back.
"""

import json
import os
import sys
import urllib.request

PATIENCE = 200  # looks at a deployment until it is done
DONE = ("deployed", "failed", "archived")


def call(method, target, body=None):
    request = urllib.request.Request(
        os.environ["MIRU_BASE_URL"] + target, json.dumps(body).encode() if body else None,
        {"X-API-Key": os.environ["MIRU_API_KEY"], "Miru-Version": "2026-08-17.everglades",
         "Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def deploy(device, release):
    made = call("POST", "/deployments", {
        "device_id": device, "release_id": release, "config_instance_ids": [],
        "target_status": "deployed", "description": "rolled out"})
    return made["id"]


def wait(device, id):
    """Print each status of a deployment, and of its device, until it is done; the last of them."""
    seen = None
    for _ in range(PATIENCE):
        found = call("GET", f"/deployments/{id}?expand=device")
        state = (found["status"], found["device"]["status"])
        if state != seen:
            print(found["updated_at"], device, *state)
        seen = state
        if state[0] in DONE:
            return state[0]
    sys.exit(f"{device}: still {seen} after {PATIENCE} looks")


def main(release, canary, *others):
    print(f"rolling out {release}")
    before = {device: call("GET", f"/devices/{device}?expand=current_deployment")
              ["current_deployment"] for device in (canary, *others)}
    done = []
    for device in (canary, *others):
        done.append(device)
        if wait(device, deploy(device, release)) == "deployed":
            continue
        print(f"{device} failed: rolling back")
        for device in done:
            if before[device]:
                wait(device, deploy(device, before[device]["release_id"]))
        return 1
    print("rolled out")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
