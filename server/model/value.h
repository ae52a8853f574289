/* SPDX-License-Identifier: MIT
 * value.h - JSON values of fields: which fit, how they are stored, what was expected. Both fixtures
 * and bodies are read by it. Knows the resource table and JSON.
 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/resource.h"

enum { EXPECTED_MAX = 1024 };

/*
 * Can a field of a single value have this value in that version? Sets *text to its stored form, in
 * the value or the arena, and to NULL for null; also when memory is short.
 */
bool value_fits(struct arena *a, const struct field *f, enum version v, const cJSON *json,
		const char **text);
/* What a field's value must be, for a message; written to out, which is returned. */
const char *value_expected(const struct field *f, enum version v, char *out, size_t len);
/* "one, two": the words that a version has; written to out, which is returned. */
const char *value_words(const struct word *words, enum version v, char *out, size_t len);
/* A value for a message: JSON, shortened; of a secret only the type. NULL when memory is short. */
const char *value_shown(struct arena *a, const cJSON *json, bool secret);
/* A text for a message: 'text', shortened, or null. NULL when memory is short. */
const char *value_quoted(struct arena *a, const char *text);

#endif
