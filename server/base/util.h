/*
 * util.h - the few macros every file may use. Knows nothing of the program.
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

/* Take the pointer out of a variable, leaving NULL: ownership moves to the caller. */
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

/* Several of them, borrowed. */
struct pairs {
	const struct pair *items;
	size_t count;
};

/* Room for the longest line that says why something failed: a path and what is wrong with it. */
enum { ERR_BYTES = 4352 };

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* The same of texts that may be NULL. */
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

/* FNV-1a of a text, going on from h, which begins with the one: a spread, and no secret. */
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
