/*
 * clock.h - times: RFC 3339 outside, one sortable form inside (behaviour: section 9.2). Pure but
 * for clock_now.
 *
 * Inside, a time is text, UTC, with six digits of fraction: "2024-01-01T00:00:00.000000Z".
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TIME_LEN = sizeof "2024-01-01T00:00:00.000000Z" - 1,
	TIME_SHOWN = sizeof "2024-01-01T00:00:00" - 1 /* what answers show of it, before a Z */
};

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_now(void);
/* Microseconds into the inside form; years 0001 to 9999. */
void time_format(int64_t micros, char out[TIME_LEN + 1]);
/*
 * Any RFC 3339 time, with an offset and a fraction of any length (digits after the sixth are
 * dropped), into microseconds. False when it is none, or outside the years 0001 to 9999 in UTC.
 */
bool time_parse(const char *text, int64_t *micros);

#endif
