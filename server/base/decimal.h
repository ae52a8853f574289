/* SPDX-License-Identifier: MIT
 * decimal.h - decimal numbers of any length, exactly, in the text that they were written in. Pure.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/arena.h"
#include "base/buf.h"

struct decimal {
	const char *text;   /* as it was written; borrowed */
	const char *digits; /* in it, the first digit that is not 0 */
	size_t count;       /* of digits, up to the last one that is not 0; 0: the number is 0 */
	int64_t exponent;   /* the absolute value is 0.DIGITS * 10^exponent */
	bool negative;
};

/*
 * Read a number of JSON or YAML: [-+]? digits, with a point, and an exponent. What else there is,
 * such as _ between digits, is passed over each time that the number is used, so there should not
 * be much of it. The text, which is not checked, must outlive the result. An exponent beyond 10^17
 * counts as 10^17.
 */
struct decimal decimal_read(const char *text);
/* Less than, equal to, or greater than 0, as `a` is to `b`. Takes as long as the shorter one. */
int decimal_compare(const struct decimal *a, const struct decimal *b);
/* Less than, equal to, or greater than 0, as the number is. */
int decimal_sign(const struct decimal *d);
bool decimal_is_integer(const struct decimal *d);
/* Is a number a multiple of `step`, which is greater than 0? False also if the arena fails. */
bool decimal_is_multiple(struct arena *a, const struct decimal *d, const struct decimal *step);
/* About the time that takes: in operations of some nanoseconds. */
size_t decimal_multiple_cost(const struct decimal *d, const struct decimal *step);
/*
 * Append JSON that is the same for equal numbers: as printf's %.*g writes it with all its digits,
 * and a precision of at least 15.
 */
void decimal_add_canonical(struct buf *b, const struct decimal *d);

#endif
