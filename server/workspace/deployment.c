/* SPDX-License-Identifier: MIT
 * deployment.c - one statement reads the states of deployments, one writes them.
 */
#include "workspace/deployment.h"

#define SELECT_STATES(by, rest)                                                                    \
	"SELECT d.id, d.device_id, d.release_id, d.target_status, d.activity_status,"              \
	" d.error_status, d.updated_at, d.waiting_since, v.status = 'online', d.due_at, d.step"    \
	" FROM deployments AS d " by " JOIN devices AS v ON v.id = d.device_id " rest

/* Copy a text of the current row; NULL when memory is short. */
static const char *copy_text(struct tx *tx, struct stmt *s, int column)
{
	const char *text = stmt_text(s, column);

	return text ? arena_strdup(tx->arena, text) : NULL;
}

/* Copy the current row of a SELECT_STATES. */
static struct deployment *read_state(struct tx *tx, struct stmt *s)
{
	struct deployment *d = arena_zalloc(tx->arena, sizeof *d);

	if (!d)
		return NULL;
	d->id = copy_text(tx, s, 0);
	d->device_id = copy_text(tx, s, 1);
	d->release_id = copy_text(tx, s, 2);
	d->state.target = word_number(target_status_words, stmt_text(s, 3));
	d->state.activity = word_number(activity_status_words, stmt_text(s, 4));
	d->state.error = word_number(error_status_words, stmt_text(s, 5));
	d->updated_at = copy_text(tx, s, 6);
	d->waiting_since = copy_text(tx, s, 7);
	d->online = stmt_int(s, 8) != 0;
	d->due_at = copy_text(tx, s, 9);
	d->step = copy_text(tx, s, 10);
	/* The library gives no text, either, when memory is short. */
	return tx->arena->failed || !d->id || !d->device_id || !d->release_id || !d->updated_at ||
		       !d->state.target || !d->state.activity || !d->state.error
		   ? NULL
		   : d;
}

static bool read_states(struct tx *tx, const struct query *q, const char *arg,
			struct deployment **list)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(tx->db, q);
	enum step step;

	*list = NULL;
	if (!s)
		return false;
	if (arg)
		stmt_bind(s, 1, arg);
	while ((step = stmt_step(s)) == STEP_ROW) {
		*list = read_state(tx, s);
		if (!*list)
			return false;
		list = &(*list)->next;
	}
	return step == STEP_DONE;
}

bool deployment_get(struct tx *tx, const char *id, struct deployment **d)
{
	static const struct query one = { SELECT_STATES("", "WHERE d.id = ?1"), QUERY_KEPT };

	return read_states(tx, &one, id, d);
}

/* The planner does not know how few rows these indexes have, so the index is named. */
#define SELECT_OF_DEVICE(index, where)                                                             \
	SELECT_STATES("INDEXED BY " index,                                                         \
		      "WHERE d.device_id = ?1 AND " where " ORDER BY d.created_at, d.id")

bool deployments_targeted(struct tx *tx, const char *device_id, struct deployment **l)
{
	static const struct query targeted = { SELECT_OF_DEVICE("deployments_targeted",
								"d.target_status <> 'archived'"),
					       QUERY_KEPT };

	return read_states(tx, &targeted, device_id, l);
}

bool deployments_idle(struct tx *tx, const char *device_id, struct deployment **l)
{
	static const struct query idle = {
		SELECT_OF_DEVICE("deployments_idle",
				 "(d.activity_status <> 'archived' OR d.target_status = 'deployed')"
				 " AND d.waiting_since IS NULL"),
		QUERY_KEPT
	};

	return read_states(tx, &idle, device_id, l);
}

bool deployments_deployed(struct tx *tx, const char *device_id, struct deployment **l)
{
	static const struct query deployed = { SELECT_OF_DEVICE("deployments_deployed",
								"d.activity_status = 'deployed'"),
					       QUERY_KEPT };

	return read_states(tx, &deployed, device_id, l);
}

const struct deployment *deployment_current(const struct deployment *targeted)
{
	while (targeted && targeted->state.target != TARGET_DEPLOYED)
		targeted = targeted->next;
	return targeted;
}

bool deployment_waiting(struct tx *tx, struct deployment **d)
{
	static const struct query first = {
		SELECT_STATES("", "WHERE d.waiting_since IS NOT NULL AND d.due_at IS NULL"
				  " ORDER BY d.waiting_since, d.id LIMIT 1"),
		QUERY_KEPT
	};

	return read_states(tx, &first, NULL, d);
}

bool deployment_due(struct tx *tx, struct deployment **d)
{
	static const struct query first = {
		SELECT_STATES("", "WHERE d.due_at IS NOT NULL ORDER BY d.due_at, d.id LIMIT 1"),
		QUERY_KEPT
	};

	return read_states(tx, &first, NULL, d);
}

bool deployments_waiting(struct tx *tx, const char *device_id, struct deployment **l)
{
	static const struct query of_device = {
		SELECT_STATES("", "WHERE d.device_id = ?1 AND d.waiting_since IS NOT NULL"
				  " ORDER BY d.waiting_since, d.id"),
		QUERY_KEPT
	};
	static const struct query all = {
		SELECT_STATES("",
			      "WHERE d.waiting_since IS NOT NULL ORDER BY d.waiting_since, d.id"),
		QUERY_KEPT
	};

	return read_states(tx, device_id ? &of_device : &all, device_id, l);
}

bool deployment_wait(struct tx *tx, struct deployment *d, const char *since, const char *due_at,
		     const char *step)
{
	static const struct query update = {
		"UPDATE deployments SET waiting_since = ?2, due_at = ?3, step = ?4 WHERE id = ?1",
		QUERY_KEPT
	};
	const char *const values[] = { d->id, since, due_at, step };

	d->waiting_since = since;
	d->due_at = due_at;
	d->step = step;
	return db_run(tx->db, &update, values, ARRAY_LEN(values));
}

bool deployment_move(struct tx *tx, struct deployment *d, enum trigger t, const char *when)
{
	static const char *const stamps[] = { "queued_at", "deployed_at", "archived_at",
					      "reviewed_at" };
	static const struct query update = {
		"UPDATE deployments SET target_status = ?2, activity_status = ?3,"
		" error_status = ?4, updated_at = ?5,"
		" waiting_since = ?10, due_at = ?11, step = ?12,"
		" queued_at = ifnull(?6, queued_at), deployed_at = ifnull(?7, deployed_at),"
		" archived_at = ifnull(?8, archived_at), reviewed_at = ifnull(?9, reviewed_at)"
		" WHERE id = ?1",
		QUERY_KEPT
	};
	const struct move *m = lifecycle_move(t, &d->state);
	struct stmt *s CLEANUP(stmt_endp) = m ? db_query(tx->db, &update) : NULL;
	struct state next;

	if (!s)
		return false;
	next = lifecycle_to(m, &d->state);
	stmt_bind(s, 1, d->id);
	stmt_bind(s, 2, word_text(target_status_words, next.target));
	stmt_bind(s, 3, word_text(activity_status_words, next.activity));
	stmt_bind(s, 4, word_text(error_status_words, next.error));
	stmt_bind(s, 5, when);
	/* A time is that at which the activity was reached, so it stays if the activity does. */
	for (int i = 0; i < (int)ARRAY_LEN(stamps); i++) {
		bool stamped = m->stamped && streq(m->stamped, stamps[i]) &&
			       next.activity != d->state.activity;

		stmt_bind(s, 6 + i, stamped ? when : NULL);
	}
	/* It goes on recovering, though another is to run in its place. */
	if (t != MOVE_REPLACE || d->state.error != ERROR_RETRYING)
		d->waiting_since = d->due_at = d->step = NULL;
	stmt_bind(s, 10, d->waiting_since);
	stmt_bind(s, 11, d->due_at);
	stmt_bind(s, 12, d->step);
	d->state = next;
	d->updated_at = when;
	return stmt_step(s) == STEP_DONE;
}

/* Date the transaction after each, and make with each but `id` the first move that it allows. */
static bool move_each(struct tx *tx, struct deployment *targeted, const char *id,
		      const enum trigger *triggers, size_t n)
{
	for (const struct deployment *d = targeted; d; d = d->next)
		tx_date_after(tx, d->updated_at);
	for (struct deployment *d = targeted; d; d = d->next) {
		size_t i = 0;

		while (i < n && !lifecycle_move(triggers[i], &d->state))
			i++;
		if (i < n && !(id && streq(d->id, id)) &&
		    !deployment_move(tx, d, triggers[i], tx->now))
			return false;
	}
	return true;
}

bool deployments_archive_staged(struct tx *tx, struct deployment *targeted)
{
	static const enum trigger triggers[] = { MOVE_ARCHIVE };

	return move_each(tx, targeted, NULL, triggers, ARRAY_LEN(triggers));
}

bool deployments_replace_current(struct tx *tx, struct deployment *targeted, const char *id)
{
	static const enum trigger triggers[] = { MOVE_REPLACE, MOVE_DRIFT };

	return move_each(tx, targeted, id, triggers, ARRAY_LEN(triggers));
}
