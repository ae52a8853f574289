/*
 * idset.c - hashes in a table that doubles while it may.
 */
#include "idset.h"

#include <stdlib.h>

#include "util.h"

void idset_free(struct idset *s)
{
	free(s->hashes);
	*s = (struct idset){ 0 };
}

static uint64_t hash(enum resource_id resource, const char *id)
{
	uint64_t h = hash_text((HASH_BEGIN ^ (uint64_t)resource) * HASH_PRIME, id);

	return h ? h : 1;
}

/* The place of a hash, or the free one where it belongs. */
static uint64_t *place_of(const struct idset *s, uint64_t h)
{
	size_t i = (size_t)(h ^ h >> 32) & (s->cap - 1);

	while (s->hashes[i] && s->hashes[i] != h)
		i = (i + 1) & (s->cap - 1);
	return &s->hashes[i];
}

bool idset_has(const struct idset *s, enum resource_id resource, const char *id)
{
	return s->count > 0 && *place_of(s, hash(resource, id)) != 0;
}

/* Make room for one more, at most half full. */
static bool grow(struct idset *s)
{
	struct idset bigger = { .cap = s->cap ? s->cap * 2 : 256, .count = s->count };

	if (s->count < s->cap / 2)
		return true;
	if (s->count == IDSET_MAX)
		return false;
	bigger.hashes = calloc(bigger.cap, sizeof *bigger.hashes);
	if (!bigger.hashes)
		return false;
	for (size_t i = 0; i < s->cap; i++)
		if (s->hashes[i])
			*place_of(&bigger, s->hashes[i]) = s->hashes[i];
	free(s->hashes);
	*s = bigger;
	return true;
}

void idset_add(struct idset *s, enum resource_id resource, const char *id)
{
	uint64_t h = hash(resource, id), *place;

	if (!grow(s))
		return;
	place = place_of(s, h);
	s->count += *place == 0;
	*place = h;
}
