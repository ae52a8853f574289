/* SPDX-License-Identifier: MIT
 * exec.c - the exec command: serves while a program runs. The program is a child of this process,
 * whose main thread waits for it and forwards signals to it.
 */
#include "cli/commands.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/client_env.h"
#include "cli/serve.h"
#include "cli/witness.h"

/* The exit statuses of shells. */
enum { EXIT_CANNOT_RUN = 126, EXIT_NOT_FOUND = 127, EXIT_SIGNAL = 128 };

/* Set these variables for the program; remove those without a value. No thread runs yet. False when
 * memory is short. */
static bool set_environment(const struct client_env *env)
{
	for (size_t i = 0; i < env->count; i++) {
		const struct pair *v = &env->vars[i];

		unsetenv(v->name); /* also if it is there twice */
		if (v->value && setenv(v->name, v->value, 1) != 0)
			return false;
	}
	return true;
}

/* Block the signals that wait_for_end() waits for: those that are forwarded, and SIGCHLD. */
static sigset_t block_signals(void)
{
	static const int signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGQUIT, SIGHUP };
	sigset_t waited;

	sigemptyset(&waited);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		if (signals[i] != SIGHUP || !serve_ignores_hangup())
			sigaddset(&waited, signals[i]);
	signal(SIGCHLD, SIG_DFL); /* if it were ignored, waitpid() would find no child */
	pthread_sigmask(SIG_BLOCK, &waited, NULL);
	return waited;
}

/*
 * Wait until the program ends, and forward signals that were sent to this process alone: the
 * terminal sends its own to both, and what the program sends to its group reaches it, too.
 * Processes that it leaves behind are not waited for. Returns the exit status.
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

/* Run the program, with all signals at their defaults, except that under nohup SIGHUP stays
 * ignored. Our descriptors are opened to be closed on exec. Returns the exit status. */
static int run_program(char **program, const sigset_t *waited)
{
	posix_spawnattr_t attributes;
	sigset_t defaults, none;
	pid_t child;
	int error = posix_spawnattr_init(&attributes);

	if (error == 0) {
		sigemptyset(&none);
		sigfillset(&defaults);
		if (serve_ignores_hangup())
			sigdelset(&defaults, SIGHUP);
		posix_spawnattr_setsigmask(&attributes, &none);
		posix_spawnattr_setsigdefault(&attributes, &defaults);
		posix_spawnattr_setflags(&attributes,
					 POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
		error = posix_spawnp(&child, program[0], NULL, &attributes, program, environ);
		posix_spawnattr_destroy(&attributes);
	}
	if (error == 0)
		return wait_for_end(child, waited);
	return report(error == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN, "cannot run '%s': %s",
		      program[0], strerror(error));
}

static volatile sig_atomic_t final_status;

static void exit_with_status(int signal)
{
	(void)signal;
	report_text("miru-mock: the server has crashed while it was stopped\n");
	_exit(final_status);
}

/* The program has ended: its status is ours, even if the server crashes while we stop it. */
static void keep_status(int status)
{
	static const int signals[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	const struct sigaction action = { .sa_handler = exit_with_status };

	final_status = status;
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* Start a server that is open, and run the program. */
static int run_with_server(struct serve *s, const struct options *o)
{
	struct client_env env CLEANUP(client_env_free) = { 0 };
	sigset_t waited;

	/* The keys are read before requests can change them. */
	if (!client_env_find(&env, &s->app, o, server_port(s->server)) || !set_environment(&env))
		return report_no_memory();
	waited = block_signals();
	return serve_run(s) ? run_program(o->program, &waited) : 1;
}

int exec_command(const struct options *o)
{
	struct witness witness;
	struct serve serve;
	int status = 1;

	if (o->operands.count > 0)
		return report(EXIT_USAGE,
			      "-- is required before '%s': miru-mock exec [OPTIONS] -- CMD...",
			      o->operands.items[0]);
	if (!o->program || !o->program[0])
		return report(
		    EXIT_USAGE,
		    "exec requires a command after --: miru-mock exec [OPTIONS] -- CMD...");
	if (!witness_open(&witness, o)) {
		witness_close(&witness);
		return 1;
	}
	if (serve_open(&serve, o)) {
		serve.app.journal_file = witness.journal;
		if (witness.log)
			serve.log = fileno(witness.log);
		status = run_with_server(&serve, o);
	}
	keep_status(status);
	/* If requests were left unanswered, that is reported, but the status is the program's. */
	serve_end(&serve);
	if (serve.running)
		status = witness_end(&witness, &serve, status);
	serve_stop(&serve);
	witness_close(&witness);
	return status;
}
