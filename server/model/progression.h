/*
 * progression.h - how the simulated devices progress. Pure.
 */
#ifndef MODEL_PROGRESSION_H
#define MODEL_PROGRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/resource.h"

/* At once; only as they are told; a step after a time. */
enum progression { PROGRESS_IMMEDIATE, PROGRESS_MANUAL, PROGRESS_TIME, PROGRESS_COUNT };

struct transitions {
	enum progression progression;
	int64_t micros; /* a step takes; 0 unless PROGRESS_TIME */
	int64_t set_at; /* nothing is due before */
};

/* Their names, in this order; ends with a row without text. */
extern const struct word progression_words[PROGRESS_COUNT + 1];

/* "immediate", "manual" or seconds; false for anything else. */
bool progression_read(const char *text, struct transitions *t);

#endif
