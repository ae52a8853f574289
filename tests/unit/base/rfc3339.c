/* SPDX-License-Identifier: MIT */
/* Times: RFC 3339 in, the stored form out. */
#include "base/rfc3339.h"

#include "base/util.h"
#include "unit/unit.h"

/* stored is NULL where the text is no time. */
static const struct {
	const char *text, *stored;
} cases[] = {
	{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z" },
	{ "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.000000Z" },
	{ "2024-02-29T23:59:59.5Z", "2024-02-29T23:59:59.500000Z" },
	{ "2000-02-29T12:00:00.123456789Z", "2000-02-29T12:00:00.123456Z" },
	{ "2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00.000001Z" },
	{ "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z" },
	{ "2024-01-01t00:00:00z", "2024-01-01T00:00:00.000000Z" },
	{ "2024-01-01T00:00:00+00:00", "2024-01-01T00:00:00.000000Z" },
	{ "2024-01-01T00:00:00-00:00", "2024-01-01T00:00:00.000000Z" },
	{ "2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00.000000Z" },
	{ "2023-12-31T19:30:00-05:30", "2024-01-01T01:00:00.000000Z" },
	{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z" },
	{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z" },
	{ "0001-01-01T00:00:00+00:01", NULL },
	{ "9999-12-31T23:59:59-00:01", NULL },
	{ "0000-12-31T23:59:59Z", NULL },
	{ "2023-02-29T00:00:00Z", NULL },
	{ "1900-02-29T00:00:00Z", NULL },
	{ "2024-13-01T00:00:00Z", NULL },
	{ "2024-00-01T00:00:00Z", NULL },
	{ "2024-01-00T00:00:00Z", NULL },
	{ "2024-04-31T00:00:00Z", NULL },
	{ "2024-01-01T24:00:00Z", NULL },
	{ "2024-01-01T00:60:00Z", NULL },
	{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z" },
	{ "2024-01-01T00:00:61Z", NULL },
	{ "2024-01-01T00:00:00", NULL },
	{ "2024-01-01T00:00:00.Z", NULL },
	{ "2024-01-01T00:00:00+1:00", NULL },
	{ "2024-01-01T00:00:00+0100", NULL },
	{ "2024-01-01T00:00:00+24:00", NULL },
	{ "2024-01-01T00:00:00+01:60", NULL },
	{ "2024-01-01T00:00:00Zx", NULL },
	{ "2024-01-01 00:00:00Z", NULL },
	{ "2024-01-01", NULL },
	{ "24-01-01T00:00:00Z", NULL },
	{ "2024-1-1T00:00:00Z", NULL },
	{ "+2024-01-01T00:00:00Z", NULL },
	{ "", NULL },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[TIME_LEN + 1];
		int64_t micros;
		bool ok = rfc3339_parse(cases[i].text, &micros);

		EQ_INT_IN(cases[i].text, ok, cases[i].stored != NULL);
		if (!ok || !cases[i].stored)
			continue;
		rfc3339_format(micros, out);
		EQ_STR_IN(cases[i].text, out, cases[i].stored);
	}
}

/* Every day of 800 years, there and back; and each text is greater than the one before. */
static void test_days(void)
{
	static const int64_t day = INT64_C(86400) * 1000000;
	char before[TIME_LEN + 1] = "", now[TIME_LEN + 1] = "";

	for (int64_t micros = -370 * 365 * day; micros < 430 * 365 * day; micros += day) {
		int64_t back;

		rfc3339_format(micros, now);
		if (!rfc3339_parse(now, &back) || back != micros || strcmp(before, now) >= 0)
			CU_FAIL_FATAL("a day does not come back");
		memcpy(before, now, sizeof before);
	}
	EQ_INT((long long)strlen(now), TIME_LEN);
}

/* Exactly, but without a fraction that says nothing. */
static void test_exact(void)
{
	char out[TIME_LEN + 1];

	rfc3339_shortest("2024-01-01T00:00:00.000000Z", out);
	EQ_STR(out, "2024-01-01T00:00:00Z");
	rfc3339_shortest("2024-01-01T00:00:00.500000Z", out);
	EQ_STR(out, "2024-01-01T00:00:00.500000Z");
	rfc3339_shortest("2024-01-01T00:00:00.000001Z", out);
	EQ_STR(out, "2024-01-01T00:00:00.000001Z");
}

/* The ends of the times that there are. */
static void test_ends(void)
{
	int64_t micros;

	CU_ASSERT(rfc3339_parse("0001-01-01T00:00:00Z", &micros));
	CU_ASSERT(micros == TIME_MIN);
	CU_ASSERT(rfc3339_parse("9999-12-31T23:59:59.999999Z", &micros));
	CU_ASSERT(micros == TIME_MAX);
}

UNIT_MAIN("rfc3339", { "cases", test_cases }, { "days", test_days }, { "exact", test_exact },
	  { "ends", test_ends })
