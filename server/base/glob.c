/*
 * glob.c - the pieces between the stars, each at its first place behind the one before.
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
	/* Here is a star. What follows it may as well stand first where it can: whatever comes
	 * behind has the more room. Only the last piece must stand at the end. */
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
