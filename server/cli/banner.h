/* SPDX-License-Identifier: MIT
 * banner.h - prints the start-up text: where the server listens, what it holds, how to ask it.
 */
#ifndef CLI_BANNER_H
#define CLI_BANNER_H

#include <stdio.h>

#include "cli/options.h"
#include "http/app.h"

void banner(FILE *out, const struct app *app, const struct options *o, unsigned port);
/* Append the rows of a database: "12 devices, 1 release", or "nothing". Within db_read(). */
void banner_counts(struct buf *b, struct db *db);

#endif
