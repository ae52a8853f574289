/* SPDX-License-Identifier: MIT
 * commands.h - the commands, a function for each. Their table is in main.c.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"
#include "cli/report.h"

/* Each returns the exit status. If that is not 0, the reason has been reported, except by exec,
 * which returns its program's. */
int serve_command(const struct options *o);
int check_command(const struct options *o);
int health_command(const struct options *o);
int export_command(const struct options *o);
int exec_command(const struct options *o);
int env_command(const struct options *o);

#endif
