/* SPDX-License-Identifier: MIT */
/* Globs: stars, and what long ones cost. */
#include "base/glob.h"

#include <stdlib.h>

#include "base/util.h"
#include "unit/unit.h"

static const struct {
	const char *pattern, *text;
	bool fits;
} cases[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "", false },
	{ "a", "a", true },
	{ "a", "ab", false },
	{ "ab", "a", false },
	{ "*", "", true },
	{ "*", "anything/at all", true },
	{ "**", "", true },
	{ "a*", "a", true },
	{ "a*", "abc", true },
	{ "a*", "ba", false },
	{ "*a", "a", true },
	{ "*a", "bca", true },
	{ "*a", "ab", false },
	{ "a*a", "a", false },
	{ "a*a", "aa", true },
	{ "a*a", "aba", true },
	{ "ab*ba", "aba", false },
	{ "ab*ba", "abba", true },
	{ "*ab*", "ab", true },
	{ "*ab*", "xaby", true },
	{ "*ab*", "axb", false },
	{ "*ab*ab*", "ab", false },
	{ "*ab*ab*", "aab-ab", true },
	{ "*ab*b", "ab", false },
	{ "*ab*b", "abb", true },
	{ "*aab", "aaab", true },
	{ "*aab*", "aaab", true },
	{ "a**b", "ab", true },
	{ "a**b", "axxb", true },
	{ "a*b*c*d", "a1b2c3d", true },
	{ "a*b*c*d", "a1c2b3d", false },
	{ "/devices/*/ping", "/devices/dvc_1/ping", true },
	{ "/devices/*/ping", "/devices/ping", false },
	{ "?", "a", false },
	{ "[a]", "a", false },
	{ "\\*", "\\b", true },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_INT_IN(cases[i].pattern, glob_matches(cases[i].pattern, cases[i].text),
			  cases[i].fits);
}

/* A glob of many stars, with which a backtracking matcher takes exponential time. */
static void test_hostile(void)
{
	enum { STARS = 512, LONG = 1 << 20 };
	char pattern[STARS * 2 + 2];
	char *text = malloc(LONG + 1);

	CU_ASSERT_FATAL(text != NULL);
	for (size_t i = 0; i < STARS; i++)
		memcpy(pattern + i * 2, "*a", 2);
	memcpy(pattern + STARS * 2, "b", 2);
	memset(text, 'a', LONG);
	text[LONG] = '\0';
	CU_ASSERT(!glob_matches(pattern, text));
	text[LONG - 1] = 'b';
	CU_ASSERT(glob_matches(pattern, text));
	free(text);
}

UNIT_MAIN("glob", { "cases", test_cases }, { "hostile", test_hostile })
