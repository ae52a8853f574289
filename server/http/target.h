/*
 * target.h - the request target, from its raw bytes: path segments and query pairs, decoded.
 *
 * Pure and strict: what is not a well-formed target is refused rather than repaired. The library
 * below us decodes a path as a whole (%2F becomes a slash, %00 ends it), so we do it ourselves.
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/arena.h"

enum { TARGET_SEGMENTS = 8, TARGET_PAIRS = 256 };

struct target {
	const char *path; /* in the raw target, from its first slash on; a query may follow */
	size_t path_len, prefix_len;           /* bytes; the API's prefix is the path's beginning */
	const char *segments[TARGET_SEGMENTS]; /* the first behind the prefix: no path is longer */
	size_t nsegments;   /* all of them; "/" has one, empty; "/a/" has two, the last empty */
	struct pairs query; /* a value is "" where there is no '=' */
};

/*
 * Parse "/path?query", or the absolute form "http://host/path?query". What it sets lives in the
 * arena and is NUL-terminated UTF-8 without NUL inside. On failure returns false and sets *why to a
 * text for the client that lives in the arena, or to NULL when memory is short.
 */
bool target_parse(struct arena *a, const char *raw, struct target *t, const char **why) MUST_CHECK;

/* Find the path of a raw target, well formed or not, and its prefix; target_parse() begins so. */
void target_locate(const char *raw, struct target *t);

#endif
