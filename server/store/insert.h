/*
 * insert.h - writing rows as the resource table describes them. Knows the store and nothing of
 * where rows come from. The caller holds db_write.
 */
#ifndef STORE_INSERT_H
#define STORE_INSERT_H

#include "store/sql.h"

/*
 * Store a row: a text for each field of the resource, NULL for null and where no column stores it.
 * A row that lives inside another names that one's id, and where it is one of several, its place.
 */
enum step insert_row(struct db *db, const struct sql *sql, const struct resource *r,
		     const char *const *values, const char *owner, size_t position) MUST_CHECK;

/* That a row's list of ids has another row's id, as the one at that position. */
struct link {
	const char *near;
	size_t position;
	const char *far;
};

/* Store a link of a relation, a field of the resource. */
enum step insert_link(struct db *db, const struct sql *sql, const struct resource *r,
		      const struct field *relation, const struct link *link) MUST_CHECK;

/* Give fields of the row of that id other values. False when the database or memory fails. */
bool update_row(struct db *db, const struct resource *r, const char *id, const struct pair *pairs,
		size_t n) MUST_CHECK;

#endif
