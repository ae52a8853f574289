/* SPDX-License-Identifier: MIT
 * app.h - what every request may use. Made before the first request; afterwards only the
 * workspaces change.
 */
#ifndef HTTP_APP_H
#define HTTP_APP_H

#include <stdio.h>

#include "model/operation.h"
#include "model/version.h"
#include "store/sql.h"
#include "workspace/workspace.h"

struct log;
struct registry;

enum { OPTION_LIST_MAX = 64 };

/* The values of an option that may be repeated. */
struct option_list {
	const char *items[OPTION_LIST_MAX];
	size_t count;
	char *owned; /* those of the environment, cut up; or NULL */
};

/* The command line's options of these names, for requests: cli/options.c reads them into here. */
struct app_options {
	enum auth_mode auth;
	enum version_policy version_policy;
	long max_body, max_page_size;         /* bytes; objects */
	const char *host;                     /* to listen on, */
	struct option_list allow_hosts, cors; /* and what browsers may call it; origins */
	bool no_control, strict_requests, strict_release_rule, pipe_only_filters, lenient_parent;
};

struct app {
	struct workspace *workspace;                /* the common one: the fixtures' keys use it */
	struct registry *workspaces;                /* and those of other keys */
	struct workspace_options workspace_options; /* of each */
	const char *db;                             /* the file of the common one, or NULL */
	const struct operation_table *operations;
	struct sql sql;
	struct arena arena; /* of the texts of `sql` */
	bool shift_times;   /* of the fixtures that the server loads */
	struct log *log;
	FILE *journal_file; /* every request, when its answer is made; or NULL */
	struct app_options options;
};

#endif
