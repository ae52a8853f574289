/* SPDX-License-Identifier: MIT
 * json.h - strict JSON in front of cJSON, and the exact text of numbers. Pure.
 *
 * cJSON accepts duplicate keys, trailing bytes, invalid UTF-8, \u0000, 01, raw control characters
 * and numbers beyond a double. json_check() rejects all of them, so that a tree from json_parse()
 * says exactly what its text says. json_parse_any() accepts what other programs write.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/util.h"

enum { JSON_DEPTH = 64 };
#define JSON_TOO_DEEP "nested too deep (at most 64 levels)"

struct json_error {
	unsigned line, column; /* from 1; columns count bytes */
	const char *what;      /* constant text: what is wrong; NULL: memory is short */
};

/* Set *e: what `what`, a constant text, says is wrong at `pos` within `text`. */
void json_error_at(struct json_error *e, const char *text, const char *pos, const char *what);

/* Is `text` one JSON value (RFC 8259), in UTF-8, at most JSON_DEPTH deep, with unique keys? If not,
 * *e is set. */
bool json_check(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/* json_check(), then a tree for cJSON_Delete(). If it fails: NULL, and *e is set. */
cJSON *json_parse(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/*
 * json_parse() for what other programs write: if a key repeats, only its last member is in the
 * tree; \u0000 and lone surrogates become U+FFFD, as no C text and no UTF-8 can hold them; a number
 * may be of any length, and its double may be an infinity.
 */
cJSON *json_parse_any(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/* Free a tree when a variable leaves its scope: cJSON *json CLEANUP(json_free). */
static inline void json_free(cJSON **json)
{
	cJSON_Delete(*json);
}

/* The room for json_number_text(). */
enum { JSON_NUMBER_LEN = 32 };
/* A number as it was written. If the tree does not keep its text, the shortest decimal that reads
 * back as the double, in `text`. */
const char *json_number_text(const cJSON *number, char text[JSON_NUMBER_LEN]);
/* Let a number that was made of a double keep its text. False when memory is short. */
bool json_keep_number(cJSON *number, const char *text, size_t len) MUST_CHECK;

struct json_member {
	cJSON *item;
	size_t order; /* its place in the object, from 0 */
};

/*
 * The members of an object, sorted by the bytes of their keys, those of one key in the object's
 * order. To be freed, also if there are none. NULL when memory is short.
 */
struct json_member *json_members(const cJSON *object, size_t *count) MUST_CHECK;
/* Is there a later member with the key of member `i`? */
bool json_member_repeats(const struct json_member *members, size_t count, size_t i);

#endif
