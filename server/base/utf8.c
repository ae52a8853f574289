/* SPDX-License-Identifier: MIT
 * utf8.c - UTF-8 by the table of well-formed sequences of the Unicode standard (table 3-7).
 */
#include "base/utf8.h"

size_t utf8_sequence(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf; /* bounds of the second byte */
	size_t need;

	if (len == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf) {
		need = 2;
	} else if (s[0] >= 0xe0 && s[0] <= 0xef) {
		need = 3;
		if (s[0] == 0xe0)
			low = 0xa0;
		else if (s[0] == 0xed)
			high = 0x9f;
	} else if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		need = 4;
		if (s[0] == 0xf0)
			low = 0x90;
		else if (s[0] == 0xf4)
			high = 0x8f;
	} else {
		return 0;
	}
	if (len < need || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

bool utf8_valid(const char *text, size_t len)
{
	while (len > 0) {
		size_t n = (signed char)*text >= 0 ? 1 : utf8_sequence(text, len);

		if (n == 0)
			return false;
		text += n;
		len -= n;
	}
	return true;
}

size_t utf8_count(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

static const char replacement[] = "\xef\xbf\xbd";

char *utf8_clean(struct arena *a, const char *text, size_t max)
{
	size_t rest = strlen(text), used = 0;

	if (rest <= max && utf8_valid(text, rest))
		return arena_strndup(a, text, rest);

	/* A bad byte becomes three bytes; a cut adds three dots. */
	char *clean = arena_alloc(a, (rest < max ? rest : max) * 3 + sizeof "...");

	if (!clean)
		return NULL;
	for (size_t n; rest > 0; text += n, rest -= n) {
		const char *start = text;
		size_t len = utf8_sequence(text, rest);

		n = len ? len : 1;
		if (!len) {
			start = replacement;
			len = sizeof replacement - 1;
		}
		if (used + len > max) {
			memcpy(clean + used, "...", 3);
			used += 3;
			break;
		}
		memcpy(clean + used, start, len);
		used += len;
	}
	clean[used] = '\0';
	return clean;
}

void utf8_add(struct buf *b, const char *text, size_t len)
{
	while (len > 0) {
		size_t valid = 0, n;

		while (valid < len && text[valid] && (n = utf8_sequence(text + valid, len - valid)))
			valid += n;
		buf_addn(b, text, valid);
		text += valid;
		len -= valid;
		if (len > 0) {
			buf_add(b, replacement);
			text++;
			len--;
		}
	}
}

size_t utf8_cut(const char *text, size_t len, size_t max)
{
	enum { LONGEST = 4 };
	size_t cut = max;

	if (len <= max)
		return len;
	while (cut > 0 && max - cut < LONGEST && ((unsigned char)text[cut] & 0xc0) == 0x80)
		cut--;
	/* So many continuation bytes are no character. */
	return max - cut < LONGEST ? cut : max;
}
