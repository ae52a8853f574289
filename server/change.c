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

bool change_begin_undated(struct change *c)
{
	struct workspace *w = c->in;

	if (!db_write(c->db))
		return false;
	time_format(clock_now(&w->clock), c->clock);
	if ((!w->still && !workspace_remember(w, c->db)) || (is_due(w) && !agent_run(c))) {
		db_rollback(c->db);
		return false;
	}
	return true;
}

bool change_begin(struct change *c)
{
	if (!change_begin_undated(c))
		return false;
	time_format(clock_stamp(&c->in->clock), c->now);
	return true;
}

void change_follow(struct change *c, const char *time)
{
	int64_t micros;

	if (strcmp(c->now, time) <= 0 && time_parse(time, &micros) && micros < TIME_MAX)
		time_format(micros + 1, c->now);
}

const char *change_ident(struct change *c, const struct resource *r)
{
	const char *id;
	bool taken;

	/* What a seed gives may be in the fixtures: they were exported with the same. */
	do {
		id = ident_new(&c->in->ident, c->arena, r->prefix);
		if (!id || !db_has(c->db, &c->sql->get[resource_number(r)], &id, 1, &taken))
			return NULL;
	} while (taken);
	return id;
}

bool change_commit(struct change *c)
{
	struct workspace *w = c->in;
	int64_t due;

	if (w->still) {
		db_rollback(c->db);
		return true;
	}
	if (!agent_plan(w, c->db, &due)) {
		db_rollback(c->db);
		return false;
	}
	w->due = due;
	w->changed = true;
	if (db_commit(c->db))
		return true;
	w->due = INT64_MIN; /* whoever looks next shall see what is due */
	return false;
}

void change_undo(struct change *c)
{
	db_rollback(c->db);
}

bool workspace_settle(struct change *c)
{
	return !is_due(c->in) || (change_begin_undated(c) && change_commit(c));
}
