/* SPDX-License-Identifier: MIT */
/* A test that must fail: the proof that a failed assertion fails the run. Listed in XFAIL_TESTS. */
#include "unit/unit.h"

static void test_false(void)
{
	EQ_INT(1, 2);
}

UNIT_MAIN("canary", { "false", test_false })
