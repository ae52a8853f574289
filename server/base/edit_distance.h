/* SPDX-License-Identifier: MIT
 * edit_distance.h - how much two words differ, for messages that name what was probably meant.
 */
#ifndef BASE_EDIT_DISTANCE_H
#define BASE_EDIT_DISTANCE_H

#include <stddef.h>

/* The number of letters to add, to take away or to change that makes one word of the other; `most`
 * if it is not less, or if a word has more than 64 bytes. */
size_t edit_distance(const char *a, const char *b, size_t most);

#endif
