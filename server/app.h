/*
 * app.h - what every request may use. Made before the first; of it only the workspace changes.
 */
#ifndef APP_H
#define APP_H

#include "sql.h"
#include "version.h"
#include "workspace.h"

struct log;

struct app {
	struct workspace *workspace;
	struct sql sql;
	struct arena arena; /* of the texts of `sql` */
	struct log *log;
	/* What the options of these names say. */
	enum auth_mode auth;
	enum version_policy version_policy;
	long max_body, max_page_size;
	bool strict_release_rule, pipe_only_filters, lenient_parent;
};

#endif
