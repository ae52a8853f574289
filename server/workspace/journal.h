/* SPDX-License-Identifier: MIT
 * journal.h - the last requests that a workspace has had, with their answers, in a ring. Knows how
 * entries look as JSON; nothing of exchanges: http/exchange.c makes records of them.
 */
#ifndef WORKSPACE_JOURNAL_H
#define WORKSPACE_JOURNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

struct entry;
struct operation;
struct writer;

/* The functions may be called by any thread. */
struct journal {
	pthread_mutex_t lock; /* guards the rest */
	size_t size;          /* the number of entries that are kept */
	struct entry **ring;  /* of `cap` pointers; it grows as it fills */
	size_t cap, first, count;
	int64_t total;          /* requests since the last journal_clear() */
	int64_t dropped;        /* those of them that are not kept, since the last journal_drop() */
	atomic_uint generation; /* may be read without the lock */
};

void journal_open(struct journal *j, size_t size);
void journal_close(struct journal *j);
/* Drop all entries and start counting again from zero, as after a reset. */
void journal_clear(struct journal *j);
/* Drop all entries; ids go on. */
void journal_drop(struct journal *j);

/* How many requests there were since the last journal_clear(). */
int64_t journal_total(struct journal *j);

/* The current generation; it changes at every journal_clear(). */
static inline unsigned journal_generation(const struct journal *j)
{
	return atomic_load_explicit(&j->generation, memory_order_relaxed);
}

/* The texts of an entry. */
enum journal_text {
	TEXT_METHOD,
	TEXT_PATH, /* without the query */
	TEXT_QUERY,
	TEXT_KEY,
	TEXT_KEY_NAME,
	TEXT_CODE,
	TEXT_USER_AGENT,
	TEXT_IGNORED, /* names that the operation has passed over; a NUL ends each */
	TEXT_REQUEST, /* the body */
	TEXT_RESPONSE,
	TEXT_COUNT
};

/* Bytes as they were received; they may have NULs. */
struct bytes {
	const char *data; /* or NULL */
	size_t len;
};

/* A request and its answer. */
struct journal_record {
	unsigned generation;  /* of the journal, when the request came */
	int64_t time, micros; /* when it was answered, by the workspace's clock; the duration */
	const struct operation *op; /* an operation with a name, or NULL */
	const char *version;        /* or NULL */
	int status;                 /* 0: no answer was sent */
	int fault, retry_count;     /* -1: none */
	size_t prefix_len;          /* of the path: see model/api_path.h */
	uint64_t request_bytes, response_bytes;
	struct bytes text[TEXT_COUNT]; /* the journal copies them; of bodies, the beginning */
};

/*
 * Add a request whose answer is made and not sent yet. If the generation has changed since the
 * request came, nothing is added. When memory is short, the request counts as dropped.
 */
void journal_add(struct journal *j, const struct journal_record *record);

/* Which entries to show: those that match all members that are given. */
struct journal_filter {
	const struct operation *op;
	const char *method, *path, *key; /* path: a glob; key: an API key, or its name */
	int status_from, status_to;      /* 0, 0: any */
	int64_t after, since;            /* an id; a time, INT64_MIN: any */
};

/* Write the entries that match, oldest first, as an object. Does not hold the lock while it writes.
 * False when memory is short. */
bool journal_write(struct journal *j, const struct journal_filter *filter,
		   struct writer *w) MUST_CHECK;

#endif
