/*
 * buf.h - a growing text with a maximum, for composing SQL, messages, logs and files.
 *
 * Always NUL-terminated once something was added. A failed or oversized append sets `bad` and every
 * later append does nothing, so a caller checks once, at the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/util.h"

struct buf {
	char *text; /* owned; NULL while empty */
	size_t len, cap;
	size_t max; /* greatest len allowed, in bytes */
	bool bad;
};

#define BUF_INIT(limit)                                                                            \
	{                                                                                          \
		.max = (limit)                                                                     \
	}

void buf_free(struct buf *b);
/* Empty it, keeping its memory. */
void buf_clear(struct buf *b);
/* Keep the first bytes only: at most as many as there are. */
static inline void buf_cut(struct buf *b, size_t len)
{
	b->len = len;
	if (b->text)
		b->text[len] = '\0';
}

/* Make room for `more` bytes and the terminator; false, and bad, when that cannot be. */
bool buf_reserve(struct buf *b, size_t len);

/* Room for at most `len` more bytes at the end, for buf_used; NULL when there can be none. */
static inline char *buf_room(struct buf *b, size_t len)
{
	if (b->bad || (b->cap - b->len <= len && !buf_reserve(b, len)))
		return NULL;
	return b->text + b->len;
}

/* The bytes up to `end`, of the room that buf_room gave, have been written. */
static inline void buf_used(struct buf *b, char *end)
{
	*end = '\0';
	b->len = (size_t)(end - b->text);
}

static inline void buf_addn(struct buf *b, const char *text, size_t len)
{
	char *out = buf_room(b, len);

	if (!out)
		return;
	memcpy(out, text, len);
	buf_used(b, out + len);
}

static inline void buf_add(struct buf *b, const char *text)
{
	buf_addn(b, text, strlen(text));
}

static inline void buf_addc(struct buf *b, char c)
{
	char *out = buf_room(b, 1);

	if (!out)
		return;
	*out++ = c;
	buf_used(b, out);
}

/* A number in decimal. */
void buf_add_int(struct buf *b, long long value);

void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Append `text` with its control characters escaped, so that it stays on its line. */
void buf_add_control(struct buf *b, const char *text);
/* Append `text` as it may stand in a URL: all but A-Z, a-z, 0-9, -, ., _ and ~ percent-encoded. */
void buf_add_url(struct buf *b, const char *text);
/* Append `text` as a JSON string, quotes included. */
void buf_add_json(struct buf *b, const char *text);
/* Append a JSON array of texts. */
void buf_add_json_array(struct buf *b, const char *const *texts, size_t n);

#endif
