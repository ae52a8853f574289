/*
 * app_setup.h - an app as the options want it: opened, and filled with fixtures. For every command
 * that needs what is in them, with a server or without one.
 */
#ifndef CLI_APP_SETUP_H
#define CLI_APP_SETUP_H

#include "cli/options.h"
#include "http/app.h"

/* An empty one, all but its log. False, with a line in err; app_close it in both cases. */
bool app_open(struct app *app, const struct options *o, char *err, size_t errlen) MUST_CHECK;
void app_close(struct app *app);

/*
 * Fill an empty one from the files, or from the demo where there are none and `demo` wants it.
 * False, with every problem on standard error and nothing loaded.
 */
bool app_load(struct app *app, const struct option_list *files, bool demo) MUST_CHECK;
/* Instead, look into the database in a file that there is, which others may be using. False, with a
 * line in err. */
bool app_read_db(struct app *app, char *err, size_t errlen) MUST_CHECK;
/* Load fixtures again, in one that answers already: see workspace_replace_fixtures. Only one thread
 * at a time.
 */
bool app_reload(struct app *app, const struct option_list *files, bool demo) MUST_CHECK;

#endif
