/*
 * store.h - a workspace's database: connections, the lock between readers and writers,
 * transactions, prepared statements. Who uses this need not know SQLite.
 *
 * The database lives in memory, in pages that its connections share; or in a file. Any number of
 * readers or one writer hold its lock, so a reader sees all of a write or nothing, and no statement
 * ever meets a busy database. A `struct db` belongs to one thread at a time: to its owner while
 * that holds the lock, else to whoever writes.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/util.h"
#include "store/pages.h"

struct store;
struct db;
struct stmt;

/* A statement's text and its place in every connection's cache of prepared statements. */
struct query {
	const char *sql;
	unsigned slot;
};

enum {
	QUERY_SLOTS = 256,        /* places for those that are known from the start */
	QUERY_KEPT = QUERY_SLOTS, /* kept by its text, as long as it is among the last in use */
	QUERY_ONCE,               /* not worth keeping */
};

/*
 * Once, before the first store_open: settings of the library that bind the whole process. False
 * when memory is short.
 */
bool store_setup(void) MUST_CHECK;

/*
 * A database in memory: new and empty, with the tables of `schema` (SQL text); or as an image has
 * it. NULL, with a line in err, on failure. It must outlive the connections of store_connect.
 */
struct store *store_open(const char *schema, char *err, size_t errlen);
struct store *store_open_image(const struct image *image, char *err, size_t errlen);
/*
 * A database in a file, which lasts: whoever is told that a write was committed finds it there
 * after any end of the process. Nobody else may have it open to write. Where the file is new, or
 * empty, it is made, *fresh is set, and the database has no tables before db_restore. `read_only`
 * opens one that there is, be it in use or not. NULL, with a line in err, where the file cannot be
 * used, or was not made with this `schema`.
 */
struct store *store_open_file(const char *path, const char *schema, bool read_only, bool *fresh,
			      char *err, size_t errlen);
void store_close(struct store *store);

/* The store's own connection: for whoever opened it, unless store_acquire deals it out. */
struct db *store_db(struct store *store);

struct db *store_connect(struct store *store, char *err, size_t errlen);
void db_close(struct db *db);

enum { WORKERS_MAX = 64 };

/*
 * A connection for a thread, which gives it back; `worker` is the thread's number, below
 * WORKERS_MAX. It is made when there is none to be had: as many as there are threads at once. NULL,
 * with a line in err, when that fails.
 */
struct db *store_acquire(struct store *store, unsigned worker, char *err, size_t errlen);
void store_release(struct db *db);
/* Make one for each worker now: from here on each takes its own, without a lock. */
bool store_dedicate(struct store *store, unsigned workers, char *err, size_t errlen) MUST_CHECK;

/* Between these two, what is read is one state of the database. No write may begin within. */
void db_read(struct db *db);
void db_read_end(struct db *db);
static inline void db_read_endp(struct db **db)
{
	if (*db)
		db_read_end(*db);
}

/*
 * A write transaction, alone in the database until it ends. Foreign keys are checked when it
 * commits. db_commit rolls back when it fails; db_rollback undoes everything since db_write.
 */
bool db_write(struct db *db) MUST_CHECK;
bool db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);

/*
 * Within a write transaction, whoever has much to insert can do without the indexes that no
 * constraint needs, and have them made of what is there in the end, which takes less time and makes
 * them smaller. `create_sql` gets the statements that make them again.
 */
bool db_drop_indexes(struct db *db, struct buf *create_sql) MUST_CHECK;
bool db_make_indexes(struct db *db, const char *create_sql) MUST_CHECK;

/*
 * Between these two, alone in the database, without a transaction: for db_restore.
 */
void db_lock(struct db *db);
void db_unlock(struct db *db);
/*
 * Put back the whole database, for all connections, which must have been made with the same schema.
 * False when that fails: then it is as it was.
 */
bool db_restore(struct db *db, const struct image *image) MUST_CHECK;
/*
 * A reference to the whole database as it was committed, for whoever reads it, is alone in it, or
 * has not written yet. Shares with `like` (may be NULL) what is the same. NULL when that fails.
 */
struct image *db_image(struct db *db, const struct image *like) MUST_CHECK;

/* The library's words for the connection's last failure: for logs, not for clients. */
const char *db_error(struct db *db);

/*
 * A statement ready to be bound, or NULL. stmt_end it before asking for the same query again, and
 * before a dozen others that are kept by their texts.
 */
struct stmt *db_query(struct db *db, const struct query *q) MUST_CHECK;
/* The same, of a query that is kept by its text; NULL if the text is bad. */
struct stmt *db_query_text(struct db *db, const struct buf *sql) MUST_CHECK;
void stmt_end(struct stmt *s);

static inline void stmt_endp(struct stmt **s)
{
	if (*s)
		stmt_end(*s);
}

/* Bind a value, from 1. The text (NULL: SQL's NULL) is borrowed until stmt_end. */
void stmt_bind(struct stmt *s, int i, const char *text);
void stmt_bind_int(struct stmt *s, int i, int64_t value);

enum step { STEP_ROW, STEP_DONE, STEP_TAKEN /* a unique value is */, STEP_FAILED };

/* A binding that failed makes this fail. */
enum step stmt_step(struct stmt *s) MUST_CHECK;

/* Run a statement that gives no rows, with texts (NULL: SQL's NULL) for ?1 to ?n. */
bool db_run(struct db *db, const struct query *q, const char *const *texts, size_t n) MUST_CHECK;

/* Does a statement, with such texts, give a row? */
bool db_has(struct db *db, const struct query *q, const char *const *texts, size_t n,
	    bool *has) MUST_CHECK;

/* The first column of a statement's next row, which there must be, as a number. */
bool stmt_number(struct stmt *s, int64_t *number) MUST_CHECK;
/* The same of a statement that is run once and takes no values. */
bool db_number(struct db *db, const char *sql, int64_t *number) MUST_CHECK;

/*
 * A column of the current row, from 0: its bytes, which no NUL ends, and their number; NULL for
 * SQL's NULL. Valid until the next step.
 */
const char *stmt_bytes(struct stmt *s, int i, size_t *len);
/* The same as a text, which costs the library a copy. */
const char *stmt_text(struct stmt *s, int i);
int64_t stmt_int(struct stmt *s, int i);

#endif
