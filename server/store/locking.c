/* SPDX-License-Identifier: MIT
 * locking.c - the lock between readers and writers, and their transactions. Calls no function of
 * SQLite's.
 */
#include "store/store_internal.h"

/*
 * Beginning and ending a read transaction costs more than reading a row. So a reader leaves it open
 * when it releases the lock, and the next writer ends it: the connection is not in use then, and
 * nothing has changed before.
 */
void db_read(struct db *db)
{
	struct store *store = db->store;

	pthread_rwlock_rdlock(&store->lock);
	if (store->rollback_pending) {
		pthread_rwlock_unlock(&store->lock);
		db_lock(db); /* tries again to roll back, on any connection */
		db_unlock(db);
		pthread_rwlock_rdlock(&store->lock);
	}
	db->failed[0] = '\0';
	/* The library itself ends a transaction in which memory runs out. */
	if (!db->reading || !db_is_open(db))
		db->reading = stmt_run_prepared(&db->begin_read);
}

void db_read_end(struct db *db)
{
	pthread_rwlock_unlock(&db->store->lock);
}

static void end_readers(struct store *store)
{
	store->rollback_pending = false;
	for (struct db *db = store->dbs; db; db = db->next)
		if (db->reading) {
			/* Fails if the library has ended it: see db_read(). */
			stmt_run_prepared(&db->commit);
			db->reading = db_is_open(db);
		} else if (db->rollback_pending) {
			db_roll_back(db);
		}
}

void db_lock(struct db *db)
{
	pthread_rwlock_wrlock(&db->store->lock);
	end_readers(db->store);
	db->failed[0] = '\0';
}

void db_unlock(struct db *db)
{
	pthread_rwlock_unlock(&db->store->lock);
}

bool db_write(struct db *db)
{
	db_lock(db);
	/* A pragma here, such as defer_foreign_keys, would expire all prepared statements. */
	if (!db->store->rollback_pending && stmt_run_prepared(&db->begin_write))
		return true;
	db_rollback(db);
	return false;
}

/* Release the lock after a transaction. */
static void end_write(struct db *db, bool committed)
{
	struct watch *watch = db->watch;

	if (watch) {
		db_watch(db, NULL);
		watch->ended(watch, committed);
	}
	db_unlock(db);
}

bool db_commit(struct db *db)
{
	if (stmt_run_prepared(&db->commit)) {
		end_write(db, true);
		return true;
	}
	/* A foreign key that refuses it leaves the transaction open. */
	db_rollback(db);
	return false;
}

void db_rollback(struct db *db)
{
	db_note_failure(db, NULL); /* rolling back clears the error */
	db_roll_back(db);
	end_write(db, false);
}
