/*
 * cue.h - a light look at CUE text: its strings, comments and brackets, no more. Pure.
 */
#ifndef SCHEMA_CUE_H
#define SCHEMA_CUE_H

#include "base/buf.h"
#include "base/json.h"

enum { CUE_DEPTH = 256 };

/*
 * Can `text` be CUE? It is UTF-8 without control characters, each of its strings ends, and its
 * brackets, those of interpolations included, match and are at most CUE_DEPTH deep.
 */
bool cue_check(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/*
 * Append a text that cue_check accepts, without its comments and the white space that means
 * nothing: a newline that may separate two fields stays, once.
 */
void cue_add_canonical(struct buf *b, const char *text, size_t len);

#endif
