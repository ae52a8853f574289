/*
 * control.c - the functions behind /_mock/.
 */
#include "control.h"

#include "config.h"
#include "exchange.h"
#include "present.h"

static bool say(struct exchange *x, const char *status)
{
	x->json = cJSON_CreateObject();
	return (x->json && put_text(x->json, "status", status) &&
		put_text(x->json, "version", PACKAGE_VERSION)) ||
	       broke(x, "control: out of memory");
}

bool control_health(struct exchange *x)
{
	return say(x, "ok");
}

bool control_ready(struct exchange *x)
{
	return say(x, "ready");
}
