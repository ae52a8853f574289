/* SPDX-License-Identifier: MIT
 * simulator.c - does the steps of the agents, and checks their reports.
 */
#include "workspace/simulator.h"

#include "workspace/schedule.h"

/*
 * May the agent begin to remove what it should not run any more? It installs the new deployment
 * first; if the device is to run none, there is nothing to wait for.
 */
static bool find_removing(struct tx *tx, const char *device_id, bool *removing)
{
	struct deployment *targeted;
	const struct deployment *current;

	if (!deployments_targeted(tx, device_id, &targeted))
		return false;
	current = deployment_current(targeted);
	*removing = !current || current->state.activity == ACTIVITY_DEPLOYED;
	return true;
}

/* The agent's next step with a deployment, or MOVE_COUNT. */
static enum trigger next_step(const struct deployment *d, bool removing)
{
	enum trigger t = lifecycle_next(&d->state);

	return t == MOVE_REMOVE && !removing ? MOVE_COUNT : t;
}

/* Set since when a deployment waits for its device; NULL: it does not wait. */
static bool wait_since(struct tx *tx, struct deployment *d, const char *since)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = ?2 WHERE id = ?1", QUERY_KEPT
	};

	d->waiting_since = since;
	return db_run(tx->db, &update, (const char *const[]){ d->id, since }, 2);
}

bool simulator_wake(struct tx *tx, const char *device_id)
{
	struct deployment *d;
	bool removing;

	if (!deployments_idle(tx, device_id, &d))
		return false;
	if (!d || !d->online)
		return true;
	if (!find_removing(tx, device_id, &removing))
		return false;
	for (; d; d = d->next)
		if (next_step(d, removing) != MOVE_COUNT && !wait_since(tx, d, tx->clock))
			return false;
	return true;
}

bool simulator_sleep(struct tx *tx, const char *device_id)
{
	static const struct query update = { "UPDATE deployments SET waiting_since = NULL"
					     " WHERE device_id = ?1 AND waiting_since IS NOT NULL",
					     QUERY_KEPT };

	return db_run(tx->db, &update, &device_id, 1);
}

/*
 * Begin to remove what a new installation replaces, at the same time as the installation: `when` is
 * its time, `since` what the clock said then.
 */
static bool begin_removals(struct tx *tx, const char *device_id, const char *when,
			   const char *since)
{
	struct deployment *d;

	if (!deployments_deployed(tx, device_id, &d))
		return false;
	for (; d; d = d->next)
		if (next_step(d, true) == MOVE_REMOVE &&
		    (!deployment_move(tx, d, MOVE_REMOVE,
				      strcmp(when, d->updated_at) < 0 ? d->updated_at : when) ||
		     !wait_since(tx, d, since)))
			return false;
	return true;
}

/* Do the next step with a deployment, which was due at a time. */
static bool do_step(struct tx *tx, struct deployment *d, int64_t due_at)
{
	char due[TIME_LEN + 1];
	enum trigger step;
	bool removing;

	if (!find_removing(tx, d->device_id, &removing))
		return false;
	step = d->online ? next_step(d, removing) : MOVE_COUNT;
	if (step == MOVE_COUNT)
		return wait_since(tx, d, NULL);
	rfc3339_format(due_at, due);
	rfc3339_format(clock_stamp_at(&tx->workspace->clock, due_at), tx->now);
	tx_date_after(tx, d->updated_at);
	if (!deployment_move(tx, d, step, tx->now))
		return false;
	switch (step) {
	case MOVE_INSTALL:
		return begin_removals(tx, d->device_id, tx->now, due);
	case MOVE_REMOVE:
		return wait_since(tx, d, due);
	default:
		return true;
	}
}

bool simulator_reschedule(struct tx *tx)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = ?1 WHERE waiting_since > ?1", QUERY_KEPT
	};
	struct workspace *w = tx->workspace;
	int64_t now = clock_now(&w->clock);
	char text[TIME_LEN + 1];
	const char *texts[] = { text };

	if (w->transitions.set_at > now)
		w->transitions.set_at = now;
	rfc3339_format(now, text);
	return db_run(tx->db, &update, texts, 1);
}

/* Do the step that is due first, if one is by now. What it allocates is freed at its end: there may
 * be many steps in one transaction. */
static bool run_one(struct tx *tx, int64_t now, bool *ran)
{
	struct arena arena CLEANUP(arena_free);
	struct cause *cause = &tx->workspace->recorder.cause, before;
	struct tx step = *tx;
	struct deployment *d;
	int64_t due;
	bool ok;

	arena_init(&arena, NULL, 0);
	step.arena = &arena;
	*ran = false;
	if (!deployment_waiting(&step, &d))
		return false;
	if (!d)
		return true;
	due = schedule_due(&tx->workspace->transitions, d->waiting_since);
	*ran = due <= now;
	if (!*ran)
		return true;
	before = *cause;
	*cause = (struct cause){ .kind = CAUSE_STEP };
	ok = do_step(&step, d, due);
	*cause = before;
	return ok;
}

bool simulator_run(struct tx *tx)
{
	const struct workspace *w = tx->workspace;
	int64_t now = clock_now(&w->clock);
	bool ran = workspace_is_due(w) && w->transitions.progression != PROGRESS_MANUAL;

	while (ran)
		if (!run_one(tx, now, &ran))
			return false;
	return true;
}

bool simulator_settle(struct tx *tx)
{
	if (!workspace_is_due(tx->workspace))
		return true;
	if (!tx_begin(tx))
		return false;
	if (simulator_run(tx))
		return tx_commit(tx);
	tx_rollback(tx);
	return false;
}

/* ---- reports --------------------------------------------------------------------------------- */

/* The agent reports an activity. */
static enum report report_activity(struct tx *tx, struct deployment *d,
				   enum activity_status activity)
{
	enum trigger t = lifecycle_own(&d->state);
	bool removing;

	if (t == MOVE_COUNT ||
	    lifecycle_to(lifecycle_move(t, &d->state), &d->state).activity != activity)
		return REPORT_IMPOSSIBLE;
	if (!find_removing(tx, d->device_id, &removing))
		return REPORT_FAILED;
	if (t == MOVE_REMOVE && !removing)
		return REPORT_IMPOSSIBLE;
	return deployment_move(tx, d, t, tx->now) ? REPORT_MADE : REPORT_FAILED;
}

/* The agent reports an error, or that there is none any more; 0: neither. */
static bool report_error(struct tx *tx, struct deployment *d, enum error_status error)
{
	static const enum trigger moves[] = { [ERROR_NONE] = MOVE_RECOVER,
					      [ERROR_FAILED] = MOVE_FAIL,
					      [ERROR_RETRYING] = MOVE_RETRY };

	return !error || error == d->state.error || deployment_move(tx, d, moves[error], tx->now);
}

enum report simulator_report(struct tx *tx, struct deployment *d, enum activity_status activity,
			     enum error_status error)
{
	const struct state before = d->state;
	bool recovered, installed;

	/* A failed deployment does not change any more. */
	if (before.error == ERROR_FAILED)
		return (activity && activity != before.activity) || (error && error != before.error)
			   ? REPORT_IMPOSSIBLE
			   : REPORT_MADE;
	/* Failing ends whatever the deployment was doing: it is archived. */
	if (error == ERROR_FAILED) {
		if (activity && activity != ACTIVITY_ARCHIVED)
			return REPORT_IMPOSSIBLE;
	} else if (activity && activity != before.activity) {
		enum report report = report_activity(tx, d, activity);

		if (report != REPORT_MADE)
			return report;
	}
	/* An activity that reaches the target is a recovery, unless an error is reported with it.
	 */
	if (!error && activity && lifecycle_has_reached(&d->state))
		error = ERROR_NONE;
	if (!report_error(tx, d, error))
		return REPORT_FAILED;
	recovered = before.error != ERROR_NONE && d->state.error == ERROR_NONE;
	installed = before.activity != ACTIVITY_DEPLOYED && d->state.activity == ACTIVITY_DEPLOYED;
	if (installed && d->online && tx->workspace->transitions.progression != PROGRESS_MANUAL &&
	    !begin_removals(tx, d->device_id, tx->now, tx->clock))
		return REPORT_FAILED;
	if ((installed || recovered) && !simulator_wake(tx, d->device_id))
		return REPORT_FAILED;
	return REPORT_MADE;
}
