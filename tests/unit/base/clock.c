/* SPDX-License-Identifier: MIT */
/* The clock that testers move, and the times of changes. */
#include "base/clock.h"

#include "base/rfc3339.h"
#include "base/util.h"
#include "unit/unit.h"

static const int64_t second = 1000000;

static void test_real(void)
{
	struct clock c;
	int64_t before, ahead;
	char now[TIME_LEN + 1];

	clock_init(&c, &(struct clock_options){ .frozen = CLOCK_RUNS });
	CU_ASSERT(!clock_is_frozen(&c));
	before = clock_real();
	rfc3339_format(before, now);
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
	clock_run(&c, 1);
	CU_ASSERT(clock_now(&c) <= clock_real());
}

/* The machine's clock is set, while another counts. */
static void test_count_on(void)
{
	static const struct {
		int64_t real, steady, want;
	} readings[] = {
		{ 1000, 10, 1000 }, { 1005, 15, 1005 }, /* nothing happens */
		{ 505, 20, 1010 },  { 510, 25, 1015 },  /* set back: it counts on */
		{ 1020, 30, 1020 }, { 1025, 35, 1025 }, /* and set right again */
		{ 9000, 40, 9000 }, { 9005, 45, 9005 }, /* set forward: it follows */
		{ 1040, 50, 9010 }, { -500, 55, 9015 },
	};
	_Atomic int64_t lead = INT64_MIN;

	for (size_t i = 0; i < ARRAY_LEN(readings); i++)
		EQ_INT(clock_count_on(&lead, readings[i].real, readings[i].steady),
		       readings[i].want);
}

/* A setting that failed is put back. */
static void test_restore(void)
{
	struct clock c;
	struct clock_setting frozen, ahead;

	clock_init(&c, &(struct clock_options){ .frozen = 5 * second });
	frozen = clock_setting(&c);
	clock_run(&c, 1);
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

	clock_init(&c, &(struct clock_options){ .frozen = 5 * second });
	CU_ASSERT(clock_is_frozen(&c));
	CU_ASSERT(clock_now(&c) == 5 * second);
	CU_ASSERT(clock_advance(&c, 2 * second));
	CU_ASSERT(clock_now(&c) == 7 * second);
	CU_ASSERT(clock_advance(&c, 0));
	CU_ASSERT(clock_now(&c) == 7 * second);
	clock_freeze(&c, TIME_MAX - 1, 0);
	CU_ASSERT(!clock_advance(&c, 2));
	CU_ASSERT(clock_now(&c) == TIME_MAX - 1);
	CU_ASSERT(clock_advance(&c, 1));
	clock_run(&c, 1);
	CU_ASSERT(!clock_is_frozen(&c));
	clock_freeze(&c, -second, 0);
	CU_ASSERT(clock_now(&c) == -second);
}

/* Stamps tell the order of changes, and follow a clock that is set, in both directions. */
static void test_stamps(void)
{
	struct clock c;

	clock_init(&c, &(struct clock_options){ .frozen = 5 * second });
	CU_ASSERT(clock_stamp(&c) == 5 * second);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 1);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 2);
	CU_ASSERT(clock_now(&c) == 5 * second);
	clock_advance(&c, 1);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 3);
	clock_advance(&c, second);
	CU_ASSERT(clock_stamp(&c) == 6 * second + 1);
	clock_freeze(&c, 5 * second + 1, 0);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 1);
	clock_freeze(&c, 4 * second + 2, 0);
	CU_ASSERT(clock_stamp(&c) == 5 * second + 2);
	clock_freeze(&c, 2 * second, 0);
	CU_ASSERT(clock_stamp(&c) == 2 * second);
	/* Of what happened before now: after what is stamped already. */
	clock_freeze(&c, 9 * second, 0);
	CU_ASSERT(clock_stamp_at(&c, 8 * second) == 8 * second);
	CU_ASSERT(clock_stamp_at(&c, 8 * second) == 8 * second + 1);
	CU_ASSERT(clock_stamp(&c) == 9 * second);
	clock_freeze(&c, TIME_MAX, 0);
	CU_ASSERT(clock_stamp(&c) == TIME_MAX);
	CU_ASSERT(clock_stamp(&c) == TIME_MAX);
}

UNIT_MAIN("clock", { "real", test_real }, { "count_on", test_count_on }, { "frozen", test_frozen },
	  { "restore", test_restore }, { "stamps", test_stamps })
