/*
 * report.h - what a command tells its user when something is wrong: one line on standard error.
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

/* Exit statuses: 0; 1 when something failed; and for bad usage: */
enum { EXIT_USAGE = 2 };

/* Print "miru-mock: WHAT", and return the status. */
int report(int status, const char *what);

#endif
