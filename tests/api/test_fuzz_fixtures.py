# SPDX-License-Identifier: MIT
"""A thousand fixtures with a mistake each, drawn from a seed: all refused, each at its place.

MIRU_MOCK_SEED=N draws the same ones again; MIRU_MOCK_MISTAKES=N more or fewer.
"""

import os
import random
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

import harness
import mistakes

SEED = int(os.environ.get("MIRU_MOCK_SEED") or random.randrange(1 << 32))
COUNT = int(os.environ.get("MIRU_MOCK_MISTAKES") or (200 if harness.instrumented() else 1000))
WAYS = mistakes.Generator([], 0).ways


def place_of(content, offset):
    """The line and the column of a byte."""
    before = content[:offset]
    return before.count(b"\n") + 1, offset - (before.rfind(b"\n") + 1) + 1


def check(content, path):
    """What checking that content says: the status, and each line without the file's name."""
    with open(path, "wb") as file:
        file.write(content)
    result = subprocess.run([harness.BINARY, "check", path], capture_output=True,
                            timeout=harness.DEADLINE, env=harness.environment())
    os.unlink(path)
    return result.returncode, result.stdout, result.stderr.decode().replace(path, "").splitlines()


class Mistakes(harness.TestCase):
    arguments = None

    def generator(self, seed):
        with harness.Server() as server:
            documents = [server.everything(), *mistakes.small()]
        for document in documents:
            with harness.File(document) as path:
                self.assertEqual(harness.run("check", path).stderr, "")
        return mistakes.Generator(documents, seed)

    def refused(self, result):
        status, out, (*lines, last) = result
        self.assertEqual((status, out), (1, b""), lines)
        plural = "" if len(lines) == 1 else "s"
        self.assertEqual(last, f"miru-mock: {len(lines)} problem{plural} in the fixtures; "
                               "nothing was loaded")
        return lines

    def has(self, lines, *beginnings):
        self.assertTrue([line for line in lines if line.startswith(beginnings)], (lines, beginnings))

    def test_mistakes(self):
        print(f"\nMIRU_MOCK_SEED={SEED}")
        made = list(self.generator(SEED).make(COUNT))
        streams = [mistake.as_stream() for mistake in made]
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(4) as pool:
            results = list(pool.map(
                lambda i: (check(made[i].content, f"{folder}/{i}.json"),
                           streams[i] and check(streams[i][0], f"{folder}/{i}.ndjson")),
                range(len(made))))
        for number, (mistake, stream, (result, second)) in enumerate(zip(made, streams, results)):
            with self.subTest(seed=SEED, number=number, kind=mistake.kind, pointer=mistake.pointer):
                lines = self.refused(result)
                if mistake.offset:
                    first, last = mistake.offset
                    self.assertEqual(len(lines), 1, lines)
                    self.has(lines, *(":%d:%d: " % place_of(mistake.content, offset)
                                      for offset in range(first, last + 1)))
                else:
                    self.has(lines, f": {mistake.pointer}: ")
                if stream:
                    _, line, pointer = stream
                    self.has(self.refused(second), f":{line}: {pointer}: " if pointer else
                             f":{line}: ")
        self.assertEqual(len({mistake.kind for mistake in made}), min(COUNT, len(WAYS)))

    def test_over_http(self):
        """Put over the demo, and added to nothing: each is refused, at its place, and changes
        nothing; the stream of it, too."""
        with harness.Server("--log", "off") as demo, \
                harness.Server("--log", "off", "--empty", "--max-body", str(1 << 24)) as empty, \
                harness.Client(demo) as over, harness.Client(empty) as onto:
            before = [client.control("GET", "fixtures").text for client in (over, onto)]
            for number, mistake in enumerate(self.generator(SEED).make(COUNT)):
                with self.subTest(seed=SEED, number=number, kind=mistake.kind,
                                  pointer=mistake.pointer):
                    for client, method in ((over, "PUT"), (onto, "POST")):
                        self.refused_over_http(client, method, mistake)
            after = [client.control("GET", "fixtures").text for client in (over, onto)]
            self.assertEqual(after, before)

    def refused_over_http(self, client, method, mistake):
        world = client.control("GET", "fixtures").text
        answer = client.control(method, "fixtures", mistake.content)
        self.assert_refused(answer, 400, "invalid_fixtures", "nothing has changed")
        problems = answer.error["params"]["problems"]
        if mistake.offset:
            first, last = mistake.offset
            self.assertEqual(len(problems), 1)
            self.assertIn((problems[0]["line"], problems[0]["column"]),
                          [place_of(mistake.content, offset)
                           for offset in range(first, last + 1)])
        else:
            self.assertIn(mistake.pointer, [problem.get("pointer") for problem in problems])
        stream = mistake.as_stream()
        if stream:
            text, line, pointer = stream
            answer = client.control(method, "fixtures", text, "application/x-ndjson")
            self.assert_refused(answer, 400, "invalid_fixtures")
            self.assertTrue([p for p in answer.error["params"]["problems"]
                             if p["line"] == line and p.get("pointer", "") == pointer
                             or not pointer and p["line"] == line])
        self.assertEqual(client.control("GET", "fixtures").text, world)

    def test_the_same_again(self):
        """One seed draws the same mistakes."""
        first, second = ([(m.kind, m.content, m.pointer, m.offset)
                          for m in self.generator(7).make(100)] for _ in range(2))
        self.assertEqual(first, second)


if __name__ == "__main__":
    harness.main()
