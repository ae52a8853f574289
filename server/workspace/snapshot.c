/* SPDX-License-Identifier: MIT
 * snapshot.c - a list of snapshots, by name, guarded by the lock of the workspace's database.
 */
#include "workspace/snapshot.h"

#include <stdlib.h>

/* The link to the snapshot of that name, or to the one that would follow it. */
static struct snapshot **find_link(struct workspace *w, const char *name)
{
	struct snapshot **link = &w->snapshots;

	while (*link && strcmp((*link)->name, name) < 0)
		link = &(*link)->next;
	return link;
}

static bool has_name(const struct snapshot *s, const char *name)
{
	return s && streq(s->name, name);
}

enum snapshot_taken snapshot_take(struct workspace *w, struct db *db, const char *name)
{
	enum snapshot_taken result = SNAPSHOT_FAILED;
	size_t len = strlen(name) + 1, count = 0;
	struct snapshot *s = calloc(1, sizeof *s + len), **link;

	if (!s)
		return result;
	memcpy(s->name, name, len);
	db_lock(db);
	for (const struct snapshot *other = w->snapshots; other; other = other->next)
		count++;
	link = find_link(w, name);
	if (count == SNAPSHOTS_MAX && !has_name(*link, name)) {
		result = SNAPSHOT_TOO_MANY;
	} else if (workspace_checkpoint(w, db, &s->checkpoint)) {
		if (has_name(*link, name))
			snapshot_remove(link);
		s->taken = clock_now(&w->clock);
		s->next = *link;
		*link = STEAL(s);
		result = SNAPSHOT_TAKEN;
	}
	db_unlock(db);
	free(s);
	return result;
}

bool snapshot_delete(struct workspace *w, struct db *db, const char *name)
{
	struct snapshot **link;
	bool found;

	db_lock(db);
	link = find_link(w, name);
	found = has_name(*link, name);
	if (found)
		snapshot_remove(link);
	db_unlock(db);
	return found;
}

bool snapshot_restore(struct workspace *w, struct db *db, const char *name, bool *found)
{
	const struct snapshot *s;
	bool ok;

	db_lock(db);
	s = *find_link(w, name);
	*found = has_name(s, name);
	ok = !*found || workspace_restore(w, db, &s->checkpoint, RESTORE_ALL);
	w->changed |= *found && ok; /* stays true when the snapshot is deleted */
	db_unlock(db);
	return ok;
}
