/* SPDX-License-Identifier: MIT
 * percent.c - one pass over the text.
 */
#include "base/percent.h"

#include "base/utf8.h"

enum percent percent_decode(const char *text, size_t len, bool plus, char *out)
{
	size_t used = 0;
	bool ascii = true;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c == '%') {
			int high = i + 1 < len ? hex_digit(text[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(text[i + 2]) : -1;

			if (high < 0 || low < 0)
				return PERCENT_MALFORMED;
			c = (char)(high << 4 | low);
			if (c == '\0')
				return PERCENT_NUL;
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		ascii &= (unsigned char)c < 0x80;
		out[used++] = c;
	}
	out[used] = '\0';
	return ascii || utf8_valid(out, used) ? PERCENT_OK : PERCENT_NOT_UTF8;
}
