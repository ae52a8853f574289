/* SPDX-License-Identifier: MIT
 * options.h - the options: each is a flag, an environment variable and a line of --help.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/app.h"
#include "model/progression.h"

/* The values of all options. Texts are borrowed from argv and the environment, or are in a list's
 * `owned`. */
struct options {
	const char *host, *port_file, *url, *db, *api_version;
	const char *report, *journal, *log_file; /* of exec: files, or NULL */
	unsigned expect;                         /* of exec: see control/run_report.h */
	long port, workers, seed /* -1: none */, max_workspaces, journal_size, journal_body,
	    request_timeout;
	bool empty, shift_times, stateless, help, version;
	struct transitions transitions;
	struct clock_options clock;
	long clock_rate; /* 0: not given */
	enum log_format log;
	struct app_options app;
	struct option_list fixtures;
	struct option_list operands; /* arguments that are not options */
	char **program;              /* exec: the arguments after --, up to a NULL; else NULL */
};

/* The commands that have an option, as bits. All have --help and --version. */
enum {
	FOR_SERVE = 1,
	FOR_HEALTH = 2,
	FOR_EXEC = 4,
	FOR_ENV = 8,
	FOR_EXPORT = 16,
	FOR_SERVERS = FOR_SERVE | FOR_EXEC | FOR_ENV,
	BEFORE_PROGRAM = FOR_EXEC, /* commands with -- and a program in place of operands */
};

/*
 * Read the options of a command from the environment, then from argv[1..argc). False on bad usage,
 * with a line in err, which is empty if memory is short. options_free() them in both cases.
 */
bool options_read(struct options *o, unsigned command, int argc, char **argv, char *err,
		  size_t errlen);
void options_free(struct options *o);

/* What the variables of all options begin with. */
#define OPTIONS_PREFIX "MIRU_MOCK_"
/* The variable of the i-th option, of any command, such as MIRU_MOCK_PORT_FILE, written to out.
 * False if there are no more. */
bool options_variable(size_t i, char *out, size_t outlen);

/* Print a line of --help for each option of `commands`, except those that `shown` have, too. */
void options_help(FILE *out, unsigned commands, unsigned shown);

#endif
