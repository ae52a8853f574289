"""The image: built and run by a real engine, as the README says."""

import json
import os
import re
import subprocess
import sys
import time
import unittest

ROOT = os.environ["srcdir"]
sys.path.insert(0, os.path.join(ROOT, "tests/api"))

import harness  # noqa: E402

IMAGE = "miru-mock:test"
LIMIT = 25_000_000  # bytes


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

    def test_size(self):
        size = int(docker("image", "inspect", "-f", "{{.Size}}", IMAGE))
        print(f"image: {size / 1e6:.1f} MB", file=sys.stderr)
        self.assertLessEqual(size, LIMIT)

    def test_not_root(self):
        self.assertEqual(inspect(IMAGE, ".Config.User"), "65532:65532")

    def test_holds_nothing_else(self):
        """The binary and shared libraries, and no program to run but the one."""
        name = docker("create", IMAGE)
        self.addCleanup(docker, "rm", name)
        tar = subprocess.Popen(["docker", "export", name], stdout=subprocess.PIPE)
        listing = subprocess.run(["tar", "-t"], stdin=tar.stdout, capture_output=True, text=True)
        tar.stdout.close()
        self.assertEqual(tar.wait(), 0)
        files = {line for line in listing.stdout.splitlines() if not line.endswith("/")}
        # What the engine itself puts into every container.
        files -= {".dockerenv", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab",
                  "dev/console"}
        self.assertIn("usr/bin/miru-mock", files)
        self.assertEqual([f for f in files - {"usr/bin/miru-mock"}
                          if not re.search(r"\.so(\.\d+)*$", f)], [])

    def test_healthy_and_answers(self):
        """Read-only, no capabilities, a published port: healthy, and its own curl line works."""
        name = self.run_container("--read-only", "--cap-drop=ALL",
                                  "--security-opt=no-new-privileges", "-p", "127.0.0.1::8080")
        wait_healthy(name)
        port = docker("port", name, "8080/tcp").rpartition(":")[2]
        line = re.search(r"^try +(curl .*)$", docker("logs", name), re.M)[1]
        self.assertIn("http://127.0.0.1:8080/beta/deployments/dpl_123", line)
        answer = subprocess.run(line.replace(":8080/", f":{port}/"), shell=True,
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn('"id": "dpl_123"', answer.stdout)
        self.assertIn('"name": "My Device"', answer.stdout)
        # It ends as it should when it is told to.
        docker("stop", name)
        self.assertEqual(inspect(name, ".State.ExitCode"), 0)

    def test_options_and_fixtures(self):
        """Arguments are options; the health check follows the environment's port."""
        path = os.path.join(ROOT, "fixtures/demo.json")
        name = self.run_container("-e", "MIRU_MOCK_PORT=9000", "-v", f"{path}:/f.json:ro",
                                  command=("--fixtures", "/f.json", "--auth", "any"))
        wait_healthy(name)
        self.assertIn("/f.json: 6 groups", docker("logs", name))

    def test_unhealthy(self):
        """A health check that could not fail would show nothing."""
        name = self.run_container("--health-interval=1s", "--health-retries=1",
                                  "--health-start-period=0s", command=("--port", "9000"))
        deadline = time.monotonic() + 60
        while inspect(name, ".State.Health.Status") != "unhealthy":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)

    def test_compose(self):
        """docker/compose.yaml as it is, but on a free port."""
        command = [*compose(), "-p", f"mirumock{os.getpid()}", "-f", "docker/compose.yaml"]
        env = {**os.environ, "MIRU_MOCK_PORT": "0", "COMPOSE_HTTP_TIMEOUT": "120"}

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
        port = docker("port", name, "8080/tcp").splitlines()[0].rpartition(":")[2]
        answer = subprocess.run(["curl", "-s", f"http://127.0.0.1:{port}/_mock/ready"],
                                capture_output=True, text=True, timeout=60)
        self.assertIn('"status": "ready"', answer.stdout)


if __name__ == "__main__":
    harness.main()
