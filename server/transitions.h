/*
 * transitions.h - how the simulated devices progress. Pure.
 */
#ifndef TRANSITIONS_H
#define TRANSITIONS_H

#include <stdbool.h>
#include <stdint.h>

/* At once; only as they are told; a step after a time. */
enum progression { PROGRESS_IMMEDIATE, PROGRESS_MANUAL, PROGRESS_TIME, PROGRESS_COUNT };

struct transitions {
	enum progression progression;
	int64_t micros; /* a step takes; 0 unless PROGRESS_TIME */
};

/* The longest time that seconds can say, and a step take: a year. */
enum { SECONDS_MAX = 366 * 24 * 60 * 60 };

extern const char *const progression_names[PROGRESS_COUNT + 1];

/* Seconds, decimals allowed ("0.25"), into microseconds; false for anything but 0 to SECONDS_MAX.
 */
bool seconds_read(double seconds, int64_t *micros);
/* "immediate", "manual" or seconds; false for anything else. */
bool transitions_read(const char *text, struct transitions *t);

#endif
