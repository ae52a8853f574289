/*
 * fault.h - what a workspace's answers suffer on purpose: rules, first match wins, nothing random.
 * Knows the operations and how rules look as JSON; nothing of HTTP, and nothing of who asks.
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

/* Where the connection is cut, and what becomes of a body; each has a word but the first. */
enum fault_close { CLOSE_NOT, CLOSE_BEFORE, CLOSE_MIDDLE };
enum fault_body { BODY_WHOLE, BODY_TRUNCATED, BODY_MALFORMED };

extern const struct word fault_close_words[], fault_body_words[];

/* A rule. Numbers that are not given are -1, texts NULL. */
struct fault {
	/* When: all that is given must hold. */
	const struct operation *op;
	const char *method, *path, *key; /* path: a pattern; key: one, or the name of one */
	int64_t times;                   /* so often, and then no more */
	/* What: with a status, in place of the operation; without, to its answer. */
	int64_t status;
	const char *code, *message;
	int64_t delay_ms;
	enum fault_close close;
	enum fault_body body;
	int64_t retry_after, retry_after_ms; /* headers: seconds, milliseconds, */
	int64_t should_retry;                /* 0 or 1 */
	uint64_t hits;
};

/* Rules and their texts, in one piece. */
struct fault_set {
	struct arena arena;
	size_t count;
	struct fault rules[];
};

/* Any thread may use them at any time. */
struct faults {
	pthread_mutex_t lock;
	atomic_bool any;       /* there are rules */
	struct fault_set *set; /* NULL: none */
};

void faults_open(struct faults *f);
void faults_close(struct faults *f);
/* Room for so many rules, all of nothing; NULL when memory is short. */
struct fault_set *fault_set_new(size_t count);
void fault_set_free(struct fault_set *set);
/* Put these, which it then owns, in place of those there are; NULL: none. */
void faults_replace(struct faults *f, struct fault_set *set);
static inline void faults_clear(struct faults *f)
{
	faults_replace(f, NULL);
}

/* Is there anything to look for? All that requests pay while there is not. */
static inline bool faults_has_any(const struct faults *f)
{
	return atomic_load_explicit(&f->any, memory_order_acquire);
}

/* A request, as rules see it. */
struct fault_case {
	const struct operation *op;
	const char *method, *path;
	size_t prefix_len;          /* see model/api_path.h */
	const char *key, *key_name; /* either may be NULL */
};

/*
 * Find the first rule that fits and has times left, and count the hit. Returns a copy whose texts
 * live in the arena, as it does, with its index in *index; or NULL. When memory is short, *index is
 * -1 and nothing is counted.
 */
const struct fault *faults_match(struct faults *f, const struct fault_case *c, struct arena *a,
				 int *index);

/* The error whose code a status has where a rule gives none, or ERR_NONE. */
enum error fault_error(int64_t status);

/* Write rules as an object: some that are nobody's yet, or NULL for none; or all there are. */
void fault_set_write(const struct fault_set *set, struct writer *w);
void faults_write(struct faults *f, struct writer *w);

#endif
