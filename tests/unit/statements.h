/* SPDX-License-Identifier: MIT
 * statements.h - counting the SQL statements that are run, on the store's own connections.
 */
#ifndef STATEMENTS_H
#define STATEMENTS_H

#include <CUnit/Basic.h>
#include <sqlite3.h>

/* How many were run since it was set to 0. */
static int statements;

static int count_statement(unsigned what, void *context, void *p, void *x)
{
	(void)what;
	(void)context;
	(void)p;
	(void)x;
	statements++;
	return 0;
}

static int trace_connection(sqlite3 *db, const char **err, const void *api)
{
	(void)err;
	(void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, count_statement, NULL);
}

/* Count on each connection that is opened from here on, until statements_end. */
static inline void statements_begin(void)
{
	CU_ASSERT_FATAL(sqlite3_auto_extension((void (*)(void))trace_connection) == SQLITE_OK);
}

static inline void statements_end(void)
{
	sqlite3_reset_auto_extension();
}

#endif
