/* SPDX-License-Identifier: MIT
 * cue.c - a scanner of CUE that knows strings and brackets. A stack has the open brackets; that of
 * an interpolation has the string to go back to as well. If there is an output, the scanner copies
 * to it what has a meaning.
 */
#include "schema/cue.h"

#include "base/utf8.h"

static const char bom[] = "\xef\xbb\xbf";

struct bracket {
	char closer;    /* the character that closes it */
	char quote;     /* an interpolation: the quote of its string; else 0 */
	bool multiline; /* its string has three quotes */
	size_t hashes;  /* around its string, and in its escapes */
};

struct cue {
	const char *text, *pos, *end;
	const char *what; /* is wrong at `pos` */
	struct bracket brackets[CUE_DEPTH];
	size_t depth;
	struct buf *out; /* may be NULL */
	char last;       /* character written; 0 at the start */
	bool space, newline;
};

static bool wrong(struct cue *c, const char *pos, const char *what)
{
	c->pos = pos;
	c->what = what;
	return false;
}

static size_t rest_len(const struct cue *c)
{
	return (size_t)(c->end - c->pos);
}

/* How many characters `ch` there are at c->pos, at most `max`. */
static size_t count_run(const struct cue *c, char ch, size_t max)
{
	size_t n = 0;

	while (n < max && n < rest_len(c) && c->pos[n] == ch)
		n++;
	return n;
}

static bool is_word_char(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (signed char)c < 0 || (c && strchr("_$#.\"'@", c));
}

/* Must a space stay between these two? A dot may be part of a number: beside it a space stays. */
static bool must_separate(char a, char b)
{
	if (strchr("{}[](),:", a) || strchr("{}[](),:", b))
		return false;
	return a == '.' || b == '.' || is_word_char(a) == is_word_char(b);
}

/* Does a newline between these two stand for a comma that CUE requires? */
static bool may_separate(char a, char b)
{
	return a && (is_word_char(a) || strchr("}])?.", a)) && !strchr("}]),", b);
}

static void copy(struct cue *c, const char *start, size_t len)
{
	if (!c->out)
		return;
	if (c->newline && may_separate(c->last, *start))
		buf_addc(c->out, '\n');
	else if ((c->newline || c->space) && c->last && must_separate(c->last, *start))
		buf_addc(c->out, ' ');
	buf_addn(c->out, start, len);
	c->last = start[len - 1];
	c->newline = c->space = false;
}

/* The character at c->pos, in a string, a comment or elsewhere. False if it is not allowed. */
static bool scan_character(struct cue *c)
{
	unsigned char first = (unsigned char)*c->pos;
	size_t len = utf8_sequence(c->pos, rest_len(c));

	if (len == 0)
		return wrong(c, c->pos, "invalid UTF-8");
	if ((first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7f)
		return wrong(c, c->pos, "control characters are not allowed");
	if (len == 3 && memcmp(c->pos, bom, 3) == 0)
		return wrong(c, c->pos, "a byte order mark is allowed at the beginning only");
	c->pos += len;
	return true;
}

static bool push(struct cue *c, struct bracket bracket)
{
	if (c->depth == CUE_DEPTH)
		return wrong(c, c->pos, "nested too deep (at most 256 levels)");
	c->brackets[c->depth++] = bracket;
	return true;
}

/* A backslash at c->pos, in a string: skip what it escapes, or begin an interpolation. */
static bool scan_backslash(struct cue *c, struct bracket string, bool *interpolated)
{
	c->pos++;
	if (count_run(c, '#', string.hashes) < string.hashes)
		return true;
	c->pos += string.hashes;
	if (c->pos == c->end || *c->pos == '\n')
		return true;
	if (*c->pos != '(')
		return scan_character(c);
	if (!push(c, string))
		return false;
	c->pos++;
	*interpolated = true;
	return true;
}

/*
 * A piece of a string: from behind its quotes or an interpolation to its end or the next
 * interpolation. `start` is where the piece begins.
 */
static bool scan_string(struct cue *c, struct bracket string, const char *start)
{
	size_t quotes = string.multiline ? 3 : 1;
	bool interpolated = false;

	while (!interpolated) {
		if (c->pos == c->end || (*c->pos == '\n' && !string.multiline))
			return wrong(c, start, "unterminated string: expected a closing quote");
		if (*c->pos == '\\') {
			if (!scan_backslash(c, string, &interpolated))
				return false;
		} else if (count_run(c, string.quote, quotes) == quotes) {
			c->pos += quotes;
			if (count_run(c, '#', string.hashes) == string.hashes) {
				c->pos += string.hashes;
				break;
			}
			c->pos -= quotes - 1;
		} else if (!scan_character(c)) {
			return false;
		}
	}
	copy(c, start, (size_t)(c->pos - start));
	return true;
}

/* A string, at its quote or at the hashes before that. */
static bool begin_string(struct cue *c, size_t hashes)
{
	const char *start = c->pos;
	struct bracket string = { .closer = ')', .hashes = hashes };

	c->pos += hashes;
	string.quote = *c->pos;
	if (count_run(c, string.quote, 3) < 3) {
		c->pos++;
		return scan_string(c, string, start);
	}
	c->pos += 3;
	string.multiline = true;
	c->pos += count_run(c, '\r', 1);
	if (count_run(c, '\n', 1) == 0)
		return wrong(c, c->pos, "expected a new line after three quotes");
	return scan_string(c, string, start);
}

static bool scan_close(struct cue *c)
{
	if (c->depth == 0 || c->brackets[c->depth - 1].closer != *c->pos)
		return wrong(c, c->pos, "unexpected closing bracket");

	struct bracket bracket = c->brackets[--c->depth];
	const char *start = c->pos++;

	if (bracket.quote)
		return scan_string(c, bracket, start);
	copy(c, start, 1);
	return true;
}

static bool scan_comment(struct cue *c)
{
	while (c->pos < c->end && *c->pos != '\n')
		if (!scan_character(c))
			return false;
	return true;
}

/* The token at c->pos, whatever it is. */
static bool scan_token(struct cue *c)
{
	static const char openers[] = "([{", closers[] = ")]}", blanks[] = " \t\r\n";
	size_t hashes = count_run(c, '#', rest_len(c));
	char first = *c->pos, quote = hashes < rest_len(c) ? c->pos[hashes] : '\0';
	const char *start = c->pos, *opener = first ? strchr(openers, first) : NULL;

	if (quote == '"' || quote == '\'')
		return begin_string(c, hashes);
	if (first == '/' && count_run(c, '/', 2) == 2)
		return scan_comment(c);
	if (first && strchr(blanks, first)) {
		c->newline |= first == '\n';
		c->space = true;
		c->pos++;
		return true;
	}
	if (first && strchr(closers, first))
		return scan_close(c);
	if (opener && !push(c, (struct bracket){ .closer = closers[opener - openers] }))
		return false;
	if (hashes > 0)
		c->pos += hashes;
	else if (!scan_character(c))
		return false;
	copy(c, start, (size_t)(c->pos - start));
	return true;
}

static bool scan(struct cue *c)
{
	if (rest_len(c) >= 3 && memcmp(c->pos, bom, 3) == 0)
		c->pos += 3;
	while (c->pos < c->end)
		if (!scan_token(c))
			return false;
	return c->depth == 0 || wrong(c, c->pos, "expected a closing bracket, found the end");
}

bool cue_check(const char *text, size_t len, struct json_error *e)
{
	struct cue c = { .text = text, .pos = text, .end = text + len };

	if (scan(&c))
		return true;
	json_error_at(e, text, c.pos, c.what);
	return false;
}

void cue_add_canonical(struct buf *b, const char *text, size_t len)
{
	struct cue c = { .text = text, .pos = text, .end = text + len, .out = b };

	/* If the text is no CUE, it is copied as it is from the error on. */
	if (!scan(&c))
		buf_addn(b, c.pos, (size_t)(c.end - c.pos));
}
