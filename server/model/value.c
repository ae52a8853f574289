/* SPDX-License-Identifier: MIT
 * value.c - what the values of each kind of field are.
 */
#include "model/value.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/json_add.h"
#include "base/rfc3339.h"
#include "base/utf8.h"

enum { SHOWN = 48 };

static bool time_fits(struct arena *a, const char *string, const char **text)
{
	int64_t micros;
	char *time;

	if (!rfc3339_parse(string, &micros))
		return false;
	time = arena_alloc(a, TIME_LEN + 1);
	if (time)
		rfc3339_format(micros, time);
	*text = time;
	return true;
}

bool value_fits(struct arena *a, const struct field *f, enum version v, const cJSON *json,
		const char **text)
{
	const char *string = cJSON_IsString(json) ? json->valuestring : NULL;
	const struct word *word;

	*text = string;
	if (cJSON_IsNull(json))
		return may_be_null(f);
	if (f->kind == K_BOOL) {
		*text = cJSON_IsTrue(json) ? "1" : "0";
		return cJSON_IsBool(json);
	}
	if (!string)
		return false;
	switch (f->kind) {
	case K_ID:
	case K_REF:
		return string_format_fits(STRFMT_ID, string);
	case K_TEXT:
		*text = string_format_clean(a, f->strfmt, string);
		return !*text || string_format_fits(f->strfmt, *text);
	case K_ENUM:
		word = word_find(f->words, string);
		return word && span_has(word->on, v);
	case K_TIME:
		return time_fits(a, string, text);
	default:
		return false;
	}
}

const char *value_words(const struct word *words, enum version v, char *out, size_t len)
{
	size_t used = 0;

	out[0] = '\0';
	for (; words->text; words++)
		if (span_has(words->on, v) && used < len)
			used += (size_t)snprintf(out + used, len - used, "%s%s", used ? ", " : "",
						 words->text);
	return out;
}

const char *value_expected(const struct field *f, enum version v, char *out, size_t len)
{
	static const char *const texts[] = {
		[K_TIME] = "a time such as 2024-01-01T00:00:00Z",
		[K_BOOL] = "true or false",
		[K_SCOPES] = "a list of scopes",
		[K_ONE] = "an object",
		[K_OBJECT] = "an object",
		[K_MANY] = "a list of objects",
		[K_OBJECTS] = "a list of objects",
		[K_JSON] = "a value",
		[K_IDS] = "a list of ids",
		[K_TEXTS] = "a list of texts that are not empty",
	};
	static const char one_of[] = "one of ";
	size_t used;

	switch (f->kind) {
	case K_ID:
		snprintf(out, len, "an id: %s", string_format_expected(STRFMT_ID));
		break;
	case K_REF:
		snprintf(out, len, "the id of a %s", resources[f->refers].called);
		break;
	case K_TEXT:
		snprintf(out, len, "%s", string_format_expected(f->strfmt));
		break;
	case K_ENUM:
		snprintf(out, len, "%s", one_of);
		value_words(f->words, v, out + strlen(one_of), len - strlen(one_of));
		break;
	case K_NANOS:
		snprintf(out, len, "a number of nanoseconds from 1 to %" PRId64, NANOS_MAX);
		break;
	case K_WHOLE:
		snprintf(out, len, "a whole number from %" PRId64 " to %" PRId64, f->least,
			 f->most);
		break;
	case K_SECONDS:
		snprintf(out, len, "a number of seconds from 0 to %d", SECONDS_MAX);
		break;
	default:
		snprintf(out, len, "%s", texts[f->kind]);
	}
	used = strlen(out);
	snprintf(out + used, len - used, "%s%s", f->flags & F_NON_EMPTY ? ", at least one" : "",
		 may_be_null(f) ? ", or null" : "");
	return out;
}

const char *value_shown(struct arena *a, const cJSON *json, bool secret)
{
	if (secret && !cJSON_IsNull(json))
		return cJSON_IsString(json)   ? "a text"
		       : cJSON_IsNumber(json) ? "a number"
		       : cJSON_IsBool(json)   ? "true or false"
		       : cJSON_IsArray(json)  ? "a list"
					      : "an object";

	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 30);

	json_add_verbatim(&text, json);
	return text.bad ? arena_fail(a) : utf8_clean(a, text.text, SHOWN);
}

const char *value_quoted(struct arena *a, const char *text)
{
	const char *clean = text ? utf8_clean(a, text, SHOWN) : "null";

	return clean && text ? arena_printf(a, "'%s'", clean) : clean;
}
