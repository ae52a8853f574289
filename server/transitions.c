/*
 * transitions.c - reading them.
 */
#include "transitions.h"

#include <stdlib.h>

#include "clock.h"
#include "util.h"

const char *const progression_names[PROGRESS_COUNT + 1] = {
	[PROGRESS_IMMEDIATE] = "immediate",
	[PROGRESS_MANUAL] = "manual",
	[PROGRESS_TIME] = "time",
};

bool transitions_read(const char *text, struct transitions *t)
{
	char *end;

	*t = (struct transitions){ .progression = PROGRESS_TIME, .set_at = INT64_MIN };
	if (text[0] >= '0' && text[0] <= '9')
		return text[strspn(text, "0123456789.")] == '\0' &&
		       seconds_read(strtod(text, &end), &t->micros) && *end == '\0';
	t->progression =
	    streq(text, progression_names[PROGRESS_MANUAL]) ? PROGRESS_MANUAL : PROGRESS_IMMEDIATE;
	return streq(text, progression_names[t->progression]);
}
