/* SPDX-License-Identifier: MIT
 * serve.c - opens, runs and stops a server; and the serve command.
 */
#include "cli/serve.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/app_setup.h"
#include "cli/banner.h"
#include "cli/commands.h"
#include "cli/port_file.h"
#include "fixture/records.h"

enum { GRACE_SECONDS = 5 };

/* ---- a server -------------------------------------------------------------------------------- */

bool serve_open(struct serve *s, const struct options *o)
{
	char err[ERR_BYTES];

	signal(SIGPIPE, SIG_IGN); /* a client that goes away must not end the server */
	signal(SIGXFSZ, SIG_IGN); /* nor must a file that may not grow: writing to it fails */
	*s = (struct serve){ .options = o, .port_file.fd = -1, .log = STDERR_FILENO };
	s->server = server_listen(o->host, (unsigned)o->port, err, sizeof err);
	if (s->server && (!o->port_file || port_file_clear(o->port_file, err, sizeof err)) &&
	    app_open(&s->app, o, err, sizeof err))
		return app_load(&s->app, &o->fixtures, !o->empty);
	report(1, "%s", err);
	return false;
}

bool serve_run(struct serve *s)
{
	const struct options *o = s->options;
	char err[ERR_BYTES] = "cannot start the log";

	s->running = true;
	report_hurry();
	s->app.log = log_start((enum log_format)o->log, s->log);
	if (s->app.log &&
	    server_start(s->server, &s->app, (unsigned)o->workers, (unsigned)o->request_timeout,
			 err, sizeof err) &&
	    (!o->port_file ||
	     port_file_write(&s->port_file, o->port_file, server_port(s->server), err, sizeof err)))
		return true;
	report(1, "%s", err);
	return false;
}

bool serve_end(struct serve *s)
{
	const char *file = s->options->port_file;

	if (file && s->server)
		port_file_remove(&s->port_file, file, server_port(s->server));
	if (!s->server || server_stop(STEAL(s->server), GRACE_SECONDS))
		return true;
	report(1, "stopped before all requests were answered");
	return false;
}

bool serve_stop(struct serve *s)
{
	bool clean = serve_end(s);

	if (s->app.log)
		log_stop(s->app.log);
	app_close(&s->app);
	return clean;
}

bool serve_ignores_hangup(void)
{
	struct sigaction hangup;

	return sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler == SIG_IGN;
}

/* ---- serve ----------------------------------------------------------------------------------- */

/* Block the signals that the main thread waits for: every thread must have them blocked. */
static sigset_t block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	/* sigwait() would return an ignored signal, too. */
	if (!serve_ignores_hangup())
		sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return set;
}

/* Has this process a controlling terminal? */
static bool has_terminal(void)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (terminal >= 0)
		close(terminal);
	return terminal >= 0;
}

/* Say what the fixtures were that have been loaded again. */
static void say_loaded(const struct app *app)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(4096);
	struct db *db = store_db(app->workspace->store);

	buf_add(&text, "fixtures loaded again: ");
	db_read(db);
	banner_counts(&text, db);
	db_read_end(db);
	log_event(app->log, text.bad ? NULL : text.text);
}

static void stop_loading(int signal)
{
	(void)signal;
	records_stop();
}

/* Load the fixtures again, until a signal of `ends` comes; a second one ends the process at once.
 */
static void reload(struct serve *s, const sigset_t *ends)
{
	const struct sigaction stop = { .sa_handler = stop_loading, .sa_flags = SA_RESETHAND };
	const struct options *o = s->options;
	struct sigaction interrupt, terminate;

	sigaction(SIGINT, &stop, &interrupt);
	sigaction(SIGTERM, &stop, &terminate);
	pthread_sigmask(SIG_UNBLOCK, ends, NULL);
	if (app_reload(&s->app, &o->fixtures, !o->empty))
		say_loaded(&s->app);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
	if (records_stopped())
		return;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &terminate, NULL);
}

static bool run_until_signal(struct serve *s)
{
	const struct options *o = s->options;
	const bool had_terminal = has_terminal();
	sigset_t signals = block_signals(), ends = signals;
	int signal;

	if (!serve_run(s))
		return false;
	banner(stdout, &s->app, o, server_port(s->server));
	/* SIGHUP asks to load the fixtures again, unless it came because the terminal was closed:
	 * then the server ends, too. */
	sigdelset(&ends, SIGHUP);
	while (!records_stopped() && sigwait(&signals, &signal) == 0 && signal == SIGHUP &&
	       has_terminal() == had_terminal)
		reload(s, &ends);
	/* From here on, a second signal ends the process at once. */
	pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
	return true;
}

/* Allow as many descriptors as possible. Not for exec: its program would inherit the limit. */
static void raise_descriptors(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

int serve_command(const struct options *o)
{
	struct serve serve;
	bool ok;

	raise_descriptors();
	ok = serve_open(&serve, o) && run_until_signal(&serve);
	return serve_stop(&serve) && ok ? 0 : 1;
}
