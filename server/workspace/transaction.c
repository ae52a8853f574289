/* SPDX-License-Identifier: MIT
 * transaction.c - begins, dates, commits and rolls back transactions.
 */
#include "workspace/transaction.h"

bool tx_begin(struct tx *tx)
{
	struct workspace *w = tx->workspace;

	if (!db_write(tx->db))
		return false;
	tx->open = true;
	behaviors_keep(w->behaviors);
	rfc3339_format(clock_now(&w->clock), tx->clock);
	if (!w->stateless && !workspace_keep_baseline(w, tx->db)) {
		tx_rollback(tx);
		return false;
	}
	recorder_begin(&w->recorder, tx->db, tx->cause, clock_now(&w->clock));
	return true;
}

void tx_date(struct tx *tx)
{
	rfc3339_format(clock_stamp(&tx->workspace->clock), tx->now);
}

void tx_date_after(struct tx *tx, const char *time)
{
	int64_t micros;

	if (strcmp(tx->now, time) <= 0 && rfc3339_parse(time, &micros) && micros < TIME_MAX)
		rfc3339_format(micros + 1, tx->now);
}

void tx_cover_settings(struct tx *tx)
{
	tx->settings = true;
	tx->clock_before = clock_setting(&tx->workspace->clock);
	tx->transitions_before = tx->workspace->transitions;
}

const char *tx_new_id(struct tx *tx, const struct resource *r)
{
	const char *id;
	bool taken;

	/* A seeded generator repeats ids that fixtures exported with that seed may hold. */
	do {
		id = idgen_new(&tx->workspace->idgen, tx->arena, r->prefix);
		if (!id || !db_has(tx->db, &tx->sql->get[resource_number(r)], &id, 1, &taken))
			return NULL;
	} while (taken);
	return id;
}

static void restore_settings(struct tx *tx)
{
	if (!tx->settings)
		return;
	clock_restore(&tx->workspace->clock, tx->clock_before);
	tx->workspace->transitions = tx->transitions_before;
}

static bool commit(struct tx *tx)
{
	tx->open = false;
	if (db_commit(tx->db))
		return true;
	behaviors_undo(tx->workspace->behaviors);
	restore_settings(tx);
	tx->workspace->due = INT64_MIN; /* so that the next reader plans again */
	return false;
}

/*
 * The keys change while the database is locked: a transaction that ends later could otherwise lose
 * the keys of this one.
 */
static bool commit_with_keys(struct tx *tx)
{
	struct keyring *before = workspace_keys(tx->workspace);
	bool ok;

	workspace_set_keys(tx->workspace, STEAL(tx->keys));
	ok = commit(tx);
	if (ok)
		keyring_unref(before);
	else
		workspace_set_keys(tx->workspace, before);
	return ok;
}

/* The behaviors change while the database is locked, so that nobody sees those of a transaction
 * that failed. */
static bool commit_with_behaviors(struct tx *tx)
{
	struct workspace *w = tx->workspace;
	struct behaviors *before = w->behaviors, *ours = STEAL(tx->behaviors);
	const bool were_set = w->behaviors_set;
	bool ok;

	w->behaviors = ours;
	w->behaviors_set = true;
	ok = commit(tx);
	if (!ok) {
		db_lock(tx->db);
		w->behaviors = before;
		w->behaviors_set = were_set;
		db_unlock(tx->db);
	}
	behaviors_free(ok ? before : ours);
	return ok;
}

bool tx_commit(struct tx *tx)
{
	struct workspace *w = tx->workspace;

	if (w->stateless) {
		tx->settings = false;
		if (tx->sets_behaviors)
			workspace_set_behaviors(w, STEAL(tx->behaviors));
		tx_rollback(tx);
		return true;
	}
	if (!workspace_schedule(w, tx->db)) {
		tx_rollback(tx);
		return false;
	}
	w->changed = true;
	return tx->keys             ? commit_with_keys(tx)
	       : tx->sets_behaviors ? commit_with_behaviors(tx)
				    : commit(tx);
}

void tx_rollback(struct tx *tx)
{
	tx->open = false;
	behaviors_undo(tx->workspace->behaviors);
	restore_settings(tx);
	keyring_unref(STEAL(tx->keys));
	behaviors_free(STEAL(tx->behaviors));
	db_rollback(tx->db);
}
