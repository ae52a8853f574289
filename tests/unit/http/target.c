/* SPDX-License-Identifier: MIT */
/* Request targets: what is taken apart how, and what is refused. */
#include "unit/raw_target.h"

#include "unit/unit.h"

/* "seg|seg ? name=value & name=value", or "! why" */
static const struct {
	const char *raw, *want;
} cases[] = {
	{ "/", "" },
	{ "/a", "a" },
	{ "/a/b/c", "a|b|c" },
	{ "/a/", "a|" },
	{ "//a", "|a" },
	{ "/a%2Fb", "a/b" },
	{ "/a%20b", "a b" },
	{ "/a+b", "a+b" },
	{ "/%c3%a9", "\xc3\xa9" },
	{ "/a?", "a" },
	{ "/a?&&", "a" },
	{ "/a?x=1", "a ? x=1" },
	{ "/a?x", "a ? x=" },
	{ "/a?x=", "a ? x=" },
	{ "/a?=v", "a ? =v" },
	{ "/a?x=1=2", "a ? x=1=2" },
	{ "/a?x=1&x=2", "a ? x=1 & x=2" },
	{ "/a?x=b+c%2B", "a ? x=b c+" },
	{ "/a?expand%5B%5D=device%2Crelease", "a ? expand[]=device,release" },
	{ "/a?x=/?", "a ? x=/?" },
	{ "http://host:8080/a?x=1", "a ? x=1" },
	{ "https://host/a", "a" },
	{ "HTTP://host/a", "a" },
	{ "HTTPS://host/a", "a" },
	{ "http://host", "" },
	{ "http://host?x=1", " ? x=1" },
	{ "/1/2/3/4/5/6/7/8/9", "1|2|3|4|5|6|7|8 of 9" },
	{ "", "! a target begins with /: ''" },
	{ "*", "! a target begins with /: '*'" },
	{ "a", "! a target begins with /: 'a'" },
	{ "http:/host/a", "! a target begins with /: 'http:/host/a'" },
	{ "/%", "! a % must be followed by two hex digits: '%'" },
	{ "/%4", "! a % must be followed by two hex digits: '%4'" },
	{ "/%zz", "! a % must be followed by two hex digits: '%zz'" },
	{ "/a?x=%g0", "! a % must be followed by two hex digits: '%g0'" },
	{ "/%zaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "! a % must be followed by two hex digits: "
	  "'%zaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'" },
	{ "/a%00b", "! %00 has no place in a target: 'a%00b'" },
	{ "/%ff", "! not UTF-8 once decoded: '%ff'" },
	{ "/%ff%20", "! not UTF-8 once decoded: '%ff%20'" }, /* also where ASCII follows */
	{ "/%c3", "! not UTF-8 once decoded: '%c3'" },
	{ "/%ed%a0%80", "! not UTF-8 once decoded: '%ed%a0%80'" },
	{ "/a?%c0%af=1", "! not UTF-8 once decoded: '%c0%af'" },
	{ "/a b",
	  "! a target holds only visible ASCII, without #; percent-encode the rest: '/a b'" },
	{ "/\xc3\xa9",
	  "! a target holds only visible ASCII, without #; percent-encode the rest: '/\xc3\xa9'" },
	{ "/\xff", "! a target holds only visible ASCII, without #; percent-encode the rest: "
		   "'/\xef\xbf\xbd'" },
	{ "/a#b",
	  "! a target holds only visible ASCII, without #; percent-encode the rest: '/a#b'" },
	{ "/a\x7f", "! a target holds only visible ASCII, without #; percent-encode the rest: "
		    "'/a\x7f'" },
};

static void describe(const struct target *t, char *out, size_t len)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < t->nsegments && i < TARGET_SEGMENTS; i++)
		used +=
		    (size_t)snprintf(out + used, len - used, "%s%s", i ? "|" : "", t->segments[i]);
	if (t->nsegments > TARGET_SEGMENTS)
		used += (size_t)snprintf(out + used, len - used, " of %zu", t->nsegments);
	for (size_t i = 0; i < t->query.count; i++)
		used += (size_t)snprintf(out + used, len - used, "%s%s=%s", i ? " & " : " ? ",
					 t->query.items[i].name, t->query.items[i].value);
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a;
		struct target t;
		char is[512];
		const char *why;

		arena_init(&a, NULL, 0);
		if (parse_raw(&a, cases[i].raw, &t, &why))
			describe(&t, is, sizeof is);
		else
			snprintf(is, sizeof is, "! %s", why);
		EQ_STR_IN(cases[i].raw, is, cases[i].want);
		arena_free(&a);
	}
}

static void test_number_of_parameters(void)
{
	char raw[2 * TARGET_PAIRS + 16] = "/a?";
	struct arena a;
	struct target t;
	const char *why;

	arena_init(&a, NULL, 0);
	for (int i = 1; i < TARGET_PAIRS; i++)
		strncat(raw, "x&", 3);
	strncat(raw, "x", 2);
	CU_ASSERT(parse_raw(&a, raw, &t, &why));
	EQ_INT((long long)t.query.count, TARGET_PAIRS);
	strncat(raw, "&x", 3);
	CU_ASSERT(!parse_raw(&a, raw, &t, &why));
	EQ_STR(why, "the query has more than 256 parameters");
	arena_free(&a);
}

UNIT_MAIN("target", { "cases", test_cases }, { "number of parameters", test_number_of_parameters })
