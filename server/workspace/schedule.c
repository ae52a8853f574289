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
	static const struct query first = { "SELECT min(waiting_since) FROM deployments"
					    " WHERE waiting_since IS NOT NULL",
					    QUERY_KEPT };
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &first);
	const char *since;

	if (!s || stmt_step(s) != STEP_ROW)
		return false;
	since = stmt_text(s, 0);
	*due = !since || t->progression == PROGRESS_MANUAL ? INT64_MAX : schedule_due(t, since);
	return true;
}
