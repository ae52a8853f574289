/*
 * journal.h - the requests that a workspace has had: a ring of the last of them. Knows how its
 * entries look as JSON; nothing of exchanges, which note themselves, and nothing of who reads it.
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

/* Any thread may use one at any time. */
struct journal {
	pthread_mutex_t lock;
	size_t size;         /* so many are kept */
	struct entry **ring; /* with room for `cap`, which grows as it fills */
	size_t cap, first, count;
	int64_t total, dropped; /* since the beginning; since the last that is known */
	atomic_uint generation; /* how often it has begun anew */
};

void journal_open(struct journal *j, size_t size);
void journal_close(struct journal *j);
/* Begin anew: nothing has happened. */
void journal_clear(struct journal *j);
/* Forget what is kept; ids count on. */
void journal_drop(struct journal *j);

/* Has nothing happened since the beginning? */
bool journal_is_empty(struct journal *j);

/* Which beginning an exchange belongs to that comes now. */
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
	TEXT_REQUEST, /* the bodies */
	TEXT_RESPONSE,
	TEXT_COUNT
};

/* Bytes as they came; there may be NULs among them. */
struct bytes {
	const char *data; /* NULL: there are none */
	size_t len;
};

/* What is remembered of a request and its answer. */
struct journal_record {
	unsigned generation;        /* of the journal, when the request came */
	int64_t time, micros;       /* the workspace's, when it was answered; how long that took */
	const struct operation *op; /* one that has a name, or NULL */
	const char *version;        /* or NULL */
	int status;                 /* 0: none was sent */
	int fault, retry_count;     /* -1: none */
	size_t prefix_len;          /* of the path: see model/api_path.h */
	uint64_t request_bytes, response_bytes;
	struct bytes text[TEXT_COUNT]; /* copied; of bodies the beginning */
};

/*
 * Remember a request whose answer is made and about to leave; unless the journal has begun anew
 * since it came. Where memory is short, it counts as dropped.
 */
void journal_add(struct journal *j, const struct journal_record *record);

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
