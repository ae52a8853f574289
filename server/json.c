/*
 * json.c - a recursive-descent check by the grammar of RFC 8259. It builds nothing but, for each
 * object, the list of its decoded keys, sorted to find two alike.
 */
#include "json.h"

#include <math.h>
#include <stdlib.h>

#include "arena.h"
#include "utf8.h"

const char json_out_of_memory[] = "out of memory";

struct scan {
	const char *text, *at, *end;
	const char *what;     /* set once, at the first error, with `at` left there */
	struct arena decoded; /* the keys, as they are meant */
};

struct key {
	const char *text, *at;
	size_t len;
};

struct keys {
	struct key *key;
	size_t count, cap;
};

static void free_keys(struct keys *k)
{
	free(k->key);
}

static bool wrong(struct scan *s, const char *what)
{
	if (!s->what)
		s->what = what;
	return false;
}

static bool eat(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

/* The value of the four hex digits at s->at + 2, after a \u, or -1. */
static long hex4(const struct scan *s)
{
	long value = 0;

	if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = s->at[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static size_t put_utf8(char *out, long c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* A backslash and what follows; writes what it stands for to `out`, of 4 bytes. */
static bool scan_escape(struct scan *s, char *out, size_t *len)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name = s->at + 1 < s->end ? memchr(names, s->at[1], sizeof names - 1) : NULL;

	if (name) {
		*out = values[name - names];
		*len = 1;
		s->at += 2;
		return true;
	}

	long c = hex4(s);

	if (c < 0)
		return wrong(s, "a backslash must be followed by one of \" \\ / b f n r t or by u "
				"and four hex digits");
	if (c == 0)
		return wrong(s, "\\u0000 is not accepted");
	if (c >= 0xdc00 && c <= 0xdfff)
		return wrong(s, "a low surrogate without its high one before it");
	s->at += 6;
	if (c >= 0xd800 && c <= 0xdbff) {
		long low = hex4(s);

		if (low < 0xdc00 || low > 0xdfff)
			return wrong(s, "a high surrogate must be followed by a low one");
		c = 0x10000 + ((c - 0xd800) << 10 | (low - 0xdc00));
		s->at += 6;
	}
	*len = put_utf8(out, c);
	return true;
}

/* A string; where `key` is given, also its decoded text. */
static bool scan_string(struct scan *s, struct key *key)
{
	char *out = NULL;
	size_t used = 0;

	if (!eat(s, '"'))
		return wrong(s, "expected a string");
	if (key) {
		/* No decoded text is longer than its source, which ends at a quote. */
		const char *quote = s->at;

		while (quote < s->end && *quote != '"')
			quote += *quote == '\\' && quote + 1 < s->end ? 2 : 1;
		out = arena_alloc(&s->decoded, (size_t)(quote - s->at) + 1);
		if (!out)
			return wrong(s, json_out_of_memory);
	}
	while (!eat(s, '"')) {
		char decoded[4];
		const char *from = s->at;
		size_t len;

		if (s->at == s->end)
			return wrong(s, "a string without its closing quote");
		if (*s->at == '\\') {
			if (!scan_escape(s, decoded, &len))
				return false;
			from = decoded;
		} else if ((unsigned char)*s->at < 0x20) {
			return wrong(s, "a control character in a string must be escaped");
		} else {
			len = utf8_sequence(s->at, (size_t)(s->end - s->at));
			if (len == 0)
				return wrong(s, "not UTF-8");
			s->at += len;
		}
		if (out) {
			memcpy(out + used, from, len);
			used += len;
		}
	}
	if (key) {
		key->text = out;
		key->len = used;
	}
	return true;
}

static bool scan_digits(struct scan *s)
{
	const char *from = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > from || wrong(s, "expected a digit");
}

static bool scan_number(struct scan *s)
{
	const char *from = s->at;
	char copy[64];

	eat(s, '-');
	if (eat(s, '0')) {
		if (s->at < s->end && *s->at >= '0' && *s->at <= '9')
			return wrong(s, "a number must not begin with 0");
	} else if (!scan_digits(s)) {
		return false;
	}
	if (eat(s, '.') && !scan_digits(s))
		return false;
	if (eat(s, 'e') || eat(s, 'E')) {
		if (!eat(s, '+'))
			eat(s, '-');
		if (!scan_digits(s))
			return false;
	}

	size_t len = (size_t)(s->at - from);

	if (len < sizeof copy) {
		memcpy(copy, from, len);
		copy[len] = '\0';
		if (isfinite(strtod(copy, NULL)))
			return true;
	}
	s->at = from;
	return wrong(s,
		     len < sizeof copy ? "a number out of range" : "a number of too many digits");
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, x->len);
}

/* Of several equal keys name the last in the text: the reader meets the first one first. */
static bool check_keys(struct scan *s, struct keys *k)
{
	const char *second = NULL;

	if (k->count < 2)
		return true;
	qsort(k->key, k->count, sizeof *k->key, compare_keys);
	for (size_t i = 1; i < k->count; i++) {
		const struct key *x = &k->key[i - 1], *y = &k->key[i];

		if (compare_keys(x, y) == 0)
			second = x->at > y->at ? x->at : y->at;
	}
	if (!second)
		return true;
	s->at = second;
	return wrong(s, "a key that the object already has");
}

static bool scan_value(struct scan *s, unsigned depth);

static bool scan_object(struct scan *s, unsigned depth)
{
	struct keys keys CLEANUP(free_keys) = { 0 };

	skip_space(s);
	if (eat(s, '}'))
		return true;
	do {
		if (keys.count == keys.cap) {
			size_t cap = keys.cap ? keys.cap * 2 : 16;
			struct key *more = reallocarray(keys.key, cap, sizeof *more);

			if (!more)
				return wrong(s, json_out_of_memory);
			keys.key = more;
			keys.cap = cap;
		}
		skip_space(s);

		struct key *key = &keys.key[keys.count++];

		key->at = s->at;
		if (s->at == s->end || *s->at != '"')
			return wrong(s, "expected a key in double quotes");
		if (!scan_string(s, key))
			return false;
		skip_space(s);
		if (!eat(s, ':'))
			return wrong(s, "expected ':' after a key");
		if (!scan_value(s, depth))
			return false;
		skip_space(s);
	} while (eat(s, ','));
	if (!eat(s, '}'))
		return wrong(s, "expected ',' or '}'");
	return check_keys(s, &keys);
}

static bool scan_array(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (eat(s, ']'))
		return true;
	do {
		if (!scan_value(s, depth))
			return false;
		skip_space(s);
	} while (eat(s, ','));
	return eat(s, ']') || wrong(s, "expected ',' or ']'");
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
		return false;
	s->at += len;
	return true;
}

static bool scan_value(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (depth == JSON_DEPTH && s->at < s->end && (*s->at == '{' || *s->at == '['))
		return wrong(s, "nested too deep");
	if (eat(s, '{'))
		return scan_object(s, depth + 1);
	if (eat(s, '['))
		return scan_array(s, depth + 1);
	if (s->at < s->end && *s->at == '"')
		return scan_string(s, NULL);
	if (s->at < s->end && (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')))
		return scan_number(s);
	return scan_word(s, "true") || scan_word(s, "false") || scan_word(s, "null") ||
	       wrong(s, s->at == s->end ? "expected a value, found the end" : "expected a value");
}

bool json_check(const char *text, size_t len, struct json_error *e)
{
	struct scan s = { .text = text, .at = text, .end = text + len };

	arena_init(&s.decoded, NULL, 0);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		wrong(&s, "a byte order mark; expected UTF-8 without one");
	else if (len >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
		wrong(&s, "UTF-16; expected UTF-8");
	else if (scan_value(&s, 0)) {
		skip_space(&s);
		if (s.at < s.end)
			wrong(&s, "expected the end after the value");
	}
	arena_free(&s.decoded);
	if (!s.what)
		return true;
	*e = (struct json_error){ .line = 1, .column = 1, .what = s.what };
	for (const char *at = text; at < s.at; at++) {
		e->column++;
		if (*at == '\n') {
			e->line++;
			e->column = 1;
		}
	}
	return false;
}

cJSON *json_parse(const char *text, size_t len, struct json_error *e)
{
	if (!json_check(text, len, e))
		return NULL;

	cJSON *tree = cJSON_ParseWithLength(text, len);

	if (!tree)
		*e = (struct json_error){ .line = 1, .column = 1, .what = json_out_of_memory };
	return tree;
}
