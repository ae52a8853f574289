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
	enum form form;
	const char *text;
	bool fits;
} cases[] = {
	{ FORM_ANY, "", true },
	{ FORM_FILLED, "", false },
	{ FORM_FILLED, "x", true },
	{ FORM_ID, "dpl_123-A", true },
	{ FORM_ID, A128, true },
	{ FORM_ID, A128 "a", false },
	{ FORM_ID, "", false },
	{ FORM_ID, "a/b", false },
	{ FORM_ID, "a b", false },
	{ FORM_ID, "\xc3\xa9", false },
	{ FORM_KEY, "!~", true },
	{ FORM_KEY, "\x7f", false },
	{ FORM_KEY, A128 A128, true },
	{ FORM_KEY, A128 A128 "a", false },
	{ FORM_NAME, "", false },
	{ FORM_NAME, "x", true },
	{ FORM_NAME, A48, true },
	{ FORM_NAME, A48 "a", false },
	{ FORM_NAME, E16 E16 E16, true }, /* characters, not bytes */
	{ FORM_NAME, E16 E16 E16 "a", false },
	{ FORM_SLUG, "a", true },
	{ FORM_SLUG, "motion-control-2", true },
	{ FORM_SLUG, A48, true },
	{ FORM_SLUG, A48 "a", false },
	{ FORM_SLUG, "", false },
	{ FORM_SLUG, "-a", false },
	{ FORM_SLUG, "a-", false },
	{ FORM_SLUG, "-", false },
	{ FORM_SLUG, "Motion", false },
	{ FORM_SLUG, "a_b", false },
	{ FORM_SEMVER, "1", true },
	{ FORM_SEMVER, "v1", true },
	{ FORM_SEMVER, "1.2.3.4", true },
	{ FORM_SEMVER, "v1.0.0-rc.1+build.5-x", true },
	{ FORM_SEMVER, "1+b", true },
	{ FORM_SEMVER, "", false },
	{ FORM_SEMVER, "v", false },
	{ FORM_SEMVER, "vv1", false },
	{ FORM_SEMVER, "1.", false },
	{ FORM_SEMVER, ".1", false },
	{ FORM_SEMVER, "1..2", false },
	{ FORM_SEMVER, "1.0-", false },
	{ FORM_SEMVER, "1.0-a.", false },
	{ FORM_SEMVER, "1.0+", false },
	{ FORM_SEMVER, "1.0+a+b", false },
	{ FORM_SEMVER, "1.0 ", false },
	{ FORM_SEMVER, "1.0-a_b", false },
	{ FORM_SLOT_NAME, "", false },
	{ FORM_SLOT_NAME, A48, true },
	{ FORM_SLOT_NAME, E16 E16 "x", false }, /* bytes, not characters */
	{ FORM_SLOT_KEY, "controller_2", true },
	{ FORM_SLOT_KEY, "0-a", true },
	{ FORM_SLOT_KEY, A128, true },
	{ FORM_SLOT_KEY, A128 "a", false },
	{ FORM_SLOT_KEY, "_a", false },
	{ FORM_SLOT_KEY, "-a", false },
	{ FORM_SLOT_KEY, "A", false },
	{ FORM_SLOT_KEY, "", false },
	{ FORM_FILEPATH, "/a", true },
	{ FORM_FILEPATH, "/a..b/c..", true },
	{ FORM_FILEPATH, "/...", true },
	{ FORM_FILEPATH, "a", false },
	{ FORM_FILEPATH, "", false },
	{ FORM_FILEPATH, "/..", false },
	{ FORM_FILEPATH, "/a/../b", false },
	{ FORM_FILEPATH, "/a/..", false },
	{ FORM_FILEPATH, "/" A48 A48 A16 "aaaaaaaaaaaaaaa", true },
	{ FORM_FILEPATH, "/" A128, false },
	{ FORM_FILEPATH, "/" E16 E16 E16 E16, false }, /* bytes, not characters */
	{ FORM_DESCRIPTION, "", true },
	{ FORM_DESCRIPTION, E16 E16 E16 E16 A128 A128 A128 A16 A16 A16 A16, true },
	{ FORM_DESCRIPTION, A512, true },
	{ FORM_DESCRIPTION, A512 "a", false },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_INT_IN(cases[i].text, form_fits(cases[i].form, cases[i].text), cases[i].fits);
}

static void test_expectations(void)
{
	for (int form = 0; form < FORM_COUNT; form++)
		CU_ASSERT_PTR_NOT_NULL(form_expected((enum form)form));
}

UNIT_MAIN("string_format", { "cases", test_cases }, { "expectations", test_expectations })
