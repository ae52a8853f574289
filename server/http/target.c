/*
 * target.c - splitting and percent-decoding of request targets (RFC 3986, 9112).
 */
#include "http/target.h"

#include <strings.h>

#include "base/utf8.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool fail(struct arena *a, const char **why, const char *what, const char *from, size_t len)
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
	char *text = arena_alloc(a, len + 1);
	size_t used = 0;
	bool ascii = true;

	if (!text) {
		*why = NULL;
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '%') {
			int high = i + 1 < len ? hex_digit(from[i + 1]) : -1;
			int low = i + 2 < len ? hex_digit(from[i + 2]) : -1;

			if (high < 0 || low < 0)
				return fail(a, why, "a % must be followed by two hex digits", from,
					    len);
			c = (char)(high << 4 | low);
			ascii &= high < 8;
			if (c == '\0')
				return fail(a, why, "%00 has no place in a target", from, len);
			i += 2;
		} else if (plus && c == '+') {
			c = ' ';
		}
		text[used++] = c;
	}
	text[used] = '\0';
	if (!ascii && !utf8_valid(text, used))
		return fail(a, why, "not UTF-8 once decoded", from, len);
	*out = text;
	return true;
}

/* What follows the authority of an absolute-form target, or NULL where it is none. */
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
	t->pairs = pairs;
	for (;;) {
		size_t len = strcspn(query, "&");
		size_t name = strcspn(query, "&=");
		size_t value = name < len ? name + 1 : len;

		if (len > 0) {
			struct pair *p = &pairs[t->npairs++];

			if (!decode(a, query, name, true, &p->name, why) ||
			    !decode(a, query + value, len - value, true, &p->value, why))
				return false;
		}
		if (query[len] == '\0')
			return true;
		query += len + 1;
	}
}

const char *target_path(const char *raw)
{
	const char *behind = skip_authority(raw);

	return behind ? behind : raw;
}

bool target_parse(struct arena *a, const char *raw, struct target *t, const char **why)
{
	const char *absolute = skip_authority(raw), *at = absolute ? absolute : raw;

	*t = (struct target){ 0 };
	for (const char *c = raw; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f || *c == '#')
			return fail(a, why,
				    "a target holds only visible ASCII, without #; "
				    "percent-encode the rest",
				    raw, strlen(raw));
	if (absolute && *at != '/') /* "http://host" is "http://host/" */
		t->segments[t->nsegments++] = "";
	else if (*at != '/')
		return fail(a, why, "a target begins with /", raw, strlen(raw));
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
