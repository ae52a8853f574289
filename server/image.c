/*
 * image.c - pieces, each with the number of images that have it.
 */
#include "image.h"

#include <stdatomic.h>
#include <stdlib.h>

struct piece {
	atomic_uint images;
	unsigned char bytes[PIECE_BYTES]; /* of the last, what is beyond the image is 0 */
};

struct image {
	atomic_uint holders;
	size_t size, count;
	struct piece *pieces[];
};

size_t image_size(const struct image *image)
{
	return image->size;
}

/* How many bytes of the image are in that piece. */
static size_t piece_len(size_t size, size_t i)
{
	size_t from = i * PIECE_BYTES;

	return size - from < PIECE_BYTES ? size - from : PIECE_BYTES;
}

/* The piece of another image, or a new one. */
static struct piece *piece_of(struct piece *like, const unsigned char *bytes)
{
	struct piece *piece;

	if (like && memcmp(like->bytes, bytes, PIECE_BYTES) == 0) {
		atomic_fetch_add(&like->images, 1);
		return like;
	}
	piece = malloc(sizeof *piece);
	if (!piece)
		return NULL;
	atomic_init(&piece->images, 1);
	memcpy(piece->bytes, bytes, PIECE_BYTES);
	return piece;
}

struct image *image_take(size_t size, const struct image *like, image_read *read, void *from)
{
	size_t count = (size + PIECE_BYTES - 1) / PIECE_BYTES;
	struct image *image = calloc(1, sizeof *image + count * sizeof image->pieces[0]);

	if (!image)
		return NULL;
	atomic_init(&image->holders, 1);
	image->size = size;
	for (; image->count < count; image->count++) {
		size_t i = image->count;
		unsigned char bytes[PIECE_BYTES] = { 0 };

		if (read(from, bytes, piece_len(size, i), i * PIECE_BYTES))
			image->pieces[i] =
			    piece_of(like && i < like->count ? like->pieces[i] : NULL, bytes);
		if (!image->pieces[i]) {
			image_drop(image);
			return NULL;
		}
	}
	return image;
}

bool image_put(const struct image *image, image_write *write, void *to)
{
	for (size_t i = image->count; i-- > 0;)
		if (!write(to, image->pieces[i]->bytes, piece_len(image->size, i), i * PIECE_BYTES))
			return false;
	return true;
}

struct image *image_hold(struct image *image)
{
	if (image)
		atomic_fetch_add(&image->holders, 1);
	return image;
}

void image_drop(struct image *image)
{
	if (!image || atomic_fetch_sub(&image->holders, 1) > 1)
		return;
	for (size_t i = 0; i < image->count; i++)
		if (atomic_fetch_sub(&image->pieces[i]->images, 1) == 1)
			free(image->pieces[i]);
	free(image);
}
