/* SPDX-License-Identifier: MIT
 * journal.h - the last requests that a workspace has had, with their answers, in a ring. Knows
 * nothing of exchanges, which http/exchange.c tells it of, or of JSON: see journal_view.h.
 */
#ifndef WORKSPACE_JOURNAL_H
#define WORKSPACE_JOURNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"

struct entry;
struct operation;

/* The functions may be called by any thread. */
struct journal {
	pthread_mutex_t lock; /* guards the rest */
	size_t size;          /* the number of entries that are kept, */
	size_t body_max;      /* and the bytes of each body */
	struct entry **ring;  /* of `cap` pointers; it grows as it fills */
	size_t cap, first, count;
	int64_t total;   /* requests since the last journal_clear() */
	int64_t dropped; /* those of them that are not kept, since the last journal_drop() */
	/* May be read without the lock: */
	atomic_uint generation;
	atomic_uint changes; /* counts what readers may want to see */
};

void journal_open(struct journal *j, size_t size, size_t body_max);
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

/* Bytes as they were received; they may have NULs, and a NUL is behind them. */
struct bytes {
	const char *data; /* or NULL */
	size_t len;
};

/* The texts of a request. */
enum request_text {
	REQUEST_METHOD,
	REQUEST_PATH, /* without the query */
	REQUEST_QUERY,
	REQUEST_ID, /* the id in the path */
	REQUEST_KEY,
	REQUEST_KEY_NAME,
	REQUEST_USER_AGENT,
	REQUEST_HEADERS, /* names and values, a NUL behind each: the journal makes it */
	REQUEST_TEXTS
};

/* A request, as its headers tell. */
struct journal_request {
	unsigned generation;        /* of the journal, when the request came */
	int64_t time;               /* when it came, by the workspace's clock */
	const struct operation *op; /* an operation with a name, or NULL */
	int retry_count;            /* -1: none */
	size_t prefix_len;          /* of the path: see model/api_path.h */
	struct bytes text[REQUEST_TEXTS];
	struct pairs headers; /* only for journal_begin() */
	size_t headers_left;  /* headers that are not kept */
};

enum request_state { REQUEST_PENDING, REQUEST_DONE, REQUEST_CUT };
const char *journal_state_text(enum request_state state);

/* The texts of an answer, and the request's body. */
enum answer_text {
	ANSWER_CODE,
	ANSWER_IGNORED, /* names that the operation has passed over; a NUL ends each */
	ANSWER_REQUEST, /* the bodies */
	ANSWER_RESPONSE,
	ANSWER_TEXTS
};

/* An answer, and what else has become known since the headers came. */
struct journal_answer {
	enum request_state state;
	int64_t micros;      /* the duration; -1 while it is pending */
	const char *version; /* or NULL */
	int status;          /* 0: no answer was sent */
	int fault;           /* -1: none */
	uint64_t request_bytes, response_bytes;
	struct bytes text[ANSWER_TEXTS]; /* of bodies, the journal keeps the beginning */
};

/*
 * Enter a request whose headers have arrived. Returns a reference to its entry; NULL if it is not
 * kept: entries are not wanted, or memory is short, or the generation has changed since it came.
 */
struct entry *journal_begin(struct journal *j, const struct journal_request *request);
/* Tell what is known of the answer: before a delay as pending, and at the end. An entry that is
 * NULL, or was dropped, is fine. */
void journal_tell(struct journal *j, struct entry *e, const struct journal_answer *answer);
/* Release a reference. NULL is fine. */
void entry_unref(struct entry *e);

/* A reference to the entry of that id; NULL if it is not kept. */
struct entry *journal_find(struct journal *j, unsigned generation, int64_t id);

/* What an entry holds. The answer is NULL as long as nothing is known. */
int64_t entry_id(const struct entry *e);
const struct journal_request *entry_request(const struct entry *e);
const struct journal_answer *entry_answer(const struct entry *e);

/* Entries as they were at one time, with references. */
struct entries {
	struct entry **list;
	size_t count;
	int64_t total, dropped;
	unsigned changes; /* the journal's, before */
};

/* Get all entries with a greater id than `after`. False when memory is short. entries_free() frees
 * them, also after that. */
bool journal_entries(struct journal *j, int64_t after, struct entries *entries) MUST_CHECK;
void entries_free(struct entries *entries);
/* Begin without entries, and with room for so many. False when memory is short. */
bool entries_reserve(struct entries *entries, size_t count) MUST_CHECK;

/* Another change that readers may wait for. */
static inline void journal_changed(struct journal *j)
{
	atomic_fetch_add_explicit(&j->changes, 1, memory_order_release);
}

#endif
