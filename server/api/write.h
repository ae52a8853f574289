/*
 * write.h - what writes rows of any resource by the table: making one, changing one, and the
 * checks that every such operation needs. Knows no HTTP.
 *
 * All but the first two are for functions that op_change runs; where they return false, x has
 * failed.
 */
#ifndef API_WRITE_H
#define API_WRITE_H

#include "api/new_row.h"
#include "store/row.h"

struct exchange;

/* A new row of what the body says; and what the body says of the row that the path names. */
bool op_create(struct exchange *x);
bool op_patch(struct exchange *x);

/* The id in each member of the body that is one must be that of a row. */
bool write_refers(struct exchange *x);
/* Complete a draft and store it, as x->id: no two rows may share what the table calls unique. */
bool write_new(struct exchange *x, struct change *c, struct draft *d);
/* Make such a row of what the body says. */
bool write_said(struct exchange *x, struct change *c);
/* The same of one that lives inside another row. */
bool write_inside(struct exchange *x, struct change *c, struct draft *d, const char *owner,
		  size_t position);
/* Make the row that the path names out of what it is and what the body says. */
bool write_body(struct exchange *x, struct change *c, const struct row *row);
/* Give fields of a row other values; where they have them, nothing happens. */
bool write_changes(struct exchange *x, struct change *c, const struct row *row,
		   const struct pair *pairs, size_t n);

/* How a body names a row: by its id, or else by another member, by which a query finds the id. */
struct reference {
	enum resource_id resource;
	const char *field; /* the object that holds both */
	const char *other;
	const struct query *find;
};

/* Before a change: does the object say one of both? */
bool check_reference(struct exchange *x, const struct reference *r, const struct body *said);
/* The row that it means; the id counts where both are said. */
bool write_reference(struct exchange *x, const struct reference *r, const struct body *said,
		     const struct row **row);

/* What must hold of rows: a query that gives the first offence, in two columns, which stand in the
 * message after its first and second parts. */
struct rule {
	struct query query;
	unsigned nvalues; /* how many of the values it asks for, from ?1 */
	enum error error;
	const char *parts[3];
};

/* Do all hold? Else x fails, by a field of the body. */
bool write_rules(struct exchange *x, const struct rule *rules, size_t n, const char *const *values,
		 const char *field);
/* The list of texts that a member of the body is, as a JSON array. */
bool write_texts(struct exchange *x, const struct member *m, const char **json);
/* Link the row x->id of the operation's resource, by a relation, to those of such a list. */
bool write_links(struct exchange *x, const char *relation, const char *field);
/* Is every one of a list of ids, which a field of the body gives as a JSON array, one of a row? */
bool write_all_found(struct exchange *x, enum resource_id resource, const char *field,
		     const char *ids);

#endif
