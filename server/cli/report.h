/*
 * report.h - what a command tells its user when something is wrong: one line on standard error.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "base/util.h"

/* Exit statuses: 0; 1 when something failed; and for bad usage: */
enum { EXIT_USAGE = 2 };

/*
 * Print "miru-mock: WHAT", and return the status. An empty text says that memory is short: a
 * function of cli/ that has a line `err` to fill leaves it empty then.
 */
int report(int status, const char *fmt, ...) PRINTF_LIKE(2, 3);
static inline int report_no_memory(void)
{
	return report(1, "%s", "");
}

#endif
