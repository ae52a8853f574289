/* SPDX-License-Identifier: MIT
 * buf.h - a growing text with a maximum, for composing SQL, messages, logs and files.
 *
 * It ends with a NUL once something was added. An append that exceeds the maximum or for which
 * memory is short sets `bad`, and later appends do nothing, so that a caller checks `bad` once, at
 * the end. A caller that has to tell the two cases apart asks `full` or buf_no_memory().
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/util.h"

struct buf {
	char *text; /* owned; NULL while empty */
	size_t len, cap;
	size_t max; /* maximum of len, in bytes */
	bool bad;   /* an append failed: the text is incomplete */
	bool full;  /* because it would have exceeded max, not because memory was short */
};

#define BUF_INIT(limit)                                                                            \
	{                                                                                          \
		.max = (limit)                                                                     \
	}

void buf_free(struct buf *b);
/* Empty it; its memory is kept. */
void buf_clear(struct buf *b);
/* Is it incomplete because memory was short? */
static inline bool buf_no_memory(const struct buf *b)
{
	return b->bad && !b->full;
}

/* Empty it, and free its memory if that is more than `most` bytes. */
static inline void buf_recycle(struct buf *b, size_t most)
{
	if (b->cap > most)
		buf_free(b);
	else
		buf_clear(b);
}
/* Keep only the first `len` bytes; `len` must not exceed b->len. */
static inline void buf_cut(struct buf *b, size_t len)
{
	b->len = len;
	if (b->text)
		b->text[len] = '\0';
}

/* Make room for `len` more bytes and the terminator. False, and `bad`, if that fails. */
bool buf_reserve(struct buf *b, size_t len);

/* Room for at most `len` more bytes at the end, to be followed by buf_used(). NULL if it fails. */
static inline char *buf_room(struct buf *b, size_t len)
{
	if (b->bad || (b->cap - b->len <= len && !buf_reserve(b, len)))
		return NULL;
	return b->text + b->len;
}

/* The room that buf_room() gave has been written up to `end`. */
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

/* Append a number in decimal. */
void buf_add_int(struct buf *b, long long value);

void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Append `text` with its control characters escaped, so that it remains one line. */
void buf_add_control(struct buf *b, const char *text);
/* Append `text` for a URL: all but A-Z, a-z, 0-9, -, ., _ and ~ is percent-encoded. */
void buf_add_url(struct buf *b, const char *text);
/* Append `text` as a JSON string, quotes included. */
void buf_add_json(struct buf *b, const char *text);
/* Append a JSON array of texts. */
void buf_add_json_array(struct buf *b, const char *const *texts, size_t n);

#endif
