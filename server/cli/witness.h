/* SPDX-License-Identifier: MIT
 * witness.h - what exec leaves behind of a run: files of the log, the requests and the report, a
 * summary, and whether the run was as it was expected.
 */
#ifndef CLI_WITNESS_H
#define CLI_WITNESS_H

#include "cli/serve.h"

struct witness {
	FILE *report, *journal, *log; /* NULL: not wanted */
};

/* Open the files, so that a path that cannot be written is known before the run. False after a
 * report. witness_close() it in both cases. */
bool witness_open(struct witness *w, const struct options *o) MUST_CHECK;
/*
 * After the last request: write the report and, if something was wanted, sum it up on standard
 * error. Returns the exit status of a run whose program ended with `status`: 1 in place of 0 if it
 * was not as expected, or could not be written.
 */
int witness_end(struct witness *w, const struct serve *s, int status);
void witness_close(struct witness *w);

#endif
