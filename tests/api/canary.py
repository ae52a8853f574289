# SPDX-License-Identifier: MIT
"""A test that must fail: the proof that a failed assertion fails the run. Listed in XFAIL_TESTS."""

import harness


class Canary(harness.TestCase):
    def test_false(self):
        answer = self.server.get("/beta/deployments/dpl_123")
        self.assertEqual(answer.status, 500)


if __name__ == "__main__":
    harness.main()
