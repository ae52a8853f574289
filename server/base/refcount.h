/*
 * refcount.h - counts the references to an object that threads share. The one place that says in
 * which order threads see what others have done to such an object.
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

/* One more, for a thread that has one, or holds the lock without which the last cannot go. So it
 * sees the object already, and no order is needed. */
static inline void refcount_get(struct refcount *r)
{
	atomic_fetch_add_explicit(&r->count, 1, memory_order_relaxed);
}

/* One less. True if it was the last: the caller frees the object, and sees all that other threads
 * did to it before they put theirs. */
static inline bool MUST_CHECK refcount_put(struct refcount *r)
{
	return atomic_fetch_sub_explicit(&r->count, 1, memory_order_acq_rel) == 1;
}

/* Has only the caller a reference? Then the object may change: what other threads did is seen. */
static inline bool refcount_is_one(const struct refcount *r)
{
	return atomic_load_explicit(&r->count, memory_order_acquire) == 1;
}

#endif
