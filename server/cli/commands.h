/*
 * commands.h - the commands, a function for each. main.c has their table.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"
#include "cli/report.h"

/* Each returns the exit status, and has reported why it is not 0 (but for exec, whose status is its
 * program's). */
int serve_command(const struct options *o);
int check_command(const struct options *o);
int health_command(const struct options *o);
int export_command(const struct options *o);
int exec_command(const struct options *o);
int env_command(const struct options *o);

#endif
