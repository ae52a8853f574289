/*
 * buf.c - the capped text of buf.h.
 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *b)
{
	free(b->text);
	*b = (struct buf)BUF_INIT(b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->bad = false;
	if (b->text)
		b->text[0] = '\0';
}

/* Make room for `more` bytes and the terminator. */
static bool reserve(struct buf *b, size_t more)
{
	if (b->bad || more > b->max || b->len > b->max - more) {
		b->bad = true;
		return false;
	}
	if (b->len + more < b->cap)
		return true;

	size_t cap = b->cap ? b->cap : 256;

	while (cap <= b->len + more)
		cap *= 2;

	char *text = realloc(b->text, cap);

	if (!text) {
		b->bad = true;
		return false;
	}
	b->text = text;
	b->cap = cap;
	return true;
}

void buf_addn(struct buf *b, const char *text, size_t len)
{
	if (!reserve(b, len))
		return;
	memcpy(b->text + b->len, text, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void buf_add(struct buf *b, const char *text)
{
	buf_addn(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c)
{
	buf_addn(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);

	int len = vsnprintf(NULL, 0, fmt, args);

	if (len < 0) {
		b->bad = true;
	} else if (reserve(b, (size_t)len)) {
		vsnprintf(b->text + b->len, (size_t)len + 1, fmt, again);
		b->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

/* Append `text` with control characters as \uXXXX, and those of `marked` behind a backslash. */
static void add_escaped(struct buf *b, const char *text, const char *marked)
{
	for (const char *at = text; *at;) {
		size_t plain = 0;

		while ((unsigned char)at[plain] >= 0x20 && at[plain] != 0x7f &&
		       !strchr(marked, at[plain]))
			plain++;
		buf_addn(b, at, plain);
		at += plain;
		if (!*at)
			break;
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			buf_printf(b, "\\u%04x", (unsigned char)*at++);
		else
			buf_printf(b, "\\%c", *at++);
	}
}

void buf_add_control(struct buf *b, const char *text)
{
	add_escaped(b, text, "");
}

void buf_add_json(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	add_escaped(b, text, "\"\\");
	buf_addc(b, '"');
}
