# SPDX-License-Identifier: MIT
"""The image: built and run by a real engine, as the README says."""

import gzip
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

ROOT = os.environ["srcdir"]
sys.path.insert(0, os.path.join(ROOT, "tests/api"))

import harness  # noqa: E402

IMAGE = "miru-mock:test"
LIMIT = 6_000_000  # bytes
PROGRAM = "usr/bin/miru-mock"  # the one file
# What the engine itself puts into every container.
ENGINE = {".dockerenv", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab", "dev/console"}
HARDENED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges")


def note(text):
    """For who reads what CI says, be it good or bad."""
    print(f"note: {text}", file=sys.stderr)


def docker(*args, check=True):
    result = subprocess.run(["docker", *args], capture_output=True, text=True, cwd=ROOT,
                            timeout=900)
    if check and result.returncode != 0:
        raise AssertionError(f"docker {' '.join(args)}: {result.stderr}")
    return result.stdout.strip()


def compose():
    """The engine's compose, as a plugin or as a program of its own."""
    for command in (["docker", "compose"], ["docker-compose"]):
        try:
            if subprocess.run([*command, "version"], capture_output=True).returncode == 0:
                return command
        except FileNotFoundError:
            pass
    raise AssertionError("neither docker compose nor docker-compose is there")


def inspect(name, template):
    return json.loads(docker("inspect", "-f", "{{json " + template + "}}", name))


def wait_healthy(name):
    deadline = time.monotonic() + 60
    while (status := inspect(name, ".State.Health.Status")) != "healthy":
        if time.monotonic() > deadline or status == "unhealthy":
            raise AssertionError(f"{name} is {status}: {docker('logs', name)}")
        time.sleep(0.1)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        docker("build", "-q", "-f", "docker/Dockerfile", "-t", IMAGE, ".")

    def run_container(self, *args, command=()):
        name = docker("run", "-d", *args, IMAGE, *command)
        self.addCleanup(docker, "rm", "-f", name)
        return name

    def files(self):
        """The tar archive of what a container begins with, and its files, but for the engine's."""
        name = docker("create", IMAGE)
        self.addCleanup(docker, "rm", name)
        file = self.enterContext(tempfile.TemporaryFile())
        subprocess.run(["docker", "export", name], stdout=file, check=True)
        file.seek(0)
        tar = self.enterContext(tarfile.open(fileobj=file))
        return tar, {m.name: m for m in tar.getmembers() if not m.isdir() and m.name not in ENGINE}

    def test_size(self):
        size = int(docker("image", "inspect", "-f", "{{.Size}}", IMAGE))
        save = subprocess.Popen(["docker", "save", IMAGE], stdout=subprocess.PIPE)
        with save.stdout as saved:
            packed = len(gzip.compress(saved.read()))
        self.assertEqual(save.wait(), 0)
        note(f"the image has {size / 1e6:.2f} MB, {packed / 1e6:.2f} compressed:")
        for name, member in self.files()[1].items():
            note(f"{member.size:10}  /{name}, in which there is:")
        for line in self.linked():
            note(" " * 12 + "%s %s" % tuple(line.split()[2:]))
        self.assertLessEqual(size, LIMIT)

    def test_not_root(self):
        self.assertEqual(inspect(IMAGE, ".Config.User"), "65532:65532")

    def linked(self):
        """What the linker took: PACKAGE VERSION SOURCE VERSION."""
        docker("build", "-q", "-f", "docker/Dockerfile", "--target", "build", "-t", f"{IMAGE}-build", ".")
        return docker("run", "--rm", f"{IMAGE}-build", "cat", "/made/linked").splitlines()

    def test_one_file(self):
        """No shell, no user, no document, no library."""
        tar, found = self.files()
        self.assertEqual(list(found), [PROGRAM])
        with tempfile.NamedTemporaryFile() as file:
            file.write(tar.extractfile(PROGRAM).read())
            file.flush()
            said = subprocess.run(["readelf", "-ld", file.name], capture_output=True, text=True,
                                  check=True).stdout
        self.assertNotRegex(said, r"NEEDED|interpreter")

    def test_what_is_linked_in(self):
        """Nothing else is, and whatever is has a reason."""
        self.assertEqual({line.split()[0] for line in self.linked()}, {
            "cjson", "libc6-dev", "libevent-dev", "libgcc-12-dev", "libmicrohttpd", "libpcre2-dev",
            "libsqlite3-dev", "libyaml-dev", "nettle-dev"})

    def test_nobody_gains_anything(self):
        """No file is setuid, of a capability, or for others to write; all are root's, but for an
        empty folder for databases."""
        for member in self.files()[0].getmembers():
            with self.subTest(member.name):
                owner = 65532 if member.name.rstrip("/") == "data" else 0
                self.assertEqual((member.uid, member.gid), (owner, owner))
                self.assertFalse(member.mode & (stat.S_ISUID | stat.S_ISGID))
                if not member.issym():
                    self.assertFalse(member.mode & stat.S_IWOTH)
                self.assertFalse([key for key in member.pax_headers if "capability" in key])

    def test_no_shell(self):
        for program in ("sh", "/bin/sh", "/usr/bin/env"):
            name = docker("create", "--entrypoint", program, IMAGE)
            self.addCleanup(docker, "rm", name)
            refused = subprocess.run(["docker", "start", name], capture_output=True, text=True)
            self.assertNotEqual(refused.returncode, 0)
            self.assertRegex(refused.stderr, "no such file|not found")

    def test_healthy_and_answers(self):
        """Read-only, no capabilities, a published port: healthy, and its own curl line works."""
        name = self.run_container(*HARDENED, "-p", "127.0.0.1::8080")
        wait_healthy(name)
        port = docker("port", name, "8080/tcp").rpartition(":")[2]
        line = re.search(r"^try +(curl .*)$", docker("logs", name), re.M)[1]
        self.assertIn("http://127.0.0.1:8080/beta/deployments/dpl_123", line)
        self.assertIn("\ncontainer  the port outside is the published one, and may be another\n",
                      docker("logs", name))
        answer = subprocess.run(line.replace(":8080/", f":{port}/"), shell=True,
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('"id": "dpl_123"', answer.stdout)
        self.assertIn('"name": "My Device"', answer.stdout)
        self.assert_powerless(name)
        # It ends as it should when it is told to.
        docker("stop", name)
        self.assertEqual(inspect(name, ".State.ExitCode"), 0)

    def assert_powerless(self, name):
        """As the kernel sees the process: nobody, without any capability or the way to one."""
        with open(f"/proc/{inspect(name, '.State.Pid')}/status", encoding="utf-8") as file:
            status = dict(line.rstrip().split(":\t", 1) for line in file)
        self.assertEqual(set(status["Uid"].split() + status["Gid"].split()), {"65532"})
        self.assertEqual({status[f"Cap{kind}"].strip("0") for kind in ("Inh", "Prm", "Eff", "Bnd")},
                         {""})
        self.assertEqual(status["NoNewPrivs"], "1")

    def test_options_and_fixtures(self):
        """Arguments are options; the health check follows the port, however it is given."""
        path = os.path.join(ROOT, "fixtures/demo.json")
        name = self.run_container("-e", "MIRU_MOCK_PORT=9000", "-v", f"{path}:/f.json:ro",
                                  command=("--fixtures", "/f.json", "--auth", "any"))
        wait_healthy(name)
        self.assertIn("/f.json: 6 groups", docker("logs", name))
        for port in ("9000", "0"):
            wait_healthy(self.run_container(*HARDENED, command=("--port", port)))

    def test_both_families(self):
        """It listens on IPv4 and IPv6, where the engine gives the container both."""
        name = self.run_container("--sysctl=net.ipv6.conf.all.disable_ipv6=0")
        wait_healthy(name)
        for host in ("127.0.0.1", "::1"):
            docker("exec", name, "/usr/bin/miru-mock", "health", "--host", host)

    def test_database_on_a_volume(self):
        """A new named volume at /data is the user's, and what is written outlives the container."""
        volume = f"mirumock{os.getpid()}"
        self.addCleanup(docker, "volume", "rm", volume)
        for options, shown in (([], "6 groups"), (["--empty"], "6 groups")):
            name = docker("run", "-d", *HARDENED, "-v", f"{volume}:/data", IMAGE, *options, "--db",
                          "/data/mock.db")
            try:
                wait_healthy(name)
                self.assertIn(f"database   /data/mock.db: {shown}", docker("logs", name))
                docker("stop", name)
                self.assertEqual(inspect(name, ".State.ExitCode"), 0)
            finally:
                docker("rm", "-f", name)

    def test_unhealthy(self):
        """A health check that could not fail would show nothing."""
        name = self.run_container("-e", "MIRU_MOCK_PORT_FILE=", "--health-interval=1s", "--health-retries=1",
                                  "--health-start-period=0s", command=("--port", "9000"))
        deadline = time.monotonic() + 60
        while inspect(name, ".State.Health.Status") != "unhealthy":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_compose(self):
        """docker/compose.yaml as it is, but on a free port."""
        command = [*compose(), "-f", "docker/compose.yaml"]
        env = {**{k: v for k, v in os.environ.items() if k != "COMPOSE_PROJECT_NAME"}, "MIRU_MOCK_PORT": "0", "COMPOSE_HTTP_TIMEOUT": "120"}

        def run(*args):
            result = subprocess.run([*command, *args], cwd=ROOT, env=env, capture_output=True,
                                    text=True, timeout=900)
            self.assertEqual(result.returncode, 0, result.stderr)
            return result.stdout.strip()

        self.addCleanup(run, "down", "-v")
        run("up", "-d", "--build")
        name = run("ps", "-q")
        wait_healthy(name)
        self.assertTrue(inspect(name, ".HostConfig.ReadonlyRootfs"))
        self.assertEqual(inspect(name, ".Config.Labels")["com.docker.compose.project"], "miru-mock")
        port = docker("port", name, "8080/tcp").splitlines()[0].rpartition(":")[2]
        answer = subprocess.run(["curl", "-s", f"http://127.0.0.1:{port}/_mock/ready"],
                                capture_output=True, text=True, timeout=60)
        self.assertIn('"status": "ready"', answer.stdout)


if __name__ == "__main__":
    harness.main()
