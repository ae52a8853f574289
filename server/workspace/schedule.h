/*
 * schedule.h - when simulated devices do their steps. Reads what waits; does nothing about it.
 */
#ifndef WORKSPACE_SCHEDULE_H
#define WORKSPACE_SCHEDULE_H

#include "model/progression.h"
#include "store/store.h"

/*
 * When a step is due that waits since a time in the stored form: in microseconds, and not before
 * the progression was set that makes it so. INT64_MAX where the time is malformed.
 */
int64_t schedule_due(const struct transitions *t, const char *since);
/* When the next step of all is due; INT64_MAX where none will be. False when the database fails. */
bool schedule_next(const struct transitions *t, struct db *db, int64_t *due) MUST_CHECK;

#endif
