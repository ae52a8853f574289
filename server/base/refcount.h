/* SPDX-License-Identifier: MIT
 * refcount.h - counts the references to an object that threads share, with the memory orders that
 * make their changes visible to each other.
 */
#ifndef BASE_REFCOUNT_H
#define BASE_REFCOUNT_H

#include <stdatomic.h>

#include "base/util.h"

struct refcount {
	atomic_uint count;
};

/* One reference, which belongs to the object's maker. */
static inline void refcount_init(struct refcount *r)
{
	atomic_init(&r->count, 1);
}

/* Add a reference. The caller has one, or a lock that keeps one: it sees the object already. */
static inline void refcount_get(struct refcount *r)
{
	atomic_fetch_add_explicit(&r->count, 1, memory_order_relaxed);
}

/* Remove a reference. True if it was the last: the caller sees all changes, and frees the object.
 */
static inline bool MUST_CHECK refcount_put(struct refcount *r)
{
	return atomic_fetch_sub_explicit(&r->count, 1, memory_order_acq_rel) == 1;
}

/* Is the caller's reference the only one? Then the caller sees all changes, and may make some. */
static inline bool refcount_is_one(const struct refcount *r)
{
	return atomic_load_explicit(&r->count, memory_order_acquire) == 1;
}

#endif
