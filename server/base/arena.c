/* SPDX-License-Identifier: MIT
 * arena.c - a list of blocks; a large allocation gets a block of its own.
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_LEN = 8 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct arena_block {
	struct arena_block *next;
	max_align_t data[];
};

void arena_init(struct arena *a, void *first, size_t len)
{
	a->blocks = NULL;
	a->pos = first;
	a->end = first ? (char *)first + len : NULL;
	a->failed = false;
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
	a->pos = a->end = NULL;
}

void *arena_fail(struct arena *a)
{
	a->failed = true;
	return NULL;
}

void *arena_alloc(struct arena *a, size_t len)
{
	size_t pad = (ALIGNMENT - (uintptr_t)a->pos % ALIGNMENT) % ALIGNMENT;

	if (!ARENA_WATCHED && a->pos && len <= (size_t)(a->end - a->pos) &&
	    pad <= (size_t)(a->end - a->pos) - len) {
		char *mem = a->pos + pad;

		a->pos = mem + len;
		return mem;
	}

	size_t block_len = ARENA_WATCHED || len > BLOCK_LEN / 4 ? len : BLOCK_LEN;

	if (block_len > SIZE_MAX - sizeof(struct arena_block))
		return arena_fail(a);

	struct arena_block *b = malloc(sizeof *b + block_len);

	if (!b)
		return arena_fail(a);
	b->next = a->blocks;
	a->blocks = b;
	/* A block for one large allocation does not replace a current block that has room. */
	if (block_len > len) {
		a->pos = (char *)b->data + len;
		a->end = (char *)b->data + block_len;
	}
	return b->data;
}

void *arena_zalloc(struct arena *a, size_t len)
{
	void *mem = arena_alloc(a, len);

	return mem ? memset(mem, 0, len) : NULL;
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *text)
{
	return arena_strndup(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list args, copy;

	va_start(args, fmt);
	va_copy(copy, args);

	int len = vsnprintf(NULL, 0, fmt, args);
	char *text = len < 0 ? NULL : arena_alloc(a, (size_t)len + 1);

	if (text)
		vsnprintf(text, (size_t)len + 1, fmt, copy);
	va_end(copy);
	va_end(args);
	return text;
}
