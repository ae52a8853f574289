/* SPDX-License-Identifier: MIT
 * store.c - stores: opening them in memory or in a file, lending their connections to threads,
 * images. Of SQLite it knows the header of a database file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/store_internal.h"

/* By glibc's default, an endless stream of readers would keep a writer out for ever. */
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

/* The application id of our files: "Miru". */
enum { APPLICATION = 0x4d697275 };

int store_schema_number(const char *schema)
{
	uint64_t hash = HASH_BEGIN;
	char quote = '\0';

	while (*schema) {
		char c = *schema;

		if (!quote && starts_with(schema, "--")) {
			schema += strcspn(schema, "\n");
			continue;
		}
		schema++;
		if (!quote && strchr(" \t\r\n", c))
			continue;
		if (c == quote)
			quote = '\0';
		else if (!quote && (c == '\'' || c == '"'))
			quote = c;
		hash = (hash ^ (unsigned char)c) * HASH_PRIME;
	}
	return (int)(hash & INT32_MAX);
}

/* In one transaction, which is faster than one for each table. */
static bool create_tables(struct db *db, const char *schema, char *err, size_t errlen)
{
	char marks[128];

	snprintf(marks, sizeof marks, "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 APPLICATION, store_schema_number(schema));
	if (!db_write(db))
		return db_write_error(db, err, errlen);
	if (!db_exec(db, schema) || !db_exec(db, marks))
		db_rollback(db);
	else if (db_commit(db))
		return true;
	return db_write_error(db, err, errlen);
}

/* A store without a connection, in pages or in a file; it takes over `pages` and `path`. */
static struct store *store_new(struct pages *pages, char *path, char *err, size_t errlen)
{
	struct store *store = calloc(1, sizeof *store);

	if ((!pages && !path) || !store || !init_lock(&store->lock)) {
		db_write_error(NULL, err, errlen);
		pages_free(pages);
		free(path);
		free(store);
		return NULL;
	}
	pthread_mutex_init(&store->slots_lock, NULL);
	store->pages = pages;
	store->path = path;
	store->file = -1;
	return store;
}

/* A store in memory, without tables. */
static struct store *store_in_memory(char *err, size_t errlen)
{
	struct store *store = store_new(pages_new(), NULL, err, errlen);

	if (store)
		store->first = store_connect(store, err, errlen);
	if (store && store->first)
		return store;
	store_close(store);
	return NULL;
}

struct store *store_open(const char *schema, char *err, size_t errlen)
{
	struct store *store = store_in_memory(err, errlen);

	if (store && create_tables(store->first, schema, err, errlen))
		return store;
	store_close(store);
	return NULL;
}

struct store *store_open_image(const struct image *image, char *err, size_t errlen)
{
	struct store *store = store_in_memory(err, errlen);

	if (!store)
		return NULL;
	if (db_restore(store->first, image)) {
		store->slots[0] = store->first;
		return store;
	}
	db_write_error(store->first, err, errlen);
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
	for (size_t i = 0; i < WORKERS_MAX; i++)
		if (store->slots[i] != store->first)
			db_close(store->slots[i]);
	db_close(store->first);
	/* Last: closing it releases the locks that the library has on the file. */
	if (store->file >= 0)
		close(store->file);
	pthread_mutex_destroy(&store->slots_lock);
	pthread_rwlock_destroy(&store->lock);
	pages_free(store->pages);
	free(store->path);
	free(store);
}

/* ---- connections for threads ----------------------------------------------------------------- */

/* A free connection, if possible that of the worker's slot; else NULL, and *place is an empty slot,
 * if possible the worker's, or NULL. */
static struct db *find_free(struct store *store, unsigned worker, struct db ***place)
{
	*place = NULL;
	for (unsigned i = 0; i < WORKERS_MAX; i++) {
		struct db **slot = &store->slots[(worker + i) % WORKERS_MAX], *db = *slot;

		if (db && !db->in_use)
			return db;
		if (!db && !*place)
			*place = slot;
	}
	return NULL;
}

struct db *store_acquire(struct store *store, unsigned worker, char *err, size_t errlen)
{
	struct db **place, *db;

	if (store->dedicated)
		return store->slots[worker];
	pthread_mutex_lock(&store->slots_lock);
	db = find_free(store, worker, &place);
	if (!db && place)
		db = *place = store_connect(store, err, errlen);
	if (db)
		db->in_use = true;
	pthread_mutex_unlock(&store->slots_lock);
	return db;
}

void store_release(struct db *db)
{
	struct store *store = db->store;

	if (store->dedicated)
		return;
	pthread_mutex_lock(&store->slots_lock);
	db->in_use = false;
	pthread_mutex_unlock(&store->slots_lock);
}

bool store_dedicate(struct store *store, unsigned workers, char *err, size_t errlen)
{
	for (unsigned i = 0; i < workers; i++) {
		store->slots[i] = store_connect(store, err, errlen);
		if (!store->slots[i])
			return false;
	}
	store->dedicated = true;
	return true;
}

/* ---- images ---------------------------------------------------------------------------------- */

/*
 * A database in memory is restored by changing its pages under the library, as another process
 * would change a file, while no one uses the database. Each connection notices by the counter in
 * the header, drops its cache, and, since the schema is the same, keeps its prepared statements.
 * Only the header's page is copied.
 */

/* Offsets in a database's header. */
enum { VERSIONS_OFFSET = 18, COUNTER_OFFSET = 24, VALID_FOR_OFFSET = 92 };

static void increment(unsigned char *number)
{
	for (int i = 4; i-- > 0 && ++number[i] == 0;)
		;
}

static bool restore_pages(struct pages *pages, const struct image *image)
{
	unsigned char first[PAGE_BYTES];

	memcpy(first, image_page(image, 0), PAGE_BYTES);
	if (pages_count(pages) > 0) {
		pages_read(pages, first + COUNTER_OFFSET, 4, COUNTER_OFFSET);
		increment(first + COUNTER_OFFSET);
		memcpy(first + VALID_FOR_OFFSET, first + COUNTER_OFFSET, 4);
	}
	return pages_restore(pages, image, first);
}

static bool restore_file(struct db *db, const struct image *image)
{
	char err[sizeof db->failed];
	struct store *source = store_open_image(image, err, sizeof err);
	bool ok = source && db_copy(db, source->first);

	if (!ok)
		db_note_failure(db, source ? NULL : err);
	store_close(source);
	return ok;
}

/* Is a transaction open that could not be ended, because memory was short? */
static bool has_open_transaction(const struct store *store)
{
	for (const struct db *db = store->dbs; db; db = db->next)
		if (db->reading || db->rollback_pending)
			return true;
	return false;
}

bool db_restore(struct db *db, const struct image *image)
{
	if (has_open_transaction(db->store))
		return false;
	return db->store->pages ? restore_pages(db->store->pages, image) : restore_file(db, image);
}

static struct image *image_of_file(struct db *db, const struct image *like)
{
	char err[256];
	unsigned char first[PAGE_BYTES];
	struct store *copy = store_in_memory(err, sizeof err);
	struct image *image = NULL;

	if (copy && db_copy(copy->first, db)) {
		/* Not in WAL mode: a database in memory has no log. */
		pages_read(copy->pages, first, sizeof first, 0);
		first[VERSIONS_OFFSET] = first[VERSIONS_OFFSET + 1] = 1;
		if (pages_write(copy->pages, 0, first))
			image = pages_image(copy->pages, like);
	}
	store_close(copy);
	return image;
}

struct image *db_image(struct db *db, const struct image *like)
{
	const struct pages *pages = db->store->pages;

	if (db->store->rollback_pending)
		return NULL;
	return pages ? pages_image(pages, like) : image_of_file(db, like);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Open it a second time, to lock other servers out. */
static bool lock_file(struct store *store, const char *path, char *err, size_t errlen)
{
	store->file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (store->file >= 0 && flock(store->file, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (store->file >= 0 && errno == EWOULDBLOCK)
		snprintf(err, errlen, "%s: in use by another miru-mock", path);
	else
		snprintf(err, errlen, "%s: cannot be opened: %s", path, strerror(errno));
	return false;
}

/* The number that a pragma returns; -1 if it fails. */
static int64_t pragma(struct db *db, const char *sql)
{
	int64_t number;

	return db_number(db, sql, &number) ? number : -1;
}

/* Is it our file, made with this schema, or an empty one? */
static bool check_file(struct db *db, const char *path, const char *schema, bool *fresh, char *err,
		       size_t errlen)
{
	int64_t changes = pragma(db, "PRAGMA schema_version");
	int64_t bytes = changes < 0 ? -1 : pragma(db, "PRAGMA page_size");
	int64_t application = bytes < 0 ? -1 : pragma(db, "PRAGMA application_id");
	bool empty = changes == 0 && !db->store->read_only && application == 0;

	*fresh = changes == 0;
	if (bytes < 0)
		snprintf(err, errlen, "%s: cannot be read as a database: %s", path, db_error(db));
	else if (!empty && application != APPLICATION)
		snprintf(err, errlen, "%s: not a database of miru-mock", path);
	else if (!empty && pragma(db, "PRAGMA user_version") != store_schema_number(schema))
		snprintf(err, errlen,
			 "%s: made by another version of miru-mock; export it with that version, "
			 "and load the export with --fixtures into a new file",
			 path);
	else if (!db->store->read_only && bytes != PAGE_BYTES)
		/* It is copied to and from memory page by page. */
		snprintf(err, errlen,
			 "%s: has pages of %d bytes (expected %d); export it, and load the export "
			 "with --fixtures into a new file",
			 path, (int)bytes, PAGE_BYTES);
	else
		return true;
	return false;
}

static bool connect_file(struct store *store, const char *path, char *err, size_t errlen)
{
	char why[256];

	store->first = store_connect(store, why, sizeof why);
	if (!store->first)
		snprintf(err, errlen, "%s: cannot be opened: %s", path,
			 access(path, R_OK) == 0 ? why : strerror(errno));
	return store->first;
}

struct store *store_open_file(const char *path, const char *schema, bool read_only, bool *fresh,
			      char *err, size_t errlen)
{
	size_t len = strlen(path) + 3;
	char *name = malloc(len);
	struct store *store;

	if (name) /* so that none has a meaning to the library, as :memory: has */
		snprintf(name, len, "%s%s", *path == '/' ? "" : "./", path);
	store = store_new(NULL, name, err, errlen);
	if (!store)
		return NULL;
	store->read_only = read_only;
	if ((read_only || lock_file(store, path, err, errlen)) &&
	    connect_file(store, path, err, errlen) &&
	    check_file(store->first, path, schema, fresh, err, errlen))
		return store;
	store_close(store);
	return NULL;
}
