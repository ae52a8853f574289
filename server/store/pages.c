/* SPDX-License-Identifier: MIT
 * pages.c - pages with reference counts, which `struct pages` and images share.
 */
#include "store/pages.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/refcount.h"

struct db_page {
	struct refcount refs;
	unsigned char bytes[PAGE_BYTES];
};

struct pages {
	size_t count, cap; /* of pages */
	struct db_page **pages;
};

struct image {
	struct refcount refs;
	size_t count;
	struct db_page *pages[];
};

/* ---- single pages ---------------------------------------------------------------------------- */

/* A page with these bytes (NULL: zeros). */
static struct db_page *db_page_new(const void *bytes)
{
	struct db_page *page = bytes ? malloc(sizeof *page) : calloc(1, sizeof *page);

	if (!page)
		return NULL;
	if (bytes)
		memcpy(page->bytes, bytes, PAGE_BYTES);
	refcount_init(&page->refs);
	return page;
}

static struct db_page *db_page_ref(struct db_page *page)
{
	refcount_get(&page->refs);
	return page;
}

static void db_page_unref(struct db_page *page)
{
	if (refcount_put(&page->refs))
		free(page);
}

/* ---- pages ----------------------------------------------------------------------------------- */

struct pages *pages_new(void)
{
	return calloc(1, sizeof(struct pages));
}

void pages_free(struct pages *pages)
{
	if (!pages)
		return;
	pages_cut(pages, 0);
	free(pages->pages);
	free(pages);
}

size_t pages_count(const struct pages *pages)
{
	return pages->count;
}

bool pages_read(const struct pages *pages, void *bytes, size_t len, size_t offset)
{
	unsigned char *out = bytes;
	bool complete = true;

	for (size_t part; len > 0; out += part, offset += part, len -= part) {
		size_t i = offset / PAGE_BYTES, begin = offset % PAGE_BYTES;

		part = PAGE_BYTES - begin < len ? PAGE_BYTES - begin : len;
		if (i < pages->count) {
			memcpy(out, pages->pages[i]->bytes + begin, part);
		} else {
			memset(out, 0, part);
			complete = false;
		}
	}
	return complete;
}

const void *pages_page(const struct pages *pages, size_t i)
{
	return i < pages->count ? pages->pages[i]->bytes : NULL;
}

/* Append pages of zeros, up to that number. */
static bool fill_up(struct pages *pages, size_t count)
{
	size_t before = pages->count;

	for (; pages->count < count; pages->count++) {
		pages->pages[pages->count] = db_page_new(NULL);
		if (!pages->pages[pages->count]) {
			pages_cut(pages, before);
			return false;
		}
	}
	return true;
}

/* Put a page in a place, or at the end. */
static void set_page(struct pages *pages, size_t i, struct db_page *page)
{
	if (i < pages->count)
		db_page_unref(pages->pages[i]);
	else
		pages->count = i + 1;
	pages->pages[i] = page;
}

bool pages_write(struct pages *pages, size_t i, const void *bytes)
{
	struct db_page *page = i < pages->count ? pages->pages[i] : NULL;

	if (page && refcount_is_one(&page->refs)) {
		memcpy(page->bytes, bytes, PAGE_BYTES);
		return true;
	}
	/* So a rollback, after a write that failed for lack of memory, needs none. */
	if (page && memcmp(page->bytes, bytes, PAGE_BYTES) == 0)
		return true;
	page = GROW(pages->pages, i + 1, pages->cap) ? db_page_new(bytes) : NULL;
	if (!page || !fill_up(pages, i)) {
		free(page);
		return false;
	}
	set_page(pages, i, page);
	return true;
}

void pages_cut(struct pages *pages, size_t count)
{
	while (pages->count > count)
		db_page_unref(pages->pages[--pages->count]);
}

struct image *pages_image(const struct pages *pages, const struct image *like)
{
	struct image *image = calloc(1, sizeof *image + pages->count * sizeof image->pages[0]);

	if (!image)
		return NULL;
	refcount_init(&image->refs);
	for (; image->count < pages->count; image->count++) {
		size_t i = image->count;
		struct db_page *page = pages->pages[i],
			       *other = like && i < like->count ? like->pages[i] : page;

		if (other != page && memcmp(other->bytes, page->bytes, PAGE_BYTES) == 0)
			page = other;
		image->pages[i] = db_page_ref(page);
	}
	return image;
}

bool pages_restore(struct pages *pages, const struct image *image, const void *first)
{
	struct db_page *header =
	    GROW(pages->pages, image->count, pages->cap) ? db_page_new(first) : NULL;

	if (!header)
		return false;
	pages_cut(pages, image->count);
	set_page(pages, 0, header);
	for (size_t i = 1; i < image->count; i++)
		if (i >= pages->count || pages->pages[i] != image->pages[i])
			set_page(pages, i, db_page_ref(image->pages[i]));
	return true;
}

/* ---- images ---------------------------------------------------------------------------------- */

struct image *image_ref(struct image *image)
{
	if (image)
		refcount_get(&image->refs);
	return image;
}

void image_unref(struct image *image)
{
	if (!image || !refcount_put(&image->refs))
		return;
	for (size_t i = 0; i < image->count; i++)
		db_page_unref(image->pages[i]);
	free(image);
}

size_t image_count(const struct image *image)
{
	return image->count;
}

bool image_is_same(const struct image *a, const struct image *b)
{
	return a->count == b->count &&
	       memcmp(a->pages, b->pages, a->count * sizeof(struct db_page *)) == 0;
}

const void *image_page(const struct image *image, size_t i)
{
	return image->pages[i]->bytes;
}
