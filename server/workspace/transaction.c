/*
 * transaction.c - beginning and ending changes.
 */
#include "workspace/transaction.h"

bool change_begin(struct change *c)
{
	struct workspace *w = c->in;

	if (!db_write(c->db))
		return false;
	time_format(clock_now(&w->clock), c->clock);
	if (w->still || workspace_remember(w, c->db))
		return true;
	db_rollback(c->db);
	return false;
}

void change_date(struct change *c)
{
	time_format(clock_stamp(&c->in->clock), c->now);
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

static bool commit(struct change *c)
{
	if (db_commit(c->db))
		return true;
	c->in->due = INT64_MIN; /* whoever looks next shall see what is due */
	return false;
}

/* While nobody else can write, or a change that ends later could lose the keys of this one. */
static bool commit_with_keys(struct change *c)
{
	struct keyring *had = workspace_keys(c->in);
	bool ok;

	workspace_use_keys(c->in, STEAL(c->keys));
	ok = commit(c);
	if (ok)
		keyring_unref(had);
	else
		workspace_use_keys(c->in, had);
	return ok;
}

bool change_commit(struct change *c)
{
	struct workspace *w = c->in;

	if (w->still) {
		change_undo(c);
		return true;
	}
	if (!workspace_schedule(w, c->db)) {
		change_undo(c);
		return false;
	}
	w->changed = true;
	return c->keys ? commit_with_keys(c) : commit(c);
}

void change_undo(struct change *c)
{
	keyring_unref(STEAL(c->keys));
	db_rollback(c->db);
}
