/*
 * arena.h - a bump allocator: everything a request or a load allocates, freed at once.
 *
 * Nothing is freed singly. Every function returns NULL when memory is short; what was allocated
 * before stays valid. Not for sharing between threads.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/grow.h"

#ifdef __has_feature
#define HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAS_FEATURE(feature) 0
#endif

/* Under AddressSanitizer each piece is a block of its own: a step beyond it is seen. */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define ARENA_WATCHED true
#else
#define ARENA_WATCHED false
#endif

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first; owned */
	char *pos, *end;            /* what is left of the current block */
	bool failed;                /* it has once returned NULL */
};

/* Start an arena. `first` (may be NULL) is the caller's memory, used before any is allocated. */
void arena_init(struct arena *a, void *first, size_t len);
void arena_free(struct arena *a);

/* Uninitialised, aligned for any type. */
void *arena_alloc(struct arena *a, size_t len) MUST_CHECK;
/* Zeroed. */
void *arena_zalloc(struct arena *a, size_t len) MUST_CHECK;
char *arena_strndup(struct arena *a, const char *text, size_t len) MUST_CHECK;
char *arena_strdup(struct arena *a, const char *text) MUST_CHECK;
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3) MUST_CHECK;
/* Note that memory of another kind was short for what is made in the arena. NULL. */
void *arena_fail(struct arena *a);

/* GROW() of an array in an arena. The arena keeps the smaller one, too. */
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
