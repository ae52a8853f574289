/* SPDX-License-Identifier: MIT */
/* Decimals: order, integers, multiples, canonical text; and exponents that no machine could write
 * out. tests/api/test_numbers.py compares thousands of them with Python's. */
#include "base/decimal.h"

#include "unit/unit.h"

/* In order; those of a row are equal. */
static const char *const rows[][5] = {
	{ "-1e999999999999999999999", "-1E+99999999999999999999999" },
	{ "-1e400" },
	{ "-9007199254740993", "-9007199254740993.0", "-90071992547409.93e2" },
	{ "-9007199254740992" },
	{ "-1.5", "-1.50", "-15e-1", "-0.0015e3" },
	{ "-1" },
	{ "-1e-999999999999999999999" },
	{ "0", "-0", "0.000", "0e999999999999999999999", "-0.0e-5" },
	{ "1e-999999999999999999999", "1e-99999999999999999999999" },
	{ "1e-400" },
	{ "0.001", "1e-3", ".001", "0_0.0_01", "100e-5" },
	{ "0.0010000000000000000000000000000000001" },
	{ "1", "1.0", "10e-1", "+1", "0.1e1" },
	{ "1.0000000000000000000000000000000000000000000000000000000000000000000000001" },
	{ "9.9" },
	{ "10", "1e1", "1_0", "10.", "0.00001e6" },
	{ "9007199254740992" },
	{ "9007199254740993" },
	{ "1e400" },
	{ "1e999999999999999999999" },
};

static void test_order(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		for (size_t j = 0; j < ARRAY_LEN(rows); j++)
			for (size_t k = 0; k < 5 && rows[i][k]; k++) {
				struct decimal a = decimal_read(rows[i][k]),
					       b = decimal_read(rows[j][0]);
				int order = decimal_compare(&a, &b);

				EQ_INT_IN(rows[i][k], (order > 0) - (order < 0), (i > j) - (i < j));
			}
}

static const struct {
	const char *text, *canonical;
	bool integer;
} cases[] = {
	{ "0", "0", true },
	{ "-0.00e7", "0", true },
	{ "-12.50", "-12.5", false },
	{ "12e1", "120", true },
	{ "120e-1", "12", true },
	{ "0.0001", "0.0001", false },
	{ "0.00001", "1e-05", false },
	{ "0.000123", "0.000123", false },
	{ "999999999999999", "999999999999999", true },
	{ "1e14", "100000000000000", true },
	{ "1e15", "1e+15", true },
	{ "1234567890123456e1", "1.234567890123456e+16", true },
	{ "9007199254740993", "9007199254740993", true },
	{ "12345678901234567890", "1.234567890123456789e+19", true },
	{ "12345678901234567891", "12345678901234567891", true },
	{ "12345678901234567891.0", "12345678901234567891", true },
	{ "1e400", "1e+400", true },
	{ "-1.25e-400", "-1.25e-400", false },
	{ "0.30000000000000001", "0.30000000000000001", false },
	{ "5e-324", "5e-324", false },
	{ "1e999999999999999999999", "1e+99999999999999999", true },
	{ "15e-999999999999999999999", "1.5e-99999999999999999", false },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct decimal d = decimal_read(cases[i].text);
		struct buf b = BUF_INIT(64), again = BUF_INIT(64);

		decimal_add_canonical(&b, &d);
		EQ_STR_IN(cases[i].text, b.text, cases[i].canonical);
		EQ_INT_IN(cases[i].text, decimal_is_integer(&d), cases[i].integer);
		d = decimal_read(b.text);
		decimal_add_canonical(&again, &d);
		EQ_STR(again.text, b.text);
		buf_free(&b);
		buf_free(&again);
	}
}

static const struct {
	const char *number, *step;
	bool multiple;
} multiples[] = {
	{ "0", "3", true },
	{ "0", "1e999999999999", true },
	{ "6", "3", true },
	{ "-6", "3", true },
	{ "7", "3", false },
	{ "3", "6", false },
	{ "0.3", "0.1", true },
	{ "0.35", "0.1", false },
	{ "4.5", "1.5", true },
	{ "1e308", "0.5", true },
	{ "1e308", "0.123456789", false },
	{ "12391239123", "1e-8", true },
	{ "1e999999999999", "1e-999999999999", true },
	{ "1e999999999999", "3e-999999999999", false },
	{ "3e999999999999", "7e-999999999999", false },
	{ "1e999999999999", "1024", true },
	{ "1e10", "1024", true },
	{ "1e9", "1024", false },
	{ "1e24", "59604644775390625", true },
	{ "1e23", "59604644775390625e1", false },
	{ "1e-999999999999", "1", false },
	/* The steps have 17, 18, 19 and 36 digits. */
	{ "2469135780246913578", "12345678901234567", false },
	{ "24691357802469134", "12345678901234567", true },
	{ "999999999999999998000000000000000001", "999999999999999999", true },
	{ "999999999999999998000000000000000002", "999999999999999999", false },
	{ "99999999999999999980000000000000000001", "9999999999999999999", true },
	{ "152415787532388367501905199875019052100", "12345678901234567890", true },
	{ "152415787532388367501905199875019052101", "12345678901234567890", false },
	{ "370370367037037036703703703670370370", "370370367037037036703703703670370370", true },
	{ "370370367037037036703703703670370371", "370370367037037036703703703670370370", false },
	{ "12345678910111213141516171819202122232425262728293031",
	  "12345678910111213141516171819202122232425262728293031", true },
	{ "123456789101112131415161718192021222324252627282930310000000000000000001",
	  "12345678910111213141516171819202122232425262728293031", false },
};

static void test_multiples(void)
{
	for (size_t i = 0; i < ARRAY_LEN(multiples); i++) {
		struct decimal d = decimal_read(multiples[i].number),
			       step = decimal_read(multiples[i].step);
		struct arena a;

		arena_init(&a, NULL, 0);
		EQ_INT_IN(multiples[i].number, decimal_is_multiple(&a, &d, &step),
			  multiples[i].multiple);
		CU_ASSERT(decimal_multiple_cost(&d, &step) < 1000);
		arena_free(&a);
	}
}

UNIT_MAIN("decimal", { "order", test_order }, { "cases", test_cases },
	  { "multiples", test_multiples })
