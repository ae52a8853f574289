/* SPDX-License-Identifier: MIT
 * devices.c - pings, and tokens that nothing accepts.
 */
#include "api/devices.h"

#include <inttypes.h>

#include "api/handler.h"
#include "http/exchange.h"

/* How long an online device takes to answer, unless the timeout is shorter. */
#define ROUND_TRIP_NANOS INT64_C(3000000)

bool devices_ping(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
	int64_t timeout = body_member(&x->body, "timeout_nanos")->number;
	int64_t nanos = timeout < ROUND_TRIP_NANOS ? timeout : ROUND_TRIP_NANOS;
	struct row *device;
	bool online;

	if (!db || !op_find(x, R_DEVICE, x->id, &device))
		return false;
	online = row_word(device, "status") == DEVICE_ONLINE;

	const struct pair answer[] = {
		{ "code", online ? "success" : "timeout" },
		{ "round_trip_nanos", online ? arena_printf(&x->arena, "%" PRId64, nanos) : NULL },
	};

	/* By a frozen clock nothing takes time. */
	if (!clock_is_frozen(&x->workspace->clock))
		x->answer.delay = (online ? nanos : timeout) / 1000;
	return op_answer(x, answer, ARRAY_LEN(answer));
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static const int64_t token_micros = INT64_C(5) * 60 * 1000000;

/* Answer with a token of that beginning, which is valid for five minutes, and commit. */
static bool answer_token(struct exchange *x, struct tx *tx, const char *prefix)
{
	const char *token = idgen_new(&tx->workspace->idgen, &x->arena, prefix);
	char expires[TIME_LEN + 1];
	int64_t now = 0;

	if (!token || !rfc3339_parse(tx->clock, &now))
		return false;
	rfc3339_format(now < TIME_MAX - token_micros ? now + token_micros : TIME_MAX, expires);

	const struct pair answer[] = {
		{ "token", token },
		{ "expires_at", arena_strdup(&x->arena, expires) },
	};

	return op_answer(x, answer, ARRAY_LEN(answer)) && op_commit(x, tx);
}

/* Only a device that is inactive, unless the body allows more (12). */
static bool check_inactive(struct exchange *x, const struct row *device)
{
	const char *allowed = body_text(&x->body, "allow_reactivation");

	return row_word(device, "status") == DEVICE_INACTIVE || (allowed && *allowed == '1') ||
	       fail(x, ERR_DEVICE_ACTIVE,
		    "device is already active: '%s' is %s; to reactivate it, set "
		    "allow_reactivation to true",
		    row_text(device, "id"), row_text(device, "status"));
}

bool devices_activation_token(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct row *device;

	/* It begins as a JSON Web Token does. */
	return op_begin(x, &tx) && op_find(x, R_DEVICE, x->id, &device) &&
	       check_inactive(x, device) && answer_token(x, &tx, "eyJ");
}

bool devices_provisioning_token(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return op_begin(x, &tx) && answer_token(x, &tx, "mirupt_");
}
