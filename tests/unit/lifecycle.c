/*
 * The moves of a deployment against the table that they are to be: every trigger in every state,
 * the impossible ones included. `want` is written down by hand from the behaviour, row by row, and
 * not derived from the rows in the server.
 */
#include "lifecycle.h"

#include "unit.h"
#include "util.h"

static const char *const targets[] = { "staged", "deployed", "archived" };
static const char *const activities[] = { "drifted",  "staged",   "queued",
					  "deployed", "removing", "archived" };
static const char *const errors[] = { "none", "failed", "retrying" };

/* target/activity/error, with * for any, and what becomes of it; = for as it was. */
static const struct {
	enum trigger trigger;
	const char *from, *to, *stamped;
} want[] = {
	{ MOVE_DEPLOY, "staged/staged/*", "deployed/queued/none", "queued_at" },
	{ MOVE_DRIFT, "staged/staged/*", "=/drifted/=", NULL },
	{ MOVE_ARCHIVE, "staged/staged/*", "archived/archived/none", "archived_at" },
	{ MOVE_ARCHIVE, "staged/drifted/*", "archived/archived/none", "archived_at" },
	{ MOVE_REPLACE, "deployed/*/*", "archived/=/=", NULL },
	{ MOVE_RESTAGE, "staged/drifted/*", "=/staged/=", "reviewed_at" },
	{ MOVE_INSTALL, "deployed/queued/*", "=/deployed/none", "deployed_at" },
	{ MOVE_REMOVE, "archived/deployed/*", "=/removing/=", NULL },
	{ MOVE_FINISH, "archived/removing/*", "=/archived/none", "archived_at" },
	{ MOVE_FINISH, "archived/queued/*", "=/archived/none", "archived_at" },
	{ MOVE_FINISH, "archived/staged/*", "=/archived/none", "archived_at" },
	{ MOVE_FINISH, "archived/drifted/*", "=/archived/none", "archived_at" },
	{ MOVE_RETRY, "*/*/none", "=/=/retrying", NULL },
	{ MOVE_RECOVER, "*/*/retrying", "=/=/none", NULL },
	{ MOVE_FAIL, "*/*/none", "archived/archived/failed", "archived_at" },
	{ MOVE_FAIL, "*/*/retrying", "archived/archived/failed", "archived_at" },
};

static bool matches(const char *pattern, const char *const words[3])
{
	for (int i = 0; i < 3; i++) {
		size_t len = strcspn(pattern, "/");

		if (!(len == 1 && *pattern == '*') &&
		    !(strlen(words[i]) == len && strncmp(pattern, words[i], len) == 0))
			return false;
		pattern += len + 1;
	}
	return true;
}

/* "target/activity/error", where = stands for what it was. */
static void become(const char *to, const struct state *from, char *out, size_t len)
{
	const char *const was[] = { from->target, from->activity, from->error };
	size_t used = 0;

	for (int i = 0; i < 3; i++) {
		size_t n = strcspn(to, "/");

		used += (size_t)snprintf(out + used, len - used, "%s%.*s", i ? "/" : "",
					 *to == '=' ? (int)strlen(was[i]) : (int)n,
					 *to == '=' ? was[i] : to);
		to += n + 1;
	}
}

static void check(enum trigger t, const struct state *from)
{
	const char *const words[3] = { from->target, from->activity, from->error };
	const struct move *m = lifecycle_move(t, from);
	char wanted[96] = "impossible", is[96] = "impossible", what[96];
	const char *stamped = NULL;

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		if (want[i].trigger == t && matches(want[i].from, words)) {
			become(want[i].to, from, wanted, sizeof wanted);
			stamped = want[i].stamped;
		}
	}
	snprintf(what, sizeof what, "%d %s/%s/%s", (int)t, from->target, from->activity,
		 from->error);
	if (m) {
		struct state to = lifecycle_to(m, from);

		snprintf(is, sizeof is, "%s/%s/%s", to.target, to.activity, to.error);
		EQ_STR_IN(what, m->stamped, stamped);
	}
	EQ_STR_IN(what, is, wanted);
}

static void test_every_state(void)
{
	for (int t = 0; t < MOVE_COUNT; t++)
		for (size_t i = 0; i < ARRAY_LEN(targets); i++)
			for (size_t k = 0; k < ARRAY_LEN(activities); k++)
				for (size_t n = 0; n < ARRAY_LEN(errors); n++)
					check((enum trigger)t,
					      &(struct state){ targets[i], activities[k],
							       errors[n] });
}

static void test_activities(void)
{
	char out[64], few[8];

	EQ_STR(lifecycle_activities(MOVE_DEPLOY, out, sizeof out), "staged");
	EQ_STR(lifecycle_activities(MOVE_ARCHIVE, out, sizeof out), "staged or drifted");
	EQ_STR(lifecycle_activities(MOVE_FINISH, out, sizeof out),
	       "removing, queued, staged or drifted");
	EQ_STR(lifecycle_activities(MOVE_RETRY, out, sizeof out), "");
	EQ_STR(lifecycle_activities(MOVE_FINISH, few, sizeof few), "removin");
}

UNIT_MAIN("lifecycle", { "every state", test_every_state }, { "activities", test_activities })
