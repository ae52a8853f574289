/* SPDX-License-Identifier: MIT
 * check.c - the check command: loads fixtures as the server would, and reports their problems.
 */
#include "cli/app_setup.h"
#include "cli/commands.h"

int check_command(const struct options *o)
{
	struct app app = { 0 };
	char err[ERR_BYTES];
	int status = 1;

	if (o->operands.count == 0)
		return report(EXIT_USAGE, "check requires a file: miru-mock check FILE...");
	if (!app_open(&app, o, err, sizeof err)) {
		report(1, "%s", err);
	} else if (app_load(&app, &o->operands, false)) {
		for (size_t i = 0; i < o->operands.count; i++)
			printf("%s: ok\n", o->operands.items[i]);
		status = fflush(stdout) == 0 ? 0 : report(1, "cannot write to standard output");
	}
	app_close(&app);
	return status;
}
