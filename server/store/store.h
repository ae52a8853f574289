/* SPDX-License-Identifier: MIT
 * store.h - a workspace's database: connections, the lock between readers and writers,
 * transactions, prepared statements. Callers need not know SQLite.
 *
 * A database is in memory, in pages that its connections share, or in a file. Its lock admits any
 * number of readers or one writer, so a reader sees whole writes only, and no statement meets a
 * busy database. A `struct db` belongs to one thread at a time: its owner while that holds the
 * lock, else the writer.
 *
 * Functions with `err` write a line there when they fail.
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

/* A statement's text, and its place in each connection's cache of prepared statements. */
struct query {
	const char *sql;
	unsigned slot;
};

enum {
	QUERY_SLOTS = 256,        /* places of statements that are known from the start */
	QUERY_KEPT = QUERY_SLOTS, /* cached by its text, with the others used last */
	QUERY_ONCE,               /* not cached */
};

/* Configure the library for the process, once, before the first store_open(). False when memory is
 * short. */
bool store_setup(void) MUST_CHECK;
/* The version of SQLite. */
const char *store_library(void);

/* ---- stores ---------------------------------------------------------------------------------- */

/* Open a database in memory: empty, with the tables of `schema` (SQL), or a copy of an image. NULL
 * on failure. Close it after the connections of store_connect(). */
struct store *store_open(const char *schema, char *err, size_t errlen);
struct store *store_open_image(const struct image *image, char *err, size_t errlen);
/*
 * Open a database file. Committed writes survive a crash of the process (not of the machine:
 * synchronous=NORMAL). The file is locked against other writers; `read_only` opens an existing file
 * even if another process writes to it. *fresh: the file is new or empty, and has no tables before
 * db_restore(). NULL if the file cannot be used or was made with another schema.
 */
struct store *store_open_file(const char *path, const char *schema, bool read_only, bool *fresh,
			      char *err, size_t errlen);
void store_close(struct store *store);

/* The store's own connection. The opener may use it unless store_acquire() hands it out. */
struct db *store_db(struct store *store);

struct db *store_connect(struct store *store, char *err, size_t errlen);
void db_close(struct db *db);

enum { WORKERS_MAX = 64 };

/*
 * Borrow a connection for a thread, to be released; `worker` is the thread's number, below
 * WORKERS_MAX. A new one is made if none is free, so there are as many as threads used the store at
 * once. NULL on failure.
 */
struct db *store_acquire(struct store *store, unsigned worker, char *err, size_t errlen);
void store_release(struct db *db);
/* Make a connection for each worker now. From here on store_acquire() takes no lock. */
bool store_dedicate(struct store *store, unsigned workers, char *err, size_t errlen) MUST_CHECK;

/* ---- transactions ---------------------------------------------------------------------------- */

/* Between these two, all reads see one state of the database. No write may begin in between. */
void db_read(struct db *db);
void db_read_end(struct db *db);
static inline void db_read_endp(struct db **db)
{
	if (*db)
		db_read_end(*db);
}

/* A write transaction, alone in the database. Foreign keys are checked at the commit. A db_commit()
 * that fails rolls back. */
bool db_write(struct db *db) MUST_CHECK;
bool db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);

/*
 * Within a write transaction: drop the indexes that no constraint needs, and append the statements
 * for db_make_indexes() to create_sql. With many rows to insert in between, this is faster, and the
 * indexes are smaller.
 */
bool db_drop_indexes(struct db *db, struct buf *create_sql) MUST_CHECK;
bool db_make_indexes(struct db *db, const char *create_sql) MUST_CHECK;

/* Who is told of each row, of any table, that a connection inserts or updates. */
struct watch {
	void (*changed)(struct watch *watch, struct db *db, const char *table, bool is_new);
	/* Called at the transaction's end, alone in the database; it is not watched any more. */
	void (*ended)(struct watch *watch, bool committed);
};

/* Watch what a connection does from now on, until its transaction ends; NULL: no more. */
void db_watch(struct db *db, struct watch *watch);
/* Within changed(): a column of the row as a text, before (not of a new row) and after the change;
 * NULL for SQL's NULL, or if memory is short. Valid until changed() returns. */
const char *db_old_text(struct db *db, int column);
const char *db_new_text(struct db *db, int column);

/* Be alone in the database without a transaction, for db_restore(). */
void db_lock(struct db *db);
void db_unlock(struct db *db);
/* Replace the whole database, for all connections, by an image with the same schema. A failure
 * changes nothing. */
bool db_restore(struct db *db, const struct image *image) MUST_CHECK;
/*
 * An image of the database as committed; the caller reads, is alone, or has not written yet. Equal
 * pages are shared with `like` (may be NULL). NULL on failure.
 */
struct image *db_image(struct db *db, const struct image *like) MUST_CHECK;

/* Why the connection's last use failed, for logs: not for clients. "out of memory" if the library
 * reports no error, or for NULL. */
const char *db_error(struct db *db);

/* ---- statements ------------------------------------------------------------------------------ */

/*
 * A statement with no values bound; NULL on failure. End it before the same query is asked for
 * again, and before a dozen others that are cached by their text.
 */
struct stmt *db_query(struct db *db, const struct query *q) MUST_CHECK;
/* A statement that is cached by its text; NULL also if the text is bad. */
struct stmt *db_query_text(struct db *db, const struct buf *sql) MUST_CHECK;
void stmt_end(struct stmt *s);

static inline void stmt_endp(struct stmt **s)
{
	if (*s)
		stmt_end(*s);
}

/* Bind a value to a parameter, from 1. The text (NULL: SQL's NULL) is borrowed until stmt_end(). */
void stmt_bind(struct stmt *s, int i, const char *text);
void stmt_bind_int(struct stmt *s, int i, int64_t value);

enum step { STEP_ROW, STEP_DONE, STEP_TAKEN /* a unique value is */, STEP_FAILED };

/* STEP_FAILED also if a binding failed. */
enum step stmt_step(struct stmt *s) MUST_CHECK;

/* Run a statement without rows, with texts (NULL: SQL's NULL) for ?1 to ?n. */
bool db_run(struct db *db, const struct query *q, const char *const *texts, size_t n) MUST_CHECK;
/* Does a statement, with such texts, give a row? */
bool db_has(struct db *db, const struct query *q, const char *const *texts, size_t n,
	    bool *has) MUST_CHECK;

/* Step to a row, and read its first column as a number. False if there is no row. */
bool stmt_number(struct stmt *s, int64_t *number) MUST_CHECK;
/* stmt_number() of a statement that is run once and takes no values. */
bool db_number(struct db *db, const char *sql, int64_t *number) MUST_CHECK;

/* A column of the current row, from 0: its bytes, without a NUL at the end, and their number; NULL
 * for SQL's NULL. Valid until the next step. */
const char *stmt_bytes(struct stmt *s, int i, size_t *len);
/* A column as a text, which costs a copy in the library. */
const char *stmt_text(struct stmt *s, int i);
int64_t stmt_int(struct stmt *s, int i);

#endif
