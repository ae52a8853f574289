/*
 * forest.h - rows that refer to rows of their own table, their parents, and were stored before
 * those were: is each parent there, and no row its own ancestor? Knows the store. In as little
 * memory as two bits a row.
 *
 * The caller holds db_write throughout.
 */
#ifndef FOREST_H
#define FOREST_H

#include "resource.h"
#include "store.h"

struct forest {
	const struct resource *resource; /* one that has such a field */
	int64_t old;                     /* rows up to this one were there before */
	int64_t count;                   /* of those behind it, by their numbers */
	bool missing;                    /* a parent is */
	bool circular;                   /* there are circles */
	unsigned char *seen, *circle;    /* a bit a row; owned */
};

/* Begin, before rows are stored. False when the database fails. */
bool forest_begin(struct forest *f, struct db *db, const struct resource *r) MUST_CHECK;
/* Look at all rows that have been stored since. False when the database or memory fails. */
bool forest_check(struct forest *f, struct db *db) MUST_CHECK;
/* Is it the row of that id that stands for a circle? Each circle is told once. False when the
 * database fails. */
bool forest_circle(struct forest *f, struct db *db, const char *id, bool *circle) MUST_CHECK;
void forest_free(struct forest *f);

#endif
