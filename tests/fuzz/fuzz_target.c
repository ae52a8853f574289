/* SPDX-License-Identifier: MIT
 * fuzz_target.c - what stands in a request line, and references to URIs. An input is lines: a
 * method and a target, a base and a reference, a pattern and a path.
 *
 * A target that is accepted can be written again, and says the same then. What is found for it is
 * an operation of that method and path. What is refused is refused in words. Resolving a reference
 * twice changes nothing. A pattern fits what a simpler matcher says.
 */
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/route.h"
#include "model/api_path.h"
#include "operations.h"
#include "schema/uri.h"
#include "unit/raw_target.h"

enum { TEXT_MAX = 1 << 20, PATTERN_MAX = 64 };

/* The text up to a character, which is replaced by its end; *text is behind it. */
static char *take(char **text, char until)
{
	char *begin = *text, *end = strchrnul(begin, until);

	*text = *end ? end + 1 : end;
	*end = '\0';
	return begin;
}

/* ---- targets --------------------------------------------------------------------------------- */

static void check_text(const char *text)
{
	HOLD(utf8_valid(text, strlen(text)), "[%s]", text);
}

/* Written as the target that it is. */
static void write_target(struct buf *to, const struct target *t)
{
	buf_addn(to, t->path, t->prefix_len);
	for (size_t i = 0; i < t->nsegments; i++) {
		buf_addc(to, '/');
		buf_add_url(to, t->segments[i]);
	}
	for (size_t i = 0; i < t->query.count; i++) {
		buf_addc(to, i ? '&' : '?');
		buf_add_url(to, t->query.items[i].name);
		buf_addc(to, '=');
		buf_add_url(to, t->query.items[i].value);
	}
	HOLD(!to->bad, "out of memory");
}

static void check_again(struct arena *a, const struct target *t)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	struct target again;
	const char *why;

	if (t->nsegments > TARGET_SEGMENTS)
		return;
	write_target(&text, t);
	HOLD(parse_raw(a, text.text, &again, &why), "[%s] %s", text.text, why);
	HOLD(again.nsegments == t->nsegments && again.query.count == t->query.count, "[%s]",
	     text.text);
	for (size_t i = 0; i < t->nsegments; i++)
		HOLD(streq(again.segments[i], t->segments[i]), "[%s]", text.text);
	for (size_t i = 0; i < t->query.count; i++)
		HOLD(streq(again.query.items[i].name, t->query.items[i].name) &&
			 streq(again.query.items[i].value, t->query.items[i].value),
		     "[%s]", text.text);
}

/* Is that the operation's path, with that id in place of its brace? */
static void check_path(const struct operation *op, const char *id, const struct target *t)
{
	const char *path = op->path;
	size_t at = 0;

	HOLD(op->class == ENDPOINT_API || t->prefix_len == 0, "%s", op->path);

	for (; *path == '/' && at < t->nsegments; at++) {
		size_t len = strcspn(++path, "/");

		if (*path == '{')
			HOLD(id == t->segments[at] && *id, "%s", op->path);
		else
			HOLD(strlen(t->segments[at]) == len &&
				 memcmp(t->segments[at], path, len) == 0,
			     "%s: %s", op->path, t->segments[at]);
		path += len;
	}
	HOLD(!*path && at == t->nsegments, "%s", op->path);
	HOLD((id != NULL) == (strchr(op->path, '{') != NULL), "%s", op->path);
}

static void check_route(const char *method, const struct target *t, bool control)
{
	struct route route, again;
	char hint[2048];

	switch (route_find(&operations, control, method, t, &route)) {
	case FOUND:
		HOLD(streq(route.op->method, method) || streq(method, "HEAD"), "%s", method);
		HOLD(control || route.op->class != ENDPOINT_CONTROL, "%s", route.op->path);
		check_path(route.op, route.id, t);
		break;
	case FOUND_NO_METHOD:
		HOLD(*route.allow, "no method");
		for (char *at = route.allow; *at; at += strspn(at, " ")) {
			const char *other = take(&at, ',');

			HOLD(!streq(other, method), "%s", method);
			HOLD(route_find(&operations, control, other, t, &again) == FOUND, "%s",
			     other);
		}
		break;
	case FOUND_NO_PATH:
		route_hint(&operations, control, t, hint, sizeof hint);
		HOLD(*hint && utf8_valid(hint, strlen(hint)), "[%s]", hint);
		break;
	}
}

static void check_target(const char *method, const char *raw)
{
	struct arena a CLEANUP(arena_free);
	struct target t;
	const char *why = NULL;

	arena_init(&a, NULL, 0);
	if (!parse_raw(&a, raw, &t, &why)) {
		HOLD(why && *why && utf8_valid(why, strlen(why)), "[%s]", raw);
		return;
	}
	HOLD(t.nsegments > 0, "[%s]", raw);
	for (size_t i = 0; i < t.nsegments && i < TARGET_SEGMENTS; i++)
		check_text(t.segments[i]);
	for (size_t i = 0; i < t.query.count; i++) {
		check_text(t.query.items[i].name);
		check_text(t.query.items[i].value);
	}
	check_again(&a, &t);
	check_route(method, &t, true);
	check_route(method, &t, false);
}

/* ---- URIs ------------------------------------------------------------------------------------ */

/* Does it begin with a scheme? Then it takes nothing from a base. */
static bool is_absolute(struct arena *a, const char *uri)
{
	const char *resolved = uri_resolve(a, "base:", uri);

	return starts_with(uri, "base:") || !starts_with(resolved, "base:");
}

static void check_uri(char *base, char *reference)
{
	struct arena a CLEANUP(arena_free);
	const char *plain, *uri, *again;

	arena_init(&a, NULL, 0);
	base[strcspn(base, "#")] = '\0';
	reference[strcspn(reference, "#")] = '\0';
	/* A reference that is empty leaves the dots in a base as they are: there are to be none. */
	plain = uri_resolve(&a, "", base);
	HOLD(plain, "out of memory");
	uri = uri_resolve(&a, plain, reference);
	HOLD(uri && strlen(uri) <= strlen(base) + strlen(reference) + 1, "[%s] [%s]", base,
	     reference);
	HOLD(is_absolute(&a, uri) || (!is_absolute(&a, base) && !is_absolute(&a, reference)),
	     "[%s] [%s] [%s]", base, reference, uri);
	/* Where a path begins with two slashes, and nothing is before it, RFC 3986 has no answer.
	 */
	if (is_absolute(&a, uri) && strstr(uri, "://") == strchr(uri, ':')) {
		again = uri_resolve(&a, plain, uri);
		HOLD(streq(again, uri), "[%s] [%s] [%s] [%s]", base, reference, uri, again);
	}
}

static void check_decode(const char *text)
{
	struct buf encoded CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	struct arena a CLEANUP(arena_free);
	char *decoded;

	arena_init(&a, NULL, 0);
	buf_add_url(&encoded, text);
	decoded = uri_decode(&a, encoded.text ? encoded.text : "");
	HOLD((decoded != NULL) == utf8_valid(text, strlen(text)), "[%s]", text);
	HOLD(!decoded || streq(decoded, text), "[%s] [%s]", text, decoded);
	decoded = uri_decode(&a, text);
	HOLD(!decoded || utf8_valid(decoded, strlen(decoded)), "[%s]", text);
}

/* ---- patterns -------------------------------------------------------------------------------- */

/* The definition. */
static bool fits(const char *pattern, const char *text)
{
	bool row[PATTERN_MAX + 1] = { true };
	size_t len = strlen(text);

	for (; *pattern; pattern++) {
		bool before = row[0];

		row[0] = before && *pattern == '*';
		for (size_t i = 0; i < len; i++) {
			bool now =
			    *pattern == '*' ? row[i + 1] || row[i] : before && *pattern == text[i];

			before = row[i + 1];
			row[i + 1] = now;
		}
	}
	return row[len];
}

static void check_pattern(const char *pattern, const char *text)
{
	if (strlen(text) > PATTERN_MAX)
		return;
	HOLD(glob_matches(pattern, text) == fits(pattern, text), "[%s] [%s]", pattern, text);
	HOLD(!fits(pattern, text) || api_path_matches(pattern, text, api_path_prefix(text)),
	     "[%s] [%s]", pattern, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size), *at = text, *line, *first;

	HOLD(text, "out of memory");
	line = take(&at, '\n');
	first = take(&line, ' ');
	check_target(first, line);
	line = take(&at, '\n');
	check_decode(line);
	first = take(&line, ' ');
	check_uri(first, line);
	line = take(&at, '\n');
	first = take(&line, ' ');
	check_pattern(first, line);
	free(text);
	return 0;
}
