/* SPDX-License-Identifier: MIT
 * scope.c - the table of scopes.
 */
#include "model/scope.h"

#include "base/util.h"

_Static_assert(SCOPE_COUNT < 64, "a scope_set is one 64-bit word");

static const struct {
	const char *name;
	enum scope manage;
} scopes[] = {
#define SCOPE_ROW(resource, action)                                                                \
	[SCOPE_##resource##_##action] = { #resource ":" #action, SCOPE_##resource##_manage },
	SCOPES(SCOPE_ROW)
#undef SCOPE_ROW
};

const char *scope_name(enum scope s)
{
	return scopes[s].name;
}

enum scope scope_manage(enum scope s)
{
	return scopes[s].manage;
}

bool scope_find(const char *name, enum scope *s)
{
	for (size_t i = SCOPE_FREE + 1; i < SCOPE_COUNT; i++)
		if (streq(name, scopes[i].name)) {
			*s = (enum scope)i;
			return true;
		}
	return false;
}

bool scope_allows(scope_set held, enum scope needed)
{
	scope_set granting = (scope_set)1 << needed | (scope_set)1 << scopes[needed].manage;

	return needed == SCOPE_FREE || (held & granting) != 0;
}
