/* SPDX-License-Identifier: MIT
 * mock.h - a mock without sockets, for fuzzers: requests, each answer held to what holds of all of
 * them, and the world, which can be compared, exported and put back.
 */
#ifndef MOCK_H
#define MOCK_H

#include <cjson/cJSON.h>

#include "http/exchange.h"

struct mock {
	struct app app;
	struct buf answer;
	/* Of the last request: */
	const struct operation *op; /* that it meant, or NULL */
	int status;
	bool faulty;  /* a fault made its answer what it is */
	bool renewed; /* it has other fixtures than the demo */
	/* The database when it was looked at, and later. */
	struct image *image;
	struct buf was, is;
};

/* With the demo's rows, or none. Ids are drawn from a seed, the clock stands. */
void mock_open(struct mock *m, bool demo);
void mock_close(struct mock *m);
/* Everything as after mock_open. */
void mock_reset(struct mock *m);

/* A request; what it does not say is said for it: a host, the key of all scopes, the newest
 * version. The answer is in m->answer; its status is never one of 500 and above. */
int mock_ask(struct mock *m, struct request r);
int mock_get(struct mock *m, const char *target, const char *version);
/* The last answer as a tree, which is the caller's. */
cJSON *mock_json(struct mock *m);

/* Has the database changed since mock_look? */
void mock_look(struct mock *m);
bool mock_changed(struct mock *m);

/* All rows as fixtures, written to `to`. */
void mock_export(struct mock *m, struct buf *to);
/* That the rows, exported and loaded into `twin`, an empty one, are exported again as the same. */
void mock_compare(struct mock *m, struct mock *twin);

#endif
