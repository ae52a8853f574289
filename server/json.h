/*
 * json.h - strict JSON in front of cJSON. Pure.
 *
 * cJSON accepts duplicate keys, trailing bytes, invalid UTF-8, \u0000, 01, raw control characters
 * and numbers beyond a double; json_check refuses all of them, so that a tree that came through
 * json_parse says exactly what its text says.
 */
#ifndef JSON_H
#define JSON_H

#include <cjson/cJSON.h>

#include "util.h"

enum { JSON_DEPTH = 64 };

extern const char json_out_of_memory[];

struct json_error {
	unsigned line, column; /* from 1; columns count bytes */
	const char *what;      /* constant text: what was expected or is wrong; or this: */
};

/* Is `text` one JSON value (RFC 8259), in UTF-8, at most JSON_DEPTH deep, keys unique? */
bool json_check(const char *text, size_t len, struct json_error *e) MUST_CHECK;
/* json_check, then a tree for cJSON_Delete; NULL on failure, memory shortage included. */
cJSON *json_parse(const char *text, size_t len, struct json_error *e) MUST_CHECK;
#endif
