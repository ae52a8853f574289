/*
 * cue.c - a scanner of CUE that knows strings and brackets. One stack holds the open brackets and,
 * below the bracket of an interpolation, the string to go back to. With somewhere to write to it
 * copies what means something.
 */
#include "schema/cue.h"

#include "base/utf8.h"

static const char bom[] = "\xef\xbb\xbf";

struct open {
	char bracket;   /* that closes it */
	char quote;     /* an interpolation: of its string; else 0 */
	bool multiline; /* its string is within three quotes */
	size_t hashes;  /* around its string, and before its brackets */
};

struct cue {
	const char *text, *at, *end;
	const char *what; /* set once, at the first error, with `at` left there */
	struct open open[CUE_DEPTH];
	size_t depth;
	struct buf *out; /* may be NULL */
	char last;       /* written; 0 at the start */
	bool space, newline;
};

static bool wrong(struct cue *c, const char *at, const char *what)
{
	c->at = at;
	c->what = what;
	return false;
}

static size_t left(const struct cue *c)
{
	return (size_t)(c->end - c->at);
}

/* How many of `ch` there are at c->at, but no more than `max`. */
static size_t run_of(const struct cue *c, char ch, size_t max)
{
	size_t n = 0;

	while (n < max && n < left(c) && c->at[n] == ch)
		n++;
	return n;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
	       (signed char)c < 0 || (c && strchr("_$#.\"'@", c));
}

/* Must what stood between these two stay apart? A dot, which a number may hold, touches nothing. */
static bool must_part(char a, char b)
{
	if (strchr("{}[](),:", a) || strchr("{}[](),:", b))
		return false;
	return a == '.' || b == '.' || is_word(a) == is_word(b);
}

/* Does a newline between these two mean a comma, and one that CUE does not do without? */
static bool may_separate(char a, char b)
{
	return a && (is_word(a) || strchr("}])?.", a)) && !strchr("}]),", b);
}

static void copy(struct cue *c, const char *from, size_t len)
{
	if (!c->out)
		return;
	if (c->newline && may_separate(c->last, *from))
		buf_addc(c->out, '\n');
	else if ((c->newline || c->space) && c->last && must_part(c->last, *from))
		buf_addc(c->out, ' ');
	buf_addn(c->out, from, len);
	c->last = from[len - 1];
	c->newline = c->space = false;
}

/* The character at c->at, in a string, a comment or between them: is it one that may be? */
static bool scan_character(struct cue *c)
{
	unsigned char first = (unsigned char)*c->at;
	size_t len = utf8_sequence(c->at, left(c));

	if (len == 0)
		return wrong(c, c->at, "not UTF-8");
	if ((first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7f)
		return wrong(c, c->at, "a control character");
	if (len == 3 && memcmp(c->at, bom, 3) == 0)
		return wrong(c, c->at, "a byte order mark that is not at the beginning");
	c->at += len;
	return true;
}

static bool push(struct cue *c, struct open open)
{
	if (c->depth == CUE_DEPTH)
		return wrong(c, c->at, "nested too deep");
	c->open[c->depth++] = open;
	return true;
}

/* A backslash at c->at, in a string: skip what it escapes; or begin an interpolation. */
static bool scan_backslash(struct cue *c, struct open string, bool *interpolated)
{
	c->at++;
	if (run_of(c, '#', string.hashes) < string.hashes)
		return true;
	c->at += string.hashes;
	if (c->at == c->end || *c->at == '\n')
		return true;
	if (*c->at != '(')
		return scan_character(c);
	if (!push(c, string))
		return false;
	c->at++;
	*interpolated = true;
	return true;
}

/*
 * A string from behind its quotes, or behind an interpolation, to its end or the next one; `from`
 * is where that piece begins.
 */
static bool scan_string(struct cue *c, struct open string, const char *from)
{
	size_t quotes = string.multiline ? 3 : 1;
	bool interpolated = false;

	while (!interpolated) {
		if (c->at == c->end || (*c->at == '\n' && !string.multiline))
			return wrong(c, from, "a string without its closing quote");
		if (*c->at == '\\') {
			if (!scan_backslash(c, string, &interpolated))
				return false;
		} else if (run_of(c, string.quote, quotes) == quotes) {
			c->at += quotes;
			if (run_of(c, '#', string.hashes) == string.hashes) {
				c->at += string.hashes;
				break;
			}
			c->at -= quotes - 1;
		} else if (!scan_character(c)) {
			return false;
		}
	}
	copy(c, from, (size_t)(c->at - from));
	return true;
}

/* At a quote, or at hashes before one. */
static bool begin_string(struct cue *c, size_t hashes)
{
	const char *from = c->at;
	struct open string = { .bracket = ')', .hashes = hashes };

	c->at += hashes;
	string.quote = *c->at;
	if (run_of(c, string.quote, 3) < 3) {
		c->at++;
		return scan_string(c, string, from);
	}
	c->at += 3;
	string.multiline = true;
	c->at += run_of(c, '\r', 1);
	if (run_of(c, '\n', 1) == 0)
		return wrong(c, c->at, "expected a new line after three quotes");
	return scan_string(c, string, from);
}

static bool scan_close(struct cue *c)
{
	if (c->depth == 0 || c->open[c->depth - 1].bracket != *c->at)
		return wrong(c, c->at, "a closing bracket that closes nothing");

	struct open open = c->open[--c->depth];
	const char *from = c->at++;

	if (open.quote)
		return scan_string(c, open, from);
	copy(c, from, 1);
	return true;
}

static bool scan_comment(struct cue *c)
{
	while (c->at < c->end && *c->at != '\n')
		if (!scan_character(c))
			return false;
	return true;
}

/* Whatever begins at c->at. */
static bool scan_token(struct cue *c)
{
	static const char openers[] = "([{", closers[] = ")]}", blanks[] = " \t\r\n";
	size_t hashes = run_of(c, '#', left(c));
	char first = *c->at, quote = hashes < left(c) ? c->at[hashes] : '\0';
	const char *from = c->at, *opener = first ? strchr(openers, first) : NULL;

	if (quote == '"' || quote == '\'')
		return begin_string(c, hashes);
	if (first == '/' && run_of(c, '/', 2) == 2)
		return scan_comment(c);
	if (first && strchr(blanks, first)) {
		c->newline |= first == '\n';
		c->space = true;
		c->at++;
		return true;
	}
	if (first && strchr(closers, first))
		return scan_close(c);
	if (opener && !push(c, (struct open){ .bracket = closers[opener - openers] }))
		return false;
	if (hashes > 0)
		c->at += hashes;
	else if (!scan_character(c))
		return false;
	copy(c, from, (size_t)(c->at - from));
	return true;
}

static bool scan(struct cue *c)
{
	if (left(c) >= 3 && memcmp(c->at, bom, 3) == 0)
		c->at += 3;
	while (c->at < c->end)
		if (!scan_token(c))
			return false;
	return c->depth == 0 || wrong(c, c->at, "a bracket that is never closed");
}

bool cue_check(const char *text, size_t len, struct json_error *e)
{
	struct cue c = { .text = text, .at = text, .end = text + len };

	if (scan(&c))
		return true;
	json_error_at(e, text, c.at, c.what);
	return false;
}

void cue_add_canonical(struct buf *b, const char *text, size_t len)
{
	struct cue c = { .text = text, .at = text, .end = text + len, .out = b };

	/* What is no CUE is not rewritten from where that shows. */
	if (!scan(&c))
		buf_addn(b, c.at, (size_t)(c.end - c.at));
}
