/* SPDX-License-Identifier: MIT
 * json.c - a recursive-descent check by the grammar of RFC 8259. It builds nothing but, for each
 * object, a list of its decoded keys, which it sorts to find two that are equal. What is allowed
 * but cJSON cannot read is overwritten, in a copy of the text, with something of the same length.
 * cJSON reads a number as a double; if that could lose something, the item's valuestring, which
 * cJSON frees and copies but does not use, becomes the number's text.
 */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/decimal.h"
#include "base/grow.h"
#include "base/utf8.h"

/* A number in the text that is more than a short integer. */
struct number {
	const char *text;
	size_t len, place; /* which of the text's numbers it is */
};

struct scan {
	const char *text, *pos, *end;
	const char *what;     /* is wrong at `pos` */
	struct arena decoded; /* for the decoded keys */
	char *copy;           /* of the text, to be changed for cJSON; NULL: the check is strict */
	bool repeats;         /* an object has a key twice */
	bool builds;          /* a tree will be made */
	struct number *numbers; /* for the tree; owned */
	size_t count, cap;      /* of `numbers` */
	size_t seen;            /* of all numbers in the text */
};

enum {
	REPLACEMENT = 0xfffd,
	NUMBER_MAX = 64,   /* cJSON's buffer, with the terminator */
	EXACT_DIGITS = 15, /* a double holds every integer of that length */
};

struct key {
	const char *text, *pos;
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
	s->what = what;
	return false;
}

static bool eat(struct scan *s, char c)
{
	if (s->pos == s->end || *s->pos != c)
		return false;
	s->pos++;
	return true;
}

static void skip_space(struct scan *s)
{
	while (s->pos < s->end &&
	       (*s->pos == ' ' || *s->pos == '\t' || *s->pos == '\n' || *s->pos == '\r'))
		s->pos++;
}

/* The value of the escape at s->pos, a \u and four hex digits, or -1. */
static long read_hex4(const struct scan *s)
{
	long value = 0;

	if (s->end - s->pos < 6 || s->pos[0] != '\\' || s->pos[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(s->pos[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/* Write a code point in UTF-8: the length in bytes. */
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

/* Let cJSON read U+FFFD for an escape at `pos` whose character no text can hold. If the check is
 * strict, fail: `what` is wrong. */
static bool replace_escape(struct scan *s, const char *pos, const char *what)
{
	if (!s->copy)
		return wrong(s, what);
	memcpy(s->copy + (pos - s->text), "\\ufffd", 6);
	return true;
}

/* The escape \u at s->pos, or two of them that are a pair of surrogates. */
static bool scan_unicode(struct scan *s, long *c)
{
	const char *pos = s->pos;
	long low;

	*c = read_hex4(s);
	if (*c < 0)
		return wrong(s, "a backslash must be followed by one of \" \\ / b f n r t or by u "
				"and four hex digits");
	if (*c != 0 && (*c < 0xd800 || *c > 0xdfff)) {
		s->pos += 6;
		return true;
	}
	if (*c == 0 && !replace_escape(s, pos, "\\u0000 is not accepted"))
		return false;
	if (*c >= 0xdc00 && !replace_escape(s, pos, "a low surrogate must follow a high one"))
		return false;
	s->pos += 6;
	if (*c >= 0xd800 && *c <= 0xdbff) {
		low = read_hex4(s);
		if (low >= 0xdc00 && low <= 0xdfff) {
			*c = 0x10000 + ((*c - 0xd800) << 10 | (low - 0xdc00));
			s->pos += 6;
			return true;
		}
		if (!replace_escape(s, pos, "a high surrogate must be followed by a low one"))
			return false;
	}
	*c = REPLACEMENT;
	return true;
}

/* An escape; its character goes to `out`, which has 4 bytes. */
static bool scan_escape(struct scan *s, char *out, size_t *len)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *name = s->pos + 1 < s->end ? memchr(names, s->pos[1], sizeof names - 1) : NULL;

	if (name) {
		*out = values[name - names];
		*len = 1;
		s->pos += 2;
		return true;
	}

	long c;

	if (!scan_unicode(s, &c))
		return false;
	*len = put_utf8(out, c);
	return true;
}

/* A string. If `key` is not NULL, it gets the decoded text. */
static bool scan_string(struct scan *s, struct key *key)
{
	char *out = NULL;
	size_t used = 0;

	if (!eat(s, '"'))
		return wrong(s, "expected a string");
	if (key) {
		/* A decoded text is not longer than its source, which ends at a quote. */
		const char *quote = s->pos;

		while (quote < s->end && *quote != '"')
			quote += *quote == '\\' && quote + 1 < s->end ? 2 : 1;
		out = arena_alloc(&s->decoded, (size_t)(quote - s->pos) + 1);
		if (!out)
			return false;
	}
	while (!eat(s, '"')) {
		char decoded[4];
		const char *start = s->pos;
		size_t len;

		if (s->pos == s->end)
			return wrong(s, "unterminated string: expected a closing quote");
		if (*s->pos == '\\') {
			if (!scan_escape(s, decoded, &len))
				return false;
			start = decoded;
		} else if ((unsigned char)*s->pos < 0x20) {
			return wrong(s, "a control character in a string must be escaped");
		} else {
			len = utf8_sequence(s->pos, (size_t)(s->end - s->pos));
			if (len == 0)
				return wrong(s, "invalid UTF-8");
			s->pos += len;
		}
		if (out) {
			memcpy(out + used, start, len);
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
	const char *start = s->pos;

	while (s->pos < s->end && *s->pos >= '0' && *s->pos <= '9')
		s->pos++;
	return s->pos > start || wrong(s, "expected a digit");
}

/* Is it the text that json_number_text() would write of the double? */
static bool is_short_integer(const char *text, size_t len)
{
	size_t sign = *text == '-';

	if (len - sign > EXACT_DIGITS || (text[sign] == '0' && len > 1))
		return false;
	for (size_t i = sign; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

/* Remember the text of a number, if the tree needs it. */
static bool note_number(struct scan *s, const char *text, size_t len)
{
	size_t place = s->seen++;

	if (!s->builds || is_short_integer(text, len))
		return true;
	if (!GROW(s->numbers, s->count + 1, s->cap))
		return false;
	s->numbers[s->count++] = (struct number){ text, len, place };
	return true;
}

static bool scan_number(struct scan *s)
{
	const char *start = s->pos;
	char copy[NUMBER_MAX];

	eat(s, '-');
	if (eat(s, '0')) {
		if (s->pos < s->end && *s->pos >= '0' && *s->pos <= '9')
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

	size_t len = (size_t)(s->pos - start);

	if (!note_number(s, start, len))
		return false;
	if (s->copy) {
		/* Of what is too long, cJSON sees the last digit; keep_numbers() corrects that. */
		if (len >= NUMBER_MAX)
			memset(s->copy + (start - s->text), ' ', len - 1);
		return true;
	}
	if (len < sizeof copy) {
		memcpy(copy, start, len);
		copy[len] = '\0';
		if (isfinite(strtod(copy, NULL)))
			return true;
	}
	s->pos = start;
	return wrong(s, len < sizeof copy ? "number out of range: it must fit a 64-bit float"
					  : "number too long (at most 63 characters)");
}

static int compare_keys(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, x->len);
}

/* If keys are equal, the error is at the last one in the text. */
static bool check_keys(struct scan *s, struct keys *k)
{
	const char *second = NULL;

	if (k->count < 2)
		return true;
	qsort(k->key, k->count, sizeof *k->key, compare_keys);
	for (size_t i = 1; i < k->count; i++) {
		const struct key *x = &k->key[i - 1], *y = &k->key[i];

		if (compare_keys(x, y) == 0)
			second = x->pos > y->pos ? x->pos : y->pos;
	}
	if (!second)
		return true;
	s->repeats = true;
	if (s->copy)
		return true;
	s->pos = second;
	return wrong(s, "key is already used in this object");
}

static bool scan_value(struct scan *s, unsigned depth);

static bool scan_object(struct scan *s, unsigned depth)
{
	struct keys keys CLEANUP(free_keys) = { 0 };

	skip_space(s);
	if (eat(s, '}'))
		return true;
	do {
		if (!GROW(keys.key, keys.count + 1, keys.cap))
			return false;
		skip_space(s);

		struct key *key = &keys.key[keys.count++];

		key->pos = s->pos;
		if (s->pos == s->end || *s->pos != '"')
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

	if ((size_t)(s->end - s->pos) < len || memcmp(s->pos, word, len) != 0)
		return false;
	s->pos += len;
	return true;
}

static bool scan_value(struct scan *s, unsigned depth)
{
	skip_space(s);
	if (depth == JSON_DEPTH && s->pos < s->end && (*s->pos == '{' || *s->pos == '['))
		return wrong(s, JSON_TOO_DEEP);
	if (eat(s, '{'))
		return scan_object(s, depth + 1);
	if (eat(s, '['))
		return scan_array(s, depth + 1);
	if (s->pos < s->end && *s->pos == '"')
		return scan_string(s, NULL);
	if (s->pos < s->end && (*s->pos == '-' || (*s->pos >= '0' && *s->pos <= '9')))
		return scan_number(s);
	return scan_word(s, "true") || scan_word(s, "false") || scan_word(s, "null") ||
	       wrong(s, s->pos == s->end ? "expected a value, found the end" : "expected a value");
}

/* The whole text. The caller has set s->text, s->pos and s->end. */
static bool scan_text(struct scan *s, struct json_error *e)
{
	size_t len = (size_t)(s->end - s->text);
	bool good = false;

	*e = (struct json_error){ 0 };
	arena_init(&s->decoded, NULL, 0);
	if (len >= 3 && memcmp(s->text, "\xef\xbb\xbf", 3) == 0)
		wrong(s, "expected UTF-8 without a byte order mark");
	else if (len >= 2 &&
		 (memcmp(s->text, "\xff\xfe", 2) == 0 || memcmp(s->text, "\xfe\xff", 2) == 0))
		wrong(s, "expected UTF-8, found UTF-16");
	else if (scan_value(s, 0)) {
		skip_space(s);
		good = s->pos == s->end || wrong(s, "expected the end after the value");
	}
	arena_free(&s->decoded);
	if (s->what)
		json_error_at(e, s->text, s->pos, s->what);
	return good;
}

void json_error_at(struct json_error *e, const char *text, const char *pos, const char *what)
{
	*e = (struct json_error){ .line = 1, .column = 1, .what = what };
	for (; text < pos; text++) {
		e->column++;
		if (*text == '\n') {
			e->line++;
			e->column = 1;
		}
	}
}

bool json_check(const char *text, size_t len, struct json_error *e)
{
	struct scan s = { .text = text, .pos = text, .end = text + len };

	return scan_text(&s, e);
}

bool json_keep_number(cJSON *number, const char *text, size_t len)
{
	if (is_short_integer(text, len))
		return true;

	char *copy = cJSON_malloc(len + 1);

	if (!copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	number->valuestring = copy;
	return true;
}

/* Give the numbers of a tree their texts. *seen is how many numbers came before, and *next the
 * first of s->numbers that is not before the tree. */
static bool keep_numbers(const struct scan *s, cJSON *tree, size_t *seen, size_t *next)
{
	if (cJSON_IsNumber(tree) && s->numbers[*next].place == (*seen)++) {
		const struct number *n = &s->numbers[(*next)++];

		if (!json_keep_number(tree, n->text, n->len))
			return false;
		if (n->len >= NUMBER_MAX)
			tree->valuedouble = strtod(tree->valuestring, NULL);
		return true;
	}
	for (cJSON *item = tree->child; item && *next < s->count; item = item->next)
		if (!keep_numbers(s, item, seen, next))
			return false;
	return true;
}

/* A tree of a text that was scanned, or NULL. */
static cJSON *build(struct scan *s)
{
	cJSON *tree CLEANUP(json_free) =
	    cJSON_ParseWithLength(s->copy ? s->copy : s->text, (size_t)(s->end - s->text));
	size_t seen = 0, next = 0;

	return tree && (s->count == 0 || keep_numbers(s, tree, &seen, &next)) ? STEAL(tree) : NULL;
}

cJSON *json_parse(const char *text, size_t len, struct json_error *e)
{
	struct scan s = { .text = text, .pos = text, .end = text + len, .builds = true };
	cJSON *tree = scan_text(&s, e) ? build(&s) : NULL;

	free(s.numbers);
	return tree;
}

static int compare_members(const void *a, const void *b)
{
	const struct json_member *x = a, *y = b;
	int order = strcmp(x->item->string, y->item->string);

	return order != 0 ? order : x->order < y->order ? -1 : 1;
}

struct json_member *json_members(const cJSON *object, size_t *count)
{
	struct json_member *members;
	const cJSON *item;
	size_t n = 0;

	cJSON_ArrayForEach(item, object)
		n++;
	members = reallocarray(NULL, n ? n : 1, sizeof *members);
	if (!members)
		return NULL;
	*count = n;
	n = 0;
	for (cJSON *member = object->child; member; member = member->next, n++)
		members[n] = (struct json_member){ member, n };
	qsort(members, n, sizeof *members, compare_members);
	return members;
}

bool json_member_repeats(const struct json_member *members, size_t count, size_t i)
{
	return i + 1 < count && streq(members[i].item->string, members[i + 1].item->string);
}

/* Leave only the last member of each key, in a tree of at most JSON_DEPTH. */
static bool drop_repeats(cJSON *tree)
{
	for (cJSON *item = tree->child; item; item = item->next)
		if (!drop_repeats(item))
			return false;
	if (!cJSON_IsObject(tree))
		return true;

	size_t count;
	struct json_member *members = json_members(tree, &count);

	if (!members)
		return false;
	for (size_t i = 0; i < count; i++)
		if (json_member_repeats(members, count, i))
			cJSON_Delete(cJSON_DetachItemViaPointer(tree, members[i].item));
	free(members);
	return true;
}

cJSON *json_parse_any(const char *text, size_t len, struct json_error *e)
{
	struct scan s = {
		.text = text,
		.pos = text,
		.end = text + len,
		.copy = malloc(len + 1),
		.builds = true,
	};
	cJSON *tree CLEANUP(json_free) = NULL;

	*e = (struct json_error){ 0 };
	if (!s.copy)
		return NULL;
	memcpy(s.copy, text, len);
	if (scan_text(&s, e))
		tree = build(&s);
	free(s.copy);
	free(s.numbers);
	return tree && (!s.repeats || drop_repeats(tree)) ? STEAL(tree) : NULL;
}

const char *json_number_text(const cJSON *number, char text[JSON_NUMBER_LEN])
{
	if (number->valuestring)
		return number->valuestring;
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, JSON_NUMBER_LEN, "%.*g", digits, number->valuedouble);
		if (strtod(text, NULL) == number->valuedouble)
			break;
	}
	return text;
}
