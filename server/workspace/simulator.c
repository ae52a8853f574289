/* SPDX-License-Identifier: MIT
 * simulator.c - does the steps of the agents, and checks their reports.
 */
#include "workspace/simulator.h"

#include "model/step.h"
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

/* The agent's next step with a deployment, or MOVE_COUNT. One that recovers is not stuck. */
static enum trigger next_step(const struct deployment *d, bool recovering, bool removing)
{
	enum trigger t = recovering ? lifecycle_own(&d->state) : lifecycle_next(&d->state);

	return t == MOVE_REMOVE && !removing ? MOVE_COUNT : t;
}

/* Let a deployment wait from now on. What a behavior has said of the step it says from now on. */
static bool wait_from_now(struct tx *tx, struct deployment *d, const struct step_state *step)
{
	const int64_t micros = step->recovering ? step->recover_after : step->seconds;
	char due[TIME_LEN + 1];
	int64_t now;

	if (!step->looked || !rfc3339_parse(tx->clock, &now))
		return deployment_wait(tx, d, tx->clock, NULL, d->step);
	rfc3339_format(now < TIME_MAX - micros ? now + micros : TIME_MAX, due);
	return deployment_wait(tx, d, tx->clock, due, d->step);
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
	for (; d; d = d->next) {
		struct step_state step;

		if (!step_read(d->step, &step, &(bool){ false }))
			return false;
		if (next_step(d, step.recovering, removing) != MOVE_COUNT &&
		    !wait_from_now(tx, d, &step))
			return false;
	}
	return true;
}

bool simulator_sleep(struct tx *tx, const char *device_id)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = NULL, due_at = NULL"
		" WHERE device_id = ?1 AND waiting_since IS NOT NULL",
		QUERY_KEPT
	};

	return db_run(tx->db, &update, &device_id, 1);
}

static bool do_step(struct tx *tx, struct deployment *d, int64_t due_at, bool now);

/*
 * Begin to remove what a new installation replaces, at the same time as the installation: `when` is
 * its time, `since` what the clock said then.
 */
static bool begin_removals(struct tx *tx, const char *device_id, const char *when,
			   const char *since)
{
	const bool behaves = tx->workspace->behaviors != NULL;
	struct deployment *d;
	int64_t due;

	if (!deployments_deployed(tx, device_id, &d))
		return false;
	for (; d; d = d->next) {
		if (next_step(d, false, true) != MOVE_REMOVE)
			continue;
		d->waiting_since = since;
		if (behaves && rfc3339_parse(since, &due)) {
			if (!do_step(tx, d, due, false))
				return false;
		} else if (!deployment_move(tx, d, MOVE_REMOVE,
					    strcmp(when, d->updated_at) < 0 ? d->updated_at
									    : when) ||
			   !deployment_wait(tx, d, since, NULL, NULL)) {
			return false;
		}
	}
	return true;
}

/* What changes is told with its cause. Returns the cause until now, to be set again. */
static struct cause set_cause(struct tx *tx, enum cause_kind kind)
{
	struct cause *cause = &tx->workspace->recorder.cause, before = *cause;

	*cause = (struct cause){ .kind = kind };
	return before;
}

/* ---- behaviors ------------------------------------------------------------------------------- */

enum { GROUPS_MAX = 64 };

/* The groups that a device is in: its own, and those above it. */
static bool read_groups(struct tx *tx, const char *device_id, const char **ids, size_t *n)
{
	static const struct query above = {
		"WITH RECURSIVE up (id) AS (SELECT group_id FROM devices WHERE id = ?1"
		" UNION SELECT g.parent_id FROM groups AS g JOIN up ON g.id = up.id)"
		" SELECT id FROM up WHERE id IS NOT NULL LIMIT 64",
		QUERY_KEPT
	};
	struct stmt *s CLEANUP(stmt_endp) = db_query(tx->db, &above);
	enum step step;

	if (!s)
		return false;
	stmt_bind(s, 1, device_id);
	for (*n = 0; (step = stmt_step(s)) == STEP_ROW && *n < GROUPS_MAX; (*n)++) {
		const char *id = stmt_text(s, 0);

		ids[*n] = id ? arena_strdup(tx->arena, id) : NULL;
		if (!ids[*n])
			return false;
	}
	return step != STEP_FAILED;
}

/* Find out what the device does in place of a step, and how long the step takes. */
static bool look_up_behavior(struct tx *tx, const struct deployment *d, struct step_state *step)
{
	struct behaviors *behaviors = tx->workspace->behaviors;
	const char *groups[GROUPS_MAX];
	struct behavior_case c = { .device_id = d->device_id,
				   .release_id = d->release_id,
				   .group_ids = groups,
				   .at = d->state.activity };
	const struct behavior *b;

	step->looked = true;
	if (!behaviors)
		return true;
	if (behaviors->groups && !read_groups(tx, d->device_id, groups, &c.ngroups))
		return false;
	b = behaviors_match(behaviors, &c);
	if (!b)
		return true;
	step->seconds = b->seconds > 0 ? b->seconds : 0;
	step->error = b->error;
	step->recover_after = b->recover_after;
	step->offline_for = b->offline_for > 0 ? b->offline_for : 0;
	return true;
}

/* The device goes offline at tx->now, and comes back; the step goes on then. */
static bool go_offline(struct tx *tx, struct deployment *d, struct step_state *step, int64_t due_at)
{
	static const struct query update = {
		"UPDATE devices SET status = 'offline', online_at = ?3, last_disconnected_at = ?2,"
		" updated_at = max(updated_at, ?2) WHERE id = ?1",
		QUERY_KEPT
	};
	char back[TIME_LEN + 1];
	const char *const values[] = { d->device_id, tx->now, back };
	const char *text;

	rfc3339_format(due_at < TIME_MAX - step->offline_for ? due_at + step->offline_for
							     : TIME_MAX,
		       back);
	step->offline_for = step->seconds = 0; /* these are over */
	text = step_text(tx->arena, step);
	return text && deployment_wait(tx, d, NULL, NULL, text) &&
	       db_run(tx->db, &update, values, ARRAY_LEN(values)) &&
	       simulator_sleep(tx, d->device_id);
}

/* The device reports an error at tx->now in place of the step; it recovers later, if ever. */
static bool report_behavior(struct tx *tx, struct deployment *d, struct step_state *step,
			    int64_t due_at)
{
	const enum trigger move = step->error == ERROR_FAILED ? MOVE_FAIL : MOVE_RETRY;
	char since[TIME_LEN + 1], due[TIME_LEN + 1];
	const char *text;

	if (!deployment_move(tx, d, move, tx->now))
		return false;
	if (step->recover_after < 0 || move == MOVE_FAIL)
		return true;
	rfc3339_format(due_at, since);
	rfc3339_format(due_at < TIME_MAX - step->recover_after ? due_at + step->recover_after
							       : TIME_MAX,
		       due);
	*step = (struct step_state){ .looked = true,
				     .recovering = true,
				     .recover_after = step->recover_after };
	text = step_text(tx->arena, step);
	return text && deployment_wait(tx, d, since, due, text);
}

/* Let the step wait longer than the progression says, if a behavior wants that. */
static bool take_longer(struct tx *tx, struct deployment *d, const struct step_state *step,
			int64_t due_at, bool *longer)
{
	const int64_t micros = step->seconds;
	char due[TIME_LEN + 1];
	const char *text;
	int64_t since;

	*longer = micros > 0 && rfc3339_parse(d->waiting_since, &since) &&
		  since < TIME_MAX - micros && since + micros > due_at;
	if (!*longer)
		return true;
	rfc3339_format(since + micros, due);
	text = step_text(tx->arena, step);
	return text && deployment_wait(tx, d, d->waiting_since, due, text);
}

/* ---- steps ----------------------------------------------------------------------------------- */

/* Make the step at tx->now. */
static bool make_step(struct tx *tx, struct deployment *d, enum trigger step, bool recovering,
		      const char *due)
{
	if ((recovering && lifecycle_move(MOVE_RECOVER, &d->state) &&
	     !deployment_move(tx, d, MOVE_RECOVER, tx->now)) ||
	    !deployment_move(tx, d, step, tx->now))
		return false;
	switch (step) {
	case MOVE_INSTALL:
		return begin_removals(tx, d->device_id, tx->now, due);
	case MOVE_REMOVE:
		return deployment_wait(tx, d, due, NULL, NULL);
	default:
		return true;
	}
}

/* Do the next step with a deployment, which was due at a time. `now`: however long a behavior says
 * that it takes. */
static bool do_step(struct tx *tx, struct deployment *d, int64_t due_at, bool now)
{
	struct step_state state;
	char due[TIME_LEN + 1];
	enum trigger step;
	bool removing, longer, ok;
	struct cause before;

	if (!find_removing(tx, d->device_id, &removing) ||
	    !step_read(d->step, &state, &(bool){ false }))
		return false;
	step = d->online ? next_step(d, state.recovering, removing) : MOVE_COUNT;
	if (step == MOVE_COUNT)
		return deployment_wait(tx, d, NULL, NULL, NULL);
	if (!state.looked && !look_up_behavior(tx, d, &state))
		return false;
	if (!now && !d->due_at) {
		if (!take_longer(tx, d, &state, due_at, &longer))
			return false;
		if (longer)
			return true;
	}
	rfc3339_format(due_at, due);
	rfc3339_format(clock_stamp_at(&tx->workspace->clock, due_at), tx->now);
	tx_date_after(tx, d->updated_at);
	before = tx->workspace->recorder.cause;
	if (state.offline_for || state.error || state.recovering)
		set_cause(tx, CAUSE_BEHAVIOR);
	else if (!now)
		set_cause(tx, CAUSE_STEP);
	ok = state.offline_for ? go_offline(tx, d, &state, due_at)
	     : state.error     ? report_behavior(tx, d, &state, due_at)
			       : make_step(tx, d, step, state.recovering, due);
	tx->workspace->recorder.cause = before;
	return ok;
}

/* Of what is due at a time that is kept: the query selects id, since when, and until when; the
 * update sets both anew. */
static bool reschedule_due(struct tx *tx, const struct query *select, const struct query *update,
			   int64_t now)
{
	char since[TIME_LEN + 1], due[TIME_LEN + 1];
	int64_t from, until;
	const char *id;
	enum step step;

	rfc3339_format(now, since);
	for (;;) {
		struct stmt *s CLEANUP(stmt_endp) = db_query(tx->db, select);

		if (!s)
			return false;
		stmt_bind(s, 1, since);
		step = stmt_step(s);
		if (step != STEP_ROW)
			return step == STEP_DONE;
		id = stmt_text(s, 0) ? arena_strdup(tx->arena, stmt_text(s, 0)) : NULL;
		if (!id || !stmt_text(s, 1) || !rfc3339_parse(stmt_text(s, 1), &from) ||
		    !stmt_text(s, 2) || !rfc3339_parse(stmt_text(s, 2), &until))
			return false;
		stmt_end(STEAL(s));
		rfc3339_format(until > from ? now + (until - from) : now, due);
		if (!db_run(tx->db, update, (const char *const[]){ id, since, due }, 3))
			return false;
	}
}

bool simulator_reschedule(struct tx *tx)
{
	static const struct query paced = { "UPDATE deployments SET waiting_since = ?1 WHERE "
					    "waiting_since > ?1 AND due_at IS NULL",
					    QUERY_KEPT };
	static const struct query due = { "SELECT id, waiting_since, due_at FROM deployments"
					  " WHERE due_at IS NOT NULL AND waiting_since > ?1"
					  " LIMIT 1",
					  QUERY_KEPT };
	static const struct query set_due = {
		"UPDATE deployments SET waiting_since = ?2, due_at = ?3 WHERE id = ?1", QUERY_KEPT
	};
	static const struct query offline = { "SELECT id, last_disconnected_at, online_at"
					      " FROM devices WHERE online_at IS NOT NULL"
					      " AND last_disconnected_at > ?1 LIMIT 1",
					      QUERY_KEPT };
	static const struct query set_offline = {
		"UPDATE devices SET last_disconnected_at = ?2, online_at = ?3 WHERE id = ?1",
		QUERY_KEPT
	};
	struct workspace *w = tx->workspace;
	int64_t now = clock_now(&w->clock);
	char text[TIME_LEN + 1];
	const char *texts[] = { text };

	if (w->transitions.set_at > now)
		w->transitions.set_at = now;
	rfc3339_format(now, text);
	return db_run(tx->db, &paced, texts, 1) && reschedule_due(tx, &due, &set_due, now) &&
	       reschedule_due(tx, &offline, &set_offline, now);
}

/* The device that comes back online first; *id NULL: none does. */
static bool find_returning(struct tx *tx, const char **id, int64_t *due)
{
	static const struct query first = { "SELECT id, online_at FROM devices"
					    " WHERE online_at IS NOT NULL"
					    " ORDER BY online_at, id LIMIT 1",
					    QUERY_KEPT };
	struct stmt *s CLEANUP(stmt_endp) = db_query(tx->db, &first);
	enum step step = s ? stmt_step(s) : STEP_FAILED;

	*id = NULL;
	*due = INT64_MAX;
	if (step != STEP_ROW)
		return step == STEP_DONE;
	*id = stmt_text(s, 0) ? arena_strdup(tx->arena, stmt_text(s, 0)) : NULL;
	return *id && stmt_text(s, 1) && rfc3339_parse(stmt_text(s, 1), due);
}

/* A device comes back online, at the time that was said. */
static bool go_online(struct tx *tx, const char *id, int64_t due_at)
{
	static const struct query update = {
		"UPDATE devices SET status = 'online', online_at = NULL, last_connected_at = ?2,"
		" updated_at = max(updated_at, ?2) WHERE id = ?1",
		QUERY_KEPT
	};
	const char *const values[] = { id, tx->now };
	struct cause before = set_cause(tx, CAUSE_BEHAVIOR);
	bool ok;

	rfc3339_format(due_at, tx->clock);
	rfc3339_format(clock_stamp_at(&tx->workspace->clock, due_at), tx->now);
	ok = db_run(tx->db, &update, values, ARRAY_LEN(values)) && simulator_wake(tx, id);
	tx->workspace->recorder.cause = before;
	return ok;
}

/* Do what is due first, if something is by now. What it allocates is freed at its end: there may be
 * many steps in one transaction. */
static bool run_one(struct tx *tx, int64_t now, bool *ran)
{
	const struct transitions *t = &tx->workspace->transitions;
	struct arena arena CLEANUP(arena_free);
	struct tx step = *tx;
	struct deployment *waiting = NULL, *due;
	int64_t waiting_at = INT64_MAX, due_at = INT64_MAX, back_at;
	const char *device_id;

	arena_init(&arena, NULL, 0);
	step.arena = &arena;
	*ran = false;
	if ((progression_is_timed(t->progression) && !deployment_waiting(&step, &waiting)) ||
	    !deployment_due(&step, &due) || !find_returning(&step, &device_id, &back_at))
		return false;
	if (waiting)
		waiting_at = schedule_due(t, waiting->waiting_since);
	if (due && !rfc3339_parse(due->due_at, &due_at))
		return false;
	*ran = waiting_at <= now || due_at <= now || back_at <= now;
	if (!*ran)
		return true;
	if (device_id && back_at <= waiting_at && back_at <= due_at)
		return go_online(&step, device_id, back_at);
	if (due && due_at <= waiting_at)
		return do_step(&step, due, due_at, false);
	return !waiting || do_step(&step, waiting, waiting_at, false);
}

bool simulator_run(struct tx *tx)
{
	const struct workspace *w = tx->workspace;
	int64_t now = clock_now(&w->clock);
	bool ran = workspace_is_due(w);

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

bool simulator_step(struct tx *tx, const char *device_id, struct deployment **stepped)
{
	const int64_t now = clock_now(&tx->workspace->clock);

	if (!deployments_waiting(tx, device_id, stepped))
		return false;
	for (const struct deployment *each = *stepped; each; each = each->next) {
		struct deployment *d;

		/* Read again: a step before may have changed it. */
		if (!deployment_get(tx, each->id, &d) ||
		    (d && d->waiting_since && !do_step(tx, d, now, true)))
			return false;
	}
	return true;
}

bool simulator_read(struct tx *tx, const char *id)
{
	const struct workspace *w = tx->workspace;
	struct step_state step;
	struct deployment *d;
	const char *text;

	if (!deployment_get(tx, id, &d))
		return false;
	if (!d || !d->waiting_since || d->due_at)
		return true;
	if (!step_read(d->step, &step, &(bool){ false }))
		return false;
	if (++step.reads >= w->transitions.polls)
		return do_step(tx, d, clock_now(&w->clock), false);
	text = step_text(tx->arena, &step);
	return text && deployment_wait(tx, d, d->waiting_since, NULL, text);
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
