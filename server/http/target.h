/* SPDX-License-Identifier: MIT
 * target.h - the request target, from its raw bytes: path segments and query pairs, decoded.
 *
 * Pure and strict: a malformed target is refused rather than repaired. libmicrohttpd decodes a path
 * as a whole (%2F becomes a slash, %00 ends it), so it is not used for that.
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include "base/arena.h"

enum { TARGET_SEGMENTS = 8, TARGET_PAIRS = 256 };

struct target {
	const char *path; /* in the raw target, from its first slash on; the query follows */
	size_t path_len, prefix_len;           /* bytes; a prefix of the API is part of the path */
	const char *segments[TARGET_SEGMENTS]; /* behind the prefix; no path of ours has more */
	size_t nsegments;   /* their number; "/" has one, empty; "/a/" has two, the last empty */
	struct pairs query; /* a value without a "=" is "" */
};

/* Find the path of a raw target, malformed or not, and its prefix. */
void target_locate(const char *raw, struct target *t);

/*
 * After target_locate(): parse "/path?query", or the absolute form "http://host/path?query". The
 * texts live in the arena; they are UTF-8 and hold no NUL. False on failure: *why is then a text
 * for the client in the arena, or NULL when memory is short.
 */
bool target_parse(struct arena *a, const char *raw, struct target *t, const char **why) MUST_CHECK;

#endif
