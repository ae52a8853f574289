/* SPDX-License-Identifier: MIT
 * unit.h - what every unit test shares: a main that cannot report success for a failure, and checks
 * that show both values.
 */
#ifndef UNIT_H
#define UNIT_H

#include <CUnit/Basic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Checks of equality; `what` names the case of a table, or is "". */
#define EQ_INT(is, want)          unit_eq_int((is), (want), #is, "", __FILE__, __LINE__)
#define EQ_STR(is, want)          unit_eq_str((is), (want), #is, "", __FILE__, __LINE__)
#define EQ_INT_IN(what, is, want) unit_eq_int((is), (want), #is, (what), __FILE__, __LINE__)
#define EQ_STR_IN(what, is, want) unit_eq_str((is), (want), #is, (what), __FILE__, __LINE__)

static inline void unit_eq_int(long long is, long long want, const char *expression,
			       const char *what, const char *file, unsigned line)
{
	char text[512];

	snprintf(text, sizeof text, "%s %s is %lld, not %lld", what, expression, is, want);
	CU_assertImplementation(is == want, line, text, file, "", CU_FALSE);
}

static inline void unit_eq_str(const char *is, const char *want, const char *expression,
			       const char *what, const char *file, unsigned line)
{
	char text[4096];
	bool same = is && want ? strcmp(is, want) == 0 : is == want;

	snprintf(text, sizeof text, "%s %s is [%s], not [%s]", what, expression, is ? is : "NULL",
		 want ? want : "NULL");
	CU_assertImplementation(same, line, text, file, "", CU_FALSE);
}

struct unit_test {
	const char *name;
	void (*run)(void);
};

/*
 * Run the tests of one file. CUnit's runner returns success when assertions fail and when a suite
 * could not begin, so the verdict is made here; the last line is what script/test adds up.
 */
static inline int unit_main(const char *suite_name, const struct unit_test *tests, size_t n)
{
	unsigned run, failed;
	CU_ErrorCode rc;
	CU_pSuite suite;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 99;
	suite = CU_add_suite(suite_name, NULL, NULL);
	for (size_t i = 0; suite && i < n; i++)
		if (!CU_add_test(suite, tests[i].name, tests[i].run))
			return 99;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	rc = suite ? CU_basic_run_tests() : CUE_NOSUITE;
	run = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	if (rc != CUE_SUCCESS || CU_get_number_of_suites_failed() > 0 || run != n ||
	    CU_get_number_of_asserts() == 0)
		failed += failed == 0;
	printf("\n== %u passed, %u failed\n", run - (failed < run ? failed : run), failed);
	CU_cleanup_registry();
	return failed ? 1 : 0;
}

#define UNIT_MAIN(suite, ...)                                                                      \
	int main(void)                                                                             \
	{                                                                                          \
		static const struct unit_test tests[] = { __VA_ARGS__ };                           \
		return unit_main(suite, tests, sizeof tests / sizeof tests[0]);                    \
	}

#endif
