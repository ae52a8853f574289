/* SPDX-License-Identifier: MIT
 * grow.h - arrays that grow as items are added. Knows nothing of the items.
 */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdlib.h>

#include "base/util.h"

enum { GROW_FIRST = 16 };

/*
 * The capacity that follows `cap` and holds `count` items, at most `max`. It at least doubles, so
 * an item is copied a constant number of times on average.
 */
static inline size_t grow_cap(size_t cap, size_t count, size_t max)
{
	cap = cap ? cap * 2 : GROW_FIRST;
	cap = cap < count ? count : cap;
	return cap < max ? cap : max;
}

/*
 * Make room for `count` items in `array`, which is from malloc and has room for `cap`. False when
 * memory is short; then nothing has changed. Evaluates its arguments more than once.
 */
#define GROW(array, count, cap) GROW_UP_TO(array, count, cap, SIZE_MAX)

/* GROW() with a capacity of at most `max`, which must not be less than `count`. */
#define GROW_UP_TO(array, count, cap, max)                                                         \
	((count) <= (cap) || ({                                                                    \
		 size_t cap_ = grow_cap((cap), (count), (max));                                    \
		 void *grown_ = reallocarray((array), cap_, sizeof *(array));                      \
                                                                                                   \
		 if (grown_) {                                                                     \
			 (array) = grown_;                                                         \
			 (cap) = cap_;                                                             \
		 }                                                                                 \
		 grown_ != NULL;                                                                   \
	 }))

#endif
