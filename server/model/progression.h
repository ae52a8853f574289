/* SPDX-License-Identifier: MIT
 * progression.h - how simulated devices take their steps. Pure.
 */
#ifndef MODEL_PROGRESSION_H
#define MODEL_PROGRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/resource.h"

/* At once; only when told to; each step after a time; each step when the deployment has been read
 * so many times. */
enum progression {
	PROGRESS_IMMEDIATE,
	PROGRESS_MANUAL,
	PROGRESS_TIME,
	PROGRESS_POLLS,
	PROGRESS_COUNT
};
enum { POLLS_MAX = 1000000 };

struct transitions {
	enum progression progression;
	int64_t micros; /* the time a step takes; 0 unless PROGRESS_TIME */
	int64_t
	    polls; /* the times that a deployment is read before a step; 0 unless PROGRESS_POLLS */
	int64_t set_at; /* no step is due before */
};

/* Their names, by number; ends with a row without text. */
extern const struct word progression_words[PROGRESS_COUNT + 1];

/* Does time alone bring a step? */
static inline bool progression_is_timed(enum progression p)
{
	return p == PROGRESS_IMMEDIATE || p == PROGRESS_TIME;
}

/* Read "immediate", "manual", "polls:N" or a number of seconds; false for anything else. */
bool progression_read(const char *text, struct transitions *t);

#endif
