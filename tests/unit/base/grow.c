/* SPDX-License-Identifier: MIT */
/* Growing arrays: their room, what they hold, and what becomes of them when memory is short. */
#include "base/grow.h"

#include "base/arena.h"
#include "unit/unit.h"

enum { MANY = 1000 };

static bool is_short;

/* The allocator behind the macros. */
static void *resize(void *items, size_t bytes)
{
	return is_short ? NULL : realloc(items, bytes);
}

#define reallocarray(items, count, size) resize((items), (count) * (size))

static void test_grow(void)
{
	size_t count = 0, cap = 0, moves = 0;
	int *items = NULL;

	for (size_t had = 0; count < MANY; count++, had = cap) {
		if (!GROW(items, count + 1, cap))
			break;
		CU_ASSERT(cap >= count + 1);
		moves += cap != had;
		items[count] = (int)count;
	}
	EQ_INT((long long)count, MANY);
	EQ_INT((long long)moves, 7); /* 16, 32, ... 1024 */
	for (size_t i = 0; i < count; i++)
		EQ_INT(items[i], (int)i);
	/* Room for several at once is for no fewer than those. */
	CU_ASSERT(GROW(items, 5000, cap));
	EQ_INT((long long)cap, 5000);
	free(items);
}

static void test_most(void)
{
	size_t cap = 0;
	char *items = NULL;

	for (size_t count = 1; count <= 20; count++)
		CU_ASSERT(GROW_UP_TO(items, count, cap, 20));
	EQ_INT((long long)cap, 20);
	free(items);
	items = NULL;
	cap = 0;
	CU_ASSERT(GROW_UP_TO(items, 1, cap, 3));
	EQ_INT((long long)cap, 3);
	free(items);
}

/* Where memory is short, nothing is lost. */
static void test_short(void)
{
	static int *items;
	size_t cap = 0;

	if (GROW(items, 1, cap))
		items[0] = 7;
	is_short = true;
	CU_ASSERT(GROW(items, GROW_FIRST, cap)); /* there is room */
	CU_ASSERT(!GROW(items, GROW_FIRST + 1, cap));
	is_short = false;
	EQ_INT((long long)cap, GROW_FIRST);
	EQ_INT(items ? items[0] : 0, 7);
	free(items);
}

static void test_arena(void)
{
	struct arena a;
	size_t count = 0, cap = 0;
	int *items = NULL;

	arena_init(&a, NULL, 0);
	for (; count < MANY; count++) {
		if (!ARENA_GROW(&a, items, count + 1, cap))
			break;
		items[count] = (int)count;
	}
	for (size_t i = 0; i < count; i++)
		EQ_INT(items[i], (int)i);
	EQ_INT((long long)count, MANY);
	EQ_INT((long long)cap, 1024);
	arena_free(&a);
}

UNIT_MAIN("grow", { "grow", test_grow }, { "most", test_most }, { "short", test_short },
	  { "arena", test_arena })
