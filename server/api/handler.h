/*
 * handler.h - what operations of the API do for any resource: reading one, listing, and the frame
 * of every change. Knows no HTTP and no SQL.
 */
#ifndef API_HANDLER_H
#define API_HANDLER_H

#include "store/fetch.h"
#include "workspace/transaction.h"

struct exchange;

/* Read what the path names, with its expansions, into x->row (behaviour: section 6). */
bool op_get(struct exchange *x);
/* Who asks (behaviour: section 3). */
bool op_principal(struct exchange *x);
/* Read the page that the query asks for into x->page (behaviour: section 5). */
bool op_list(struct exchange *x);

/* Run a function that reads: it sees one state of the database, with all done that was due when
 * it was called. */
bool op_look(struct exchange *x, bool (*read)(struct exchange *x));
/*
 * Run a function that changes the database, in one change: all of it happens, or where the function
 * fails, nothing. Then read the operation's resource x->id into x->row, with its expansions.
 */
bool op_change(struct exchange *x, bool (*run)(struct exchange *x, struct change *c));

/* The same where nothing is read at the end: the function says what is answered. */
bool op_act(struct exchange *x, bool (*run)(struct exchange *x, struct change *c));
/*
 * A change of what is no row: settings of the workspace. Nobody reads or changes rows meanwhile,
 * and what is due next is found out anew. The function can fail, and must then leave them be.
 */
bool op_set(struct exchange *x, bool (*run)(struct exchange *x));

/* Answer with an object that no table holds, by the operation's `answer`. Fields that are not named
 * are null; one that is NULL and may not be is for want of memory. */
bool op_say(struct exchange *x, const struct pair *values, size_t n);

/* The ways to read of an exchange: see store/fetch.h. */
struct join op_join(struct exchange *x);
/* Read a row, without relations. Where there is none, or reading fails, x fails. */
bool op_find(struct exchange *x, enum resource_id resource, const char *id, struct row **row);
/* The same of the row whose id a field of the body gives. */
bool op_find_said(struct exchange *x, enum resource_id resource, const char *field,
		  struct row **row);
/* The first again, in the newest shape, with all that lives inside it. */
bool op_find_whole(struct exchange *x, enum resource_id resource, const char *id, struct row **row);
/* The first column of the first row that a query gives for values from ?1 on, or NULL where it
 * gives none. It lives in the arena. */
bool op_look_up(struct exchange *x, const struct query *q, const char *const *values, size_t n,
		const char **text);
/* There is no such row. */
bool op_not_found(struct exchange *x, enum resource_id resource, const char *id);
/* The database failed, or memory did in the middle of it. */
bool op_broke(struct exchange *x);
/* Memory is short. */
bool op_short(struct exchange *x);

#endif
