/* SPDX-License-Identifier: MIT
 * progression.c - reads a progression.
 */
#include "model/progression.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/util.h"

const struct word progression_words[PROGRESS_COUNT + 1] = {
	[PROGRESS_IMMEDIATE] = { "immediate", ALWAYS, NULL },
	[PROGRESS_MANUAL] = { "manual", ALWAYS, NULL },
	[PROGRESS_TIME] = { "time", ALWAYS, NULL },
	[PROGRESS_POLLS] = { "polls", ALWAYS, NULL },
};

bool progression_read(const char *text, struct transitions *t)
{
	char *end;

	*t = (struct transitions){ .progression = PROGRESS_TIME };
	if (text[0] >= '0' && text[0] <= '9')
		return text[strspn(text, "0123456789.")] == '\0' &&
		       clock_read_seconds(strtod(text, &end), &t->micros) && *end == '\0';
	if (starts_with(text, "polls:")) {
		text += strlen("polls:");
		t->progression = PROGRESS_POLLS;
		t->polls = strtol(text, &end, 10);
		return text[0] >= '0' && text[0] <= '9' && !*end && t->polls >= 1 &&
		       t->polls <= POLLS_MAX;
	}
	t->progression = streq(text, progression_words[PROGRESS_MANUAL].text) ? PROGRESS_MANUAL
									      : PROGRESS_IMMEDIATE;
	return streq(text, progression_words[t->progression].text);
}
