/*
 * deployment.c - a statement to read the states of deployments, one to write one.
 */
#include "workspace/deployment.h"

#define SELECT_STATES(by, rest)                                                                    \
	"SELECT d.id, d.device_id, d.release_id, d.target_status, d.activity_status,"              \
	" d.error_status, d.updated_at, d.waiting_since, v.status = 'online'"                      \
	" FROM deployments AS d " by " JOIN devices AS v ON v.id = d.device_id " rest

/* Copy the current row of a SELECT_STATES. */
static struct deployment *read_state(struct change *c, struct stmt *s)
{
	struct deployment *d = arena_zalloc(c->arena, sizeof *d);

	if (!d)
		return NULL;

	const char **const texts[] = { &d->id,         &d->device_id,    &d->release_id,
				       &d->is.target,  &d->is.activity,  &d->is.error,
				       &d->updated_at, &d->waiting_since };
	enum { NTEXTS = ARRAY_LEN(texts), NULLABLE = NTEXTS - 1 };

	for (int i = 0; i < NTEXTS; i++) {
		const char *text = stmt_text(s, i);

		*texts[i] = text ? arena_strdup(c->arena, text) : NULL;
		if (!*texts[i] && (text || i != NULLABLE))
			return NULL;
	}
	d->online = stmt_int(s, NTEXTS) != 0;
	return d;
}

static bool read_states(struct change *c, const struct query *q, const char *arg,
			struct deployment **list)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(c->db, q);
	enum step step;

	*list = NULL;
	if (!s)
		return false;
	if (arg)
		stmt_bind(s, 1, arg);
	while ((step = stmt_step(s)) == STEP_ROW) {
		*list = read_state(c, s);
		if (!*list)
			return false;
		list = &(*list)->next;
	}
	return step == STEP_DONE;
}

bool deployment_get(struct change *c, const char *id, struct deployment **d)
{
	static const struct query one = { SELECT_STATES("", "WHERE d.id = ?1"), QUERY_KEPT };

	return read_states(c, &one, id, d);
}

/* The planner does not know how few those are, so it is told by which index to find them. */
#define SELECT_OF_DEVICE(index, where)                                                             \
	SELECT_STATES("INDEXED BY " index,                                                         \
		      "WHERE d.device_id = ?1 AND " where " ORDER BY d.created_at, d.id")

bool deployments_meant(struct change *c, const char *device_id, struct deployment **l)
{
	static const struct query meant = {
		SELECT_OF_DEVICE("deployments_meant", "d.target_status <> 'archived'"), QUERY_KEPT
	};

	return read_states(c, &meant, device_id, l);
}

bool deployments_idle(struct change *c, const char *device_id, struct deployment **l)
{
	static const struct query idle = {
		SELECT_OF_DEVICE("deployments_idle",
				 "(d.activity_status <> 'archived' OR d.target_status = 'deployed')"
				 " AND d.waiting_since IS NULL"),
		QUERY_KEPT
	};

	return read_states(c, &idle, device_id, l);
}

bool deployments_deployed(struct change *c, const char *device_id, struct deployment **l)
{
	static const struct query deployed = { SELECT_OF_DEVICE("deployments_deployed",
								"d.activity_status = 'deployed'"),
					       QUERY_KEPT };

	return read_states(c, &deployed, device_id, l);
}

const struct deployment *deployment_current(const struct deployment *meant)
{
	while (meant && !streq(meant->is.target, "deployed"))
		meant = meant->next;
	return meant;
}

bool deployment_waiting(struct change *c, struct deployment **d)
{
	static const struct query first = {
		SELECT_STATES("", "WHERE d.waiting_since IS NOT NULL"
				  " ORDER BY d.waiting_since, d.id LIMIT 1"),
		QUERY_KEPT
	};

	return read_states(c, &first, NULL, d);
}

bool deployment_move(struct change *c, struct deployment *d, enum trigger t, const char *when)
{
	static const char *const stamps[] = { "queued_at", "deployed_at", "archived_at",
					      "reviewed_at" };
	static const struct query update = {
		"UPDATE deployments SET target_status = ?2, activity_status = ?3,"
		" error_status = ?4, updated_at = ?5, waiting_since = NULL,"
		" queued_at = ifnull(?6, queued_at), deployed_at = ifnull(?7, deployed_at),"
		" archived_at = ifnull(?8, archived_at), reviewed_at = ifnull(?9, reviewed_at)"
		" WHERE id = ?1",
		QUERY_KEPT
	};
	const struct move *m = lifecycle_move(t, &d->is);
	struct stmt *s CLEANUP(stmt_endp) = m ? db_query(c->db, &update) : NULL;
	struct state to;

	if (!s)
		return false;
	to = lifecycle_to(m, &d->is);
	stmt_bind(s, 1, d->id);
	stmt_bind(s, 2, to.target);
	stmt_bind(s, 3, to.activity);
	stmt_bind(s, 4, to.error);
	stmt_bind(s, 5, when);
	/* Times are those at which the activity was reached: what is archived already stays so. */
	for (int i = 0; i < (int)ARRAY_LEN(stamps); i++) {
		bool stamped = m->stamped && streq(m->stamped, stamps[i]) &&
			       !streq(to.activity, d->is.activity);

		stmt_bind(s, 6 + i, stamped ? when : NULL);
	}
	d->is = to;
	d->updated_at = when;
	d->waiting_since = NULL;
	return stmt_step(s) == STEP_DONE;
}

/* Date the change after those, and make of each the first of the moves that its state allows. */
static bool make_way(struct change *c, struct deployment *meant, const char *id,
		     const enum trigger *triggers, size_t n)
{
	for (const struct deployment *d = meant; d; d = d->next)
		change_follow(c, d->updated_at);
	for (struct deployment *d = meant; d; d = d->next) {
		size_t i = 0;

		while (i < n && !lifecycle_move(triggers[i], &d->is))
			i++;
		if (i < n && !(id && streq(d->id, id)) &&
		    !deployment_move(c, d, triggers[i], c->now))
			return false;
	}
	return true;
}

bool deployments_make_way_for_staged(struct change *c, struct deployment *meant)
{
	static const enum trigger triggers[] = { MOVE_ARCHIVE };

	return make_way(c, meant, NULL, triggers, ARRAY_LEN(triggers));
}

bool deployments_make_way_for_deployed(struct change *c, struct deployment *meant, const char *id)
{
	static const enum trigger triggers[] = { MOVE_REPLACE, MOVE_DRIFT };

	return make_way(c, meant, id, triggers, ARRAY_LEN(triggers));
}
