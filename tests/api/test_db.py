# SPDX-License-Identifier: MIT
"""--db: a database that outlives its server; and the export of one."""

import os
import random
import resource
import sqlite3
import subprocess
import tempfile
import threading

import harness
from harness import ADMIN, EVERGLADES, BINARY, SRCDIR, Client, File, Server, run

SMALL = {"api_keys": [{"key": "mine", "name": "mine", "scopes": ["devices:manage"]}],
         "devices": [{"id": "dvc_1", "name": "one"}]}


class Database(harness.TestCase):
    arguments = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "fleet.db")

    def server(self, *more):
        return Server("--log", "off", "--db", self.path, *more)

    def assert_sound(self):
        with sqlite3.connect(self.path) as db:
            self.assertEqual(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(db.execute("PRAGMA foreign_key_check").fetchall(), [])
        db.close()

    def assert_fails(self, result, *words, status=1):
        self.assertEqual(result.returncode, status, result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)


class Lasting(Database):
    def test_next_server_goes_on(self):
        with self.server() as server:
            demo = server.everything()
            server.call("PATCH", "/devices/dvc_123", {"name": "kept"})
            server.call("POST", "/deployments/dpl_staged/deploy")
            changed = server.everything()
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["fleet.db"])
        self.assert_sound()
        with self.server() as server:
            self.assertEqual(server.everything(), changed)
            self.assertEqual(server.control("POST", "reset").status, 200)
            self.assertEqual(server.everything(), demo)
        with self.server() as server:
            self.assertEqual(server.everything(), demo)

    def test_clock_set_back_between(self):
        """What waits for its device goes on, though it has waited since a time to come."""
        target = "/deployments/dpl_123"
        with self.server("--clock", "2026-06-01T00:00:00Z", "--transitions", "5") as server:
            self.assertEqual(server.call("POST", target + "/deploy").json["status"], "queued")
        with self.server("--clock", "2026-05-01T00:00:00Z", "--transitions", "5") as server:
            self.assertEqual(server.call("GET", target).json["status"], "queued")
            server.control("POST", "clock/advance", {"seconds": 5})
            found = server.call("GET", target).json
        self.assertEqual(found["status"], "deployed")
        # And no time goes back.
        self.assertEqual(found["deployed_at"][:10], "2026-06-01")

    def test_fixtures_only_where_it_is_new(self):
        with File(SMALL) as file:
            with self.server("--fixtures", file) as server:
                small = server.everything()
                self.assertEqual(small["devices"][0]["name"], "one")
            with self.server() as server:
                self.assertEqual(server.everything(), small)
                self.assertEqual(server.get("/beta/devices/dvc_1", key="mine").status, 200)
                server.control("POST", "reset")  # to its own fixtures, the demo
                self.assertEqual(server.get("/beta/devices/dvc_123").status, 200)

    def test_what_start_up_says(self):
        for name in ("new", "changed"):
            with self.server() as server:
                self.assertIn(f"\ndatabase   {self.path}: ", server.banner)
                self.assertIn("10 devices" if name == "new" else "11 devices", server.banner)
                self.assertNotIn("demo", server.banner)
                server.call("POST", "/devices", {"name": name})

    def test_an_empty_file_is_new(self):
        with open(self.path, "w", encoding="utf-8"):
            pass
        with self.server() as server:
            self.assertEqual(server.get("/beta/devices/dvc_123").status, 200)

    def test_bad_fixtures_make_no_database(self):
        with File('{"devices":[{}]}') as file:
            result = run("serve", "--port", "0", "--db", self.path, "--fixtures", file)
        self.assertEqual(result.returncode, 1)
        self.assertIn("/devices/0: id is required", result.stderr)
        self.assertFalse(os.path.exists(self.path))

    def test_keys_of_their_own_stay_in_memory(self):
        with self.server("--auth", "any") as server:
            server.call("PATCH", "/devices/dvc_123", {"name": "theirs"}, key="k")
            server.call("PATCH", "/devices/dvc_123", {"name": "ours"})
        with self.server("--auth", "any") as server:
            names = [server.call("GET", "/devices/dvc_123", key=key).json["name"]
                     for key in ("k", ADMIN)]
            self.assertEqual(names, ["My Device", "ours"])

    def test_stateless(self):
        with self.server() as server:
            server.call("PATCH", "/devices/dvc_123", {"name": "kept"})
        with self.server("--stateless") as server:
            answer = server.call("PATCH", "/devices/dvc_123", {"name": "lost"})
            self.assertEqual(answer.json["name"], "lost")
            self.assertEqual(server.call("GET", "/devices/dvc_123").json["name"], "kept")

    def test_ids_after_a_reset(self):
        """Those that came first, also where the fixtures have drawn some."""
        fixtures = {"api_keys": [{"key": "mine", "name": "mine", "scopes": ["devices:manage"]}]}
        with File(fixtures) as file:
            for _ in range(2):
                with self.server("--fixtures", file, "--seed", "7") as server:
                    made = [server.call("POST", "/devices", {"name": "n"}, key="mine").json]
                    server.control("POST", "reset")
                    made += [server.call("POST", "/devices", {"name": "n"}, key="mine").json]
                    self.assertEqual(made[0]["id"], made[1]["id"])
                    server.control("POST", "reset")

    def test_no_room(self):
        """What cannot be kept is refused, and the server goes on, and can write again."""
        with self.server() as server:
            name = server.call("GET", "/devices/dvc_123").json["name"]
            none = os.path.getsize(self.path + "-wal")
            pid, unlimited = server.process.pid, resource.RLIM_INFINITY
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (none, unlimited))
            for method, target, body in (("PATCH", "/beta/devices/dvc_123", {"name": "lost"}),
                                         ("POST", "/_mock/reset", None),
                                         ("PUT", "/_mock/fixtures", {})):
                answer = server.request(method, target, {"X-API-Key": ADMIN,
                                                         "Miru-Version": EVERGLADES},
                                        harness.encoded(body))
                self.assert_refused(answer, 500, "internal_server_error")
                self.assertEqual(server.call("GET", "/devices/dvc_123").json["name"], name)
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))
            self.assertEqual(server.call("PATCH", "/devices/dvc_123", {"name": "kept"}).status, 200)
        self.assert_sound()
        with self.server() as server:
            self.assertEqual(server.call("GET", "/devices/dvc_123").json["name"], "kept")

    def test_env_tells_its_keys(self):
        keys = {"api_keys": [{"key": "it'smine", "name": "k", "scopes": []}]}
        with File(keys) as file, self.server("--fixtures", file):
            self.assertIn("it", run("env", "--db", self.path).stdout.split("MIRU_API_KEY=")[1])
        self.assertIn("miru_mock_admin", run("env", "--db", self.path + ".new").stdout)
        self.assertFalse(os.path.exists(self.path + ".new"))


class Refused(Database):
    def test_in_use(self):
        with self.server():
            self.assert_fails(run("serve", "--port", "0", "--db", self.path), self.path,
                              "in use by another miru-mock")
        with self.server():
            pass

    def test_not_ours(self):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write("Dear diary, today I was not a database at all. " * 20)
        for command in (("serve", "--port", "0"), ("export",)):
            self.assert_fails(run(*command, "--db", self.path), self.path, "not a database")
        os.unlink(self.path)
        db = sqlite3.connect(self.path)
        db.execute("CREATE TABLE cats (name TEXT)")
        db.commit()
        db.close()
        for command in (("serve", "--port", "0"), ("export",)):
            self.assert_fails(run(*command, "--db", self.path), self.path,
                              "not a database of miru-mock")
        db = sqlite3.connect(self.path)
        self.assertEqual(db.execute("SELECT name FROM sqlite_schema").fetchall(), [("cats",)])
        db.close()

    def test_of_another_version(self):
        with self.server():
            pass
        db = sqlite3.connect(self.path)
        db.execute("PRAGMA user_version = 1")
        db.close()
        for command in (("serve", "--port", "0"), ("export",)):
            self.assert_fails(run(*command, "--db", self.path), self.path, "another version",
                              "--fixtures")

    def test_of_other_pages(self):
        """Which a reset or a snapshot could not be copied to or from."""
        with self.server():
            pass
        db = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode = DELETE", "page_size = 8192"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("VACUUM")
        db.close()
        self.assert_fails(run("serve", "--port", "0", "--db", self.path), self.path,
                          "pages of 8192 bytes", "4096", "--fixtures")
        exported = run("export", "--db", self.path)
        self.assertEqual((exported.returncode, exported.stderr), (0, ""))
        self.assertIn('"devices"', exported.stdout)

    def test_empty_with_other_pages(self):
        db = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("page_size = 1024", "journal_mode = WAL"):
            db.execute(f"PRAGMA {pragma}")
        db.close()
        self.assert_fails(run("serve", "--port", "0", "--db", self.path), self.path,
                          "pages of 1024 bytes")

    def test_nowhere(self):
        self.assert_fails(run("serve", "--port", "0", "--db", "/nonexistent/x"),
                          "/nonexistent/x", "No such file")
        self.assert_fails(run("serve", "--port", "0", "--db", os.path.dirname(self.path)),
                          "Is a directory")

    def test_names_the_library_has_ideas_of(self):
        directory = os.path.dirname(self.path)
        for name in ("./:memory:", "file:x?mode=memory", "a b%41"):
            process = subprocess.run(
                [BINARY, "exec", "--db", name, "--", "true"], cwd=directory, timeout=60,
                capture_output=True, env=harness.environment(), check=False)
            self.assertEqual(process.returncode, 0, process.stderr)
            # Not a name of something else, beside a file that stays empty.
            self.assertGreater(os.path.getsize(os.path.join(directory, name)), 0, name)


class Export(Database):
    def test_same_bytes(self):
        """Of a server, of its database in use, of it at rest, and after loading that again."""
        with self.server("--clock", "2026-03-02T08:00:00Z") as server:
            server.call("PATCH", "/devices/dvc_123", {"name": "kept"})
            served = server.everything()
            in_use = run("export", "--db", self.path)
            self.assertEqual((in_use.returncode, in_use.stderr), (0, ""))
            self.assertEqual(harness.json.loads(in_use.stdout), served)
        at_rest = run("export", "--db", self.path)
        self.assertEqual(at_rest.stdout, in_use.stdout)
        with File(at_rest.stdout) as file:
            self.assertEqual(run("check", file).returncode, 0)
            with Server("--log", "off", "--fixtures", file, "--db", self.path + "2") as server:
                self.assertEqual(server.everything(), served)
        self.assertEqual(run("export", "--db", self.path + "2").stdout, at_rest.stdout)

    def test_many_rows(self):
        devices = [{"id": f"dvc_{n}", "name": f"{n}"} for n in range(3000)]
        with File({"devices": devices}) as file, self.server("--fixtures", file):
            pass
        exported = run("export", "--db", self.path)
        self.assertEqual([d["id"] for d in harness.json.loads(exported.stdout)["devices"]],
                         [d["id"] for d in devices])

    def test_refusals(self):
        self.assert_fails(run("export"), "--db FILE", status=2)
        self.assert_fails(run("export", self.path), "--db", status=2)
        self.assert_fails(run("export", "--db", self.path), self.path, "No such file")
        self.assertFalse(os.path.exists(self.path))
        with open(self.path, "w", encoding="utf-8"):
            pass
        self.assert_fails(run("export", "--db", self.path), self.path,
                          "not a database of miru-mock")
        with self.server():
            pass
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run([BINARY, "export", "--db", self.path], stdout=full,
                                    stderr=subprocess.PIPE, text=True, check=False,
                                    env=harness.environment())
        self.assertEqual((result.returncode, result.stderr),
                         (1, "miru-mock: cannot write to standard output\n"))


class Killed(Database):
    """kill -9 at any moment, again and again: what was acknowledged is there."""

    TIMES = 100
    WRITERS = 4

    def start(self):
        """Without the harness's insistence on a clean end."""
        port = self.path + ".port"
        process = subprocess.Popen(
            [BINARY, "--port", "0", "--port-file", port, "--db", self.path, "--log", "off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=harness.environment())
        self.addCleanup(process.stderr.close)
        harness.wait_for(lambda: process.poll() is not None or os.path.exists(port))
        self.assertIsNone(process.poll(), "it does not open again")
        with open(port, encoding="utf-8") as file:
            server = type("At", (), {"host": "127.0.0.1", "port": int(file.read())})
        os.unlink(port)
        return process, server

    def test_a_hundred_times(self):
        seed = int(os.environ.get("SEED", random.randrange(10**9)))
        print(f"seed {seed}")
        chance = random.Random(seed)
        kept, lost, serial = {}, [], 0
        asked = {}  # written, but perhaps not acknowledged

        def write(server, number, start):
            turn = start
            try:
                with Client(server) as client:
                    while True:
                        turn += 1
                        name = f"{number}-{turn}"
                        asked[name] = True
                        answer = client.call("POST", "/devices", {"name": name})
                        assert answer.status == 200, answer.text
                        kept[name] = answer.json["id"]
                        acknowledged.set()
            except (OSError, harness.http.client.HTTPException, ValueError):
                pass

        for time in range(self.TIMES):
            process, server = self.start()
            acknowledged = threading.Event()
            serial += 100000
            writers = [threading.Thread(target=write, args=(server, n, serial))
                       for n in range(self.WRITERS)]
            for writer in writers:
                writer.start()
            acknowledged.wait(harness.DEADLINE)
            # A random moment from here on, which is the point: there is no condition to wait for.
            threading.Event().wait(chance.random() * 0.05)
            process.kill()
            process.wait()
            for writer in writers:
                writer.join()
            if time % 10 == 9 or time < 3:
                exported = run("export", "--db", self.path)
                self.assertEqual(exported.returncode, 0, exported.stderr)
                there = {d["name"]: d["id"]
                         for d in harness.json.loads(exported.stdout)["devices"]}
                lost += [name for name, id in kept.items() if there.get(name) != id]
                self.assertEqual(lost, [])
                self.assert_sound()
                made = {name for name in there if name[1] == "-"}
                self.assertLessEqual(made, set(asked))
        self.assertGreater(len(kept), self.TIMES)


if __name__ == "__main__":
    harness.main()
