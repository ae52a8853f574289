/* SPDX-License-Identifier: MIT
 * cue.h - checks CUE texts for their strings, comments and brackets, no more, and writes them in a
 * canonical form. Pure.
 */
#ifndef SCHEMA_CUE_H
#define SCHEMA_CUE_H

#include "base/buf.h"
#include "base/json.h"

enum { CUE_DEPTH = 256 };

/*
 * Can `text` be CUE? It must be UTF-8 without control characters, each string must end, and the
 * brackets, with those of interpolations, must match and be at most CUE_DEPTH deep. If not, *e is
 * set.
 */
bool cue_check(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/*
 * Append a text that cue_check() accepts, without comments and without white space that has no
 * meaning. Of newlines that may separate two fields, one stays.
 */
void cue_add_canonical(struct buf *b, const char *text, size_t len);

#endif
