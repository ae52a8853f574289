/* SPDX-License-Identifier: MIT
 * insert.h - writes rows by the resource table, within db_write(). Knows the store; nothing of
 * where rows come from.
 */
#ifndef STORE_INSERT_H
#define STORE_INSERT_H

#include "store/sql.h"

/*
 * Insert a row: a text for each field of the resource; NULL for null, and if no column stores it. A
 * row inside another has an owner's id, and a position if the owner has several.
 */
enum step insert_row(struct db *db, const struct sql *sql, const struct resource *r,
		     const char *const *values, const char *owner, size_t position) MUST_CHECK;

/* A row's list of ids has the id of another row at a position. */
struct link {
	const char *near;
	size_t position;
	const char *far;
};

/* Insert a link of a relation, which is a field of the resource. */
enum step insert_link(struct db *db, const struct sql *sql, const struct resource *r,
		      const struct field *relation, const struct link *link) MUST_CHECK;

/* Change fields of the row of that id. False when the database or memory fails. */
bool update_row(struct db *db, const struct resource *r, const char *id, const struct pair *pairs,
		size_t n) MUST_CHECK;

#endif
