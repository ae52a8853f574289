/* SPDX-License-Identifier: MIT */
/* Buffers: their limit and growth, and how text is escaped into them. */
#include "base/buf.h"

#include "unit/unit.h"

static void test_buf(void)
{
	struct buf b = BUF_INIT(10);

	CU_ASSERT_PTR_NULL(b.text);
	buf_add(&b, "abc");
	buf_addc(&b, 'd');
	buf_printf(&b, "%d%s", 12, "x");
	EQ_STR(b.text, "abcd12x");
	buf_addn(&b, "123", 3);
	EQ_STR(b.text, "abcd12x123");
	CU_ASSERT(!b.bad);
	buf_addc(&b, '!');
	CU_ASSERT(b.bad);
	EQ_STR(b.text, "abcd12x123");
	buf_clear(&b);
	CU_ASSERT(!b.bad);
	EQ_STR(b.text, "");
	buf_add(&b, "01234567890");
	CU_ASSERT(b.bad);
	buf_printf(&b, "x");
	EQ_STR(b.text, "");
	buf_free(&b);
	CU_ASSERT_PTR_NULL(b.text);
	EQ_INT((long long)b.max, 10);
}

static void test_buf_growth(void)
{
	struct buf b = BUF_INIT(1 << 20);

	for (int i = 0; i < 100000; i++)
		buf_addc(&b, (char)('a' + i % 26));
	EQ_INT((long long)b.len, 100000);
	EQ_INT((long long)strlen(b.text), 100000);
	EQ_INT(b.text[99999], 'a' + 99999 % 26);
	buf_free(&b);
}

static const struct {
	const char *text, *json, *line;
} escapes[] = {
	{ "", "\"\"", "" },
	{ "plain", "\"plain\"", "plain" },
	{ "a\"b\\c", "\"a\\\"b\\\\c\"", "a\"b\\c" },
	{ "\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\"", "\\b\\t\\n\\f\\r" },
	{ "\x01\x0b\x1f\x7f", "\"\\u0001\\u000b\\u001f\\u007f\"", "\\u0001\\u000b\\u001f\\u007f" },
	{ "\xc3\xa9/", "\"\xc3\xa9/\"", "\xc3\xa9/" },
};

static void test_escapes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++) {
		struct buf b = BUF_INIT(256);

		buf_add_json(&b, escapes[i].text);
		EQ_STR(b.text, escapes[i].json);
		buf_clear(&b);
		buf_add_control(&b, escapes[i].text);
		EQ_STR(b.text ? b.text : "", escapes[i].line);
		buf_free(&b);
	}
}

UNIT_MAIN("buf", { "buf", test_buf }, { "buf growth", test_buf_growth },
	  { "escapes", test_escapes })
