/* SPDX-License-Identifier: MIT */
/* The forms of texts, at their borders. */
#include "model/string_format.h"

#include "base/util.h"
#include "unit/unit.h"

#define A16  "aaaaaaaaaaaaaaaa"
#define A48  A16 A16 A16
#define A128 A48 A48 A16 A16
#define A512 A128 A128 A128 A128
#define E16                                                                                        \
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"                         \
	"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"

static const struct {
	enum string_format strfmt;
	const char *text;
	bool fits;
} cases[] = {
	{ STRFMT_ANY, "", true },
	{ STRFMT_NON_EMPTY, "", false },
	{ STRFMT_NON_EMPTY, "x", true },
	{ STRFMT_ID, "dpl_123-A", true },
	{ STRFMT_ID, A128, true },
	{ STRFMT_ID, A128 "a", false },
	{ STRFMT_ID, "", false },
	{ STRFMT_ID, "a/b", false },
	{ STRFMT_ID, "a b", false },
	{ STRFMT_ID, "\xc3\xa9", false },
	{ STRFMT_KEY, "!~", true },
	{ STRFMT_KEY, "\x7f", false },
	{ STRFMT_KEY, A128 A128, true },
	{ STRFMT_KEY, A128 A128 "a", false },
	{ STRFMT_NAME, "", false },
	{ STRFMT_NAME, "x", true },
	{ STRFMT_NAME, A48, true },
	{ STRFMT_NAME, A48 "a", false },
	{ STRFMT_NAME, E16 E16 E16, true }, /* characters, not bytes */
	{ STRFMT_NAME, E16 E16 E16 "a", false },
	{ STRFMT_SLUG, "a", true },
	{ STRFMT_SLUG, "motion-control-2", true },
	{ STRFMT_SLUG, A48, true },
	{ STRFMT_SLUG, A48 "a", false },
	{ STRFMT_SLUG, "", false },
	{ STRFMT_SLUG, "-a", false },
	{ STRFMT_SLUG, "a-", false },
	{ STRFMT_SLUG, "-", false },
	{ STRFMT_SLUG, "Motion", false },
	{ STRFMT_SLUG, "a_b", false },
	{ STRFMT_SEMVER, "1", true },
	{ STRFMT_SEMVER, "v1", true },
	{ STRFMT_SEMVER, "1.2.3.4", true },
	{ STRFMT_SEMVER, "v1.0.0-rc.1+build.5-x", true },
	{ STRFMT_SEMVER, "1+b", true },
	{ STRFMT_SEMVER, "", false },
	{ STRFMT_SEMVER, "v", false },
	{ STRFMT_SEMVER, "vv1", false },
	{ STRFMT_SEMVER, "1.", false },
	{ STRFMT_SEMVER, ".1", false },
	{ STRFMT_SEMVER, "1..2", false },
	{ STRFMT_SEMVER, "1.0-", false },
	{ STRFMT_SEMVER, "1.0-a.", false },
	{ STRFMT_SEMVER, "1.0+", false },
	{ STRFMT_SEMVER, "1.0+a+b", false },
	{ STRFMT_SEMVER, "1.0 ", false },
	{ STRFMT_SEMVER, "1.0-a_b", false },
	{ STRFMT_PLAIN_NAME, "x", true },
	{ STRFMT_PLAIN_NAME, "", false },
	{ STRFMT_PLAIN_NAME, A48, true },
	{ STRFMT_PLAIN_NAME, E16 E16 "x", false }, /* bytes, not characters */
	{ STRFMT_SLOT_KEY, "controller_2", true },
	{ STRFMT_SLOT_KEY, "0-a", true },
	{ STRFMT_SLOT_KEY, A128, true },
	{ STRFMT_SLOT_KEY, A128 "a", false },
	{ STRFMT_SLOT_KEY, "_a", false },
	{ STRFMT_SLOT_KEY, "-a", false },
	{ STRFMT_SLOT_KEY, "A", false },
	{ STRFMT_SLOT_KEY, "", false },
	{ STRFMT_FILEPATH, "/a", true },
	{ STRFMT_FILEPATH, "/a..b/c..", true },
	{ STRFMT_FILEPATH, "/...", true },
	{ STRFMT_FILEPATH, "a", false },
	{ STRFMT_FILEPATH, "", false },
	{ STRFMT_FILEPATH, "/..", false },
	{ STRFMT_FILEPATH, "/a/../b", false },
	{ STRFMT_FILEPATH, "/a/..", false },
	{ STRFMT_FILEPATH, "/" A48 A48 A16 "aaaaaaaaaaaaaaa", true },
	{ STRFMT_FILEPATH, "/" A128, false },
	{ STRFMT_FILEPATH, "/" E16 E16 E16 E16, false }, /* bytes, not characters */
	{ STRFMT_DESCRIPTION, "", true },
	{ STRFMT_DESCRIPTION, E16 E16 E16 E16 A128 A128 A128 A16 A16 A16 A16, true },
	{ STRFMT_DESCRIPTION, A512, true },
	{ STRFMT_DESCRIPTION, A512 "a", false },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_INT_IN(cases[i].text, string_format_fits(cases[i].strfmt, cases[i].text),
			  cases[i].fits);
}

static void test_clean(void)
{
	static const struct {
		const char *text, *clean;
	} names[] = {
		{ "", "" },
		{ "a < b > c", "a < b > c" },
		{ "<3 <- <> <=>", "<3 <- <> <=>" },
		{ "<b>a</b>", "a" },
		{ "a<BR/>b<hr >", "ab" },
		{ "<a href=\"x>y\" t = '>'>a</a>", "a" },
		{ "<p don't>a", "a" },
		{ "<!-- > <b> -->a<!DOCTYPE html>b<?x?>", "ab" },
		{ "a<b", "a<b" },
		{ "a<!-- b>", "a<!-- b>" },
		{ "<a b='>", "<a b='>" },
		{ "<", "<" },
		{ "<<b>i>a", "a" },
		{ "<<b></b>", "<" },
		{ "\xc3\xa9<b>\xc3\xa9", "\xc3\xa9\xc3\xa9" },
	};
	struct arena arena CLEANUP(arena_free);

	arena_init(&arena, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *clean = string_format_clean(&arena, STRFMT_PLAIN_NAME, names[i].text);

		EQ_STR(clean, names[i].clean);
		EQ_STR(string_format_clean(&arena, STRFMT_PLAIN_NAME, clean), clean);
		EQ_STR(string_format_clean(&arena, STRFMT_NAME, names[i].text), names[i].text);
	}
}

static void test_expectations(void)
{
	for (int form = 0; form < STRFMT_COUNT; form++)
		CU_ASSERT_PTR_NOT_NULL(string_format_expected((enum string_format)form));
}

UNIT_MAIN("string_format", { "cases", test_cases }, { "clean", test_clean },
	  { "expectations", test_expectations })
