/*
 * app.h - what every request may use: all of it is made before the first and does not change.
 */
#ifndef APP_H
#define APP_H

#include "auth.h"
#include "sql.h"
#include "version.h"

struct log;

struct app {
	struct store *store;
	struct sql sql;
	struct keyring keys;
	enum auth_mode auth;
	enum version_policy version_policy;
	struct log *log;
	struct arena arena; /* of the texts of `sql` */
};

#endif
