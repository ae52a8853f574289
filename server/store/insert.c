/* SPDX-License-Identifier: MIT
 * insert.c - binds values in the order of the statements that sql.c composes.
 */
#include "store/insert.h"

enum { SQL_MAX = 4096 };

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
		      const struct field *relation, const struct link *link)
{
	struct stmt *s CLEANUP(stmt_endp) =
	    db_query(db, &sql->link[resource_number(r)][relation - r->fields]);

	if (!s)
		return STEP_FAILED;
	stmt_bind(s, 1, link->near);
	stmt_bind_int(s, 2, (int64_t)link->position);
	stmt_bind(s, 3, link->far);
	return stmt_step(s);
}

bool update_row(struct db *db, const struct resource *r, const char *id, const struct pair *pairs,
		size_t n)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	buf_printf(&sql, "UPDATE %s SET", r->table);
	for (size_t i = 0; i < n; i++)
		buf_printf(&sql, "%s %s = ?%zu", i ? "," : "", pairs[i].name, i + 2);
	buf_printf(&sql, " WHERE %s = ?1", r->key);
	s = db_query_text(db, &sql);
	if (!s)
		return false;
	stmt_bind(s, 1, id);
	for (size_t i = 0; i < n; i++)
		stmt_bind(s, (int)i + 2, pairs[i].value);
	return stmt_step(s) == STEP_DONE;
}
