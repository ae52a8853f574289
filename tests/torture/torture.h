/* SPDX-License-Identifier: MIT
 * torture.h - the loop: for n = 1, 2, ... the n-th thing fails, until none does; each time no
 * crash, no leak, the right answer or a 500, a state that is whole, and the next request is right.
 *
 * Each program that uses it says what is to fail and how densely that is tried. Its arguments pick
 * what to run: EXCHANGE STRIKE WHERE once|lasting N, each optional, and "all" in place of one.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stddef.h>

#include "strike.h"

enum where {
	IN_MEMORY, /* the common workspace, */
	IN_FILE,   /* and where its database is in a file; */
	IN_OWN,    /* a key's own, new at each, so that nothing is prepared yet */
	AT_START,  /* no exchange, but the start of a server */
};

/* How far apart the n are that are tried, beyond the first ones; 0: not at all. */
struct pace {
	enum strike what;
	enum where where;
	int once, lasting;
};

/* Returns the exit status. */
int torture_main(int argc, char **argv, const struct pace *paces, size_t n);

#endif
