/* SPDX-License-Identifier: MIT
 * map.c - open addressing: a key is in the first free slot from its home, the slot that its hash
 * gives, so that a search ends at a free slot.
 */
#include "base/map.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 16 };

struct map_slot {
	uint64_t hash; /* of the space and the key */
	const char *key;
	void *value; /* NULL: the slot is free */
};

/* For one text, the hash is a bijection of its start value, so that spaces differ. */
static uint64_t hash(const void *space, const char *key)
{
	return hash_text(HASH_BEGIN ^ (uintptr_t)space, key);
}

static size_t home(const struct map *m, uint64_t h)
{
	return (size_t)(h ^ h >> 32) & (m->cap - 1);
}

/* The slot of a key, or the free slot for it. One slot at least must be free. */
static struct map_slot *find(const struct map *m, uint64_t h, const char *key)
{
	size_t i = home(m, h);

	while (m->slots[i].value && !(m->slots[i].hash == h && streq(m->slots[i].key, key)))
		i = (i + 1) & (m->cap - 1);
	return &m->slots[i];
}

/* Make room for one more key, so that at most three quarters of the slots are in use. */
static bool grow(struct map *m)
{
	struct map bigger = { .cap = m->cap ? m->cap * 2 : FIRST_SLOTS, .count = m->count };

	if (m->count < m->cap / 4 * 3)
		return true;
	bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].value)
			*find(&bigger, m->slots[i].hash, m->slots[i].key) = m->slots[i];
	free(m->slots);
	*m = bigger;
	return true;
}

void map_free(struct map *m)
{
	free(m->slots);
	*m = (struct map){ 0 };
}

void *map_find(const struct map *m, const void *space, const char *key)
{
	return m->count > 0 ? find(m, hash(space, key), key)->value : NULL;
}

void *map_add(struct map *m, const void *space, const char *key, void *value)
{
	uint64_t h = hash(space, key);
	struct map_slot *slot;

	if (!grow(m))
		return NULL;
	slot = find(m, h, key);
	if (!slot->value) {
		*slot = (struct map_slot){ h, key, value };
		m->count++;
	}
	return slot->value;
}

void map_remove(struct map *m, const void *space, const char *key)
{
	struct map_slot *slot = m->count > 0 ? find(m, hash(space, key), key) : NULL;
	size_t hole, last = m->cap - 1;

	if (!slot || !slot->value)
		return;
	/* A key behind the hole moves into the hole, unless its home is behind the hole as well. */
	hole = (size_t)(slot - m->slots);
	for (size_t i = (hole + 1) & last; m->slots[i].value; i = (i + 1) & last)
		if (((i - home(m, m->slots[i].hash)) & last) >= ((i - hole) & last)) {
			m->slots[hole] = m->slots[i];
			hole = i;
		}
	m->slots[hole] = (struct map_slot){ 0 };
	m->count--;
}

void *map_next(const struct map *m, size_t *pos)
{
	while (*pos < m->cap)
		if (m->slots[(*pos)++].value)
			return m->slots[*pos - 1].value;
	return NULL;
}
