# SPDX-License-Identifier: MIT
"""The scripts and the make file, where something is missing: they say what it is, and what helps."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

import harness
from harness import SRCDIR

BUILD = os.path.dirname(harness.BINARY)


class Scripts(harness.TestCase):
    arguments = None

    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def copy(self, *names, to="project"):
        """Scripts, in a project of their own; its path."""
        project = os.path.join(self.folder, to)
        os.makedirs(os.path.join(project, "script"))
        for name in ("lib.sh", *names):
            shutil.copy(os.path.join(SRCDIR, "script", name), os.path.join(project, "script"))
        return project

    def write(self, project, name, text):
        path = os.path.join(project, "script", name)
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)

    def path_without(self, name):
        """A PATH of every program that there is, but for one."""
        folder = os.path.join(self.folder, "bin")
        os.mkdir(folder)
        for place in reversed(os.environ["PATH"].split(":")):
            for program in os.listdir(place) if os.path.isdir(place) else ():
                link = os.path.join(folder, program)
                if os.path.lexists(link):
                    os.remove(link)
                if program != name:
                    os.symlink(os.path.join(place, program), link)
        return folder

    def run_script(self, *command, **env):
        found = {k: v for k, v in os.environ.items()
                 if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "TALLY", "CI")}
        return subprocess.run(command, capture_output=True, text=True, env={**found, **env},
                              timeout=harness.DEADLINE)

    def test_path_that_make_cannot_take(self):
        for name in ("a b", "a\tb", "a$b", "a'b", 'a"b', "a#b", "a&b", "a`b", "a\\b"):
            result = self.run_script(f"{self.copy('build', to=name)}/script/build")
            self.assertEqual(result.returncode, 1)
            self.assertRegex(result.stderr, "^!!! the path of this folder .* move or rename it: ")
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_build_without_tools(self):
        """Says what installs them, before anything else fails over it."""
        project = self.copy("build")
        result = self.run_script(f"{project}/script/build", PATH=self.path_without("autoreconf"))
        self.assertEqual((result.returncode, result.stdout, result.stderr), (
            1, "", "!!! autoreconf is required; script/bootstrap installs what is missing\n"))
        self.assertEqual(os.listdir(project), ["script"])

    def configure(self, *arguments, **env):
        if os.path.exists(f"{SRCDIR}/config.status"):
            self.skipTest("the tree itself is configured")
        return self.run_script("sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", self.folder,
                               os.path.abspath(f"{SRCDIR}/configure"), "-q", *arguments, **env)

    def test_configure_refuses_targets(self):
        """That it has found out what a compiler for such a target says."""
        for found, said in (
                ("ac_cv_sizeof_void_p=4", "a 64-bit target is required, such as amd64 or arm64 "
                                          "(expected pointers of 8 bytes, found 4)"),
                ("ac_cv_func_malloc_trim=no", "the C library must be glibc (expected malloc_trim, "
                                              "found none)"),
                ("ac_cv_func_pthread_rwlockattr_setkind_np=no",
                 "the C library must be glibc (expected pthread_rwlockattr_setkind_np, "
                 "found none)")):
            result = self.configure(found)
            self.assertEqual((result.returncode, result.stderr), (1, f"configure: error: {said}\n"))

    def test_configure_warns_of_versions(self):
        """A library that is newer than those that were tried is taken, with a warning."""
        folder = self.run_script("pkg-config", "--variable=pcfiledir", "sqlite3").stdout.strip()
        with open(os.path.join(folder, "sqlite3.pc")) as file:
            text = re.sub("(?m)^Version:.*", "Version: 4.0", file.read())
        with open(os.path.join(self.folder, "sqlite3.pc"), "w") as file:
            file.write(text)
        result = self.configure(PKG_CONFIG_PATH=self.folder)
        self.assertEqual((result.returncode, result.stderr), (
            0, "configure: WARNING: this version of sqlite3 was never tried "
               "(expected 3.40 to 3.46.1, found 4.0); run make check\n"))

    def test_build_without_libraries(self):
        project = self.copy("build")
        for name in ("configure.ac", "build-aux/compile", "configure"):
            os.makedirs(os.path.dirname(os.path.join(project, name)), exist_ok=True)
            with open(os.path.join(project, name), "w") as file:
                file.write("#!/bin/sh\necho no libevent >&2\nexit 1\n")
        os.chmod(os.path.join(project, "configure"), 0o755)
        result = self.run_script(f"{project}/script/build")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(result.stderr, "no libevent\n!!! configure has failed; script/bootstrap "
                                        "installs what is missing\n")

    def test_arguments(self):
        """What is not known is refused before anything is done."""
        project = self.copy("release", "static", "bootstrap")
        for script, arguments, said in (
                ("release", ["now"], "unknown argument 'now'; expected --fresh or nothing"),
                ("static", [], "expected libraries DIR ARCH... or program DIR ARCH OUT; ARCH is amd64 or arm64"),
                ("static", ["program", project, "amd64"], "expected libraries DIR ARCH... or program"),
                ("static", ["program", project, "armhf", project], "ARCH is amd64 or arm64"),
                ("bootstrap", ["all"], "unknown purpose 'all'; expected build, server, static, cross")):
            result = self.run_script(f"{project}/script/{script}", *arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), script)
            self.assertIn(f"!!! script/{script}: ", result.stderr)
            self.assertIn(said, result.stderr)
        self.assertEqual(os.listdir(project), ["script"])

    def test_bootstrap_lists(self):
        """Of several purposes, without installing anything."""
        project = self.copy("bootstrap")
        static = self.run_script(f"{project}/script/bootstrap", "--list", "static").stdout.split()
        both = self.run_script(f"{project}/script/bootstrap", "--list", "static", "cross").stdout.split()
        self.assertIn("gcc", static)
        self.assertEqual(both[:len(static)], static)
        self.assertRegex(" ".join(both[len(static):]), "^gcc-(aarch64|x86-64)-linux-gnu$")

    def test_tests_without_a_build(self):
        """Nothing is run that needs the build, and nothing else is blamed."""
        project = self.copy("test")
        self.write(project, "bootstrap", "exit 0")
        self.write(project, "build", "echo wrong >&2; exit 1")
        self.write(project, "check", "echo checked; exit 1")
        result = self.run_script(f"{project}/script/test")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"^0 passed, [1-9] failed\n$")
        self.assertEqual(result.stderr, "wrong\n!!! FAILED: the build in build\n")

    @unittest.skipUnless(os.path.exists(f"{BUILD}/Makefile"), "the binary is not of a build folder")
    def test_dist_without_xz(self):
        """Leaves nothing, neither an empty tarball nor what was to be in it."""
        before = sorted(os.listdir(BUILD))
        result = self.run_script("make", "-s", "-C", BUILD, "dist", PATH=self.path_without("xz"))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("make dist needs xz, which is not there", result.stderr)
        self.assertEqual(sorted(os.listdir(BUILD)), before)

    @unittest.skipUnless(shutil.which("git") and not os.path.exists(f"{SRCDIR}/config.status"),
                         "there is no git, or the tree is full of what a build has made")
    def test_build_in_the_tree(self):
        """What it makes is ignored by git; no source is."""
        made = ("Makefile", "config.h", "config.log", "config.status", "libmock.a", "miru-mock",
                "miru-mock-0.1.0.tar.xz", "server/embedded.c", "server/.dirstamp", "server/main.o",
                "server/.deps/main.Po", "server/base/buf.o", "stamp-h1", "test-suite.log",
                "tests/unit/canary", "tests/unit/base/buf", "tests/unit/base/buf.o",
                "tests/unit/base/buf.log", "tests/unit/base/buf.trs", "tests/api/test_get.log",
                "tests/torture/memory", "tests/fuzz/fuzz_body", "tests/bench/constant")
        subprocess.run(["git", "init", "-q", self.folder], check=True, capture_output=True)
        shutil.copy(os.path.join(SRCDIR, ".gitignore"), self.folder)
        sources = [".gitignore"]
        for folder in ("server", "tests", "docker", "script", "docs"):
            for here, _, names in os.walk(os.path.join(SRCDIR, folder)):
                sources += [os.path.relpath(os.path.join(here, name), SRCDIR) for name in names
                            if "__pycache__" not in here]
        for name in {*made, *sources}:
            os.makedirs(os.path.dirname(os.path.join(self.folder, name)), exist_ok=True)
            open(os.path.join(self.folder, name), "a").close()
        status = self.run_script("git", "-C", self.folder, "status", "--porcelain", "-uall", "-z")
        found = {line[3:] for line in status.stdout.split("\0") if line}
        self.assertEqual(found, set(sources))


if __name__ == "__main__":
    harness.main()
