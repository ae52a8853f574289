/* SPDX-License-Identifier: MIT */
/* The distance of words, both ways. */
#include "base/edit_distance.h"

#include "base/util.h"
#include "unit/unit.h"

#define LONG "0123456789012345678901234567890123456789012345678901234567890123" /* 64 */

static const struct {
	const char *a, *b;
	size_t most, want;
} cases[] = {
	{ "", "", 9, 0 },
	{ "a", "", 9, 1 },
	{ "abc", "abc", 9, 0 },
	{ "abc", "abd", 9, 1 },
	{ "abc", "ac", 9, 1 },
	{ "prot", "port", 9, 2 },
	{ "kitten", "sitting", 9, 3 },
	{ "kitten", "sitting", 2, 2 },
	{ "abc", "xyz", 9, 3 },
	{ LONG, LONG, 9, 0 },
	{ LONG "4", LONG, 9, 9 },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		EQ_INT_IN(cases[i].a, edit_distance(cases[i].a, cases[i].b, cases[i].most),
			  cases[i].want);
		EQ_INT_IN(cases[i].b, edit_distance(cases[i].b, cases[i].a, cases[i].most),
			  cases[i].want);
	}
}

UNIT_MAIN("edit_distance", { "cases", test_cases })
