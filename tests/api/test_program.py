# SPDX-License-Identifier: MIT
"""The program as a user meets it: commands, options, the environment, signals, files."""

import contextlib
import fcntl
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import tempfile
import termios
import threading
import time

import harness
from harness import ADMIN, TETONS, Server, run

DPL = "/beta/deployments/dpl_123"


class Usage(harness.TestCase):
    arguments = None

    def assert_usage(self, result, *words):
        """Exit 2, nothing on standard output, and one line that says what to write instead."""
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("miru-mock: "))
        for word in words:
            self.assertIn(word, result.stderr)

    def test_help(self):
        texts = {run(*args).stdout for args in (["--help"], ["serve", "--help"], ["-h"],
                                                ["check", "--help"], ["health", "-h"])}
        self.assertEqual(len(texts), 1)
        text = texts.pop()
        for word in ("serve", "check FILE...", "health", "--port N", "--fixtures FILE",
                     "MIRU_MOCK_PORT_FILE"):
            self.assertIn(word, text)
        self.assertEqual(run("--help").returncode, 0)
        self.assertEqual(run("--help").stderr, "")

    def test_version(self):
        for args in (["--version"], ["serve", "--version"], ["-V"]):
            self.assertRegex(run(*args).stdout,
                             rf"\Amiru-mock {re.escape(os.environ['MIRU_MOCK_VERSION'])}\n"
                             r"libmicrohttpd \d+\.\d+\.\d+\nSQLite 3\.\d+\.\d+\n\Z")

    def test_man_page(self):
        """The man page and --help name the same commands and options."""
        with open(os.path.join(harness.SRCDIR, "docs/miru-mock.1")) as file:
            page = file.read().replace("\\-", "-")
        options = set(re.findall(r"--[a-z][a-z-]*", run("--help").stdout))
        self.assertEqual(set(re.findall(r"--[a-z][a-z-]*", page)), options)
        for command in re.findall(r"^  miru-mock ([a-z]+)", run("--help").stdout, re.M):
            self.assertIn(f"\n.B {command}", page)

    def test_unknown(self):
        self.assert_usage(run("serv"), "unknown command 'serv'", "--help")
        self.assert_usage(run("--prot", "1"), "unknown option '--prot'", "--help")
        for *args, word in (("-x",), ("--log", "off", "-port"), ("-xyz",)):
            self.assert_usage(run(*args, word, "0"), f"unknown option '{word}'", "two dashes")
        self.assert_usage(run("check", "--port", "1", "x"), "unknown option '--port'")
        self.assert_usage(run("serve", "file.json"), "'file.json'", "--fixtures")
        self.assert_usage(run("check"), "check FILE")
        self.assert_usage(run("health", "x"), "--url")
        self.assert_usage(run("--port", "0", "check", "x"), "misplaced command 'check'")
        self.assert_usage(run("health", "--port", "0"), "from 1 to 65535")
        self.assert_usage(run("env", "x"), "env: unexpected argument 'x'", "--fixtures")
        self.assert_usage(run("--port", "0", "exec", "--", "x"),
                          "misplaced command 'exec'; put it first: miru-mock exec")
        self.assert_usage(run("--help=1"), "unknown option '--help=1'; try 'miru-mock --help'")

    def test_values(self):
        for value in ("", "x", "-1", "65536", "99999999999999999999", "80 ", " 80", "0x50", "8080x"):
            self.assert_usage(run("--port", value), "--port")
        self.assert_usage(run("--port", "x"), "from 0 to 65535")
        self.assert_usage(run("--workers", "1"), "from 2 to 64")
        self.assert_usage(run("--auth", "lax"), "'lax'", "strict, any")
        self.assert_usage(run("--version-policy", "x"), "strict, known, any")
        self.assert_usage(run("--log=xml"), "text, json, off")
        for value in ("x", "-1", "1h", "Immediate", "31622401"):
            self.assert_usage(run("--transitions", value), f"--transitions '{value}'",
                              "immediate, manual, polls:N or seconds")
        for value in ("now", "2026", "2026-01-01", "2026-13-01T00:00:00Z", "Real"):
            self.assert_usage(run("--clock", value), f"--clock '{value}'",
                              "real or a time such as 2026-01-01T00:00:00Z")
        for value in ("x", "-1", "1.5", "9223372036854775808"):
            self.assert_usage(run("--seed", value), f"--seed '{value}'", "a number from 0")
        for option, limits in (("max-page-size", "from 1 to 10000"),
                               ("max-body", "from 1 to 1073741824")):
            self.assert_usage(run(f"--{option}", "0"), f"--{option} '0'", limits)
        self.assert_usage(run("--stateless=1"), "--stateless takes no value")
        self.assert_usage(run("--port"), "--port requires a value: --port N")
        self.assert_usage(run("--empty=1"), "--empty takes no value")
        self.assert_usage(run("--fixtures", ""), "--fixtures is empty")
        self.assert_usage(run(*["--fixtures", "x"] * 65), "at most 64")
        # At the borders they are taken, and something else is wrong.
        for args in (["--fixtures", "/nonexistent"] * 64, ["--workers", "64"]):
            self.assertEqual(run("--port", "0", "--host", "nowhere.invalid", *args).returncode, 1)
        self.assertEqual(run("--port", "65535", "--host", "nowhere.invalid").returncode, 1)

    def test_abbreviations(self):
        self.assert_usage(run("--emp"), "unknown option '--emp'; write --empty")
        self.assert_usage(run("--fix", "x"), "unknown option '--fix'; write --fixtures")
        self.assert_usage(run("exec", "--log=off", "--wo=2", "--", "true"), "write --workers")
        self.assert_usage(run("--vers"), "unknown option '--vers'; try")
        self.assert_usage(run("--hel"), "write --help")

    def test_control_characters(self):
        """Escaped in messages, and refused in paths."""
        self.assert_usage(run(env={"MIRU_MOCK_PORT": "80\r"}), "MIRU_MOCK_PORT '80\\r'")
        self.assert_usage(run("--lo\x1b[31mg"), "'--lo\\u001b[31mg'")
        self.assert_usage(run("a\nb"), "'a\\nb'")
        result = run("--host", "a\r\x07", "--port", "0")
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result)
        self.assertIn("'a\\r\\u0007'", result.stderr)
        for args in (["--db", "a\r"], ["--port-file", "a\x7f"], ["--fixtures", "\n"],
                     ["check", "x\t"], ["export", "--db", "\x01"], ["health", "--port-file", "\r"]):
            self.assert_usage(run(*args), "a path has no control characters", "\\")
        self.assert_usage(run(env={"MIRU_MOCK_DB": "mock.db\r"}), "MIRU_MOCK_DB 'mock.db\\r'")

    def test_memory_is_no_file(self):
        self.assert_usage(run("--db", ":memory:"), "--db ':memory:'", "leave --db out")
        self.assert_usage(run(env={"MIRU_MOCK_DB": ":memory:"}), "leave --db out")
        self.assert_usage(run("export", "--db", ":memory:"), "--db ':memory:'")

    def test_unknown_variables(self):
        """Are warned of, with the name that was probably meant; nothing else is said."""
        def said(env):
            result = run("env", env=env)
            self.assertEqual(result.returncode, 0, result)
            return result.stderr
        self.assertEqual(said({"MIRU_MOCK_FIXTURE": "x"}), "miru-mock: unknown variable "
                         "MIRU_MOCK_FIXTURE; the nearest is MIRU_MOCK_FIXTURES\n")
        self.assertEqual(said({"MIRU_MOCK_PORTFILE": "x"}), "miru-mock: unknown variable "
                         "MIRU_MOCK_PORTFILE; the nearest is MIRU_MOCK_PORT_FILE\n")
        self.assertEqual(said({"MIRU_MOCK_SOMETHING_ELSE": "x"}), "miru-mock: unknown variable "
                         "MIRU_MOCK_SOMETHING_ELSE; see miru-mock --help\n")
        self.assertIn("MIRU_MOCK_\\rPORT", said({"MIRU_MOCK_\rPORT": "x"}))
        # Other commands' options, and what Kubernetes and Docker's links make.
        self.assertEqual(said({
            "MIRU_MOCK_URL": "http://x", "MIRU_MOCK_DB": "", "MIRU_MOCK": "x", "MIRU_MOCKS_X": "x",
            "MIRU_MOCK_PORT": "tcp://10.0.0.1:8080", "MIRU_MOCK_SERVICE_HOST": "10.0.0.1",
            "MIRU_MOCK_SERVICE_PORT": "8080", "MIRU_MOCK_SERVICE_PORT_HTTP": "8080",
            "MIRU_MOCK_PORT_8080_TCP": "tcp://10.0.0.1:8080", "MIRU_MOCK_PORT_8080_TCP_PORT": "8080",
            "MIRU_MOCK_PORT_8080_TCP_ADDR": "10.0.0.1", "MIRU_MOCK_PORT_8080_TCP_PROTO": "tcp",
            "MIRU_MOCK_API_SERVICE_HOST": "10.0.0.1", "MIRU_MOCK_API_PORT": "tcp://10.0.0.1:80",
            "MIRU_MOCK_NAME": "/app/miru-mock", "MIRU_MOCK_ENV_PATH": "/bin"}), "")

    def test_environment(self):
        self.assert_usage(run(env={"MIRU_MOCK_PORT": "x"}), "MIRU_MOCK_PORT 'x'")
        self.assert_usage(run(env={"MIRU_MOCK_EMPTY": "yes"}), "MIRU_MOCK_EMPTY 'yes'",
                          "0, 1, false, true")
        # But whoever asks for help gets it.
        for args in (["--help"], ["--version"], ["--port", "1", "-h"]):
            result = run(*args, env={"MIRU_MOCK_PORT": "x"})
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assert_usage(run("--help", "--port", "y", env={"MIRU_MOCK_PORT": "x"}),
                          "MIRU_MOCK_PORT 'x'")
        self.assert_usage(run(env={"MIRU_MOCK_LOG": "x"}), "MIRU_MOCK_LOG", "text, json, off")
        self.assert_usage(run(env={"MIRU_MOCK_CLOCK": "x"}), "MIRU_MOCK_CLOCK 'x'", "real or")


class Start(harness.TestCase):
    arguments = None

    def test_banner_and_its_curl_line(self):
        """The line that start-up prints works when pasted."""
        with Server() as server:
            self.assertIn(f"miru-mock {os.environ['MIRU_MOCK_VERSION']}\n", server.banner)
            self.assertIn("demo: 6 groups, 10 devices", server.banner)
            self.assertIn("14 deployments", server.banner)
            self.assertIn("miru_mock_admin, miru_mock_reader, miru_mock_noscope", server.banner)
            line = re.search(r"^try +(curl .*)$", server.banner, re.M)[1]
            pasted = subprocess.run(line, shell=True, capture_output=True, text=True,
                                    timeout=harness.DEADLINE)
            self.assertEqual(pasted.returncode, 0, pasted.stderr)
            self.assertIn('"id": "dpl_123"', pasted.stdout)
            self.assertIn('"name": "My Device"', pasted.stdout)
            self.assertEqual(shlex.split(line)[0], "curl")

    ONE = {"devices": [{"id": "dvc_1", "name": "one"}]}
    DEPLOYED = {**ONE, "releases": [{"id": "rls_1", "version": "1"}],
                "deployments": [{"id": "dpl_1", "device_id": "dvc_1", "release_id": "rls_1"}]}

    @contextlib.contextmanager
    def serve(self, world, *keys):
        """A server of a world with these keys: key, name, scopes."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            harness.json.dump({**world, "api_keys": [dict(zip(("key", "name", "scopes"), key))
                                                     for key in keys]}, file)
            file.flush()
            with Server("--fixtures", file.name) as server:
                yield server

    def test_banner_and_hostile_names(self):
        with self.serve(self.ONE, ("k", "a\nb\x1b[31m", [])) as server:
            self.assertIn("keys       a\\nb\\u001b[31m\n", server.banner)
            self.assertIn(": 1 device\n", server.banner)

    def test_banner_hides_keys_of_the_users_own(self):
        with self.serve(self.DEPLOYED, ("sk_live_secret", "ours", ["deployments:read"])) as server:
            self.assertNotIn("sk_live_secret", server.banner)
            self.assertIn("ours", server.banner)
            self.assertIn('"X-API-Key: $MIRU_API_KEY"', server.banner)
            self.assertIn("/deployments/dpl_1", server.banner)
            self.assertEqual(server.get("/beta/deployments/dpl_1", key="sk_live_secret").status, 200)

    def test_banner_names_a_key_that_works(self):
        """Not just the first one: one that may read deployments."""
        with self.serve(self.DEPLOYED, ("miru_mock_a", "a", ["devices:read"]),
                        ("miru_mock_b", "b", ["deployments:manage"])) as server:
            self.assertIn("keys       miru_mock_a, miru_mock_b\n", server.banner)
            self.assertIn('"X-API-Key: miru_mock_b"', server.banner)

    def test_empty(self):
        with Server("--empty") as server:
            self.assertIn("none: nothing", server.banner)
            self.assertIn("every request will be refused", server.banner)
            self.assertEqual(server.get(DPL).status, 401)
            self.assertEqual(server.request("GET", "/_mock/ready").status, 200)
        with Server("--empty", "--auth", "any") as server:
            self.assertEqual(server.get(DPL, key="x").status, 404)

    def test_port_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "port")
            with open(path, "w") as file:
                file.write("1\n")  # of an earlier server
            with Server("--port-file", path) as server:
                with open(path) as file:
                    self.assertEqual(file.read(), f"{server.port}\n")
                self.assertEqual(os.listdir(folder), ["port"])
            self.assertEqual(os.listdir(folder), [])
            result = run("--port", "0", "--port-file", os.path.join(folder, "no/port"))
            self.assertEqual(result.returncode, 1)
            self.assertIn("no/port: cannot be written: No such file or directory", result.stderr)

    def test_port_file_spares_what_is_none(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x")
            for text in ("precious\n", "1", "1\n\n", "123456\n", "1 2\n"):
                with open(path, "w") as file:
                    file.write(text)
                result = run("--port", "0", "--port-file", path)
                self.assertEqual(result.returncode, 1)
                self.assertIn("not a file that a server wrote", result.stderr)
                with open(path) as file:
                    self.assertEqual(file.read(), text)
            os.remove(path)
            for make in (os.mkfifo, os.mkdir, lambda path: os.symlink("y", path)):
                make(path)
                before = os.lstat(path)
                self.assertEqual(run("--port", "0", "--port-file", path).returncode, 1)
                self.assertEqual(os.lstat(path).st_ino, before.st_ino)
                os.rmdir(path) if os.path.isdir(path) else os.remove(path)
            # Not even a link to what would be one of ours.
            with open(os.path.join(folder, "real"), "w") as file:
                file.write("1\n")
            os.symlink("real", path)
            self.assertEqual(run("--port", "0", "--port-file", path).returncode, 1)
            self.assertTrue(os.path.islink(path))

    def test_port_file_of_another(self):
        """A running server's is left alone; not that of one that was killed, or an empty one."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "port")

            def assert_has(server):
                with open(path) as file:
                    self.assertEqual(file.read(), f"{server.port}\n")

            open(path, "w").close()
            with Server("--port-file", path) as first:
                for args in (["--port", "0"], ["--fixtures", "/dev/null", "--port", "0"],
                             ["--port", str(first.port)], ["exec", "--", "true"]):
                    command = args[:1] if args[0] == "exec" else []
                    result = run(*command, "--port-file", path, *args[len(command):])
                    self.assertEqual((result.returncode, result.stdout), (1, ""))
                    assert_has(first)
                self.assertIn(f"the server on port {first.port}, which is running, has written it",
                              result.stderr)
                self.assertEqual(run("health", "--port-file", path).returncode, 0)
                first.process.kill()
                with self.assertRaisesRegex(harness.Failure, "ended with -9"):
                    first.await_end()
            with Server("--port-file", path) as second:
                assert_has(second)
            self.assertEqual(os.listdir(folder), [])
            # One that is told to end may take a moment. (If this machine is slow, nothing is seen.)
            with open(path, "w") as held:
                held.write("1\n")
                held.flush()
                fcntl.flock(held, fcntl.LOCK_EX)
                timer = threading.Timer(0.3, fcntl.flock, (held, fcntl.LOCK_UN))
                timer.start()
                with Server("--port-file", path) as third:
                    assert_has(third)
                timer.join()
            # What is not its own any more stays.
            with Server("--port-file", path):
                with open(path, "w") as file:
                    file.write("1\n")
            self.assertEqual(os.listdir(folder), ["port"])

    def test_port_taken(self):
        with Server() as server:
            result = run("--port", str(server.port))
            self.assertEqual(result.returncode, 1)
            self.assertEqual(result.stdout, "")
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertIn(f"port {server.port} of localhost is already used", result.stderr)
            self.assertEqual(server.get(DPL).status, 200)

    def test_port_again(self):
        """A server may follow at once on the port of one that closed its connections itself."""
        with Server() as server:
            with server.connect() as sock:
                sock.sendall(b"HEAD /_mock/ready HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertTrue(sock.recv(65536).startswith(b"HTTP/1.1 200 "))
                server.stop()
                self.assertEqual(sock.recv(1), b"")
        with Server("--port", str(server.port)) as again:
            self.assertEqual(again.get(DPL).status, 200)

    def test_host(self):
        with Server("--host", "::1", host="::1") as server:
            self.assertIn(f"http://[::1]:{server.port}/beta", server.banner)
            self.assertEqual(server.get(DPL).status, 200)
        with Server("--host", "0.0.0.0") as server:
            self.assertIn(f"http://127.0.0.1:{server.port}/beta", server.banner)
            self.assertEqual(server.get(DPL).status, 200)
            self.assertIn("on every IPv4 address", server.banner)
        with Server("--host", "::", host="::1") as server:
            self.assertIn(f"http://[::1]:{server.port}/beta", server.banner)
            self.assertIn("on every IPv6 address", server.banner)
        result = run("--host", "nowhere.invalid", "--port", "0")
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot listen on 'nowhere.invalid'", result.stderr)

    def test_wrong_hosts(self):
        """What is no host: each command refuses it, env, which would print a URL of it, too."""
        for host in ("localhost:8080", "127.0.0.1:80", "http://localhost", "[::1]", "a b", "x/y",
                     "user@x", "a,b", "::1::", "x:"):
            for command in ("serve", "exec", "env", "health"):
                with self.subTest(host=host, command=command):
                    result = run(command, "--host", host, *(["--", "true"] * (command == "exec")))
                    self.assertEqual((result.returncode, result.stdout, result.stderr), (
                        2, "", f"miru-mock: --host '{host}': expected a name or an address, "
                               "without a port\n"))

    def test_both_families(self):
        """By default, and on every address: the same port, and a URL that works."""
        for args, said in (((), ""), (("--host", "localhost"), ""),
                           (("--host", "*"), ", on every address")):
            with Server(*args) as server:
                for host in ("127.0.0.1", "::1"):
                    server.host = host
                    self.assertEqual(server.get(DPL).status, 200)
                self.assertIn(f"http://127.0.0.1:{server.port}/beta (also /v1, or no prefix){said}\n",
                              server.banner)
                result = run("health", *args, "--port", str(server.port))
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_printed_url(self):
        """Of every way to write a host, it is one to which clients connect."""
        for host, shown in (("0", "127.0.0.1"), ("0x0", "127.0.0.1"), ("127.1", "127.0.0.1"),
                            ("0:0:0:0:0:0:0:0", "[::1]"), ("0:0::1", "[::1]")):
            with Server("--host", host, host=shown.strip("[]")) as server:
                self.assertIn(f"http://{shown}:{server.port}/beta", server.banner)
                self.assertEqual(server.get(DPL).status, 200)

    def test_either_loopback_taken(self):
        """By somebody else's program: then the port is not ours."""
        for family, host in ((harness.socket.AF_INET, "127.0.0.1"),
                             (harness.socket.AF_INET6, "::1")):
            with harness.socket.create_server((host, 0), family=family) as other:
                result = run("--port", str(other.getsockname()[1]))
                self.assertEqual(result.returncode, 1)
                self.assertIn("is already used", result.stderr)

    def test_environment_and_command_line(self):
        with Server("--auth", "any", env={"MIRU_MOCK_AUTH": "strict"}) as server:
            self.assertEqual(server.get(DPL, key="x").status, 200)
        with Server(env={"MIRU_MOCK_AUTH": "any", "MIRU_MOCK_VERSION_POLICY": "any",
                         "MIRU_MOCK_WORKERS": "3", "MIRU_MOCK_LOG": "off"}) as server:
            self.assertEqual(server.get(DPL, key="x", version=None).status, 200)
            server.stop()
            self.assertEqual(server.errors, "")
        with Server(env={"MIRU_MOCK_FIXTURES": "fixtures/demo.json:fixtures/scopes.json"}) as server:
            self.assertEqual(server.get(DPL, key="miru_mock_deployments_read").status, 200)
        with Server("--fixtures", "fixtures/demo.json", "--fixtures", "fixtures/scopes.json",
                    env={"MIRU_MOCK_FIXTURES": "/nonexistent"}) as server:
            for key in (ADMIN, "miru_mock_deployments_read"):
                self.assertEqual(server.get(DPL, key=key).status, 200)
        # Empty is not set; and no to --empty is no.
        for value in ("0", "false", ""):
            with Server(env={"MIRU_MOCK_EMPTY": value, "MIRU_MOCK_HOST": "", "MIRU_MOCK_LOG": "",
                             "MIRU_MOCK_FIXTURES": ""}) as server:
                self.assertEqual(server.get(DPL).status, 200)
        with Server("--empty", "--fixtures", "fixtures/demo.json") as server:
            self.assertEqual(server.get(DPL).status, 200)
        # A command reads its own variables only.
        result = run("check", "fixtures/demo.json", env={"MIRU_MOCK_PORT": "x", "MIRU_MOCK_LOG": "x"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        with Server("--fixtures", "fixtures/demo.json",
                    env={"MIRU_MOCK_FIXTURES": "fixtures/scopes.json"}) as server:
            self.assertEqual(server.get(DPL, key="miru_mock_deployments_read").status, 401)
        with Server("--empty", env={"MIRU_MOCK_FIXTURES": "/nonexistent"}) as server:
            self.assertEqual(server.get(DPL).status, 401)
        with Server("--fixtures", "fixtures/demo.json", env={"MIRU_MOCK_EMPTY": "1"}) as server:
            self.assertEqual(server.get(DPL).status, 200)
        for value in ("True", "TRUE"):
            with Server(env={"MIRU_MOCK_EMPTY": value}) as server:
                self.assertEqual(server.get(DPL).status, 401)
        with Server(env={"MIRU_MOCK_EMPTY": "False"}) as server:
            self.assertEqual(server.get(DPL).status, 200)
        with Server(env={"MIRU_MOCK_EMPTY": "true", "MIRU_MOCK_PORT": "tcp://10.0.0.1:8080"}) as s:
            self.assertEqual(s.get(DPL).status, 401)


class Env(harness.TestCase):
    arguments = None

    NAMES = ("MIRU_BASE_URL", "MIRU_API_KEY", "MIRU_MOCK_URL")

    def variables(self, *args, env=None, names=NAMES):
        """What a shell has once it has evaluated what env prints."""
        command = shlex.join([harness.BINARY, "env", *args])
        result = subprocess.run(
            ["sh", "-euc", f'text=$({command}); eval "$text"; exec env -0'],
            capture_output=True, text=True, env=harness.environment(env), cwd=harness.SRCDIR,
            timeout=harness.DEADLINE)
        self.assertEqual(result.returncode, 0, result)
        found = dict(entry.split("=", 1) for entry in result.stdout.split("\0") if entry)
        return [found.get(name) for name in names], result.stderr

    def assert_failed(self, result, status, *words):
        self.assertEqual((result.returncode, result.stdout), (status, ""), result)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_line(self):
        result = run("env")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout,
                         "export MIRU_BASE_URL='http://127.0.0.1:8080/beta' "
                         "MIRU_API_KEY='miru_mock_admin' MIRU_MOCK_URL='http://127.0.0.1:8080' "
                         "NO_PROXY='localhost,127.0.0.1,::1' no_proxy='localhost,127.0.0.1,::1'\n")

    def test_options(self):
        for args, env, root in (
                (["--port", "9"], {}, "http://127.0.0.1:9"),
                ([], {"MIRU_MOCK_PORT": "9", "MIRU_MOCK_HOST": "::"}, "http://[::1]:9"),
                (["--host", "0.0.0.0"], {}, "http://127.0.0.1:8080"),
                # The server's other options are taken, and say nothing here.
                (["--host", "mock.test", "--log", "off", "--stateless"], {},
                 "http://mock.test:8080")):
            self.assertEqual(self.variables(*args, env=env),
                             ([root + "/beta", ADMIN, root], ""))

    def test_no_proxy(self):
        """Both spellings, each with what it has, and the server's hosts."""
        loopback = "localhost,127.0.0.1,::1"
        for args, env, upper, lower in (
                ((), {}, loopback, loopback),
                ((), {"NO_PROXY": "a.test"}, f"a.test,{loopback}", f"a.test,{loopback}"),
                ((), {"no_proxy": "a, ::1", "NO_PROXY": "b"}, f"b,{loopback}",
                 "a, ::1,localhost,127.0.0.1"),
                ((), {"no_proxy": "*"}, "*", "*"),
                ((), {"no_proxy": "xlocalhost"}, *[f"xlocalhost,{loopback}"] * 2),
                (("--host", "mock.test"), {}, *[f"{loopback},mock.test"] * 2),
                (("--host", "*"), {}, loopback, loopback)):
            env = {"NO_PROXY": None, "no_proxy": None, **env}
            self.assertEqual(self.variables(*args, env=env, names=("NO_PROXY", "no_proxy")),
                             ([upper, lower], ""))

    def test_api_version(self):
        names = ("MIRU_API_VERSION",)
        for args, env, found in (
                ((), {}, None), ((), {"MIRU_API_VERSION": "mine"}, "mine"),
                (("--api-version", TETONS), {"MIRU_API_VERSION": "mine"}, TETONS),
                ((), {"MIRU_MOCK_API_VERSION": TETONS}, TETONS),
                (("--api-version", "new", "--version-policy", "any"), {}, "new")):
            self.assertEqual(self.variables(*args, env=env, names=names), ([found], ""))
        self.assert_failed(run("env", "--api-version", "tetons"), 2, "--api-version 'tetons'",
                           f"expected one of {TETONS}, ")

    def test_port_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "port")
            for content in (None, "", "x\n", "0\n", "65536\n", "80"):
                if content is not None:
                    with open(path, "w") as file:
                        file.write(content)
                self.assert_failed(run("env", "--port-file", path), 1, "no server has written")
            os.remove(path)
            with Server("--port-file", path) as server:
                root = f"http://127.0.0.1:{server.port}"
                for port in ("0", "8080"):
                    self.assertEqual(self.variables("--port", port, "--port-file", path),
                                     ([root + "/beta", ADMIN, root], ""))
        for args, env in ((["--port", "0"], {}), ([], {"MIRU_MOCK_PORT": "0"})):
            self.assert_failed(run("env", *args, env=env), 2, "--port-file FILE")

    def test_key(self):
        with harness.File({"api_keys": [{"key": "$(x)'\"`\\;'", "name": "k", "scopes": []}]}) as file:
            for args, env in ((["--fixtures", file], {}), ([], {"MIRU_MOCK_FIXTURES": file})):
                found, errors = self.variables(*args, env=env)
                self.assertEqual((found[1], errors), ("$(x)'\"`\\;'", ""))
        found, errors = self.variables("--empty", "--auth", "any")
        self.assertEqual((found[1], errors), ("miru_mock_any", ""))

    def test_no_key(self):
        """One that was set before goes: it is no key of this server's."""
        found, errors = self.variables("--empty", env={"MIRU_API_KEY": "real"})
        self.assertEqual(found, ["http://127.0.0.1:8080/beta", None, "http://127.0.0.1:8080"])
        self.assertIn("no API key: MIRU_API_KEY is not set", errors)

    def test_hostile_host(self):
        for host in ("a'b", "';exit;'", "$(exit)", "a\nc", "\\"):
            found, _ = self.variables("--host", host)
            self.assertEqual(found[2], f"http://{host}:8080")
        self.assert_failed(run("env", "--host", "x" * 10000), 1, "too long")

    def test_failures(self):
        with harness.File("{") as broken:
            self.assert_failed(run("env", "--fixtures", broken), 1, "nothing was loaded")
        with open("/dev/full", "w") as full:
            result = subprocess.run([harness.BINARY, "env"], stdout=full, stderr=subprocess.PIPE,
                                    text=True, env=harness.environment(), timeout=harness.DEADLINE)
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot write to standard output", result.stderr)


class NoControl(harness.TestCase):
    arguments = ("--no-control",)

    def test_no_endpoint(self):
        """They are as any path is that nobody serves, and named nowhere."""
        for method, path in (("GET", "/_mock/health"), ("GET", "/_mock/ready"),
                             ("PATCH", "/_mock/devices/dvc_123"), ("DELETE", "/_mock/clock"),
                             ("GET", "/_mock/nothing"), ("GET", "/_mock"), ("GET", "/nothing")):
            answer = self.server.request(method, path)
            self.assert_refused(answer, 404, "resource_not_found",
                                f"no such path {path}; there is: /config_instances")
            self.assertNotIn("/_mock", answer.error["message"].replace(f"path {path};", ""))
            self.assertIsNone(answer.headers["Allow"])
        self.assertEqual(self.server.get(DPL).status, 200)
        self.assertEqual(self.server.request("GET", "/openapi.json").status, 200)

    def test_health(self):
        root = f"http://127.0.0.1:{self.server.port}"
        for args, env in ((["--port", str(self.server.port)], {}), (["--url", root], {}),
                          (["--url", root + "/_mock/ready"], {}), ([], {"MIRU_MOCK_URL": root})):
            result = run("health", *args, env=env)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        result = run("health", "--url", root + "/nothing")
        self.assertEqual(result.returncode, 1)
        self.assertIn("answered 404", result.stderr)

    def test_health_of_somebody_elses(self):
        """A 404 that is not ours says nothing."""
        for header, status in (("", 1), ("Miru-Mock-Version: 0.1.0\r\n", 0)):
            with harness.socket.create_server(("127.0.0.1", 0)) as listener:
                def answer():
                    sock, _ = listener.accept()
                    with sock:
                        sock.recv(65536)
                        sock.sendall(f"HTTP/1.1 404 No\r\n{header}Content-Length: 0\r\n\r\n"
                                     .encode())
                thread = threading.Thread(target=answer)
                thread.start()
                result = run("health", "--port", str(listener.getsockname()[1]))
                thread.join(harness.DEADLINE)
                self.assertEqual(result.returncode, status, result)

    def test_banner(self):
        """Its last line works here, too, with nothing to read."""
        with Server("--no-control", "--empty") as server:
            self.assertNotIn("_mock/", server.banner)
            line = re.search(r"^try +(curl .*)$", server.banner, re.M)[1]
            pasted = subprocess.run(line, shell=True, capture_output=True, text=True,
                                    timeout=harness.DEADLINE)
            self.assertIn('"openapi": "3.0.3"', pasted.stdout)


class Stop(harness.TestCase):
    arguments = None

    def test_signals(self):
        # Under nohup we would hand on that one of them is ignored.
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        try:
            for sig in (signal.SIGTERM, signal.SIGINT):
                with Server() as server:
                    self.assertEqual(server.get(DPL).status, 200)
                    server.process.send_signal(signal.SIGHUP)
                    self.assertEqual(server.get(DPL).status, 200)
                    server.stop(sig)
        finally:
            signal.signal(signal.SIGHUP, before)

    def hang_up(self, server, *words):
        """Have it load its fixtures again, and wait for what it says."""
        server.process.send_signal(signal.SIGHUP)
        harness.wait_for(lambda: all(word in server.errors for word in words))

    def test_reload_is_said(self):
        """In every format of the log: what was loaded, or that nothing has changed."""
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        for log in ("text", "json", "off"):
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                file.write('{"devices": [{"id": "dvc_1", "name": "one"}]}')
                file.flush()
                with Server("--log", log, "--auth", "any", "--fixtures", file.name) as server:
                    self.hang_up(server, "fixtures loaded again: 1 device")
                    file.seek(0)
                    file.write('{"devices": [{"id": "dvc_1", "nmae": "one"}]}')
                    file.flush()
                    self.hang_up(server, "nmae", "in the fixtures; nothing has changed")
                    self.assertEqual(server.get("/beta/devices/dvc_1", key="x").status, 200)

    def test_load_is_given_up(self):
        """At the stop: a reload at once, a PUT when the time of requests in flight is nearly over."""
        many = b"".join(b'{"object":"device","id":"dvc_many_%d","name":"many-%d"}\n' % (i, i)
                        for i in range(1000000))
        before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.addCleanup(signal.signal, signal.SIGHUP, before)
        with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
            with Server("--fixtures", file.name) as server:
                file.write(many)
                file.flush()
                server.process.send_signal(signal.SIGHUP)
                server.stop()
                self.assertIn("loading was given up: the server stops", server.errors)
                self.assertIn("nothing has changed", server.errors)
        with tempfile.TemporaryDirectory() as folder, \
                Server("--db", folder + "/db") as server, server.connect() as sock:
            sock.sendall(b"PUT /_mock/fixtures HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n"
                         b"Content-Type: application/x-ndjson\r\n\r\n" % len(many) + many)
            began = time.monotonic()
            server.stop()
            self.assertLess(time.monotonic() - began, 8 * (4 if harness.instrumented() else 1))
            answer = sock.makefile("rb").read()
            if not answer.startswith(b"HTTP/1.1 200 "):  # of a machine that is fast
                self.assertTrue(answer.startswith(b"HTTP/1.1 503 "), answer)
                self.assertIn(b"service_unavailable", answer)
                self.assertNotIn("dvc_many_", run("export", "--db", folder + "/db").stdout)

    def test_terminal(self):
        """A hangup that is the end of the terminal ends the server, too."""
        terminal, ours = pty.openpty()

        def control():
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            fcntl.ioctl(ours, termios.TIOCSCTTY, 0)

        with subprocess.Popen([harness.BINARY, "--port", "0", "--log", "off"], stdin=ours,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              start_new_session=True, preexec_fn=control,
                              env=harness.environment(), cwd=harness.SRCDIR) as process:
            os.close(ours)
            while not process.stdout.readline().startswith("try "):
                pass
            os.close(terminal)
            self.assertEqual(process.wait(harness.DEADLINE), 0)
            self.assertEqual(process.stderr.read(), "")

    def test_nohup(self):
        """A signal that the caller had ignored is ignored."""
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with Server() as server:
                server.process.send_signal(signal.SIGHUP)
                self.assertEqual(server.get(DPL).status, 200)
        finally:
            signal.signal(signal.SIGHUP, before)

    def test_idle_connections(self):
        with Server() as server:
            socks = [server.connect() for _ in range(5)]
            for sock in socks:
                sock.sendall(b"HEAD /_mock/ready HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertTrue(sock.recv(65536).startswith(b"HTTP/1.1 200 "))
            server.stop()
            for sock in socks:
                self.assertEqual(sock.recv(1), b"")
                sock.close()

    def begin_to_stop(self, server):
        """Tell it to, and wait until it accepts no new connection."""
        server.process.send_signal(signal.SIGTERM)
        with self.assertRaises(OSError):
            while True:
                server.get(DPL)

    def test_request_in_flight(self):
        """A request whose headers are not all there when the signal comes is still answered."""
        with Server() as server:
            with server.connect() as sock:
                sock.sendall(f"GET {DPL} HTTP/1.1\r\nHost: x\r\nX-API-Key: {ADMIN}\r\n".encode())
                # Once this one is answered, the one before it has been read.
                self.assertEqual(server.get(DPL).status, 200)
                self.begin_to_stop(server)
                sock.sendall(f"Miru-Version: {TETONS}\r\n\r\n".encode())
                answer = b""
                while more := sock.recv(65536):
                    answer += more
            self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
            self.assertIn(b"Connection: close", answer)
            server.await_end()

    def test_requests_not_yet_read(self):
        """What was sent before the signal is answered, be it unread or not even accepted."""
        with Server() as server:
            request = f"GET {DPL} HTTP/1.1\r\nHost: x\r\nX-API-Key: {ADMIN}\r\n" \
                      f"Miru-Version: {TETONS}\r\n\r\n".encode()
            with contextlib.ExitStack() as stack:
                kept = [stack.enter_context(server.connect()) for _ in range(20)]
                for sock in kept:
                    sock.sendall(request)
                    self.assertTrue(sock.recv(65536).startswith(b"HTTP/1.1 200 "))
                server.process.send_signal(signal.SIGSTOP)
                fresh = [stack.enter_context(server.connect()) for _ in range(20)]
                for sock in kept + fresh:
                    sock.sendall(request)
                server.process.send_signal(signal.SIGTERM)
                server.process.send_signal(signal.SIGCONT)
                for sock in kept + fresh:
                    self.assertTrue(sock.recv(65536).startswith(b"HTTP/1.1 200 "))
            server.await_end()

    def test_answer_that_nobody_takes(self):
        """Holds the end up for five seconds, and is told."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            harness.json.dump({
                "config_types": [{"id": "t", "name": "t", "slug": "t"}],
                "config_schemas": [{"id": "s", "digest": "d", "config_type_id": "t"}],
                "config_instances": [{"id": "i", "config_schema_id": "s", "content": {
                    "format": "json", "data": "x" * 20000000}}]}, file)
            file.flush()
            server = Server("--fixtures", file.name, "--auth", "any")
        with server.connect() as sock:
            sock.sendall(f"GET /config_instances/i?expand=content HTTP/1.1\r\nHost: x\r\n"
                         f"X-API-Key: x\r\nMiru-Version: {TETONS}\r\n\r\n".encode())
            self.assertTrue(sock.recv(9).startswith(b"HTTP/1.1 "))
            before = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(harness.DEADLINE), 1)
            self.assertLess(time.monotonic() - before, 30)
        self.assertIn("miru-mock: stopped before all requests were answered\n", server.errors)
        server._close()

    def test_client_that_has_gone(self):
        """In the middle of its request, which holds nobody up."""
        with Server() as server:
            # Stopped, so that it sees the end together with what came before.
            server.process.send_signal(signal.SIGSTOP)
            for _ in range(10):
                with server.connect() as sock:
                    sock.sendall(f"PATCH /beta/devices/dvc_123 HTTP/1.1\r\nHost: x\r\nX-API-Key: "
                                 f"{ADMIN}\r\nMiru-Version: {TETONS}\r\nContent-Length: 9\r\n\r\n{{"
                                 .encode())
            server.process.send_signal(signal.SIGCONT)
            self.assertEqual(server.get(DPL).status, 200)
            before = time.monotonic()
            server.stop()
            self.assertLess(time.monotonic() - before, 4)

    def test_second_signal(self):
        """A client that stalls holds the end up; a second signal does not wait for it."""
        with Server() as server:
            with server.connect() as sock:
                sock.sendall(f"GET {DPL} HTTP/1.1\r\n".encode())
                self.assertEqual(server.get(DPL).status, 200)
                self.begin_to_stop(server)
                server.process.send_signal(signal.SIGTERM)
                self.assertEqual(server.process.wait(harness.DEADLINE), -signal.SIGTERM)
            server._close()

    def test_nothing_is_left_behind(self):
        before = set(os.listdir("/dev/shm")) | set(os.listdir(tempfile.gettempdir()))
        with Server() as server:
            server.get(DPL)
            server.process.kill()
            server.process.wait()
            server._close()
        after = set(os.listdir("/dev/shm")) | set(os.listdir(tempfile.gettempdir()))
        self.assertEqual({name for name in after - before if "miru" in name}, set())


class Health(harness.TestCase):
    def test_ready(self):
        for args, env in ((["--url", f"http://127.0.0.1:{self.server.port}"], {}),
                          (["--url", f"http://127.0.0.1:{self.server.port}/_mock/health"], {}),
                          (["--port", str(self.server.port)], {}),
                          ([], {"MIRU_MOCK_PORT": str(self.server.port)})):
            result = run("health", *args, env=env)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def test_not_ready(self):
        with Server() as other:
            port = other.port
        result = run("health", "--port", str(port))
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"no answer from http://127.0.0.1:{port}", result.stderr)
        result = run("health", "--url", f"http://127.0.0.1:{self.server.port}/nope")
        self.assertEqual(result.returncode, 1)
        self.assertIn("answered 404", result.stderr)
        for url in ("https://127.0.0.1", "127.0.0.1:80", "http://", "http://[", "http://[]:80",
                    "http://127.0.0.1:0"):
            result = run("health", "--url", url)
            self.assertEqual(result.returncode, 2, url)
            self.assertEqual(result.stderr,
                             f"miru-mock: url '{url}': expected a URL such as "
                             "http://127.0.0.1:8080\n")

    def test_no_answer(self):
        """A server that accepts and says nothing is given three seconds."""
        with harness.socket.create_server(("127.0.0.1", 0)) as silent:
            before = time.monotonic()
            result = run("health", "--port", str(silent.getsockname()[1]))
            self.assertEqual(result.returncode, 1)
            self.assertIn("no answer from", result.stderr)
            self.assertLess(time.monotonic() - before, 30)

    def test_host(self):
        """As the server reads its own, and from the same variables."""
        for host, address in (("::1", "::1"), ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("*", "::1"),
                              ("127.0.0.1", "127.0.0.1")):
            with Server("--host", host, host=address) as server:
                for args, env in ((["--host", host], {}), ([], {"MIRU_MOCK_HOST": host})):
                    result = run("health", *args, "--port", str(server.port), env=env)
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
        result = run("health", "--host", "::1", "--port", str(self.server.port),
                     env={"MIRU_MOCK_URL": "http://127.0.0.1:1"})
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_port_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "port")
            with Server("--port-file", path):
                for args, env in ((["--port-file", path], {}), ([], {"MIRU_MOCK_PORT_FILE": path})):
                    result = run("health", *args, env=env)
                    self.assertEqual((result.returncode, result.stderr), (0, ""))
            result = run("health", "--port-file", path)
            self.assertEqual(result.returncode, 1)
            self.assertIn("no server has written its port", result.stderr)
            result = run("health", "--port", str(self.server.port),
                         env={"MIRU_MOCK_PORT_FILE": path})
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_ipv6(self):
        with Server("--host", "::1", host="::1") as server:
            result = run("health", "--url", f"http://[::1]:{server.port}/")
            self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_each_address(self):
        """Of a name that has two, whichever the server listens on."""
        for host in ("127.0.0.1", "::1"):
            with Server("--host", host, host=host) as server:
                result = run("health", "--url", f"http://localhost:{server.port}/")
                self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_no_such_host(self):
        result = run("health", "--url", "http://nowhere.invalid:1/")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "^miru-mock: no answer from http://nowhere.invalid:1/: .*[a-z]\n$")


class Log(harness.TestCase):
    arguments = None

    def lines(self, *args):
        request = "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n"
        headers = "X-API-Key: %s\r\nMiru-Version: " + TETONS + "\r\n"
        with Server(*args) as server:
            # On one connection, so that they are answered and logged in this order.
            server.raw((request % (DPL + "?expand=device", headers % ADMIN) +
                        request % (DPL, headers % "miru_mock_noscope") +
                        request % ("/x\\\"", "Connection: close\r\n")).encode())
            server.stop()
            return server.errors.splitlines()

    def test_text(self):
        lines = self.lines()
        time = r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z "
        self.assertEqual(len(lines), 3)
        self.assertRegex(lines[0], time + rf"200 GET {DPL}\?expand=device {TETONS} key=\"{harness.ADMIN_NAME}\" "
                                          r"\d+us$")
        self.assertRegex(lines[1], time + rf"403 GET {DPL} {TETONS} key=\"noscope\" forbidden \d+us$")
        self.assertRegex(lines[2], time + r"404 GET /x\\\" - key=- resource_not_found \d+us$")

    def test_json(self):
        lines = [harness.json.loads(line) for line in self.lines("--log", "json")]
        self.assertEqual([line["status"] for line in lines], [200, 403, 404])
        self.assertEqual(lines[2]["target"], "/x\\\"")
        self.assertEqual(lines[1]["code"], "forbidden")
        self.assertEqual(lines[0]["key"], harness.ADMIN_NAME)
        self.assertEqual(list(lines[0]), ["time", "status", "method", "target", "version", "key",
                                          "code", "micros"])
        self.assertEqual([line["method"] for line in lines], ["GET"] * 3)
        self.assertEqual([line["version"] for line in lines], [TETONS, TETONS, ""])
        self.assertRegex(lines[0]["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")

    def test_micros(self):
        """Of requests one after the other, no more in all than has passed."""
        before = time.monotonic()
        with Server("--log", "json") as server:
            for _ in range(20):
                server.get(DPL)
            server.stop()
            lines = [harness.json.loads(line) for line in server.errors.splitlines()]
        passed = (time.monotonic() - before) * 1000000
        self.assertEqual(len(lines), 20)
        self.assertLess(0, sum(line["micros"] for line in lines))
        self.assertLess(sum(line["micros"] for line in lines), passed)

    def test_any_key(self):
        with Server("--auth", "any") as server:
            server.get(DPL, key="sk_live_1")
            server.stop()
            self.assertIn('key="any"', server.errors)

    def test_key_in_target(self):
        """Of what may be an API key in a query, the end at most."""
        with Server("--log", "text") as server:
            for query, shown in (
                    ("key=SECRETvalue_abcdef", "key=****cdef"), ("key=SECRET", "key=****"),
                    ("wait=1&k%65y=SECRETvalue_abcdef&at_least=0", "wait=1&k%65y=****cdef&at_least=0"),
                    ("key=SECRET&key=SECRETvalue_abcdef", "key=****&key=****cdef"),
                    ("x%=1&Api_Key=SECRET=1&", "x%=1&Api_Key=****&"), ("key&key=&=SHOWN", "key&key=&=SHOWN"),
                    ("keys=SHOWN&?key=SECRET", "keys=SHOWN&?key=****")):
                for path in ("/_mock/requests", "/devices", "http://h/_mock/events"):
                    with self.subTest(path=path, query=query):
                        server.raw(f"GET {path}?{query} HTTP/1.0\r\n\r\n".encode())
                        harness.wait_for(lambda: f" GET {path}?{shown} " in server.errors)
            self.assertNotIn("SECRET", server.errors)
        with Server("--log", "json") as server:
            server.control("GET", "requests?key=SECRETvalue_abcdef")
            server.stop()
            self.assertIn('"target":"/_mock/requests?key=****cdef"', server.errors)

    def test_long_target(self):
        with Server() as server:
            server.get("/" + "x" * 4000)
            server.stop()
            self.assertIn(" GET /" + "x" * 1023 + "... - ", server.errors)

    def test_request_that_never_came_whole(self):
        """Is no line, since it had no answer."""
        with Server() as server:
            with server.connect() as sock:
                sock.sendall(f"POST {DPL} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx".encode())
                self.assertEqual(server.get(DPL).status, 200)
            server.stop()
            self.assertIn(" 200 GET ", server.errors)
            self.assertNotIn(" POST ", server.errors)

    def test_probes(self):
        """Are no lines, unless they fail; other control requests are."""
        with Server() as server:
            for path in ("health", "ready", "clock"):
                self.assertEqual(server.control("GET", path).status, 200)
            self.assertEqual(server.request("HEAD", "/_mock/ready").status, 200)
            self.assertEqual(server.control("POST", "ready").status, 405)
            self.assertEqual(server.control("GET", "health?x=1").status, 200)
            self.assertEqual(server.control("GET", "clock?x=1").status, 400)
            server.stop()
            # Each came on its own connection, so their lines may be in another order.
            self.assertCountEqual(re.findall(r" (\d+ [A-Z]+ \S+) ", server.errors),
                                  ["200 GET /_mock/clock", "405 POST /_mock/ready",
                                   "400 GET /_mock/clock?x=1"])

    def test_off(self):
        self.assertEqual(self.lines("--log", "off"), [])

    def test_hostile_text_stays_on_its_line(self):
        with Server() as server:
            server.raw(b"G\xffT /\x1b[31m\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            server.stop()
            self.assertEqual(server.errors.count("\n"), 1)
            self.assertNotIn("\x1b", server.errors)

    def piped(self, *args):
        """A server whose standard error is a pipe: the process, its port, and the pipe's end."""
        reader, writer = os.pipe()
        process = subprocess.Popen([harness.BINARY, "--port", "0", *args], stdout=subprocess.PIPE,
                                   stderr=writer, text=True, env=harness.environment())
        os.close(writer)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        lines = iter(process.stdout.readline, "")
        port = int(re.search(r":(\d+)/beta", next(x for x in lines if "/beta" in x))[1])
        return process, port, reader

    def ask(self, port):
        with harness.socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(b"GET /_mock/clock HTTP/1.1\r\nHost: x\r\n\r\n")
            return sock.recv(65536).startswith(b"HTTP/1.1 200 ")

    def test_lines_come_at_once(self):
        """While it runs, not only at its end."""
        process, port, reader = self.piped()
        for _ in range(2):
            self.assertTrue(self.ask(port))
            self.assertTrue(select.select([reader], [], [], harness.DEADLINE)[0])
            self.assertIn(b" 200 GET /_mock/clock ", os.read(reader, 65536))
        os.close(reader)

    def test_reader_gone(self):
        """Nobody can read it any more: the server lives on, to its end, when all lines are written."""
        process, port, reader = self.piped()
        os.close(reader)
        for _ in range(3):
            self.assertTrue(self.ask(port))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(harness.DEADLINE), 0)

    def flood(self, port, n):
        """Requests of a kilobyte each, to a server whose log nobody reads, and their answers."""
        with harness.socket.create_connection(("127.0.0.1", port)) as sock:
            file = sock.makefile("rb")
            for _ in range(n):
                sock.sendall(f"GET /{'x' * 900} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                self.assertTrue(file.readline().startswith(b"HTTP/1.1 404"))
                while file.readline() != b"\r\n":
                    pass
                self.assertIn(b"resource_not_found", file.read1(65536))

    def test_dropped_lines_are_noted(self):
        """Each of them once, and none when somebody reads again."""
        process, port, reader = self.piped("--log", "json")
        self.flood(port, 1000)
        asked, lines = 1000, []
        with os.fdopen(reader, errors="replace") as log:
            def read_until(*words):
                while not lines or not any(word in lines[-1] for word in words):
                    lines.append(next(log))
                return lines[-1]

            found = read_until(" log lines dropped")
            while "/_mock/clock" not in found:  # it may have been dropped, too
                self.assertTrue(self.ask(port))
                asked += 1
                lines.append(next(log))
                found = read_until("/_mock/clock", " log lines dropped")
            quiet = len(lines)
            self.assertTrue(self.ask(port))
            asked += 1
            process.send_signal(signal.SIGTERM)
            lines += log
        notes = [re.search(r"(\d+) log lines dropped", line) for line in lines]
        self.assertFalse(any(notes[quiet:]))
        self.assertEqual(sum(int(note[1]) for note in notes if note) +
                         sum(note is None for note in notes), asked)
        self.assertEqual(process.wait(harness.DEADLINE), 0)

    def test_nobody_reads(self):
        """A full pipe on standard error does not hold up a single answer, nor the end."""
        process, port, reader = self.piped()
        self.flood(port, 2000)  # 2 MB of lines, into a pipe of 64 KiB and a buffer of 256
        before = time.monotonic()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(harness.DEADLINE), 0)
        if not harness.instrumented():
            self.assertLess(time.monotonic() - before, 1)
        os.close(reader)

    def test_nobody_reads_and_fixtures_are_wrong(self):
        """What the main thread says of them does not keep it from seeing the next signal."""
        handler = signal.signal(signal.SIGHUP, signal.SIG_DFL)
        self.addCleanup(signal.signal, signal.SIGHUP, handler)
        with harness.File({"devices": [{"id": f"dvc_{n}", "name": str(n)} for n in range(9)]}) as name:
            process, port, reader = self.piped("--fixtures", name)
            self.flood(port, 2000)
            with open(name, "w") as file:
                file.write("{")
            process.send_signal(signal.SIGHUP)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(harness.DEADLINE), 0)
            os.close(reader)

    def test_dropped_lines_are_counted(self):
        """Once somebody reads again, every request is a line or is counted as dropped."""
        process, port, reader = self.piped("--log", "json")
        self.flood(port, 1000)
        read = []
        thread = threading.Thread(target=lambda: read.append(
            os.fdopen(reader, errors="replace").read()))
        thread.start()
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(harness.DEADLINE), 0)
        thread.join(harness.DEADLINE)
        logged = [harness.json.loads(line) for line in read[0].splitlines()]
        notes = [line["note"] for line in logged if "note" in line]
        dropped = sum(int(note.removesuffix(" log lines dropped: standard error was not read"))
                      for note in notes)
        logged = len(logged) - len(notes)
        self.assertGreater(dropped, 0)
        self.assertEqual(logged + dropped, 1000)


if __name__ == "__main__":
    harness.main()
