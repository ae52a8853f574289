/* SPDX-License-Identifier: MIT
 * rfc3339.c - the Gregorian calendar by counting days. It does without the C library's calendar,
 * which takes a lock, and depends on locales and time zones.
 */
#include "base/rfc3339.h"

#include <string.h>

static const int64_t second = 1000000;
static const int64_t day = 86400 * second;

/*
 * Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that
 * the leap day is the last of its year, and grouped by the 400 years in which the calendar repeats.
 */
static int64_t days_from_civil(int64_t year, int month, int mday)
{
	if (month <= 2)
		year--;

	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + mday - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *mday)
{
	days += 719468;

	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t shifted = (5 * day_of_year + 2) / 153;

	*mday = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
	*year = year_of_era + era * 400 + (*month <= 2);
}

/* Write `width` digits of a value. */
static void put_digits(char *out, int64_t value, int width)
{
	while (width-- > 0) {
		out[width] = (char)('0' + value % 10);
		value /= 10;
	}
}

void rfc3339_format(int64_t micros, char out[TIME_LEN + 1])
{
	int64_t days = micros / day, rest = micros % day, year;
	int month, mday;

	if (rest < 0) {
		rest += day;
		days--;
	}
	civil_from_days(days, &year, &month, &mday);
	for (int i = 0; i <= TIME_LEN; i++)
		out[i] = "0000-00-00T00:00:00.000000Z"[i];
	put_digits(out, year, 4);
	put_digits(out + 5, month, 2);
	put_digits(out + 8, mday, 2);
	put_digits(out + 11, rest / second / 3600, 2);
	put_digits(out + 14, rest / second / 60 % 60, 2);
	put_digits(out + 17, rest / second % 60, 2);
	put_digits(out + 20, rest % second, 6);
}

void rfc3339_shortest(const char *stored, char out[TIME_LEN + 1])
{
	static const char whole[] = ".000000Z";

	memcpy(out, stored, TIME_LEN + 1);
	if (memcmp(stored + TIME_SHOWN, whole, sizeof whole) == 0)
		memcpy(out + TIME_SHOWN, "Z", 2);
}

/* Read exactly `width` digits at *pos, and move past them. -1 if there are fewer. */
static int get_digits(const char **pos, int width)
{
	int value = 0;

	for (; width > 0; width--, (*pos)++) {
		if (**pos < '0' || **pos > '9')
			return -1;
		value = value * 10 + (**pos - '0');
	}
	return value;
}

static bool eat(const char **pos, char c)
{
	if (**pos != c)
		return false;
	(*pos)++;
	return true;
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* "Z" or an offset such as +05:30, in minutes east. */
static bool parse_offset(const char **pos, int *minutes)
{
	int sign = **pos == '-' ? -1 : 1;

	*minutes = 0;
	if (eat(pos, 'Z') || eat(pos, 'z'))
		return true;
	if (!eat(pos, '+') && !eat(pos, '-'))
		return false;

	int hour = get_digits(pos, 2);
	int minute = eat(pos, ':') ? get_digits(pos, 2) : -1;

	*minutes = sign * (hour * 60 + minute);
	return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

bool rfc3339_parse(const char *text, int64_t *micros)
{
	const char *pos = text;
	int year = get_digits(&pos, 4), month = eat(&pos, '-') ? get_digits(&pos, 2) : -1;
	int mday = month >= 1 && month <= 12 && eat(&pos, '-') ? get_digits(&pos, 2) : -1;

	if (year < 0 || mday < 1 || mday > days_in(year, month) ||
	    (!eat(&pos, 'T') && !eat(&pos, 't')))
		return false;

	int hour = get_digits(&pos, 2), minute = eat(&pos, ':') ? get_digits(&pos, 2) : -1;
	int sec = eat(&pos, ':') ? get_digits(&pos, 2) : -1;
	int64_t fraction = 0;
	int offset;

	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || sec < 0 || sec > 60)
		return false;
	if (eat(&pos, '.')) {
		const char *start = pos;

		for (int64_t unit = second / 10; *pos >= '0' && *pos <= '9'; pos++, unit /= 10)
			fraction += (*pos - '0') * unit;
		if (pos == start)
			return false;
	}
	if (!parse_offset(&pos, &offset) || *pos)
		return false;

	/* A leap second is the first of the next minute, as in POSIX. */
	int64_t minutes = (days_from_civil(year, month, mday) * 24 + hour) * 60 + minute - offset;
	int64_t seconds = minutes * 60 + sec;

	*micros = seconds * second + fraction;
	return *micros >= TIME_MIN && *micros <= TIME_MAX;
}
