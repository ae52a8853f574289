/* SPDX-License-Identifier: MIT */
/* What a merge patch makes of an object, and how trees are written. */
#include "base/json_merge.h"

#include "unit/unit.h"

static cJSON *parse(const char *text)
{
	struct json_error e;
	cJSON *json = json_parse(text, strlen(text), &e);

	CU_ASSERT_FATAL(json != NULL);
	return json;
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

UNIT_MAIN("json_merge", { "merge patches", test_merge }, { "writing", test_write })
