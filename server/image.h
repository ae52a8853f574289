/*
 * image.h - the bytes of a database at one moment, in pieces that images share: one that differs
 * little from another costs little. Knows nothing of what the bytes mean.
 *
 * An image never changes, so any thread may read it; who holds it is counted.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "util.h"

enum { PIECE_BYTES = 4096 };

struct image;

/* Where bytes come from, or go to: `len` of them, at `offset`. False when that fails. */
typedef bool image_read(void *from, void *bytes, size_t len, size_t offset);
typedef bool image_write(void *to, const void *bytes, size_t len, size_t offset);

/*
 * A new image of what `read` gives, held once; pieces that are the same in `like` (may be NULL) are
 * shared with it. NULL when memory is short or reading fails.
 */
struct image *image_take(size_t size, const struct image *like, image_read *read,
			 void *from) MUST_CHECK;
/*
 * Write all of it, the last piece first: whoever must make room for it does so before anything has
 * changed. False when that fails.
 */
bool image_put(const struct image *image, image_write *write, void *to) MUST_CHECK;
size_t image_size(const struct image *image);

/* Hold it once more; it is freed when nobody does. NULL is no image, and held by nobody. */
struct image *image_hold(struct image *image);
void image_drop(struct image *image);

#endif
