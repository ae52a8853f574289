/*
 * map.h - a hash map from texts to pointers. Knows nothing of what they point to.
 *
 * The map owns its table and nothing else: a key must live unchanged for as long as the map has it.
 * A map that is all zeros is empty. One thread at a time may change it.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/util.h"

struct map {
	struct map_slot *slots;
	size_t cap, count;
};

/* Remove all. */
void map_free(struct map *m);

/*
 * A space is an address that stands for a kind of keys, or NULL: equal texts in two spaces are two
 * keys. Hashes are compared before texts, so the time that a look-up takes tells nothing of a key
 * that is nearly equal.
 */

/* The key's value, or NULL. */
void *map_find(const struct map *m, const void *space, const char *key);
/* The value that the key has; if it has none, it gets this one, which is not NULL. NULL, and no
 * change, when memory is short. */
void *map_add(struct map *m, const void *space, const char *key, void *value) MUST_CHECK;
/* Remove a key, if the map has it. Takes no memory. */
void map_remove(struct map *m, const void *space, const char *key);

/* Walk over the values, in any order: `at` begins with 0, and NULL ends it. The map must not change
 * meanwhile. */
void *map_next(const struct map *m, size_t *pos);

#endif
