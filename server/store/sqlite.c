/* SPDX-License-Identifier: MIT
 * sqlite.c - the adapter to SQLite: the only file that includes its header.
 */
#include "store/store.h"

#define SQLITE_ENABLE_PREUPDATE_HOOK
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/store_internal.h"

/* ---- pages as files -------------------------------------------------------------------------- */

/*
 * A VFS for SQLite whose files are pages in memory. SQLite's own memdb moves the whole database
 * whenever it grows, ends at a GiB, and shares nothing with another database. These files have no
 * locks: the store's lock keeps writers out while a connection opens, reads or writes.
 *
 * Only databases are such files. SQLite keeps journals and temporary files in memory, because
 * open_file() reports that the database is in memory.
 */

static const char vfs_name[] = "pages";

#define UNUSED __attribute__((unused))

struct file {
	sqlite3_file base;
	struct pages *pages;
	int lock; /* the library's lock level */
};

static struct pages *pages_of(sqlite3_file *file)
{
	return ((struct file *)file)->pages;
}

static int file_close(sqlite3_file *file UNUSED)
{
	return SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *bytes, int len, sqlite3_int64 offset)
{
	return pages_read(pages_of(file), bytes, (size_t)len, (size_t)offset)
		   ? SQLITE_OK
		   : SQLITE_IOERR_SHORT_READ;
}

/* The library writes whole pages, of its default size, which is this one. */
static int file_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 offset)
{
	if (len != PAGE_BYTES || offset % PAGE_BYTES != 0)
		return SQLITE_IOERR_WRITE;
	return pages_write(pages_of(file), (size_t)offset / PAGE_BYTES, bytes) ? SQLITE_OK
									       : SQLITE_IOERR_NOMEM;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	pages_cut(pages_of(file), (size_t)size / PAGE_BYTES);
	return SQLITE_OK;
}

static int file_sync(sqlite3_file *file UNUSED, int flags UNUSED)
{
	return SQLITE_OK;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	*size = (sqlite3_int64)pages_count(pages_of(file)) * PAGE_BYTES;
	return SQLITE_OK;
}

static int file_lock(sqlite3_file *file, int lock)
{
	((struct file *)file)->lock = lock;
	return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *file UNUSED, int *reserved)
{
	*reserved = 0;
	return SQLITE_OK;
}

static int file_control(sqlite3_file *file UNUSED, int what UNUSED, void *value UNUSED)
{
	return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *file UNUSED)
{
	return PAGE_BYTES;
}

static int file_characteristics(sqlite3_file *file UNUSED)
{
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SAFE_APPEND |
	       SQLITE_IOCAP_SEQUENTIAL;
}

/*
 * Readers get the page itself, which saves a copy and a cache: no write begins until their
 * transaction has ended. The writer gets copies, because a page that it writes to may be replaced.
 */
static int file_fetch(sqlite3_file *file, sqlite3_int64 offset, int len, void **page)
{
	const struct file *f = (const struct file *)file;

	*page = NULL;
	if (f->lock == SQLITE_LOCK_SHARED && len == PAGE_BYTES && offset % PAGE_BYTES == 0)
		*page = (void *)pages_page(f->pages, (size_t)offset / PAGE_BYTES);
	return SQLITE_OK;
}

static int file_unfetch(sqlite3_file *file UNUSED, sqlite3_int64 offset UNUSED, void *page UNUSED)
{
	return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
	.iVersion = 3,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_lock,
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
	.xFetch = file_fetch,
	.xUnfetch = file_unfetch,
};

/* The name of a file is the address of its pages, as %p prints it. */
static int open_file(sqlite3_vfs *vfs UNUSED, const char *name, sqlite3_file *file, int flags,
		     int *out)
{
	struct file *f = (struct file *)file;
	void *pages;

	f->base.pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB) || !name || sscanf(name, "%p", &pages) != 1)
		return SQLITE_CANTOPEN;
	f->base.pMethods = &methods;
	f->pages = pages;
	f->lock = SQLITE_LOCK_NONE;
	if (out)
		*out = flags | SQLITE_OPEN_MEMORY;
	return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs UNUSED, const char *name UNUSED, int sync UNUSED)
{
	return SQLITE_IOERR_DELETE;
}

static int has_file(sqlite3_vfs *vfs UNUSED, const char *name UNUSED, int how UNUSED, int *has)
{
	*has = 0; /* a database has no journal beside it */
	return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs UNUSED, const char *name, int len, char *full)
{
	snprintf(full, (size_t)len, "%s", name);
	return SQLITE_OK;
}

static bool register_vfs(void)
{
	static sqlite3_vfs vfs;
	const sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (sqlite3_vfs_find(vfs_name))
		return true;
	if (!system)
		return false;
	vfs = *system; /* for randomness, time and sleep */
	vfs.iVersion = 2;
	vfs.pNext = NULL;
	vfs.zName = vfs_name;
	vfs.szOsFile = sizeof(struct file);
	vfs.xOpen = open_file;
	vfs.xDelete = delete_file;
	vfs.xAccess = has_file;
	vfs.xFullPathname = full_name;
	return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}

/* ---- connections ----------------------------------------------------------------------------- */

bool store_setup(void)
{
	/* One thread at a time uses a connection and its statements: no mutexes. */
	sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	/* The counters behind sqlite3_memory_used() lock a global mutex at every allocation, which
	 * halves the throughput of two readers. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	return sqlite3_initialize() == SQLITE_OK && register_vfs();
}

const char *store_library(void)
{
	return sqlite3_libversion();
}

bool db_write_error(struct db *db, char *err, size_t errlen)
{
	snprintf(err, errlen, "database: %s", db_error(db));
	return false;
}

bool db_exec(struct db *db, const char *sql)
{
	return sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static bool prepare(struct db *db, const char *sql, unsigned flags, struct stmt *s)
{
	return sqlite3_prepare_v3(db->sqlite, sql, -1, flags, &s->sqlite, NULL) == SQLITE_OK;
}

/* Begin or end a transaction, by a statement that was prepared early: rolling back should need no
 * memory. */
bool stmt_run_prepared(struct stmt *s)
{
	bool ok = sqlite3_step(s->sqlite) == SQLITE_DONE;

	sqlite3_reset(s->sqlite);
	return ok;
}

/*
 * A commit is durable once the operating system has it: a mock need not survive the loss of power,
 * and waiting for the disk would cost milliseconds at each write. An export by another process may
 * block a write for a moment.
 */
static const char file_pragmas[] = "PRAGMA busy_timeout = 5000;"
				   "PRAGMA journal_mode = WAL;"
				   "PRAGMA synchronous = NORMAL;";

/* Makes readers use file_fetch(), as for mapped files; any size will do. */
static const char page_pragmas[] = "PRAGMA mmap_size = 1073741824";

static bool set_up(struct db *db)
{
	/* A database in memory has its journal in memory without a pragma, which would read the
	 * whole schema now rather than at the first use. */
	static const char pragmas[] = "PRAGMA foreign_keys = ON;"
				      "PRAGMA temp_store = MEMORY;"
				      "PRAGMA trusted_schema = OFF;";
	const unsigned flags = SQLITE_PREPARE_PERSISTENT;

	/* DQS off: a misspelt column in double quotes would be a string. */
	return sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DML, 0, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DQS_DDL, 0, NULL) == SQLITE_OK &&
	       sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK &&
	       db_exec(db, pragmas) &&
	       (db->store->read_only ||
		db_exec(db, db->store->pages ? page_pragmas : file_pragmas)) &&
	       prepare(db, "BEGIN", flags, &db->begin_read) &&
	       prepare(db, "BEGIN IMMEDIATE", flags, &db->begin_write) &&
	       prepare(db, "COMMIT", flags, &db->commit) &&
	       prepare(db, "ROLLBACK", flags, &db->rollback);
}

static bool open_connection(struct store *store, struct db *db)
{
	const int flags =
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
	    (store->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	char name[32];
	bool ok;

	snprintf(name, sizeof name, "%p", (void *)store->pages);
	db->store = store;
	pthread_rwlock_wrlock(&store->lock);
	db->next = store->dbs;
	store->dbs = db;
	pthread_rwlock_unlock(&store->lock);
	/* Opening reads the header. */
	pthread_rwlock_rdlock(&store->lock);
	ok = sqlite3_open_v2(store->pages ? name : store->path, &db->sqlite, flags,
			     store->pages ? vfs_name : NULL) == SQLITE_OK &&
	     set_up(db);
	pthread_rwlock_unlock(&store->lock);
	return ok;
}

struct db *store_connect(struct store *store, char *err, size_t errlen)
{
	struct db *db = calloc(1, sizeof *db);

	if (db && open_connection(store, db))
		return db;
	db_write_error(db, err, errlen);
	db_close(db);
	return NULL;
}

void db_close(struct db *db)
{
	struct db **link;

	if (!db)
		return;
	pthread_rwlock_wrlock(&db->store->lock);
	/* A writer cannot end its transaction any more. */
	if (db->reading)
		stmt_run_prepared(&db->commit);
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

/* ---- transactions ---------------------------------------------------------------------------- */

/* Roll back the open transaction, if any. When memory is short this may need several attempts; more
 * follow before the next read or write. */
void db_roll_back(struct db *db)
{
	enum { ATTEMPTS = 3 };

	for (int i = 0; i < ATTEMPTS && !sqlite3_get_autocommit(db->sqlite); i++)
		if (!stmt_run_prepared(&db->rollback))
			sqlite3_db_release_memory(db->sqlite);
	db->rollback_pending = !sqlite3_get_autocommit(db->sqlite);
	db->store->rollback_pending |= db->rollback_pending;
}

/* The library's error; NULL if there is none. Without a connection, memory is short. */
static const char *library_error(const struct db *db)
{
	int code = sqlite3_errcode(db->sqlite) & 0xff;

	return code != SQLITE_OK && code < SQLITE_ROW ? sqlite3_errmsg(db->sqlite) : NULL;
}

void db_note_failure(struct db *db, const char *why)
{
	if (!why)
		why = library_error(db);
	if (why)
		snprintf(db->failed, sizeof db->failed, "%s", why);
}

/*
 * Indexes that were made after the rows are in other pages than another database's. When one
 * database replaces the other, a connection notices that only by the schema's number, so no two may
 * have the same. The library counts from 1, and lets us set the number only without DEFENSIVE.
 */
bool db_number_schema(struct db *db)
{
	static atomic_int numbers = 1 << 30;
	char sql[64];
	bool ok;

	snprintf(sql, sizeof sql, "PRAGMA schema_version = %d", atomic_fetch_add(&numbers, 1));
	ok = sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL) == SQLITE_OK &&
	     db_exec(db, sql);
	return sqlite3_db_config(db->sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) == SQLITE_OK && ok;
}

bool db_is_open(struct db *db)
{
	return !sqlite3_get_autocommit(db->sqlite);
}

/* ---- changes of rows ------------------------------------------------------------------------- */

static void on_change(void *arg, sqlite3 *sqlite UNUSED, int what, const char *database UNUSED,
		      const char *table, sqlite3_int64 from UNUSED, sqlite3_int64 to UNUSED)
{
	struct db *db = arg;

	if (what != SQLITE_DELETE)
		db->watch->changed(db->watch, db, table, what == SQLITE_INSERT);
}

void db_watch(struct db *db, struct watch *watch)
{
	db->watch = watch;
	sqlite3_preupdate_hook(db->sqlite, watch ? on_change : NULL, db);
}

const char *db_old_text(struct db *db, int column)
{
	sqlite3_value *value;

	return sqlite3_preupdate_old(db->sqlite, column, &value) == SQLITE_OK
		   ? (const char *)sqlite3_value_text(value)
		   : NULL;
}

const char *db_new_text(struct db *db, int column)
{
	sqlite3_value *value;

	return sqlite3_preupdate_new(db->sqlite, column, &value) == SQLITE_OK
		   ? (const char *)sqlite3_value_text(value)
		   : NULL;
}

/* ---- copies ---------------------------------------------------------------------------------- */

bool db_copy(struct db *target, struct db *source)
{
	sqlite3_backup *backup =
	    sqlite3_backup_init(target->sqlite, "main", source->sqlite, "main");
	bool done = backup && sqlite3_backup_step(backup, -1) == SQLITE_DONE;

	return backup && sqlite3_backup_finish(backup) == SQLITE_OK && done;
}

/* ---- statements ------------------------------------------------------------------------------ */

const char *db_error(struct db *db)
{
	const char *why = !db ? NULL : db->failed[0] ? db->failed : library_error(db);

	/* If the library reports no error, an allocation of ours has failed. */
	return why ? why : "out of memory";
}

/* The kept statement of that text, or a place for it: that of the least recently used one. */
static struct stmt *find_kept(struct db *db, const char *sql)
{
	struct kept_stmt *oldest = db->kept;
	size_t len = strlen(sql);

	for (struct kept_stmt *k = db->kept; k < db->kept + KEPT; k++) {
		if (k->stmt.sqlite && k->len == len &&
		    memcmp(sqlite3_sql(k->stmt.sqlite), sql, len) == 0) {
			k->last_used = ++db->use_count;
			return &k->stmt;
		}
		if (k->last_used < oldest->last_used)
			oldest = k;
	}
	sqlite3_finalize(STEAL(oldest->stmt.sqlite));
	oldest->len = len;
	oldest->last_used = ++db->use_count;
	return &oldest->stmt;
}

static struct stmt *cache_entry(struct db *db, const struct query *q)
{
	if (q->slot == QUERY_ONCE)
		return calloc(1, sizeof(struct stmt));
	return q->slot == QUERY_KEPT ? find_kept(db, q->sql) : &db->cache[q->slot];
}

struct stmt *db_query(struct db *db, const struct query *q)
{
	const bool once = q->slot == QUERY_ONCE;
	struct stmt *s;

	if (db->store->rollback_pending)
		return NULL; /* it would see what is to be rolled back */
	s = cache_entry(db, q);
	if (!s)
		return NULL;
	if (!s->sqlite && !prepare(db, q->sql, once ? 0 : SQLITE_PREPARE_PERSISTENT, s)) {
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
	sqlite3_reset(s->sqlite); /* returns the last step's error again */
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
	/* Allowed for the value of a column because there are no mutexes: see store_setup(). */
	sqlite3_value *value = sqlite3_column_value(s->sqlite, i);
	const void *bytes;

	if (sqlite3_value_type(value) == SQLITE_NULL)
		return NULL;
	bytes = sqlite3_value_blob(value);
	*len = (size_t)sqlite3_value_bytes(value);
	return bytes ? bytes : ""; /* the library returns NULL for no bytes */
}

const char *stmt_text(struct stmt *s, int i)
{
	return (const char *)sqlite3_column_text(s->sqlite, i);
}

int64_t stmt_int(struct stmt *s, int i)
{
	return sqlite3_column_int64(s->sqlite, i);
}
