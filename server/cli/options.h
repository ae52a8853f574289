/*
 * options.h - the table of options: each a flag, an environment variable and a line of help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "model/progression.h"

enum { OPTION_LIST_MAX = 64 };

struct option_list {
	const char *items[OPTION_LIST_MAX];
	size_t count;
};

/* What the options say. Its texts are argv's and the environment's, or live in `owned`. */
struct options {
	const char *host, *port_file, *url, *db;
	long port, workers, seed /* -1: none */, max_body, max_page_size, max_workspaces,
	    journal_size, request_timeout;
	bool empty, help, version;
	bool stateless, no_control, strict_release_rule, pipe_only_filters, lenient_parent;
	struct transitions transitions;
	int64_t clock;                 /* at which it is frozen, or CLOCK_RUNS */
	int auth, version_policy, log; /* enum auth_mode, version_policy, log_format */
	struct option_list fixtures;
	struct option_list operands; /* what is no option */
	char **program;              /* what is behind the -- of exec, to a NULL; else NULL */
	char *owned;                 /* the environment's list, cut up */
};

/* The commands that know an option, as bits; --help and --version are every command's. */
enum {
	FOR_SERVE = 1,
	FOR_HEALTH = 2,
	FOR_EXEC = 4,
	FOR_ENV = 8,
	FOR_EXPORT = 16,
	FOR_SERVERS = FOR_SERVE | FOR_EXEC | FOR_ENV, /* what begins one, or speaks of one */
	BEFORE_PROGRAM = FOR_EXEC,                    /* no operands, but -- and a program's */
};

/*
 * Read the environment, then argv[1..argc). False, with one line in err that says what to write
 * instead, on bad usage. options_free it in both cases.
 */
bool options_read(struct options *o, unsigned command, int argc, char **argv, char *err,
		  size_t errlen);
void options_free(struct options *o);

/* One line for each option of the commands that none of `shown` has, as --help shows them. */
void options_help(FILE *out, unsigned commands, unsigned shown);

#endif
