/* SPDX-License-Identifier: MIT
 * util.h - the few macros and functions that every file may use. Knows nothing of the program.
 */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define MUST_CHECK        __attribute__((warn_unused_result))

/* Run fn(&variable) when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* The pointer in a variable, which becomes NULL: ownership moves to the caller. */
#define STEAL(p)                                                                                   \
	({                                                                                         \
		__typeof__(p) stolen_ = (p);                                                       \
		(p) = NULL;                                                                        \
		stolen_;                                                                           \
	})

/* A name and its value, both borrowed. */
struct pair {
	const char *name, *value;
};

/* An array of pairs, borrowed. */
struct pairs {
	const struct pair *items;
	size_t count;
};

/* The bytes of the longest message that says why something failed: a path, and what is wrong. */
enum { ERR_BYTES = 4352 };

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* Are two texts equal, or both NULL? */
static inline bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

/* The value of a hexadecimal digit, or -1. */
static inline int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';

	int letter = c | 0x20;

	return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* FNV-1a of a text, going on from h, which is HASH_BEGIN at first. It spreads values; it does not
 * protect against texts that are chosen to collide. */
#define HASH_BEGIN UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static inline uint64_t hash_text(uint64_t h, const char *text)
{
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * HASH_PRIME;
	return h;
}

static inline bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

#endif
