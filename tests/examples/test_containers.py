# SPDX-License-Identifier: MIT
"""The recipes that need a container engine: image, compose, Testcontainers, GitHub's workflows.

Of a workflow everything is done that GitHub's runner would do, but for `uses:`, which is the checkout
and Python. Run in a virtual environment that holds what test_examples.py needs, testcontainers and
PyYAML.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import harness  # noqa: E402
import recipes  # noqa: E402
from test_examples import TESTS  # noqa: E402

PROGRAMS = [os.path.dirname(sys.executable)]
COMPOSE = "examples/compose/compose.yaml"
PROJECT = f"mirumock-examples-{os.getpid()}"
# As the runner asks.
HEALTH = "{{if .Config.Healthcheck}}{{print .State.Health.Status}}{{end}}"
RUN = "docker run -d "  # prints the container's id


def docker(*args):
    return subprocess.run(["docker", *args], capture_output=True, text=True, check=True,
                          cwd=harness.SRCDIR).stdout.strip()


def compose():
    """What the engine's compose is called here."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True)
    return "docker compose" if plugin.returncode == 0 else "docker-compose"


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


class TestCase(unittest.TestCase):
    def run_commands(self, text, **options):
        status, said = recipes.run(text, PROGRAMS, **options)
        self.assertEqual(status, 0, f"{text}\n{said}")
        return said

    def container(self, *args, command=()):
        name = docker("run", "-d", *args, "miru-mock", *command)
        self.addCleanup(docker, "rm", "-f", name)
        return name

    def health(self, container):
        """What it is, once it has been found out."""
        deadline = time.monotonic() + harness.DEADLINE
        while (status := docker("inspect", "-f", HEALTH, container)) == "starting":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        return status


class Documented(TestCase):
    """The blocks of commands, one after the other."""

    def test_every_block(self):
        self.addCleanup(self.run_commands, f"{compose()} -p {PROJECT} -f {COMPOSE} down -v")
        expected = {"The image": "sha256:|Successfully tagged miru-mock",
                    "Compose": r'"status": "deployed"', "Testcontainers": r"\b1 passed\b"}
        found = recipes.commands("docker")
        self.assertEqual([heading for heading, _ in found], list(expected))
        for heading, text in found:
            with self.subTest(heading):
                said = self.run_commands(text.replace("docker compose", compose()),
                                         env={"COMPOSE_PROJECT_NAME": PROJECT})
                self.assertRegex(said, expected[heading])


class Examples(TestCase):
    @classmethod
    def setUpClass(cls):
        docker("build", "-q", "-f", "docker/Dockerfile", "-t", "miru-mock", ".")

    def test_compose_fails(self):
        """The tests' status is that of the whole, also where they fail."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as other:
            other.write("services: {tests: {environment: {MIRU_API_KEY: ''}}}\n")
            other.flush()
            command = f"{compose()} -p {PROJECT}-fails -f {COMPOSE} -f {other.name} "
            try:
                status, said = recipes.run(command + "up --build --exit-code-from tests", PROGRAMS)
            finally:
                self.run_commands(command + "down -v")
        self.assertEqual(status, 22, said)  # curl's for an answer that is an error

    def test_no_shell(self):
        """Why no --health-cmd is to be given."""
        name = self.container("--health-cmd", "miru-mock health", "--health-interval=1s",
                              "--health-retries=1", "--health-start-period=1ms")
        self.assertEqual(self.health(name), "unhealthy")
        log = json.loads(docker("inspect", "-f", "{{json .State.Health.Log}}", name))
        self.assertIn("/bin/sh", log[0]["Output"])

    def test_healthy_in_time(self):
        """The image's own, at the interval that is given."""
        name = self.container("--health-interval", "1s")
        self.assertEqual(self.health(name), "healthy")


class Workflow(TestCase):
    """A repository that has the workflow, the tests of the example, and fixtures of its own."""

    @classmethod
    def setUpClass(cls):
        docker("build", "-q", "-f", "docker/Dockerfile", "-t", "miru-mock", ".")

    def setUp(self):
        there = tempfile.TemporaryDirectory()
        self.addCleanup(there.cleanup)
        self.root = there.name
        os.chmod(self.root, 0o755)  # the server is nobody
        shutil.copytree(f"{harness.SRCDIR}/examples/pytest", f"{self.root}/tests")
        with open(f"{harness.SRCDIR}/fixtures/demo.json") as file:
            fixtures = json.load(file)
        fixtures["devices"].append({"id": "dvc_ours", "name": "Ours"})
        with open(f"{self.root}/tests/fixtures.json", "w") as file:
            json.dump(fixtures, file)
        # What the second checkout of build.yml makes.
        os.symlink(harness.SRCDIR, f"{self.root}/miru-mock")
        self.port = free_port()

    def job(self, name):
        """The one job of a workflow, on a free port."""
        with open(f"{harness.SRCDIR}/examples/github-actions/{name}") as file:
            text = file.read()
        self.assertEqual(text.count("8080:8080"), 1)
        text = text.replace("8080:8080", f"{self.port}:8080")
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        text = text.replace("${{ vars.MIRU_MOCK_IMAGE }}", "miru-mock")
        [job] = yaml.safe_load(text)["jobs"].values()
        return job

    def run_steps(self, job):
        """What each `run:` says. GitHub's shell ends at the first command that fails, too."""
        said = []
        for step in job["steps"]:
            self.assertEqual(len(step.keys() & {"uses", "run"}), 1, step)
            if "run" in step:
                said.append(self.run_commands(step["run"], cwd=self.root, env=job["env"]))
                if step["run"].startswith(RUN):
                    self.addCleanup(docker, "rm", "-f", said[-1].strip())
        return said

    def check(self, said):
        """All tests have passed, and on our own fixtures, which every key's workspace has."""
        self.assertRegex(said[-1], rf"\b{TESTS} passed in ")
        devices = subprocess.run(
            ["curl", "-s", "-H", "X-API-Key: another", f"http://127.0.0.1:{self.port}/_mock/fixtures"],
            capture_output=True, text=True, timeout=harness.DEADLINE).stdout
        self.assertIn("dvc_ours", devices)

    def test_service(self):
        job = self.job("service.yml")
        [(name, service)] = job["services"].items()
        self.assertEqual(set(service), {"image", "ports", "env", "options"})
        self.assertEqual(service["image"], "miru-mock")
        container = self.container(
            "--network-alias", name, "--network", self.network(),
            *(f"-p{port}" for port in service["ports"]),
            *(f"-e{key}={value}" for key, value in service["env"].items()),
            *service["options"].split())
        self.assertEqual(self.health(container), "healthy")
        self.check(self.run_steps(job))

    def network(self):
        """The runner makes one for each job."""
        name = f"{PROJECT}-{self.port}"
        docker("network", "create", name)
        self.addCleanup(docker, "network", "rm", name)
        return name

    def test_build(self):
        job = self.job("build.yml")
        self.assertNotIn("services", job)
        self.check(self.run_steps(job))


if __name__ == "__main__":
    harness.main()
