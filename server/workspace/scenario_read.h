/* SPDX-License-Identifier: MIT
 * scenario_read.h - reading a scenario from the texts of its members.
 */
#ifndef WORKSPACE_SCENARIO_READ_H
#define WORKSPACE_SCENARIO_READ_H

#include "base/clock.h"
#include "fixture/problem.h"
#include "model/operation.h"
#include "model/progression.h"
#include "store/sql.h"
#include "workspace/scenario.h"

/* Of the workspace that it is read for, whose rows are loaded. */
struct scenario_target {
	struct clock *clock;             /* which is set, */
	struct transitions *transitions; /* and so are these */
	struct db *db;                   /* the rows that rules may name, */
	const struct sql *sql;
	const struct operation_table *operations; /* and operations */
};

/* Read what documents say, whose texts the scenario takes. *s is NULL if they say nothing. False,
 * with problems, if anything is wrong. */
bool scenario_read(const struct scenario_target *target, struct scenario_text *text,
		   struct problems *problems, struct scenario **s) MUST_CHECK;

#endif
