/* SPDX-License-Identifier: MIT
 * report.h - reports to a command's user what is wrong: one line on standard error.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "base/util.h"

/* Exit statuses are 0, 1 if something failed, and for bad usage: */
enum { EXIT_USAGE = 2 };

/*
 * Print "miru-mock: TEXT", with control characters escaped, and return the status. An empty text
 * says that memory is short: functions of cli/ leave their line `err` empty then.
 */
int report(int status, const char *fmt, ...) PRINTF_LIKE(2, 3);
static inline int report_no_memory(void)
{
	return report(1, "%s", "");
}
/* Print lines that are complete. A signal's handler may call it. */
void report_text(const char *text);
/* From now on, drop a line that standard error does not take after a moment: a server must go on to
 * handle signals. */
void report_hurry(void);

#endif
