/* SPDX-License-Identifier: MIT */
/* Trees: which is part of which, what a merge patch makes of one, and how they are written. */
#include "base/json_tree.h"

#include "unit/unit.h"

static cJSON *parse(const char *text)
{
	struct json_error e;
	cJSON *json = json_parse(text, strlen(text), &e);

	CU_ASSERT_FATAL(json != NULL);
	return json;
}

static void test_holds(void)
{
	static const struct {
		const char *whole, *part;
		bool holds;
	} cases[] = {
		{ "{\"a\":1,\"b\":2}", "{}", true },
		{ "{\"a\":1,\"b\":2}", "{\"a\":1}", true },
		{ "{\"a\":1,\"b\":2}", "{\"a\":2}", false },
		{ "{\"a\":1}", "{\"A\":1}", false },
		{ "{\"a\":1}", "{\"b\":null}", false },
		{ "{\"b\":null}", "{\"b\":null}", true },
		{ "{\"b\":false}", "{\"b\":null}", false },
		{ "{\"b\":false}", "{\"b\":false}", true },
		{ "{\"b\":false}", "{\"b\":true}", false },
		{ "{\"a\":{\"b\":{\"c\":[1,2]},\"d\":0}}", "{\"a\":{\"b\":{\"c\":[1,2]}}}", true },
		{ "{\"a\":[{\"b\":1,\"c\":2}]}", "{\"a\":[{\"c\":2}]}", true },
		{ "{\"a\":[1,2]}", "{\"a\":[1]}", false },
		{ "{\"a\":[1,2]}", "{\"a\":[2,1]}", false },
		{ "{\"a\":[]}", "{\"a\":{}}", false },
		{ "{\"a\":{}}", "{\"a\":[]}", false },
		{ "1.50e1", "15", true },
		{ "12345678901234567890", "12345678901234567891", false },
		{ "1e300", "10e299", true },
		{ "\"1\"", "1", false },
		{ "\"a\"", "\"a\"", true },
		{ "\"a\"", "\"A\"", false },
		{ "0", "false", false },
		{ "[]", "[]", true },
		{ "null", "{}", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cJSON *whole = parse(cases[i].whole), *part = parse(cases[i].part);

		CU_ASSERT_EQUAL(json_holds(whole, part), cases[i].holds);
		if (json_holds(whole, part) != cases[i].holds)
			printf("case %zu\n", i);
		cJSON_Delete(whole);
		cJSON_Delete(part);
	}
}

static const char *written(const cJSON *json, bool indent, struct buf *out)
{
	struct writer w = { .out = out, .indent = indent, .empty = true };

	buf_clear(out);
	json_write(&w, json);
	return out->text ? out->text : "";
}

/* The examples of RFC 7396, appendix A, whose target and patch are objects; and the order. */
static void test_merge(void)
{
	static const struct {
		const char *object, *patch, *result;
	} cases[] = {
		{ "{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
		{ "{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}" },
		{ "{\"a\":\"b\"}", "{\"a\":null}", "{}" },
		{ "{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}" },
		{ "{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}" },
		{ "{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}" },
		{ "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
		  "{\"a\":{\"b\":\"d\"}}" },
		{ "{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}" },
		{ "{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}" },
		{ "{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}" },
		{ "{\"a\":1,\"b\":2,\"c\":3}", "{\"b\":{\"x\":null,\"y\":0}}",
		  "{\"a\":1,\"b\":{\"y\":0},\"c\":3}" },
		{ "{\"n\":12345678901234567890}", "{\"m\":1.0}",
		  "{\"n\":12345678901234567890,\"m\":1.0}" },
		{ "{\"a\":[null]}", "{\"b\":[null]}", "{\"a\":[null],\"b\":[null]}" },
	};
	struct buf out CLEANUP(buf_free) = BUF_INIT(4096);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cJSON *object = parse(cases[i].object), *patch = parse(cases[i].patch);

		json_merge(object, patch);
		CU_ASSERT_STRING_EQUAL(written(object, false, &out), cases[i].result);
		cJSON_Delete(object);
		cJSON_Delete(patch);
	}
}

static void test_write(void)
{
	struct buf out CLEANUP(buf_free) = BUF_INIT(4096);
	cJSON *json = parse("{\"a \\\"q\\\"\":[1.0,{\"b\":null},[]],\"c\":{},\"d\":true}");

	CU_ASSERT_STRING_EQUAL(written(json, false, &out),
			       "{\"a \\\"q\\\"\":[1.0,{\"b\":null},[]],\"c\":{},\"d\":true}");
	CU_ASSERT_STRING_EQUAL(written(json, true, &out),
			       "{\n  \"a \\\"q\\\"\": [\n    1.0,\n    {\n      \"b\": null\n    "
			       "},\n    []\n  ],\n  \"c\": {},\n  \"d\": true\n}\n");
	cJSON_Delete(json);
}

UNIT_MAIN("json_tree", { "parts of trees", test_holds }, { "merge patches", test_merge },
	  { "writing", test_write })
