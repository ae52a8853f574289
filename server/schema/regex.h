/*
 * regex.h - the regular expressions of JSON Schema, in what may be matched of a hostile one
 * bounded. Knows no JSON.
 */
#ifndef SCHEMA_REGEX_H
#define SCHEMA_REGEX_H

#include "base/arena.h"

struct regex;
struct regex_matcher; /* what matching needs of memory, for one pattern after another */

/*
 * Compile a valid UTF-8 text, for regex_free. NULL on failure, with *why, in the arena, which is
 * NULL when memory is short.
 *
 * Accepted is what Go's regexp, and so RE2, accepts: no look-around, no references back, nothing
 * possessive or atomic, no repetition beyond 1000. That is also what makes regex_match countable.
 */
struct regex *regex_new(struct arena *a, const char *pattern, const char **why) MUST_CHECK;
void regex_free(struct regex *re);
/* The memory that it takes, in bytes. It may be a thousand times as long as the pattern. */
size_t regex_size(const struct regex *re);
/* For regex_matcher_free; NULL when memory is short. When it or matching lacks memory, the arena
 * has failed. */
struct regex_matcher *regex_matcher_new(struct arena *a) MUST_CHECK;
void regex_matcher_free(struct regex_matcher *m);
/*
 * Does it match anywhere in the text, valid UTF-8? What that takes is subtracted from *steps; when
 * they are used up, they are negative. False, too, when memory is short.
 */
bool regex_match(const struct regex *re, struct regex_matcher *m, const char *text,
		 long long *steps) MUST_CHECK;

#endif
