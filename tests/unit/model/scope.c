/* SPDX-License-Identifier: MIT */
/* Scopes: their names, and which of them grants which. */
#include "model/scope.h"

#include "base/util.h"
#include "unit/unit.h"

static void test_names(void)
{
	enum scope s;

	for (int i = SCOPE_FREE + 1; i < SCOPE_COUNT; i++) {
		CU_ASSERT(scope_find(scope_name((enum scope)i), &s));
		EQ_INT_IN(scope_name((enum scope)i), s, i);
	}
	EQ_STR(scope_name(SCOPE_deployments_read), "deployments:read");
	EQ_STR(scope_name(scope_manage(SCOPE_devices_provision)), "devices:manage");
	CU_ASSERT(!scope_find("deployments", &s));
	CU_ASSERT(!scope_find("deployments:", &s));
	CU_ASSERT(!scope_find("Deployments:read", &s));
	CU_ASSERT(!scope_find("devices:fly", &s));
	CU_ASSERT(!scope_find("*", &s));
	CU_ASSERT(!scope_find("", &s));
}

/* Every held scope against every needed one: itself, and manage for its own resource; no other. */
static void test_grants(void)
{
	for (int held = SCOPE_FREE + 1; held < SCOPE_COUNT; held++) {
		for (int needed = SCOPE_FREE + 1; needed < SCOPE_COUNT; needed++) {
			const char *h = scope_name((enum scope)held);
			const char *n = scope_name((enum scope)needed);
			size_t resource = strcspn(n, ":");
			bool manages =
			    strncmp(h, n, resource + 1) == 0 && streq(h + resource, ":manage");

			EQ_INT_IN(n, scope_allows((scope_set)1 << held, (enum scope)needed),
				  held == needed || manages);
		}
	}
}

static void test_sets(void)
{
	for (int needed = SCOPE_FREE + 1; needed < SCOPE_COUNT; needed++) {
		CU_ASSERT(scope_allows(SCOPE_ALL, (enum scope)needed));
		CU_ASSERT(!scope_allows(SCOPE_NONE, (enum scope)needed));
	}
	CU_ASSERT(scope_allows(SCOPE_NONE, SCOPE_FREE));
}

UNIT_MAIN("scope", { "names", test_names }, { "grants", test_grants }, { "sets", test_sets })
