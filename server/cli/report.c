/* SPDX-License-Identifier: MIT
 * report.c - prints the line.
 */
#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>

int report(int status, const char *fmt, ...)
{
	char text[ERR_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	fprintf(stderr, "miru-mock: %s\n", *text ? text : "out of memory");
	return status;
}
