/* SPDX-License-Identifier: MIT
 * edit_distance.c - Levenshtein's distance, a row of the table at a time.
 */
#include "base/edit_distance.h"

#include <string.h>

enum { WORD_MAX = 64 /* bytes */ };

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t edit_distance(const char *a, const char *b, size_t most)
{
	size_t row[WORD_MAX + 1], width = strlen(b);

	if (width > WORD_MAX || strlen(a) > WORD_MAX)
		return most;
	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			size_t above = row[j];

			row[j] = least_of(least_of(above, row[j - 1]) + 1,
					  corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return least_of(row[width], most);
}
