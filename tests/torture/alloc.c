/* SPDX-License-Identifier: MIT
 * alloc.c - the C library's allocator, counted and made to fail: for this program and every library
 * it uses, since the functions of a program come before those of libraries.
 *
 * Beneath it is the C library's own, or in a build with the address sanitizer that one's, which so
 * goes on to see what is done with the memory. The thread sanitizer starts too late for that.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "strike.h"

#if defined __SANITIZE_ADDRESS__
#define SANITIZED
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

#ifdef SANITIZED
#define REAL(function) __interceptor_##function
#else
#define REAL(function) __libc_##function
#endif
#if defined __clang__
#define PLAIN __attribute__((no_sanitize("address", "thread", "undefined")))
#else
#define PLAIN __attribute__((no_sanitize_address, no_sanitize_thread, no_sanitize_undefined))
#endif

void *REAL(malloc)(size_t len);
void *REAL(calloc)(size_t n, size_t len);
void *REAL(realloc)(void *at, size_t len);
void *REAL(memalign)(size_t alignment, size_t len);
void REAL(free)(void *at);

static atomic_long live;

long alloc_live(void)
{
	return atomic_load(&live);
}

bool alloc_sanitized(void)
{
#ifdef SANITIZED
	return true;
#else
	return false;
#endif
}

PLAIN static void *counted(void *at)
{
	if (at)
		atomic_fetch_add_explicit(&live, 1, memory_order_relaxed);
	return at;
}

PLAIN static void *none(void)
{
	errno = ENOMEM;
	return NULL;
}

PLAIN void *malloc(size_t len)
{
	return strikes(STRIKE_MEMORY) ? none() : counted(REAL(malloc)(len));
}

PLAIN void *calloc(size_t n, size_t len)
{
	return strikes(STRIKE_MEMORY) ? none() : counted(REAL(calloc)(n, len));
}

PLAIN void *realloc(void *at, size_t len)
{
	void *to;

	if (strikes(STRIKE_MEMORY))
		return none();
	to = REAL(realloc)(at, len);
	if (!at)
		return counted(to);
	if (!to && len == 0)
		atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
	return to;
}

PLAIN void free(void *at)
{
	if (at)
		atomic_fetch_sub_explicit(&live, 1, memory_order_relaxed);
	REAL(free)(at);
}

void *memalign(size_t alignment, size_t len);
PLAIN void *memalign(size_t alignment, size_t len)
{
	return strikes(STRIKE_MEMORY) ? none() : counted(REAL(memalign)(alignment, len));
}

PLAIN void *aligned_alloc(size_t alignment, size_t len)
{
	return memalign(alignment, len);
}

PLAIN int posix_memalign(void **to, size_t alignment, size_t len)
{
	void *at = memalign(alignment, len);

	if (at)
		*to = at;
	return at ? 0 : ENOMEM;
}

#ifdef SANITIZED
/* Those of a sanitizer would call its own allocator. */
PLAIN static char *copy(const char *text, size_t len)
{
	char *to = malloc(len + 1);

	if (!to)
		return NULL;
	memcpy(to, text, len);
	to[len] = '\0';
	return to;
}

PLAIN char *strndup(const char *text, size_t max)
{
	return copy(text, strnlen(text, max));
}

PLAIN char *strdup(const char *text)
{
	return copy(text, strlen(text));
}

PLAIN void *reallocarray(void *at, size_t n, size_t len)
{
	return len && n > SIZE_MAX / len ? none() : realloc(at, n * len);
}
#endif
