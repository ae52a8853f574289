/*
 * store_internal.h - what a store and a connection are made of: for store.c, statement.c and
 * sqlite.c alone.
 */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <pthread.h>

#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

struct stmt {
	struct sqlite3_stmt *sqlite;
	bool once; /* finalise and free at its end */
	bool bad;  /* a binding failed */
};

/* A statement that is kept by its text. */
struct kept_stmt {
	struct stmt stmt;
	size_t len;         /* of its text */
	uint64_t last_used; /* when, by the connection's count; 0: never */
};

enum { KEPT = 64 };

struct db {
	struct store *store;
	struct db *next; /* of the store's connections */
	struct sqlite3 *sqlite;
	struct stmt begin_read, begin_write, commit, rollback;
	bool in_use;           /* by a thread: see store_acquire */
	bool reading;          /* a read transaction is open */
	bool rollback_pending; /* a write transaction is, that could not be undone yet; see the
				  store's */
	char failed[128];      /* why the last transaction was not committed, if it was not */
	struct stmt cache[QUERY_SLOTS];
	struct kept_stmt kept[KEPT];
	uint64_t use_count; /* of those */
};

struct store {
	struct pages *pages; /* of a database in memory; else: */
	char *path;
	bool read_only;
	int file; /* open while the store is, and locked, to keep others out; or -1 */
	pthread_rwlock_t lock;
	bool rollback_pending; /* a connection is, and keeps the others out; guarded by the lock, as
				  is */
	struct db *dbs;        /* every connection */
	struct db *first;
	bool dedicated; /* each of these is one worker's; else, guarded by slots_lock: */
	pthread_mutex_t slots_lock;
	struct db *slots[WORKERS_MAX]; /* those that store_acquire deals out */
};

/*
 * A number of a schema's statements, for the header of a file: another schema has another number.
 * Comments (after --) and white space do not count.
 */
int store_schema_number(const char *schema);

/* All of one database into another, through the library: all or nothing, whenever the process ends.
 */
bool db_copy(struct db *target, struct db *source) MUST_CHECK;
/* What db_error() says from here on: `why`, or where that is NULL, why the library failed, if so.
 */
void db_note_failure(struct db *db, const char *why);
/* Give the schema a number that no other database of the process has: see sqlite.c. */
bool db_number_schema(struct db *db) MUST_CHECK;
/* Run SQL that asks for nothing. */
bool db_exec(struct db *db, const char *sql) MUST_CHECK;
/* Write why the connection's last use failed, or, if it is NULL, that memory is short. False. */
bool db_write_error(struct db *db, char *err, size_t errlen);

#endif
