/* SPDX-License-Identifier: MIT */
/* Ids from a seed, and ids without one. */
#include "base/idgen.h"

#include "base/util.h"
#include "unit/unit.h"

/* A seed gives the same ids each time, another seed others, none never the same. */
static void test_idents(void)
{
	static const uint64_t seeds[] = { 1, 1, 2, UINT64_C(1) << 60 | 1, UINT64_C(1) << 40 | 1 };
	struct idgen from[ARRAY_LEN(seeds) + 1];
	struct arena a;

	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(seeds); i++)
		idgen_init(&from[i], &seeds[i]);
	idgen_init(&from[ARRAY_LEN(seeds)], NULL);
	for (int n = 0; n < 100; n++) {
		char *id[ARRAY_LEN(from)];

		for (size_t i = 0; i < ARRAY_LEN(from); i++) {
			id[i] = idgen_new(&from[i], &a, "dpl_");
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

UNIT_MAIN("idgen", { "idents", test_idents })
