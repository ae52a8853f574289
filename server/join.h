/*
 * join.h - reading rows with what is expanded in them: one statement for the row, then one for each
 * relation, whatever the number of rows. Knows the resource table and the store, nothing of HTTP.
 */
#ifndef JOIN_H
#define JOIN_H

#include "expand.h"
#include "row.h"
#include "sql.h"

/* The caller holds db_read or db_write around every use. */
struct join {
	struct db *db;
	const struct sql *sql;
	struct arena *arena; /* where the rows go */
	enum version version;
};

/*
 * Read the row with that key, the relations of `tree`, and the relations that the version always
 * shows. Sets *row, to NULL where there is no such row. False when the database or memory fails.
 */
bool join_get(const struct join *j, enum resource_id resource, const char *key,
	      const struct expansion *tree, struct row **row) MUST_CHECK;

#endif
