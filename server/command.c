/*
 * command.c - the commands that are short.
 */
#include "command.h"

#include "load.h"
#include "probe.h"

enum { PROBE_SECONDS = 3 };

int say(int status, const char *what)
{
	fprintf(stderr, "miru-mock: %s\n", what);
	return status;
}

int check_command(const struct options *o)
{
	struct app app = { 0 };
	char err[ERR_BYTES];
	int status = 1;

	if (o->operands.count == 0)
		return say(EXIT_USAGE, "check needs a file: miru-mock check FILE...");
	if (!app_open(&app, o, err, sizeof err)) {
		say(1, err);
	} else if (app_load(&app, &o->operands, false)) {
		for (size_t i = 0; i < o->operands.count; i++)
			printf("%s: ok\n", o->operands.items[i]);
		status = fflush(stdout) == 0 ? 0 : 1;
	}
	app_close(&app);
	return status;
}

int health_command(const struct options *o)
{
	char url[64], said[512];

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
