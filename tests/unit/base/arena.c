/* SPDX-License-Identifier: MIT */
/* Arenas: alignment, zeroing, texts, and sizes that no memory can have. */
#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

#include "unit/unit.h"

static void test_arena(void)
{
	char first[64];
	struct arena a;
	char *x, *y;

	arena_init(&a, first, sizeof first);
	x = arena_strdup(&a, "hello");
	EQ_STR(x, "hello");
	CU_ASSERT(ARENA_WATCHED || (x >= first && x < first + sizeof first));
	for (size_t len = 0; len < 20000; len = len * 2 + 1) {
		y = arena_zalloc(&a, len);
		CU_ASSERT_FATAL(y != NULL);
		EQ_INT((long long)((uintptr_t)y % _Alignof(max_align_t)), 0);
		for (size_t i = 0; i < len; i++)
			if (y[i] != 0)
				CU_FAIL("not zeroed");
		memset(y, 'x', len);
	}
	EQ_STR(x, "hello");
	EQ_STR(arena_printf(&a, "%s-%d", x, 5), "hello-5");
	EQ_STR(arena_strndup(&a, "abcdef", 3), "abc");
	CU_ASSERT_PTR_NULL(arena_alloc(&a, SIZE_MAX));
	CU_ASSERT_PTR_NULL(arena_alloc(&a, SIZE_MAX - 8));
	arena_free(&a);
}

UNIT_MAIN("arena", { "arena", test_arena })
