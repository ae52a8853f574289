/* SPDX-License-Identifier: MIT
 * step.h - what is kept of the step that a deployment waits for: how often the deployment has been
 * read since, and what a behavior does to it. Kept as a text of JSON, so that snapshots and exports
 * have it. Knows nothing of the database.
 */
#ifndef MODEL_STEP_H
#define MODEL_STEP_H

#include "base/arena.h"
#include "model/word.h"

struct step_state {
	int64_t reads;           /* since the deployment waits */
	bool looked;             /* the behaviors have been looked at */
	bool recovering;         /* it is retrying, and recovers when the step is due */
	enum error_status error; /* what the device reports in place of the step; 0: nothing */
	int64_t seconds;         /* microseconds that it takes; 0: as the progression says */
	int64_t recover_after;   /* microseconds until it recovers; -1: it does not */
	int64_t offline_for;     /* microseconds that the device is offline before; 0: it is not */
};

/* A step of which nothing is known yet. */
#define STEP_NEW ((struct step_state){ .recover_after = -1 })

/* Read the text; NULL is a new step. False if it is none, or, with *failed set, when memory is
 * short. */
bool step_read(const char *text, struct step_state *s, bool *failed) MUST_CHECK;
/* Write the text; NULL when memory is short. */
const char *step_text(struct arena *a, const struct step_state *s) MUST_CHECK;

#endif
