/* SPDX-License-Identifier: MIT
 * schedule.c - finds the deployment that has waited longest: it is due first.
 */
#include "workspace/schedule.h"

#include "base/rfc3339.h"

int64_t schedule_due(const struct transitions *t, const char *since)
{
	int64_t due;

	if (!rfc3339_parse(since, &due))
		return INT64_MAX;
	due += t->micros;
	return due > t->set_at ? due : t->set_at;
}

bool schedule_next(const struct transitions *t, struct db *db, int64_t *due)
{
	static const struct query first = {
		"SELECT (SELECT min(waiting_since) FROM deployments"
		" WHERE waiting_since IS NOT NULL AND due_at IS NULL),"
		" (SELECT min(due_at) FROM deployments WHERE due_at IS NOT NULL),"
		" (SELECT min(online_at) FROM devices WHERE online_at IS NOT NULL)",
		QUERY_KEPT
	};
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &first);
	const char *since;

	if (!s || stmt_step(s) != STEP_ROW)
		return false;
	since = stmt_text(s, 0);
	*due = !since || !progression_is_timed(t->progression) ? INT64_MAX : schedule_due(t, since);
	for (int i = 1; i <= 2; i++) {
		const char *time = stmt_text(s, i);
		int64_t micros;

		if (time && rfc3339_parse(time, &micros) && micros < *due)
			*due = micros;
	}
	return true;
}
