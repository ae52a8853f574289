/*
 * recall.c - a row beside a record, field by field.
 */
#include "recall.h"

#include "json.h"

enum { LISTED_MAX = 256 };

static const char long_list[] = "a long list";

bool recall_has(struct world *w, enum resource_id resource, const char *id)
{
	return world_find(w, resource, id) || w->known.has(w->known.of, resource, id);
}

/* ---- what is said again ---------------------------------------------------------------------- */

/* A list of texts may have been written by others, with other spaces and escapes. */
static bool same_list(struct world *w, const char *a, const char *b)
{
	struct json_error e;
	cJSON *x = json_parse(a, strlen(a), &e), *y = json_parse(b, strlen(b), &e);
	bool same = x && y && world_same_json(x, y);

	w->out_of_memory |= !x || !y; /* both have been read before */
	cJSON_Delete(x);
	cJSON_Delete(y);
	return same;
}

static bool is_list(const struct field *f)
{
	return f->kind == K_SCOPES || f->kind == K_TEXTS;
}

static bool same_value(struct world *w, const struct field *f, const char *said, const char *stored)
{
	return same_text(said, stored) ||
	       (is_list(f) && said && stored && same_list(w, said, stored));
}

static const char *shown(struct world *w, const struct field *f, const char *text)
{
	if (f->kind == K_BOOL && text)
		return streq(text, "0") ? "false" : "true";
	if (is_list(f) && text)
		return strlen(text) > LISTED_MAX ? long_list : text;
	return world_quote(w, text);
}

static void recall_value(struct world *w, struct record *record, size_t i, const char *stored)
{
	const struct field *f = &record->resource->fields[i];
	struct given *given = &record->given[i];

	if (given->wrong)
		return;
	if (!given->set) {
		*given = (struct given){ .set = true, .at = record->at, .text = stored };
		return;
	}
	if (same_value(w, f, given->text, stored))
		return;
	if (f->flags & F_SECRET)
		record_problem(w, record, f->name, "is not what the database has");
	else
		record_problem(w, record, f->name, "says %s, but the database has %s",
			       shown(w, f, given->text), shown(w, f, stored));
	given->text = stored; /* what leans on it is held against what there is */
}

static size_t count(const struct rows *rows)
{
	size_t n = 0;

	for (const struct row *row = rows->first; row; row = row->next)
		n++;
	return n;
}

static const char *listed(struct world *w, const char *const *ids, size_t n)
{
	struct buf list CLEANUP(buf_free) = BUF_INIT(1 << 30);
	const char *text;

	buf_add_json_array(&list, ids, n);
	if (list.len > LISTED_MAX)
		return long_list;
	text = list.bad ? NULL : arena_strdup(&w->arena, list.text);
	w->out_of_memory |= !text;
	return text ? text : "?";
}

static void recall_ids(struct world *w, struct record *record, size_t i, const struct rows *rows)
{
	const struct given *given = &record->given[i];
	size_t n = count(rows), k = 0;
	const char **ids = arena_alloc(&w->arena, (n + 1) * sizeof *ids);
	bool same = n == given->nids;

	if (!ids) {
		w->out_of_memory = true;
		return;
	}
	for (const struct row *row = rows->first; row; row = row->next, k++) {
		ids[k] = row_text(row, "id");
		same = same && streq(ids[k], given->ids[k]);
	}
	if (!same)
		record_problem(w, record, record->resource->fields[i].name,
			       "says %s, but the database has %s",
			       listed(w, given->ids, given->nids), listed(w, ids, n));
}

static void recall_row(struct world *w, struct record *record, const struct row *row);

/* What is inside a row, where nothing is said of it. */
static void adopt(struct world *w, struct record *record, size_t i, const struct rows *rows)
{
	for (const struct row *row = rows->first; row; row = row->next) {
		struct record *owned =
		    world_own(w, record, &record->resource->fields[i], record->at);

		if (!owned)
			return; /* noted */
		recall_row(w, owned, row);
	}
	record->given[i].set = true;
}

static void recall_owned(struct world *w, struct record *record, size_t i, const struct rows *rows)
{
	const struct field *f = &record->resource->fields[i];
	const struct given *given = &record->given[i];
	size_t said = given->last ? given->last->position + 1 : 0, n = count(rows);
	const struct row *row = rows->first;

	for (struct record *owned = given->first; owned && row;
	     owned = owned->next, row = row->next)
		recall_row(w, owned, row);
	/* Of items that are not even objects that is reported. */
	if (said != n && (f->kind == K_ONE || said == (size_t)cJSON_GetArraySize(given->owned)))
		record_problem(w, record, f->name,
			       f->kind == K_ONE ? "says an object, but the database has none"
						: "has %zu, but in the database it has %zu",
			       said, n);
}

/* Hold a record against its row, which has been read with the relations that are said. */
static void recall_row(struct world *w, struct record *record, const struct row *row)
{
	const struct resource *r = record->resource;

	record->stored = true;
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];
		struct given *given = &record->given[i];

		if (is_stored(f))
			recall_value(w, record, i, row->cell[i].text);
		else if (!is_relation(f) || given->wrong)
			continue;
		else if (given->set && is_owned(f))
			recall_owned(w, record, i, &row->cell[i].rows);
		else if (given->set && f->relation->ids)
			recall_ids(w, record, i, &row->cell[i].rows);
		else if (!given->set && is_owned(f) && !(f->flags & F_EXPAND))
			adopt(w, record, i, &row->cell[i].rows);
	}
}

void recall(struct world *w, struct record *record)
{
	const struct resource *r = record->resource;
	struct expansion said[FIELDS_MAX], *tree = NULL;
	const struct row *row;

	if (!record->id || record->stored)
		return;
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (!record->given[i].set || !is_relation(f) ||
		    !(is_owned(f) || f->relation->ids) || !(f->flags & F_EXPAND))
			continue;
		said[i] = (struct expansion){ .field = f, .next = tree };
		tree = &said[i];
	}
	row = w->known.read(w->known.of, &w->arena, resource_number(r), record->id, tree);
	if (row)
		recall_row(w, record, row);
}

/* ---- what records lean on -------------------------------------------------------------------- */

struct record *recall_find(struct world *w, enum resource_id resource, const char *id)
{
	static const struct place stored = { .file = "the database", .pointer = "" };
	const struct resource *r = &resources[resource];
	struct record *record = world_find(w, resource, id);
	const struct row *row;

	if (record)
		return record;
	row = w->known.read(w->known.of, &w->arena, resource, id, NULL);
	record = row ? world_record(w, r, row_text(row, "id"), stored) : NULL;
	if (!record)
		return NULL;
	recall_row(w, record, row);
	return record;
}

struct record *recall_ref(struct world *w, struct record *record, const char *field)
{
	const char *id = record_text(record, field);

	return id ? recall_find(w, resource_field(record->resource, field)->refers, id) : NULL;
}
