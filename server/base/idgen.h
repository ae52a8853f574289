/*
 * idgen.h - new ids (behaviour: section 9.1): random, or from a seed, the same each time.
 */
#ifndef BASE_IDGEN_H
#define BASE_IDGEN_H

#include <stdint.h>

#include "base/arena.h"

/* Where ids come from. For one thread at a time. */
struct idgen {
	bool seeded;
	unsigned short state[3]; /* jrand48's */
};

/* The digits of base 58: what nobody takes for another, in order. */
extern const char idgen_base58[];

/* Random ids; with a seed, drawn from a generator that begins with it. */
void idgen_init(struct idgen *g, const uint64_t *seed);
/* A prefix and 33 characters of base 58; NULL when memory is short. */
char *idgen_new(struct idgen *g, struct arena *a, const char *prefix) MUST_CHECK;

#endif
