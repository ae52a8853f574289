/* SPDX-License-Identifier: MIT
 * schedule.h - when the simulated devices do their next steps. Reads the deployments that wait, and
 * changes nothing.
 */
#ifndef WORKSPACE_SCHEDULE_H
#define WORKSPACE_SCHEDULE_H

#include "model/progression.h"
#include "store/store.h"

/*
 * When a step is due that waits since a time in the stored form; not before the progression was
 * set. INT64_MAX if the time is malformed.
 */
int64_t schedule_due(const struct transitions *t, const char *since);
/* When the first of all steps is due; INT64_MAX if none will be. False when the database fails. */
bool schedule_next(const struct transitions *t, struct db *db, int64_t *due) MUST_CHECK;

#endif
