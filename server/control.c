/*
 * control.c - the functions behind /_mock/.
 */
#include "control.h"

#include "config.h"
#include "exchange.h"

static bool say(struct exchange *x, const char *status)
{
	struct writer w = exchange_writer(x);

	write_open(&w, '{');
	write_key(&w, "status");
	write_text(&w, status);
	write_key(&w, "version");
	write_text(&w, PACKAGE_VERSION);
	write_close(&w, '}');
	return true;
}

bool control_health(struct exchange *x)
{
	return say(x, "ok");
}

bool control_ready(struct exchange *x)
{
	return say(x, "ready");
}
