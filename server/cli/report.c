/*
 * report.c - the line.
 */
#include "cli/report.h"

#include <stdio.h>

int report(int status, const char *what)
{
	fprintf(stderr, "miru-mock: %s\n", what);
	return status;
}
