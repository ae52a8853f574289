/* SPDX-License-Identifier: MIT
 * word.h - the words of enumerations, and the versions that have them (behaviour: sections 8 and
 * 14). Pure. If the program acts on the words, their C enum is made from the same rows.
 */
#ifndef MODEL_WORD_H
#define MODEL_WORD_H

#include "base/util.h"
#include "model/version.h"

/* A word of an enumeration. Versions before `on` see `older` in its place. */
struct word {
	const char *text;
	struct span on;
	const char *older;
};

/* Rows of enumerations: symbol, word, versions, older word. */
#define DEVICE_STATUSES(X)                                                                         \
	X(DEVICE_INACTIVE, "inactive", ALWAYS, NULL)                                               \
	X(DEVICE_ACTIVATING, "activating", ALWAYS, NULL)                                           \
	X(DEVICE_ONLINE, "online", ALWAYS, NULL)                                                   \
	X(DEVICE_OFFLINE, "offline", ALWAYS, NULL)                                                 \
	X(DEVICE_ARCHIVED, "archived", SINCE(V_EVERGLADES), "inactive")

#define TARGET_STATUSES(X)                                                                         \
	X(TARGET_STAGED, "staged", ALWAYS, NULL)                                                   \
	X(TARGET_DEPLOYED, "deployed", ALWAYS, NULL)                                               \
	X(TARGET_ARCHIVED, "archived", ALWAYS, NULL)

#define ACTIVITY_STATUSES(X)                                                                       \
	X(ACTIVITY_DRIFTED, "drifted", ALWAYS, NULL)                                               \
	X(ACTIVITY_STAGED, "staged", ALWAYS, NULL)                                                 \
	X(ACTIVITY_QUEUED, "queued", ALWAYS, NULL)                                                 \
	X(ACTIVITY_DEPLOYED, "deployed", ALWAYS, NULL)                                             \
	X(ACTIVITY_REMOVING, "removing", SINCE(V_RAINIER), "deployed")                             \
	X(ACTIVITY_ARCHIVED, "archived", ALWAYS, NULL)

#define ERROR_STATUSES(X)                                                                          \
	X(ERROR_NONE, "none", ALWAYS, NULL)                                                        \
	FAILING_STATUSES(X)
#define FAILING_STATUSES(X)                                                                        \
	X(ERROR_FAILED, "failed", ALWAYS, NULL)                                                    \
	X(ERROR_RETRYING, "retrying", ALWAYS, NULL)

#define WORD_SYMBOL(symbol, ...) symbol,

/* Words are numbered from 1; 0 is no word. */
enum device_status { NO_DEVICE_STATUS, DEVICE_STATUSES(WORD_SYMBOL) };
enum target_status { NO_TARGET, TARGET_STATUSES(WORD_SYMBOL) };
enum activity_status { NO_ACTIVITY, ACTIVITY_STATUSES(WORD_SYMBOL) };
enum error_status { NO_ERROR_STATUS, ERROR_STATUSES(WORD_SYMBOL) };

/* Each ends with a row without text. */
extern const struct word device_status_words[], target_status_words[], activity_status_words[],
    error_status_words[], deployment_status_words[], instance_format_words[],
    schema_language_words[], schema_format_words[], repository_type_words[];

/* The word of that text; NULL if there is none. */
const struct word *word_find(const struct word *words, const char *text);
/* What a version sees of a stored word. */
const char *word_in(const struct word *words, const char *text, enum version v);
/* The number of a word, from 1; 0 for NULL and for any other text. */
unsigned word_number(const struct word *words, const char *text);
/* The word of that number; NULL for 0. */
static inline const char *word_text(const struct word *words, unsigned number)
{
	return number ? words[number - 1].text : NULL;
}

#endif
