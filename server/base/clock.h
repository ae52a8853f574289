/*
 * clock.h - a workspace's clock, which testers can stop and move, and the times of changes. Times
 * are microseconds since 1970-01-01T00:00:00Z, as rfc3339.h has them.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_RUNS INT64_MAX

struct clock {
	_Atomic int64_t frozen; /* the time at which it stands, or CLOCK_RUNS */
	_Atomic int64_t offset; /* of the real time, while it runs */
	int64_t last;           /* the last stamp; whoever changes the database holds it */
};

/* The machine's time. */
int64_t clock_real(void);
/* Microseconds of which only differences say anything: nobody sets this one. */
int64_t clock_monotonic(void);

/* Stand at `frozen`, or run with the machine's. */
void clock_init(struct clock *c, int64_t frozen);
/* May be read while another thread sets it. */
int64_t clock_now(const struct clock *c);
bool clock_is_frozen(const struct clock *c);

/* How it is set, and what it has stamped: to be put back. */
struct clock_setting {
	int64_t frozen, offset, last;
};

/* Setting it, and these, are for one thread at a time: for whoever may change the database. */
struct clock_setting clock_setting(const struct clock *c);
void clock_restore(struct clock *c, struct clock_setting setting);

void clock_freeze(struct clock *c, int64_t time);
/* Run, with the machine's time. */
void clock_run(struct clock *c);
/* Stand, or run on, that many microseconds later; false where that is beyond TIME_MAX. */
bool clock_advance(struct clock *c, int64_t micros);

/*
 * The time of a change: what the clock says, but later than the change before where the clock has
 * not moved on, by a microsecond, so that times tell the order of changes. For whoever may change
 * the database.
 */
int64_t clock_stamp(struct clock *c);
/* The same of a change that happened at a time that has passed. */
int64_t clock_stamp_at(struct clock *c, int64_t time);

/* The longest time that seconds can say: a year. */
enum { SECONDS_MAX = 366 * 24 * 60 * 60 };

/* Seconds, decimals allowed (0.25), into microseconds; false for anything but 0 to SECONDS_MAX. */
bool clock_read_seconds(double seconds, int64_t *micros);

#endif
