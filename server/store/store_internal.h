/* SPDX-License-Identifier: MIT
 * store_internal.h - what stores and connections consist of: for store.c, statement.c and sqlite.c.
 */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <pthread.h>

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

struct stmt {
	struct sqlite3_stmt *sqlite;
	bool once; /* to be finalised and freed at its end */
	bool bad;  /* a binding failed */
};

/* A statement that is cached by its text. */
struct kept_stmt {
	struct stmt stmt;
	size_t len;         /* of its text */
	uint64_t last_used; /* by the connection's use_count; 0: never */
};

enum { KEPT = 64 };

struct db {
	struct store *store;
	struct db *next; /* in the store's list */
	struct sqlite3 *sqlite;
	struct stmt begin_read, begin_write, commit, rollback;
	bool in_use;           /* by a thread: see store_acquire() */
	bool reading;          /* a read transaction is open */
	bool rollback_pending; /* a write transaction is open that could not be rolled back yet */
	struct watch *watch;   /* or NULL */
	char failed[128];      /* why the last transaction was not committed; "": it was */
	struct stmt cache[QUERY_SLOTS];
	struct kept_stmt kept[KEPT];
	uint64_t use_count; /* of kept */
};

struct store {
	struct pages *pages; /* NULL: the database is in a file: */
	char *path;
	bool read_only;
	int file; /* open and locked, to keep other servers out; -1: not */
	pthread_rwlock_t lock;
	/* Guarded by the lock: */
	bool rollback_pending; /* on some connection; no other may be used */
	struct db *dbs;        /* all connections */
	struct db *first;
	bool dedicated; /* each slot is one worker's; else slots_lock guards them: */
	pthread_mutex_t slots_lock;
	struct db *slots[WORKERS_MAX]; /* what store_acquire() hands out */
};

/* A number of a schema's statements, for the header of a file: another schema has another number.
 * Comments (after --) and white space do not count. */
int store_schema_number(const char *schema);

/* Copy a whole database into another: all or nothing, even if the process ends. */
bool db_copy(struct db *target, struct db *source) MUST_CHECK;
/* Make db_error() return `why`; if it is NULL, the library's error, if any. */
void db_note_failure(struct db *db, const char *why);
/* Give the schema a number that no other database of the process has: see sqlite.c. */
bool db_number_schema(struct db *db) MUST_CHECK;
/* Begin or end a transaction, by a statement that was prepared early. */
bool stmt_run_prepared(struct stmt *s);
/* Is a transaction open? The library itself ends one in which memory runs out. */
bool db_is_open(struct db *db);
/* Roll back the open transaction, if any: see rollback_pending. */
void db_roll_back(struct db *db);
/* Run SQL without rows. */
bool db_exec(struct db *db, const char *sql) MUST_CHECK;
/* Write "database: " and db_error() to err; false. */
bool db_write_error(struct db *db, char *err, size_t errlen);

#endif
