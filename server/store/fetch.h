/*
 * fetch.h - reading rows with what is expanded in them: one statement for the row, then one or two
 * for each relation, whatever the number of rows. Knows the resource table and the store, nothing
 * of HTTP.
 */
#ifndef STORE_FETCH_H
#define STORE_FETCH_H

#include "model/expansion.h"
#include "model/list_query.h"
#include "store/row.h"
#include "store/sql.h"

/* The caller holds db_read or db_write around every use. */
struct fetch {
	struct db *db;
	const struct sql *sql;
	struct arena *arena; /* where the rows go */
	enum version version;
};

/*
 * Read the row with that key, the relations of `tree`, and the relations that the version always
 * shows. Sets *row, to NULL where there is no such row. False when the database or memory fails.
 */
bool fetch_row(const struct fetch *fetch, enum resource_id resource, const char *key,
	       const struct expansion *tree, struct row **row) MUST_CHECK;

/*
 * Read the rows of a statement whose columns are a resource's (sql_select), which is ready to be
 * stepped, at most *n of them, and the same relations. Sets *rows, and *n to their number.
 */
bool fetch_rows(const struct fetch *fetch, struct stmt *s, enum resource_id resource,
		const struct expansion *tree, struct rows *rows, size_t *n) MUST_CHECK;

/* How many rows a resource has. */
bool fetch_count(struct db *db, const struct resource *r, int64_t *count) MUST_CHECK;

#endif
