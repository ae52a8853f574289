/* SPDX-License-Identifier: MIT */
/* UTF-8: which sequences are well formed, and how text is cut and repaired. */
#include "base/utf8.h"

#include "unit/unit.h"

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

UNIT_MAIN("utf8", { "utf8", test_utf8 }, { "utf8 clean", test_utf8_clean },
	  { "utf8 add", test_utf8_add })
