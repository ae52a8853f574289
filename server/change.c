/*
 * change.c - beginning and ending changes; looking at what is due.
 */
#include "change.h"

#include "agent.h"

static bool is_due(const struct workspace *w)
{
	int64_t due = w->due;

	return due != INT64_MAX && due <= clock_now(&w->clock);
}

bool change_begin(struct change *c)
{
	struct workspace *w = c->in;

	if (!db_write(c->db))
		return false;
	time_format(clock_now(&w->clock), c->clock);
	if (is_due(w) && !agent_run(c)) {
		db_rollback(c->db);
		return false;
	}
	time_format(clock_stamp(&w->clock), c->now);
	return true;
}

bool change_commit(struct change *c)
{
	if (c->in->still) {
		db_rollback(c->db);
		return true;
	}
	if (agent_plan(c->in, c->db))
		return db_commit(c->db);
	db_rollback(c->db);
	return false;
}

void change_undo(struct change *c)
{
	db_rollback(c->db);
}

bool workspace_settle(struct change *c)
{
	return !is_due(c->in) || (change_begin(c) && change_commit(c));
}
