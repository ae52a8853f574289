/* SPDX-License-Identifier: MIT
 * rfc3339.h - times: RFC 3339 outside, one sortable form inside (behaviour: section 9.2). Pure.
 *
 * The stored form is a text in UTC, with six digits of fraction: "2024-01-01T00:00:00.000000Z".
 */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TIME_LEN = sizeof "2024-01-01T00:00:00.000000Z" - 1,
	TIME_SHOWN = sizeof "2024-01-01T00:00:00" - 1 /* the part that answers show, before a Z */
};

/* The first and the last time, in microseconds since 1970-01-01T00:00:00Z: years 0001 to 9999. */
#define TIME_MIN INT64_C(-62135596800000000)
#define TIME_MAX INT64_C(253402300799999999)

/* Convert microseconds, from TIME_MIN to TIME_MAX, to the stored form. */
void rfc3339_format(int64_t micros, char out[TIME_LEN + 1]);
/* Convert the stored form to RFC 3339, without a fraction if it is zero. */
void rfc3339_shortest(const char *stored, char out[TIME_LEN + 1]);
/*
 * Convert an RFC 3339 time, with any offset and a fraction of any length (digits after the sixth
 * are dropped), to microseconds. False if it is none, or is before TIME_MIN or after TIME_MAX.
 */
bool rfc3339_parse(const char *text, int64_t *micros);

#endif
