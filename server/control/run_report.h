/* SPDX-License-Identifier: MIT
 * run_report.h - what a run of tests has exercised of the API: as JSON, in a few lines, and whether
 * it is as it was expected.
 */
#ifndef CONTROL_RUN_REPORT_H
#define CONTROL_RUN_REPORT_H

#include "base/json_writer.h"
#include "model/operation.h"
#include "workspace/tally.h"

/* What a run must be like. */
enum {
	EXPECT_NO_UNMATCHED = 1, /* each request was one of an operation */
	EXPECT_NO_IGNORED = 2,   /* no operation has passed over anything */
	EXPECT_ALL_FAULTS = 4,   /* each fault rule has fired */
};

/* Write a tally as an object. Rules that are in force are not looked at: see tally_faults(). */
void run_report_write(struct writer *w, const struct operation_table *table, struct tally *t);
/* Sum it up in a few lines, each with "miru-mock: " in front. */
void run_report_sum_up(struct buf *b, const struct operation_table *table, struct tally *t);
/* Which of the expectations, a set of EXPECT_, do not hold: a set, too. Adds a line for each. */
unsigned run_report_unmet(struct buf *b, struct tally *t, unsigned expected);

#endif
