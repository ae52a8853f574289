# SPDX-License-Identifier: MIT
"""Mixed load for as long as one likes, by clients that check every answer: whole answers, whole
worlds, flat memory, and a clean stop in the middle of it. script/soak runs it.

First a database in memory, for SECONDS; then one in a file, for a quarter of that; then stops, one
after the other, of servers that have just begun.
"""

import ctypes
import multiprocessing
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import actors  # noqa: E402
import harness  # noqa: E402
import worlds  # noqa: E402

COMMON, OWN = 6, 2  # clients
WORKERS = 4
GRACE = 7  # seconds: one to take in what was sent, five to answer it, and one to end
CALM = 10  # seconds: for connections to go that clients have closed
LONG = 300  # seconds; a briefer load ends before all that is kept has been filled
WARM = 0.5  # of the time, for that
INSTRUMENTED = harness.instrumented()
OPTIONS = ("--auth", "any", "--workers", str(WORKERS), "--journal-size", "40",
           "--max-workspaces", str(OWN * actors.Own.KEYS + 20))


class Shared:
    """What clients and the one who watches them tell each other, without a lock."""

    def __init__(self, clients):
        self.stopping = multiprocessing.RawValue(ctypes.c_bool, False)
        self.paused = multiprocessing.RawValue(ctypes.c_bool, False)
        self.resting = multiprocessing.RawArray(ctypes.c_bool, clients)
        self.requests = multiprocessing.RawArray(ctypes.c_uint64, clients)


class Verdict:
    passed = failed = 0

    def check(self, what, good, detail=""):
        print(f"{'ok' if good else 'FAILED'}: {what}{': ' if detail else ''}{detail}", flush=True)
        self.passed += bool(good)
        self.failed += not good


def follow(actor, pipe):
    pipe.send(actor.run())


class Load:
    """The clients of a server, each a process."""

    def __init__(self, port, seed, kinds):
        self.shared = Shared(len(kinds))
        self.clients = []
        for number, kind in enumerate(kinds):
            ours, theirs = multiprocessing.Pipe(False)
            actor = kind(number, seed, port, self.shared)
            process = multiprocessing.Process(target=follow, args=(actor, theirs), daemon=True)
            process.start()
            theirs.close()
            self.clients.append((process, ours))

    def requests(self):
        return sum(self.shared.requests)

    def ended(self):
        """Has one ended that should not have?"""
        return any(pipe.poll() for _, pipe in self.clients)

    def pause(self):
        """Until none has a connection, or a request on its way."""
        self.shared.paused.value = True
        harness.wait_for(lambda: all(self.shared.resting) or self.ended())

    def resume(self):
        self.shared.paused.value = False

    def join(self):
        """What went wrong, and how often what was answered."""
        failures, seen = [], actors.collections.Counter()
        for process, pipe in self.clients:
            try:
                if not pipe.poll(harness.DEADLINE):
                    raise EOFError
                failure, its = pipe.recv()
                seen += its
            except EOFError:
                failure = f"{process.name} never ended"
            if failure:
                failures.append(failure)
            process.join(harness.DEADLINE)
        return failures, seen


def leaving():
    """Sockets whose client has gone. The library does not see that of all (docs/architecture.md),
    and keeps them for 30 seconds."""
    with open("/proc/net/tcp", encoding="utf-8") as file:
        rows = [line.split() for line in file]
    return {f"socket:[{row[9]}]" for row in rows if row[3] == "08"}


class Died(Exception):
    """The server has ended by itself."""


def measure(server):
    """Resident kB, descriptors but for those of clients that have gone, threads."""
    if server.process.poll() is not None:
        raise Died
    path = f"/proc/{server.process.pid}"
    with open(f"{path}/status", encoding="utf-8") as file:
        status = dict(line.split(":", 1) for line in file)
    if "VmRSS" not in status:
        raise Died
    gone, descriptors = leaving(), 0
    for name in os.listdir(f"{path}/fd"):
        try:
            descriptors += os.readlink(f"{path}/fd/{name}") not in gone
        except FileNotFoundError:
            pass
    return int(status["VmRSS"].split()[0]), descriptors, int(status["Threads"])


def settled(server, descriptors):
    """How many there are once there are no more than that, or in the end."""
    end = time.monotonic() + CALM
    while (count := measure(server)[1]) > descriptors and time.monotonic() < end:
        time.sleep(0.01)
    return count


def watch(server, load, descriptors, seconds):
    """Samples (time, requests, resident, descriptors, threads) of the load, and the descriptors of
    a pause after warming up, and of another in the end."""
    step = max(seconds / 300, 0.1)
    began = time.monotonic()
    samples, calm = [], []
    due = [seconds * WARM, seconds]  # pauses
    while due and not load.ended():
        time.sleep(step)  # between two looks at it
        now = time.monotonic() - began
        try:
            samples.append((now, load.requests(), *measure(server)))
            if now < due[0]:
                continue
            due.pop(0)
            load.pause()
            calm.append(settled(server, descriptors))
            load.resume()
        except Died:
            break
    return samples, calm


def curve(samples):
    """The samples as a table, at most 20 lines of it."""
    print("  seconds  requests  resident kB  descriptors  threads")
    for now, requests, resident, descriptors, threads in samples[::max(len(samples) // 20, 1)]:
        print(f"  {now:7.1f} {requests:9} {resident:12} {descriptors:12} {threads:8}")


def bound(first, seconds):
    """By how much resident memory, kB, may grow between the medians of the first and the last third
    of the time after warming up. Half of it is what the C library keeps free in its arenas, one for
    each worker, which comes and goes by some MB; instrumented, more is kept for a while."""
    if seconds < LONG:
        return max(64_000, first)
    return max(20_000 if INSTRUMENTED else 8_000, first // 10)


def judge_memory(verdict, samples, calm, descriptors, seconds):
    warm = [s for s in samples if s[0] >= seconds * WARM]
    third = max(len(warm) // 3, 1)
    if not warm or len(calm) != 2:
        verdict.check("watched to the end", False)
        return
    first, last = (statistics.median(s[2] for s in part) for part in (warm[:third], warm[-third:]))
    requests = max((warm[-1][1] - warm[0][1]) * 2 / 3, 1)
    most = bound(first, seconds)
    verdict.check("resident memory is flat", last - first <= most,
                  f"{warm[-1][1] / warm[-1][0]:.0f} requests a second; "
                  f"{samples[0][2]} kB at first, {warm[0][2]} warm, {first:.0f} then {last:.0f}, "
                  f"{warm[-1][2]} at last: {(last - first) * 1024 / requests:+.2f} bytes a request; "
                  f"at most {most:.0f} kB more")
    verdict.check("no descriptor is lost", calm == [descriptors] * 2,
                  f"{descriptors} before any client, {calm[0]} in a pause after warming up, "
                  f"{calm[1]} in the end, at most {max(s[3] for s in samples)} between")
    threads = {s[4] for s in samples}
    verdict.check("no thread is lost", len(threads) == 1, f"{sorted(threads)}")


def stop(verdict, server, load):
    """In the middle of the load."""
    load.shared.stopping.value = True
    began = time.monotonic()
    try:
        server.stop()
        error = server.errors
    except harness.Failure as failure:
        error = str(failure)
    took = time.monotonic() - began
    verdict.check("a clean stop in the middle of it", not error, error)
    verdict.check("in time", took <= GRACE, f"{took:.2f} s")


def judge_answers(verdict, load):
    failures, seen = load.join()
    for failure in failures:
        print(failure)
    count = load.requests()
    verdict.check("every answer is whole, and one of those expected", not failures and count > 0,
                  f"{count} requests")
    return seen


def judge_file(verdict, path):
    """What a database in a file is like, that its server has let go of."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        verdict.check("foreign keys", db.execute("PRAGMA foreign_key_check").fetchall() == [])
        verdict.check("integrity",
                      db.execute("PRAGMA integrity_check").fetchall() == [("ok",)])
    still = "--log", "off", "--transitions", "manual"
    exported = subprocess.run([harness.BINARY, "export", "--db", path], capture_output=True,
                              env=harness.environment(), check=False)
    with harness.File(exported.stdout.decode()) as file:
        with harness.Server("--fixtures", file, *still) as server:
            everything = server.everything()
    worlds.check_export(everything)
    with harness.Server("--db", path, *still) as server:
        verdict.check("what is exported loads into the same", server.everything() == everything)


def soak(verdict, what, seed, seconds, args):
    """One server, loaded for so long, watched and stopped; how often what was answered."""
    print(f"--- {what}, {seconds:g} seconds", flush=True)
    with harness.File(worlds.world(1)) as file:
        server = harness.Server("--fixtures", file, *OPTIONS, *args)
    descriptors = measure(server)[1]
    load = Load(server.port, seed, [actors.Common] * COMMON + [actors.Own] * OWN)
    samples, calm = watch(server, load, descriptors, seconds)
    curve(samples)
    judge_memory(verdict, samples, calm, descriptors, seconds)
    # Not right after the pause, in which nobody is at it.
    since = load.requests()
    harness.wait_for(lambda: load.requests() > since + 500 or load.ended())
    stop(verdict, server, load)
    return judge_answers(verdict, load)


def stops(verdict, seed, count, directory):
    """Servers that have just begun are stopped, at a random moment."""
    print(f"--- {count} stops", flush=True)
    rng = random.Random(seed)
    for n in range(count):
        path = os.path.join(directory, f"stop-{n}.db")
        args = [(), ("--db", path)][n % 2]
        with harness.File(worlds.world(1)) as file:
            server = harness.Server("--fixtures", file, *OPTIONS, "--log", "off", *args)
        load = Load(server.port, f"{seed}/{n}", [actors.Common] * COMMON + [actors.Own] * OWN)
        at = rng.randrange(1, 600)
        harness.wait_for(lambda: load.requests() >= at or load.ended())
        stop(verdict, server, load)
        judge_answers(verdict, load)


def main(seconds, seed):
    verdict = Verdict()
    print(f"seed {seed}, {harness.BINARY}")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "soak.db")
        seen = soak(verdict, "memory", seed, seconds, ("--log", "off"))
        seen += soak(verdict, "a file", seed, seconds / 4, ("--log", "off", "--db", path))
        verdict.check("nothing is left beside the database", os.listdir(directory) == ["soak.db"],
                      f"{os.listdir(directory)}")
        judge_file(verdict, path)
        stops(verdict, seed, 2 + int(seconds) // 20, directory)
    print("answers:", ", ".join(f"{what} {seen[what]}" for what in sorted(seen)))
    print(f"\n== {verdict.passed} passed, {verdict.failed} failed")
    return 1 if verdict.failed else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 600,
                  int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)))
