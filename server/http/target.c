/* SPDX-License-Identifier: MIT
 * target.c - splitting and percent-decoding of request targets (RFC 3986, 9112).
 */
#include "http/target.h"

#include <strings.h>

#include "base/percent.h"
#include "base/utf8.h"
#include "model/api_path.h"

static bool reject(struct arena *a, const char **why, const char *what, const char *from,
		   size_t len)
{
	char *shown = arena_strndup(a, from, len);

	shown = shown ? utf8_clean(a, shown, 64) : NULL;
	*why = shown ? arena_printf(a, "%s: '%s'", what, shown) : NULL;
	return false;
}

/* Decode the `len` bytes at `from`; in a query (`plus`) a + is a space. */
static bool decode(struct arena *a, const char *from, size_t len, bool plus, const char **out,
		   const char **why)
{
	static const char *const reasons[] = {
		[PERCENT_MALFORMED] = "a % must be followed by two hex digits",
		[PERCENT_NUL] = "%00 has no place in a target",
		[PERCENT_NOT_UTF8] = "not UTF-8 once decoded",
	};
	char *text = arena_alloc(a, len + 1);
	enum percent result;

	*out = text;
	*why = NULL;
	if (!text)
		return false;
	result = percent_decode(from, len, plus, text);
	return result == PERCENT_OK || reject(a, why, reasons[result], from, len);
}

/* What follows the authority of a target in absolute form; NULL for other targets. */
static const char *skip_authority(const char *raw)
{
	if (strncasecmp(raw, "http://", 7) != 0 && strncasecmp(raw, "https://", 8) != 0)
		return NULL;
	raw = strstr(raw, "//") + 2;
	return raw + strcspn(raw, "/?");
}

static bool parse_query(struct arena *a, const char *query, struct target *t, const char **why)
{
	size_t most = 1;

	for (const char *at = query; (at = strchr(at, '&')); at++)
		most++;
	if (most > TARGET_PAIRS) {
		*why = arena_printf(a, "the query has more than %d parameters", TARGET_PAIRS);
		return false;
	}

	struct pair *pairs = arena_alloc(a, most * sizeof *pairs);

	if (!pairs) {
		*why = NULL;
		return false;
	}
	t->query.items = pairs;
	for (;;) {
		size_t len = strcspn(query, "&");
		size_t name = strcspn(query, "&=");
		size_t value = name < len ? name + 1 : len;

		if (len > 0) {
			struct pair *p = &pairs[t->query.count++];

			if (!decode(a, query, name, true, &p->name, why) ||
			    !decode(a, query + value, len - value, true, &p->value, why))
				return false;
		}
		if (query[len] == '\0')
			return true;
		query += len + 1;
	}
}

void target_locate(const char *raw, struct target *t)
{
	const char *absolute = skip_authority(raw);

	*t = (struct target){ .path = absolute ? absolute : raw };
	t->path_len = strcspn(t->path, "?");
	t->prefix_len = api_path_prefix(t->path);
}

bool target_parse(struct arena *a, const char *raw, struct target *t, const char **why)
{
	const char *at = t->path + t->prefix_len;

	for (const char *c = raw; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '#')
			return reject(a, why,
				      "a target holds only visible ASCII, without #; "
				      "percent-encode the rest",
				      raw, strlen(raw));
	if (t->path > raw && *at != '/') /* "http://host" is "http://host/" */
		t->segments[t->nsegments++] = "";
	else if (*at != '/')
		return reject(a, why, "a target begins with /", raw, strlen(raw));
	while (*at == '/') {
		size_t len = strcspn(++at, "/?");
		const char *segment;

		if (!decode(a, at, len, false, &segment, why))
			return false;
		if (t->nsegments < TARGET_SEGMENTS)
			t->segments[t->nsegments] = segment;
		t->nsegments++;
		at += len;
	}
	return *at == '\0' || parse_query(a, at + 1, t, why);
}
