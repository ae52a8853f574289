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

/* Let the sanitizers' malloc() fail as the real one does, which is what the next test is about. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* A text that is full, and one for which memory is short, are both bad; only one is full. */
static void test_full_or_no_memory(void)
{
	struct buf b = BUF_INIT(SIZE_MAX / 2), full = BUF_INIT(4);

	buf_add(&b, "abc");
	CU_ASSERT(!buf_reserve(&b, SIZE_MAX / 4));
	CU_ASSERT(b.bad && !b.full && buf_no_memory(&b));
	buf_addc(&b, 'd');
	EQ_STR(b.text, "abc");
	buf_clear(&b);
	CU_ASSERT(!b.bad && !buf_no_memory(&b));
	buf_free(&b);
	buf_add(&full, "abcde");
	CU_ASSERT(full.bad && full.full && !buf_no_memory(&full));
	buf_clear(&full);
	CU_ASSERT(!full.bad && !full.full);
	buf_free(&full);
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

UNIT_MAIN("buf", { "buf", test_buf }, { "full or no memory", test_full_or_no_memory },
	  { "buf growth", test_buf_growth }, { "escapes", test_escapes })
