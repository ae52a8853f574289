/* SPDX-License-Identifier: MIT
 * strike.h - what fails, and when: the n-th allocation, or the n-th call of a database's file, once
 * or from there on. alloc.c and disk.c ask at each; torture.c decides.
 *
 * Only the thread that armed it is struck, so that the log's thread does not count.
 */
#ifndef STRIKE_H
#define STRIKE_H

#include <stdbool.h>

enum strike {
	STRIKE_MEMORY, /* an allocation, of whatever library */
	STRIKE_ERROR,  /* any call of the file: an I/O error */
	STRIKE_FULL,   /* one that makes it grow: no space is left */
	STRIKE_BUSY,   /* one that locks: somebody else has it */
	STRIKE_NOMEM,  /* any call: no memory */
	STRIKE_SHORT,  /* one that reads: half of it comes */
	STRIKES
};

extern const char *const strike_names[STRIKES];

/* From now on the at-th (from 1) fails, and with `lasting` every one after it. */
void strike_arm(enum strike what, long at, bool lasting);
/* No more. How many have failed? */
long strike_disarm(void);
/* Does this one fail? For alloc.c and disk.c. */
bool strikes(enum strike what);

/* How many allocations live. */
long alloc_live(void);
/* Is there a sanitizer in this build? */
bool alloc_sanitized(void);

/* Put the files of databases, in memory and on disk, under strikes; again after each shutdown of
 * the library. */
bool disk_begin(void);

#endif
