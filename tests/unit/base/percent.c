/* SPDX-License-Identifier: MIT */
/* Percent-encoding: what it decodes to, and what is refused as what. */
#include "base/percent.h"

#include "unit/unit.h"

static const struct {
	const char *text;
	bool plus;
	enum percent verdict;
	const char *want; /* if PERCENT_OK */
} cases[] = {
	{ "", false, PERCENT_OK, "" },
	{ "abc", false, PERCENT_OK, "abc" },
	{ "%41", false, PERCENT_OK, "A" },
	{ "a%20b%2Fc", false, PERCENT_OK, "a b/c" },
	{ "%7e%7E", false, PERCENT_OK, "~~" },
	{ "%25", false, PERCENT_OK, "%" },
	{ "%2541", false, PERCENT_OK, "%41" }, /* once, not twice */
	{ "%01%7f", false, PERCENT_OK, "\x01\x7f" },
	{ "a+b", false, PERCENT_OK, "a+b" },
	{ "a+b", true, PERCENT_OK, "a b" },
	{ "+%2B+", true, PERCENT_OK, " + " },
	{ "%e2%82%ac", false, PERCENT_OK, "\xe2\x82\xac" },
	{ "%E2%82%AC", false, PERCENT_OK, "\xe2\x82\xac" },
	{ "\xc3\xa9", false, PERCENT_OK, "\xc3\xa9" },
	{ "%c3\xa9", false, PERCENT_OK, "\xc3\xa9" },
	{ "%", false, PERCENT_MALFORMED, NULL },
	{ "a%4", false, PERCENT_MALFORMED, NULL },
	{ "%g0", false, PERCENT_MALFORMED, NULL },
	{ "%0g", false, PERCENT_MALFORMED, NULL },
	{ "%%41", false, PERCENT_MALFORMED, NULL },
	{ "%-1", false, PERCENT_MALFORMED, NULL },
	{ "%+41", true, PERCENT_MALFORMED, NULL },
	{ "%00", false, PERCENT_NUL, NULL },
	{ "a%00b", false, PERCENT_NUL, NULL },
	{ "%80", false, PERCENT_NOT_UTF8, NULL },
	{ "%ff", false, PERCENT_NOT_UTF8, NULL },
	{ "\xff", false, PERCENT_NOT_UTF8, NULL },
	{ "%c3", false, PERCENT_NOT_UTF8, NULL },
	{ "%c3a", false, PERCENT_NOT_UTF8, NULL },
	{ "%ed%a0%80", false, PERCENT_NOT_UTF8, NULL }, /* a surrogate */
};

static void test_cases(void)
{
	char out[32];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum percent verdict =
		    percent_decode(cases[i].text, strlen(cases[i].text), cases[i].plus, out);

		EQ_INT_IN(cases[i].text, verdict, cases[i].verdict);
		if (verdict == PERCENT_OK)
			EQ_STR_IN(cases[i].text, out, cases[i].want);
	}
}

/* Nothing behind the length is looked at. */
static void test_length(void)
{
	char out[8];

	EQ_INT(percent_decode("ab%41", 2, false, out), PERCENT_OK);
	EQ_STR(out, "ab");
	EQ_INT(percent_decode("%41", 2, false, out), PERCENT_MALFORMED);
	EQ_INT(percent_decode("%41", 1, false, out), PERCENT_MALFORMED);
	EQ_INT(percent_decode("%c3%a9", 3, false, out), PERCENT_NOT_UTF8);
}

UNIT_MAIN("percent", { "cases", test_cases }, { "length", test_length })
