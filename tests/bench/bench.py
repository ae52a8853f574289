# SPDX-License-Identifier: MIT
"""Measures the server beside its yardsticks and prints the figures; see script/bench.

These machines are noisy. So the two that are compared run at the same time of day: in slices of a
second, turn and turn about, and what is printed is the median of the ratios of neighbouring slices.
"""

import contextlib
import glob
import http.client
import json
import os
import re
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

import prism
import scale

BUILD, SECONDS = sys.argv[1], int(sys.argv[2])
TARGET = "/beta/deployments/dpl_123"
HEADERS = {"X-API-Key": "miru_mock_admin", "Miru-Version": "2026-03-09.tetons"}
NEWEST = {**HEADERS, "Miru-Version": "2026-08-17.everglades"}
WORKERS = max(2, os.cpu_count())
MISSED = []
QUIET, KEPT = 0.01, []  # what a machine's host may keep of it, and did, as shares
FIGURES = {"rates": {}, "sizes": [], "curves": {}}  # for chart.py
# Of what is measured at each size, what the chart shows.
CURVES = ("a page", "100", "100, three expansions", "activity, nine of ten rows", "by id, activity",
          "total_count of all", "offset in the middle")


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def ask(port, target=TARGET, headers=HEADERS):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", target, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, (answer.status, body)
    return body


@contextlib.contextmanager
def server(*command, target=TARGET, headers=HEADERS):
    """The command, running, with PORT in place of its port, once it answers the target with 200;
    yields the port and its process id."""
    port = free_port()
    process = subprocess.Popen([word.replace("PORT", str(port)) for word in command],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(6000):
            with contextlib.suppress(OSError):
                ask(port, target, headers)
                break
            time.sleep(0.01)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def mock(*options):
    return (f"{BUILD}/miru-mock", "--port", "PORT", "--workers", str(WORKERS), *options)


def constant(length):
    return (f"{BUILD}/tests/bench/constant", "PORT", str(WORKERS), str(length))


def per_second(port, connections, target=TARGET, headers=HEADERS, script=None):
    """Requests a second over one second, and every answer a 200."""
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", "-d1s", *words,
                          *(("-s", script) if script else ()),
                          f"http://127.0.0.1:{port}{target}"], capture_output=True, text=True,
                         check=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


def stolen():
    """The seconds of processors that the machine's host has kept for others."""
    with open("/proc/stat") as file:
        return int(file.readline().split()[8]) / os.sysconf("SC_CLK_TCK")


def turns(n, take):
    """What take() gives, n times: of up to three times as many those in which the host kept the least
    for others, if it keeps anything."""
    taken = []
    while len(taken) < 3 * n and sum(share <= QUIET for share, _ in taken) < n:
        before, began = stolen(), time.monotonic()
        given = take()
        processors = (time.monotonic() - began) * os.cpu_count()
        taken.append(((stolen() - before) / processors, given))
    taken.sort(key=lambda turn: turn[0])
    KEPT.extend(share for share, _ in taken[:n])
    return [given for _, given in taken[:n]]


def show(what, is_, must=None, aim=None, unit="", least=True):
    verdict = ""
    if must is not None:
        ok = is_ >= must if least else is_ <= must
        reached = is_ >= aim if least else is_ <= aim
        sign = ">=" if least else "<="
        verdict = f"   must {sign} {must}{unit}, aim {aim}{unit}: " + (
            "reaches the aim" if reached else "reaches the must" if ok else "MISSED")
        if not ok:
            MISSED.append(what)
    print(f"{what:<58} {is_:8.2f}{unit}{verdict}", flush=True)


def speed():
    with server(*mock()) as (port, _):
        length = len(ask(port))
    with server(*constant(length)) as (yardstick, _), server(*mock()) as (with_log, _), \
            server(*mock("--log", "off")) as (without, _):
        ports = (yardstick, with_log, without)
        for connections in (16, 64):
            for port in ports:  # warm
                per_second(port, connections)
            slices = turns(max(7, SECONDS // 3) if SECONDS >= 10 else 3,
                           lambda: [per_second(port, connections) for port in ports])
            rates = [statistics.median(column) for column in zip(*slices)]
            name = f"GET by id, {connections} connections"
            if connections == 16:
                FIGURES["rates"] = dict(zip(("a constant body", "miru-mock", "miru-mock --log off"),
                                            rates))
            print(f"{name}: constant {rates[0]:.0f}/s, miru-mock {rates[1]:.0f}/s, "
                  f"with --log off {rates[2]:.0f}/s")
            for column, label in ((1, ""), (2, ", --log off")):
                show(f"{name}, against the constant body{label}",
                     statistics.median([s[column] / s[0] for s in slices]), 0.60, 0.80)


def beside_prism():
    """Against a server that goes by the specification alone, asked the same."""
    if not prism.program(BUILD):
        print("SKIPPED: Prism, which is not installed")
        if os.environ.get("CI") == "true":
            MISSED.append("Prism")
        return
    what = "/deployments/dpl_123", NEWEST  # Prism serves no prefix
    with server(*mock()) as (ours, _):
        document, name = prism.specification(BUILD, lambda: ask(ours, "/openapi.json", NEWEST))
        with server(*prism.command(BUILD, document), target=what[0], headers=NEWEST) as (theirs, _):
            ports = (theirs, ours)
            for port in ports:
                assert json.loads(ask(port, *what))["object"] == "deployment"
                per_second(port, 16, *what)  # warm
            slices = turns(max(2, SECONDS // 6),
                           lambda: [per_second(port, 16, *what) for port in ports])
    rates = [statistics.median(column) for column in zip(*slices)]
    print(f"Prism on {name}: {rates[0]:.0f}/s, miru-mock {rates[1]:.0f}/s")
    FIGURES["rates"]["Prism"] = rates[0]
    show("GET by id, 16 connections, against Prism",
         statistics.median([s[1] / s[0] for s in slices]), 20, 40, "x")


def journal():
    """What keeping the journal costs, where nobody reads it: of the server's own time, which noise
    does not reach as easily as the rate; and of the best of three servers each, since where a
    process's memory happens to lie matters as much."""
    with contextlib.ExitStack() as stack:
        crowds = []
        for n in range(6):
            port, pid = stack.enter_context(
                server(*mock("--log", "off", *(("--journal-size", "0") if n % 2 else ()))))
            per_second(port, 16)  # warm
            crowds.append(scale.Crowd(port, pid, 16))
        with apart(crowds):
            costs = scale.costs(crowds, TARGET, 40 * max(4, SECONDS), of=statistics.median)
        show("GET by id with the journal, against without", min(costs[1::2]) / min(costs[::2]),
             0.95, 0.98)


def readers():
    """What a hundred readers of events cost, ten of whom do not read: of the rate of 16 connections,
    turn and turn about beside a server that nobody follows."""
    head = b"GET /_mock/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n"
    with contextlib.ExitStack() as stack:
        ports = [stack.enter_context(server(*mock("--log", "off")))[0] for _ in range(2)]
        socks = [stack.enter_context(socket.create_connection(("127.0.0.1", ports[0])))
                 for _ in range(100)]
        for sock in socks:
            sock.sendall(head)
        child = os.fork()
        if child == 0:
            while True:
                for sock in select.select(socks[10:], [], [])[0]:
                    if not sock.recv(1 << 16):
                        os._exit(0)
        stack.callback(os.waitpid, child, 0)
        stack.callback(os.kill, child, signal.SIGKILL)
        for port in ports:
            per_second(port, 16)  # warm
        slices = turns(max(6, SECONDS // 2), lambda: [per_second(port, 16) for port in ports])
        show("GET by id with 100 readers of events, against without",
             statistics.median([s[0] / s[1] for s in slices]), 0.95, 0.98)


def first_200(command, starts=41):
    port = free_port()
    request = rf"{TARGET} HTTP/1.1" + "\nHost: x\n" + "\n".join(
        f"{name}: {value}" for name, value in HEADERS.items())
    out = subprocess.run([f"{BUILD}/tests/bench/first200", str(starts), str(port), request,
                          *[word.replace("PORT", str(port)) for word in command]],
                         capture_output=True, text=True, check=True).stdout
    return tuple(map(float, out.split()))


def resident(command):
    with server(*command) as (port, pid):
        ask(port)
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+) kB", status.read())[1]) * 1024 / 1e6


def milliseconds(connection, method, target, body=None):
    began = time.perf_counter()
    connection.request(method, target, body, HEADERS)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 200, (answer.status, text)
    return (time.perf_counter() - began) * 1000


def resets(port, label):
    """Reset after a change, and beside it a request that does nothing: what the way itself takes."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times, nothing = [], []
    for turn in range(300):
        milliseconds(connection, "PATCH", "/devices/dvc_123", f'{{"name":"{turn}"}}')
        times.append(milliseconds(connection, "POST", "/_mock/reset"))
        nothing.append(milliseconds(connection, "GET", "/_mock/health"))
    connection.close()
    show(f"reset to the demo{label} (median of 300)", statistics.median(times), 2, 0.5, " ms",
         least=False)
    show("  the slowest of twenty", sorted(times)[-15], unit=" ms")
    show("  /_mock/health beside it", statistics.median(nothing), unit=" ms")


def reset():
    with server(*mock("--log", "off")) as (port, _):
        resets(port, "")
        words = [word for name, value in HEADERS.items() for word in ("-H", f"{name}: {value}")]
        readers = subprocess.Popen(
            ["wrk", "-t1", "-c8", "-d60s", *words,
             f"http://127.0.0.1:{port}/beta/deployments?expand=device"],
            stdout=subprocess.DEVNULL)
        resets(port, ", beside eight readers")
        readers.terminate()
        readers.wait()


def get_by_id(fleets):
    """By ids from everywhere, against the smallest of the fleets."""
    with contextlib.ExitStack() as stack:
        scripts = []
        for f in fleets:
            file = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".lua"))
            file.write(scale.script(f.ids()))
            file.flush()
            scripts.append(file.name)
        slices = turns(max(3, SECONDS // 4), lambda: [
            per_second(f.port, 16, script=script) for f, script in zip(fleets, scripts)])
    for n, f in enumerate(fleets[1:], 1):
        bounds = (1.3, 1.1) if f is fleets[-1] else ()
        show(f"GET by id of {f.size:,}, time against {fleets[0].size:,}",
             statistics.median([s[0] / s[n] for s in slices]), *bounds, unit="x", least=False)


@contextlib.contextmanager
def apart(servers):
    """The servers on one processor and us on another: else it is luck who has whom beside him."""
    mine, *others = sorted(os.sched_getaffinity(0))
    for s in servers:
        for task in os.listdir(f"/proc/{s.pid}/task"):
            os.sched_setaffinity(int(task), others[-1:] or [mine])
    os.sched_setaffinity(0, [mine])
    try:
        yield
    finally:
        os.sched_setaffinity(0, [mine, *others])


def lists(fleets):
    """The first pages, and what grows with the rows: what the server spends on each, since how long a
    client waits depends on when which processor wakes."""
    many = 150 if SECONDS >= 10 else 50
    print(f"\n{'microseconds of a processor':<44}" + "".join(f"{f.size:>11,}" for f in fleets))
    worst = 0, ""
    for kinds, effort in ((scale.NOTHING, (many,)), (scale.PAGES, (many,)),
                          (scale.EXPANDED, (many,)), (scale.LINEAR, (15, 1))):
        for name, target in kinds:
            costs = scale.costs(fleets, target, *effort)
            if name in CURVES:
                FIGURES["curves"][name] = costs
            print(f"{name:<44}" + "".join(f"{cost:11.0f}" for cost in costs) +
                  f"{costs[-1] / costs[0]:9.2f}x" + ("   linear" if kinds is scale.LINEAR else ""))
            if kinds is scale.PAGES:
                worst = max(worst, (costs[-1] / costs[0], name))
    show(f"the first page that grew the most ({worst[1]})", worst[0], 1.5, 1.1, "x", least=False)


def fleets():
    """What a thousand times as many rows cost. Briefly, thirty times as many will do."""
    sizes = (scale.SMALL, 30000, 1000000) if SECONDS >= 10 else (scale.SMALL, 30000)
    with contextlib.ExitStack() as stack:
        loaded = []
        for size in sizes:
            loaded.append(scale.Fleet(size, server, mock))
            stack.enter_context(loaded[-1].stack)
            f = loaded[-1]
            print(f"{size:,} deployments, {f.bytes / 1e6:.1f} MB: loaded in {f.load:.2f} s, "
                  f"{f.resident:.0f} MB resident, {f.peak:.0f} MB at most")
        FIGURES["sizes"] = sizes
        get_by_id(loaded)
        with apart(loaded):
            lists(loaded)
        times = [[f.reset(turn) for f in loaded] for turn in range(44)][3:]
        for f, column in zip(loaded, zip(*times)):
            show(f"reset of {f.size:,} deployments", statistics.median(column), unit=" ms")
    print()


def statements():
    """Counted by a unit test, which does not let them grow either."""
    out = subprocess.run([f"{BUILD}/tests/unit/http/pipeline"], capture_output=True, text=True,
                         check=True).stdout
    counts = [int(n) for n in re.search(r"with three expansions: ([\d, ]+)", out)[1].split(",")]
    show("SQL statements of a page of 100, three expansions", counts[1])
    show("  of a page of 1", counts[0])
    if len(set(counts)) > 1:
        MISSED.append("SQL statements")


def release():
    """The static program, out of what script/release has made; None where it has not."""
    arch = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine)
    found = glob.glob(f"{BUILD}/release/miru-mock-*-linux-{arch}.tar.gz")
    if not found:
        print("SKIPPED: the release binary, which script/release makes for root")
        return None
    path = f"{BUILD}/bench-release"
    with tarfile.open(found[0]) as tar, open(path, "wb") as file:
        folder = os.path.basename(found[0]).removesuffix(".tar.gz")
        file.write(tar.extractfile(f"{folder}/miru-mock").read())
    os.chmod(path, 0o755)
    return path


def start_and_memory():
    """Of the static program and the one that was built here, each against the constant body's, in
    turns; the median of the ratios."""
    static = release()
    commands = {"the build": mock(), "the constant body": constant(400)}
    if static:
        commands["the release binary"] = (static, *mock()[1:])
    starts = turns(9 if SECONDS >= 10 else 3,
                   lambda: {name: first_200(command, 9)[0] for name, command in commands.items()})
    memory = {name: statistics.median(resident(command) for _ in range(3))
              for name, command in commands.items()}
    for name, command in commands.items():
        released = name == "the release binary"
        if name != "the constant body":
            show(f"start to first 200, {name}, against the constant body",
                 statistics.median(s[name] / s["the constant body"] for s in starts),
                 *((4, 2) if released else ()), unit="x", least=False)
        show(f"  {name}", statistics.median(s[name] for s in starts), unit=" ms")
        show(f"  resident memory, idle, {name}", memory[name], *((6, 5) if released else ()),
             unit=" MB", least=False)
        show(f"  size, {name}", os.path.getsize(command[0]) / 1e6, unit=" MB")


def image():
    """The container image's size, where an engine can build it."""
    built = subprocess.run(["docker", "build", "-q", "-f", "docker/Dockerfile", "."],
                           capture_output=True, text=True) if shutil.which("docker") else None
    if not built or built.returncode != 0:
        print("SKIPPED: the image, which no container engine could build here")
        return
    size = subprocess.run(["docker", "image", "inspect", "-f", "{{.Size}}", built.stdout.strip()],
                          capture_output=True, text=True, check=True).stdout
    show("the container image", int(size) / 1e6, 6, 4.5, " MB", least=False)


def main():
    print(f"{os.cpu_count()} cores, {WORKERS} workers; yardstick: libmicrohttpd answering a "
          "constant body, set up the same\n")
    speed()
    beside_prism()
    reset()
    journal()
    readers()
    statements()
    fleets()
    start_and_memory()
    image()
    with open(f"{BUILD}/bench.json", "w") as file:
        json.dump(FIGURES, file)
    if max(KEPT) > QUIET:
        print(f"\nthe machine's host kept up to {max(KEPT):.0%} of it for others during a slice of "
              "requests a second")
    if MISSED:
        print("\nMISSED: " + "; ".join(MISSED))
    sys.exit(3 if MISSED else 0)  # 3, as told apart from a crash


if __name__ == "__main__":
    main()
