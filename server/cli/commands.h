/*
 * commands.h - the commands, a function for each, and how they end. main.c has their table.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"

enum { EXIT_USAGE = 2 };

/* Each returns the exit status, and has said on standard error why it is not 0 (but for exec, whose
 * status is its program's). */
int serve_command(const struct options *o);
int check_command(const struct options *o);
int health_command(const struct options *o);
int export_command(const struct options *o);
int exec_command(const struct options *o);
int env_command(const struct options *o);

/* Say what went wrong, in a line on standard error. Returns the status. */
int say(int status, const char *what);

#endif
