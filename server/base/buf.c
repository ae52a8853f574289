/* SPDX-License-Identifier: MIT
 * buf.c - the growing text of buf.h.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/grow.h"

enum { FIRST_LEN = 1024 };

void buf_free(struct buf *b)
{
	free(b->text);
	*b = (struct buf)BUF_INIT(b->max);
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->bad = b->full = false;
	if (b->text)
		b->text[0] = '\0';
}

bool buf_reserve(struct buf *b, size_t len)
{
	size_t cap_max = b->max + 1, need = b->len + len + 1; /* with room for the terminator */

	if (b->bad)
		return false;
	if (len > b->max || b->len > b->max - len) {
		b->bad = b->full = true;
		return false;
	}
	if (need < FIRST_LEN)
		need = cap_max < FIRST_LEN ? cap_max : FIRST_LEN;
	b->bad = !GROW_UP_TO(b->text, need, b->cap, cap_max); /* memory is short */
	return !b->bad;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args, copy;

	va_start(args, fmt);
	va_copy(copy, args);

	int len = vsnprintf(NULL, 0, fmt, args);

	if (len < 0) {
		b->bad = true;
	} else if (buf_reserve(b, (size_t)len)) {
		vsnprintf(b->text + b->len, (size_t)len + 1, fmt, copy);
		b->len += (size_t)len;
	}
	va_end(copy);
	va_end(args);
}

void buf_add_int(struct buf *b, long long value)
{
	unsigned long long rest =
	    value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
	char digits[24], *first = digits + sizeof digits;

	do {
		*--first = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (value < 0)
		*--first = '-';
	buf_addn(b, first, (size_t)(digits + sizeof digits - first));
}

/* For each byte the letter of its escape, which is u for \u00XX; 0: it is not escaped. */
#define CONTROL_ESCAPES                                                                            \
	[0 ... 7] = 'u', ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', [11] = 'u', ['\f'] = 'f',       \
	       ['\r'] = 'r', [14 ... 31] = 'u', [0x7f] = 'u'

static const char line_escapes[256] = { CONTROL_ESCAPES };
static const char json_escapes[256] = { CONTROL_ESCAPES, ['"'] = '"', ['\\'] = '\\' };

/* Append `text`, with an escape for each byte that has one in `escape`; NUL must have none. */
static void add_escaped(struct buf *b, const char *text, const char escape[256])
{
	for (const unsigned char *end = (const unsigned char *)text;; end++) {
		const unsigned char *start = end;

		while (!escape[*end])
			end++;
		buf_addn(b, (const char *)start, (size_t)(end - start));
		if (*end == '\0')
			return;
		buf_addc(b, '\\');
		if (escape[*end] == 'u')
			buf_printf(b, "u%04x", *end);
		else
			buf_addc(b, escape[*end]);
	}
}

void buf_add_control(struct buf *b, const char *text)
{
	add_escaped(b, text, line_escapes);
}

void buf_add_json(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	add_escaped(b, text, json_escapes);
	buf_addc(b, '"');
}

void buf_add_json_array(struct buf *b, const char *const *texts, size_t n)
{
	buf_addc(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		buf_add_json(b, texts[i]);
	}
	buf_addc(b, ']');
}

void buf_add_url(struct buf *b, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-._~";

	for (; *text; text++)
		if (strchr(plain, *text))
			buf_addc(b, *text);
		else
			buf_printf(b, "%%%02X", (unsigned char)*text);
}
