/*
 * idset.h - a bounded set of ids of resources, by their hashes: for what may be forgotten, or taken
 * for another once in a very long while.
 */
#ifndef IDSET_H
#define IDSET_H

#include <stdint.h>

#include "resource.h"

enum { IDSET_MAX = 64 * 1024 }; /* ids; half a megabyte or one */

struct idset {
	uint64_t *hashes; /* open addressing; 0: free; owned */
	size_t cap, count;
};

void idset_free(struct idset *s);
bool idset_has(const struct idset *s, enum resource_id resource, const char *id);
/* Where it is full, or memory is short, nothing happens. */
void idset_add(struct idset *s, enum resource_id resource, const char *id);

#endif
