/* SPDX-License-Identifier: MIT
 * idgen.c - ids from the kernel's random numbers, or, with a seed, from the C library's.
 */
#include "base/idgen.h"

#include <stdlib.h>
#include <sys/random.h>

enum { RANDOM_LEN = 33 };

const char idgen_base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

void idgen_init(struct idgen *g, const uint64_t *seed)
{
	*g = (struct idgen){ .seeded = seed };
	for (int i = 0; seed && i < 3; i++)
		g->state[i] = (unsigned short)(*seed >> 16 * i);
	if (seed)
		g->state[0] ^= (unsigned short)(*seed >> 48);
}

/* Draw at most `len` random bytes. The result is their count, which may be 0. */
static size_t draw(struct idgen *g, unsigned char *bytes, size_t len)
{
	if (!g->seeded) {
		ssize_t got = getrandom(bytes, len, 0);

		return got > 0 ? (size_t)got : 0;
	}
	for (size_t i = 0; i < len; i++) /* the high bits are the most random */
		bytes[i] = (unsigned char)((unsigned long)jrand48(g->state) >> 24);
	return len;
}

char *idgen_new(struct idgen *g, struct arena *a, const char *prefix)
{
	size_t len = strlen(prefix), end = len + RANDOM_LEN;
	char *id = arena_alloc(a, end + 1);

	if (!id)
		return NULL;
	memcpy(id, prefix, len);
	while (len < end) {
		unsigned char random[64];
		size_t got = draw(g, random, sizeof random);

		/* Bytes beyond the last multiple of 58 would favour the first characters. */
		for (size_t i = 0; i < got && len < end; i++)
			if (random[i] < 58 * 4)
				id[len++] = idgen_base58[random[i] % 58];
	}
	id[len] = '\0';
	return id;
}
