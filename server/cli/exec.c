/*
 * exec.c - the exec command: a server for as long as one program runs. The program is a child of
 * this process, which does nothing meanwhile but wait for it and hand on signals.
 */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/client_env.h"
#include "cli/serve.h"

/* As the shell has them. */
enum { EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127, EXIT_SIGNAL = 128 };

/* ---- its environment ------------------------------------------------------------------------- */

/* Is an entry, "NAME=value", one of these variables? */
static bool is_variable(const struct client_env *v, const char *entry)
{
	for (size_t i = 0; i < CLIENT_ENV_COUNT; i++) {
		size_t len = strlen(v->vars[i].name);

		if (strncmp(entry, v->vars[i].name, len) == 0 && entry[len] == '=')
			return true;
	}
	return false;
}

/*
 * Our environment with these variables in place of any that it has, or NULL when memory is short.
 * It is in the arena; texts may be the environment's own.
 */
static char **make_environment(const struct client_env *v, struct arena *a)
{
	size_t n = 0, kept = 0;
	char **all;

	while (environ[n])
		n++;
	all = arena_zalloc(a, (n + CLIENT_ENV_COUNT + 1) * sizeof *all);
	if (!all)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (!is_variable(v, environ[i]))
			all[kept++] = environ[i];
	for (size_t i = 0; i < CLIENT_ENV_COUNT; i++)
		if (v->vars[i].value)
			all[kept++] = arena_printf(a, "%s=%s", v->vars[i].name, v->vars[i].value);
	return a->failed ? NULL : all;
}

/* ---- its life -------------------------------------------------------------------------------- */

/* The signals that are the program's, and the one that tells of its end. */
struct signals {
	sigset_t waited;
	sigset_t defaults; /* those that it begins with as if nobody had touched them */
};

static struct signals block_signals(void)
{
	static const int passed[] = { SIGINT, SIGTERM, SIGQUIT, SIGHUP };
	struct signals s;

	sigfillset(&s.defaults);
	sigemptyset(&s.waited);
	sigaddset(&s.waited, SIGCHLD);
	for (size_t i = 0; i < ARRAY_LEN(passed); i++)
		sigaddset(&s.waited, passed[i]);
	/* Under nohup it is ignored, and stays so: by us and by the program. */
	if (serve_ignores_hangup()) {
		sigdelset(&s.waited, SIGHUP);
		sigdelset(&s.defaults, SIGHUP);
	}
	signal(SIGCHLD, SIG_DFL); /* where it is ignored, ends are not told */
	pthread_sigmask(SIG_BLOCK, &s.waited, NULL);
	return s;
}

/* Start it. 0, or errno's word for why not. All of our own descriptors close by themselves. */
static int spawn(pid_t *child, char **program, char **environment, const struct signals *signals)
{
	posix_spawnattr_t attributes;
	sigset_t none;
	int error = posix_spawnattr_init(&attributes);

	if (error != 0)
		return error;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &signals->defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	error = posix_spawnp(child, program[0], NULL, &attributes, program, environment);
	posix_spawnattr_destroy(&attributes);
	return error;
}

/*
 * Wait for its end, and hand on what is sent to us alone: what the terminal sends, it sends to both
 * of us, and what the program sends to its whole group, it has had itself. What it leaves running
 * is not waited for. Returns the exit status.
 */
static int wait_for_end(pid_t child, const sigset_t *waited)
{
	for (;;) {
		siginfo_t info;
		int status, signal = sigwaitinfo(waited, &info);

		if (signal == SIGCHLD) {
			if (waitpid(child, &status, WNOHANG) == child)
				return WIFSIGNALED(status) ? EXIT_SIGNAL + WTERMSIG(status)
							   : WEXITSTATUS(status);
		} else if (signal > 0 && info.si_code != SI_KERNEL && info.si_pid != child) {
			kill(child, signal);
		}
	}
}

static int run_program(char **program, char **environment, const struct signals *signals)
{
	pid_t child;
	int error = spawn(&child, program, environment, signals);

	if (error == 0)
		return wait_for_end(child, &signals->waited);
	return report(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, "cannot run '%s': %s",
		      program[0], strerror(error));
}

/* The server is open: have it answer, and run the program beside it. */
static int run_with_server(struct serve *s, const struct options *o)
{
	struct client_env env CLEANUP(client_env_free) = { 0 };
	struct signals signals;
	char **environment = NULL;
	int status = 1;

	/* Its keys, before anybody can change them. */
	if (client_env_find(&env, &s->app, o->host, server_port(s->server)))
		environment = make_environment(&env, &s->app.arena);
	if (!environment)
		return report_no_memory();
	signals = block_signals();
	if (serve_run(s))
		status = run_program(o->program, environment, &signals);
	return status;
}

int exec_command(const struct options *o)
{
	struct serve serve;
	int status = 1;

	if (o->operands.count > 0)
		return report(EXIT_USAGE,
			      "write -- before '%s': miru-mock exec [OPTIONS] -- CMD...",
			      o->operands.items[0]);
	if (!o->program || !o->program[0])
		return report(EXIT_USAGE,
			      "exec needs a command behind --: miru-mock exec [OPTIONS] -- "
			      "CMD...");
	if (serve_open(&serve, o))
		status = run_with_server(&serve, o);
	/* That a request was left without its answer has been said; the status is the program's. */
	serve_stop(&serve);
	return status;
}
