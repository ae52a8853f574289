/*
 * agent.c - the steps, and the times at which they are due.
 */
#include "agent.h"

/* Does the device run what it is meant to? */
static bool is_installed(const struct deployment *list)
{
	for (; list; list = list->next)
		if (streq(list->is.target, "deployed"))
			return streq(list->is.activity, "deployed");
	return false;
}

/*
 * The agent's next step with a deployment, or MOVE_COUNT. The new one is installed first and the
 * old one removed afterwards; with an error it is stuck.
 */
static enum trigger next_step(const struct deployment *d, bool installed)
{
	if (!streq(d->is.error, "none"))
		return MOVE_COUNT;
	if (lifecycle_move(MOVE_INSTALL, &d->is))
		return MOVE_INSTALL;
	if (lifecycle_move(MOVE_REMOVE, &d->is))
		return installed ? MOVE_REMOVE : MOVE_COUNT;
	return lifecycle_move(MOVE_FINISH, &d->is) ? MOVE_FINISH : MOVE_COUNT;
}

/* From a time on, a deployment waits for its device; NULL: it does not. */
static bool wait_since(struct change *c, struct deployment *d, const char *since)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = ?2 WHERE id = ?1", QUERY_KEPT
	};
	struct stmt *s CLEANUP(stmt_endp) = db_query(c->db, &update);

	if (!s)
		return false;
	stmt_bind(s, 1, d->id);
	stmt_bind(s, 2, since);
	d->waiting_since = since;
	return stmt_step(s) == STEP_DONE;
}

bool agent_wake(struct change *c, const char *device_id)
{
	struct deployment *list;

	if (!deployments_live(c, device_id, &list))
		return false;

	bool installed = is_installed(list);

	for (struct deployment *d = list; d && d->online; d = d->next)
		if (!d->waiting_since && next_step(d, installed) != MOVE_COUNT &&
		    !wait_since(c, d, c->clock))
			return false;
	return true;
}

bool agent_sleep(struct change *c, const char *device_id)
{
	static const struct query update = { "UPDATE deployments SET waiting_since = NULL"
					     " WHERE device_id = ?1 AND waiting_since IS NOT NULL",
					     QUERY_KEPT };
	struct stmt *s CLEANUP(stmt_endp) = db_query(c->db, &update);

	if (!s)
		return false;
	stmt_bind(s, 1, device_id);
	return stmt_step(s) == STEP_DONE;
}

/*
 * What a new installation lets go is removed in the same breath. `when` is the time of that, and
 * `since` what the clock said then.
 */
static bool begin_removals(struct change *c, const char *device_id, const char *when,
			   const char *since)
{
	struct deployment *d;

	if (!deployments_live(c, device_id, &d))
		return false;
	for (; d; d = d->next)
		if (next_step(d, true) == MOVE_REMOVE &&
		    (!deployment_move(c, d, MOVE_REMOVE, when) || !wait_since(c, d, since)))
			return false;
	return true;
}

static bool do_step(struct change *c, struct deployment *d, const char *due)
{
	/* What the clock has said more than once, changes have told apart by microseconds. */
	const char *when = strcmp(due, d->updated_at) < 0 ? d->updated_at : due;
	struct deployment *list;
	enum trigger step;

	if (!deployments_live(c, d->device_id, &list))
		return false;
	step = d->online ? next_step(d, is_installed(list)) : MOVE_COUNT;
	if (step == MOVE_COUNT)
		return wait_since(c, d, NULL);
	if (!deployment_move(c, d, step, when))
		return false;
	switch (step) {
	case MOVE_INSTALL:
		return begin_removals(c, d->device_id, when, due);
	case MOVE_REMOVE:
		return wait_since(c, d, due);
	default:
		return true;
	}
}

/* When what has waited since then is due. */
static int64_t due_at(const struct workspace *w, const char *since)
{
	int64_t at;

	return time_parse(since, &at) ? at + w->transitions.micros : INT64_MAX;
}

bool agent_run(struct change *c)
{
	struct workspace *w = c->in;
	int64_t now = clock_now(&w->clock);
	struct deployment *d;

	while (w->transitions.progression != PROGRESS_MANUAL) {
		char *when = arena_alloc(c->arena, TIME_LEN + 1);
		int64_t due;

		if (!when || !deployment_waiting(c, &d))
			return false;
		if (!d)
			break;
		due = due_at(w, d->waiting_since);
		if (due > now)
			break;
		time_format(due, when);
		if (!do_step(c, d, when))
			return false;
	}
	return true;
}

bool agent_plan(struct workspace *w, struct db *db)
{
	static const struct query first = { "SELECT min(waiting_since) FROM deployments"
					    " WHERE waiting_since IS NOT NULL",
					    QUERY_KEPT };
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &first);
	const char *since;

	if (!s || stmt_step(s) != STEP_ROW)
		return false;
	since = stmt_text(s, 0);
	w->due = !since || w->still || w->transitions.progression == PROGRESS_MANUAL
		     ? INT64_MAX
		     : due_at(w, since);
	return true;
}

/* The agent's own move that leads to an activity, or MOVE_COUNT. */
static enum trigger move_to(const struct state *from, const char *activity)
{
	static const enum trigger own[] = { MOVE_INSTALL, MOVE_REMOVE, MOVE_FINISH };

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		const struct move *m = lifecycle_move(own[i], from);

		if (m && streq(lifecycle_to(m, from).activity, activity))
			return own[i];
	}
	return MOVE_COUNT;
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

enum report agent_report(struct change *c, struct deployment *d, const char *activity,
			 const char *error)
{
	const struct state before = d->is;
	bool made = true, installed = false;

	/* What has failed is over. */
	if (streq(before.error, "failed") &&
	    (differs(activity, before.activity) || differs(error, before.error)))
		return REPORT_IMPOSSIBLE;
	/* Failing makes its activity archived, which may be said with it. */
	if (differs(activity, before.activity) &&
	    !(error && streq(error, "failed") && streq(activity, "archived"))) {
		enum trigger t = move_to(&before, activity);

		if (t == MOVE_COUNT)
			return REPORT_IMPOSSIBLE;
		made = deployment_move(c, d, t, c->now);
		installed = t == MOVE_INSTALL;
	}
	if (made && differs(error, d->is.error))
		made = deployment_move(c, d, move_to_error(error), c->now);
	if (activity && !streq(activity, d->is.activity))
		return REPORT_IMPOSSIBLE;
	if (!made)
		return REPORT_BROKE;
	if (installed && d->online && c->in->transitions.progression != PROGRESS_MANUAL)
		made = begin_removals(c, d->device_id, c->now, c->clock);
	if (made && (installed || !streq(before.error, d->is.error)))
		made = agent_wake(c, d->device_id);
	return made ? REPORT_MADE : REPORT_BROKE;
}
