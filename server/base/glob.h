/* SPDX-License-Identifier: MIT
 * glob.h - patterns in which `*` stands for any run of characters. Pure.
 */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* Does the pattern match the whole text? Takes time that is linear in the lengths. */
bool glob_matches(const char *pattern, const char *text);

#endif
