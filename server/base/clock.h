/* SPDX-License-Identifier: MIT
 * clock.h - a workspace's clock, which testers can stop and move, and the times of changes to the
 * database. Times are microseconds since 1970-01-01T00:00:00Z, as in rfc3339.h.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_RUNS INT64_MAX

/* How a clock is set, and its last stamp. */
struct clock_setting {
	int64_t frozen; /* the time at which it is stopped, or CLOCK_RUNS */
	/* While it runs: it showed `from` when the machine's time was `since`, and goes `rate`
	 * times as fast. */
	int64_t from, since, rate;
	int64_t tick; /* how far a request moves it while it is stopped */
	int64_t last; /* the last stamp */
};

struct clock {
	_Atomic int64_t frozen;
	_Atomic unsigned changes; /* odd while the next three are being set */
	_Atomic int64_t from, since, rate;
	_Atomic int64_t tick;
	int64_t last; /* guarded by the lock for changing the database */
};

/* The machine's time. If the machine's clock is set back, this one counts on. */
int64_t clock_real(void);
/*
 * The time by two readings, the first of a clock that can be set, the second of one that cannot.
 * *lead, at first INT64_MIN, is the largest difference so far: forward the result follows the
 * first, and never goes back.
 */
int64_t clock_count_on(_Atomic int64_t *lead, int64_t real, int64_t steady);
/* Microseconds since some moment, for differences: a clock that cannot be set. */
int64_t clock_monotonic(void);

/* How a clock begins: stopped, or running, at `rate` times the speed of the machine's. */
struct clock_options {
	int64_t frozen; /* the time at which it is stopped, or CLOCK_RUNS */
	int64_t rate;   /* 1 to RATE_MAX; 0: 1 */
	int64_t tick;   /* microseconds */
};
enum { RATE_MAX = 1000000 };

void clock_init(struct clock *c, const struct clock_options *options);
/* The clock's time. Another thread may set the clock meanwhile. */
int64_t clock_now(const struct clock *c);
bool clock_is_frozen(const struct clock *c);

/* A request has come: if the clock is stopped, move it by its tick. */
void clock_tick(struct clock *c);

/* These, and the functions that set the clock, are called with the lock for changing the database.
 */
struct clock_setting clock_setting(const struct clock *c);
void clock_restore(struct clock *c, struct clock_setting setting);

/* Stop at a time; each request moves it by `tick`. */
void clock_freeze(struct clock *c, int64_t time, int64_t tick);
/* Run from the machine's time on, `rate` times as fast. */
void clock_run(struct clock *c, int64_t rate);
/* Move the clock ahead, stopped or running. False if that is beyond TIME_MAX. */
bool clock_advance(struct clock *c, int64_t micros);

/*
 * The time of a change: the clock's time, or, if the clock has not moved on since the last change,
 * a microsecond after that, so that times show the order of changes.
 */
int64_t clock_stamp(struct clock *c);
/* The time of a change that happened at `time`, in the past. */
int64_t clock_stamp_at(struct clock *c, int64_t time);

/* The maximum of a duration in seconds: a year. */
enum { SECONDS_MAX = 366 * 24 * 60 * 60 };

/* Convert seconds, which may have decimals, to microseconds. False unless 0 to SECONDS_MAX. */
bool clock_read_seconds(double seconds, int64_t *micros);
/* Write microseconds as seconds, such as "1.5". Returns `text`. */
enum { CLOCK_SECONDS_LEN = 40 };
const char *clock_seconds_text(int64_t micros, char text[CLOCK_SECONDS_LEN]);

#endif
