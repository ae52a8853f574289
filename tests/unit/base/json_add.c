/* SPDX-License-Identifier: MIT */
/* Trees as JSON: canonical, and as they were written. */
#include "base/json_add.h"

#include "unit/unit.h"

/* A tree whose keys repeat, as cJSON alone makes it; and a text that is too short for it. */
static void test_canonical(void)
{
	static const char text[] = "{\"a\":1,\"b\":2,\"a\":{\"c\":1,\"c\":2},\"b\":3}";
	cJSON *tree = cJSON_Parse(text);
	struct buf b = BUF_INIT(64), small = BUF_INIT(18);

	CU_ASSERT_FATAL(tree != NULL);
	json_add_canonical(&b, tree);
	EQ_STR(b.text, "{\"a\":{\"c\":2},\"b\":3}");
	CU_ASSERT(!b.bad);
	json_add_canonical(&small, tree);
	CU_ASSERT(small.bad);
	buf_free(&b);
	buf_free(&small);
	cJSON_Delete(tree);
}

static void expect(const char *text, const char *canonical, const char *verbatim)
{
	struct json_error e;
	cJSON *tree = json_parse_any(text, strlen(text), &e);
	struct buf b = BUF_INIT(4096), c = BUF_INIT(4096);

	CU_ASSERT_FATAL(tree != NULL);
	json_add_canonical(&c, tree);
	json_add_verbatim(&b, tree);
	EQ_STR(c.text, canonical);
	EQ_STR(b.text, verbatim);
	cJSON_Delete(tree);
	buf_free(&b);
	buf_free(&c);
}

static void test_both(void)
{
	expect("{ }", "{}", "{}");
	expect("[ ]", "[]", "[]");
	expect(" [ null , true, {\"b\" : 1.0, \"a\": [\"\\u00e9\", false]}, 1e400 ] ",
	       "[null,true,{\"a\":[\"\xc3\xa9\",false],\"b\":1},1e+400]",
	       "[null,true,{\"b\":1.0,\"a\":[\"\xc3\xa9\",false]},1e400]");
}

UNIT_MAIN("json_add", { "canonical", test_canonical }, { "both", test_both })
