# SPDX-License-Identifier: MIT
"""What the black-box tests share: a server of one's own, a client that hides nothing, a verdict.

A Server is the real binary on a free port. Its end is part of every test: it must stop when told
to, in time, with status 0, and its standard error must hold no sanitizer's report.
"""

import functools
import http.client
import json
import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

BINARY = os.environ["MIRU_MOCK"]
SRCDIR = os.environ["srcdir"]
UNDER = os.environ.get("MIRU_MOCK_UNDER", "").split()  # what runs it: valgrind, or nothing
DEADLINE = 60  # seconds: for what takes milliseconds, on a machine that is busy and instrumented

TETONS = "2026-03-09.tetons"
RAINIER = "2026-05-06.rainier"
EVERGLADES = "2026-08-17.everglades"
VERSIONS = (TETONS, RAINIER, EVERGLADES)

ADMIN, READER, NOSCOPE = "miru_mock_admin", "miru_mock_reader", "miru_mock_noscope"
ADMIN_NAME = "My CI/CD Key"

REPORTS = re.compile(r"ERROR: AddressSanitizer|ERROR: LeakSanitizer|runtime error:|"
                     r"WARNING: ThreadSanitizer")


@functools.cache
def library():
    """The version of libmicrohttpd that the server runs with, as numbers."""
    text = subprocess.run([*UNDER, BINARY, "--version"], capture_output=True, text=True).stdout
    return tuple(map(int, re.search(r"^libmicrohttpd (\S+)", text, re.M)[1].split(".")))


def refuses_itself():
    """Does the library refuse, in HTML, more of what is malformed? See docs/limits.md."""
    return library() >= (1, 0)


class Failure(AssertionError):
    """The server itself misbehaved, whatever the test was about."""


class Server:
    """The binary, started and listening; a context manager that insists on a clean end."""

    def __init__(self, *args, env=None, binary=BINARY, host="127.0.0.1", descriptors=None):
        """`descriptors`: how many it may have, soft and hard, where they shall be few."""
        self.host = host
        # A file rather than a pipe: nobody need read it for the server to go on.
        self.log = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen(
            [*UNDER, binary, "serve", "--port", "0", *args], stdout=subprocess.PIPE, stderr=self.log,
            text=True, env=environment(env), cwd=SRCDIR, preexec_fn=descriptors and (
                lambda: resource.setrlimit(resource.RLIMIT_NOFILE, descriptors)))
        self.banner = self._read_banner()
        found = re.search(r"^listening +http://\S+:(\d+)\S*/beta", self.banner, re.M)
        if not found:
            self.process.kill()
            self.process.wait()
            self._close()
            raise Failure(f"did not start: {self.banner!r} {self.errors!r}")
        self.port = int(found[1])

    def _read_banner(self):
        """Everything up to its last line, which begins with "try". Ends when the server does."""
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith("try "):
                break
        return "".join(lines)

    def _close(self):
        self.log.seek(0)
        self.errors = self.log.read()
        self.log.close()
        self.process.stdout.close()

    @property
    def errors(self):
        if self.log.closed:
            return self._errors
        self.log.seek(0)
        return self.log.read()

    @errors.setter
    def errors(self, text):
        self._errors = text

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            self.stop()
        except Failure:
            if kind is None:
                raise
            print(self.errors, file=sys.stderr)  # the test's own failure is the one to show

    def stop(self, sig=signal.SIGTERM):
        """End it as a user would, and look at how it ended."""
        if self.log.closed:
            return
        self.process.send_signal(sig)
        self.await_end()

    def await_end(self):
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGABRT)  # for a stack trace
            self.process.wait()
            self._close()
            raise Failure(f"did not stop; its errors: {self.errors}") from None
        self._close()
        report = REPORTS.search(self.errors)
        if report:
            raise Failure(f"{report[0]}:\n{self.errors}")
        if self.process.returncode != 0:
            raise Failure(f"ended with {self.process.returncode}; its errors: {self.errors}")

    def connect(self):
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(DEADLINE)
        sock.connect((self.host, self.port))
        return sock

    def request(self, method, target, headers=None, body=None):
        """One request on a connection of its own; headers as given and no others but Host."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=DEADLINE)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and "Transfer-Encoding" not in (headers or {}):
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            return Answer(connection.getresponse(), method)
        finally:
            connection.close()

    def get(self, target, key=ADMIN, version=TETONS, method="GET", **headers):
        """A request of the API; key or version None leaves the header out."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key is not None:
            sent["X-API-Key"] = key
        if version is not None:
            sent["Miru-Version"] = version
        return self.request(method, target, sent)

    def call(self, method, target, body=None, key=ADMIN, version=EVERGLADES):
        """A request of the API with a JSON body, if any."""
        headers = {"X-API-Key": key, "Miru-Version": version}
        return self.request(method, "/beta" + target, headers, encoded(body))

    def control(self, method, target, body=None):
        """A request of a control endpoint."""
        return self.request(method, "/_mock/" + target, {}, encoded(body))

    def everything(self):
        """The whole database, as it would be exported."""
        answer = self.control("GET", "fixtures")
        assert answer.status == 200, answer.text
        return answer.json

    def raw(self, data, pieces=None):
        """Send bytes, and return every byte that comes until the server closes.

        Our side is closed once an answer begins, or when none does: the library overlooks a close
        that comes together with the request, and would keep the connection until its timeout.
        """
        with self.connect() as sock:
            for piece in pieces or [data]:
                sock.sendall(piece)
            select.select([sock], [], [], 1)
            sock.shutdown(socket.SHUT_WR)
            received = b""
            while more := sock.recv(65536):
                received += more
            return received


class Client:
    """Many requests on one connection."""

    def __init__(self, server, key=ADMIN):
        self.connection = http.client.HTTPConnection(server.host, server.port, timeout=DEADLINE)
        self.key = key

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def call(self, method, target, body=None, version=EVERGLADES):
        self.connection.request(method, "/beta" + target, encoded(body),
                                {"X-API-Key": self.key, "Miru-Version": version})
        return Answer(self.connection.getresponse(), method)

    def control(self, method, target, body=None, type=None):
        self.connection.request(method, "/_mock/" + target, encoded(body),
                                {"Content-Type": type} if type else {})
        return Answer(self.connection.getresponse(), method)


class Answer:
    def __init__(self, response, method):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()
        self.method = method

    @property
    def json(self):
        return json.loads(self.text, object_pairs_hook=no_duplicates)

    @property
    def error(self):
        """The error, whose shape is checked here, once for all."""
        document = self.json
        assert list(document) == ["error"], document
        error = document["error"]
        assert list(error) == ["code", "params", "message"], error
        assert isinstance(error["code"], str) and error["code"], error
        assert isinstance(error["params"], dict), error
        assert isinstance(error["message"], str) and error["message"], error
        return error


def sanitized(kinds="asan|tsan|ubsan"):
    """Was it built with one of these sanitizers?"""
    with open(BINARY, "rb") as file:
        return re.search(f"__({kinds})_".encode(), file.read()) is not None


def instrumented():
    """Is it run by valgrind, or was it built with sanitizers, which cost memory and time?"""
    return bool(UNDER) or sanitized()


def wait_for(condition):
    """Until it holds; a failure where it does not within the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        if time.monotonic() > end:
            raise Failure("waited in vain")
        time.sleep(0.005)


def encoded(body):
    """A body as it is sent: JSON, unless it is bytes already."""
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body).encode()


def no_duplicates(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a key twice: {names}"
    return dict(pairs)


class File:
    """A file of fixtures, for as long as it is needed."""

    def __init__(self, content):
        self.file = tempfile.NamedTemporaryFile("w", suffix=".json")
        self.file.write(content if isinstance(content, str) else json.dumps(content))
        self.file.flush()
        self.name = self.file.name

    def __enter__(self):
        return self.name

    def __exit__(self, *_):
        self.file.close()


def environment(more=None):
    """Ours, without what a user's could change, and with the sanitizers' verdict as a status; and
    more, of which None is taken out."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("MIRU_")}
    env.setdefault("ASAN_OPTIONS", "detect_stack_use_after_return=1")
    env.setdefault("TSAN_OPTIONS", "halt_on_error=1")
    for name, value in (more or {}).items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env


def run(*args, env=None, stdin=None):
    """The binary, run to its end."""
    return subprocess.run([*UNDER, BINARY, *args], capture_output=True, text=True, timeout=DEADLINE,
                          env=environment(env), input=stdin, cwd=SRCDIR)


class TestCase(unittest.TestCase):
    """With one server of the demo for all tests of a class, unless `arguments` is None."""

    maxDiff = None
    arguments = ()

    @classmethod
    def setUpClass(cls):
        if cls.arguments is not None:
            cls.server = Server(*cls.arguments)

    @classmethod
    def tearDownClass(cls):
        if cls.arguments is not None:
            cls.server.stop()

    def assert_refused(self, answer, status, code, *words, params=None):
        """Refused with this status and code, and a message that holds each of the words."""
        self.assertEqual(answer.status, status, answer.text)
        error = answer.error
        self.assertEqual(error["code"], code, error)
        for word in words:
            self.assertIn(word, error["message"])
        if params is not None:
            self.assertEqual(error["params"], params)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(answer.headers["WWW-Authenticate"],
                         'ApiKey realm="miru"' if status == 401 else None)


def main(passed_elsewhere=lambda: 0):
    """Run the calling file's tests; the last line is what script/test adds up.

    A function may say in the end how many tests have passed that these have run, and count as well.
    """
    program = unittest.main(exit=False, verbosity=2)
    result = program.result
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    if result.testsRun == 0:
        failed += 1
    passed = max(result.testsRun - failed, 0) + passed_elsewhere()
    print(f"\n== {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
