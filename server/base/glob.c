/* SPDX-License-Identifier: MIT
 * glob.c - finds each piece between two stars at its first place behind the piece before.
 */
#include "base/glob.h"

#include "base/util.h"

bool glob_matches(const char *pattern, const char *text)
{
	const char *end = text + strlen(text);
	size_t piece = strcspn(pattern, "*");

	if (strncmp(pattern, text, piece) != 0)
		return false;
	pattern += piece;
	text += piece;
	if (!*pattern)
		return text == end;
	/* At a star. A piece that is found at its first place leaves the most room for the pieces
	 * behind it. Only the last piece must be at the end. */
	for (;;) {
		pattern += strspn(pattern, "*");
		piece = strcspn(pattern, "*");
		if (!pattern[piece])
			return piece <= (size_t)(end - text) && streq(end - piece, pattern);
		text = memmem(text, (size_t)(end - text), pattern, piece);
		if (!text)
			return false;
		text += piece;
		pattern += piece;
	}
}
