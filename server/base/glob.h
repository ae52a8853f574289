/*
 * glob.h - texts with `*` in them, which stands for any run of characters. Pure.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* Is the whole text what the pattern says? In a time that grows with the lengths, not faster. */
bool glob_matches(const char *pattern, const char *text);

#endif
