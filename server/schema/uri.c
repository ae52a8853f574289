/*
 * uri.c - section 5.2 of RFC 3986, by the names it uses.
 */
#include "schema/uri.h"

#include "base/percent.h"

struct part {
	const char *text;
	size_t len;
};

/* The delimiters belong to the parts: "http:", "//host", "/a/b", "?q". */
struct uri {
	struct part scheme, authority, path, query;
};

static struct part take(const char **at, size_t len)
{
	struct part p = { *at, len };

	*at += len;
	return p;
}

static size_t scheme_len(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
			  more[] =
			      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
	size_t len = strspn(text, more);

	return strspn(text, letters) > 0 && text[len] == ':' ? len + 1 : 0;
}

static struct uri split(const char *text)
{
	struct uri u;

	u.scheme = take(&text, scheme_len(text));
	u.authority = take(&text, starts_with(text, "//") ? 2 + strcspn(text + 2, "/?") : 0);
	u.path = take(&text, strcspn(text, "?"));
	u.query = take(&text, strlen(text));
	return u;
}

static char *add(char *to, struct part p)
{
	memcpy(to, p.text, p.len);
	return to + p.len;
}

/* Take the segments "." and ".." out of the path from `path` to `end`, in place; its new end. */
static char *remove_dots(char *path, char *end)
{
	char *to = path;

	for (char *from = path; from < end;) {
		char *next = memchr(from + 1, '/', (size_t)(end - from) - 1);
		bool slash = *from == '/', last = !next;
		size_t len = (size_t)((next ? next : end) - from);
		const char *segment = from + slash;
		size_t name = len - slash;

		from += len;
		if (name == 1 && segment[0] == '.') {
			if (last && slash)
				*to++ = '/';
		} else if (name == 2 && segment[0] == '.' && segment[1] == '.') {
			while (to > path && *--to != '/')
				;
			if (last && slash)
				*to++ = '/';
		} else {
			memmove(to, segment - slash, len);
			to += len;
		}
	}
	return to;
}

/* The part of a base's path up to its last slash. */
static struct part folder(struct part path)
{
	while (path.len > 0 && path.text[path.len - 1] != '/')
		path.len--;
	return path;
}

const char *uri_resolve(struct arena *a, const char *base, const char *reference)
{
	struct uri b = split(base), r = split(reference);
	char *out = arena_alloc(a, strlen(base) + strlen(reference) + 2), *to = out, *path;
	bool own = r.scheme.len || r.authority.len; /* a path of its own, with nothing before it */

	if (!out)
		return NULL;
	to = add(to, r.scheme.len ? r.scheme : b.scheme);
	to = add(to, own ? r.authority : b.authority);
	path = to;
	if (!own && r.path.len == 0) {
		to = add(to, b.path);
		if (r.query.len == 0)
			r.query = b.query;
	} else {
		if (!own && r.path.text[0] != '/') {
			if (b.authority.len && b.path.len == 0)
				*to++ = '/';
			to = add(to, folder(b.path));
		}
		to = remove_dots(path, add(to, r.path));
	}
	*add(to, r.query) = '\0';
	return out;
}

char *uri_decode(struct arena *a, const char *text)
{
	size_t len = strlen(text);
	char *out = arena_alloc(a, len + 1);

	return out && percent_decode(text, len, false, out) == PERCENT_OK ? out : NULL;
}
