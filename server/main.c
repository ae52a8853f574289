/*
 * main.c - the commands: what the program does, in the order in which it does it.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "banner.h"
#include "config.h"
#include "embed.h"
#include "fixture.h"
#include "http.h"
#include "log.h"
#include "options.h"
#include "port_file.h"
#include "probe.h"

enum { EXIT_USAGE = 2, GRACE_SECONDS = 5, PROBE_SECONDS = 3, ERR_BYTES = 4352 };

/* The command of that name, or NULL: the table is at the end. */
struct command;

static const struct command *command_named(const char *name);

static int say(int status, const char *what)
{
	fprintf(stderr, "miru-mock: %s\n", what);
	return status;
}

/* ---- the workspace --------------------------------------------------------------------------- */

/* Everything of an app that does not come from options. close_app it in both cases. */
static bool open_app(struct app *app, const struct options *o, char *err, size_t errlen)
{
	const uint64_t seed = (uint64_t)o->seed;
	const struct beginning beginning = {
		.transitions = o->transitions,
		.frozen = o->clock,
		.seed = o->seed >= 0 ? &seed : NULL,
		.still = o->stateless,
	};

	store_setup();
	arena_init(&app->arena, NULL, 0);
	app->workspace = calloc(1, sizeof *app->workspace);
	if (!app->workspace || !sql_compose(&app->sql, &app->arena)) {
		snprintf(err, errlen, "out of memory");
		return false;
	}
	return workspace_open(app->workspace, &beginning, err, errlen);
}

static void close_app(struct app *app)
{
	if (app->workspace)
		workspace_close(app->workspace);
	free(app->workspace);
	arena_free(&app->arena);
}

/* Load the files, or the demo where there are none and `demo` wants it. */
static bool load_fixtures(struct app *app, const struct option_list *files, bool demo,
			  struct problems *problems)
{
	struct source sources[OPTION_LIST_MAX] = { { "demo", demo_json, demo_json_len } };
	size_t n = demo && files->count == 0 ? 1 : 0;
	bool ok = true;

	for (size_t i = 0; i < files->count; i++)
		ok &= source_read(&sources[i], files->items[i], problems);
	ok = ok && workspace_fill(app->workspace, &app->sql, sources, files->count + n, problems);
	for (size_t i = 0; i < files->count; i++)
		source_free(&sources[i]);
	return ok;
}

/* Fill the workspace; says on standard error why it could not. */
static bool fill_workspace(struct app *app, const struct option_list *files, bool demo)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	bool ok = load_fixtures(app, files, demo, &problems);

	if (!ok)
		fprintf(stderr, "%smiru-mock: %zu problem%s in the fixtures; nothing was loaded\n",
			problems.text.text ? problems.text.text : "", problems.count,
			problems.count == 1 ? "" : "s");
	malloc_trim(0); /* what loading took is not needed again */
	return ok;
}

/* ---- serve ----------------------------------------------------------------------------------- */

/* The signals that end it are waited for, by one thread, so every thread must have them blocked. */
static sigset_t block_signals(void)
{
	struct sigaction hangup;
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	/* Under nohup it is ignored, and waiting for it would take it all the same. */
	if (sigaction(SIGHUP, NULL, &hangup) != 0 || hangup.sa_handler != SIG_IGN)
		sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return set;
}

static int run_server(struct app *app, const struct options *o, struct http *http)
{
	sigset_t signals = block_signals();
	char err[ERR_BYTES];
	int signal, status = 1;

	app->log = log_start((enum log_format)o->log, STDERR_FILENO);
	if (!app->log) {
		http_stop(http, 0);
		return say(1, "cannot start the log");
	}
	if (!http_start(http, app, (unsigned)o->workers, err, sizeof err)) {
		say(1, err);
	} else if (o->port_file &&
		   !port_file_write(o->port_file, http_port(http), err, sizeof err)) {
		say(1, err);
	} else {
		banner(stdout, app, o, http_port(http));
		sigwait(&signals, &signal);
		/* From here on a second signal ends the process at once. */
		pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
		status = 0;
	}
	if (o->port_file)
		port_file_remove(o->port_file, http_port(http));
	if (!http_stop(http, GRACE_SECONDS))
		status = say(1, "stopped with requests unanswered");
	log_stop(app->log);
	return status;
}

static int misplaced(const char *operand)
{
	if (command_named(operand))
		fprintf(stderr, "miru-mock: '%s' comes first: miru-mock %s ...\n", operand,
			operand);
	else
		fprintf(stderr,
			"miru-mock: serve takes no '%s'; fixtures are given with --fixtures\n",
			operand);
	return EXIT_USAGE;
}

static int serve_command(const struct options *o)
{
	struct app app = {
		.auth = (enum auth_mode)o->auth,
		.version_policy = (enum version_policy)o->version_policy,
		.max_body = o->max_body,
		.max_page_size = o->max_page_size,
		.strict_release_rule = o->strict_release_rule,
		.pipe_only_filters = o->pipe_only_filters,
		.lenient_parent = o->lenient_parent,
	};
	char err[ERR_BYTES];
	struct http *http;
	int status = 1;

	if (o->operands.count > 0)
		return misplaced(o->operands.items[0]);
	http = http_listen(o->host, (unsigned)o->port, err, sizeof err);
	if (!http)
		return say(1, err);
	if (o->port_file && !port_file_clear(o->port_file, err, sizeof err))
		say(1, err);
	else if (!open_app(&app, o, err, sizeof err))
		say(1, err);
	else if (fill_workspace(&app, &o->fixtures, !o->empty))
		status = run_server(&app, o, STEAL(http));
	if (http)
		http_stop(http, 0);
	close_app(&app);
	return status;
}

/* ---- check ----------------------------------------------------------------------------------- */

static int check_command(const struct options *o)
{
	struct app app = { 0 };
	char err[ERR_BYTES];
	int status = 1;

	if (o->operands.count == 0)
		return say(EXIT_USAGE, "check needs a file: miru-mock check FILE...");
	if (!open_app(&app, o, err, sizeof err)) {
		say(1, err);
	} else if (fill_workspace(&app, &o->operands, false)) {
		for (size_t i = 0; i < o->operands.count; i++)
			printf("%s: ok\n", o->operands.items[i]);
		status = fflush(stdout) == 0 ? 0 : 1;
	}
	close_app(&app);
	return status;
}

/* ---- health ---------------------------------------------------------------------------------- */

static int health_command(const struct options *o)
{
	char url[64], said[512];

	if (o->operands.count > 0)
		return say(EXIT_USAGE, "health takes no operands; write health --url URL");
	snprintf(url, sizeof url, "http://127.0.0.1:%ld", o->port);
	switch (probe(o->url ? o->url : url, PROBE_SECONDS, said, sizeof said)) {
	case PROBE_READY:
		return 0;
	case PROBE_NO_URL:
		return say(EXIT_USAGE, said);
	default:
		return say(1, said);
	}
}

/* ---- the commands ---------------------------------------------------------------------------- */

static const struct command {
	const char *name, *usage, *summary;
	unsigned options;
	int (*run)(const struct options *);
} commands[] = {
	{ "serve", "[serve] [OPTIONS]", "start the server (the default command)", FOR_SERVE,
	  serve_command },
	{ "check", "check FILE...", "check fixtures; every problem on its own line", 0,
	  check_command },
	{ "health", "health [--url URL]", "probe a running server: exit 0 when it is ready",
	  FOR_HEALTH, health_command },
};

static int help(void)
{
	printf(
	    "miru-mock %s: a local server that stands in for the Miru Platform API\n\nCommands\n",
	    PACKAGE_VERSION);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		printf("  miru-mock %-22s %s\n", commands[i].usage, commands[i].summary);
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (!commands[i].options)
			continue;
		printf("\nOptions of %s\n", commands[i].name);
		options_help(stdout, commands[i].options);
	}
	puts(
	    "\nOptions of every command\n"
	    "  --help                 show this and exit\n"
	    "  --version              show the version and exit\n"
	    "\n"
	    "Each option is also read from the environment: --port-file from MIRU_MOCK_PORT_FILE,\n"
	    "several fixtures separated by colons, --empty as 1. The command line wins.\n"
	    "Exit status: 0; 1 when something failed; 2 for bad usage. See man miru-mock.");
	return fflush(stdout) == 0 ? 0 : 1;
}

static int version(void)
{
	printf("miru-mock %s\n", PACKAGE_VERSION);
	return fflush(stdout) == 0 ? 0 : 1;
}

static const struct command *command_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (streq(name, commands[i].name))
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	bool named = argc > 1 && argv[1][0] != '-';
	const struct command *command = named ? command_named(argv[1]) : &commands[0];
	struct options o;
	char err[ERR_BYTES];
	int status;

	if (!command) {
		fprintf(stderr,
			"miru-mock: unknown command '%s'; miru-mock --help lists those there "
			"are\n",
			argv[1]);
		return EXIT_USAGE;
	}
	if (!options_read(&o, command->options, argc - named, argv + named, err, sizeof err))
		status = say(EXIT_USAGE, err);
	else if (o.help)
		status = help();
	else
		status = o.version ? version() : command->run(&o);
	options_free(&o);
	return status;
}
