/*
 * sql.h - the statements, composed once from the resource table. Pure text: names come from the
 * table only, values are always bound.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/list_query.h"
#include "model/resource.h"
#include "store/store.h"

struct sql {
	/* Columns: the resource's selected fields, in the table's order. */
	struct query get[R_COUNT];      /* ?1: a key */
	struct query get_many[R_COUNT]; /* ?1: keys, a JSON array */
	struct query has[R_COUNT];      /* ?1: a key; a row, where there is one */
	/* Where a relation leads that does not go through a column of the near row, which says it.
	 * ?1: near keys, a JSON array. Columns: a near key, and the far one where a link table has
	 * that, or else the columns of a row as above. */
	struct query related[R_COUNT][FIELDS_MAX];
	/* ?1..: the stored fields in the table's order; of an owned resource the owner's key and,
	 * where it is one of several, the position first. */
	struct query insert[R_COUNT];
	struct query link[R_COUNT][FIELDS_MAX]; /* ?1 near key, ?2 position, ?3 far key */
};

/* The relation through which rows of a resource are owned, or NULL where they stand alone. */
const struct field *sql_owner(const struct resource *owned);

/* False when memory is short. The texts live in the arena. */
bool sql_compose(struct sql *sql, struct arena *a) MUST_CHECK;

/* The ids of rows that have certain values: ?1 and ?2 are those of the rule's fields, in its order.
 */
void sql_taken(struct buf *out, const struct resource *r, const struct unique *u);

/* "SELECT columns FROM table AS t", the columns as in `get`. */
void sql_select(struct buf *out, const struct resource *r);
/* Which column, from 0, is a field's that has one. */
int sql_column(const struct resource *r, const struct field *f);
/*
 * The rows that a listing asks for. ?1 to ?nfilters are the filters' values: one alone as it is,
 * several as a JSON array; then the number of rows, and how many to pass over before them. The rows
 * are found by the index of the filter `lead`, or where that is nfilters by that of the order. Are
 * the leading filter's values several, but few (sql_merges), then they come once more, one by one.
 */
void sql_list(struct buf *out, const struct resource *r, const struct list_query *l, size_t lead);
/* Is a list the lists of each of the filter's values, merged? */
bool sql_merges(const struct list_query *l, size_t lead);
/* How many rows its filters leave; the same values, from ?1 to ?nfilters. */
void sql_count(struct buf *out, const struct resource *r, const struct list_query *l, size_t lead);
/* How many rows one of its filters leaves, but at most ?1; ?2 is its value, as above. */
void sql_probe(struct buf *out, const struct resource *r, const struct list_query *l, size_t i);

#endif
