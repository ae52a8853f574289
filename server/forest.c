/*
 * forest.c - rows are numbered as they come, so whatever refers to one that came later has a
 * smaller number than its parent. A circle holds such a row, and so every circle is found by
 * walking upwards from those.
 */
#include "forest.h"

#include <limits.h>
#include <stdlib.h>

#include "buf.h"

enum { SQL_MAX = 1024 };

/* A statement about rows t (`number`, and `up`: their parents' ids), and their parents p. */
static struct stmt *ask(const struct forest *f, struct db *db, const char *what, const char *where)
{
	const char *table = f->resource->table, *up = resource_own_ref(f->resource)->name;
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);

	buf_printf(&sql,
		   "SELECT %s FROM (SELECT rowid AS number, %s AS up FROM %s) AS t"
		   " LEFT JOIN %s AS p ON p.id = t.up WHERE %s",
		   what, up, table, table, where);
	return sql.bad ? NULL : db_query(db, &(const struct query){ sql.text, QUERY_KEPT });
}

static bool one_number(struct stmt *s, int64_t *number)
{
	enum step step = stmt_step(s);

	*number = step == STEP_ROW ? stmt_int(s, 0) : 0;
	return step == STEP_ROW || step == STEP_DONE;
}

static bool last_row(const struct forest *f, struct db *db, int64_t *number)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	buf_printf(&sql, "SELECT max(rowid) FROM %s", f->resource->table);
	if (!sql.bad)
		s = db_query(db, &(const struct query){ sql.text, QUERY_KEPT });
	return s && one_number(s, number);
}

bool forest_begin(struct forest *f, struct db *db, const struct resource *r)
{
	*f = (struct forest){ .resource = r };
	return last_row(f, db, &f->old);
}

void forest_free(struct forest *f)
{
	free(f->seen);
	free(f->circle);
	*f = (struct forest){ 0 };
}

/* Set the bit of a row; was it set? */
static bool set(const struct forest *f, unsigned char *bits, int64_t row)
{
	size_t i = (size_t)(row - f->old - 1);
	unsigned char bit = (unsigned char)(1U << i % CHAR_BIT);
	bool was = bits[i / CHAR_BIT] & bit;

	bits[i / CHAR_BIT] |= bit;
	return was;
}

/* The row's parent; 0 where it has none. */
static bool step_up(const struct forest *f, struct db *db, int64_t *row)
{
	struct stmt *s CLEANUP(stmt_endp) = ask(f, db, "p.rowid", "t.number = ?1");

	if (!s)
		return false;
	stmt_bind_int(s, 1, *row);
	return one_number(s, row);
}

/*
 * Walk up to where no walk has been. One that meets a row which was seen has met its own way, or
 * another's: its own way is gone over once more to tell.
 */
static bool walk(struct forest *f, struct db *db, int64_t from)
{
	int64_t at = from, steps = 0;

	for (; at > f->old && !set(f, f->seen, at); steps++)
		if (!step_up(f, db, &at))
			return false;
	if (at <= f->old)
		return true; /* at a root, or at what was there before, which refers to nothing new
			      */
	for (int64_t again = from; steps > 0; steps--) {
		if (again == at) {
			set(f, f->circle, at);
			f->circular = true;
			return true;
		}
		if (!step_up(f, db, &again))
			return false;
	}
	return true;
}

bool forest_check(struct forest *f, struct db *db)
{
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	enum step step;
	int64_t last;
	size_t bytes;

	if (!last_row(f, db, &last))
		return false;
	f->count = last - f->old;
	if (f->count <= 0)
		return true;
	bytes = (size_t)f->count / CHAR_BIT + 1;
	f->seen = calloc(bytes, 1);
	f->circle = calloc(bytes, 1);
	if (!f->seen || !f->circle)
		return false;
	s = ask(f, db, "t.number, p.rowid",
		"t.number > ?1 AND t.up IS NOT NULL"
		" AND (p.rowid IS NULL OR p.rowid > t.number) ORDER BY t.number");
	if (!s)
		return false;
	stmt_bind_int(s, 1, f->old);
	while ((step = stmt_step(s)) == STEP_ROW) {
		int64_t row = stmt_int(s, 0);

		if (stmt_int(s, 1) == 0)
			f->missing = true;
		else if (!walk(f, db, row))
			return false;
	}
	return step == STEP_DONE;
}

bool forest_circle(struct forest *f, struct db *db, const char *id, bool *circle)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	int64_t row;

	*circle = false;
	if (!f->circular)
		return true;
	buf_printf(&sql, "SELECT rowid FROM %s WHERE id = ?1", f->resource->table);
	if (!sql.bad)
		s = db_query(db, &(const struct query){ sql.text, QUERY_KEPT });
	if (!s)
		return false;
	stmt_bind(s, 1, id);
	if (!one_number(s, &row))
		return false;
	if (row > f->old) {
		size_t i = (size_t)(row - f->old - 1);
		unsigned char bit = (unsigned char)(1U << i % CHAR_BIT);

		*circle = f->circle[i / CHAR_BIT] & bit;
		f->circle[i / CHAR_BIT] &= (unsigned char)~bit;
	}
	return true;
}
