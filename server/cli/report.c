/*
 * report.c - prints the line.
 */
#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>

int report(int status, const char *fmt, ...)
{
	char what[ERR_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof what, fmt, args);
	va_end(args);
	fprintf(stderr, "miru-mock: %s\n", *what ? what : "out of memory");
	return status;
}
