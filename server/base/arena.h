/* SPDX-License-Identifier: MIT
 * arena.h - a bump allocator: the memory of a request, or of a load of fixtures, freed at once.
 *
 * Nothing is freed singly. When memory is short, a function returns NULL, the arena has `failed`,
 * and what was allocated before stays valid. A caller that gets NULL returns false or NULL, and
 * does nothing more: the arena's owner reports it. An arena belongs to one thread.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/grow.h"

#ifdef __has_feature
#define HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAS_FEATURE(feature) 0
#endif

/* Under AddressSanitizer each allocation is a block of its own, so that an overrun is found. */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define ARENA_WATCHED true
#else
#define ARENA_WATCHED false
#endif

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first; owned */
	char *pos, *end;            /* what is left of the current block */
	bool failed;                /* an allocation has failed */
};

/* Start an arena. It first uses `len` bytes of the caller's at `first`, which may be NULL. */
void arena_init(struct arena *a, void *first, size_t len);
void arena_free(struct arena *a);

/* Uninitialised bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t len) MUST_CHECK;
/* Zero bytes. */
void *arena_zalloc(struct arena *a, size_t len) MUST_CHECK;
/* Texts that end with a NUL. */
char *arena_strndup(struct arena *a, const char *text, size_t len) MUST_CHECK;
char *arena_strdup(struct arena *a, const char *text) MUST_CHECK;
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* Note that memory from elsewhere, such as malloc or a library, was short. NULL. */
void *arena_fail(struct arena *a);

/* GROW() for an array in an arena, which keeps the smaller array as well. */
#define ARENA_GROW(a, array, count, cap)                                                           \
	((count) <= (cap) || ({                                                                    \
		 size_t cap_ = grow_cap((cap), (count), SIZE_MAX);                                 \
		 void *grown_ = arena_alloc((a), cap_ * sizeof *(array));                          \
                                                                                                   \
		 if (grown_ && (cap) > 0)                                                          \
			 memcpy(grown_, (array), (cap) * sizeof *(array));                         \
		 if (grown_) {                                                                     \
			 (array) = grown_;                                                         \
			 (cap) = cap_;                                                             \
		 }                                                                                 \
		 grown_ != NULL;                                                                   \
	 }))

#endif
