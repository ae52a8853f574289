/* SPDX-License-Identifier: MIT
 * new_row.h - a row that is being made: a text for each field, and the resource table's defaults
 * for the others. Knows the table and transactions, nothing of requests.
 */
#ifndef API_NEW_ROW_H
#define API_NEW_ROW_H

#include "model/body.h"
#include "workspace/transaction.h"

struct new_row {
	const struct resource *resource;
	const char *values[FIELDS_MAX]; /* in the stored form; NULL: null, or not set; borrowed */
};

void new_row_init(struct new_row *row, enum resource_id resource);
/* Set a field that the resource has. */
void new_row_set(struct new_row *row, const char *field, const char *text);
const char *new_row_text(const struct new_row *row, const char *field);
/* Set each field that a body sets and the resource stores, but for lists. */
void new_row_from_body(struct new_row *row, const struct body *body);
/* Give each field that is not set a new id, its preset, the transaction's time, or another field's
 * value, as the table says. False when the database or memory fails. */
bool new_row_complete(struct new_row *row, struct tx *tx) MUST_CHECK;
/* Insert it; `owner` and `position` as for insert_row(). */
enum step new_row_insert(const struct new_row *row, struct tx *tx, const char *owner,
			 size_t position) MUST_CHECK;

#endif
