/* SPDX-License-Identifier: MIT
 * The map: equal hashes, spaces, growth, removal against a model, and memory that is short. It is
 * compiled in here, to have its allocator.
 */
#include <stdlib.h>

#include "unit/unit.h"

static bool is_short;
#define calloc(count, size) (is_short ? NULL : (calloc)((count), (size)))
#include "base/map.c"
#undef calloc

enum { MANY = 10000, FEW = 40, STEPS = 50000 };

static char keys[MANY][8];
static int values[MANY];

static void make_keys(void)
{
	for (int i = 0; i < MANY; i++)
		snprintf(keys[i], sizeof keys[i], "key%d", i);
}

/* The index of a key's value, or -1. */
static int found(const struct map *m, const char *key)
{
	const int *value = map_find(m, NULL, key);

	return value ? (int)(value - values) : -1;
}

static void test_add(void)
{
	struct map m = { 0 };
	char key[] = "a key";

	EQ_INT(found(&m, key), -1);
	map_remove(&m, NULL, key);
	CU_ASSERT_PTR_EQUAL(map_add(&m, NULL, key, &values[1]), &values[1]);
	CU_ASSERT_PTR_EQUAL(map_add(&m, NULL, "a key", &values[2]), &values[1]);
	CU_ASSERT_PTR_EQUAL(map_add(&m, NULL, "", &values[3]), &values[3]);
	EQ_INT((long long)m.count, 2);
	EQ_INT(found(&m, "a key"), 1);
	EQ_INT(found(&m, ""), 3);
	EQ_INT(found(&m, "a kez"), -1);
	map_remove(&m, NULL, "a kez");
	EQ_INT((long long)m.count, 2);
	map_free(&m);
	EQ_INT(found(&m, key), -1);
}

static void test_spaces(void)
{
	struct map m = { 0 };

	CU_ASSERT(map_add(&m, &values[0], "x", &values[1]) == &values[1]);
	CU_ASSERT(map_add(&m, &values[4], "x", &values[2]) == &values[2]);
	CU_ASSERT(map_add(&m, NULL, "x", &values[3]) == &values[3]);
	CU_ASSERT(map_find(&m, &values[0], "x") == &values[1]);
	CU_ASSERT(map_find(&m, &values[4], "x") == &values[2]);
	CU_ASSERT(map_find(&m, &values[8], "x") == NULL);
	map_remove(&m, &values[0], "x");
	CU_ASSERT(map_find(&m, &values[0], "x") == NULL);
	EQ_INT(found(&m, "x"), 3);
	map_free(&m);
}

/* Two texts whose hashes are equal, as those of two spaces can be. */
static void test_equal_hashes(void)
{
	const void *a = values, *b = (const void *)((uintptr_t)a ^ 'a' ^ 'b');
	struct map m = { 0 };

	CU_ASSERT_FATAL(hash(a, "a") == hash(b, "b"));
	CU_ASSERT(map_add(&m, a, "a", &values[1]) == &values[1]);
	CU_ASSERT(map_find(&m, b, "b") == NULL);
	CU_ASSERT(map_add(&m, b, "b", &values[2]) == &values[2]);
	CU_ASSERT(map_find(&m, a, "a") == &values[1]);
	CU_ASSERT(map_find(&m, b, "b") == &values[2]);
	map_remove(&m, a, "a");
	CU_ASSERT(map_find(&m, a, "a") == NULL);
	CU_ASSERT(map_find(&m, b, "b") == &values[2]);
	map_free(&m);
}

static void test_growth(void)
{
	static int met[MANY];
	struct map m = { 0 };
	size_t at = 0, wrong = 0;
	int *value;

	for (int i = 0; i < MANY; i++) {
		CU_ASSERT_FATAL(map_add(&m, NULL, keys[i], &values[i]) == &values[i]);
		CU_ASSERT_FATAL(m.count < m.cap);
	}
	for (int i = 0; i < MANY; i++)
		wrong += found(&m, keys[i]) != i;
	EQ_INT((long long)wrong, 0);
	memset(met, 0, sizeof met);
	while ((value = map_next(&m, &at)))
		met[value - values]++;
	for (int i = 0; i < MANY; i++)
		wrong += met[i] != 1;
	EQ_INT((long long)wrong, 0);
	/* A search for a key that is not there goes no further than a few slots. */
	EQ_INT((long long)m.count, MANY);
	CU_ASSERT(m.count <= m.cap / 4 * 3);
	map_free(&m);
}

/* Few keys, added and removed in any order, against an array that says which are there. */
static void test_removal(void)
{
	struct map m = { 0 };
	bool there[FEW] = { false };
	size_t count = 0, wrong = 0;
	unsigned random = 1;

	for (int step = 0; step < STEPS; step++) {
		random = random * 1103515245 + 12345;

		int i = (int)(random / 65536 % FEW);

		if (there[i])
			map_remove(&m, NULL, keys[i]);
		else
			wrong += map_add(&m, NULL, keys[i], &values[i]) != &values[i];
		there[i] = !there[i];
		count += there[i] ? 1 : -1;
		for (int k = 0; k < FEW; k++)
			wrong += found(&m, keys[k]) != (there[k] ? k : -1);
		wrong += m.count != count;
	}
	EQ_INT((long long)wrong, 0);
	EQ_INT((long long)m.cap, 64); /* removing leaves nothing behind that fills it */
	map_free(&m);
}

static void test_short(void)
{
	struct map m = { 0 };
	int count = 0;

	is_short = true;
	CU_ASSERT(map_add(&m, NULL, keys[0], &values[0]) == NULL);
	EQ_INT((long long)m.count, 0);
	EQ_INT(found(&m, keys[0]), -1);
	is_short = false;
	CU_ASSERT(map_add(&m, NULL, keys[count++], &values[0]) != NULL);
	is_short = true;
	while (count < MANY && map_add(&m, NULL, keys[count], &values[count]))
		count++;
	EQ_INT(count, 12); /* three quarters of the first slots */
	EQ_INT((long long)m.count, count);
	EQ_INT(found(&m, keys[count]), -1);
	for (int i = 0; i < count; i++)
		EQ_INT(found(&m, keys[i]), i);
	map_remove(&m, NULL, keys[0]);
	CU_ASSERT(map_add(&m, NULL, keys[count], &values[count]) != NULL);
	is_short = false;
	CU_ASSERT(map_add(&m, NULL, keys[0], &values[0]) != NULL);
	for (int i = 0; i <= count; i++)
		EQ_INT(found(&m, keys[i]), i);
	map_free(&m);
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "add", test_add },
		{ "spaces", test_spaces },
		{ "equal hashes", test_equal_hashes },
		{ "growth", test_growth },
		{ "removal", test_removal },

		{ "short", test_short },
	};

	make_keys();
	return unit_main("map", tests, sizeof tests / sizeof tests[0]);
}
