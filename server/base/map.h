/* SPDX-License-Identifier: MIT
 * map.h - a hash map from texts to pointers. Knows nothing of what they point to.
 *
 * The map owns its table and nothing else: a key must stay as it is while the map has it. A map
 * whose bytes are zero is empty. Only one thread at a time may change it.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/util.h"

struct map {
	struct map_slot *slots;
	size_t cap, count;
};

/* Remove all keys, and free the table. */
void map_free(struct map *m);

/*
 * A space is an address that stands for a kind of keys, or NULL: equal texts in two spaces are two
 * keys. Hashes are compared before texts, so that the time of a look-up tells nothing of a key that
 * is nearly equal.
 */

/* The key's value, or NULL. */
void *map_find(const struct map *m, const void *space, const char *key);
/* The key's value. A key that is not in the map is added, with `value`, which must not be NULL.
 * NULL, and no change, when memory is short. */
void *map_add(struct map *m, const void *space, const char *key, void *value) MUST_CHECK;
/* Remove a key, if the map has it. Allocates nothing. */
void map_remove(struct map *m, const void *space, const char *key);

/* Walk over the values, in no order: *pos is 0 before the first call, and NULL ends the walk. The
 * map must not change meanwhile. */
void *map_next(const struct map *m, size_t *pos);

#endif
