# SPDX-License-Identifier: MIT
"""What script/release has made, tried where nothing else is installed. Needs root.

Of the environment: RELEASE is its folder; RELEASE_ROOTS are roots of Debian with curl and man, in which its
package is installed (colons between them). Where there is a container engine, it loads the image.
"""

import hashlib
import io
import json
import os
import re
import shutil
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

RELEASE, VERSION = os.environ["RELEASE"], os.environ["MIRU_MOCK_VERSION"]
ROOTS = [root for root in os.environ.get("RELEASE_ROOTS", "").split(":") if root]
MACHINES = {"amd64": "X86-64", "arm64": "AArch64"}
NATIVE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]
FILES = {"SHA256SUMS", "notes.txt", f"miru-mock-{VERSION}.spdx.json"} | {
    name for arch in MACHINES for name in (
        f"miru-mock-{VERSION}-linux-{arch}.tar.gz", f"miru-mock-{VERSION}-linux-{arch}-image.tar.gz",
        f"miru-mock_{VERSION}_{arch}.deb")}
HEADERS = ("-H", "X-API-Key: miru_mock_admin", "-H", "Miru-Version: 2026-03-09.tetons")
HINT = ("; this static program reads /etc/hosts and asks the name servers of /etc/resolv.conf, no "
        "others; a numeric address needs neither")


def path(name):
    return os.path.join(RELEASE, name)


def tarball(arch):
    return tarfile.open(path(f"miru-mock-{VERSION}-linux-{arch}.tar.gz"))


def unpack(arch, folder):
    """The program of a processor, alone in a folder."""
    with tarball(arch) as tar:
        member = tar.getmember(f"miru-mock-{VERSION}-linux-{arch}/miru-mock")
        member.name = "miru-mock"
        tar.extract(member, folder, filter="fully_trusted")
    return os.path.join(folder, "miru-mock")


def output(*command, **kwargs):
    result = subprocess.run(command, capture_output=True, text=True, timeout=harness.DEADLINE,
                            **{"env": harness.environment(), **kwargs})
    assert result.returncode == 0, (command, result.stdout, result.stderr)
    return result.stdout


def members(*command):
    """Of a tar archive that a command writes."""
    text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(text)) as tar:
        return tar.getmembers()


class Files(unittest.TestCase):
    def test_names(self):
        self.assertEqual(set(os.listdir(RELEASE)), FILES)

    def test_sums(self):
        output("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=RELEASE)
        with open(path("SHA256SUMS")) as file:
            self.assertEqual({line.split()[1] for line in file}, FILES - {"SHA256SUMS"})

    def test_programs(self):
        """For their processors, without a library, and without a word of where they were built."""
        for arch, machine in MACHINES.items():
            with self.subTest(arch), tempfile.TemporaryDirectory() as folder:
                program = unpack(arch, folder)
                said = output("readelf", "-hldW", program)
                self.assertRegex(said, rf"Machine:.*{machine}")
                self.assertNotRegex(said, r"NEEDED|interpreter|R(UN)?PATH")
                self.assertRegex(said, r"GNU_STACK .* RW ")
                with open(program, "rb") as file:
                    text = file.read()
                self.assertEqual([w for w in (b"/srv/miru-mock", b"/srv/libraries") if w in text],
                                 [])

    def test_tarballs(self):
        names = {"", "/miru-mock", "/miru-mock.1", "/README.md", "/NEWS", "/LICENSE", "/LICENSES", "/completion",
                 "/completion/miru-mock", "/completion/_miru-mock"}
        for arch in MACHINES:
            folder = f"miru-mock-{VERSION}-linux-{arch}"
            with self.subTest(arch), tarball(arch) as tar:
                members = tar.getmembers()
                self.assertEqual({m.name for m in members}, {folder + name for name in names})
                self.assertEqual({(m.uid, m.gid, m.uname) for m in members}, {(0, 0, "")})
                self.assertEqual({m.mode for m in members}, {0o644, 0o755})
                self.assertEqual(len({m.mtime for m in members}), 1)
                terms = tar.extractfile(f"{folder}/LICENSES").read().decode()
            for word in ("MIT License", "GNU Lesser General Public License", "PCRE2", "Dave Gamble"):
                self.assertIn(word, terms)

    def test_list(self):
        """Each program, and what was linked into it, as its package says, too."""
        with open(path(f"miru-mock-{VERSION}.spdx.json")) as file:
            document = json.load(file)
        self.assertEqual(document["spdxVersion"], "SPDX-2.3")
        packages = {p["SPDXID"]: p for p in document["packages"]}
        self.assertEqual(len(packages), len(document["packages"]))
        for package in packages.values():
            self.assertTrue(package["versionInfo"] and package["licenseDeclared"], package)
            self.assertRegex(package["SPDXID"], r"^SPDXRef-[A-Za-z0-9.-]+$")
        for arch in MACHINES:
            mine = f"SPDXRef-miru-mock-{arch}"
            with tempfile.TemporaryDirectory() as folder, open(unpack(arch, folder), "rb") as file:
                self.assertEqual(packages[mine]["checksums"][0]["checksumValue"],
                                 hashlib.sha256(file.read()).hexdigest())
            linked = {f"{packages[r['relatedSpdxElement']]['name']} (= "
                      f"{packages[r['relatedSpdxElement']]['versionInfo']})"
                      for r in document["relationships"]
                      if r["spdxElementId"] == mine and r["relationshipType"] == "STATIC_LINK"}
            deb = path(f"miru-mock_{VERSION}_{arch}.deb")
            self.assertEqual(linked, set(output("dpkg-deb", "-f", deb, "Static-Built-Using")
                                         .strip().split(", ")))
            for name in ("glibc", "libmicrohttpd", "cjson", "sqlite3", "libevent", "libyaml",
                         "pcre2", "nettle"):
                self.assertEqual(sum(text.startswith(name + " ") for text in linked), 1, name)

    def test_notes(self):
        with open(path("notes.txt")) as file:
            notes = file.read()
        with open(os.path.join(ROOT, "NEWS")) as file:
            news = file.read()
        self.assertTrue(notes.startswith(VERSION) and notes in news)


class EmptyRoot(unittest.TestCase):
    """A chroot with nothing but the program."""

    def setUp(self):
        self.root = self.enterContext(tempfile.TemporaryDirectory())
        unpack(NATIVE, self.root)

    def command(self, *args):
        return ["chroot", self.root, "/miru-mock", *args]

    def run_there(self, *args):
        return subprocess.run(self.command(*args), capture_output=True, text=True,
                              timeout=harness.DEADLINE, env=harness.environment())

    def serve(self, *args):
        """Start it there; the address under which it answers."""
        server = subprocess.Popen(self.command("--port", "0", *args), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, env=harness.environment())
        self.addCleanup(lambda: (server.terminate(), server.communicate()))
        lines = []
        for line in server.stdout:
            lines.append(line)
            if line.startswith("try "):
                break
        self.assertTrue(lines, server.stderr.read() if not lines else "")
        self.line = lines[-1].removeprefix("try").strip()
        return re.search(r"^listening +(http://\S+:\d+)/beta", "".join(lines), re.M)[1]

    def test_readme(self):
        """README's curl line; and what the server printed itself."""
        url = self.serve()
        with open(os.path.join(ROOT, "README.md")) as file:
            line = re.search(r"^ +\$ (curl -H 'X-API-Key.*?\\\n.*?)$", file.read(), re.M)[1]
        for command in (line.replace("http://127.0.0.1:8080", url).replace("\\\n", ""), self.line):
            answer = output("sh", "-c", command)
            self.assertIn('"id": "dpl_123"', answer)
            self.assertIn('"name": "My Device"', answer)
        self.assertEqual(set(os.listdir(self.root)), {"miru-mock"})

    def test_database(self):
        """A fleet is loaded, and a database lies where it is told to."""
        shutil.copy(os.path.join(ROOT, "fixtures/demo.json"), self.root)
        self.serve("--db", "/mock.db", "--fixtures", "/demo.json")
        self.assertTrue(os.path.exists(os.path.join(self.root, "mock.db")))

    def test_without_a_resolver(self):
        for host in ("127.0.0.1", "::1", "localhost", "*"):
            with self.subTest(host):
                port = self.serve("--host", host).rpartition(":")[2]
                result = self.run_there("health", "--host", host, "--port", port)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                if host == "localhost":
                    result = self.run_there("health", "--url", f"http://localhost:{port}")
                    self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_a_name(self):
        result = self.run_there("--host", "nowhere.invalid", "--port", "0")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "^miru-mock: cannot listen on 'nowhere.invalid': .*"
                         + re.escape(HINT) + "\n$")
        result = self.run_there("health", "--url", "http://nowhere.invalid:1")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, "^miru-mock: no answer from http://nowhere.invalid:1: .*"
                         + re.escape(HINT) + "\n$")

    def test_no_library_is_loaded(self):
        """A name of /etc/hosts is found, and the services that a machine has beside are left alone:
        to open this one's library would be to wait for ever."""
        os.makedirs(os.path.join(self.root, "etc"))
        os.makedirs(os.path.join(self.root, "lib"))
        os.mkfifo(os.path.join(self.root, "lib/libnss_other.so.2"))
        for name, text in (("hosts", "127.0.0.1 robot\n"), ("nsswitch.conf", "hosts: other files\n")):
            with open(os.path.join(self.root, "etc", name), "w") as file:
                file.write(text)
        url = self.serve("--host", "robot")
        result = self.run_there("health", "--url", "http://robot:" + url.rpartition(":")[2])
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class Package(unittest.TestCase):
    """The .deb, in copies of the roots."""

    def copy(self, root):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        output("cp", "-a", root + "/.", folder)
        return folder

    @staticmethod
    def inside(root, command):
        # Without a network of its own it would not even have the loopback.
        return output("chroot", root, "sh", "-ec", command, env={
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": "C.UTF-8"})

    @staticmethod
    def files(root):
        """But for what dpkg and man note for themselves."""
        found = set()
        for folder, folders, names in os.walk(root):
            inner = "/" + os.path.relpath(folder, root)
            if inner.startswith(("/var/lib/dpkg", "/var/cache/man", "/var/log", "/proc", "/dev")):
                folders.clear()
                continue
            found.update(os.path.join(inner, name) for name in folders + names)
        return found

    def test_install(self):
        self.assertTrue(ROOTS)
        for root in ROOTS:
            with self.subTest(root):
                self.install(self.copy(root))

    def install(self, root):
        before = self.files(root)
        shutil.copy(path(f"miru-mock_{VERSION}_{NATIVE}.deb"), os.path.join(root, "mock.deb"))
        # As a user does: none of its own scripts, and no warning.
        said = self.inside(root, "dpkg -i /mock.deb 2>&1; rm /mock.deb")
        self.assertNotRegex(said, "(?i)warning|error")
        answer = self.inside(root, "miru-mock exec --log off -- sh -c 'curl -s -H \"X-API-Key: $MIRU_API_KEY\" "
                             "-H \"Miru-Version: 2026-03-09.tetons\" $MIRU_BASE_URL/deployments/dpl_123'")
        self.assertIn('"id": "dpl_123"', answer)
        self.assertIn("stands in for the Miru Platform API", self.inside(root, "man miru-mock"))
        self.assertEqual(self.inside(root, "miru-mock --version").splitlines()[0],
                         f"miru-mock {VERSION}")
        added = self.files(root) - before
        self.assertTrue({"/usr/bin/miru-mock", "/usr/share/man/man1/miru-mock.1.gz",
                         "/usr/share/bash-completion/completions/miru-mock",
                         "/usr/share/doc/miru-mock/copyright"} <= added)
        for name in added:
            status = os.lstat(root + name)
            self.assertEqual((status.st_uid, status.st_gid), (0, 0))
            self.assertFalse(status.st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IWOTH))
        self.inside(root, "dpkg -r miru-mock")
        self.assertEqual(self.files(root), before)

    def test_depends_on_nothing(self):
        for arch in MACHINES:
            deb = path(f"miru-mock_{VERSION}_{arch}.deb")
            fields = output("dpkg-deb", "-f", deb)
            self.assertNotRegex(fields, "(?m)^(Pre-)?Depends:|^Recommends:")
            self.assertIn(f"Architecture: {arch}\n", fields)
            self.assertEqual({member.name for member in members("dpkg-deb", "--ctrl-tarfile", deb)},
                             {".", "./control", "./md5sums"})


class Image(unittest.TestCase):
    """The archives, which the engine loads."""

    IMAGE = f"miru-mock:{VERSION}"

    def load(self, arch):
        """Load it; no name of it is left behind, nor of an image that had it before."""
        for name in (self.IMAGE, "miru-mock:latest"):
            subprocess.run(["docker", "rmi", "-f", name], capture_output=True)
        output("docker", "load", "-q", "-i", path(f"miru-mock-{VERSION}-linux-{arch}-image.tar.gz"))
        self.addCleanup(subprocess.run, ["docker", "rmi", "-f", self.IMAGE, "miru-mock:latest"],
                        capture_output=True)
        return json.loads(output("docker", "image", "inspect", self.IMAGE))[0]

    def test_is_the_dockerfile_s(self):
        """Its configuration is what docker/Dockerfile says."""
        with open(os.path.join(ROOT, "docker/Dockerfile")) as file:
            stage = file.read().partition("FROM scratch")[2]
        said = dict(re.findall(r"^([A-Z]+) (.*)$", stage, re.M))
        seconds = dict(re.findall(r"--([a-z-]+)=(\d+)s", said["HEALTHCHECK"]))
        for arch in MACHINES:
            image = self.load(arch)
            config = image["Config"]
            self.assertEqual((image["Architecture"], image["Os"]), (arch, "linux"))
            self.assertEqual(config["User"], said["USER"])
            self.assertEqual(config["Env"][1:], said["ENV"].split())
            self.assertEqual(config["Entrypoint"], json.loads(said["ENTRYPOINT"]))
            self.assertEqual(list(config["ExposedPorts"]), [said["EXPOSE"] + "/tcp"])
            check = config["Healthcheck"]
            self.assertEqual(check["Test"], ["CMD", *json.loads(said["HEALTHCHECK"].partition("CMD ")[2])])
            self.assertEqual([check["Interval"], check["Timeout"], check["StartPeriod"]],
                             [int(seconds[k]) * 10**9 for k in ("interval", "timeout", "start-period")])
            self.assertLessEqual(image["Size"], 6_000_000)
            print(f"note: the image for {arch} has {image['Size'] / 1e6:.2f} MB", file=sys.stderr)

    def test_runs(self):
        self.load(NATIVE)
        name = output("docker", "run", "-d", "--read-only", "--cap-drop=ALL",
                      "--security-opt=no-new-privileges", "-p", "127.0.0.1::8080", self.IMAGE).strip()
        self.addCleanup(subprocess.run, ["docker", "rm", "-f", name], capture_output=True)
        deadline = time.monotonic() + harness.DEADLINE
        while output("docker", "inspect", "-f", "{{.State.Health.Status}}", name) != "healthy\n":
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.1)
        address = output("docker", "port", name, "8080/tcp").split()[0]
        self.assertIn('"id": "dpl_123"', output(
            "curl", "-s", *HEADERS, f"http://{address}/beta/deployments/dpl_123"))
        self.assertEqual([m.name for m in members("docker", "export", name) if m.isreg() and m.size > 0],
                         ["usr/bin/miru-mock"])


class Emulated(unittest.TestCase):
    """The other processor's program, under an emulator, with the black-box tests of the demo's
    endpoint, lists and fixtures."""

    def test_black_box(self):
        arch = next(a for a in MACHINES if a != NATIVE)
        emulator = shutil.which({"arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"}[arch])
        self.assertTrue(emulator, "qemu-user-static is required")
        program = unpack(arch, self.enterContext(tempfile.TemporaryDirectory()))
        for test in ("test_get.py", "test_lists.py", "test_fixtures.py"):
            result = subprocess.run(
                [sys.executable, "-B", os.path.join(ROOT, "tests/api", test)], capture_output=True, text=True,
                env={**os.environ, "MIRU_MOCK": program, "MIRU_MOCK_UNDER": emulator}, timeout=600)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            print(f"note: {arch}: {test}: {result.stdout.splitlines()[-1].strip('= ')}", file=sys.stderr)


if __name__ == "__main__":
    harness.main()
