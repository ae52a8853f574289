/* SPDX-License-Identifier: MIT
 * regex.c - PCRE2 with a bound on its time. The only file that knows PCRE2.
 *
 * PCRE2's match limit is for one start of a match, so each start is tried on its own, first with a
 * small limit and then with larger ones: the steps that are counted are within a factor of those
 * that were used. The limit counts the points to backtrack to. Each character that a match passes
 * leaves one, except in fixed repetitions, which the pattern's weight accounts for, and in
 * constructs that are rejected.
 */
#include "schema/regex.h"

#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"

enum {
	REPEAT_MAX = 1000,   /* Go's */
	GROUPS_MAX = 250,    /* PCRE2's */
	WEIGHT_MAX = 100000, /* characters that one pass over the pattern may compare */
	FIRST_LIMIT = 16,    /* points to backtrack to, in the first try at a start */
	LIMIT_FACTOR = 8,    /* times as many in the next try */
	HEAP_KIB = 16 * 1024,
	TRY_COST = 4, /* steps of each try */
	WEIGHT_PER_STEP = 16,
	CLASS_PER_WEIGHT = 8, /* bytes of a class: its ranges are compared one by one */
	CLASS_SLOW = 256,     /* bytes of a class that is slow even if a try only passes it */
	BYTES_PER_STEP = 64,  /* of the text, whose length is counted */
};

struct regex {
	pcre2_code *code;
	bool anchored; /* it can match at the beginning only */
	long long weight;
	long long slow; /* steps for a character that a slow class passes; 0: there is none */
};

struct regex_matcher {
	struct arena *arena;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

/* ---- which patterns -------------------------------------------------------------------------- */

struct pattern {
	const char *pos;
	const char *why;                  /* what is wrong, or NULL */
	long long weight[GROUPS_MAX + 1]; /* of the open groups */
	size_t depth;
	long long widest; /* class, in bytes */
	long long last;   /* weight of what a repetition would repeat */
};

static bool wrong(struct pattern *p, const char *why)
{
	p->why = why;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* An escape, at its backslash, with what it has in braces. */
static bool scan_escape(struct pattern *p)
{
	char c = p->pos[1];

	if (c && (is_letter(c) || is_digit(c)) && !strchr("AbBdDsSwWzafnrtvpPx0", c))
		return wrong(p, "unsupported escape");
	p->pos += c ? 2 : 1;
	if (*p->pos == '{' && (c == 'p' || c == 'P' || c == 'x'))
		p->pos += strcspn(p->pos, "}");
	return true;
}

/* A class, at its bracket. PCRE2 reports one without an end. */
static bool scan_class(struct pattern *p)
{
	p->pos++;
	p->pos += *p->pos == '^';
	p->pos += *p->pos == ']';
	while (*p->pos && *p->pos != ']') {
		const char *end =
		    p->pos[0] == '[' && p->pos[1] == ':' ? strstr(p->pos, ":]") : NULL;

		if (*p->pos == '\\') {
			if (!scan_escape(p))
				return false;
		} else {
			p->pos = end ? end + 2 : p->pos + 1;
		}
	}
	p->pos += *p->pos == ']';
	return true;
}

/* The beginning of a group, at its bracket. */
static bool scan_group(struct pattern *p)
{
	const char *pos = ++p->pos;

	if (*pos == '*')
		return wrong(p, "quantifier follows nothing");
	if (*pos == '?') {
		const char *flags = pos + 1 + strspn(pos + 1, "ims-");
		bool name = (pos[1] == 'P' && pos[2] == '<') ||
			    (pos[1] == '<' && pos[2] != '=' && pos[2] != '!');

		if (!name && *flags != ':' && (*flags != ')' || flags == pos + 1))
			return wrong(p, "unsupported kind of group");
		p->pos = name ? pos + 2 : flags;
	}
	if (p->depth == GROUPS_MAX)
		return wrong(p, "groups nested too deep (at most 250)");
	p->weight[++p->depth] = 0;
	return true;
}

/* Count an atom of that weight. */
static bool add_weight(struct pattern *p, long long weight)
{
	p->last = weight;
	p->weight[p->depth] += weight;
	return p->weight[p->depth] <= WEIGHT_MAX || wrong(p, "too large");
}

static bool add_class(struct pattern *p, long long len)
{
	if (len > p->widest)
		p->widest = len;
	return add_weight(p, 1 + len / CLASS_PER_WEIGHT);
}

/* Behind a quantifier: a + would make it possessive, and is rejected. */
static bool end_quantifier(struct pattern *p)
{
	if (*p->pos == '+')
		return wrong(p, "quantifier follows another");
	p->pos += *p->pos == '?';
	return true;
}

/* A brace: it begins a count, or is a character like any other. */
static bool scan_brace(struct pattern *p)
{
	char *end;
	unsigned long min, max;

	if (!is_digit(p->pos[1])) {
		p->pos++;
		return add_weight(p, 1);
	}
	min = max = strtoul(p->pos + 1, &end, 10);
	if (*end == ',' && is_digit(end[1]))
		max = strtoul(end + 1, &end, 10);
	else if (*end == ',')
		end++;
	if (*end != '}') {
		p->pos++;
		return add_weight(p, 1);
	}
	if (min > REPEAT_MAX || max > REPEAT_MAX)
		return wrong(p, "repetition must be at most 1000");
	p->pos = end + 1;
	if (min > 1 && !add_weight(p, p->last * ((long long)min - 1)))
		return false;
	return end_quantifier(p);
}

static bool scan_atom(struct pattern *p)
{
	const char *start = p->pos;

	switch (*p->pos) {
	case '\\':
		return scan_escape(p) && add_weight(p, 1);
	case '[':
		return scan_class(p) && add_class(p, p->pos - start);
	case '(':
		return scan_group(p);
	case '{':
		return scan_brace(p);
	case ')':
		p->pos++;
		if (p->depth == 0)
			return true;
		p->depth--;
		return add_weight(p, p->weight[p->depth + 1]);
	case '*':
	case '+':
	case '?':
		p->pos++;
		return end_quantifier(p);
	default:
		p->pos++;
		return add_weight(p, 1);
	}
}

/* ---- compiling and matching ------------------------------------------------------------------ */

size_t regex_size(const struct regex *re)
{
	size_t size = 0;

	pcre2_pattern_info(re->code, PCRE2_INFO_SIZE, &size);
	return size;
}

void regex_free(struct regex *re)
{
	if (re)
		pcre2_code_free(re->code);
}

struct regex_matcher *regex_matcher_new(struct arena *a)
{
	struct regex_matcher *m = arena_alloc(a, sizeof *m);

	if (!m)
		return NULL;
	m->arena = a;
	m->data = pcre2_match_data_create(1, NULL);
	m->limits = pcre2_match_context_create(NULL);
	if (!m->data || !m->limits) {
		regex_matcher_free(m);
		return arena_fail(a);
	}
	pcre2_set_heap_limit(m->limits, HEAP_KIB);
	return m;
}

void regex_matcher_free(struct regex_matcher *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->limits);
}

static const char *error_text(struct arena *a, int code)
{
	PCRE2_UCHAR text[160];

	if (pcre2_get_error_message(code, text, sizeof text) < 0)
		return "not a regular expression";
	return arena_strdup(a, (const char *)text);
}

/* Scan all of the pattern, and copy it. A brace that is a character like any other gets a
 * backslash: PCRE2 10.43 and later take more of them for counts. */
static void scan(struct pattern *p, char *copy)
{
	while (*p->pos) {
		const char *start = p->pos;

		if (!scan_atom(p))
			return;
		if (*start == '{' && p->pos == start + 1)
			*copy++ = '\\';
		memcpy(copy, start, (size_t)(p->pos - start));
		copy += p->pos - start;
	}
	*copy = '\0';
}

struct regex *regex_new(struct arena *a, const char *pattern, const char **why)
{
	enum {
		OPTIONS = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_POSSESS |
			  PCRE2_NO_START_OPTIMIZE | PCRE2_NO_UTF_CHECK | PCRE2_NO_AUTO_CAPTURE
	};
	struct pattern p = { .pos = pattern };
	char *copy = arena_alloc(a, 2 * strlen(pattern) + 1);
	int error = PCRE2_ERROR_NOMEMORY;
	PCRE2_SIZE place;
	uint32_t options = 0;

	*why = NULL;
	if (!copy)
		return NULL;
	scan(&p, copy);
	*why = p.why;
	if (p.why)
		return NULL;

	struct regex *re = arena_alloc(a, sizeof *re);

	if (!re)
		return NULL;
	re->weight = 1 + p.weight[0] / WEIGHT_PER_STEP;
	re->slow = p.widest / CLASS_SLOW;
	re->code =
	    pcre2_compile((PCRE2_SPTR)copy, PCRE2_ZERO_TERMINATED, OPTIONS, &error, &place, NULL);
	if (!re->code) {
		if (error != PCRE2_ERROR_NOMEMORY && error != PCRE2_ERROR_HEAP_FAILED)
			*why = error_text(a, error);
		return NULL;
	}
	pcre2_pattern_info(re->code, PCRE2_INFO_ALLOPTIONS, &options);
	re->anchored = options & PCRE2_ANCHORED;
	return re;
}

/* Try to match at one start: the result of pcre2_match(). */
static int match_at(const struct regex *re, struct regex_matcher *m, const char *text, size_t len,
		    size_t start, long long *steps)
{
	int rc;
	uint32_t limit = FIRST_LIMIT;

	*steps -= TRY_COST + re->weight;
	for (;; limit *= LIMIT_FACTOR) {
		if (*steps < 0)
			return PCRE2_ERROR_MATCHLIMIT;
		pcre2_set_match_limit(m->limits, limit);
		rc = pcre2_match(re->code, (PCRE2_SPTR)text, len, start,
				 PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK, m->data, m->limits);
		if (rc != PCRE2_ERROR_MATCHLIMIT)
			return rc;
		/* It may have passed all of the text before it went back. */
		*steps -= limit * re->weight + (long long)(len - start) * re->slow;
	}
}

bool regex_match(const struct regex *re, struct regex_matcher *m, const char *text,
		 long long *steps)
{
	size_t len = strlen(text), start = 0;

	*steps -= (long long)(len / BYTES_PER_STEP);
	for (;;) {
		int rc = match_at(re, m, text, len, start, steps);

		if (rc >= 0)
			return true;
		if (rc == PCRE2_ERROR_NOMEMORY)
			return arena_fail(m->arena);
		if (rc != PCRE2_ERROR_NOMATCH)
			*steps = -1;
		if (rc != PCRE2_ERROR_NOMATCH || re->anchored || start == len)
			return false;
		start += utf8_sequence(text + start, len - start);
	}
}
