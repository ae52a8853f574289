/* SPDX-License-Identifier: MIT */
/* The strict check in front of cJSON, and that cJSON reads what it lets through. */
#include "base/json.h"

#include <stdlib.h>

#include "base/json_add.h"
#include "unit/unit.h"

/* A text of known length, so that it may hold a NUL; what is NULL for a good one. */
#define GOOD(text)                                                                                 \
	{                                                                                          \
		text, sizeof text - 1, 0, 0, NULL                                                  \
	}
#define BAD(text, line, column, what)                                                              \
	{                                                                                          \
		text, sizeof text - 1, line, column, what                                          \
	}

static const struct {
	const char *text;
	size_t len;
	unsigned line, column;
	const char *what;
} cases[] = {
	GOOD("{}"),
	GOOD("[]"),
	GOOD(" {\"a\" : [1, -0.5e+10, true, false, null, \"x\"] }\r\n\t "),
	GOOD("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\""),
	GOOD("\"\xc3\xa9\xf0\x9f\x98\x80\x7f\""),
	GOOD("\"\\u00E9\\uABCD\\uEF01\""),
	GOOD("1E5"),
	GOOD("0"),
	GOOD("-0"),
	GOOD("1.7976931348623157e308"),
	GOOD("{\"a\":1,\"A\":2,\"\":3}"),
	GOOD("{\"a\":{\"a\":{}},\"b\":[{\"a\":1},{\"a\":2}]}"),
	BAD("", 1, 1, "expected a value, found the end"),
	BAD("  \n ", 2, 2, "expected a value, found the end"),
	BAD("x", 1, 1, "expected a value"),
	BAD("nul", 1, 1, "expected a value"),
	BAD("True", 1, 1, "expected a value"),
	BAD("{} {}", 1, 4, "expected the end after the value"),
	BAD("true1", 1, 5, "expected the end after the value"),
	BAD("{}\0", 1, 3, "expected the end after the value"),
	BAD("\xef\xbb\xbf{}", 1, 1, "expected UTF-8 without a byte order mark"),
	BAD("\xff\xfe{", 1, 1, "expected UTF-8, found UTF-16"),
	BAD("\xfe\xff", 1, 1, "expected UTF-8, found UTF-16"),
	BAD("\xff", 1, 1, "expected a value"),
	BAD("{\n  \"a\": 1,\n  \"b\"  2\n}", 3, 8, "expected ':' after a key"),
	BAD("{\"a\":1,}", 1, 8, "expected a key in double quotes"),
	BAD("{a:1}", 1, 2, "expected a key in double quotes"),
	BAD("{'a':1}", 1, 2, "expected a key in double quotes"),
	BAD("{\"a\":1 \"b\":2}", 1, 8, "expected ',' or '}'"),
	BAD("[1 2]", 1, 4, "expected ',' or ']'"),
	BAD("[1,]", 1, 4, "expected a value"),
	BAD("[1", 1, 3, "expected ',' or ']'"),
	BAD("{", 1, 2, "expected a key in double quotes"),
	BAD("01", 1, 2, "a number must not begin with 0"),
	BAD("-01", 1, 3, "a number must not begin with 0"),
	BAD("1.", 1, 3, "expected a digit"),
	BAD(".5", 1, 1, "expected a value"),
	BAD("+1", 1, 1, "expected a value"),
	BAD("-", 1, 2, "expected a digit"),
	BAD("1e", 1, 3, "expected a digit"),
	BAD("1e400", 1, 1, "number out of range: it must fit a 64-bit float"),
	BAD("-1e400", 1, 1, "number out of range: it must fit a 64-bit float"),
	BAD("NaN", 1, 1, "expected a value"),
	BAD("1234567890123456789012345678901234567890123456789012345678901234", 1, 1,
	    "number too long (at most 63 characters)"),
	BAD("\"a", 1, 3, "unterminated string: expected a closing quote"),
	BAD("\"a\\", 1, 3,
	    "a backslash must be followed by one of \" \\ / b f n r t or by u and four hex digits"),
	BAD("\"\\x\"", 1, 2,
	    "a backslash must be followed by one of \" \\ / b f n r t or by u and four hex digits"),
	BAD("\"\\u12g4\"", 1, 2,
	    "a backslash must be followed by one of \" \\ / b f n r t or by u and four hex digits"),
	BAD("\"a\nb\"", 1, 3, "a control character in a string must be escaped"),
	BAD("\"a\tb\"", 1, 3, "a control character in a string must be escaped"),
	BAD("\"a\0b\"", 1, 3, "a control character in a string must be escaped"),
	BAD("\"\\u0000\"", 1, 2, "\\u0000 is not accepted"),
	BAD("{\"\\u0000\":1}", 1, 3, "\\u0000 is not accepted"),
	BAD("\"\\ud800\"", 1, 8, "a high surrogate must be followed by a low one"),
	BAD("\"\\ud800\\u0041\"", 1, 8, "a high surrogate must be followed by a low one"),
	BAD("\"\\udc00\"", 1, 2, "a low surrogate must follow a high one"),
	BAD("\"\xff\"", 1, 2, "invalid UTF-8"),
	BAD("\"\xc0\xaf\"", 1, 2, "invalid UTF-8"),
	BAD("\"\xed\xa0\x80\"", 1, 2, "invalid UTF-8"),
	BAD("\"\xf4\x90\x80\x80\"", 1, 2, "invalid UTF-8"),
	BAD("\"\xc3\"", 1, 2, "invalid UTF-8"),
	BAD("{\"a\":1,\"a\":2}", 1, 8, "key is already used in this object"),
	BAD("{\"a\":1,\n \"b\":2,\n \"\\u0061\":3}", 3, 2, "key is already used in this object"),
	BAD("{\"\\u00e9\":1,\"\xc3\xa9\":2}", 1, 13, "key is already used in this object"),
	BAD("{\"\\u07ff\":1,\"\xdf\xbf\":2}", 1, 13, "key is already used in this object"),
	BAD("{\"\\u20ac\":1,\"\xe2\x82\xac\":2}", 1, 13, "key is already used in this object"),
	BAD("{\"x\":{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}}", 1, 24,
	    "key is already used in this object"),
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json_error e = { 0 };
		bool good = json_check(cases[i].text, cases[i].len, &e);
		cJSON *tree = json_parse(cases[i].text, cases[i].len, &e);

		EQ_INT_IN(cases[i].text, good, cases[i].what == NULL);
		EQ_INT_IN(cases[i].text, tree != NULL, cases[i].what == NULL);
		EQ_STR_IN(cases[i].text, e.what, cases[i].what);
		EQ_INT_IN(cases[i].text, e.line, cases[i].line);
		EQ_INT_IN(cases[i].text, e.column, cases[i].column);
		cJSON_Delete(tree);
	}
}

/* Every prefix of a good text is bad, and no prefix makes the check read beyond it. */
static void test_prefixes(void)
{
	static const char text[] =
	    "{\"a\":[1.5e3,\"\\ud83d\\ude00\xc3\xa9\",null],\"b\":{\"c\":true}}";

	for (size_t len = 0; len < sizeof text - 1; len++) {
		struct json_error e;
		char *copy = strndup(text, len);

		CU_ASSERT_FATAL(copy != NULL);
		CU_ASSERT(!json_check(copy, len, &e));
		free(copy);
	}
}

static void test_depth(void)
{
	char text[2 * (JSON_DEPTH + 1) + 1];
	struct json_error e;

	memset(text, '[', JSON_DEPTH);
	memset(text + JSON_DEPTH, ']', JSON_DEPTH);
	CU_ASSERT(json_check(text, (size_t)2 * JSON_DEPTH, &e));
	memset(text, '[', JSON_DEPTH + 1);
	memset(text + JSON_DEPTH + 1, ']', JSON_DEPTH + 1);
	CU_ASSERT(!json_check(text, (size_t)2 * (JSON_DEPTH + 1), &e));
	EQ_STR(e.what, JSON_TOO_DEEP);
	EQ_INT(e.column, JSON_DEPTH + 1);
}

/* Many keys, and the same one at both ends: found, and not by comparing each with each. */
static void test_many_keys(void)
{
	enum { KEYS = 100000 };
	char *text = malloc(KEYS * 12 + 16), *at = text;
	struct json_error e;

	CU_ASSERT_FATAL(text != NULL);
	*at++ = '{';
	for (int i = 0; i < KEYS; i++)
		at += sprintf(at, "\"k%d\":1,", i);
	CU_ASSERT(!json_check(text, (size_t)(at - text), &e));
	at[-1] = '}';
	CU_ASSERT(json_check(text, (size_t)(at - text), &e));
	at[-1] = ',';
	at += sprintf(at, "\"k0\":1}");
	CU_ASSERT(!json_check(text, (size_t)(at - text), &e));
	EQ_STR(e.what, "key is already used in this object");
	free(text);
}

/* What others write, and what it is as canonical JSON; NULL where it is refused. */
static const struct {
	const char *text, *canonical;
} any[] = {
	{ "null", "null" },
	{ " [ true , false ] ", "[true,false]" },
	{ "{\"b\":1,\"a\":2,\"B\":3,\"\":4}", "{\"\":4,\"B\":3,\"a\":2,\"b\":1}" },
	{ "{\"a\":1,\"a\":2}", "{\"a\":2}" },
	{ "{\"a\":1,\"b\":[{\"c\":1,\"c\":{\"d\":1,\"d\":2}}],\"\\u0061\":3,\"a\":4}",
	  "{\"a\":4,\"b\":[{\"c\":{\"d\":2}}]}" },
	{ "\"\\u0000x\"", "\"\xef\xbf\xbdx\"" },
	{ "{\"\\u0000\":1,\"\\ufffd\":2}", "{\"\xef\xbf\xbd\":2}" },
	{ "[\"\\ud800\",\"\\udc00x\",\"\\ud800\\u0041\",\"\\ud800\\ud83d\\ude00\"]",
	  "[\"\xef\xbf\xbd\",\"\xef\xbf\xbdx\",\"\xef\xbf\xbd"
	  "A\",\"\xef\xbf\xbd\xf0\x9f\x98\x80\"]" },
	{ "\"\\udbff\\udfff\"", "\"\xf4\x8f\xbf\xbf\"" },
	{ "\"\\ud800\\udc00\"", "\"\xf0\x90\x80\x80\"" },
	{ "[0.10000000000000000000000000000000000000000000000000000000000000]", "[0.1]" },
	{ "[1e400,-1e400,1e5000000000]", "[1e+400,-1e+400,1e+5000000000]" },
	{ "[1, 1.0, 10e-1, -0, -0.0, 0.1, 1e15, 1e16, 5e-324, 123456789012345678]",
	  "[1,1,1,0,0,0.1,1e+15,1e+16,5e-324,123456789012345678]" },
	{ "[123456789012345, -999999999999999, 0.30000000000000004]",
	  "[123456789012345,-999999999999999,0.30000000000000004]" },
	{ "[1000000000000000000000000000000000000000000000000000000000000000,2]", "[1e+63,2]" },
	{ "[0.50000000000000000000000000000000000000000000000000000000000000e1]", "[5]" },
	{ "[-1e000000000000000000000000000000000000000000000000000000000000000000009999]",
	  "[-1e+9999]" },
	{ "\"\\\"\\\\\\/\\n\\u007f\"", "\"\\\"\\\\/\\n\\u007f\"" },
	{ "01", NULL },
	{ "[1,]", NULL },
	{ "{} {}", NULL },
	{ "\"\\ud80\"", NULL },
	{ "\"\xff\"", NULL },
	{ "1e", NULL },
	{ "\xef\xbb\xbf{}", NULL },
};

static void test_any(void)
{
	for (size_t i = 0; i < ARRAY_LEN(any); i++) {
		struct json_error e = { 0 };
		struct buf b = BUF_INIT(4096);
		cJSON *tree = json_parse_any(any[i].text, strlen(any[i].text), &e);

		if (tree)
			json_add_canonical(&b, tree);
		EQ_STR_IN(any[i].text, b.text, any[i].canonical);
		EQ_INT_IN(any[i].text, e.line, tree ? 0 : 1);
		cJSON_Delete(tree);
		buf_free(&b);
	}
}

/* A number has the text that it was written in; one that a double says exactly, its shortest. */
static void test_number_text(void)
{
	static const char text[] =
	    "{\"a\":[0,-0,1,-999999999999999,1000000000000000,1.50,1e2,9007199254740993],\"b\":7,"
	    "\"c\":0.10000000000000000000000000000000000000000000000000000000000000000000000001,"
	    "\"d\":[[-1E+400]],\"e\":2}";
	struct buf b = BUF_INIT(4096);
	struct json_error e;
	char room[JSON_NUMBER_LEN];
	cJSON *tree = json_parse_any(text, sizeof text - 1, &e), *number = cJSON_Parse("5e-1");

	CU_ASSERT_FATAL(tree && number);
	json_add_verbatim(&b, tree);
	EQ_STR(b.text, text);
	CU_ASSERT(cJSON_GetObjectItemCaseSensitive(tree, "a")->child->valuestring == NULL);
	CU_ASSERT(cJSON_GetObjectItemCaseSensitive(tree, "c")->valuedouble == 0.1);
	EQ_STR(json_number_text(number, room), "0.5");
	cJSON_Delete(tree);
	cJSON_Delete(number);
	buf_free(&b);
}

/* Many keys, each of them twice: the later ones stay. */
static void test_many_repeats(void)
{
	enum { KEYS = 50000 };
	struct buf b = BUF_INIT(1 << 24), canonical = BUF_INIT(1 << 24);
	struct json_error e;

	buf_addc(&b, '{');
	for (int i = 0; i < 2 * KEYS; i++)
		buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i % KEYS, i);
	buf_addc(&b, '}');

	cJSON *tree = json_parse_any(b.text, b.len, &e);

	CU_ASSERT_FATAL(tree != NULL);
	EQ_INT(cJSON_GetArraySize(tree), KEYS);
	json_add_canonical(&canonical, tree);
	CU_ASSERT(canonical.text && starts_with(canonical.text, "{\"k0\":50000,\"k1\":50001,"));
	cJSON_Delete(tree);
	buf_free(&b);
	buf_free(&canonical);
}

UNIT_MAIN("json", { "cases", test_cases }, { "prefixes", test_prefixes }, { "depth", test_depth },
	  { "many keys", test_many_keys }, { "any", test_any }, { "number text", test_number_text },
	  { "many repeats", test_many_repeats })
