# SPDX-License-Identifier: MIT
"""/openapi.json and /_mock/openapi.json as generators and linters need them: the linters'
recommended rules report no error, and clients that are made from them compile, and read the demo.

Needs a directory with the packages of package.json beside this file, and in bin/ oapi-codegen:
`.ci/run generators` makes it.
"""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../api"))
import harness
from harness import ADMIN, VERSIONS, Server

TOOLS = os.path.abspath(os.environ["GENERATORS"])
READ = ["dpl_123", "My Device", "v1.0.0", "resource_not_found", "dpl_no"]
CONTROLLED = ["frozen", "dvc_123", "grp_123", "1", "getDevice", "503", "getDevice", "changed", "name",
              "renamed", "invalid_request"]


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}"
    return done.stdout


def tool(name):
    return os.path.join(TOOLS, "node_modules/.bin", name)


class Generators(harness.TestCase):
    arguments = None

    def setUp(self):
        self.server = Server("--log", "off")
        self.addCleanup(self.server.stop)
        self.directory = tempfile.mkdtemp(dir=TOOLS)  # where node finds the packages
        self.addCleanup(shutil.rmtree, self.directory)
        self.root = f"http://{self.server.host}:{self.server.port}"
        self.base = self.root + "/beta"

    def document(self, version):
        path = os.path.join(self.directory, "api.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.server.get("/openapi.json", key=None, version=version).text)
        return path

    def control(self):
        path = os.path.join(self.directory, "control.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.server.control("GET", "openapi.json").text)
        return path

    def each(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                yield version, self.document(version)

    def test_redocly(self):
        for _, path in self.each():
            run(tool("redocly"), "lint", "--extends", "recommended", path, cwd=self.directory)
        run(tool("redocly"), "lint", "--extends", "recommended", self.control(), cwd=self.directory)

    def test_spectral(self):
        with open(os.path.join(self.directory, ".spectral.yaml"), "w", encoding="utf-8") as file:
            file.write("extends: [spectral:oas]\n")
        for _, path in self.each():
            run(tool("spectral"), "lint", path, cwd=self.directory)
        run(tool("spectral"), "lint", self.control(), cwd=self.directory)

    def test_typescript(self):
        shutil.copy(os.path.join(HERE, "client.mts"), self.directory)
        for version, path in self.each():
            run(tool("openapi-typescript"), path, "-o", "api.ts", cwd=self.directory)
            run(tool("tsc"), "--strict", "--target", "es2022", "--module", "nodenext",
                "--skipLibCheck", "client.mts", cwd=self.directory)
            self.assertEqual(run("node", "client.mjs", self.base, ADMIN, version,
                                 cwd=self.directory).strip(), " ".join(READ))

    def test_typescript_control(self):
        shutil.copy(os.path.join(HERE, "control.mts"), self.directory)
        run(tool("openapi-typescript"), self.control(), "-o", "control-api.ts", cwd=self.directory)
        run(tool("tsc"), "--strict", "--target", "es2022", "--module", "nodenext",
            "--skipLibCheck", "control.mts", cwd=self.directory)
        self.assertEqual(run("node", "control.mjs", self.root, cwd=self.directory).strip(),
                         " ".join(CONTROLLED))

    def test_go_control(self):
        shutil.copy(os.path.join(HERE, "control.go"), self.directory)
        with open(os.path.join(self.directory, "go.mod"), "w", encoding="utf-8") as file:
            file.write("module control\n\ngo 1.22\n")
        with open(os.path.join(self.directory, "api.go"), "w", encoding="utf-8") as file:
            file.write(run(os.path.join(TOOLS, "bin/oapi-codegen"), "-generate", "types,client",
                           "-package", "main", self.control(), cwd=self.directory))
        run("go", "mod", "tidy", cwd=self.directory)
        self.assertEqual(run("go", "run", ".", self.root, cwd=self.directory).strip(),
                         " ".join(CONTROLLED))

    def test_go(self):
        shutil.copy(os.path.join(HERE, "client.go"), self.directory)
        with open(os.path.join(self.directory, "go.mod"), "w", encoding="utf-8") as file:
            file.write("module client\n\ngo 1.22\n")
        for version, path in self.each():
            with open(os.path.join(self.directory, "api.go"), "w", encoding="utf-8") as file:
                file.write(run(os.path.join(TOOLS, "bin/oapi-codegen"), "-generate",
                               "types,client", "-package", "main", path, cwd=self.directory))
            run("go", "mod", "tidy", cwd=self.directory)
            self.assertEqual(run("go", "run", ".", self.base, ADMIN, version,
                                 cwd=self.directory).strip(), " ".join(READ))


if __name__ == "__main__":
    harness.main()
