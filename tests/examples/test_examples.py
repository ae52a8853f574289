# SPDX-License-Identifier: MIT
"""The example for pytest, run as docs/recipes.md says; and once without what isolates its tests.

Run in a virtual environment that holds the SDK, pytest and pytest-xdist. The tests of the example
are counted with ours.
"""

import os
import re
import sys
import unittest

sys.path.insert(0, os.path.join(os.environ["srcdir"], "tests/api"))

import harness  # noqa: E402
import recipes  # noqa: E402

HERE = os.path.join(harness.SRCDIR, "tests", "examples")
# The binary, and the programs of the virtual environment.
PATH = [os.path.dirname(harness.BINARY), os.path.dirname(sys.executable)]
WORKERS, TESTS, PARALLEL = 8, 213, 200
ENOUGH = 20  # failures that the canary waits for


def count(said, word):
    found = re.search(rf"\b(\d+) {word}\b.* in [\d.]+s", said)
    return int(found[1]) if found else 0


class Pytest(unittest.TestCase):
    def test_as_documented(self):
        [(heading, text)] = recipes.commands("pypi")
        self.assertEqual(heading, "pytest")
        status, said = recipes.run(text, PATH)
        self.assertEqual(status, 0, said)
        self.assertIn(f"{WORKERS} workers [{TESTS} items]", said)
        self.assertEqual(count(said, "passed"), TESTS, said)
        Pytest.counted = TESTS

    def test_any_order(self):
        """Nothing is left behind by a test that loads fixtures and takes a snapshot."""
        tests = [f"examples/pytest/test_examples.py::test_{name}"
                 for name in ("own_fixtures", "snapshot", "permission", "own_fixtures")]
        for order in (tests[:3], tests[1:]):
            status, said = recipes.run(
                f"miru-mock exec --auth any -- pytest {' '.join(order)}", PATH)
            self.assertEqual((status, count(said, "passed")), (0, 3), said)

    def test_without_isolation(self):
        """With one key for all workers, the same tests see each other, and fail."""
        status, said = recipes.run(
            f"miru-mock exec --auth any -- pytest -n {WORKERS} -p one_key --maxfail {ENOUGH} "
            "--tb=short examples/pytest/test_parallel.py", PATH, env={"PYTHONPATH": HERE})
        self.assertIn(status, (1, 2), said)
        self.assertIn(f"{WORKERS} workers [{PARALLEL} items]", said)
        self.assertGreaterEqual(count(said, "failed"), ENOUGH, said)
        # It is what they see that fails them: statuses, requests and refusals that others caused.
        self.assertLessEqual(set(re.findall(r"^E   ([\w.]+(?:Error|Exception)\b)", said, re.M)),
                             {"AssertionError", "miru_platform_sdk.BadRequestError"}, said)

    def test_without_a_server(self):
        """What is missing is said, once."""
        status, said = recipes.run("pytest examples/pytest", PATH)
        self.assertEqual(status, 2, said)
        self.assertIn("MIRU_MOCK_URL is not set: run `miru-mock exec --auth any -- pytest`", said)


if __name__ == "__main__":
    Pytest.counted = 0
    harness.main(lambda: Pytest.counted)
