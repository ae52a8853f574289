/* SPDX-License-Identifier: MIT
 * changes.c - compares the columns of a row before and after.
 */
#include "workspace/changes.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/rfc3339.h"

enum { CHANGES_MAX = 1024 /* of a transaction */ };

/* The columns of each table; they are the same in all databases. */
static struct {
	pthread_mutex_t lock; /* guards making them */
	atomic_bool made;
	signed char of[R_COUNT][FIELDS_MAX]; /* of a field; -1: none */
} columns = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- columns --------------------------------------------------------------------------------- */

static bool find_columns(struct db *db, const struct resource *r, signed char *of)
{
	static const struct query names = { "SELECT name FROM pragma_table_info(?1) ORDER BY cid",
					    QUERY_ONCE };
	struct stmt *s CLEANUP(stmt_endp) = db_query(db, &names);
	enum step step;

	memset(of, -1, FIELDS_MAX);
	if (!s)
		return false;
	stmt_bind(s, 1, r->table);
	for (signed char column = 0; (step = stmt_step(s)) == STEP_ROW; column++) {
		const char *name = stmt_text(s, 0);
		const struct field *f = name ? resource_find_field(r, name) : NULL;

		if (!name)
			return false;
		if (f && is_stored(f))
			of[f - r->fields] = column;
	}
	return step == STEP_DONE;
}

static bool make_columns(struct db *db)
{
	bool ok;

	if (atomic_load_explicit(&columns.made, memory_order_acquire))
		return true;
	pthread_mutex_lock(&columns.lock);
	ok = columns.made;
	for (int r = 0; !ok && r < R_COUNT; r++)
		if (!find_columns(db, &resources[r], columns.of[r]))
			break;
		else if (r == R_COUNT - 1)
			ok = true;
	atomic_store_explicit(&columns.made, ok, memory_order_release);
	pthread_mutex_unlock(&columns.lock);
	return ok;
}

/* ---- recording ------------------------------------------------------------------------------- */

void change_unref(struct change *c)
{
	if (c && refcount_put(&c->refs))
		free(c);
}

/* The objects that have ids and states of their own; keys are secret. */
static const struct resource *resource_of_table(const char *table)
{
	for (int r = 0; r < R_COUNT; r++)
		if (resources[r].array && r != R_API_KEY && streq(resources[r].table, table))
			return &resources[r];
	return NULL;
}

static int column_of(const struct resource *r, const char *name)
{
	const struct field *f = resource_find_field(r, name);

	return f ? columns.of[resource_number(r)][f - r->fields] : -1;
}

static int64_t time_of(const struct recorder *rec, const struct resource *r, struct db *db)
{
	int column = column_of(r, "updated_at");
	const char *text;
	int64_t micros;

	if (column < 0)
		column = column_of(r, "created_at");
	text = column < 0 ? NULL : db_new_text(db, column);
	return text && rfc3339_parse(text, &micros) ? micros : rec->now;
}

static const char *keep(char **end, const char *text)
{
	const char *kept = *end;

	if (!text)
		return NULL;
	*end = stpcpy(*end, text) + 1;
	return kept;
}

static void record(struct recorder *rec, const struct change *change)
{
	const size_t len = strlen(change->id) + 1 + (change->from ? strlen(change->from) + 1 : 0) +
			   (change->to ? strlen(change->to) + 1 : 0);
	struct change *c = rec->count < CHANGES_MAX ? malloc(sizeof *c + len) : NULL;
	char *end;

	if (!c) {
		rec->lost++;
		return;
	}
	*c = *change;
	end = c->memory;
	c->id = keep(&end, change->id);
	c->from = keep(&end, change->from);
	c->to = keep(&end, change->to);
	refcount_init(&c->refs);
	*rec->last = c;
	rec->last = &c->next;
	rec->count++;
}

/* Is a field's change told? Times follow from what happens, but for one that is a state. */
static bool is_told(const struct field *f, bool is_new)
{
	if (is_new && f->kind != K_ID && f->kind != K_ENUM)
		return false;
	return f->derive || (is_stored(f) && (f->kind != K_TIME || f->flags & F_STATE));
}

/* The value of a field, stored or derived. */
static const char *value_of(const struct resource *r, const struct field *f, struct db *db,
			    const char *(*text)(struct db *db, int column))
{
	const char *parts[2];

	if (!f->derive)
		return text(db, columns.of[resource_number(r)][f - r->fields]);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		parts[i] = text(db, column_of(r, f->from[i]));
		if (!parts[i])
			return NULL;
	}
	return f->derive(parts[0], parts[1]);
}

static void on_changed(struct watch *watch, struct db *db, const char *table, bool is_new)
{
	struct recorder *rec = (struct recorder *)watch;
	const struct resource *r = resource_of_table(table);
	struct change change = { .resource = r, .cause = rec->cause };

	if (!r)
		return;
	change.time = time_of(rec, r, db);
	for (size_t i = 0; i < r->nfields; i++) {
		change.field = &r->fields[i];
		if (!is_told(change.field, is_new))
			continue;
		change.to = value_of(r, change.field, db, db_new_text);
		change.from = is_new ? NULL : value_of(r, change.field, db, db_old_text);
		if (same_text(change.from, change.to))
			continue;
		change.id = db_new_text(db, column_of(r, r->key));
		if (change.id)
			record(rec, &change);
		else
			rec->lost++;
	}
}

static void on_ended(struct watch *watch, bool committed)
{
	struct recorder *r = (struct recorder *)watch;
	struct change *list = STEAL(r->first);

	if (committed) {
		r->publish(r->to, list, r->lost);
		return;
	}
	while (list) {
		struct change *next = list->next;

		change_unref(list);
		list = next;
	}
}

void recorder_begin(struct recorder *r, struct db *db, struct cause cause, int64_t now)
{
	r->cause = cause;
	if (!r->publish || !make_columns(db))
		return;
	r->watch = (struct watch){ .changed = on_changed, .ended = on_ended };
	r->first = NULL;
	r->last = &r->first;
	r->count = 0;
	r->lost = 0;
	r->now = now;
	db_watch(db, &r->watch);
}
