/* SPDX-License-Identifier: MIT
 * sql.h - composes the statements from the resource table. Pure text: names come from the table
 * only, values are always bound.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include "base/arena.h"
#include "base/buf.h"
#include "model/list_query.h"
#include "model/resource.h"
#include "store/store.h"

struct sql {
	/* Columns: the selected fields, in the table's order. */
	struct query get[R_COUNT];      /* ?1: a key */
	struct query get_many[R_COUNT]; /* ?1: keys, a JSON array */
	struct query has[R_COUNT];      /* ?1: a key; a row if there is one */
	/* Of a relation that does not go through a column of the near row. ?1: near keys, a JSON
	 * array. Columns: the near key, then the far key in a link table, or else the columns of
	 * the far row, as above. */
	struct query related[R_COUNT][FIELDS_MAX];
	/* Of an owned resource, the owner's key, and the position if there are several; then the
	 * stored fields, in the table's order. */
	struct query insert[R_COUNT];
	struct query link[R_COUNT][FIELDS_MAX]; /* ?1: near key, ?2: position, ?3: far key */
};

/* The relation through which rows of a resource are owned; NULL if they are not. */
const struct field *sql_owner(const struct resource *owned);

/* Compose all of these, in the arena. False when memory is short. */
bool sql_compose(struct sql *sql, struct arena *a) MUST_CHECK;

/* The ids of the rows that have values, ?1 and ?2, in the fields of a rule. */
void sql_taken(struct buf *out, const struct resource *r, const struct unique *u);

/* "SELECT columns FROM table AS t", with the columns of `get`. */
void sql_select(struct buf *out, const struct resource *r);
/* The column, from 0, of a selected field. */
int sql_column(const struct resource *r, const struct field *f);
/*
 * A page of a list. ?1 to ?nfilters are the values of the filters: one as it is, several as a JSON
 * array; then the number of rows, and of rows to skip before them. The rows are found by the index
 * of the filter `lead`; if that is nfilters, by the order's index. If the leading filter has 2 to
 * FILTER_FEW values (see sql_merges()), each is bound a second time, on its own.
 */
void sql_list(struct buf *out, const struct resource *r, const struct list_query *l, size_t lead);
/* Are the rows of each of the leading filter's values listed, and merged? */
bool sql_merges(const struct list_query *l, size_t lead);
/* The number of rows that pass the filters; ?1 to ?nfilters as in sql_list(). */
void sql_count(struct buf *out, const struct resource *r, const struct list_query *l, size_t lead);
/* The number of rows that pass one filter, at most ?1; ?2 is its value, as in sql_list(). */
void sql_probe(struct buf *out, const struct resource *r, const struct list_query *l, size_t i);

#endif
