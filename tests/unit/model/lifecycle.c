/* SPDX-License-Identifier: MIT
 * The moves of a deployment against the table that they are to be: every trigger in every state,
 * the impossible ones included. `want` is written down by hand from the behaviour, row by row, and
 * not derived from the rows in the server.
 */
#include "model/lifecycle.h"

#include "base/util.h"
#include "model/resource.h"
#include "unit/unit.h"

/* target/activity/error, with * for any, and what becomes of it; = for as it was. */
static const struct {
	enum trigger trigger;
	const char *from, *to, *stamped;
} want[] = {
	{ MOVE_DEPLOY, "staged/staged/none", "deployed/queued/none", "queued_at" },
	{ MOVE_DRIFT, "staged/staged/*", "=/drifted/=", NULL },
	{ MOVE_ARCHIVE, "staged/staged/none", "archived/archived/none", "archived_at" },
	{ MOVE_ARCHIVE, "staged/staged/retrying", "archived/archived/none", "archived_at" },
	{ MOVE_ARCHIVE, "staged/drifted/none", "archived/archived/none", "archived_at" },
	{ MOVE_ARCHIVE, "staged/drifted/retrying", "archived/archived/none", "archived_at" },
	{ MOVE_REPLACE, "deployed/*/*", "archived/=/=", NULL },
	{ MOVE_RESTAGE, "staged/drifted/*", "=/staged/=", "reviewed_at" },
	/* Rows 7 to 9, and the agent's decisions below them. */
	{ MOVE_INSTALL, "deployed/queued/*", "=/deployed/none", "deployed_at" },
	{ MOVE_INSTALL, "deployed/removing/*", "=/deployed/none", "deployed_at" },
	{ MOVE_INSTALL, "deployed/archived/*", "=/deployed/none", "deployed_at" },
	{ MOVE_REMOVE, "archived/deployed/*", "=/removing/=", NULL },
	{ MOVE_REMOVE, "staged/deployed/*", "=/removing/=", NULL },
	{ MOVE_WITHDRAW, "staged/queued/*", "=/archived/none", "archived_at" },
	{ MOVE_WITHDRAW, "staged/removing/*", "=/archived/none", "archived_at" },
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

static void words_of(const struct state *s, const char *words[3])
{
	words[0] = word_text(target_status_words, s->target);
	words[1] = word_text(activity_status_words, s->activity);
	words[2] = word_text(error_status_words, s->error);
}

/* "target/activity/error", where = stands for what it was. */
static void become(const char *to, const struct state *from, char *out, size_t len)
{
	const char *was[3];
	size_t used = 0;

	words_of(from, was);
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
	const char *words[3], *now[3];
	const struct move *m = lifecycle_move(t, from);
	char wanted[96] = "impossible", is[96] = "impossible", what[96];
	const char *stamped = NULL;

	words_of(from, words);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		if (want[i].trigger == t && matches(want[i].from, words)) {
			become(want[i].to, from, wanted, sizeof wanted);
			stamped = want[i].stamped;
		}
	}
	snprintf(what, sizeof what, "%d %s/%s/%s", (int)t, words[0], words[1], words[2]);
	if (m) {
		struct state to = lifecycle_to(m, from);

		words_of(&to, now);
		snprintf(is, sizeof is, "%s/%s/%s", now[0], now[1], now[2]);
		EQ_STR_IN(what, m->stamped, stamped);
	}
	EQ_STR_IN(what, is, wanted);
}

static void test_every_state(void)
{
	for (int t = 0; t < MOVE_COUNT; t++)
		for (unsigned i = TARGET_STAGED; i <= TARGET_ARCHIVED; i++)
			for (unsigned k = ACTIVITY_DRIFTED; k <= ACTIVITY_ARCHIVED; k++)
				for (unsigned n = ERROR_NONE; n <= ERROR_RETRYING; n++)
					check((enum trigger)t, &(struct state){ i, k, n });
}

/* An agent's own moves, and whether a deployment is what it is meant to be. */
static void test_own(void)
{
	static const struct {
		struct state is;
		enum trigger own;
		bool reached;
	} cases[] = {
		{ { TARGET_STAGED, ACTIVITY_STAGED, ERROR_NONE }, MOVE_COUNT, true },
		{ { TARGET_STAGED, ACTIVITY_DRIFTED, ERROR_NONE }, MOVE_COUNT, true },
		{ { TARGET_STAGED, ACTIVITY_ARCHIVED, ERROR_NONE }, MOVE_COUNT, true },
		{ { TARGET_STAGED, ACTIVITY_QUEUED, ERROR_NONE }, MOVE_WITHDRAW, true },
		{ { TARGET_STAGED, ACTIVITY_DEPLOYED, ERROR_NONE }, MOVE_REMOVE, false },
		{ { TARGET_STAGED, ACTIVITY_REMOVING, ERROR_NONE }, MOVE_WITHDRAW, false },
		{ { TARGET_DEPLOYED, ACTIVITY_STAGED, ERROR_NONE }, MOVE_COUNT, false },
		{ { TARGET_DEPLOYED, ACTIVITY_DRIFTED, ERROR_NONE }, MOVE_COUNT, false },
		{ { TARGET_DEPLOYED, ACTIVITY_QUEUED, ERROR_NONE }, MOVE_INSTALL, false },
		{ { TARGET_DEPLOYED, ACTIVITY_DEPLOYED, ERROR_NONE }, MOVE_COUNT, true },
		{ { TARGET_DEPLOYED, ACTIVITY_REMOVING, ERROR_NONE }, MOVE_INSTALL, false },
		{ { TARGET_DEPLOYED, ACTIVITY_ARCHIVED, ERROR_NONE }, MOVE_INSTALL, false },
		{ { TARGET_ARCHIVED, ACTIVITY_STAGED, ERROR_NONE }, MOVE_FINISH, false },
		{ { TARGET_ARCHIVED, ACTIVITY_DRIFTED, ERROR_NONE }, MOVE_FINISH, false },
		{ { TARGET_ARCHIVED, ACTIVITY_QUEUED, ERROR_NONE }, MOVE_FINISH, false },
		{ { TARGET_ARCHIVED, ACTIVITY_DEPLOYED, ERROR_NONE }, MOVE_REMOVE, false },
		{ { TARGET_ARCHIVED, ACTIVITY_REMOVING, ERROR_NONE }, MOVE_FINISH, false },
		{ { TARGET_ARCHIVED, ACTIVITY_ARCHIVED, ERROR_NONE }, MOVE_COUNT, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char what[64];

		snprintf(what, sizeof what, "%d/%d", (int)cases[i].is.target,
			 (int)cases[i].is.activity);
		EQ_INT_IN(what, lifecycle_own(&cases[i].is), cases[i].own);
		EQ_INT_IN(what, lifecycle_has_reached(&cases[i].is), cases[i].reached);
	}
}

static void test_activities(void)
{
	char out[64], few[8];

	EQ_STR(lifecycle_activities(MOVE_DEPLOY, out, sizeof out), "staged");
	EQ_STR(lifecycle_activities(MOVE_ARCHIVE, out, sizeof out), "drifted or staged");
	EQ_STR(lifecycle_activities(MOVE_FINISH, out, sizeof out),
	       "drifted, staged, queued or removing");
	EQ_STR(lifecycle_activities(MOVE_RETRY, out, sizeof out), "");
	EQ_STR(lifecycle_activities(MOVE_FINISH, few, sizeof few), "drifted");
}

/* The status of every pair of words: the error over the activity. */
static const struct {
	const char *activity, *error, *status;
} statuses[] = {
	{ "drifted", "none", "drifted" },       { "drifted", "failed", "failed" },
	{ "drifted", "retrying", "retrying" },  { "staged", "none", "staged" },
	{ "staged", "failed", "failed" },       { "staged", "retrying", "retrying" },
	{ "queued", "none", "queued" },         { "queued", "failed", "failed" },
	{ "queued", "retrying", "retrying" },   { "deployed", "none", "deployed" },
	{ "deployed", "failed", "failed" },     { "deployed", "retrying", "retrying" },
	{ "removing", "none", "removing" },     { "removing", "failed", "failed" },
	{ "removing", "retrying", "retrying" }, { "archived", "none", "archived" },
	{ "archived", "failed", "failed" },     { "archived", "retrying", "retrying" },
};

static void test_status(void)
{
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		EQ_STR_IN(statuses[i].activity,
			  lifecycle_status(statuses[i].activity, statuses[i].error),
			  statuses[i].status);
}

/* The table above is whole, and the field's words are those that the merge can give. */
static void test_status_words(void)
{
	const struct resource *r = &resources[R_DEPLOYMENT];
	const struct word *activity = resource_field(r, "activity_status")->words;
	const struct word *error = resource_field(r, "error_status")->words;
	const struct word *status = resource_field(r, "status")->words;
	size_t pairs = 0;

	for (const struct word *a = activity; a->text; a++)
		for (const struct word *e = error; e->text; e++, pairs++)
			CU_ASSERT_PTR_NOT_NULL(
			    word_find(status, lifecycle_status(a->text, e->text)));
	EQ_INT((long long)pairs, ARRAY_LEN(statuses));
}

UNIT_MAIN("lifecycle", { "every state", test_every_state }, { "own", test_own },
	  { "activities", test_activities }, { "status", test_status },
	  { "status words", test_status_words })
