"""Measures the server beside its yardsticks and prints the figures; see script/bench.

These machines are noisy. So the two that are compared run at the same time of day: in slices of a
second, turn and turn about, and what is printed is the median of the ratios of neighbouring slices.
"""

import contextlib
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import time

import prism

BUILD, SECONDS = sys.argv[1], int(sys.argv[2])
TARGET = "/beta/deployments/dpl_123"
HEADERS = {"X-API-Key": "miru_mock_admin", "Miru-Version": "2026-03-09.tetons"}
NEWEST = {**HEADERS, "Miru-Version": "2026-08-17.everglades"}
WORKERS = max(2, os.cpu_count())
MISSED = []


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


def per_second(port, connections, target=TARGET, headers=HEADERS):
    """Requests a second over one second, and every answer a 200."""
    words = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", "-d1s", *words,
                          f"http://127.0.0.1:{port}{target}"], capture_output=True, text=True,
                         check=True).stdout
    assert "Non-2xx" not in out and "Socket errors" not in out, out
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])


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
            slices = [[per_second(port, connections) for port in ports]
                      for _ in range(max(3, SECONDS // 3))]
            rates = [statistics.median(column) for column in zip(*slices)]
            name = f"GET by id, {connections} connections"
            print(f"{name}: constant {rates[0]:.0f}/s, miru-mock {rates[1]:.0f}/s, "
                  f"with --log off {rates[2]:.0f}/s")
            for column, label in ((1, ""), (2, ", --log off")):
                show(f"{name}, against the constant body{label}",
                     statistics.median([s[column] / s[0] for s in slices]), 0.60, 0.80)


def journal():
    """What keeping the journal costs, where nobody reads it."""
    with server(*mock("--log", "off")) as (on, _), \
            server(*mock("--log", "off", "--journal-size", "0")) as (off, _):
        for port in (on, off):  # warm
            per_second(port, 16)
        slices = []
        for n in range(max(4, SECONDS // 2)):  # who goes first changes, too
            rate = {port: per_second(port, 16) for port in ((on, off) if n % 2 else (off, on))}
            slices.append(rate[on] / rate[off])
        show("GET by id with the journal, against without", statistics.median(slices), 0.95, 0.98)


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
            slices = [[per_second(port, 16, *what) for port in ports]
                      for _ in range(max(2, SECONDS // 6))]
    rates = [statistics.median(column) for column in zip(*slices)]
    print(f"Prism on {name}: {rates[0]:.0f}/s, miru-mock {rates[1]:.0f}/s")
    show("GET by id, 16 connections, against Prism",
         statistics.median([s[1] / s[0] for s in slices]), 20, 40, "x")


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


def main():
    print(f"{os.cpu_count()} cores, {WORKERS} workers; yardstick: libmicrohttpd answering a "
          "constant body, set up the same\n")
    speed()
    beside_prism()
    reset()
    journal()
    ours, worst = first_200(mock())
    theirs, _ = first_200(constant(400))
    show("start to first 200, demo (median of 41)", ours, 20, 8, " ms", least=False)
    show("  the slowest of them", worst, unit=" ms")
    show("  the constant body's", theirs, unit=" ms")
    show("resident memory, idle, demo", resident(mock()), 12, 8, " MB", least=False)
    show("  the constant body's", resident(constant(400)), unit=" MB")
    size = os.path.getsize(f"{BUILD}/miru-mock")
    show("the binary, with its debugging information", size / 1e6, unit=" MB")
    if MISSED:
        print("\nMISSED: " + "; ".join(MISSED))
    sys.exit(3 if MISSED else 0)  # 3, as told apart from a crash


main()
