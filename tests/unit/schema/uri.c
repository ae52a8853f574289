/* SPDX-License-Identifier: MIT */
/* References to URIs: the examples of RFC 3986, section 5.4, and bases that are relative. */
#include "schema/uri.h"

#include "base/util.h"
#include "unit/unit.h"

static const char rfc[] = "http://a/b/c/d;p?q";

static const struct {
	const char *base, *reference, *want;
} cases[] = {
	/* Section 5.4.1, but for those that have a fragment. */
	{ rfc, "g:h", "g:h" },
	{ rfc, "g", "http://a/b/c/g" },
	{ rfc, "./g", "http://a/b/c/g" },
	{ rfc, "g/", "http://a/b/c/g/" },
	{ rfc, "/g", "http://a/g" },
	{ rfc, "//g", "http://g" },
	{ rfc, "?y", "http://a/b/c/d;p?y" },
	{ rfc, "g?y", "http://a/b/c/g?y" },
	{ rfc, ";x", "http://a/b/c/;x" },
	{ rfc, "g;x", "http://a/b/c/g;x" },
	{ rfc, "", "http://a/b/c/d;p?q" },
	{ rfc, ".", "http://a/b/c/" },
	{ rfc, "./", "http://a/b/c/" },
	{ rfc, "..", "http://a/b/" },
	{ rfc, "../", "http://a/b/" },
	{ rfc, "../g", "http://a/b/g" },
	{ rfc, "../..", "http://a/" },
	{ rfc, "../../", "http://a/" },
	{ rfc, "../../g", "http://a/g" },
	/* Section 5.4.2. */
	{ rfc, "../../../g", "http://a/g" },
	{ rfc, "../../../../g", "http://a/g" },
	{ rfc, "/./g", "http://a/g" },
	{ rfc, "/../g", "http://a/g" },
	{ rfc, "g.", "http://a/b/c/g." },
	{ rfc, ".g", "http://a/b/c/.g" },
	{ rfc, "g..", "http://a/b/c/g.." },
	{ rfc, "..g", "http://a/b/c/..g" },
	{ rfc, "./../g", "http://a/b/g" },
	{ rfc, "./g/.", "http://a/b/c/g/" },
	{ rfc, "g/./h", "http://a/b/c/g/h" },
	{ rfc, "g/../h", "http://a/b/c/h" },
	{ rfc, "g;x=1/./y", "http://a/b/c/g;x=1/y" },
	{ rfc, "g;x=1/../y", "http://a/b/c/y" },
	{ rfc, "g?y/./x", "http://a/b/c/g?y/./x" },
	{ rfc, "g?y/../x", "http://a/b/c/g?y/../x" },
	{ rfc, "http:g", "http:g" },
	/* An authority without a path, a base that is relative, one that is empty. */
	{ "http://a", "g", "http://a/g" },
	{ "http://a?q", "g", "http://a/g" },
	{ "a/b", "c", "a/c" },
	{ "a/b", "../c", "/c" }, /* as section 5.2.4 has it */
	{ "/a/b", "", "/a/b" },
	{ "", "a/b", "a/b" },
	{ "", "", "" },
	{ "urn:a:b", "urn:c", "urn:c" },
};

static void test_resolve(void)
{
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		EQ_STR_IN(cases[i].reference, uri_resolve(&a, cases[i].base, cases[i].reference),
			  cases[i].want);
	arena_free(&a);
}

/* What begins with a scheme takes nothing from the base. */
static void test_absolute(void)
{
	static const struct {
		const char *text;
		bool is;
	} uris[] = {
		{ "http://a", true }, { "urn:a", true }, { "a+b-c.1:", true }, { "", false },
		{ "a", false },       { "/a:b", false }, { "//a:1", false },   { "1a:b", false },
		{ "+a:b", false },    { ":a", false },   { "?a:b", false },    { "a_b:c", false },
	};

	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(uris); i++) {
		const char *uri = uri_resolve(&a, "base:", uris[i].text);

		EQ_INT_IN(uris[i].text, uri && !starts_with(uri, "base:"), uris[i].is);
	}
	arena_free(&a);
}

static void test_decode(void)
{
	static const struct {
		const char *text, *want; /* NULL: it is malformed */
	} texts[] = {
		{ "", "" },       { "a%2fb", "a/b" }, { "a+b", "a+b" },
		{ "%7E1", "~1" }, { "%", NULL },      { "%00", NULL },
		{ "%ff", NULL },  { "a%2", NULL },    { "%c3%A9", "\xc3\xa9" },
	};
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		EQ_STR_IN(texts[i].text, uri_decode(&a, texts[i].text), texts[i].want);
	arena_free(&a);
}

UNIT_MAIN("uri", { "resolve", test_resolve }, { "absolute", test_absolute },
	  { "decode", test_decode })
