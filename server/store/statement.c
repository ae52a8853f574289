/* SPDX-License-Identifier: MIT
 * statement.c - runs whole statements, and drops and makes indexes. Calls no function of SQLite's.
 */
#include "store/store_internal.h"

struct stmt *db_query_text(struct db *db, const struct buf *sql)
{
	return sql->bad ? NULL : db_query(db, &(const struct query){ sql->text, QUERY_KEPT });
}

static enum step run(struct db *db, const struct query *q, const char *const *texts, size_t n)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, q);

	for (size_t i = 0; s && i < n; i++)
		stmt_bind(s, (int)i + 1, texts[i]);
	return s ? stmt_step(s) : STEP_FAILED;
}

bool db_run(struct db *db, const struct query *q, const char *const *texts, size_t n)
{
	return run(db, q, texts, n) == STEP_DONE;
}

bool db_has(struct db *db, const struct query *q, const char *const *texts, size_t n, bool *has)
{
	enum step step = run(db, q, texts, n);

	*has = step == STEP_ROW;
	return *has || step == STEP_DONE;
}

bool stmt_number(struct stmt *s, int64_t *number)
{
	if (stmt_step(s) != STEP_ROW)
		return false;
	*number = stmt_int(s, 0);
	return true;
}

bool db_number(struct db *db, const char *sql, int64_t *number)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &(const struct query){ sql, QUERY_ONCE });

	return s && stmt_number(s, number);
}

bool db_drop_indexes(struct db *db, struct buf *create_sql)
{
	static const struct query all = { "SELECT name, sql FROM sqlite_schema WHERE type = 'index'"
					  " AND sql LIKE 'CREATE INDEX %'",
					  QUERY_ONCE };
	struct buf drop_sql CLEANUP(buf_free) = BUF_INIT(1 << 20);
	struct stmt *s = db_query(db, &all);
	enum step step = STEP_FAILED;

	while (s && (step = stmt_step(s)) == STEP_ROW) {
		buf_printf(&drop_sql, "DROP INDEX %s;", stmt_text(s, 0));
		buf_printf(create_sql, "%s;", stmt_text(s, 1));
	}
	stmt_endp(&s);
	return step == STEP_DONE && !drop_sql.bad && !create_sql->bad &&
	       (!drop_sql.text || db_exec(db, drop_sql.text));
}

bool db_make_indexes(struct db *db, const char *create_sql)
{
	return db_exec(db, create_sql) && db_number_schema(db);
}
