/* What everything is written with: buffers, arenas, UTF-8, JSON text. */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "unit.h"

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

static void test_arena(void)
{
	char first[64];
	struct arena a;
	char *x, *y;

	arena_init(&a, first, sizeof first);
	x = arena_strdup(&a, "hello");
	EQ_STR(x, "hello");
	CU_ASSERT(ARENA_WATCHED || (x >= first && x < first + sizeof first));
	for (size_t len = 0; len < 20000; len = len * 2 + 1) {
		y = arena_zalloc(&a, len);
		CU_ASSERT_FATAL(y != NULL);
		EQ_INT((long long)((uintptr_t)y % _Alignof(max_align_t)), 0);
		for (size_t i = 0; i < len; i++)
			if (y[i] != 0)
				CU_FAIL("not zeroed");
		memset(y, 'x', len);
	}
	EQ_STR(x, "hello");
	EQ_STR(arena_printf(&a, "%s-%d", x, 5), "hello-5");
	EQ_STR(arena_strndup(&a, "abcdef", 3), "abc");
	CU_ASSERT_PTR_NULL(arena_alloc(&a, SIZE_MAX));
	CU_ASSERT_PTR_NULL(arena_alloc(&a, SIZE_MAX - 8));
	arena_free(&a);
}

/* Well formed by the Unicode standard's table, and the neighbours that are not. */
static const struct {
	const char *text;
	size_t sequence; /* what utf8_sequence says of it */
} sequences[] = {
	{ "a", 1 },
	{ "\x7f", 1 },
	{ "\x80", 0 },
	{ "\xc1\xbf", 0 },
	{ "\xc2\x80", 2 },
	{ "\xdf\xbf", 2 },
	{ "\xc2", 0 },
	{ "\xc2x", 0 },
	{ "\xe0\x9f\xbf", 0 },
	{ "\xe0\xa0\x80", 3 },
	{ "\xed\x9f\xbf", 3 },
	{ "\xed\xa0\x80", 0 },
	{ "\xee\x80\x80", 3 },
	{ "\xef\xbf\xbf", 3 },
	{ "\xef\xbf", 0 },
	{ "\xf0\x8f\xbf\xbf", 0 },
	{ "\xf0\x90\x80\x80", 4 },
	{ "\xf4\x8f\xbf\xbf", 4 },
	{ "\xf4\x90\x80\x80", 0 },
	{ "\xf5\x80\x80\x80", 0 },
	{ "\xff", 0 },
	{ "", 0 },
};

static void test_utf8(void)
{
	for (size_t i = 0; i < ARRAY_LEN(sequences); i++)
		EQ_INT((long long)utf8_sequence(sequences[i].text, strlen(sequences[i].text)),
		       (long long)sequences[i].sequence);
	CU_ASSERT(utf8_valid("", 0));
	CU_ASSERT(utf8_valid("a\xc3\xa9z", 4));
	CU_ASSERT(!utf8_valid("a\xc3\xa9\xff", 4));
	CU_ASSERT(!utf8_valid("a\xc3\xa9", 2));
	EQ_INT((long long)utf8_count("a\xc3\xa9\xf0\x9f\x98\x80"), 3);
}

/* Bytes for a text: what is not UTF-8 shown, the text cut between two characters. */
static void test_utf8_add(void)
{
	static const char bytes[] = "a\0\xc3\xa9\xc3z\xf0\x9f\x98";
	static const struct {
		const char *text;
		size_t max, want;
	} cuts[] = {
		{ "", 0, 0 },
		{ "abc", 3, 3 },
		{ "abc", 2, 2 },
		{ "a\xc3\xa9", 2, 1 },
		{ "a\xc3\xa9", 3, 3 },
		{ "\xf0\x9f\x98\x80", 3, 0 },
		{ "z\xf0\x9f\x98\x80z", 4, 1 },
		{ "z\xf0\x9f\x98\x80z", 5, 5 },
		{ "\x80\x80\x80\x80\x80\x80", 5, 5 },
		{ "\x80\x80", 1, 0 },
	};
	struct buf b CLEANUP(buf_free) = BUF_INIT(64);

	utf8_add(&b, bytes, sizeof bytes - 1);
	EQ_STR(b.text, "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbdz\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	for (size_t i = 0; i < ARRAY_LEN(cuts); i++)
		EQ_INT_IN(cuts[i].text,
			  (long long)utf8_cut(cuts[i].text, strlen(cuts[i].text), cuts[i].max),
			  (long long)cuts[i].want);
}

static void test_utf8_clean(void)
{
	struct arena a;

	arena_init(&a, NULL, 0);
	EQ_STR(utf8_clean(&a, "", 8), "");
	EQ_STR(utf8_clean(&a, "abc", 8), "abc");
	EQ_STR(utf8_clean(&a, "abc", 3), "abc");
	EQ_STR(utf8_clean(&a, "abcd", 3), "abc...");
	EQ_STR(utf8_clean(&a, "\xff", 8), "\xef\xbf\xbd");
	EQ_STR(utf8_clean(&a, "a\xc3", 8), "a\xef\xbf\xbd");
	EQ_STR(utf8_clean(&a, "\xff\xff\xff\xff", 8), "\xef\xbf\xbd\xef\xbf\xbd...");
	EQ_STR(utf8_clean(&a, "ab\xc3\xa9z", 3), "ab..."); /* no half characters */
	arena_free(&a);
}

static void write_sample(struct writer *w)
{
	write_open(w, '{');
	write_key(w, "a");
	write_text(w, "x\"y");
	write_key(w, "list");
	write_open(w, '[');
	write_item(w);
	write_raw(w, "null");
	write_item(w);
	write_open(w, '{');
	write_close(w, '}');
	write_close(w, ']');
	write_key(w, "none");
	write_open(w, '[');
	write_close(w, ']');
	write_close(w, '}');
}

static void test_writer(void)
{
	struct buf b = BUF_INIT(1024);
	struct writer w = { .to = &b, .empty = true };

	write_sample(&w);
	EQ_STR(b.text, "{\"a\":\"x\\\"y\",\"list\":[null,{}],\"none\":[]}");
	buf_clear(&b);
	w = (struct writer){ .to = &b, .indent = true, .empty = true };
	write_sample(&w);
	EQ_STR(b.text, "{\n  \"a\": \"x\\\"y\",\n  \"list\": [\n    null,\n    {}\n  ],\n"
		       "  \"none\": []\n}\n");
	buf_free(&b);
}

UNIT_MAIN("text", { "buf", test_buf }, { "buf growth", test_buf_growth },
	  { "escapes", test_escapes }, { "arena", test_arena }, { "utf8", test_utf8 },
	  { "utf8 clean", test_utf8_clean }, { "utf8 add", test_utf8_add },
	  { "writer", test_writer })
