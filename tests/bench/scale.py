# SPDX-License-Identifier: MIT
"""Fleets of different sizes, beside each other: how long loading takes, and what a request does. What
must hold, and how it is shown, is bench.py's."""

import contextlib
import functools
import glob
import os
import random
import re
import socket
import statistics
import tempfile
import time

import fleet

SMALL = 1000
DEPLOYMENTS, DEVICES = "/beta/deployments?", "/beta/devices?"

# The way there and back.
NOTHING = (("a request that does nothing", "/_mock/health"),)

# The first page of every list, by every filter and order, one value and several. In braces stands what
# some row of the fleet has.
PAGES = (
    ("a page", DEPLOYMENTS),
    ("100", DEPLOYMENTS + "limit=100"),
    ("activity, nine of ten rows", DEPLOYMENTS + "activity_status=archived"),
    ("activity, few rows", DEPLOYMENTS + "activity_status=staged"),
    ("activity, no rows", DEPLOYMENTS + "activity_status=removing"),
    ("two activities", DEPLOYMENTS + "activity_status=archived,deployed"),
    ("error", DEPLOYMENTS + "error_status=failed"),
    ("target", DEPLOYMENTS + "target_status=deployed"),
    ("activity and error", DEPLOYMENTS + "activity_status=archived&error_status=failed"),
    ("device", DEPLOYMENTS + "device_id={device_id}"),
    ("release", DEPLOYMENTS + "release_id={release_id}"),
    ("by id", DEPLOYMENTS + "order_by=id"),
    ("oldest first", DEPLOYMENTS + "order_by=created_at:asc"),
    ("by id, activity", DEPLOYMENTS + "order_by=id&activity_status=archived"),
    ("devices", DEVICES),
    ("devices, status", DEVICES + "status=online"),
    ("devices, two statuses", DEVICES + "status=online,offline"),
    ("devices, by status", DEVICES + "order_by=status:asc"),
    ("devices, agent", DEVICES + "agent_version=v0.1.0"),
    ("devices, release", DEVICES + "current_release_id={release_id}"),
    ("groups", "/beta/groups"),
    ("groups, by name", "/beta/groups?order_by=name:asc"),
    ("releases", "/beta/releases"),
    ("config types", "/beta/config_types"),
    ("config schemas", "/beta/config_schemas"),
    ("config instances", "/beta/config_instances"),
    ("config instances, slot", "/beta/config_instances?slot_key=main"),
    ("git commits", "/beta/git_commits"),
)

# Pages of a hundred with what their rows lead to, which in a larger fleet are more different rows.
EXPANDED = (
    ("100, three expansions", DEPLOYMENTS + "limit=100&expand=device,release,config_instances"),
    ("devices, 100, three expansions",
     DEVICES + "limit=100&expand=current_deployment,current_release,group"),
)

# What has to look at as many rows as there are, and so grows with them.
LINEAR = (
    ("total_count of all", DEPLOYMENTS + "expand=total_count"),
    ("total_count of nine of ten", DEPLOYMENTS + "activity_status=archived&expand=total_count"),
    ("offset in the middle", DEPLOYMENTS + "offset={middle}"),
    ("by id, two filters that nothing passes",
     DEPLOYMENTS + "order_by=id&activity_status=archived&target_status=deployed"),
)


def runs(pid):
    """Is one of a process's threads at work?"""
    for path in glob.glob(f"/proc/{pid}/task/*/stat"):
        with open(path) as file:
            if file.read().rpartition(")")[2].split()[0] == "R":
                return True
    return False


def spent(pid):
    """The microseconds of a processor that a process has had, all its threads together. What a thread
    has had since it began to run is counted only when it stops, which is after its client has the
    answer."""
    total = 0
    while runs(pid):
        pass
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path) as file:
            total += int(file.read().split()[0])
    return total / 1000


class Client:
    """One connection, and as little of Python as there can be between sending and the answer."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in fleet.HEADERS.items())

    def receive(self):
        piece = self.socket.recv(1 << 20)
        assert piece, "the connection was closed"
        return piece

    def ask(self, target, method="GET", body=""):
        """The microseconds until its answer, which must be a 200, is there."""
        began = time.perf_counter()
        self.send(target, method, body)
        self.answer(target)
        return (time.perf_counter() - began) * 1e6

    def send(self, target, method="GET", body=""):
        self.socket.sendall((f"{method} {target} HTTP/1.1\r\nHost: x\r\n{self.headers}"
                             f"Content-Length: {len(body)}\r\n\r\n{body}").encode())

    def answer(self, target):
        """Take an answer in, which must be a 200."""
        answer = self.receive()
        while b"\r\n\r\n" not in answer:
            answer += self.receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        while len(body) < length:
            body += self.receive()
        assert head.startswith(b"HTTP/1.1 200 "), (target, head, body[:500])


class Crowd:
    """A server, asked on several connections at the same time."""

    def __init__(self, port, pid, connections):
        self.pid = pid
        self.clients = [Client(port) for _ in range(connections)]

    def cost(self, target, times):
        before = spent(self.pid)
        for _ in range(times):
            for client in self.clients:
                client.send(target)
            for client in self.clients:
                client.answer(target)
        return (spent(self.pid) - before) / times / len(self.clients)


class Fleet:
    """A server that has loaded so many deployments."""

    def __init__(self, size, server, mock):
        self.size = size
        self.stack = contextlib.ExitStack()
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
            fleet.write(size, file)
            file.flush()
            self.bytes = os.path.getsize(file.name)
            began = time.perf_counter()
            self.port, self.pid = self.stack.enter_context(server(
                *mock("--log", "off", "--fixtures", file.name), target="/_mock/ready",
                headers=fleet.HEADERS))
            self.load = time.perf_counter() - began
        with open(f"/proc/{self.pid}/status") as status:
            text = status.read()
        self.resident, self.peak = (int(re.search(rf"{name}:\s+(\d+) kB", text)[1]) * 1024 / 1e6
                                    for name in ("VmRSS", "VmHWM"))
        last = fleet.deployment(size - 1, fleet.sizes(size))
        self.words = {"device_id": last["device_id"], "release_id": last["release_id"],
                      "middle": size // 2}

    @functools.cached_property
    def crowd(self):
        """Of one, connected when it is first wanted: one that waits for the others to load would be
        closed."""
        return Crowd(self.port, self.pid, 1)

    def ids(self, n=2000):
        """Some of its deployments', from everywhere."""
        rng = random.Random(self.size)
        return [fleet.name("dpl", rng.randrange(self.size)) for _ in range(n)]

    def cost(self, target, times):
        return self.crowd.cost(target.format(**self.words), times)

    def reset(self, turn):
        """Milliseconds of a reset after a change."""
        client = self.crowd.clients[0]
        client.ask(f"/beta/devices/{self.words['device_id']}", "PATCH", f'{{"name":"{turn}"}}')
        return client.ask("/_mock/reset", "POST") / 1000


def script(ids):
    """For wrk: deployments by these ids, one after the other."""
    quoted = ",".join(f'"{one}"' for one in ids)
    return f"""local ids = {{{quoted}}}
local n = 0
request = function()
    n = n % #ids + 1
    return wrk.format("GET", "/beta/deployments/" .. ids[n])
end
"""


def costs(servers, target, turns, times=3, of=min):
    """The microseconds of a processor that each server spends on such a request: the least (or what
    of() makes) of so many turns, in each of which every server is asked so many times. What others do
    on the machine, and the machine on its host, can only add to it, and short turns find the moments
    when they do not."""
    asked = [[s.cost(target, times) for s in servers] for _ in range(turns)]
    return [of(column) for column in zip(*asked)]
