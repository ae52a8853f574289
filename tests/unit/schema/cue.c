/* SPDX-License-Identifier: MIT */
/* The light look at CUE: what it takes, what it refuses and where, what it leaves of a text. */
#include "schema/cue.h"

#include <stdlib.h>

#include "unit/unit.h"

/* What is NULL for a good one, of which `canonical` stays. */
static const struct {
	const char *text, *canonical;
	unsigned line, column;
	const char *what;
} cases[] = {
	{ "", "" },
	{ "\n // c\n", "" },
	{ "\xef\xbb\xbf"
	  "a: 1",
	  "a:1" },
	{ "a: 1\nb: 2", "a:1\nb:2" },
	{ "a: 1 // one\n\n\n  // more\n\tb :\t2\r\n", "a:1\nb:2" },
	{ "a: { \n b: [ 1,\n 2 ,\n ]\n }\n", "a:{b:[1,2,]}" },
	{ "#A: {x: int & >= -1}\nb: #A", "#A:{x:int& >= -1}\nb:#A" },
	{ "a: b &\n c |\n d", "a:b&c|d" },
	{ "a: {\n...\n}\nb?: x . y", "a:{...}\nb?:x . y" },
	{ "import \"x\"\nlet y = \"a\" \"b\"", "import \"x\"\nlet y=\"a\" \"b\"" },
	{ "x: # \"a\" #", "x:# \"a\" #" },
	{ "a: \" // } \\\" \\\\\" // c", "a:\" // } \\\" \\\\\"" },
	{ "a: '\\''", "a:'\\''" },
	{ "a: \"\\( x + \"\\( {y: 1} )\" )  z\"", "a:\"\\(x+\"\\({y:1})\")  z\"" },
	{ "a: #\"\\( \\#( b ) \" \"# c", "a:#\"\\( \\#(b) \" \"# c" },
	{ "a: ##\"\"#\\#(\"##", "a:##\"\"#\\#(\"##" },
	{ "a: \"\"\"\n  x // \" \"\" \\( y )\n\n  \"\"\"\n\nb: 1",
	  "a:\"\"\"\n  x // \" \"\" \\(y)\n\n  \"\"\"\nb:1" },
	{ "a: '''\r\n  '' \n  '''", "a:'''\r\n  '' \n  '''" },
	{ "a: #'''\n  ''' \\'''\n  '''#", "a:#'''\n  ''' \\'''\n  '''#" },
	{ "a: #\"\"\"\n  x\"\"\"\"#", "a:#\"\"\"\n  x\"\"\"\"#" },
	{ "a: f(1)\nb: 2", "a:f(1)\nb:2" },
	{ "a: \"\"\nb: ''", "a:\"\"\nb:''" },
	{ "@attr(x, \"y)\")", "@attr(x,\"y)\")" },
	{ "a: 1 / / 2", "a:1/ /2" },
	{ "a: 1 /\n// c\n/ 2", "a:1/ /2" },
	{ "a: {", NULL, 1, 5, "expected a closing bracket, found the end" },
	{ "a: [}", NULL, 1, 5, "unexpected closing bracket" },
	{ "a: 1\n)", NULL, 2, 1, "unexpected closing bracket" },
	{ "a: \"x", NULL, 1, 4, "unterminated string: expected a closing quote" },
	{ "a: \"x\nb: \"", NULL, 1, 4, "unterminated string: expected a closing quote" },
	{ "a: \"x\\\nb\"", NULL, 1, 4, "unterminated string: expected a closing quote" },
	{ "a: \"\\(x", NULL, 1, 8, "expected a closing bracket, found the end" },
	{ "a: \"\\(x) ", NULL, 1, 8, "unterminated string: expected a closing quote" },
	{ "a: \"\\(x]\"", NULL, 1, 8, "unexpected closing bracket" },
	{ "a: #\"x\"", NULL, 1, 4, "unterminated string: expected a closing quote" },
	{ "a: \"\"\"x\"\"\"", NULL, 1, 7, "expected a new line after three quotes" },
	{ "a: \"\"\"\nx\"\"", NULL, 1, 4, "unterminated string: expected a closing quote" },
	{ "a: '\\", NULL, 1, 4, "unterminated string: expected a closing quote" },
	{ "a: \x01", NULL, 1, 4, "control characters are not allowed" },
	{ "a: \"\x7f\"", NULL, 1, 5, "control characters are not allowed" },
	{ "a: \f", NULL, 1, 4, "control characters are not allowed" },
	{ "// \x1b", NULL, 1, 4, "control characters are not allowed" },
	{ " \xef\xbb\xbf", NULL, 1, 2, "a byte order mark is allowed at the beginning only" },
	{ "\xff", NULL, 1, 1, "invalid UTF-8" },
	{ "a: \"\xc3\"", NULL, 1, 5, "invalid UTF-8" },
	{ "\"\\\xff\"", NULL, 1, 3, "invalid UTF-8" },
};

static char *canonical(const char *text, size_t len)
{
	struct buf b = BUF_INIT(1 << 22);

	buf_add(&b, "");
	cue_add_canonical(&b, text, len);
	CU_ASSERT(!b.bad);
	return b.text;
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;
		struct json_error e = { 0 };

		EQ_INT_IN(text, cue_check(text, strlen(text), &e), cases[i].what == NULL);
		EQ_STR_IN(text, e.what, cases[i].what);
		EQ_INT_IN(text, e.line, cases[i].line);
		EQ_INT_IN(text, e.column, cases[i].column);
		if (cases[i].what)
			continue;

		char *once = canonical(text, strlen(text)), *twice = canonical(once, strlen(once));

		EQ_STR_IN(text, once, cases[i].canonical);
		EQ_STR_IN(text, twice, once);
		free(once);
		free(twice);
	}
}

/* No prefix makes the check read beyond it; what cannot be CUE still leaves something. */
static void test_prefixes(void)
{
	static const char text[] = "a: [#\"\\#(x)\"#, \"\"\"\n \xc3\xa9 \\(y)\n\"\"\", '\\'']//";

	for (size_t len = 0; len < sizeof text; len++) {
		struct json_error e;
		char *copy = malloc(len ? len : 1); /* no byte more, for who reads too far */

		CU_ASSERT_FATAL(copy != NULL);
		memcpy(copy, text, len);
		if (!cue_check(copy, len, &e))
			CU_ASSERT(e.line > 0);
		free(canonical(copy, len));
		free(copy);
	}
	CU_ASSERT(!cue_check("a\0b", 3, &(struct json_error){ 0 }));
}

static void test_hostile(void)
{
	enum { LEN = 1 << 20 };
	char *text = malloc(LEN);
	struct json_error e;

	CU_ASSERT_FATAL(text != NULL);
	memset(text, '(', LEN);
	CU_ASSERT(!cue_check(text, LEN, &e));
	EQ_STR(e.what, "nested too deep (at most 256 levels)");
	EQ_INT(e.column, CUE_DEPTH + 1);
	memset(text, '"', LEN);
	memcpy(text, "#\"\"\"\n", 5);
	CU_ASSERT(!cue_check(text, LEN, &e));
	EQ_STR(e.what, "unterminated string: expected a closing quote");
	memset(text, '#', LEN);
	memset(text + LEN / 2, '"', LEN / 2);
	CU_ASSERT(!cue_check(text, LEN, &e));
	free(text);
}

UNIT_MAIN("cue", { "cases", test_cases }, { "prefixes", test_prefixes },
	  { "hostile", test_hostile })
