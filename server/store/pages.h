/*
 * pages.h - a database in memory, in pieces: those that change (pages), and those of one moment
 * (images), which share them. Whoever takes an image, or puts one back, copies nothing; whoever
 * writes to pages then copies the pieces that it writes to. Knows nothing of what the bytes mean.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "base/util.h"

enum { PAGE_BYTES = 4096 };

struct image;
struct pages;

/*
 * Pieces, from 0, that one thread at a time may change and, while none does, any may read: a lock
 * is the caller's. NULL when memory is short.
 */
struct pages *pages_new(void);
void pages_free(struct pages *pages);

/* The number of pieces. */
size_t pages_count(const struct pages *pages);
/* Read `len` bytes from `offset` on. False where some are beyond the end: those are 0. */
bool pages_read(const struct pages *pages, void *bytes, size_t len, size_t offset);
/* The bytes of a piece, as long as nobody writes; NULL beyond the end. */
const void *pages_page(const struct pages *pages, size_t i);
/*
 * Write a piece; those that are missing before it are 0. False, and no change, when memory is
 * short; of a piece that no image has, or that has these bytes already, it takes none.
 */
bool pages_write(struct pages *pages, size_t i, const void *bytes) MUST_CHECK;
/* Cut off all but the first ones. */
void pages_cut(struct pages *pages, size_t count);

/*
 * A reference to what pages hold now. What was written since `like` (may be NULL), but is the same,
 * shares its memory, too. NULL when memory is short.
 */
struct image *pages_image(const struct pages *pages, const struct image *like) MUST_CHECK;
/*
 * Make pages what the image holds, which has a piece, but for its first one: that is made of these
 * bytes. False, and no change, when memory is short.
 */
bool pages_restore(struct pages *pages, const struct image *image, const void *first) MUST_CHECK;

/*
 * An image never changes, so any thread that has a reference may read it. Another reference, and
 * one less, which frees the image with the last. NULL is no image, and needs no references.
 */
struct image *image_ref(struct image *image);
void image_unref(struct image *image);
/* The number of pieces, and the bytes of one. */
size_t image_count(const struct image *image);
const void *image_page(const struct image *image, size_t i);

#endif
