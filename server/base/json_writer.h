/* SPDX-License-Identifier: MIT
 * json_writer.h - writes JSON text from left to right, compact or indented. Pure.
 *
 * cJSON would build a tree first: that, and printing it, took two fifths of the time of a GET by id
 * (docs/architecture.md has the figures). The JSON is well formed if the calls are; texts must be
 * UTF-8. If writing fails, the buffer is `bad`, which the caller checks once, at the end.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/buf.h"

struct writer {
	struct buf *out;
	bool indent; /* by two spaces for each level */
	bool empty;  /* the innermost open object or array has nothing yet */
	unsigned depth;
};

/* Begin or end an object or an array: `bracket` is one of { } [ ]. */
void writer_open(struct writer *w, char bracket);
void writer_close(struct writer *w, char bracket);
/* The key of the next value, which must need no escapes: writer_int(writer_key(w, "id"), 5). */
struct writer *writer_key(struct writer *w, const char *key);
/* The same for a key that is any text. */
struct writer *writer_key_text(struct writer *w, const char *key);
/* The next item of an array: writer_int(writer_item(w), 5). */
struct writer *writer_item(struct writer *w);
/* Values: the whole text, or after writer_key() or writer_item(). A text that is NULL is one that
 * memory was short for: the buffer becomes `bad`. */
void writer_text(struct writer *w, const char *text);
void writer_text_or_null(struct writer *w, const char *text);
void writer_int(struct writer *w, long long value);
/* A number; null if it is negative. */
void writer_count(struct writer *w, long long count);
/* A text that is JSON already. */
void writer_raw(struct writer *w, const char *json);

#endif
