# SPDX-License-Identifier: MIT
"""The exec command: a program beside a server of its own, with real processes and signals.

The program is this Python, which finds the server through its environment only.
"""

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import harness
from harness import BINARY, DEADLINE, File, Server, environment, run

PROGRAM = """
import json, os, signal, sys, time, urllib.error, urllib.request

def ask(path, method="GET", root=os.environ.get("MIRU_BASE_URL")):
    request = urllib.request.Request(root + path, method=method, headers={
        "X-API-Key": os.environ.get("MIRU_API_KEY", "none"), "Miru-Version": "2026-03-09.tetons"})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as e:
        return e.code

def say(*what):  # not by print, which a signal's handler may not enter again
    os.write(1, (" ".join(map(str, what)) + "\\n").encode())
"""


def program(code):
    return [sys.executable, "-B", "-c", PROGRAM + code]


def execute(*args, env=None, stdin=None, code=None):
    """exec, run to its end; with a piece of Python as its program, unless `args` name one."""
    return run("exec", *args, *(["--", *program(code)] if code is not None else []), env=env,
               stdin=stdin)


class Running:
    """exec of a piece of Python that goes on, in a session of its own, which ends with the test."""

    def __init__(self, code, *args, **popen):
        self.process = subprocess.Popen(
            [BINARY, "exec", *args, "--", *program(code)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=environment(), cwd=harness.SRCDIR,
            start_new_session=True, **popen)
        self.timer = threading.Timer(DEADLINE, self.kill)
        self.timer.start()

    def __enter__(self):
        return self

    def kill(self):
        """All of it: a program that is left would hold the pipes open."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def __exit__(self, *_):
        self.timer.cancel()
        self.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            raise harness.Failure(f"ended: {self.end()}")
        return line.strip()

    def end(self):
        """Its status, and what it said on standard error."""
        status = self.process.wait(DEADLINE)
        return status, self.process.stderr.read()


class Exec(harness.TestCase):
    arguments = None

    def assert_ended(self, result, status, stdout="", stderr=""):
        self.assertEqual((result.returncode, result.stdout, result.stderr),
                         (status, stdout, stderr))

    # ---- what the program gets

    def test_server(self):
        """It is there from the program's first line on."""
        self.assert_ended(execute(code="say(ask('/deployments/dpl_123'))"), 0, "200\n")
        self.assert_ended(execute("--", "sh", "-c", 'curl -s "$MIRU_MOCK_URL/_mock/ready"'), 0,
                          json.dumps({"status": "ready",
                                      "version": os.environ["MIRU_MOCK_VERSION"]}, indent=2) + "\n")

    def test_output_is_the_programs(self):
        code = "sys.stderr.write('b\\n'); say('a', sys.stdin.read()); ask('/devices')"
        self.assert_ended(execute(code=code, stdin="xyz"), 0, "a xyz\n", "b\n")
        result = execute("--log", "text", code="ask('/devices')")
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertIn(" 200 GET /beta/devices ", result.stderr)

    def variables(self, *args, env=None):
        code = "say(json.dumps({k: v for k, v in os.environ.items() if k.startswith('MIRU_')}))"
        result = execute(*args, env=env, code=code)
        self.assertEqual(result.returncode, 0, result)
        return json.loads(result.stdout), result.stderr

    def test_environment(self):
        found, errors = self.variables()
        root = found["MIRU_MOCK_URL"]
        self.assertRegex(root, r"^http://127\.0\.0\.1:[1-9]\d*$")
        self.assertEqual(found, {"MIRU_BASE_URL": root + "/beta", "MIRU_API_KEY": "miru_mock_admin",
                                 "MIRU_MOCK_URL": root})
        self.assertEqual(errors, "")
        # In place of what there is; and everything else as it is.
        found, _ = self.variables(env={"MIRU_API_KEY": "real", "MIRU_BASE_URL": "https://real",
                                       "MIRU_MOCK_URL": "x", "MIRU_API_KEY_2": "mine",
                                       "MIRU_MOCK_WORKERS": "3"})
        root = found["MIRU_MOCK_URL"]
        self.assertEqual(found, {"MIRU_BASE_URL": root + "/beta", "MIRU_API_KEY": "miru_mock_admin",
                                 "MIRU_MOCK_URL": root, "MIRU_API_KEY_2": "mine",
                                 "MIRU_MOCK_WORKERS": "3"})
        self.assert_ended(execute(env={"A": "1", "B": "x=y\n"}, code="say(os.environ['A'], "
                                  "repr(os.environ['B']))"), 0, "1 'x=y\\n'\n")

    def test_hosts(self):
        for host, shown in (("::1", "[::1]"), ("::", "[::1]"), ("0.0.0.0", "127.0.0.1"),
                            ("*", "127.0.0.1"), ("0", "127.0.0.1"), ("localhost", "127.0.0.1")):
            result = execute("--host", host, code="say(os.environ['MIRU_BASE_URL'], "
                                                  "ask('/devices'))")
            self.assertRegex(result.stdout, rf"^http://{shown.replace('[', chr(92) + '[')}"
                                            r":\d+/beta 200\n$")

    def test_proxy(self):
        """A proxy of the machine's is not asked for the server's answers."""
        nowhere = {name: "http://127.0.0.1:1" for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY")}
        code = "say(ask('/devices'), os.environ['NO_PROXY'], os.environ['no_proxy'])"
        hosts = "localhost,127.0.0.1,::1"
        for kept in ({}, {"NO_PROXY": "a.test"}, {"no_proxy": "a.test"}):
            expected = f"a.test,{hosts}" if kept else hosts
            self.assert_ended(execute(env={"NO_PROXY": None, "no_proxy": None, **nowhere, **kept},
                                      code=code), 0, f"200 {expected} {expected}\n")
        self.assert_ended(execute("--", "sh", "-c", 'curl -s -o /dev/null -w "%{http_code}" '
                                  '"$MIRU_MOCK_URL/_mock/ready"', env=nowhere), 0, "200")

    def test_api_version(self):
        code = "say(os.environ.get('MIRU_API_VERSION'))"
        self.assert_ended(execute(code=code), 0, "None\n")
        self.assert_ended(execute("--api-version", harness.TETONS, code=code), 0,
                          f"{harness.TETONS}\n")
        self.assert_ended(execute("--api-version", "x", code=code), 2, "",
                          "miru-mock: --api-version 'x': expected one of "
                          f"{', '.join(harness.VERSIONS)}\n")

    def test_port(self):
        with Server() as server:
            free = server.port
        code = "say(os.environ['MIRU_MOCK_URL'], ask('/devices'))"
        expected = f"http://127.0.0.1:{free} 200\n"
        self.assert_ended(execute("--port", str(free), code=code), 0, expected)
        self.assert_ended(execute(env={"MIRU_MOCK_PORT": str(free)}, code=code), 0, expected)

    def test_port_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "port")
            self.assert_ended(execute(
                "--port-file", path, code=f"say(os.environ['MIRU_MOCK_URL'].endswith(':' + "
                                          f"open({path!r}).read().strip()))"), 0, "True\n")
            self.assertEqual(os.listdir(folder), [])

    def test_options_of_the_server(self):
        with File({"devices": [{"id": "dvc_1", "name": "one"}],
                   "api_keys": [{"key": "k", "name": "k", "scopes": ["devices:read"]}]}) as file:
            code = "say(os.environ['MIRU_API_KEY'], ask('/devices/dvc_1'), ask('/releases'))"
            self.assert_ended(execute("--fixtures", file, code=code), 0, "k 200 403\n")
        code = "say(ask('/_mock/ready', root=os.environ['MIRU_MOCK_URL']))"
        self.assert_ended(execute("--no-control", code=code), 0, "404\n")

    def test_key(self):
        """The first with all scopes, however it got them; or else the first with the most."""
        scopes = [f"{r}:manage" for r in (
            "config_instances", "config_schemas", "config_types", "deployments", "devices",
            "git_commits", "groups", "provisioning_tokens", "releases")]
        few = ("few", ["devices:read"])
        more = ("more", ["devices:read", "groups:read"])
        manage = ("manage", ["deployments:manage"])  # seven
        for keys, best in (((few, more, ("as_many", more[1])), "more"),
                           ((few, ("all", scopes), ("all_too", scopes)), "all"),
                           ((more, manage, few), "manage"), ((("nothing", []),), "nothing"),
                           ((("it's", scopes),), "it's")):
            with File({"api_keys": [{"key": key, "name": key, "scopes": scopes}
                                    for key, scopes in keys]}) as file:
                found, errors = self.variables("--fixtures", file)
                self.assertEqual((found["MIRU_API_KEY"], errors), (best, ""))

    def test_no_key(self):
        """A real one that is set must not be taken for one of the server's."""
        found, errors = self.variables("--empty", env={"MIRU_API_KEY": "real"})
        self.assertEqual(set(found), {"MIRU_BASE_URL", "MIRU_MOCK_URL"})
        self.assertRegex(errors, r"^miru-mock: no API key: MIRU_API_KEY is not set.*"
                                 r"--auth any\n$")
        result = execute("--empty", "--auth", "any",
                         code="say(os.environ['MIRU_API_KEY'], ask('/devices'))")
        self.assert_ended(result, 0, "miru_mock_any 200\n")
        found, _ = self.variables("--auth", "any")
        self.assertEqual(found["MIRU_API_KEY"], "miru_mock_admin")

    def test_descriptors(self):
        """Its own three, and what our caller gave us; nothing of ours."""
        code = "say(sorted(os.readlink(f'/proc/self/fd/{n}').partition(':')[0] " \
               "for n in os.listdir('/proc/self/fd') if int(n) > 2 and os.path.exists(" \
               "f'/proc/self/fd/{n}')))"
        self.assert_ended(execute(code=code), 0, "[]\n")
        reader, writer = os.pipe()
        with os.fdopen(reader), os.fdopen(writer, "w"):
            with Running(f"os.write({writer}, b'x'); say('written')",
                         pass_fds=(writer,)) as running:
                self.assertEqual(running.line(), "written")
                self.assertEqual(os.read(reader, 1), b"x")
                self.assertEqual(running.end(), (0, ""))

    def signals(self, **popen):
        """Which the program, no Python, finds blocked and ignored."""
        result = subprocess.run(
            [BINARY, "exec", "--", "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"],
            capture_output=True, text=True, env=environment(), timeout=DEADLINE, **popen)
        found = dict(line.split(":\t") for line in result.stdout.splitlines())
        return {name: {n for n in range(1, 32) if int(mask, 16) >> n - 1 & 1}
                for name, mask in found.items()}

    def test_signals_begin_as_usual(self):
        def spoil():
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGUSR1})
            for sig in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGINT, signal.SIGUSR2):
                signal.signal(sig, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.assertEqual(self.signals(preexec_fn=spoil), {"SigBlk": set(), "SigIgn": set()})

        def nohup():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.assertEqual(self.signals(preexec_fn=nohup),
                         {"SigBlk": set(), "SigIgn": {signal.SIGHUP}})

    def test_words_are_the_programs(self):
        words = ["--help", "-V", "--port", "x", "--", "exec", "", "a b", "*"]
        result = execute("--", sys.executable, "-c", "import sys; print(sys.argv[1:])", *words)
        self.assert_ended(result, 0, f"{words}\n")
        many = [str(n) for n in range(1000)]
        self.assert_ended(execute("--", "echo", *many), 0, " ".join(many) + "\n")

    # ---- how it ends

    def test_status(self):
        for status in (0, 1, 2, 7, 126, 255):
            self.assert_ended(execute(code=f"sys.exit({status})"), status)
        for sig in (signal.SIGKILL, signal.SIGTERM, signal.SIGUSR1):
            self.assert_ended(execute(code=f"os.kill(os.getpid(), {int(sig)})"), 128 + sig)

    @unittest.skipIf(harness.sanitized("tsan"),
                     "the thread sanitizer does not survive such a signal itself")
    def test_status_outlives_the_server(self):
        """If the server dies while it is stopped, the status is the program's all the same."""
        code = """
import socket, urllib.parse
url = urllib.parse.urlsplit(os.environ["MIRU_MOCK_URL"])
if os.fork() == 0:
    sock = socket.create_connection((url.hostname, url.port))
    sock.sendall(b"GET /x HTTP/1.1\\r\\n")  # which holds the end up
    say(url.port)
    try:
        sock.recv(1)
    finally:
        os._exit(0)
os.read(0, 1)
os._exit(7)
"""
        for sig in (signal.SIGABRT, signal.SIGSEGV):
            with Running(code, stdin=subprocess.PIPE) as running:
                port = int(running.line())
                running.process.stdin.close()
                with self.assertRaises(ConnectionError):  # refused, or reset as it closes
                    while True:
                        harness.socket.create_connection(("127.0.0.1", port)).close()
                running.process.send_signal(sig)
                self.assertEqual(running.end(), (
                    7, "miru-mock: the server has crashed while it was stopped\n"))

    def test_cannot_run(self):
        no = "miru-mock: cannot run '{}': {}\n"
        for name in ("no-such-program", "/no/such/program", ""):
            self.assert_ended(execute("--", name), 127, "",
                              no.format(name, "No such file or directory"))
        with tempfile.NamedTemporaryFile("w") as file:
            self.assert_ended(execute("--", file.name, "x"), 126, "",
                              no.format(file.name, "Permission denied"))
        self.assert_ended(execute("--", "/"), 126, "", no.format("/", "Permission denied"))
        self.assert_ended(execute("--", "/dev/null/x"), 126, "",
                          no.format("/dev/null/x", "Not a directory"))

    def test_usage(self):
        for args in ((), ("--",), ("--port", "0"), ("--port", "0", "--")):
            self.assert_ended(execute(*args), 2, "", "miru-mock: exec requires a command after --: "
                                                     "miru-mock exec [OPTIONS] -- CMD...\n")
        for args in (("sh", "-c", "x"), ("--log", "off", "sh", "--", "x"), ("--host", "--", "sh"),
                     ("sh", *["x"] * 100)):
            self.assert_ended(execute(*args), 2, "", "miru-mock: -- is required before 'sh': "
                                                     "miru-mock exec [OPTIONS] -- CMD...\n")
        result = execute("--prot", "1", "--", "true")
        self.assertEqual(result.returncode, 2)
        self.assertIn("unknown option '--prot'", result.stderr)
        self.assertIn("Commands\n", execute("--help").stdout)

    def test_server_that_does_not_start(self):
        """Nothing is run."""
        with Server() as server, File("{") as broken, tempfile.NamedTemporaryFile("w") as other:
            other.write("precious\n")
            other.flush()
            for args, word in ((("--port", str(server.port)), "is already used"),
                               (("--fixtures", broken), "nothing was loaded"),
                               (("--fixtures", "/nonexistent"), "nothing was loaded"),
                               (("--host", "nowhere.invalid"), "cannot listen"),
                               (("--port-file", other.name), "not a file that a server wrote"),
                               (("--port-file", "/nonexistent/x"), "No such file")):
                result = execute(*args, "--", "echo", "run")
                self.assertEqual((result.returncode, result.stdout), (1, ""))
                self.assertIn(word, result.stderr)

    def test_server_ends_with_it(self):
        result = execute(code="say(os.environ['MIRU_MOCK_URL'].rpartition(':')[2])")
        self.assertEqual(result.returncode, 0)
        with self.assertRaises(ConnectionRefusedError):
            harness.socket.create_connection(("127.0.0.1", int(result.stdout))).close()

    def test_what_it_leaves_running(self):
        """Is not waited for, though it holds standard output and error."""
        code = """
if os.fork() == 0:
    signal.pause()
say('parent')
os._exit(3)
"""
        with Running(code) as running:
            self.assertEqual(running.line(), "parent")
            self.assertEqual(running.process.wait(DEADLINE), 3)

    def test_many_at_once(self):
        code = "say(os.environ['MIRU_MOCK_URL'], ask('/deployments/dpl_123')); sys.stdin.read()"
        runnings = [Running(code, stdin=subprocess.PIPE) for _ in range(10)]
        lines = [running.line() for running in runnings]
        self.assertEqual(len(set(lines)), 10)
        self.assertEqual({line.split()[1] for line in lines}, {"200"})
        for running in runnings:
            running.process.stdin.close()
            self.assertEqual(running.end(), (0, ""))
            running.__exit__()

    # ---- signals

    CATCH = """
caught = []
for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
    signal.signal(s, lambda s, _: caught.append(s))
"""

    UNTIL_TERM = """
say('go')
while signal.SIGTERM not in caught:
    time.sleep(0.01)
say(*(signal.Signals(s).name for s in caught))
"""

    def hangup(self):
        """As a terminal's programs have it, also where the tests run under nohup."""
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.addCleanup(signal.signal, signal.SIGHUP, before)

    PASSED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

    def test_signals_end_it(self):
        self.hangup()
        code = "signal.signal(signal.SIGINT, signal.SIG_DFL); say('go'); signal.pause()"
        for sig in self.PASSED:
            with Running(code) as running:
                self.assertEqual(running.line(), "go")
                running.process.send_signal(sig)
                self.assertEqual(running.end(), (128 + sig, ""))

    def test_signals_are_the_programs(self):
        """It may do with them as it likes, and has its server until it ends."""
        self.hangup()
        code = self.CATCH + """
say('go')
for n in range(4):
    while len(caught) == n:
        time.sleep(0.01)
    say(int(caught[n]), ask('/devices'))
sys.exit(9)
"""
        with Running(code) as running:
            self.assertEqual(running.line(), "go")
            for sig in self.PASSED:
                running.process.send_signal(sig)
                self.assertEqual(running.line(), f"{int(sig)} 200")
            self.assertEqual(running.end(), (9, ""))

    def test_own_signal_comes_once(self):
        """What the program sends to its whole group, us among it, does not come back."""
        code = self.CATCH + """
os.kill(0, signal.SIGQUIT)
os.kill(os.getppid(), signal.SIGINT)
""" + self.UNTIL_TERM
        with Running(code) as running:
            self.assertEqual(running.line(), "go")
            # Of those that wait, the one with the greatest number comes last.
            running.process.send_signal(signal.SIGTERM)
            self.assertEqual(running.line(), "SIGQUIT SIGTERM")
            self.assertEqual(running.end(), (0, ""))

    def test_terminal(self):
        """^C goes to both of us: the program has it once."""
        code = self.CATCH + "signal.signal(signal.SIGINT, lambda *_: (caught.append(2), " \
                            "say('int')))\n" + self.UNTIL_TERM
        child, terminal = pty.fork()
        if child == 0:
            os.execve(BINARY, [BINARY, "exec", "--", *program(code)], environment())
        timer = threading.Timer(DEADLINE, os.killpg, (child, signal.SIGKILL))
        timer.start()
        self.addCleanup(timer.cancel)
        with os.fdopen(terminal, "rb", buffering=0) as file:
            shown = b""

            def read_until(word):
                nonlocal shown
                while word not in shown:
                    try:
                        shown += file.read(1024)
                    except OSError:  # the terminal's way to say that all have left
                        self.fail(shown)
            read_until(b"go\r\n")
            os.kill(child, signal.SIGSTOP)  # so that the two do not become one
            os.write(terminal, b"\x03")
            read_until(b"int\r\n")
            os.kill(child, signal.SIGTERM)
            os.kill(child, signal.SIGCONT)
            read_until(b"\r\nSIGINT SIGTERM\r\n")
            self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)


if __name__ == "__main__":
    harness.main()
