/* SPDX-License-Identifier: MIT
 * main.c - the table of commands; --help and --version. The commands themselves are in cli/.
 */
#include <stdio.h>

#include "base/util.h"
#include "cli/commands.h"
#include "cli/variables.h"
#include "config.h"
#include "http/server.h"
#include "operations.h"
#include "store/store.h"

static const struct command {
	const char *name, *usage, *summary;
	unsigned options;
	const char *heading; /* of options that no earlier command has; NULL: it has none */
	int (*run)(const struct options *);
	const char *hint; /* for a command without operands: what to give instead */
} commands[] = {
	{ "serve", "[serve] [OPTIONS]", "start the server; the default command", FOR_SERVE,
	  "Options of serve, exec and env", serve_command, "give fixtures with --fixtures" },
	{ "check", "check FILE...", "check fixtures, and print a line for each problem", 0, NULL,
	  check_command },
	{ "health", "health [--url URL]", "probe a server; exit with 0 if it is ready", FOR_HEALTH,
	  "Options of health", health_command, "give the server with --url" },
	{ "export", "export --db FILE", "print a database as a document of fixtures", FOR_EXPORT,
	  "Options of export", export_command, "give the database with --db" },
	{ "env", "env [OPTIONS]", "print the variables that exec sets, for a shell's eval", FOR_ENV,
	  "Options of exec and env", env_command, "give fixtures with --fixtures" },
	{ "exec", "exec [OPTIONS] -- CMD...",
	  "run CMD with a server on a free port; exit with its status", FOR_EXEC, "Options of exec",
	  exec_command },
};

/* Print the endpoints that are not the API's: each path with its methods. */
static void endpoints_help(void)
{
	puts("\nEndpoints beside the API's");
	for (size_t i = 0; i < operations.count; i++) {
		const struct operation *op = &operations.rows[i];
		bool same_as_last = i > 0 && streq(op->path, op[-1].path);
		bool same_as_next = i + 1 < operations.count && streq(op->path, op[1].path);

		if (op->class == ENDPOINT_API)
			continue;
		printf("%s%s", same_as_last ? ", " : "  ", op->method);
		if (!same_as_next)
			printf(" %s\n", op->path);
	}
}

static int help(void)
{
	unsigned shown = 0;

	printf(
	    "miru-mock %s: a local server that stands in for the Miru Platform API\n\nCommands\n",
	    PACKAGE_VERSION);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  miru-mock %-26s %s\n", commands[i].usage, commands[i].summary);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i].heading) {
			printf("\n%s\n", commands[i].heading);
			options_help(stdout, commands[i].options, shown);
		}
		shown |= commands[i].options;
	}
	endpoints_help();
	puts(
	    "\nOptions of every command\n"
	    "  --help                 show this and exit\n"
	    "  --version              show the versions of this and of its libraries, and exit\n"
	    "\n"
	    "Each option can also be set in the environment: MIRU_MOCK_PORT_FILE sets "
	    "--port-file.\n"
	    "Colons separate several fixtures; 1 sets an option without a value, such as --empty.\n"
	    "If an option is set in both places, the command line wins.\n"
	    "Exit status: 0 on success, 1 on failure, 2 on bad usage. See man miru-mock.");
	return fflush(stdout) == 0 ? 0 : 1;
}

static int version(void)
{
	printf("miru-mock %s\nlibmicrohttpd %s\nSQLite %s\n", PACKAGE_VERSION, server_library(),
	       store_library());
	return fflush(stdout) == 0 ? 0 : 1;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (streq(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int refuse_operand(const struct command *command, const char *operand)
{
	if (find_command(operand))
		return report(EXIT_USAGE, "misplaced command '%s'; put it first: miru-mock %s ...",
			      operand, operand);
	return report(EXIT_USAGE, "%s: unexpected argument '%s'; %s", command->name, operand,
		      command->hint);
}

int main(int argc, char **argv)
{
	bool named = argc > 1 && argv[1][0] != '-';
	const struct command *command = named ? find_command(argv[1]) : &commands[0];
	struct options o;
	char err[ERR_BYTES];
	int status;

	if (!command)
		return report(EXIT_USAGE, "unknown command '%s'; try 'miru-mock --help'", argv[1]);
	if (!options_read(&o, command->options, argc - named, argv + named, err, sizeof err))
		status = report(EXIT_USAGE, "%s", err);
	else if (o.help)
		status = help();
	else if (o.version)
		status = version();
	else if (command->hint && o.operands.count > 0)
		status = refuse_operand(command, o.operands.items[0]);
	else {
		if (command->options & FOR_SERVERS)
			variables_warn();
		status = command->run(&o);
	}
	options_free(&o);
	return status;
}
