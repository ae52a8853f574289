/* SPDX-License-Identifier: MIT
 * handler.h - what operations on any resource have in common: beginning and ending a transaction,
 * reading rows, answering. Knows no HTTP, and no SQL but through the store.
 *
 * Functions that return bool return false once x has failed: with a failure noted, or, when memory
 * is short, without one. An operation is one chain:
 *
 *	struct tx tx CLEANUP(tx_end) = { 0 };
 *
 *	return op_begin(x, &tx) && check(...) && write(...) && op_commit_row(x, &tx, id);
 */
#ifndef API_HANDLER_H
#define API_HANDLER_H

#include "store/fetch.h"
#include "workspace/transaction.h"

struct exchange;

/* ---- operations ------------------------------------------------------------------------------ */

/* GET one, a list, and the key that asks (behaviour: sections 6, 5 and 3). */
bool op_get(struct exchange *x);
bool op_list(struct exchange *x);
bool op_principal(struct exchange *x);

/* ---- transactions ---------------------------------------------------------------------------- */

/*
 * Begin to read: until db_read_end(), all reads see one state of the database, in which every step
 * of the simulated devices that was due is done. NULL if that fails.
 *
 *	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
 */
struct db *op_begin_read(struct exchange *x) MUST_CHECK;
/* Begin to write: do what devices were due to do before, then date the transaction. */
bool op_begin(struct exchange *x, struct tx *tx) MUST_CHECK;
/* Begin to change the workspace's settings. The transaction covers them, and has no time of its
 * own. */
bool op_begin_settings(struct exchange *x, struct tx *tx) MUST_CHECK;
/* Commit what op_begin() began; what op_begin_settings() began, after planning the steps of the
 * simulated devices again. */
bool op_commit(struct exchange *x, struct tx *tx) MUST_CHECK;
bool op_commit_settings(struct exchange *x, struct tx *tx) MUST_CHECK;
/* Read the row of that id as the answer, then commit. */
bool op_commit_row(struct exchange *x, struct tx *tx, const char *id) MUST_CHECK;

/* ---- rows ------------------------------------------------------------------------------------ */

/* How the exchange reads rows: see store/fetch.h. */
struct fetch op_fetch(struct exchange *x);
/* Read the row of that id of the operation's resource, with the expansions asked for, into x->row.
 */
bool op_read(struct exchange *x, const char *id);
/* Read the page that the query asks for, of the operation's resource, into x->page. */
bool op_read_page(struct exchange *x);
/* Read a row, without relations. */
bool op_find(struct exchange *x, enum resource_id resource, const char *id, struct row **row);
/* Read the row whose id a field of the body gives. */
bool op_find_by_body(struct exchange *x, enum resource_id resource, const char *field,
		     struct row **row);
/* Read a row in the newest shape, with all rows that it owns. */
bool op_find_whole(struct exchange *x, enum resource_id resource, const char *id, struct row **row);
/* Run a query with values from ?1 on. *text becomes the first column of its first row, in the
 * arena, or NULL if there is no row. */
bool op_look_up(struct exchange *x, const struct query *q, const char *const *values, size_t n,
		const char **text);

/* ---- answers --------------------------------------------------------------------------------- */

/* Answer with an object that no table holds, by the operation's `answer`: values of fields by name;
 * the others are null. */
bool op_answer(struct exchange *x, const struct pair *values, size_t n);
/* Fail: there is no row of that id. */
bool op_not_found(struct exchange *x, enum resource_id resource, const char *id);
/* Fail: the database failed, or memory was short while it was used. */
bool op_db_error(struct exchange *x);

#endif
