/* SPDX-License-Identifier: MIT
 * Pairs of JSON: does the one hold what the other asks for?
 */
#include "base/json_subset.h"

#include "unit/unit.h"

static cJSON *parse(const char *text)
{
	struct json_error e;
	cJSON *json = json_parse(text, strlen(text), &e);

	CU_ASSERT_FATAL(json != NULL);
	return json;
}

static bool failed;

static void check(const char *have, const char *want, bool holds)
{
	cJSON *a = parse(have), *b = parse(want);

	if (json_holds(a, b, &failed) != holds)
		printf("%s holds %s: not %d\n", have, want, holds);
	CU_ASSERT(json_holds(a, b, &failed) == holds);
	cJSON_Delete(a);
	cJSON_Delete(b);
}

static void test_scalars(void)
{
	static const char *const all[] = { "1",    "2",     "-1",   "\"1\"", "\"a\"", "\"\"",
					   "true", "false", "null", "{}",    "[]" };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		for (size_t n = 0; n < ARRAY_LEN(all); n++)
			check(all[i], all[n], i == n);
	check("1.0", "1", true);
	check("1e2", "100", true);
	CU_ASSERT(!json_holds(NULL, NULL, &failed));
}

static void test_objects(void)
{
	check("{\"a\":1,\"b\":2}", "{}", true);
	check("{\"a\":1,\"b\":2}", "{\"b\":2}", true);
	check("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true);
	check("{\"a\":1,\"b\":2}", "{\"b\":1}", false);
	check("{\"a\":1}", "{\"a\":1,\"b\":null}", false);
	check("{\"a\":null}", "{\"a\":null}", true);
	check("{\"a\":{\"b\":{\"c\":1,\"d\":2}}}", "{\"a\":{\"b\":{\"d\":2}}}", true);
	check("{\"a\":{\"b\":{\"c\":1}}}", "{\"a\":{\"b\":{\"d\":2}}}", false);
	check("{\"A\":1}", "{\"a\":1}", false);
	check("[]", "{}", false);
}

static void test_lists(void)
{
	check("[1,2,3]", "[3,1,2]", true);
	check("[1,2,3]", "[1,2]", false);
	check("[1,2]", "[1,2,3]", false);
	check("[1,1,2]", "[1,2,2]", false);
	check("[1,2,2]", "[1,2,2]", true);
	check("[{\"a\":1,\"b\":2},{\"a\":2}]", "[{\"a\":2},{\"b\":2}]", true);
	check("[[1,2],[3]]", "[[3],[2,1]]", true);
	check("{\"0\":1}", "[1]", false);
}

UNIT_MAIN("json_subset", { "scalars", test_scalars }, { "objects", test_objects },
	  { "lists", test_lists })
