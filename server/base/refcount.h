/*
 * refcount.h - counts the references to an object that threads share, and says in which order they
 * see what others have done to it.
 */
#ifndef BASE_REFCOUNT_H
#define BASE_REFCOUNT_H

#include <stdatomic.h>

#include "base/util.h"

struct refcount {
	atomic_uint count;
};

/* One reference: that of whoever made the object. */
static inline void refcount_init(struct refcount *r)
{
	atomic_init(&r->count, 1);
}

/* One more, for a thread that has one, or a lock that keeps one: it sees the object already. */
static inline void refcount_get(struct refcount *r)
{
	atomic_fetch_add_explicit(&r->count, 1, memory_order_relaxed);
}

/* One less. True if it was the last: the caller sees what others did, and frees the object. */
static inline bool MUST_CHECK refcount_put(struct refcount *r)
{
	return atomic_fetch_sub_explicit(&r->count, 1, memory_order_acq_rel) == 1;
}

/* Has only the caller one? Then it may change the object, and sees what others did to it. */
static inline bool refcount_is_one(const struct refcount *r)
{
	return atomic_load_explicit(&r->count, memory_order_acquire) == 1;
}

#endif
