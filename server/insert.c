/*
 * insert.c - binding values in the order in which sql.c has composed the statements.
 */
#include "insert.h"

enum step insert_row(struct db *db, const struct sql *sql, const struct resource *r,
		     const char *const *values, const char *owner, size_t position)
{
	const struct field *owning = sql_owner(r);
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &sql->insert[resource_number(r)]);
	int n = 1;

	if (!s)
		return STEP_FAILED;
	if (owning)
		stmt_bind(s, n++, owner);
	if (owning && owning->kind == K_MANY)
		stmt_bind_int(s, n++, (int64_t)position);
	for (size_t i = 0; i < r->nfields; i++)
		if (is_stored(&r->fields[i]))
			stmt_bind(s, n++, values[i]);
	return stmt_step(s);
}

enum step insert_link(struct db *db, const struct sql *sql, const struct resource *r,
		      const struct field *relation, const char *from, size_t position,
		      const char *to)
{
	struct stmt *s CLEANUP(stmt_endp) =
	    db_query(db, &sql->link[resource_number(r)][relation - r->fields]);

	if (!s)
		return STEP_FAILED;
	stmt_bind(s, 1, from);
	stmt_bind_int(s, 2, (int64_t)position);
	stmt_bind(s, 3, to);
	return stmt_step(s);
}
