/* SPDX-License-Identifier: MIT
 * regex.h - the regular expressions of JSON Schema, with a bound on the time that matching takes.
 * Knows no JSON.
 */
#ifndef SCHEMA_REGEX_H
#define SCHEMA_REGEX_H

#include "base/arena.h"

struct regex;
struct regex_matcher; /* the memory for matching; used for one pattern after another */

/*
 * Compile a pattern in valid UTF-8, for regex_free(). If it fails: NULL, and *why, in the arena,
 * which is NULL when memory is short.
 *
 * Accepts what Go's regexp, and so RE2, accepts: no look-around, no back-references, nothing
 * possessive or atomic, no repetition beyond 1000. That is also why regex_match() can count its
 * steps.
 */
struct regex *regex_new(struct arena *a, const char *pattern, const char **why) MUST_CHECK;
void regex_free(struct regex *re);
/* The memory that it takes, in bytes: up to a thousand times the length of the pattern. */
size_t regex_size(const struct regex *re);
/* For regex_matcher_free(), which must come before the arena is freed. NULL when memory is short.
 * When memory is short here or in regex_match(), the arena has failed. */
struct regex_matcher *regex_matcher_new(struct arena *a) MUST_CHECK;
void regex_matcher_free(struct regex_matcher *m);
/*
 * Does the pattern match anywhere in a text in valid UTF-8? The steps that it takes are subtracted
 * from *steps; when they are used up, *steps is negative. False in that case, and when memory is
 * short.
 */
bool regex_match(const struct regex *re, struct regex_matcher *m, const char *text,
		 long long *steps) MUST_CHECK;

#endif
