/*
 * ident.c - ids from the kernel's generator.
 */
#include "ident.h"

#include <sys/random.h>

enum { IDENT_LEN = 33 };

char *ident_new(struct arena *a, const char *prefix)
{
	static const char base58[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	size_t len = strlen(prefix), end = len + IDENT_LEN;
	char *id = arena_alloc(a, end + 1);

	if (!id)
		return NULL;
	memcpy(id, prefix, len);
	while (len < end) {
		unsigned char random[64];
		ssize_t got = getrandom(random, sizeof random, 0);

		/* Bytes beyond the last multiple of 58 would favour the first characters. */
		for (ssize_t i = 0; i < got && len < end; i++)
			if (random[i] < 58 * 4)
				id[len++] = base58[random[i] % 58];
	}
	id[len] = '\0';
	return id;
}
