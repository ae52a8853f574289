/* SPDX-License-Identifier: MIT */
/* Regular expressions: what they match, what is refused, and what matching may cost. */
#include "schema/regex.h"

#include "base/util.h"
#include "unit/unit.h"

enum { STEPS = 100000 };

static const struct {
	const char *pattern, *text;
	bool matches;
} cases[] = {
	{ "", "", true },
	{ "", "abc", true },
	{ "b", "abc", true }, /* anywhere */
	{ "d", "abc", false },
	{ "^b", "abc", false },
	{ "^a", "abc", true },
	{ "c$", "abc", true },
	{ "c$", "abc\n", false }, /* the very end */
	{ "^a.c$", "abc", true },
	{ "^.$", "\xc3\xa9", true }, /* a character, not a byte */
	{ "^..$", "\xc3\xa9", false },
	{ "\xc3\xa9$", "caf\xc3\xa9", true },
	{ "[^\xc3\xa9]", "\xc3\xa9", false },
	{ "^[a-z0-9-]+$", "a-1", true },
	{ "^[a-z0-9-]+$", "A-1", false },
	{ "^[](?=a)]+$", "(?=a)]", true }, /* a class, and no group */
	{ "^[[:alpha:]]+$", "aB", true },
	{ "^\\d{3}$", "123", true },
	{ "^\\d{3}$", "1234", false },
	{ "^\\d{2,}$", "1234", true },
	/* Braces that count nothing. */
	{ "^a{,2}$", "a{,2}", true },
	{ "^a{ 2 }$", "a{ 2 }", true },
	{ "^a{1, 2}{$", "a{1, 2}{", true },
	{ "^\\x{4f}{2}[\\x{4f}]$", "OOO", true },
	{ "^\\p{Lu}{2}$", "AB", true },
	{ "(?i)^ABC$", "abc", true },
	{ "^(?:ab)+?$", "abab", true },
	{ "^(?P<name>a|b)$", "b", true },
	{ "^(?<name>a|b)$", "c", false },
	{ "^a{1000}$", "a", false },
};

static void test_cases(void)
{
	struct regex_matcher *m;
	struct arena a;

	arena_init(&a, NULL, 0);
	m = regex_matcher_new(&a);
	CU_ASSERT_FATAL(m != NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *why;
		long long steps = STEPS;
		struct regex *re = regex_new(&a, cases[i].pattern, &why);

		EQ_STR_IN(cases[i].pattern, why, NULL);
		CU_ASSERT(re != NULL);
		if (!re)
			continue;
		EQ_INT_IN(cases[i].pattern, regex_match(re, m, cases[i].text, &steps),
			  cases[i].matches);
		CU_ASSERT(steps < STEPS && steps > 0);
		CU_ASSERT(regex_size(re) > 0);
		regex_free(re);
	}
	regex_matcher_free(m);
	arena_free(&a);
}

/* A pattern, and a part of what is said of it. */
static const struct {
	const char *pattern, *why;
} refused[] = {
	{ "a(?=b)", "kind of group" },
	{ "a(?!b)", "kind of group" },
	{ "(?<=a)b", "kind of group" },
	{ "(?<!a)b", "kind of group" },
	{ "(?>a)", "kind of group" },
	{ "(?#a)", "kind of group" },
	{ "(?R)", "kind of group" },
	{ "(?)", "kind of group" },
	{ "(*ACCEPT)", "follows nothing" },
	{ "(a)\\1", "escape" },
	{ "\\k<a>", "escape" },
	{ "\\Qa", "escape" },
	{ "[\\G]", "escape" },
	{ "a*+", "follows another" },
	{ "a++", "follows another" },
	{ "a?+", "follows another" },
	{ "a{2}+", "follows another" },
	{ "a{1001}", "1000" },
	{ "a{1,1001}", "1000" },
	{ "(a{1000}){1000}", "too large" },
	/* PCRE2 refuses these itself, in its own words. */
	{ "(a", "" },
	{ "a)", "" },
	{ "[a", "" },
	{ "*a", "" },
	{ "a{2,1}", "" },
	{ "[b-a]", "" },
};

static void test_refused(void)
{
	char deep[2 * 251 + 2] = "";
	struct arena a;
	const char *why;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct regex *re = regex_new(&a, refused[i].pattern, &why);

		EQ_INT_IN(refused[i].pattern, re == NULL, true);
		EQ_INT_IN(refused[i].pattern, why && strstr(why, refused[i].why), true);
		regex_free(re);
	}
	for (int i = 0; i < 251; i++) {
		deep[i] = '(';
		deep[251 + i] = ')';
	}
	CU_ASSERT_PTR_NULL(regex_new(&a, deep, &why));
	CU_ASSERT(why && strstr(why, "groups nested"));
	arena_free(&a);
}

/* The steps that a pattern takes with a text that it does not match. */
static long long cost(struct arena *a, struct regex_matcher *m, const char *pattern,
		      const char *text)
{
	const char *why;
	long long steps = STEPS;
	struct regex *re = regex_new(a, pattern, &why);

	CU_ASSERT(re != NULL);
	if (re)
		EQ_INT_IN(pattern, regex_match(re, m, text, &steps), false);
	regex_free(re);
	return STEPS - steps;
}

/* Matching ends when the steps are used up, whatever the pattern would still try. */
static void test_steps(void)
{
	static const char *const patterns[] = { "(a*)*b", "(a|a)*b", "(a+)+$", "^(a|aa)+$" };
	char text[64];
	struct regex_matcher *m;
	struct arena a;

	arena_init(&a, NULL, 0);
	m = regex_matcher_new(&a);
	CU_ASSERT_FATAL(m != NULL);
	memset(text, 'a', sizeof text);
	text[sizeof text - 2] = '!';
	text[sizeof text - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		const char *why;
		long long steps = STEPS;
		struct regex *re = regex_new(&a, patterns[i], &why);

		CU_ASSERT(re != NULL);
		if (!re)
			continue;
		EQ_INT_IN(patterns[i], regex_match(re, m, text, &steps), false);
		CU_ASSERT(steps < 0);
		regex_free(re);
	}
	/* One that can match at the beginning only is tried there only. */
	CU_ASSERT(cost(&a, m, "^b", text) * 10 < cost(&a, m, "b", text));
	regex_matcher_free(m);
	arena_free(&a);
}

UNIT_MAIN("regex", { "cases", test_cases }, { "refused", test_refused }, { "steps", test_steps })
