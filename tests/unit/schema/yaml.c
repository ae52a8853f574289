/* SPDX-License-Identifier: MIT */
/* YAML into JSON's trees: what Go's yaml.v3 makes of it, and what is refused, and where. */
#include "schema/yaml.h"

#include <stdlib.h>

#include "base/json_add.h"
#include "unit/unit.h"

static const struct {
	const char *yaml, *json;
} good[] = {
	{ "", "null" },
	{ "# nothing\n", "null" },
	{ "---\n", "null" },
	{ "--- 1\n...\n", "1" },
	{ "\xef\xbb\xbf"
	  "a: 1",
	  "{\"a\":1}" },
	{ "a: {b: [1, x y, 'it''s', \"\\t\\u00e9\"]}\nc:\n- d\n- - e\n",
	  "{\"a\":{\"b\":[1,\"x y\",\"it's\",\"\\t\xc3\xa9\"]},\"c\":[\"d\",[\"e\"]]}" },
	{ "[null, Null, NULL, ~, ]", "[null,null,null,null]" },
	{ "[true, True, TRUE, false, False, FALSE, tRUE, yes, no, on, y]",
	  "[true,true,true,false,false,false,\"tRUE\",\"yes\",\"no\",\"on\",\"y\"]" },
	{ "[0, -0, +12, 1_000, 0x1F, 0X1f, -0x10, 0o17, 0b11, 017, 08, 0x, 0xg, 0o8, -, +, 1a]",
	  "[0,0,12,1000,31,31,-16,15,3,15,8,\"0x\",\"0xg\",\"0o8\",\"-\",\"+\",\"1a\"]" },
	{ "[0xaF, 0x0x1, 0x-1, 0b2, 0x10000000000000000, -9223372036854775808, "
	  "18446744073709551615]",
	  "[175,\"0x0x1\",\"0x-1\",\"0b2\",\"0x10000000000000000\",-9223372036854775808,"
	  "18446744073709551615]" },
	{ "[9007199254740993, 0x20000000000001, -0b1_0, 18446744073709551616, 1_2.5_0e0_1, "
	  "0777777777777777777777777, 08, !!int -9223372036854775809, !!float 1e-400, "
	  "0.1000000000000000055511151231257827]",
	  "[9007199254740993,9007199254740993,-2,18446744073709551616,125,"
	  "777777777777777777777777,8,-9223372036854775809,1e-400,"
	  "0.1000000000000000055511151231257827]" },
	{ "[1.5, .5, 1., -.5, +1e3, 1e-2, 1E2, ., 1.2.3, 1e, e1, 1e400, .5_0, .5_, ._5]",
	  "[1.5,0.5,1,-0.5,1000,0.01,100,\".\",\"1.2.3\",\"1e\",\"e1\",1e+400,0.5,\".5_\",\"._"
	  "5\"]" },
	{ "[2001-12-14, 12:30, 1:x, '1', \"true\", <<, =]",
	  "[\"2001-12-14\",\"12:30\",\"1:x\",\"1\",\"true\",\"<<\",\"=\"]" },
	{ "[!!str 1, !!int '3', !!float 1, !!bool \"true\", !!null '', ! 1, ! '1', !!str , !!str "
	  "null]",
	  "[\"1\",3,1,true,null,1,\"1\",\"\",\"null\"]" },
	{ "!!map {a: !!seq [1]}", "{\"a\":[1]}" },
	{ "a: |\n  x\n   y\n\nb: >-\n  x\n  y\n", "{\"a\":\"x\\n y\\n\",\"b\":\"x y\"}" },
	{ "{1: a, ~: b, true: c, ? d, \"\": e}",
	  "{\"\":\"e\",\"1\":\"a\",\"d\":null,\"true\":\"c\",\"~\":\"b\"}" },
	{ "[&a 1, *a, &a x, *a, &b [*a], *b]", "[1,1,\"x\",\"x\",[\"x\"],[\"x\"]]" },
	{ "&k key: 1\n*k : 2\n", NULL },
	{ "- {&k 010: 1}\n- {*k : 2}\n- *k\n", "[{\"010\":1},{\"010\":2},8]" },
	{ "a: &a {x: 1, y: 2}\nb: {y: 3, <<: *a, z: 4}\n",
	  "{\"a\":{\"x\":1,\"y\":2},\"b\":{\"x\":1,\"y\":3,\"z\":4}}" },
	{ "<<: [{x: 1}, {x: 2, y: 3}, {}]\n", "{\"x\":1,\"y\":3}" },
	{ "<<: &a {x: {y: &b [1]}}\nx: 2\nc: [*a, *b]\n",
	  "{\"c\":[{\"x\":{\"y\":[1]}},[1]],\"x\":2}" },
	{ "{'<<': 1, !!str <<: 2}", NULL },
	{ "{'<<': 1}", "{\"<<\":1}" },
	{ "{!!str <<: 1}", "{\"<<\":1}" },
	{ "[!!int -9223372036854775808]", "[-9223372036854775808]" },
	{ "\xef\xbb\xbf"
	  "a: 1\nb: 2",
	  "{\"a\":1,\"b\":2}" },
	{ "\"a\\0b\"", "\"a\xef\xbf\xbd"
		       "b\"" },
};

static void test_good(void)
{
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct json_error e;
		cJSON *tree = yaml_parse(good[i].yaml, strlen(good[i].yaml), &e);
		struct buf json = BUF_INIT(4096);

		if (tree)
			json_add_canonical(&json, tree);
		EQ_STR_IN(good[i].yaml, json.text, good[i].json);
		buf_free(&json);
		cJSON_Delete(tree);
	}
}

static const struct {
	const char *yaml;
	unsigned line, column;
	const char *what;
} bad[] = {
	{ "a: 1\nb: [.inf]", 2, 5, ".inf and .nan are not allowed: JSON has no such numbers" },
	{ "-.Inf", 1, 1, ".inf and .nan are not allowed: JSON has no such numbers" },
	{ ".NaN", 1, 1, ".inf and .nan are not allowed: JSON has no such numbers" },
	{ "\xc3\xa9: !x 1", 1, 5, "unsupported tag: JSON has no such type" },
	{ "!!set {a}", 1, 1, "unsupported tag: JSON has no such type" },
	{ "!!int x", 1, 1, "scalar does not match its tag" },
	{ "!!int 1.5", 1, 1, "scalar does not match its tag" },
	{ "!!int -0x8000000000000001", 1, 1, "scalar does not match its tag" },
	{ "!!seq x", 1, 1, "scalar does not match its tag" },
	{ "!!map x", 1, 1, "scalar does not match its tag" },
	{ "!!map [x]", 1, 1, "collection does not match its tag" },
	{ "!!str {}", 1, 1, "collection does not match its tag" },
	{ "a: 1\nb: 2\n\"a\": 3\n", 3, 1, "key is already used in this mapping" },
	{ "a: 1\nb: 2\nb: 3\na: 4", 3, 1, "key is already used in this mapping" },
	{ "{<<: {}, <<: {}}", 1, 10, "key is already used in this mapping" },
	{ "<<: 1", 1, 1, "<< must be a mapping or a sequence of mappings" },
	{ "<<: [{}, 1]", 1, 1, "<< must be a mapping or a sequence of mappings" },
	{ "? [a]\n: 1", 1, 3, "a key must be a scalar" },
	{ "- &a [1]\n- {*a : 1}", 2, 4, "a key must be a scalar" },
	{ "- *a", 1, 3, "no such anchor" },
	{ "{*a : 1}", 1, 2, "no such anchor" },
	{ "- 1\n- &a [*a]", 2, 7, "alias is within the node that it refers to" },
	{ "--- 1\n--- 2\n", 2, 1, "expected one document, found another" },
	{ "a: b: c", 1, 5, "mapping values are not allowed in this context" },
	{ "[1", 1, 3, "did not find expected ',' or ']'" },
	{ "a: \"x", 1, 6, "found unexpected end of stream" },
	{ "a: 1\n\xff", 2, 1, "invalid leading UTF-8 octet" },
	{ "\xff\xfe"
	  "a",
	  1, 1, "invalid leading UTF-8 octet" },
	{ "a: \x01", 1, 4, "control characters are not allowed" },
	{ "\ta: 1", 1, 1, "found character that cannot start any token" },
};

static void expect_bad(const char *yaml, unsigned line, unsigned column, const char *what)
{
	struct json_error e = { 0 };
	cJSON *tree = yaml_parse(yaml, strlen(yaml), &e);

	EQ_INT_IN(yaml, tree == NULL, true);
	EQ_STR_IN(yaml, e.what, what);
	EQ_INT_IN(yaml, e.line, line);
	EQ_INT_IN(yaml, e.column, column);
	cJSON_Delete(tree);
}

static void test_bad(void)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		expect_bad(bad[i].yaml, bad[i].line, bad[i].column, bad[i].what);
}

/* Ten aliases of ten aliases of ... */
static void test_laughs(void)
{
	char text[1024], *at = text;

	at += snprintf(at, 64, "- &a0 ha\n");
	for (int i = 1; i < 9; i++)
		at +=
		    snprintf(at, 100,
			     "- &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i,
			     i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);

	expect_bad(text, 7, 8, "aliases expand to too much (at most 8 MiB)");
}

static void test_merge_laughs(void)
{
	char *text = malloc(20000 * 16), *at = text;

	CU_ASSERT_FATAL(text != NULL);
	at += sprintf(at, "- &a {");
	for (int i = 0; i < 1000; i++)
		at += sprintf(at, "k%d: 1, ", i);
	at += sprintf(at, "}\n");
	for (int i = 0; i < 10000; i++)
		at += sprintf(at, "- <<: *a\n");

	struct json_error e = { 0 };

	CU_ASSERT(yaml_parse(text, (size_t)(at - text), &e) == NULL);
	EQ_STR(e.what, "aliases expand to too much (at most 8 MiB)");
	free(text);
}

/* Of which each costs libyaml a look at all before it. */
static void test_directives(void)
{
	struct buf b = BUF_INIT(1 << 20);

	for (int i = 0; i < 1001; i++)
		buf_printf(&b, "%%TAG !a%d! tag:b\n", i);
	buf_add(&b, "--- 1\n");
	expect_bad(b.text, 1001, 1, "too many %TAG directives (at most 1000)");

	struct json_error e;
	cJSON *tree = yaml_parse(strchr(b.text, '\n') + 1, b.len - strlen("%TAG !a0! tag:b\n"), &e);

	CU_ASSERT(tree != NULL);
	cJSON_Delete(tree);
	buf_free(&b);
}

static void test_depth(void)
{
	char text[2 * (JSON_DEPTH + 1) + 1], twice[1024];
	struct json_error e;
	cJSON *tree;

	memset(text, '[', JSON_DEPTH);
	memset(text + JSON_DEPTH, ']', JSON_DEPTH);
	tree = yaml_parse(text, (size_t)2 * JSON_DEPTH, &e);
	CU_ASSERT(tree != NULL);
	cJSON_Delete(tree);
	snprintf(twice, sizeof twice, "- &a %.*s\n- - *a\n", 2 * (JSON_DEPTH - 1), text + 1);
	expect_bad(twice, 2, 5, JSON_TOO_DEEP);
	memset(text, '[', JSON_DEPTH + 1);
	memset(text + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	CU_ASSERT(!yaml_parse(text, (size_t)2 * (JSON_DEPTH + 1), &e));
	EQ_STR(e.what, JSON_TOO_DEEP);
	EQ_INT(e.column, JSON_DEPTH + 1);
}

/* A number has the text of the document, unless that is in another base. */
static void test_number_text(void)
{
	static const char text[] = "[+12, 1_000, 1__0_, 007, 08, 0x1F, 1.50, .5, 1., -1e400, 7]";
	struct json_error e;
	cJSON *tree = yaml_parse(text, sizeof text - 1, &e);
	struct buf json = BUF_INIT(4096);

	CU_ASSERT_FATAL(tree != NULL);
	json_add_verbatim(&json, tree);
	EQ_STR(json.text, "[+12,1_000,10,7,08,31,1.50,.5,1.,-1e400,7]");
	CU_ASSERT(tree->child->next->valuedouble == 1000);
	buf_free(&json);
	cJSON_Delete(tree);
}

UNIT_MAIN("yaml", { "good", test_good }, { "bad", test_bad }, { "laughs", test_laughs },
	  { "merge laughs", test_merge_laughs }, { "directives", test_directives },
	  { "depth", test_depth }, { "number text", test_number_text })
