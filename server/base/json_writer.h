/*
 * json_writer.h - JSON text, written from left to right, compact or indented. Pure.
 *
 * cJSON would first build a tree: of the time of a GET by id, that and printing it was two fifths
 * (docs/architecture.md has the figures). What it writes is well formed as long as the calls are;
 * texts must be UTF-8. Failure is the buffer's `bad`, checked once, at the end.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include "base/buf.h"

struct writer {
	struct buf *out;
	bool indent; /* by two spaces a level */
	bool empty;  /* nothing is written yet in the object or array now open */
	unsigned depth;
};

/* An object or array, as a whole value, an item, or after writer_key. */
void writer_open(struct writer *w, char bracket);
void writer_close(struct writer *w, char bracket);
/* The key of the next value, which needs no escaping: writer_int(writer_key(w, "id"), 5). */
struct writer *writer_key(struct writer *w, const char *key);
/* Values: after writer_key, or as the items of an array after writer_item. */
struct writer *writer_item(struct writer *w);
void writer_text(struct writer *w, const char *text);
void writer_text_or_null(struct writer *w, const char *text);
void writer_int(struct writer *w, long long value);
/* A number that is not negative; null for one that is. */
void writer_count(struct writer *w, long long count);
void writer_raw(struct writer *w, const char *json);

#endif
