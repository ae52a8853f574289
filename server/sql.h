/*
 * sql.h - the statements, composed once from the resource table. Pure text: names come from the
 * table only, values are always bound.
 */
#ifndef SQL_H
#define SQL_H

#include "arena.h"
#include "resource.h"
#include "store.h"

struct sql {
	/* Columns: the resource's selected fields, in the table's order. */
	struct query get[R_COUNT]; /* ?1: a key */
	/* The rows that a relation leads to. Columns: the near key, then as above. */
	struct query related[R_COUNT][FIELDS_MAX];      /* ?1: one near key */
	struct query related_many[R_COUNT][FIELDS_MAX]; /* ?1: near keys, a JSON array */
	/* ?1..: the stored fields in the table's order; of an owned resource the owner's key and,
	 * where it is one of several, the position first. */
	struct query insert[R_COUNT];
	struct query link[R_COUNT][FIELDS_MAX]; /* ?1 near key, ?2 position, ?3 far key */
};

/* The relation through which rows of a resource are owned, or NULL where they stand alone. */
const struct field *sql_owner(const struct resource *owned);

/* False when memory is short. The texts live in the arena. */
bool sql_compose(struct sql *sql, struct arena *a) MUST_CHECK;

#endif
