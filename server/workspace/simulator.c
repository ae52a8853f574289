/*
 * simulator.c - the steps, and the times at which they are due.
 */
#include "workspace/simulator.h"

#include "workspace/schedule.h"

/*
 * The new one is installed first and the old one removed afterwards: may removing begin? Nothing is
 * to be waited for where nothing is meant to run.
 */
static bool may_remove(struct change *c, const char *device_id, bool *may)
{
	struct deployment *meant;
	const struct deployment *current;

	if (!deployments_meant(c, device_id, &meant))
		return false;
	current = deployment_current(meant);
	*may = !current || streq(current->is.activity, "deployed");
	return true;
}

/* The agent's next step with a deployment, or MOVE_COUNT. */
static enum trigger next_step(const struct deployment *d, bool removing)
{
	enum trigger t = lifecycle_next(&d->is);

	return t == MOVE_REMOVE && !removing ? MOVE_COUNT : t;
}

/* From a time on, a deployment waits for its device; NULL: it does not. */
static bool wait_since(struct change *c, struct deployment *d, const char *since)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = ?2 WHERE id = ?1", QUERY_KEPT
	};

	d->waiting_since = since;
	return db_run(c->db, &update, (const char *const[]){ d->id, since }, 2);
}

bool agent_wake(struct change *c, const char *device_id)
{
	struct deployment *d;
	bool removing;

	if (!deployments_idle(c, device_id, &d))
		return false;
	if (!d || !d->online)
		return true;
	if (!may_remove(c, device_id, &removing))
		return false;
	for (; d; d = d->next)
		if (next_step(d, removing) != MOVE_COUNT && !wait_since(c, d, c->clock))
			return false;
	return true;
}

bool agent_sleep(struct change *c, const char *device_id)
{
	static const struct query update = { "UPDATE deployments SET waiting_since = NULL"
					     " WHERE device_id = ?1 AND waiting_since IS NOT NULL",
					     QUERY_KEPT };

	return db_run(c->db, &update, &device_id, 1);
}

/*
 * What a new installation lets go is removed in the same breath. `when` is the time of that, and
 * `since` what the clock said then.
 */
static bool begin_removals(struct change *c, const char *device_id, const char *when,
			   const char *since)
{
	struct deployment *d;

	if (!deployments_deployed(c, device_id, &d))
		return false;
	for (; d; d = d->next)
		if (next_step(d, true) == MOVE_REMOVE &&
		    (!deployment_move(c, d, MOVE_REMOVE,
				      strcmp(when, d->updated_at) < 0 ? d->updated_at : when) ||
		     !wait_since(c, d, since)))
			return false;
	return true;
}

/* Do the next step with a deployment, which was due at a time. */
static bool do_step(struct change *c, struct deployment *d, int64_t due_at)
{
	char due[TIME_LEN + 1];
	enum trigger step;
	bool removing;

	if (!may_remove(c, d->device_id, &removing))
		return false;
	step = d->online ? next_step(d, removing) : MOVE_COUNT;
	if (step == MOVE_COUNT)
		return wait_since(c, d, NULL);
	time_format(due_at, due);
	time_format(clock_stamp_at(&c->in->clock, due_at), c->now);
	change_follow(c, d->updated_at);
	if (!deployment_move(c, d, step, c->now))
		return false;
	switch (step) {
	case MOVE_INSTALL:
		return begin_removals(c, d->device_id, c->now, due);
	case MOVE_REMOVE:
		return wait_since(c, d, due);
	default:
		return true;
	}
}

bool agent_catch_up(struct change *c)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = ?1 WHERE waiting_since > ?1", QUERY_KEPT
	};
	struct workspace *w = c->in;
	int64_t now = clock_now(&w->clock);
	char text[TIME_LEN + 1];
	const char *texts[] = { text };

	if (w->transitions.set_at > now)
		w->transitions.set_at = now;
	time_format(now, text);
	return db_run(c->db, &update, texts, 1);
}

/* The step that is due first, if one is by now; in memory of its own. */
static bool run_one(struct change *c, int64_t now, bool *ran)
{
	struct arena arena CLEANUP(arena_free);
	struct change step = *c;
	struct deployment *d;
	int64_t due;

	arena_init(&arena, NULL, 0);
	step.arena = &arena;
	*ran = false;
	if (!deployment_waiting(&step, &d))
		return false;
	if (!d)
		return true;
	due = schedule_due(&c->in->transitions, d->waiting_since);
	*ran = due <= now;
	return !*ran || do_step(&step, d, due);
}

bool agent_run(struct change *c)
{
	int64_t now = clock_now(&c->in->clock);
	bool ran = workspace_is_due(c->in) && c->in->transitions.progression != PROGRESS_MANUAL;

	while (ran)
		if (!run_one(c, now, &ran))
			return false;
	return true;
}

bool agent_settle(struct change *c)
{
	if (!workspace_is_due(c->in))
		return true;
	if (!change_begin(c))
		return false;
	if (agent_run(c))
		return change_commit(c);
	change_undo(c);
	return false;
}

static enum trigger move_to_error(const char *error)
{
	return streq(error, "none")     ? MOVE_RECOVER
	       : streq(error, "failed") ? MOVE_FAIL
					: MOVE_RETRY;
}

static bool differs(const char *said, const char *is)
{
	return said && !streq(said, is);
}

/* The agent reports an activity. */
static enum report report_activity(struct change *c, struct deployment *d, const char *activity)
{
	enum trigger t = lifecycle_own(&d->is);
	bool removing;

	if (t == MOVE_COUNT ||
	    !streq(lifecycle_to(lifecycle_move(t, &d->is), &d->is).activity, activity))
		return REPORT_IMPOSSIBLE;
	if (!may_remove(c, d->device_id, &removing))
		return REPORT_BROKE;
	if (t == MOVE_REMOVE && !removing)
		return REPORT_IMPOSSIBLE;
	return deployment_move(c, d, t, c->now) ? REPORT_MADE : REPORT_BROKE;
}

enum report agent_report(struct change *c, struct deployment *d, const char *activity,
			 const char *error)
{
	const struct state before = d->is;
	bool failing = error && streq(error, "failed");
	bool recovered, installed;

	/* What has failed is over, and failing ends whatever it was doing. */
	if (streq(before.error, "failed"))
		return differs(activity, before.activity) || differs(error, before.error)
			   ? REPORT_IMPOSSIBLE
			   : REPORT_MADE;
	if (failing && activity && !streq(activity, "archived"))
		return REPORT_IMPOSSIBLE;
	if (!failing && differs(activity, before.activity)) {
		enum report report = report_activity(c, d, activity);

		if (report != REPORT_MADE)
			return report;
	}
	/* Whoever reports what it was meant to reach has recovered, unless it says otherwise. */
	if (!error && activity && lifecycle_has_reached(&d->is))
		error = "none";
	if (differs(error, d->is.error) && !deployment_move(c, d, move_to_error(error), c->now))
		return REPORT_BROKE;
	recovered = !streq(before.error, "none") && streq(d->is.error, "none");
	installed = !streq(before.activity, "deployed") && streq(d->is.activity, "deployed");
	if (installed && d->online && c->in->transitions.progression != PROGRESS_MANUAL &&
	    !begin_removals(c, d->device_id, c->now, c->clock))
		return REPORT_BROKE;
	if ((installed || recovered) && !agent_wake(c, d->device_id))
		return REPORT_BROKE;
	return REPORT_MADE;
}
