/*
 * journal.h - the requests that a workspace has had: a ring of the last of them. Knows exchanges
 * and how its entries look as JSON; nothing of HTTP, and nothing of who reads it.
 */
#ifndef WORKSPACE_JOURNAL_H
#define WORKSPACE_JOURNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

struct entry;
struct exchange;
struct operation;
struct writer;

/* Any thread may use one at any time. */
struct journal {
	pthread_mutex_t lock;
	size_t size;         /* so many are kept */
	struct entry **ring; /* with room for `cap`, which grows as it fills */
	size_t cap, first, count;
	int64_t total, dropped; /* since the beginning; since the last that is known */
	atomic_uint beginnings; /* how often it has begun anew */
};

void journal_open(struct journal *j, size_t size);
void journal_close(struct journal *j);
/* Begin anew: nothing has happened. */
void journal_clear(struct journal *j);
/* Forget what is kept; ids count on. */
void journal_forget(struct journal *j);

/* Has nothing happened since the beginning? */
bool journal_is_empty(struct journal *j);

/* Which beginning an exchange belongs to that comes now. */
static inline unsigned journal_beginning(const struct journal *j)
{
	return atomic_load_explicit(&j->beginnings, memory_order_relaxed);
}

/*
 * Remember an exchange whose answer is made and about to leave, `micros` after it came; unless it
 * is one of a control endpoint, or came before the journal began anew. Where memory is short, it
 * counts as dropped.
 */
void journal_add(struct journal *j, const struct exchange *x, int64_t micros);

/* Which entries to show: those for which all holds that is given. */
struct journal_filter {
	const struct operation *op;
	const char *method, *path, *key; /* a path's pattern; a key, or its name */
	int status_from, status_to;      /* 0, 0: any */
	int64_t after, since;            /* an id; microseconds, INT64_MIN for any */
};

/* Write the entries that pass, oldest first, as an object. Holds nobody up while it writes. False
 * when memory is short. */
bool journal_write(struct journal *j, const struct journal_filter *filter,
		   struct writer *w) MUST_CHECK;

#endif
