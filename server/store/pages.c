/*
 * pages.c - pieces, each with the number of those that have it: pages and images.
 */
#include "store/pages.h"

#include <stdlib.h>

#include "base/grow.h"
#include "base/refcount.h"

struct piece {
	struct refcount refs;
	unsigned char bytes[PAGE_BYTES];
};

struct pages {
	size_t count, cap; /* pieces, and places for them */
	struct piece **pieces;
};

struct image {
	struct refcount refs;
	size_t count;
	struct piece *pieces[];
};

/* ---- pieces ---------------------------------------------------------------------------------- */

/* A new one, with those bytes; NULL: zeros. */
static struct piece *piece_new(const void *bytes)
{
	struct piece *piece = bytes ? malloc(sizeof *piece) : calloc(1, sizeof *piece);

	if (!piece)
		return NULL;
	if (bytes)
		memcpy(piece->bytes, bytes, PAGE_BYTES);
	refcount_init(&piece->refs);
	return piece;
}

static struct piece *piece_ref(struct piece *piece)
{
	refcount_get(&piece->refs);
	return piece;
}

static void piece_unref(struct piece *piece)
{
	if (refcount_put(&piece->refs))
		free(piece);
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
	free(pages->pieces);
	free(pages);
}

size_t pages_count(const struct pages *pages)
{
	return pages->count;
}

bool pages_read(const struct pages *pages, void *bytes, size_t len, size_t offset)
{
	unsigned char *to = bytes;
	bool there = true;

	for (size_t part; len > 0; to += part, offset += part, len -= part) {
		size_t i = offset / PAGE_BYTES, at = offset % PAGE_BYTES;

		part = PAGE_BYTES - at < len ? PAGE_BYTES - at : len;
		if (i < pages->count) {
			memcpy(to, pages->pieces[i]->bytes + at, part);
		} else {
			memset(to, 0, part);
			there = false;
		}
	}
	return there;
}

const void *pages_page(const struct pages *pages, size_t i)
{
	return i < pages->count ? pages->pieces[i]->bytes : NULL;
}

/* Pieces of zeros, up to that number. */
static bool fill_up(struct pages *pages, size_t count)
{
	size_t had = pages->count;

	for (; pages->count < count; pages->count++) {
		pages->pieces[pages->count] = piece_new(NULL);
		if (!pages->pieces[pages->count]) {
			pages_cut(pages, had);
			return false;
		}
	}
	return true;
}

bool pages_write(struct pages *pages, size_t i, const void *bytes)
{
	struct piece *piece = i < pages->count ? pages->pieces[i] : NULL;

	if (piece && refcount_is_one(&piece->refs)) {
		memcpy(piece->bytes, bytes, PAGE_BYTES);
		return true;
	}
	/* So that to undo what could not be done for want of memory takes none. */
	if (piece && memcmp(piece->bytes, bytes, PAGE_BYTES) == 0)
		return true;
	piece = GROW(pages->pieces, i + 1, pages->cap) ? piece_new(bytes) : NULL;
	if (!piece || !fill_up(pages, i)) {
		free(piece);
		return false;
	}
	if (i < pages->count)
		piece_unref(pages->pieces[i]);
	else
		pages->count = i + 1;
	pages->pieces[i] = piece;
	return true;
}

void pages_cut(struct pages *pages, size_t count)
{
	while (pages->count > count)
		piece_unref(pages->pieces[--pages->count]);
}

struct image *pages_image(const struct pages *pages, const struct image *like)
{
	struct image *image = calloc(1, sizeof *image + pages->count * sizeof image->pieces[0]);

	if (!image)
		return NULL;
	refcount_init(&image->refs);
	for (; image->count < pages->count; image->count++) {
		size_t i = image->count;
		struct piece *piece = pages->pieces[i],
			     *other = like && i < like->count ? like->pieces[i] : piece;

		if (other != piece && memcmp(other->bytes, piece->bytes, PAGE_BYTES) == 0)
			piece = other;
		image->pieces[i] = piece_ref(piece);
	}
	return image;
}

bool pages_restore(struct pages *pages, const struct image *image, const void *first)
{
	struct piece *head =
	    GROW(pages->pieces, image->count, pages->cap) ? piece_new(first) : NULL;

	if (!head)
		return false;
	pages_cut(pages, image->count);
	for (size_t i = 0; i < image->count; i++) {
		struct piece *piece = i == 0 ? head : image->pieces[i];

		if (i < pages->count && pages->pieces[i] == piece)
			continue;
		if (i < pages->count)
			piece_unref(pages->pieces[i]);
		else
			pages->count = i + 1;
		pages->pieces[i] = i == 0 ? piece : piece_ref(piece);
	}
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
		piece_unref(image->pieces[i]);
	free(image);
}

size_t image_count(const struct image *image)
{
	return image->count;
}

const void *image_page(const struct image *image, size_t i)
{
	return image->pieces[i]->bytes;
}
