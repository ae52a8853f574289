/* SPDX-License-Identifier: MIT
 * fuzz_schema.c - JSON Schemas and their patterns. An input is a schema, a line of -- and a value.
 *
 * A schema is good or it is said why not, and of a value that does not fit, where and why, at a
 * place that there is in it. What fits a schema does not fit its opposite. A pattern that is
 * escaped matches what it says, and one in a group of its own what it matches without.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "schema/jsonschema.h"
#include "schema/regex.h"

enum { TEXT_MAX = 1 << 20, STEPS = 1000000, LONGEST = 512 };

/* ---- patterns -------------------------------------------------------------------------------- */

/* What comes of matching; REFUSED where the pattern is none. */
enum match { MATCHES, DIFFERS, COMPLEX, REFUSED };

static enum match match(const char *pattern, const char *text)
{
	struct arena a CLEANUP(arena_free);
	long long steps = STEPS;
	const char *why = NULL;
	struct regex *re;
	struct regex_matcher *m;
	bool matches;

	arena_init(&a, NULL, 0);
	re = regex_new(&a, pattern, &why);
	if (!re) {
		HOLD(why && *why && utf8_valid(why, strlen(why)), "[%s]", pattern);
		return REFUSED;
	}
	m = regex_matcher_new(&a);
	HOLD(m, "out of memory");
	matches = regex_match(re, m, text, &steps);
	HOLD(!a.failed, "[%s] [%s]", pattern, text);
	regex_matcher_free(m);
	regex_free(re);
	return matches ? MATCHES : steps < 0 ? COMPLEX : DIFFERS;
}

static void check_escaped(const char *text)
{
	struct buf b CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	enum match verdict;

	buf_addc(&b, '^');
	for (const char *at = text; *at; at++) {
		if (strchr("\\^$.[]|()?*+{}", *at))
			buf_addc(&b, '\\');
		buf_addc(&b, *at);
	}
	buf_addc(&b, '$');
	verdict = match(b.text, text);
	HOLD(verdict == MATCHES || verdict == COMPLEX, "[%s]", b.text);
}

static void check_pattern(const char *pattern, const char *text)
{
	struct buf b CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	enum match alone, grouped;

	alone = match(pattern, text);
	if (alone == REFUSED || alone == COMPLEX)
		return;
	buf_printf(&b, "(?:%s)", pattern);
	grouped = match(b.text, text);
	HOLD(grouped == alone || grouped == COMPLEX || grouped == REFUSED, "[%s] [%s]", b.text,
	     text);
}

/* ---- schemas --------------------------------------------------------------------------------- */

/* Does a path, ["speed",0], lead somewhere? */
static void check_place(const char *path, const cJSON *value)
{
	struct json_error e;
	cJSON *steps = json_parse(path, strlen(path), &e);
	const cJSON *s;

	HOLD(cJSON_IsArray(steps), "%s", path);
	cJSON_ArrayForEach(s, steps) {
		/* A long key is shown cut. */
		if (cJSON_IsString(s) && strstr(s->valuestring, "..."))
			break;
		value = cJSON_IsString(s) ? cJSON_GetObjectItemCaseSensitive(value, s->valuestring)
					  : cJSON_GetArrayItem(value, s->valueint);
		HOLD(value, "%s", path);
	}
	cJSON_Delete(steps);
}

/* Does the value fit? *gave_up where that would take too long to tell. */
static bool validate(const cJSON *schema, const cJSON *value, bool *gave_up)
{
	struct arena a CLEANUP(arena_free);
	struct violation *violations = NULL;
	size_t count = 0;
	bool good;

	arena_init(&a, NULL, 0);
	good = jsonschema_validate(&a, schema, value, &violations);
	HOLD(!a.failed, "out of memory");
	HOLD(good == !violations, "%d", good);
	*gave_up = false;
	for (const struct violation *m = violations; m; m = m->next) {
		HOLD(m->message && *m->message && utf8_valid(m->message, strlen(m->message)),
		     "no message");
		check_place(m->path, value);
		*gave_up |= strstr(m->message, "too ") != NULL || strstr(m->message, "steps");
		count++;
	}
	HOLD(count <= VIOLATIONS_MAX, "%zu", count);
	return good;
}

/* Not the schema, which is made a resource of its own, so that what it refers to is within it. */
static cJSON *opposite_of(const cJSON *schema)
{
	cJSON *opposite = cJSON_CreateObject(), *copy = cJSON_Duplicate(schema, true);

	HOLD(opposite && copy, "out of memory");
	if (cJSON_IsObject(copy))
		cJSON_AddStringToObject(copy, "$id", "urn:fuzz");
	cJSON_AddItemToObject(opposite, "not", copy);
	return opposite;
}

static void check_opposite(const cJSON *schema, const cJSON *value, bool good)
{
	struct arena a CLEANUP(arena_free);
	const char *why;
	bool gave_up, other;
	cJSON *opposite;

	arena_init(&a, NULL, 0);
	if (cJSON_GetObjectItemCaseSensitive(schema, "$id") ||
	    cJSON_GetObjectItemCaseSensitive(schema, "$schema"))
		return;
	opposite = opposite_of(schema);
	/* It may refer to what it was at the root only. */
	if (jsonschema_check(&a, opposite, &why)) {
		other = validate(opposite, value, &gave_up);
		HOLD(gave_up || other != good, "fits both, or neither: %d", good);
	}
	cJSON_Delete(opposite);
}

static void check_schema(const cJSON *schema, const cJSON *value)
{
	struct arena a CLEANUP(arena_free);
	const char *why = NULL;
	bool good, fits, gave_up;

	arena_init(&a, NULL, 0);
	good = jsonschema_check(&a, schema, &why);
	HOLD(!a.failed, "out of memory");
	HOLD(good || (why && *why && utf8_valid(why, strlen(why))), "no reason");
	fits = validate(schema, value, &gave_up);
	if (good && !gave_up)
		check_opposite(schema, value, fits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char between[] = "\n--\n";
	const char *text = (const char *)data, *value = memmem(text, size, between, 4);
	size_t len = value ? (size_t)(value - text) : size;
	struct json_error e;
	cJSON *schema = json_parse_any(text, len, &e);
	cJSON *instance = value ? json_parse_any(value + 4, size - len - 4, &e) : NULL;

	if (schema && instance)
		check_schema(schema, instance);
	cJSON_Delete(schema);
	cJSON_Delete(instance);
	if (size < LONGEST && utf8_valid(text, size)) {
		char *pattern = strndup(text, len),
		     *rest = strndup(value ? value + 4 : "", value ? size - len - 4 : 0);

		HOLD(pattern && rest, "out of memory");
		check_escaped(pattern);
		check_pattern(pattern, rest);
		free(pattern);
		free(rest);
	}
	return 0;
}
