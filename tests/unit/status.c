/* The merge of error_status over activity_status, for every pair of words. */
#include "model/status.h"
#include "base/util.h"
#include "model/resource.h"
#include "unit.h"

static const struct {
	const char *activity, *error, *status;
} cases[] = {
	{ "drifted", "none", "drifted" },       { "drifted", "failed", "failed" },
	{ "drifted", "retrying", "retrying" },  { "staged", "none", "staged" },
	{ "staged", "failed", "failed" },       { "staged", "retrying", "retrying" },
	{ "queued", "none", "queued" },         { "queued", "failed", "failed" },
	{ "queued", "retrying", "retrying" },   { "deployed", "none", "deployed" },
	{ "deployed", "failed", "failed" },     { "deployed", "retrying", "retrying" },
	{ "removing", "none", "removing" },     { "removing", "failed", "failed" },
	{ "removing", "retrying", "retrying" }, { "archived", "none", "archived" },
	{ "archived", "failed", "failed" },     { "archived", "retrying", "retrying" },
};

static void test_merge(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_STR_IN(cases[i].activity, status_merge(cases[i].activity, cases[i].error),
			  cases[i].status);
}

/* The table above is whole, and the field's words are those that the merge can give. */
static void test_table(void)
{
	const struct resource *r = &resources[R_DEPLOYMENT];
	const struct word *activity = resource_field(r, "activity_status")->words;
	const struct word *error = resource_field(r, "error_status")->words;
	const struct word *status = resource_field(r, "status")->words;
	size_t pairs = 0;

	for (const struct word *a = activity; a->text; a++)
		for (const struct word *e = error; e->text; e++, pairs++)
			CU_ASSERT_PTR_NOT_NULL(word_find(status, status_merge(a->text, e->text)));
	EQ_INT((long long)pairs, ARRAY_LEN(cases));
}

UNIT_MAIN("status", { "merge", test_merge }, { "table", test_table })
