/* SPDX-License-Identifier: MIT
 * pages.h - a database in memory as copy-on-write pages: `struct pages` changes, `struct image` is
 * its state at one time and shares the pages. Taking or restoring an image copies no page; a later
 * write copies the pages that it writes to. Knows nothing of what the bytes mean.
 */
#ifndef STORE_PAGES_H
#define STORE_PAGES_H

#include "base/util.h"

enum { PAGE_BYTES = 4096 };

struct image;
struct pages;

/* Pages, from 0. The caller's lock admits one writer or any number of readers. NULL when memory is
 * short. */
struct pages *pages_new(void);
void pages_free(struct pages *pages);

size_t pages_count(const struct pages *pages);
/* Read `len` bytes from `offset` on. False if some are beyond the end; these become 0. */
bool pages_read(const struct pages *pages, void *bytes, size_t len, size_t offset);
/* The bytes of a page, valid until the next write; NULL beyond the end. */
const void *pages_page(const struct pages *pages, size_t i);
/*
 * Write a page; pages that are missing before it become 0. False, and no change, when memory is
 * short. Needs no memory if no image shares the page, or if it has these bytes already.
 */
bool pages_write(struct pages *pages, size_t i, const void *bytes) MUST_CHECK;
/* Keep the first `count` pages only. */
void pages_cut(struct pages *pages, size_t count);

/* An image of the pages as they are. Equal pages are shared with `like` (may be NULL), even if they
 * were written since. NULL when memory is short. */
struct image *pages_image(const struct pages *pages, const struct image *like) MUST_CHECK;
/* Make the pages those of an image, which has at least one, but the first page of these bytes.
 * False, and no change, when memory is short. */
bool pages_restore(struct pages *pages, const struct image *image, const void *first) MUST_CHECK;

/* Images never change: any thread with a reference may read them. The last image_unref() frees the
 * image. NULL is fine. */
struct image *image_ref(struct image *image);
void image_unref(struct image *image);
size_t image_count(const struct image *image);
/* Do two images share every page? If not, their pages may be equal all the same. */
bool image_is_same(const struct image *a, const struct image *b);
const void *image_page(const struct image *image, size_t i);

#endif
