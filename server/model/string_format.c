/* SPDX-License-Identifier: MIT
 * string_format.c - the table of formats: lengths, and for some a check of the characters.
 */
#include "model/string_format.h"

#include "base/rfc3339.h"
#include "base/utf8.h"

#define LOWER      "abcdefghijklmnopqrstuvwxyz"
#define UPPER      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS     "0123456789"
#define IDENTIFIER LOWER UPPER DIGITS "-"

/* Visible ASCII: white space around a header's value is not part of it. */
static bool check_key(const char *text)
{
	while (*text > ' ' && *text < 0x7f)
		text++;
	return *text == '\0';
}

static bool check_slug(const char *text)
{
	return text[strlen(text) - 1] != '-';
}

/* Skip non-empty parts of these characters, with dots between them; NULL if a part is empty. */
static const char *skip_dotted(const char *text, const char *chars)
{
	for (;; text++) {
		size_t len = strspn(text, chars);

		if (len == 0)
			return NULL;
		text += len;
		if (*text != '.')
			return text;
	}
}

static bool check_semver(const char *text)
{
	text = skip_dotted(text + (*text == 'v'), DIGITS);
	if (text && *text == '-')
		text = skip_dotted(text + 1, IDENTIFIER);
	if (text && *text == '+')
		text = skip_dotted(text + 1, IDENTIFIER);
	return text && *text == '\0';
}

static bool check_filepath(const char *text)
{
	for (const char *dots = text; (dots = strstr(dots, "..")); dots += 2)
		if (dots > text && dots[-1] == '/' && (dots[2] == '/' || dots[2] == '\0'))
			return false;
	return text[0] == '/';
}

static bool check_pattern(const char *text)
{
	return (*text == '/' || *text == '*') && !strchr(text, '?');
}

static bool check_status(const char *text)
{
	return *text >= '1' && *text <= '5' &&
	       (streq(text + 1, "xx") || text[1 + strspn(text + 1, DIGITS)] == '\0');
}

static bool check_since(const char *text)
{
	enum { DIGITS_MAX = 18 };
	size_t digits = strspn(text, DIGITS);
	int64_t micros;

	return text[digits] ? rfc3339_parse(text, &micros) : digits <= DIGITS_MAX;
}

/* Lengths are in characters unless `bytes` is set; max 0: no limit. */
static const struct {
	unsigned min, max;
	bool bytes;
	bool (*check)(const char *);
	const char *expected;
	const char *pattern;      /* what is checked, as JSON Schema has it */
	const char *first, *rest; /* the characters, if all are of an alphabet */
} formats[STRFMT_COUNT] = {
	[STRFMT_ANY] = { 0, 0, false, NULL, "a text" },
	[STRFMT_ID] = { 1, 128, false, NULL, "1 to 128 of A-Z, a-z, 0-9, _ and -",
			"^[A-Za-z0-9_-]+$", IDENTIFIER "_", IDENTIFIER "_" },
	[STRFMT_NON_EMPTY] = { 1, 0, false, NULL, "a text that is not empty" },
	[STRFMT_KEY] = { 1, 256, true, check_key,
			 "1 to 256 visible ASCII characters without a space", "^[!-~]+$" },
	[STRFMT_NAME] = { 1, 48, false, NULL, "a text of 1 to 48 characters" },
	[STRFMT_PLAIN_NAME] = { 1, 48, true, NULL, "a text of 1 to 48 bytes besides HTML tags" },
	[STRFMT_SLUG] = { 1, 48, false, check_slug,
			  "1 to 48 of a-z, 0-9 and -, beginning and ending with a letter or a "
			  "digit",
			  "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", LOWER DIGITS, LOWER DIGITS "-" },
	[STRFMT_SEMVER] = { 1, 0, false, check_semver,
			    "a version such as v1.2.3, 1.2.3-rc.1 or v1.2.3+build.5",
			    "^v?[0-9]+(\\.[0-9]+)*(-[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*)?"
			    "(\\+[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*)?$" },
	[STRFMT_SLOT_KEY] = { 1, 128, true, NULL,
			      "1 to 128 of a-z, 0-9, _ and -, beginning with a letter or a digit",
			      "^[a-z0-9][a-z0-9_-]*$", LOWER DIGITS, LOWER DIGITS "_-" },
	[STRFMT_FILEPATH] = { 1, 128, true, check_filepath,
			      "an absolute path of 1 to 128 bytes without \"..\"",
			      "^/(?!(.*/)?\\.\\.(/|$))" },
	[STRFMT_DESCRIPTION] = { 0, 512, false, NULL, "a text of at most 512 characters" },
	[STRFMT_LINE] = { 1, 1024, true, NULL, "a text of 1 to 1024 bytes" },
	[STRFMT_PATTERN] = { 1, 1024, true, check_pattern,
			     "a path, without a query, such as /devices/*", "^[/*][^?]*$" },
	[STRFMT_STATUS] = { 3, 3, true, check_status,
			    "a status such as 404, or a class such as 4xx",
			    "^[1-5]([0-9][0-9]|xx)$" },
	[STRFMT_CODE] = { 1, 128, true, NULL, "1 to 128 of a-z, 0-9 and _, beginning with a letter",
			  "^[a-z][a-z0-9_]*$", LOWER, LOWER DIGITS "_" },
	[STRFMT_SINCE] = { 1, 64, true, check_since,
			   "an id such as 17, or a time such as 2024-01-01T00:00:00Z" },
};

bool string_format_fits(enum string_format format, const char *text)
{
	size_t len = formats[format].bytes ? strlen(text) : utf8_count(text);

	if (len < formats[format].min || (formats[format].max > 0 && len > formats[format].max))
		return false;
	if (formats[format].first &&
	    (!strchr(formats[format].first, *text) || text[strspn(text, formats[format].rest)]))
		return false;
	return !formats[format].check || formats[format].check(text);
}

/* The end of the HTML tag or comment that begins here; NULL if none does, or if it has no end. */
static const char *find_tag_end(const char *text)
{
	static const char comment[] = "<!--", comment_end[] = "-->";
	char quote = '\0', before = '\0';

	if (starts_with(text, comment)) {
		const char *end = strstr(text + strlen(comment), comment_end);

		return end ? end + strlen(comment_end) : NULL;
	}
	if (!text[1] || !strchr(LOWER UPPER "/!?", text[1]))
		return NULL;
	for (text += 2; *text; text++) {
		if (quote)
			quote = *text == quote ? '\0' : quote;
		else if (*text == '>')
			return text + 1;
		else if ((*text == '"' || *text == '\'') && before == '=')
			quote = *text;
		before = *text == ' ' ? before : *text;
	}
	return NULL;
}

static void strip_tags(char *text)
{
	char *at = text;

	while ((at = strchr(at, '<'))) {
		const char *end = find_tag_end(at);

		if (end) {
			memmove(at, end, strlen(end) + 1);
			at = text; /* the halves of another may have met */
		} else {
			at++;
		}
	}
}

const char *string_format_clean(struct arena *a, enum string_format format, const char *text)
{
	enum { TAGGED_MAX = 1024 }; /* stripping takes the square; longer texts do not fit */
	char *copy;

	if (format != STRFMT_PLAIN_NAME || !strchr(text, '<') || strlen(text) > TAGGED_MAX)
		return text;
	copy = arena_strdup(a, text);
	if (copy)
		strip_tags(copy);
	return copy;
}

const char *string_format_expected(enum string_format format)
{
	return formats[format].expected;
}

struct string_format_limits string_format_limits(enum string_format format)
{
	return (struct string_format_limits){ formats[format].min, formats[format].max,
					      formats[format].pattern };
}
