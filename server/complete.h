/*
 * complete.h - what a record leaves out and can be derived, and whether its references hold. Works
 * on a world, before any of it is stored.
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include "world.h"

/*
 * Give every stored field of every record its value, and report what is missing, what refers to
 * nothing, and what contradicts what it derives from, or the database. Broken records are marked,
 * and those that are stored already.
 */
void world_complete(struct world *w);

/* Of a world that is complete: has the record, first of all, values that the rule speaks of? */
bool record_holds(struct world *w, struct record *record, const struct unique *u);

#endif
