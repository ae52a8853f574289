/* SPDX-License-Identifier: MIT
 * decimal.c - compares digits where they stand, and divides with remainder digit by digit.
 */
#include "base/decimal.h"

#include <inttypes.h>

static const int64_t exponent_max = 100000000000000000;
static const uint64_t limb_base = 1000000000000000000;

enum {
	LIMB_DIGITS = 18,     /* ten times a limb, and a digit, fit in 64 bits */
	PLAIN_DIGITS = 15,    /* a canonical integer has no exponent up to this length */
	PLAIN_PLACE_MIN = -4, /* of the first digit; below it a canonical number has an exponent */
	BITS_PER_DIGIT = 4,   /* at least: a number of n digits is less than 2^(4n) */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The next digit at *pos, which moves behind it. */
static unsigned next_digit(const char **pos)
{
	while (!is_digit(**pos))
		++*pos;
	return (unsigned)(*(*pos)++ - '0');
}

static int64_t within_limits(int64_t exponent)
{
	return exponent > exponent_max    ? exponent_max
	       : exponent < -exponent_max ? -exponent_max
					  : exponent;
}

/* Read [eE][-+]?digits; 0 if there is nothing. */
static int64_t read_exponent(const char *pos)
{
	bool negative = *pos && pos[1] == '-';
	int64_t value = 0;

	for (; *pos; pos++)
		if (is_digit(*pos) && value < exponent_max)
			value = value * 10 + (*pos - '0');
	return within_limits(negative ? -value : value);
}

struct decimal decimal_read(const char *text)
{
	struct decimal d = { .text = text, .negative = *text == '-' };
	size_t seen = 0;
	bool fraction = false;
	const char *pos;

	for (pos = text; *pos && *pos != 'e' && *pos != 'E'; pos++) {
		fraction |= *pos == '.';
		if (!is_digit(*pos))
			continue;
		if (!d.digits && *pos == '0') {
			d.exponent -= fraction;
			continue;
		}
		if (!d.digits)
			d.digits = pos;
		seen++;
		d.exponent += !fraction;
		if (*pos != '0')
			d.count = seen;
	}
	d.exponent = within_limits(d.exponent + read_exponent(pos));
	return d;
}

int decimal_sign(const struct decimal *d)
{
	return d->count == 0 ? 0 : d->negative ? -1 : 1;
}

/* Compare without the signs; both are not 0. */
static int compare_absolute(const struct decimal *a, const struct decimal *b)
{
	const char *x = a->digits, *y = b->digits;

	if (a->exponent != b->exponent)
		return a->exponent < b->exponent ? -1 : 1;
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = (int)next_digit(&x) - (int)next_digit(&y);

		if (order != 0)
			return order;
	}
	return (a->count > b->count) - (a->count < b->count);
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	int sign = decimal_sign(a), order = sign - decimal_sign(b);

	return order != 0 || sign == 0 ? order : sign * compare_absolute(a, b);
}

bool decimal_is_integer(const struct decimal *d)
{
	return d->count == 0 || d->exponent >= (int64_t)d->count;
}

/* ---- multiples ------------------------------------------------------------------------------- */

/* With both numbers as integers times a power of ten: the power of `d`, less that of `step`. */
static int64_t power_of_ten(const struct decimal *d, const struct decimal *step)
{
	return d->exponent - (int64_t)d->count - (step->exponent - (int64_t)step->count);
}

/* How many zeros to append to the digits of `d`. More of them than `step` has bits do not make it
 * divide what it does not divide yet: they bring only factors of 2 and 5. */
static size_t count_zeros(const struct decimal *d, const struct decimal *step)
{
	int64_t power = power_of_ten(d, step), most = (int64_t)step->count * BITS_PER_DIGIT;

	return (size_t)(power < most ? power : most);
}

/* For the digits of `step`, and one more. */
static size_t count_limbs(const struct decimal *step)
{
	return step->count / LIMB_DIGITS + 1;
}

/* Is it seen at once whether `d` is a multiple? Its last digit is not 0, so it is none of 10. */
static bool is_simple(const struct decimal *d, const struct decimal *step)
{
	return d->count == 0 || power_of_ten(d, step) < 0;
}

size_t decimal_multiple_cost(const struct decimal *d, const struct decimal *step)
{
	return is_simple(d, step)
		   ? 1
		   : (d->count + step->count + count_zeros(d, step)) * count_limbs(step);
}

/* Multiply by 10, and add a digit. The first limb is the lowest one. */
static void append_digit(uint64_t *limbs, size_t count, unsigned digit)
{
	uint64_t carry = digit;

	for (size_t i = 0; i < count; i++) {
		uint64_t value = limbs[i] * 10 + carry;

		carry = value / limb_base;
		limbs[i] = value % limb_base;
	}
}

static bool is_less(const uint64_t *a, const uint64_t *b, size_t count)
{
	while (count > 1 && a[count - 1] == b[count - 1])
		count--;
	return a[count - 1] < b[count - 1];
}

static void subtract(uint64_t *from, const uint64_t *limbs, size_t count)
{
	bool borrow = false;

	for (size_t i = 0; i < count; i++) {
		uint64_t less = limbs[i] + borrow;

		borrow = from[i] < less;
		from[i] = from[i] + (borrow ? limb_base : 0) - less;
	}
}

bool decimal_is_multiple(struct arena *a, const struct decimal *d, const struct decimal *step)
{
	if (is_simple(d, step))
		return d->count == 0;

	size_t limbs = count_limbs(step), digits = d->count + count_zeros(d, step);
	uint64_t *rest = arena_zalloc(a, limbs * sizeof *rest),
		 *divisor = arena_zalloc(a, limbs * sizeof *divisor);
	const char *pos = step->digits;

	if (!rest || !divisor)
		return false;
	for (size_t i = 0; i < step->count; i++)
		append_digit(divisor, limbs, next_digit(&pos));
	pos = d->digits;
	for (size_t i = 0; i < digits; i++) {
		append_digit(rest, limbs, i < d->count ? next_digit(&pos) : 0);
		while (!is_less(rest, divisor, limbs))
			subtract(rest, divisor, limbs);
	}
	for (size_t i = 0; i < limbs; i++)
		if (rest[i] != 0)
			return false;
	return true;
}

/* ---- canonical text -------------------------------------------------------------------------- */

/* Append `count` digits, of which those beyond the number's own are 0. */
static void add_digits(struct buf *b, const struct decimal *d, const char **pos, size_t first,
		       size_t count)
{
	char *out = buf_room(b, count);

	if (!out)
		return;
	for (size_t i = first; i < first + count; i++)
		*out++ = (char)('0' + (i < d->count ? next_digit(pos) : 0));
	buf_used(b, out);
}

void decimal_add_canonical(struct buf *b, const struct decimal *d)
{
	int64_t place = d->exponent - 1; /* of the first digit: 10^place */
	size_t precision = d->count > PLAIN_DIGITS ? d->count : PLAIN_DIGITS, whole = 1;
	bool plain = place >= PLAIN_PLACE_MIN && place < (int64_t)precision;
	const char *pos = d->digits;

	if (d->count == 0) {
		buf_addc(b, '0');
		return;
	}
	if (d->negative)
		buf_addc(b, '-');
	if (plain && place < 0) {
		buf_printf(b, "0.%.*s", (int)(-place - 1), "000");
		add_digits(b, d, &pos, 0, d->count);
		return;
	}
	if (plain)
		whole = (size_t)place + 1;
	add_digits(b, d, &pos, 0, whole);
	if (d->count > whole) {
		buf_addc(b, '.');
		add_digits(b, d, &pos, whole, d->count - whole);
	}
	if (!plain)
		buf_printf(b, "e%+03" PRId64, place);
}
