/* SPDX-License-Identifier: MIT
 * uri.c - section 5.2 of RFC 3986, with its names.
 */
#include "schema/uri.h"

#include "base/percent.h"

struct uri_part {
	const char *text;
	size_t len;
};

/* The parts of a URI, with their delimiters: "http:", "//host", "/a/b", "?q". */
struct uri {
	struct uri_part scheme, authority, path, query;
};

static struct uri_part split_off(const char **rest, size_t len)
{
	struct uri_part p = { *rest, len };

	*rest += len;
	return p;
}

static size_t scheme_len(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
			  following[] =
			      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
	size_t len = strspn(text, following);

	return strspn(text, letters) > 0 && text[len] == ':' ? len + 1 : 0;
}

static struct uri split(const char *text)
{
	struct uri u;

	u.scheme = split_off(&text, scheme_len(text));
	u.authority = split_off(&text, starts_with(text, "//") ? 2 + strcspn(text + 2, "/?") : 0);
	u.path = split_off(&text, strcspn(text, "?"));
	u.query = split_off(&text, strlen(text));
	return u;
}

static char *append(char *out, struct uri_part p)
{
	memcpy(out, p.text, p.len);
	return out + p.len;
}

/* Remove the segments "." and ".." from the path between `path` and `end`, in place. Returns its
 * new end. */
static char *remove_dots(char *path, char *end)
{
	char *out = path;

	for (char *in = path; in < end;) {
		char *next = memchr(in + 1, '/', (size_t)(end - in) - 1);
		bool slash = *in == '/', last = !next;
		size_t len = (size_t)((next ? next : end) - in);
		const char *segment = in + slash;
		size_t name = len - slash;

		in += len;
		if (name == 1 && segment[0] == '.') {
			if (last && slash)
				*out++ = '/';
		} else if (name == 2 && segment[0] == '.' && segment[1] == '.') {
			while (out > path && *--out != '/')
				;
			if (last && slash)
				*out++ = '/';
		} else {
			memmove(out, segment - slash, len);
			out += len;
		}
	}
	return out;
}

/* The part of a path up to its last slash. */
static struct uri_part directory(struct uri_part path)
{
	while (path.len > 0 && path.text[path.len - 1] != '/')
		path.len--;
	return path;
}

const char *uri_resolve(struct arena *a, const char *base, const char *reference)
{
	struct uri b = split(base), r = split(reference);
	char *out = arena_alloc(a, strlen(base) + strlen(reference) + 2), *end = out, *path;
	bool has_own_path = r.scheme.len || r.authority.len; /* no part of the base's path counts */

	if (!out)
		return NULL;
	end = append(end, r.scheme.len ? r.scheme : b.scheme);
	end = append(end, has_own_path ? r.authority : b.authority);
	path = end;
	if (!has_own_path && r.path.len == 0) {
		end = append(end, b.path);
		if (r.query.len == 0)
			r.query = b.query;
	} else {
		if (!has_own_path && r.path.text[0] != '/') {
			if (b.authority.len && b.path.len == 0)
				*end++ = '/';
			end = append(end, directory(b.path));
		}
		end = remove_dots(path, append(end, r.path));
	}
	*append(end, r.query) = '\0';
	return out;
}

char *uri_decode(struct arena *a, const char *text)
{
	size_t len = strlen(text);
	char *out = arena_alloc(a, len + 1);

	return out && percent_decode(text, len, false, out) == PERCENT_OK ? out : NULL;
}
