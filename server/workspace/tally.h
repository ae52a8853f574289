/* SPDX-License-Identifier: MIT
 * tally.h - what a workspace has been asked since it began: how often each operation, which answers
 * each has given, and what was odd. A reset does not clear it: it sums up a whole run of tests.
 */
#ifndef WORKSPACE_TALLY_H
#define WORKSPACE_TALLY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/util.h"
#include "model/error.h"

enum { TALLY_OPERATIONS = 64, TALLY_NAMES = 64, TALLY_NAME_BYTES = 256, TALLY_TEXT_BYTES = 1024 };

/* Texts, each with how often it was noted; at most TALLY_NAMES different ones. */
struct tally_names {
	struct tally_note {
		struct tally_note *next;
		uint64_t times;
		char text[];
	} * first;
	size_t count;
	uint64_t others; /* notes of further ones */
};

/* The functions may be called by any thread. */
struct tally {
	struct {
		_Atomic uint64_t requests;
		_Atomic uint64_t seen;  /* bit 0: success; others by enum error */
	} operations[TALLY_OPERATIONS]; /* by their places in the table */
	pthread_mutex_t lock;           /* guards the rest */
	struct tally_names unmatched;   /* "GET /nowhere": no operation was found */
	struct tally_names ignored;     /* "listDevices query.limt" */
	struct tally_names unhit; /* fault rules, as JSON, that were removed and never fired; */
	struct tally_names hit;   /* and those that did */
};

void tally_open(struct tally *t);
void tally_close(struct tally *t);
/* Count a request of an operation, by its place in the table, and its answer; -1: no answer. */
void tally_count(struct tally *t, size_t operation, int seen);
/* Note a text; NULL, for which memory was short, is counted among the others. */
void tally_text(struct tally *t, struct tally_names *names, const char *text);
/* Note a text: `first`, a space, `len` bytes of `second`. */
void tally_name(struct tally *t, struct tally_names *names, const char *first, const char *second,
		size_t len);
/* Add one tally to another. */
void tally_add(struct tally *t, struct tally *more);
/* A rule has fired if one like it has: after a reset, or in another workspace. */
void tally_forget_hit(struct tally *t);

#endif
