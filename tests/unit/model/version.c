/* SPDX-License-Identifier: MIT */
/* The Miru-Version header under each policy, and the spans of versions. */
#include "model/version.h"

#include "base/util.h"
#include "unit/unit.h"

enum { OK_T, OK_R, OK_E, MISSING, ENDED, INVALID };

static const struct {
	const char *header;
	int strict, known, any;
} cases[] = {
	{ "2026-03-09.tetons", OK_T, OK_T, OK_T },
	{ "2026-05-06.rainier", OK_R, OK_R, OK_R },
	{ "2026-08-17.everglades", OK_E, OK_E, OK_E },
	{ "2026-03-10.tetons", INVALID, OK_T, OK_T },
	{ "1999-12-31.everglades", INVALID, OK_E, OK_E },
	{ "2026-02-29.tetons", INVALID, INVALID, OK_E },
	{ "2026-13-01.tetons", INVALID, INVALID, OK_E },
	{ "2025-10-21.zion", ENDED, ENDED, OK_E },
	{ "2025-10-22.zion", INVALID, INVALID, OK_E },
	{ NULL, MISSING, MISSING, OK_E },
	{ "", INVALID, INVALID, OK_E },
	{ "tetons", INVALID, INVALID, OK_E },
	{ ".tetons", INVALID, INVALID, OK_E },
	{ "2026-03-09", INVALID, INVALID, OK_E },
	{ "2026-03-09.", INVALID, INVALID, OK_E },
	{ "2026-03-09.TETONS", INVALID, INVALID, OK_E },
	{ "2026-03-09.tetons ", INVALID, INVALID, OK_E },
	{ " 2026-03-09.tetons", INVALID, INVALID, OK_E },
	{ "2026-03-09.tetons-beta.1", INVALID, INVALID, OK_E },
	{ "2026-3-9.tetons", INVALID, INVALID, OK_E },
	{ "2026-08-17.everglade", INVALID, INVALID, OK_E },
	{ "2027-01-01.zzz", INVALID, INVALID, OK_E },
};

static int read(const char *header, enum version_policy policy)
{
	enum version v = V_TETONS;
	const char *ended = NULL;

	switch (version_read(header, policy, &v, &ended)) {
	case VERSION_OK:
		return OK_T + (int)v;
	case VERSION_MISSING:
		return MISSING;
	case VERSION_ENDED:
		EQ_STR(ended, "2026-06-16");
		return ENDED;
	default:
		return INVALID;
	}
}

static void test_policies(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *header = cases[i].header;

		EQ_INT_IN(header ? header : "none", read(header, VERSION_STRICT), cases[i].strict);
		EQ_INT_IN(header ? header : "none", read(header, VERSION_KNOWN), cases[i].known);
		EQ_INT_IN(header ? header : "none", read(header, VERSION_ANY), cases[i].any);
	}
}

static void test_names(void)
{
	EQ_STR(version_name(V_TETONS), "2026-03-09.tetons");
	EQ_STR(version_name(V_RAINIER), "2026-05-06.rainier");
	EQ_STR(version_name(V_EVERGLADES), "2026-08-17.everglades");
	EQ_STR(version_list(), "2026-03-09.tetons, 2026-05-06.rainier, 2026-08-17.everglades");
}

static void test_spans(void)
{
	static const struct {
		struct span span;
		bool in[V_COUNT];
	} spans[] = {
		{ ALWAYS, { true, true, true } },
		{ SINCE(V_RAINIER), { false, true, true } },
		{ UNTIL(V_RAINIER), { true, true, false } },
		{ NEVER, { false, false, false } },
	};

	char text[96];

	for (size_t i = 0; i < ARRAY_LEN(spans); i++)
		for (int v = 0; v < V_COUNT; v++)
			EQ_INT(span_has(spans[i].span, (enum version)v), spans[i].in[v]);
	EQ_STR(span_text(spans[1].span, text, sizeof text), "since 2026-05-06.rainier");
	EQ_STR(span_text(spans[2].span, text, sizeof text), "until 2026-05-06.rainier");
	EQ_STR(span_text((struct span){ V_RAINIER, V_EVERGLADES }, text, sizeof text),
	       "in 2026-05-06.rainier to 2026-05-06.rainier");
	EQ_INT(span_last(spans[1].span), V_NEWEST);
	EQ_INT(span_last(spans[2].span), V_RAINIER);
}

UNIT_MAIN("version", { "policies", test_policies }, { "names", test_names },
	  { "spans", test_spans })
