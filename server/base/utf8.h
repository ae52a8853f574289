/* SPDX-License-Identifier: MIT
 * utf8.h - tells whether a text is UTF-8, and makes it valid if not. Pure.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/arena.h"
#include "base/buf.h"

/*
 * The length in bytes, 1 to 4, of the well-formed UTF-8 sequence that `text` begins with; 0 if
 * there is none. Overlong forms, surrogates and code points above U+10FFFF are not well formed.
 */
size_t utf8_sequence(const char *text, size_t len);
bool utf8_valid(const char *text, size_t len);
/* The number of code points in a valid text. */
size_t utf8_count(const char *text);
/*
 * A copy of `text` for an answer or a log: bytes that are not UTF-8 become U+FFFD, and a copy of
 * more than `max` bytes is cut, and ends with "...". NULL when memory is short.
 */
char *utf8_clean(struct arena *a, const char *text, size_t max);
/* Append bytes as UTF-8: NULs, and bytes that are not UTF-8, become U+FFFD. */
void utf8_add(struct buf *b, const char *text, size_t len);
/* The length of a text when it is cut to at most `max` bytes, between two characters. */
size_t utf8_cut(const char *text, size_t len, size_t max);

#endif
