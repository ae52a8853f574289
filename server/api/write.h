/* SPDX-License-Identifier: MIT
 * write.h - making and changing rows of any resource by the resource table, and the checks that
 * every such operation needs. Knows no HTTP.
 *
 * The write_* functions are for operations that have begun a transaction. They return false once x
 * has failed: with a failure noted, or, when memory is short, without one.
 */
#ifndef API_WRITE_H
#define API_WRITE_H

#include "api/new_row.h"
#include "store/row.h"

struct exchange;

/* POST: a new row of what the body says. PATCH: what the body says of the path's row. */
bool op_create(struct exchange *x);
bool op_patch(struct exchange *x);

/* ---- checks ---------------------------------------------------------------------------------- */

/* Each member of the body that refers to a row must name one that exists. */
bool write_check_refs(struct exchange *x);
/* Each of a list of ids, which a field of the body gives as a JSON array, must be one of a row. */
bool write_check_ids(struct exchange *x, enum resource_id resource, const char *field,
		     const char *ids);

/* A rule about rows: a query that finds the first breach, in two columns, which stand in the
 * message behind its first and second parts. */
struct rule {
	struct query query;
	unsigned nvalues; /* how many values it takes, from ?1 on */
	enum error error;
	const char *parts[3];
};

/* All of the rules must hold; the failure names the field. */
bool write_check_rules(struct exchange *x, const struct rule *rules, size_t n,
		       const char *const *values, const char *field);

/* How a body refers to a row: by id, or else by another member, by which a query finds the id. */
struct body_ref {
	enum resource_id resource;
	const char *field; /* the object that holds both members */
	const char *other;
	const struct query *find;
};

/* The object must have one of both members. Needs no transaction. */
bool write_check_ref_given(struct exchange *x, const struct body_ref *ref,
			   const struct body *object);
/* Find the row that the object refers to; if it has both members, by the id. */
bool write_find_ref(struct exchange *x, const struct body_ref *ref, const struct body *object,
		    const struct row **row);

/* ---- rows ------------------------------------------------------------------------------------ */

/* Complete a row and insert it; no two rows may share what the table calls unique. */
bool write_new(struct exchange *x, struct tx *tx, struct new_row *row);
/* Make a row of the operation's resource of what the body says; *id becomes its id. */
bool write_from_body(struct exchange *x, struct tx *tx, const char **id);
/* Complete a row that another row owns, and insert it. */
bool write_owned(struct exchange *x, struct tx *tx, struct new_row *row, const char *owner,
		 size_t position);
/* Change fields of a row. Does nothing if they have these values; else dates the row. */
bool write_changes(struct exchange *x, struct tx *tx, const struct row *row,
		   const struct pair *pairs, size_t n);
/* Change the fields of a row that the body sets. */
bool write_body(struct exchange *x, struct tx *tx, const struct row *row);
/* A list of texts of the body as a JSON array. */
bool write_json_array(struct exchange *x, const struct member *m, const char **json);
/* Link a row of the operation's resource to those that a field of the body lists. */
bool write_links(struct exchange *x, const char *id, const char *relation, const char *field);

#endif
