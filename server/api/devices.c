/*
 * devices.c - pings that take their time, and tokens that nobody can use.
 */
#include "api/devices.h"

#include <inttypes.h>

#include "api/handler.h"
#include "http/exchange.h"

/* How long a device that is online takes to answer, if it is given so long. */
#define ROUND_TRIP_NANOS INT64_C(3000000)

static bool ping(struct exchange *x)
{
	int64_t timeout = body_member(&x->body, "timeout_nanos")->number;
	int64_t nanos = timeout < ROUND_TRIP_NANOS ? timeout : ROUND_TRIP_NANOS;
	const char *trip;
	struct row *device;
	bool online;

	if (!op_find(x, R_DEVICE, x->id, &device))
		return false;
	online = streq(row_text(device, "status"), "online");

	trip = online ? arena_printf(&x->arena, "%" PRId64, nanos) : NULL;
	if (online && !trip)
		return op_short(x);

	const struct pair said[] = {
		{ "code", online ? "success" : "timeout" },
		{ "round_trip_nanos", trip },
	};

	/* By a clock that stands, nothing takes time. */
	if (!clock_is_frozen(&x->workspace->clock))
		x->answer.delay = (online ? nanos : timeout) / 1000;
	return op_say(x, said, ARRAY_LEN(said));
}

bool op_ping(struct exchange *x)
{
	return op_look(x, ping);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static const int64_t token_micros = INT64_C(5) * 60 * 1000000;

/* A token of that beginning, for five minutes from now. */
static bool say_token(struct exchange *x, struct change *c, const char *prefix)
{
	const char *token = ident_new(&c->in->ident, &x->arena, prefix);
	char expires[TIME_LEN + 1];
	int64_t now = 0;

	if (!token || !time_parse(c->clock, &now))
		return op_short(x);
	time_format(now < TIME_MAX - token_micros ? now + token_micros : TIME_MAX, expires);

	const struct pair said[] = {
		{ "token", token },
		{ "expires_at", arena_strdup(&x->arena, expires) },
	};

	return op_say(x, said, ARRAY_LEN(said));
}

/* It begins as a JSON Web Token does. */
static bool make_activation_token(struct exchange *x, struct change *c)
{
	struct row *device;

	return op_find(x, R_DEVICE, x->id, &device) && say_token(x, c, "eyJ");
}

bool op_activation_token(struct exchange *x)
{
	return op_act(x, make_activation_token);
}

static bool make_provisioning_token(struct exchange *x, struct change *c)
{
	return say_token(x, c, "mirupt_");
}

bool op_provisioning_token(struct exchange *x)
{
	return op_act(x, make_provisioning_token);
}
