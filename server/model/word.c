/* SPDX-License-Identifier: MIT
 * word.c - the tables of words, and look-ups in them.
 */
#include "model/word.h"

/* clang-format off */
#define WORD(symbol, ...) { __VA_ARGS__ },
#define LAST { .text = NULL }

const struct word device_status_words[] = { DEVICE_STATUSES(WORD) LAST };
const struct word target_status_words[] = { TARGET_STATUSES(WORD) LAST };
const struct word activity_status_words[] = { ACTIVITY_STATUSES(WORD) LAST };
const struct word error_status_words[] = { ERROR_STATUSES(WORD) LAST };

/* What lifecycle_status() returns. */
const struct word deployment_status_words[] = { ACTIVITY_STATUSES(WORD) FAILING_STATUSES(WORD) LAST };
/* clang-format on */

/* Older versions see formats and languages unchanged, though their enumeration may lack them. */
const struct word instance_format_words[] = {
	{ "json", ALWAYS, NULL },
	{ "yaml", SINCE(V_RAINIER), "yaml" },
	{ "jsonc", SINCE(V_RAINIER), "jsonc" },
	{ "xml", SINCE(V_EVERGLADES), "xml" },
	{ "text", SINCE(V_EVERGLADES), "text" },
	LAST,
};

const struct word schema_language_words[] = {
	{ "jsonschema", ALWAYS, NULL },
	{ "cue", ALWAYS, NULL },
	{ "opaque", SINCE(V_EVERGLADES), "opaque" },
	LAST,
};

const struct word schema_format_words[] = {
	{ "json", ALWAYS, NULL },
	{ "yaml", ALWAYS, NULL },
	{ "cue", ALWAYS, NULL },
	LAST,
};

const struct word repository_type_words[] = {
	{ "github", ALWAYS, NULL },
	{ "gitlab", ALWAYS, NULL },
	{ "bitbucket", ALWAYS, NULL },
	LAST,
};

const struct word *word_find(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (streq(words->text, text))
			return words;
	return NULL;
}

const char *word_in(const struct word *words, const char *text, enum version v)
{
	const struct word *w = word_find(words, text);

	return w && !span_has(w->on, v) && w->older ? w->older : text;
}

unsigned word_number(const struct word *words, const char *text)
{
	const struct word *w = text ? word_find(words, text) : NULL;

	return w ? (unsigned)(w - words) + 1 : 0;
}
