/*
 * rfc3339.h - times: RFC 3339 outside, one sortable form inside (behaviour: section 9.2). Pure.
 *
 * Inside, a time is text, UTC, with six digits of fraction: "2024-01-01T00:00:00.000000Z".
 */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TIME_LEN = sizeof "2024-01-01T00:00:00.000000Z" - 1,
	TIME_SHOWN = sizeof "2024-01-01T00:00:00" - 1 /* what answers show of it, before a Z */
};

/* The times that there are, in microseconds since 1970-01-01T00:00:00Z: years 0001 to 9999. */
#define TIME_MIN INT64_C(-62135596800000000)
#define TIME_MAX INT64_C(253402300799999999)

/* Microseconds, from TIME_MIN to TIME_MAX, into the inside form. */
void rfc3339_format(int64_t micros, char out[TIME_LEN + 1]);
/* Of a time in the inside form, RFC 3339 with its fraction only where it has one. */
void rfc3339_shortest(const char *stored, char out[TIME_LEN + 1]);
/*
 * Any RFC 3339 time, with an offset and a fraction of any length (digits after the sixth are
 * dropped), into microseconds. False when it is none, or before TIME_MIN or after TIME_MAX.
 */
bool rfc3339_parse(const char *text, int64_t *micros);

#endif
