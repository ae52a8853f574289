/*
 * json.h - strict JSON in front of cJSON, and canonical JSON out of it. Pure.
 *
 * cJSON accepts duplicate keys, trailing bytes, invalid UTF-8, \u0000, 01, raw control characters
 * and numbers beyond a double; json_check refuses all of them, so that a tree that came through
 * json_parse says exactly what its text says. json_parse_any takes what others write.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <cjson/cJSON.h>

#include "base/buf.h"
#include "base/util.h"

enum { JSON_DEPTH = 64 };

struct json_error {
	unsigned line, column; /* from 1; columns count bytes */
	const char *what;      /* constant text; NULL: memory is short */
};

/* Say that at `at`, within `text`, is what `what`, constant text, says. */
void json_error_at(struct json_error *e, const char *text, const char *pos, const char *what);

/* Is `text` one JSON value (RFC 8259), in UTF-8, at most JSON_DEPTH deep, keys unique? False with
 * *e. */
bool json_check(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/* json_check, then a tree for cJSON_Delete; NULL with *e. */
cJSON *json_parse(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/*
 * json_parse for what was not written for us: of a key that repeats the last one counts and alone
 * is in the tree; \u0000 and lone surrogates are read as U+FFFD, as no C text and no UTF-8 holds
 * them; a number beyond a double is an infinity.
 */
cJSON *json_parse_any(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/* Free a tree when a variable leaves its scope: cJSON *json CLEANUP(json_free). */
static inline void json_free(cJSON **json)
{
	cJSON_Delete(*json);
}

struct json_member {
	cJSON *item;
	size_t order; /* its place in the object, from 0 */
};

/*
 * The members of an object, sorted by the bytes of their keys, those of one key in the object's
 * order; to be freed. NULL when memory is short; of an empty object it is not NULL.
 */
struct json_member *json_members(const cJSON *object, size_t *count) MUST_CHECK;
/* Is the member at `i` not the last of its key? */
bool json_member_repeats(const struct json_member *members, size_t count, size_t i);

/* Append the shortest decimal that reads back as `number`; no -0; an infinity as 1e999. */
void json_add_number(struct buf *b, double number);
/*
 * Append compact JSON with sorted keys, of those that repeat the last: of equal trees equal bytes.
 * `json` is at most as deep as the stack allows; what a parser of ours returned is.
 */
void json_add_canonical(struct buf *b, const cJSON *json);
#endif
