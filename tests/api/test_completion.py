# SPDX-License-Identifier: MIT
"""What a shell makes of a Tab: script/completion has every option of each command, and no other."""

import os
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

import harness
from harness import SRCDIR

COMMANDS = re.findall(r"^  miru-mock \[?([a-z]+)", harness.run("--help").stdout, re.M)
BOTH = {"--help", "--version"}
# What the function would be given; then it, and what it answers, each on a line.
ASK = """
source "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_miru_mock
printf '%s\\n' "${COMPREPLY[@]}"
"""


def made(shell):
    done = subprocess.run([os.path.join(SRCDIR, "script/completion"), shell, SRCDIR],
                          capture_output=True, text=True, timeout=harness.DEADLINE)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.bash, cls.zsh = (os.path.join(cls.folder.name, name) for name in ("miru-mock", "_miru-mock"))
        for path, shell in ((cls.bash, "bash"), (cls.zsh, "zsh")):
            with open(path, "w") as file:
                file.write(made(shell))
        known = harness.run("--help").stdout
        cls.options = set(re.findall(r"^  (--[a-z-]+)", known, re.M))
        cls.known = {command: BOTH | {option for option in cls.options - BOTH if cls.takes(command, option)}
                     for command in COMMANDS}

    @staticmethod
    def takes(command, option):
        """Whether the program itself has the option there, whatever it says to the value."""
        said = harness.run(command, option, "1", "--help").stderr
        return f"unknown option '{option}'" not in said

    def complete(self, *words):
        # It is an error to set options of a completion that none asked for.
        done = subprocess.run(["bash", "--norc", "-c", ASK, "bash", self.bash, "miru-mock", *words],
                              capture_output=True, text=True, timeout=harness.DEADLINE, cwd=self.folder.name)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return set(done.stdout.split())

    def test_the_program_tells_them_apart(self):
        self.assertEqual(self.known["check"], BOTH)
        self.assertEqual(self.known["health"], BOTH | {"--host", "--port", "--port-file", "--url"})
        self.assertEqual(set().union(*self.known.values()), self.options)

    def test_each_option_of_each_command(self):
        for command in COMMANDS:
            self.assertEqual(self.complete(command, "--") - {"--"}, self.known[command], command)
        self.assertEqual(self.complete("--") - {"--"}, self.known["serve"])
        self.assertEqual(self.complete("--port", "1", "--") - {"--"}, self.known["serve"])

    def test_commands(self):
        self.assertEqual(self.complete("e"), {"export", "env", "exec"})
        self.assertLessEqual(set(COMMANDS), self.complete(""))

    def test_values(self):
        open(os.path.join(self.folder.name, "fleet.json"), "w").close()
        for words, found in ((("--auth", ""), {"strict", "any"}), (("--log", "=", "j"), {"json"}),
                             (("serve", "--log", "="), {"text", "json", "off"}),
                             (("exec", "--transitions", "m"), {"manual"}),
                             (("--fixtures", "fl"), {"fleet.json"}), (("--db", "=", "fl"), {"fleet.json"}),
                             (("check", "fl"), {"fleet.json"}), (("export", "--db", "fl"), {"fleet.json"}),
                             (("--port", ""), set()), (("exec", "--", "cat", "fl"), {"fleet.json"})):
            self.assertEqual(self.complete(*words), found, words)
        self.assertIn("cat", self.complete("exec", "--empty", "--", "ca"))

    def test_tab(self):
        """In a bash on a terminal, which a user types into."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"],
                       {**harness.environment(), "PS1": "ready ", "TERM": "dumb"})
        self.addCleanup(os.waitpid, pid, 0)
        self.addCleanup(os.close, terminal)
        seen, end = "", time.monotonic() + harness.DEADLINE

        def await_text(text):
            nonlocal seen
            while text not in seen:
                self.assertTrue(select.select([terminal], [], [], end - time.monotonic())[0], seen)
                seen += os.read(terminal, 4096).decode()
            seen = seen.partition(text)[2]

        await_text("ready ")
        os.write(terminal, f"source {self.bash}\n".encode())
        await_text("ready ")
        os.write(terminal, b"miru-mock exec --leni\t")
        await_text("--lenient-parent ")
        os.write(terminal, b"\x15exit\n")

    def test_zsh(self):
        """Its lists are the same, and it parses."""
        with open(self.zsh) as file:
            text = file.read()
        listed = dict(re.findall(r"^(\w+)\) options=\((.*?)^\t\) ;;$", text, re.M | re.S))
        for command in COMMANDS:
            names = set(re.findall(r"^\t\t'\*(--[a-z-]+)\[", listed[command], re.M))
            self.assertEqual(names | BOTH, self.known[command], command)
        self.assertEqual(text.count(":_files"), len(re.findall(r":FILE:", text)))
        if shutil.which("zsh"):
            subprocess.run(["zsh", "-n", self.zsh], check=True)

    def test_unknown_shell(self):
        done = subprocess.run([os.path.join(SRCDIR, "script/completion"), "fish", SRCDIR],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "script/completion: unknown shell 'fish'; expected bash or zsh\n"))


if __name__ == "__main__":
    harness.main()
