/*
 * recall.h - records and the rows that are stored already: what is said of a row again, and the
 * rows that records lean on. Works on a world; the rows come from its `known`.
 */
#ifndef RECALL_H
#define RECALL_H

#include "world.h"

/*
 * Is there a row of the record's id? Then the record is stored already: what is said of it is held
 * against the row, a problem for each difference, and what is not said is as the row has it.
 */
void recall(struct world *w, struct record *record);

/* The record of that id; where there is only a row, one of that, with all that its table and its
 * slots hold. NULL where there is neither. */
struct record *recall_find(struct world *w, enum resource_id resource, const char *id);
/* The same of what a field, which refers to a row, refers to. */
struct record *recall_ref(struct world *w, struct record *record, const char *field);

/* Is there a record or a row of that id? */
bool recall_has(struct world *w, enum resource_id resource, const char *id);

#endif
