/* SPDX-License-Identifier: MIT
 * fetch.h - reads rows and their expansions: one statement for the rows, then one or two for each
 * relation, whatever the number of rows. Knows the resource table and the store; nothing of HTTP.
 */
#ifndef STORE_FETCH_H
#define STORE_FETCH_H

#include "model/expansion.h"
#include "model/list_query.h"
#include "store/row.h"
#include "store/sql.h"

/* For use within db_read() or db_write(). */
struct fetch {
	struct db *db;
	const struct sql *sql;
	struct arena *arena; /* of the rows */
	enum version version;
};

/*
 * Read the row with that key, the relations of `tree`, and those that the version always shows.
 * *row is NULL if there is no such row. False when the database or memory fails.
 */
bool fetch_row(const struct fetch *fetch, enum resource_id resource, const char *key,
	       const struct expansion *tree, struct row **row) MUST_CHECK;

/*
 * Read at most *n rows, with such relations, from a statement with the columns of sql_select() that
 * is ready to be stepped. Sets *rows, and *n to their number.
 */
bool fetch_rows(const struct fetch *fetch, struct stmt *s, enum resource_id resource,
		const struct expansion *tree, struct rows *rows, size_t *n) MUST_CHECK;

/* The number of rows of a resource. */
bool fetch_count(struct db *db, const struct resource *r, int64_t *count) MUST_CHECK;

#endif
