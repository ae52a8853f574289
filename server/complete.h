/*
 * complete.h - what a record leaves out and can be derived, and whether its references hold. Works
 * on a world, before any of it is stored.
 */
#ifndef COMPLETE_H
#define COMPLETE_H

#include "world.h"

/*
 * Give every stored field of every record its value, and report what is missing, what refers to
 * nothing, and what contradicts what it derives from. Broken records are marked.
 */
void world_complete(struct world *w);

#endif
