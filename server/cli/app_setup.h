/* SPDX-License-Identifier: MIT
 * app_setup.h - makes the app that the options describe, and fills it with fixtures. For every
 * command that needs a workspace, with a server or without. Knows nothing of sockets.
 */
#ifndef CLI_APP_SETUP_H
#define CLI_APP_SETUP_H

#include "cli/options.h"
#include "http/app.h"

/* Open an app that is empty, and has no log. False on failure, with a line in err, which is empty
 * if memory is short. app_close() it in both cases. */
bool app_open(struct app *app, const struct options *o, char *err, size_t errlen) MUST_CHECK;
void app_close(struct app *app);

/* Fill an empty app from the files; if there are none and `demo` is true, from the demo. If there
 * is any problem, false: all are reported on standard error, and nothing is loaded. */
bool app_load(struct app *app, const struct option_list *files, bool demo) MUST_CHECK;
/* Or give it the database in a file that exists, to read only; a server may be using it. False,
 * with a line in err, on failure. */
bool app_read_db(struct app *app, char *err, size_t errlen) MUST_CHECK;
/* Like app_load(), but for an app that already answers requests: its fixtures are replaced. For one
 * thread at a time. */
bool app_reload(struct app *app, const struct option_list *files, bool demo) MUST_CHECK;

#endif
