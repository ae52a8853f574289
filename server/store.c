/*
 * store.c - the adapter to SQLite. Nothing else includes its header.
 */
#include "store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct stmt {
	sqlite3_stmt *sqlite;
	bool once; /* finalise and free at its end */
	bool bad;  /* a binding failed */
};

/* A statement that is kept by its text. */
struct kept {
	struct stmt stmt;
	size_t len;    /* of its text */
	uint64_t used; /* when, by the connection's count; 0: never */
};

enum { KEPT = 64 };

struct db {
	struct store *store;
	struct db *next; /* of the store's connections */
	sqlite3 *sqlite;
	struct stmt begin_read, begin_write, commit, rollback;
	bool reading;     /* a read transaction is open */
	bool stuck;       /* a write transaction is, that could not be undone yet */
	char failed[128]; /* why the last transaction was not committed, if it was not */
	struct stmt cache[QUERY_SLOTS];
	struct kept kept[KEPT];
	uint64_t uses; /* of those */
};

struct store {
	char uri[64];
	pthread_rwlock_t lock;
	struct db *dbs;   /* every connection; guarded by the lock */
	struct db *first; /* a memdb lives as long as its last connection */
};

void store_setup(void)
{
	/* A connection and its statements belong to one thread at a time: no mutexes. */
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	/* The counters behind sqlite3_memory_used take a global mutex at every allocation, which
	 * halves what two readers can do. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_initialize();
}

static bool say(struct db *db, char *err, size_t errlen)
{
	snprintf(err, errlen, "database: %s", db_error(db));
	return false;
}

static bool run(struct db *db, const char *sql)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool prepare(struct db *db, const char *sql, struct stmt *s)
{
	return sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &s->sqlite,
				  NULL) == SQLITE_OK;
}

/* Begin or end a transaction: prepared ahead, since to undo should take no memory. */
static bool turn(struct stmt *s)
{
	bool ok = sqlite3_step(s->sqlite) == SQLITE_DONE;

	sqlite3_reset(s->sqlite);
	return ok;
}

static bool set_up(struct db *db)
{
	/* A memdb keeps its journal in memory of itself. Asking for that would read the whole
	 * schema now, rather than when the connection is first used. */
	static const char pragmas[] = "PRAGMA foreign_keys = ON;"
				      "PRAGMA temp_store = MEMORY;"
				      "PRAGMA trusted_schema = OFF;";

	/* A misspelt column in double quotes would be taken for a string. */
	return sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
	       run(db, pragmas) && prepare(db, "BEGIN", &db->begin_read) &&
	       prepare(db, "BEGIN IMMEDIATE", &db->begin_write) &&
	       prepare(db, "COMMIT", &db->commit) && prepare(db, "ROLLBACK", &db->rollback);
}

struct db *store_connect(struct store *store, char *err, size_t errlen)
{
	static const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI |
				 SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
	struct db *db = calloc(1, sizeof *db);

	if (!db) {
		snprintf(err, errlen, "database: out of memory");
		return NULL;
	}
	db->store = store;
	pthread_rwlock_wrlock(&store->lock);
	db->next = store->dbs;
	store->dbs = db;
	pthread_rwlock_unlock(&store->lock);
	if (sqlite3_open_v2(store->uri, &db->sqlite, flags, NULL) != SQLITE_OK || !set_up(db)) {
		say(db, err, errlen);
		db_close(db);
		return NULL;
	}
	return db;
}

void db_close(struct db *db)
{
	struct db **link;

	if (!db)
		return;
	pthread_rwlock_wrlock(&db->store->lock);
	/* From here on no writer ends what it reads. */
	if (db->reading)
		turn(&db->commit);
	for (link = &db->store->dbs; *link != db; link = &(*link)->next)
		;
	*link = db->next;
	pthread_rwlock_unlock(&db->store->lock);
	sqlite3_finalize(db->begin_read.sqlite);
	sqlite3_finalize(db->begin_write.sqlite);
	sqlite3_finalize(db->commit.sqlite);
	sqlite3_finalize(db->rollback.sqlite);
	for (size_t i = 0; i < QUERY_SLOTS; i++)
		sqlite3_finalize(db->cache[i].sqlite);
	for (size_t i = 0; i < KEPT; i++)
		sqlite3_finalize(db->kept[i].stmt.sqlite);
	sqlite3_close(db->sqlite);
	free(db);
}

/* Readers come in an endless stream; glibc's default would let them keep a writer out for ever. */
static bool init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attr;
	bool ok =
	    pthread_rwlockattr_init(&attr) == 0 &&
	    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) ==
		0 &&
	    pthread_rwlock_init(lock, &attr) == 0;

	pthread_rwlockattr_destroy(&attr);
	return ok;
}

/* All tables in one transaction, which is faster than one for each. */
static bool create(struct db *db, const char *schema, char *err, size_t errlen)
{
	if (!db_write(db))
		return say(db, err, errlen);
	if (run(db, schema))
		return db_commit(db) || say(db, err, errlen);
	say(db, err, errlen);
	db_rollback(db);
	return false;
}

struct store *store_open(const char *schema, char *err, size_t errlen)
{
	static atomic_uint number;
	struct store *store = calloc(1, sizeof *store);

	if (!store || !init_lock(&store->lock)) {
		snprintf(err, errlen, "database: out of memory");
		free(store);
		return NULL;
	}
	snprintf(store->uri, sizeof store->uri, "file:/workspace-%u?vfs=memdb",
		 atomic_fetch_add(&number, 1));
	store->first = store_connect(store, err, errlen);
	if (store->first && create(store->first, schema, err, errlen))
		return store;
	store_close(store);
	return NULL;
}

struct db *store_db(struct store *store)
{
	return store->first;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	db_close(store->first);
	pthread_rwlock_destroy(&store->lock);
	free(store);
}

/* Undo what is open on a connection, if anything. When memory is short that may take several
 * attempts, of which more come before anybody uses the connection, or writes. */
static void undo(struct db *db)
{
	enum { ATTEMPTS = 3 };

	for (int i = 0; i < ATTEMPTS && !sqlite3_get_autocommit(db->sqlite); i++)
		if (!turn(&db->rollback))
			sqlite3_db_release_memory(db->sqlite);
	db->stuck = !sqlite3_get_autocommit(db->sqlite);
}

/*
 * Beginning and ending a read transaction for each request costs more than reading a row. So a
 * reader leaves its transaction open when it lets go of the lock, and whoever writes next ends it:
 * nobody else can be using that connection then, and nothing can have changed before.
 */
void db_read(struct db *db)
{
	pthread_rwlock_rdlock(&db->store->lock);
	db->failed[0] = '\0';
	if (db->stuck)
		undo(db);
	if (!db->reading)
		db->reading = turn(&db->begin_read);
}

void db_read_end(struct db *db)
{
	pthread_rwlock_unlock(&db->store->lock);
}

static void end_readers(struct store *store)
{
	for (struct db *db = store->dbs; db; db = db->next)
		if (db->reading)
			db->reading = !turn(&db->commit);
		else if (db->stuck)
			undo(db);
}

bool db_write(struct db *db)
{
	pthread_rwlock_wrlock(&db->store->lock);
	end_readers(db->store);
	db->failed[0] = '\0';
	if (turn(&db->begin_write) && run(db, "PRAGMA defer_foreign_keys = ON"))
		return true;
	db_rollback(db);
	return false;
}

bool db_commit(struct db *db)
{
	if (!turn(&db->commit)) {
		/* One that is refused by a foreign key leaves the transaction open. */
		db_rollback(db);
		return false;
	}
	pthread_rwlock_unlock(&db->store->lock);
	return true;
}

static bool has_failed(struct db *db)
{
	int code = sqlite3_errcode(db->sqlite) & 0xff;

	return code != SQLITE_OK && code < SQLITE_ROW;
}

void db_rollback(struct db *db)
{
	/* What follows would make the library forget. */
	if (has_failed(db))
		snprintf(db->failed, sizeof db->failed, "%s", sqlite3_errmsg(db->sqlite));
	undo(db);
	pthread_rwlock_unlock(&db->store->lock);
}

const char *db_error(struct db *db)
{
	if (db->failed[0])
		return db->failed;
	/* Where the library knows of no failure, the arena, or an allocation of ours, was it. */
	return db->sqlite && has_failed(db) ? sqlite3_errmsg(db->sqlite) : "out of memory";
}

/* The kept statement of that text, or a place for it: that of the one longest out of use. */
static struct stmt *find_kept(struct db *db, const char *sql)
{
	struct kept *oldest = db->kept;
	size_t len = strlen(sql);

	for (struct kept *k = db->kept; k < db->kept + KEPT; k++) {
		if (k->stmt.sqlite && k->len == len &&
		    memcmp(sqlite3_sql(k->stmt.sqlite), sql, len) == 0) {
			k->used = ++db->uses;
			return &k->stmt;
		}
		if (k->used < oldest->used)
			oldest = k;
	}
	sqlite3_finalize(STEAL(oldest->stmt.sqlite));
	oldest->len = len;
	oldest->used = ++db->uses;
	return &oldest->stmt;
}

static struct stmt *place_of(struct db *db, const struct query *q)
{
	if (q->slot == QUERY_ONCE)
		return calloc(1, sizeof(struct stmt));
	return q->slot == QUERY_KEPT ? find_kept(db, q->sql) : &db->cache[q->slot];
}

struct stmt *db_query(struct db *db, const struct query *q)
{
	bool once = q->slot == QUERY_ONCE;
	struct stmt *s = place_of(db, q);

	if (!s)
		return NULL;
	if (!s->sqlite &&
	    sqlite3_prepare_v3(db->sqlite, q->sql, -1, once ? 0 : SQLITE_PREPARE_PERSISTENT,
			       &s->sqlite, NULL) != SQLITE_OK) {
		if (once)
			free(s);
		return NULL;
	}
	s->once = once;
	s->bad = false;
	return s;
}

void stmt_end(struct stmt *s)
{
	if (s->once) {
		sqlite3_finalize(s->sqlite);
		free(s);
		return;
	}
	sqlite3_reset(s->sqlite); /* repeats the last step's error, already dealt with */
	sqlite3_clear_bindings(s->sqlite);
}

void stmt_bind(struct stmt *s, int i, const char *text)
{
	s->bad |= sqlite3_bind_text(s->sqlite, i, text, -1, SQLITE_STATIC) != SQLITE_OK;
}

void stmt_bind_int(struct stmt *s, int i, int64_t value)
{
	s->bad |= sqlite3_bind_int64(s->sqlite, i, value) != SQLITE_OK;
}

enum step stmt_step(struct stmt *s)
{
	if (s->bad)
		return STEP_FAILED;
	switch (sqlite3_step(s->sqlite)) {
	case SQLITE_ROW:
		return STEP_ROW;
	case SQLITE_DONE:
		return STEP_DONE;
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
		return STEP_TAKEN;
	default:
		return STEP_FAILED;
	}
}

const char *stmt_bytes(struct stmt *s, int i, size_t *len)
{
	/* Allowed for a column's value because no mutex stands between threads: store_setup. */
	sqlite3_value *value = sqlite3_column_value(s->sqlite, i);
	const void *bytes;

	if (sqlite3_value_type(value) == SQLITE_NULL)
		return NULL;
	bytes = sqlite3_value_blob(value);
	*len = (size_t)sqlite3_value_bytes(value);
	return bytes ? bytes : ""; /* NULL stands for no bytes, too */
}

const char *stmt_text(struct stmt *s, int i)
{
	return (const char *)sqlite3_column_text(s->sqlite, i);
}

int64_t stmt_int(struct stmt *s, int i)
{
	return sqlite3_column_int64(s->sqlite, i);
}

static enum step step_once(struct db *db, const struct query *q, const char *const *texts, size_t n)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, q);

	for (size_t i = 0; s && i < n; i++)
		stmt_bind(s, (int)i + 1, texts[i]);
	return s ? stmt_step(s) : STEP_FAILED;
}

bool db_run(struct db *db, const struct query *q, const char *const *texts, size_t n)
{
	return step_once(db, q, texts, n) == STEP_DONE;
}

bool db_has(struct db *db, const struct query *q, const char *const *texts, size_t n, bool *has)
{
	enum step step = step_once(db, q, texts, n);

	*has = step == STEP_ROW;
	return *has || step == STEP_DONE;
}
