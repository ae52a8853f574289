/* SPDX-License-Identifier: MIT
 * journal_view.h - which entries of a journal somebody asks for, and how they look as JSON.
 */
#ifndef WORKSPACE_JOURNAL_VIEW_H
#define WORKSPACE_JOURNAL_VIEW_H

#include "workspace/journal.h"

struct buf;
struct writer;

/* Which entries to show: those that match all members that are given. */
struct journal_filter {
	const struct operation *op;
	bool no_op;                      /* no operation was found */
	const char *method, *path, *key; /* path: a glob; key: an API key, or its name */
	int status_from, status_to;      /* 0, 0: any */
	int64_t after, since;            /* an id; a time, INT64_MIN: any */
};

bool journal_matches(const struct entry *e, const struct journal_filter *f);
/* Keep only the entries that match. */
void journal_select(struct entries *entries, const struct journal_filter *f);

/* Write an entry of a workspace, of that id. `scratch` is for its use. */
void journal_write_entry(struct writer *w, struct buf *scratch, const struct entry *e,
			 const char *workspace);
/* Write entries, oldest first, as an object. */
void journal_write(struct writer *w, const struct entries *entries, const char *workspace);

#endif
