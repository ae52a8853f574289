/* The clock that testers move, the times of changes, the pace of devices, ids from a seed. */
#include "base/clock.h"

#include "base/idgen.h"
#include "base/rfc3339.h"
#include "model/progression.h"
#include "unit.h"

static const int64_t second = 1000000;

static void test_real(void)
{
	struct clock c;
	int64_t before, ahead;
	char now[TIME_LEN + 1];

	clock_init(&c, CLOCK_RUNS);
	CU_ASSERT(!clock_is_frozen(&c));
	before = clock_real();
	time_format(before, now);
	CU_ASSERT(strcmp(now, "2026-01-01") > 0);
	CU_ASSERT(clock_now(&c) >= before && clock_now(&c) <= clock_real());
	/* Moved on, it runs on from there. */
	CU_ASSERT(clock_advance(&c, 3600 * second));
	ahead = clock_now(&c) - clock_real();
	CU_ASSERT(ahead <= 3600 * second && ahead > 3590 * second);
	/* And again, from there. */
	CU_ASSERT(clock_advance(&c, 3600 * second));
	CU_ASSERT(clock_now(&c) - clock_real() > 7190 * second);
	CU_ASSERT(!clock_advance(&c, INT64_MAX / 2 + TIME_MAX));
	clock_run(&c);
	CU_ASSERT(clock_now(&c) <= clock_real());
}

/* A setting that failed is put back. */
static void test_restore(void)
{
	struct clock c;
	struct clock_setting frozen, ahead;

	clock_init(&c, 5 * second);
	frozen = clock_setting(&c);
	clock_run(&c);
	clock_advance(&c, 3600 * second);
	ahead = clock_setting(&c);
	clock_restore(&c, frozen);
	CU_ASSERT(clock_now(&c) == 5 * second);
	clock_restore(&c, ahead);
	CU_ASSERT(clock_now(&c) - clock_real() > 3590 * second);
}

static void test_frozen(void)
{
	struct clock c;

	clock_init(&c, 5 * second);
	CU_ASSERT(clock_is_frozen(&c));
	CU_ASSERT(clock_now(&c) == 5 * second);
	CU_ASSERT(clock_advance(&c, 2 * second));
	CU_ASSERT(clock_now(&c) == 7 * second);
	CU_ASSERT(clock_advance(&c, 0));
	CU_ASSERT(clock_now(&c) == 7 * second);
	clock_freeze(&c, TIME_MAX - 1);
	CU_ASSERT(!clock_advance(&c, 2));
	CU_ASSERT(clock_now(&c) == TIME_MAX - 1);
	CU_ASSERT(clock_advance(&c, 1));
	clock_run(&c);
	CU_ASSERT(!clock_is_frozen(&c));
	clock_freeze(&c, -second);
	CU_ASSERT(clock_now(&c) == -second);
}

/* Stamps tell the order of changes, and follow a clock that is set, in both directions. */
static void test_stamps(void)
{
	struct clock c;

	clock_init(&c, 5 * second);
	CU_ASSERT(clock_stamp(&c) == 5 * second);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 1);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 2);
	CU_ASSERT(clock_now(&c) == 5 * second);
	clock_advance(&c, 1);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 3);
	clock_advance(&c, second);
	CU_ASSERT(clock_stamp(&c) == 6 * second + 1);
	clock_freeze(&c, 5 * second + 1);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 1);
	clock_freeze(&c, 4 * second + 2);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 2);
	clock_freeze(&c, 2 * second);
	CU_ASSERT(clock_stamp(&c) == 2 * second);
	/* Of what happened before now: after what is stamped already. */
	clock_freeze(&c, 9 * second);
	CU_ASSERT(clock_stamp_at(&c, 8 * second) == 8 * second);
	CU_ASSERT(clock_stamp_at(&c, 8 * second) == 8 * second + 1);
	CU_ASSERT(clock_stamp(&c) == 9 * second);
	clock_freeze(&c, TIME_MAX);
	CU_ASSERT(clock_stamp(&c) == TIME_MAX);
	CU_ASSERT(clock_stamp(&c) == TIME_MAX);
}

static void test_transitions(void)
{
	static const struct {
		const char *text;
		bool ok;
		enum progression progression;
		int64_t micros;
	} cases[] = {
		{ "immediate", true, PROGRESS_IMMEDIATE, 0 },
		{ "manual", true, PROGRESS_MANUAL, 0 },
		{ "0", true, PROGRESS_TIME, 0 },
		{ "5", true, PROGRESS_TIME, 5000000 },
		{ "0.25", true, PROGRESS_TIME, 250000 },
		{ "0.1", true, PROGRESS_TIME, 100000 },
		{ "0.000249", true, PROGRESS_TIME, 249 },
		{ "31622400", true, PROGRESS_TIME, INT64_C(31622400000000) },
		{ "31622401", false, 0, 0 },
		{ "time", false, 0, 0 },
		{ "Manual", false, 0, 0 },
		{ "", false, 0, 0 },
		{ "-1", false, 0, 0 },
		{ "+1", false, 0, 0 },
		{ " 1", false, 0, 0 },
		{ "1 ", false, 0, 0 },
		{ "1s", false, 0, 0 },
		{ "1e3", false, 0, 0 },
		{ "0x10", false, 0, 0 },
		{ "1.2.3", false, 0, 0 },
		{ "nan", false, 0, 0 },
		{ "99999999999999999999999999", false, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct transitions t;
		bool ok = transitions_read(cases[i].text, &t);

		EQ_INT_IN(cases[i].text, ok, cases[i].ok);
		if (!ok || !cases[i].ok)
			continue;
		EQ_INT_IN(cases[i].text, t.progression, cases[i].progression);
		EQ_INT_IN(cases[i].text, t.micros, cases[i].micros);
	}
}

/* A seed gives the same ids each time, another seed others, none never the same. */
static void test_idents(void)
{
	static const uint64_t seeds[] = { 1, 1, 2, UINT64_C(1) << 60 | 1, UINT64_C(1) << 40 | 1 };
	struct ident from[ARRAY_LEN(seeds) + 1];
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		ident_init(&from[i], &seeds[i]);
	ident_init(&from[ARRAY_LEN(seeds)], NULL);
	for (int n = 0; n < 100; n++) {
		char *id[ARRAY_LEN(from)];

		for (size_t i = 0; i < ARRAY_LEN(from); i++) {
			id[i] = ident_new(&from[i], &a, "dpl_");
			CU_ASSERT_FATAL(id[i] != NULL);
			EQ_INT((long long)strlen(id[i]), 4 + 33);
			EQ_INT((long long)strspn(id[i] + 4, "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
							    "abcdefghijkmnopqrstuvwxyz"),
			       33);
			for (size_t k = 0; k < i; k++)
				EQ_INT(streq(id[i], id[k]), i == 1 && k == 0);
		}
	}
	arena_free(&a);
}

UNIT_MAIN("clock", { "real", test_real }, { "frozen", test_frozen }, { "restore", test_restore },
	  { "stamps", test_stamps }, { "transitions", test_transitions }, { "idents", test_idents })
