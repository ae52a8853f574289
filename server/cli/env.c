/* SPDX-License-Identifier: MIT
 * env.c - the env command: prints the client's environment variables for a shell to evaluate.
 */
#include "cli/commands.h"

#include <unistd.h>

#include "cli/app_setup.h"
#include "cli/client_env.h"
#include "cli/port_file.h"
#include "cli/server_url.h"

/* Print any text as one word of the shell. */
static void print_quoted(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*text);
	putchar('\'');
}

static int print_exports(const struct client_env *v)
{
	fputs("export", stdout);
	for (size_t i = 0; i < v->count; i++) {
		if (!v->vars[i].value)
			continue;
		printf(" %s=", v->vars[i].name);
		print_quoted(v->vars[i].value);
	}
	putchar('\n');
	/* A key that is set already is not one of this server. */
	for (size_t i = 0; i < v->count; i++)
		if (!v->vars[i].value)
			printf("unset %s\n", v->vars[i].name);
	return fflush(stdout) == 0 ? 0 : report(1, "cannot write to standard output");
}

/* The port that the server listens on. */
static bool find_port(const struct options *o, unsigned *port, char *err, size_t errlen)
{
	if (o->port_file)
		return port_file_read(o->port_file, port, err, errlen);
	*port = (unsigned)o->port;
	return true;
}

/* Open an app with the keys of the database, if the file exists. If not, the server will have those
 * of the fixtures, which the caller loads. */
static bool open_keys(struct app *app, const struct options *o, char *err, size_t errlen)
{
	struct options no_db = *o;

	if (o->db && access(o->db, F_OK) == 0)
		return app_open(app, o, err, errlen) && app_read_db(app, err, errlen);
	no_db.db = NULL;
	return app_open(app, &no_db, err, errlen);
}

int env_command(const struct options *o)
{
	struct client_env env CLEANUP(client_env_free) = { 0 };
	struct app app = { 0 };
	char err[ERR_BYTES];
	unsigned port;
	int status = 1;

	if (o->port == 0 && !o->port_file)
		return report(EXIT_USAGE, "--port 0 is any free port; give the server and env the "
					  "same --port-file FILE");
	if (strlen(o->host) > SERVER_HOST_MAX)
		return report(1, "--host is too long (expected at most %d bytes)", SERVER_HOST_MAX);
	if (!find_port(o, &port, err, sizeof err) || !open_keys(&app, o, err, sizeof err))
		report(1, "%s", err);
	else if (app.workspace->keys || app_load(&app, &o->fixtures, !o->empty))
		status =
		    client_env_find(&env, &app, o, port) ? print_exports(&env) : report_no_memory();
	app_close(&app);
	return status;
}
