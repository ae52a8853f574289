/* SPDX-License-Identifier: MIT
 * fault.h - fault rules: which answers of a workspace fail, come late, or are cut off, on purpose.
 * The first rule that matches a request applies; nothing is random. Knows the operations and how
 * rules look as JSON; nothing of exchanges.
 */
#ifndef WORKSPACE_FAULT_H
#define WORKSPACE_FAULT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/arena.h"
#include "model/resource.h"

struct operation;
struct writer;

enum { FAULTS_MAX = 100 };

/* When the connection is cut, and how the answer's body is spoilt. All but the first have a word.
 */
enum fault_close { CLOSE_NOT, CLOSE_BEFORE, CLOSE_MIDDLE };
enum fault_spoil { SPOIL_NOT, SPOIL_TRUNCATED, SPOIL_MALFORMED };

/* The members of a rule as JSON. */
extern const struct shape fault_shape;
/* The same, but messages do not list the members that count requests. */
extern const struct shape fault_header_shape;

/* A rule. Numbers that are not given are -1, texts NULL. */
struct fault {
	/* The requests that it matches: by all members that are given. */
	const struct operation *op;
	const char *method, *path, *key; /* path: a glob; key: an API key, or its name */
	const char *query, *body; /* JSON: some of the query's parameters; part of the body */
	int64_t times;            /* how often it applies */
	/* Only those of them that are more than so many within so many seconds. */
	struct {
		int64_t requests, seconds;
		int64_t since,
		    counted; /* when the seconds began; requests since, at most so many */
	} limit;
	/* What it does: with a status, in place of the operation; without, to its answer. */
	int64_t status;
	const char *code, *message;
	int64_t delay_ms;
	enum fault_close close;
	enum fault_spoil spoil;
	const char *merge;                   /* JSON: a merge patch of the answer */
	int64_t retry_after, retry_after_ms; /* headers: seconds, milliseconds, */
	int64_t should_retry;                /* 0 or 1 */
	uint64_t hits;                       /* how often it has applied */
};

struct tally;

/* Rules and their texts. */
struct fault_set {
	struct arena arena;
	size_t count;
	struct fault rules[];
};

/* The rules of a workspace. The functions may be called by any thread. */
struct faults {
	pthread_mutex_t lock;
	atomic_bool any;       /* are there rules? */
	atomic_bool touched;   /* by a tester, since the workspace began or was reset */
	struct fault_set *set; /* NULL: none */
	struct tally *tally;   /* is told which rules are removed, or NULL */
};

void faults_open(struct faults *f);
void faults_close(struct faults *f);
/* A rule in which nothing is given. */
extern const struct fault fault_none;
/* A set of `count` rules in which nothing is given. NULL when memory is short. */
struct fault_set *fault_set_new(size_t count);
void fault_set_free(struct fault_set *set);
/* A copy, whose hits are 0. NULL when memory is short. */
struct fault_set *fault_set_copy(const struct fault_set *set) MUST_CHECK;
/* Replace the rules, by a set that then belongs to `f`, or NULL. */
void faults_replace(struct faults *f, struct fault_set *set);
/*
 * Add copies of the rules of a set after the rules there are, whose hits stay, and write them all
 * as faults_write() does. *count: how many that makes. False, and nothing has changed, if they are
 * more than FAULTS_MAX, or memory is short.
 */
bool faults_add(struct faults *f, const struct fault_set *more, struct writer *w, size_t *count);
/* Tell a tally which rules have not fired yet. */
void faults_tally(struct faults *f, struct tally *t);
static inline void faults_clear(struct faults *f)
{
	faults_replace(f, NULL);
}
/* The rules are those with which the workspace begins. */
static inline void faults_are_own(struct faults *f)
{
	f->touched = false;
}

/* Are there rules? Takes no lock, so that requests lose no time if there are none. */
static inline bool faults_has_any(const struct faults *f)
{
	return atomic_load_explicit(&f->any, memory_order_acquire);
}

/* What rules know of a request. */
struct fault_case {
	const struct operation *op;
	const char *method, *path;
	size_t prefix_len;          /* see model/api_path.h */
	const char *key, *key_name; /* either may be NULL */
	const struct pairs *query;
	const char *body; /* no NUL ends it */
	size_t body_len;
	int64_t now; /* by the workspace's clock */
};

/* Does a request fulfil the conditions of a rule? False when memory is short. */
bool fault_matches(const struct fault *rule, const struct fault_case *c, struct arena *a,
		   bool *matches) MUST_CHECK;

/*
 * Find the first rule that matches, has times left and whose limit is exceeded, and count the hit.
 * Returns a copy in the arena, with the rule's index in *index; or NULL. When memory is short,
 * *index is -1 and no hit is counted.
 */
const struct fault *faults_match(struct faults *f, const struct fault_case *c, struct arena *a,
				 int *index);

/* The error whose code a status has by default, or ERR_NONE if it has none. */
enum error fault_error(int64_t status);

/* Write rules as an object: those of a set, or NULL for none; those of a workspace. */
void fault_set_write(const struct fault_set *set, struct writer *w);
void faults_write(struct faults *f, struct writer *w);

#endif
