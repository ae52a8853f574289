/* SPDX-License-Identifier: MIT
 * idgen.h - new ids (behaviour: section 9.1): random, or from a seed and then reproducible.
 */
#ifndef BASE_IDGEN_H
#define BASE_IDGEN_H

#include <stdint.h>

#include "base/arena.h"

/* A generator of ids, for one thread at a time. */
struct idgen {
	bool seeded;
	unsigned short state[3]; /* jrand48's */
};

/* The digits of base 58, in order: characters that are not mistaken for each other. */
extern const char idgen_base58[];

/* Generate random ids; if `seed` is not NULL, from a generator with that seed. */
void idgen_init(struct idgen *g, const uint64_t *seed);
/* An id in the arena: the prefix and 33 digits of base 58. NULL when memory is short. */
char *idgen_new(struct idgen *g, struct arena *a, const char *prefix) MUST_CHECK;

#endif
