# SPDX-License-Identifier: MIT
"""The documentation, run: every line behind a $ of some pages, and what they say is answered."""

import collections
import itertools
import os
import re
import shlex
import subprocess
import tempfile

import harness
import recipes
from harness import SRCDIR, VERSIONS, Server


def blocks(text):
    """(command, answer) of each line that begins with a $, in a block that is indented by four."""
    found = []
    for line in text.splitlines():
        if line.startswith("    $ "):
            found.append([line[6:], []])
        elif line.startswith("    ") and found:
            found[-1][1].append(line[4:])
        elif found and found[-1][1] is not None and line:
            found.append([None, []])
    return [(command, "".join(f"{line}\n" for line in answer)) for command, answer in found
            if command]


class ControlApi(harness.TestCase):
    arguments = ("--clock", "2026-03-02T08:00:00Z")
    page, least = "docs/control-api.md", 30

    def test_every_line(self):
        found = blocks(read(self.page))
        self.assertGreaterEqual(len(found), self.least)
        for command, answer in found:
            with self.subTest(command=command):
                self.assertIn("127.0.0.1:8080", command)
                command = command.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}")
                self.assertIn(shlex.split(command)[0], "curl")
                run = subprocess.run(command, shell=True, capture_output=True, text=True,
                                     timeout=harness.DEADLINE)
                self.assertEqual(run.stdout, answer)


class Isolation(ControlApi):
    arguments = ("--auth", "any")
    page, least = "docs/isolation.md", 3


class Readme(harness.TestCase):
    """Every command of README.md, in its order, in a directory that has its fleet.json."""

    # Who runs the others. `script/server` is our server here.
    ELSEWHERE = {"docker build": "tests/docker", "docker run": "tests/docker",
                 "docker compose": "tests/docker", "./miru-mock": "tests/release",
                 "script/server": "tests/fresh", "script/check": "CI", "script/test": "CI",
                 "sudo make": "make distcheck"}
    # Others' programs, which see what they get.
    STUB = '#!/bin/sh\n[ -n "$MIRU_BASE_URL" ] && curl -sf -o ran "$MIRU_MOCK_URL/_mock/ready"\n'

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        [fleet] = re.findall(r"^```json\n(.*?)^```$", read("README.md"), re.M | re.S)
        self.write("fleet.json", fleet)
        os.mkdir(os.path.join(self.directory.name, "bin"))
        os.symlink(harness.BINARY, os.path.join(self.directory.name, "bin", "miru-mock"))
        for name in ("pytest", "npm"):
            os.chmod(self.write(os.path.join("bin", name), self.STUB), 0o755)

    def write(self, name, text):
        path = os.path.join(self.directory.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    @staticmethod
    def commands():
        """Each with what is shown to follow it, up to a "..."."""
        text = re.sub(r"\\\n +", "", read("README.md"))
        for block in re.findall(r"(?:^    .*\n)+", text, re.M):
            lines = [line[4:] for line in block.splitlines()]
            prompts = any(line.startswith("$ ") for line in lines)
            for i, line in enumerate(lines):
                if prompts and not line.startswith("$ "):
                    continue
                shown = itertools.takewhile(lambda other: prompts and other[:2] != "$ ", lines[i + 1:])
                yield re.sub(r" +# .*", "", line.removeprefix("$ ")), list(shown)

    def run_line(self, line):
        path = os.path.join(self.directory.name, "bin") + os.pathsep + os.environ["PATH"]
        return subprocess.run(["bash", "-ec", line], cwd=self.directory.name, capture_output=True,
                              text=True, env={**harness.environment(), "PATH": path})

    def test_every_line(self):
        ran = 0
        for line, shown in self.commands():
            if any(line.startswith(other) for other in self.ELSEWHERE):
                continue
            with self.subTest(line=line):
                if line.startswith("miru-mock --fixtures"):
                    with Server("--fixtures", os.path.join(self.directory.name, "fleet.json")):
                        pass
                else:
                    line = line.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}")
                    done = self.run_line(line.replace("curl ", "curl -sS --fail-with-body "))
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    wanted = [text.strip() for text in shown if text.strip() not in ("", "...")]
                    self.assertEqual([text.strip() for text in done.stdout.splitlines()]
                                     [:len(wanted)], wanted or [])
                    self.assertEqual("exec" in line, os.path.exists(self.ran))
                    if os.path.exists(self.ran):
                        os.remove(self.ran)
                ran += 1
        self.assertGreaterEqual(ran, 10)

    @property
    def ran(self):
        return os.path.join(self.directory.name, "ran")


# Options of docker and of curl, which the documentation uses.
OTHERS = {"rm", "args", "build", "data-binary", "enable-sanitizers",
          "exit-code-from", "fail", "fail-with-body", "fresh", "health-cmd",
          "health-interval", "quick", "retry", "retry-all-errors", "retry-delay"}


def read(name):
    with open(os.path.join(SRCDIR, name)) as file:
        return file.read()


def prose():
    """(name, text) of whatever is written about the program for people."""
    names = ["README.md"] + [f"docs/{name}" for name in sorted(os.listdir(f"{SRCDIR}/docs"))]
    return [(name, read(name).replace("\\-", "-")) for name in names]


def sections(text, heading):
    """{heading: text behind it}, of headings that a pattern's group finds on lines of their own."""
    parts = re.split(heading, text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def pairs(found):
    """Of "GET, PUT" and a path: "GET path", "PUT path". A pair twice is a mistake, too."""
    every = [f"{method} {path}" for methods, path in found for method in methods.split(", ")]
    assert len(every) == len(set(every)), every
    return set(every)


class Recipes(harness.TestCase):
    """Every block of docs/recipes.md is run: here, in tests/examples, or as a file that is run there."""

    arguments = None

    def test_files(self):
        """Blocks of files are in the files, and every file that is there is spoken of."""
        text = read(recipes.DOCUMENT)
        for block in recipes.blocks():
            with self.subTest(block=block.text):
                if block.language == "sh":
                    self.assertIn(block.what, recipes.NEEDS)
                else:
                    self.assertIn("\n" + block.text, "\n" + read(block.what))
        for directory in os.listdir(os.path.join(SRCDIR, "examples")):
            self.assertIn(f"examples/{directory}", text)

    def test_local(self):
        """Each in a directory of its own; what it prints is an answer of the server."""
        found = recipes.commands("local")
        self.assertEqual([heading for heading, _ in found], ["Any test runner"] * 3)
        for (_, text), answer in zip(found, ('"id": "dpl_123"', '"id": "dpl_123"', '"status": "ok"')):
            with self.subTest(commands=text), tempfile.TemporaryDirectory() as there:
                status, said = recipes.run(text, [os.path.dirname(harness.BINARY)], cwd=there,
                                           timeout=harness.DEADLINE)
                self.assertEqual(status, 0, said)
                self.assertIn(answer, said)


class SameSets(harness.TestCase):
    """Options and endpoints are the same in the code, --help, the man page and the documentation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.help = sections(harness.run("--help").stdout, r"^([A-Z].*)\n")
        cls.man = sections(read("docs/miru-mock.1").replace("\\-", "-"), r"^\.SH (.*)\n")

    # ---- options

    @staticmethod
    def option_sections(parts, option):
        """{whose: names} of the sections that list options."""
        return {title.lower().removeprefix("options of "): set(re.findall(option, text, re.M))
                for title, text in parts.items() if title.lower().startswith("options of ")}

    def test_options(self):
        in_help = self.option_sections(self.help, r"^  --([a-z-]+)")
        in_man = self.option_sections(self.man, r"^\.BI? --([a-z-]+)")
        # What exec only begins with otherwise is explained where the rest is.
        in_help["exec"] -= {"port", "log"}
        self.assertEqual(in_man, in_help)
        self.assertEqual(set(in_man), {"serve, exec and env", "exec and env", "exec", "health", "export",
                                       "every command"})
        code = set(re.findall(r'(?:(?:OPTION|ROW)\(|\(struct option\)\{ )"([a-z-]+)",',
                              read("server/cli/options.c")))
        self.assertEqual(code, set().union(*in_help.values()))

    def test_options_in_prose(self):
        """Each that is mentioned exists; the man page mentions each."""
        known = set().union(*self.option_sections(self.help, r"^  --([a-z-]+)").values())
        for name, text in prose():
            found = set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", text)) - OTHERS
            self.assertEqual(found - known, set(), name)
            if name.endswith(".1"):
                self.assertEqual(found, known)

    def test_sizes(self):
        """The files of each folder of server/, and, within a tenth, its lines of C."""
        lists = collections.defaultdict(list)
        for folder, _, names in os.walk(os.path.join(SRCDIR, "server")):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), os.path.join(SRCDIR, "server"))
                lists[os.path.dirname(path) or "(root)"].append(path)
        real = {folder: (len(paths), sum(read(f"server/{path}").count("\n") for path in paths
                                         if path.endswith((".c", ".h"))))
                for folder, paths in lists.items()}
        real["all"] = tuple(map(sum, zip(*real.values())))
        said = {folder: (int(files), int(lines.replace(",", ""))) for folder, files, lines in
                re.findall(r"^\| (\S+) \| (\d+) \| ([\d,]+) \|$", read("docs/architecture.md"), re.M)}
        table = "".join(f"\n| {folder} | {files} | {lines:,} |"
                        for folder, (files, lines) in sorted(real.items()))
        self.assertEqual(set(said), set(real), table)
        for folder, (files, lines) in real.items():
            self.assertEqual(said[folder][0], files, table)
            self.assertLess(abs(said[folder][1] - lines), lines / 10, table)

    def test_news(self):
        """A line for each option and each error code."""
        news = read("NEWS")
        options = set().union(*self.option_sections(self.help, r"^  --([a-z-]+)").values())
        self.assertEqual(set(re.findall(r"^- --([a-z-]+): ", news, re.M)),
                         options | {"help", "version"})
        codes = re.findall(r'ERROR\(\w+, (\d+), "(\w+)"\)', read("server/model/error.h"))
        self.assertGreater(len(codes), 40)
        self.assertEqual(set(re.findall(r"^- (\d{3}) (\w+)$", news, re.M)),
                         set(codes) | {("503", "too_many_connections")})

    # ---- endpoints

    def test_endpoints(self):
        code = read("server/operations.c")
        reads = re.findall(r'\tCONTROL_READS\((\w+), "(\w+)"', code)
        rows = pairs([("GET", f"/_mock/{array}{id}") for array, name in reads
                      for id in ("", f"/{{{name}}}")])
        self.assertEqual(len(rows), 16)

        def written(text, pattern):
            """Pages for people say {resource} in place of each."""
            found = pairs(re.findall(pattern, text, re.M))
            some = {"GET /_mock/{resource}", "GET /_mock/{resource}/{id}"}
            self.assertLessEqual(some, found)
            return found - some | rows

        listed = {
            "code": pairs([(verb, "/_mock/" + route) for verb, route in
                           re.findall(r'CONTROL\("([A-Z]+)", "([^"]+)"', code)] +
                          [pair.split() for pair in rows] +
                          re.findall(r'\.method = "([A-Z]+)", \.path = "([^"]+)", '
                                     r'\.class = ENDPOINT_OPEN', code)),
            "--help": pairs(re.findall(r"^  ([A-Z, ]+) (/\S*)$",
                                       self.help["Endpoints beside the API's"], re.M)),
            "man page": written(self.man["CONTROL ENDPOINTS"], r"^\.B ([A-Z, ]+) (/\S*)$"),
            "control-api.md": written(read("docs/control-api.md"), r"^## ([A-Z, ]+) (/\S*)$"),
        }
        for where, found in listed.items():
            self.assertEqual(found, listed["--help"], where)
        self.assertGreater(len(listed["code"]), 10)
        hint = self.server.get("/_mock/nothing").error["message"].partition("there is: ")[2]
        self.assertEqual(set(hint.split(", ")) | {"GET /openapi.json", "GET /"}, listed["--help"])

    def test_operations(self):
        """The table of operations has those of every version, each with its method and path."""
        served = {(operation["operationId"], method.upper(), path)
                  for version in VERSIONS
                  for path, methods in self.server.get("/openapi.json", version=version)
                  .json["paths"].items()
                  for method, operation in methods.items() if "operationId" in operation}
        said = re.findall(r"^\| (`\w+\.\w+`|-) \| `(\w+)` \| `([A-Z]+) (/\S+)` \|$",
                          read("docs/control-api.md"), re.M)
        self.assertEqual({row[1:] for row in said}, served)
        methods = [row[0] for row in said if row[0] != "-"]
        self.assertEqual(len(set(methods)), len(methods))

    def test_endpoints_in_prose(self):
        """Each that is mentioned exists, with its method where one is said."""
        known = [endpoint.split() for endpoint in
                 pairs(re.findall(r"^  ([A-Z, ]+) (/\S+)$", self.help["Endpoints beside the API's"],
                                  re.M))]

        def exists(method, path):
            path = path.replace("{resource}", "devices")
            return any((not method or method == m) and re.fullmatch(
                re.sub(r"\{\w+\}", "[^/]+", p), path) for m, p in known)
        count = 0
        for name, text in prose():
            for method, path in re.findall(
                    r"(?:\b(GET|PUT|POST|PATCH|DELETE) )?(/_mock/[\w{}/]*\w\}?(?:\.json)?)", text):
                self.assertTrue(exists(method, path), f"{name}: {method} {path}")
                count += 1
        self.assertGreater(count, 30)


if __name__ == "__main__":
    harness.main()
