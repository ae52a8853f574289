/*
 * value.h - JSON values and the fields that they are given for: does a value fit, how is it stored,
 * what was expected. Knows the resource table and JSON; fixtures and bodies are both read by it.
 */
#ifndef MODEL_VALUE_H
#define MODEL_VALUE_H

#include <cjson/cJSON.h>

#include "base/arena.h"
#include "model/resource.h"

enum { EXPECTED_MAX = 1024 };

/*
 * Is the value one that the field, which holds a single value, can hold in that version? Sets *text
 * to it as it is stored, NULL for null; it lives in the value or the arena. When memory is short,
 * *text is NULL though the value is not null.
 */
bool value_fits(struct arena *a, const struct field *f, enum version v, const cJSON *json,
		const char **text);
/* What a field's value must be, for a message; written to out, which it returns. */
const char *value_expected(const struct field *f, enum version v, char *out, size_t len);
/* "one, two" of the words that a version has; the same. */
const char *value_words(const struct word *words, enum version v, char *out, size_t len);
/* A value for a message: as JSON, cut short; of a secret no more than its type. NULL when memory
 * is short. */
const char *value_shown(struct arena *a, const cJSON *json, bool secret);
/* The same of a text: 'text', or null. */
const char *value_quoted(struct arena *a, const char *text);

#endif
