/*
 * fetch.c - one statement a relation, or two where a link table is between: collect the keys of the
 * rows at hand, ask for all that the relation leads to from any of them, each row once, and hang it
 * under those that it belongs to.
 */
#include "store/fetch.h"

#include <stdlib.h>

#include "base/buf.h"

enum {
	KEYS_MAX = 16 * 1024 * 1024, /* bytes of one list of keys */
};

/* Copy the current row of a statement whose columns from `column` on are the resource's. */
static struct row *read_row(const struct fetch *j, struct stmt *s, const struct resource *r,
			    int column)
{
	struct row *row = row_new(j->arena, r);

	if (!row)
		return NULL;
	for (size_t i = 0; i < r->nfields; i++) {
		if (!is_selected(&r->fields[i]))
			continue;

		size_t len;
		const char *text = stmt_bytes(s, column++, &len);

		if (!text)
			continue;
		row->cell[i].text = arena_strndup(j->arena, text, len);
		if (!row->cell[i].text)
			return NULL;
	}
	return row;
}

static void append(struct rows *rows, struct row *row)
{
	if (rows->last)
		rows->last->next = row;
	else
		rows->first = row;
	rows->last = row;
}

/* Relations start from a row's id, which is its first field. */
static const char *key_of(const struct row *row)
{
	return row->cell[0].text;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *const *x = a, *const *y = b;

	return strcmp(key_of(*x), key_of(*y));
}

static int compare_key(const void *key, const void *row)
{
	const struct row *const *r = row;

	return strcmp(key, key_of(*r));
}

/* ---- one relation ---------------------------------------------------------------------------- */

/* That a relation leads from a row to another's key. */
struct lead {
	struct row *from;
	const char *to;
};

struct leads {
	struct lead *first;
	size_t count, cap;
};

static bool add_lead(struct arena *a, struct leads *leads, struct row *from, const char *to)
{
	if (!ARENA_GROW(a, leads->first, leads->count + 1, leads->cap))
		return false;
	leads->first[leads->count++] = (struct lead){ from, to };
	return true;
}

/* The keys as one to bind: a JSON array. */
static bool bind_keys(struct stmt *s, struct buf *array, const char *const *keys, size_t n)
{
	buf_add_json_array(array, keys, n);
	if (array->bad)
		return false;
	stmt_bind(s, 1, array->text);
	return true;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys that leads lead to, in order, each once; NULL when memory is short. */
static const char **keys_of(struct arena *a, const struct leads *leads, size_t *n)
{
	const char **keys = arena_alloc(a, leads->count * sizeof *keys);

	*n = 0;
	if (!keys)
		return NULL;
	for (size_t i = 0; i < leads->count; i++)
		keys[i] = leads->first[i].to;
	qsort(keys, leads->count, sizeof *keys, compare_texts);
	for (size_t i = 0; i < leads->count; i++)
		if (i == 0 || !streq(keys[i], keys[*n - 1]))
			keys[(*n)++] = keys[i];
	return keys;
}

static bool read_one(const struct fetch *j, enum resource_id resource, const char *key,
		     struct row **row)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(j->db, &j->sql->get[resource]);
	enum step step;

	*row = NULL;
	if (!s)
		return false;
	stmt_bind(s, 1, key);
	step = stmt_step(s);
	if (step == STEP_ROW)
		*row = read_row(j, s, &resources[resource], 0);
	return step == STEP_ROW ? *row != NULL : step == STEP_DONE;
}

/* The rows of these keys, in the keys' order; *n becomes the number of those that there are. */
static bool read_many(const struct fetch *j, enum resource_id resource, const char *const *keys,
		      size_t *n, struct row **rows)
{
	struct buf array CLEANUP(buf_free) = BUF_INIT(KEYS_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	const size_t asked = *n;
	enum step step;

	*n = 0;
	if (asked == 1) {
		if (!read_one(j, resource, keys[0], &rows[0]))
			return false;
		*n = rows[0] != NULL;
		return true;
	}
	s = db_query(j->db, &j->sql->get_many[resource]);
	if (!s || !bind_keys(s, &array, keys, asked))
		return false;
	while ((step = stmt_step(s)) == STEP_ROW && *n < asked) {
		rows[*n] = read_row(j, s, &resources[resource], 0);
		if (!rows[(*n)++])
			return false;
	}
	qsort(rows, *n, sizeof(struct row *), compare_rows);
	return step == STEP_DONE;
}

static struct row *copy_row(struct arena *a, const struct row *row)
{
	struct row *copy = row_new(a, row->resource);

	if (copy)
		memcpy(copy->cell, row->cell, row->resource->nfields * sizeof row->cell[0]);
	return copy;
}

/* Read each row that is led to once, and hang a copy under each that leads there. */
static bool hang_leads(const struct fetch *j, const struct leads *leads, size_t field,
		       enum resource_id target, size_t *found)
{
	size_t n;
	const char **keys = keys_of(j->arena, leads, &n);
	struct row **rows = keys ? arena_alloc(j->arena, n * sizeof(struct row *)) : NULL;

	if (!rows || !read_many(j, target, keys, &n, rows))
		return false;
	for (size_t i = 0; i < leads->count; i++) {
		const struct lead *lead = &leads->first[i];
		struct row **to = bsearch(lead->to, rows, n, sizeof *rows, compare_key), *row;

		if (!to)
			continue;
		row = copy_row(j->arena, *to);
		if (!row)
			return false;
		append(&lead->from->cell[field].rows, row);
		++*found;
	}
	return true;
}

/* Ask where a relation leads from rows, sorted by key and all different. */
static bool ask_related(const struct fetch *j, struct row **rows, size_t n, size_t field,
			struct leads *leads, size_t *found)
{
	struct buf array CLEANUP(buf_free) = BUF_INIT(KEYS_MAX);
	const struct resource *near = rows[0]->resource;
	const struct relation *rel = near->fields[field].relation;
	const char **keys = arena_alloc(j->arena, n * sizeof *keys);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	enum step step;

	for (size_t i = 0; keys && i < n; i++)
		keys[i] = key_of(rows[i]);
	if (keys)
		s = db_query(j->db, &j->sql->related[resource_number(near)][field]);
	if (!s || !bind_keys(s, &array, keys, n))
		return false;
	while ((step = stmt_step(s)) == STEP_ROW) {
		const char *key = stmt_text(s, 0);
		struct row **under = key ? bsearch(key, rows, n, sizeof *rows, compare_key) : NULL;

		if (!under)
			return false;
		if (rel->link) {
			const char *to = stmt_text(s, 1);

			to = to ? arena_strdup(j->arena, to) : NULL;
			if (!to || !add_lead(j->arena, leads, *under, to))
				return false;
		} else {
			struct row *row = read_row(j, s, &resources[rel->target], 1);

			if (!row)
				return false;
			append(&(*under)->cell[field].rows, row);
			++*found;
		}
	}
	return step == STEP_DONE;
}

/* What the rows' own column says. */
static bool read_column(const struct fetch *j, struct row **rows, size_t n, const char *column,
			struct leads *leads)
{
	for (size_t i = 0; i < n; i++) {
		const char *to = row_text(rows[i], column);

		if (to && !add_lead(j->arena, leads, rows[i], to))
			return false;
	}
	return true;
}

/* Hang under `rows`, sorted by key and all different, what one of their relations leads to. */
static bool read_related(const struct fetch *j, struct row **rows, size_t n, size_t field,
			 size_t *found)
{
	const struct resource *near = rows[0]->resource;
	const struct field *f = &near->fields[field];
	const char *column = through(near, f);
	struct leads leads = { 0 };

	*found = 0;
	if (column ? !read_column(j, rows, n, column, &leads)
		   : !ask_related(j, rows, n, field, &leads, found))
		return false;
	return leads.count == 0 || hang_leads(j, &leads, field, f->relation->target, found);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static bool load_all(const struct fetch *j, struct row **rows, size_t n,
		     const struct expansion *tree) MUST_CHECK;

/* Follow one relation, and in what it leads to, what is expanded there. */
static bool load_relation(const struct fetch *j, struct row **rows, size_t n, size_t field,
			  const struct expansion *children)
{
	size_t found;

	if (!read_related(j, rows, n, field, &found))
		return false;
	if (found == 0)
		return true;

	struct row **all = arena_alloc(j->arena, found * sizeof(struct row *));
	size_t count = 0;

	if (!all)
		return false;
	for (size_t i = 0; i < n; i++)
		for (struct row *row = rows[i]->cell[field].rows.first; row; row = row->next)
			all[count++] = row;
	return load_all(j, all, count, children);
}

/* Is the relation shown, and with which expansions in what it leads to? */
static bool wanted(const struct fetch *j, const struct field *f, const struct expansion *tree,
		   const struct expansion **children)
{
	const struct expansion *e;

	if (!is_relation(f))
		return false;
	e = f->flags & F_EXPAND ? expansion_find(tree, f) : NULL;
	*children = e ? e->children : NULL;
	return f->flags & F_EXPAND ? e != NULL : span_has(f->on, j->version);
}

/* Follow every wanted relation from rows of one resource, in any order. */
static bool load_all(const struct fetch *j, struct row **rows, size_t n,
		     const struct expansion *tree)
{
	const struct resource *r = rows[0]->resource;
	const struct expansion *children;
	struct row **heads = NULL;
	size_t different = 0;

	for (size_t i = 0; i < r->nfields; i++) {
		if (!wanted(j, &r->fields[i], tree, &children))
			continue;
		/* Rows with the same key are the same row: follow the first of them, and let the
		 * others share what it leads to. */
		if (!heads) {
			heads = arena_alloc(j->arena, n * sizeof(struct row *));
			if (!heads)
				return false;
			qsort(rows, n, sizeof(struct row *), compare_rows);
			for (size_t k = 0; k < n; k++)
				if (k == 0 || compare_rows(&rows[k - 1], &rows[k]) != 0)
					heads[different++] = rows[k];
		}
		if (!load_relation(j, heads, different, i, children))
			return false;
		for (size_t k = 1; k < n; k++)
			if (compare_rows(&rows[k - 1], &rows[k]) == 0)
				rows[k]->cell[i] = rows[k - 1]->cell[i];
	}
	return true;
}

bool fetch_row(const struct fetch *j, enum resource_id resource, const char *key,
	       const struct expansion *tree, struct row **row)
{
	return read_one(j, resource, key, row) && (!*row || load_all(j, row, 1, tree));
}

static struct row **list_rows(const struct fetch *j, const struct rows *rows, size_t n)
{
	struct row **all = arena_alloc(j->arena, n * sizeof(struct row *));
	size_t i = 0;

	for (struct row *row = rows->first; all && row; row = row->next)
		all[i++] = row;
	return all;
}

bool fetch_rows(const struct fetch *j, struct stmt *s, enum resource_id resource,
		const struct expansion *tree, struct rows *rows, size_t *n)
{
	enum step step = STEP_DONE;
	const size_t max = *n;

	*rows = (struct rows){ 0 };
	for (*n = 0; *n < max && (step = stmt_step(s)) == STEP_ROW; ++*n) {
		struct row *row = read_row(j, s, &resources[resource], 0);

		if (!row)
			return false;
		append(rows, row);
	}
	if (*n < max && step != STEP_DONE)
		return false;
	if (*n == 0)
		return true;

	struct row **all = list_rows(j, rows, *n);

	return all && load_all(j, all, *n, tree);
}

bool fetch_count(struct db *db, const struct resource *r, int64_t *count)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(256);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	buf_printf(&sql, "SELECT count(*) FROM %s", r->table);
	if (!sql.bad)
		s = db_query(db, &(const struct query){ sql.text, QUERY_ONCE });
	if (!s || stmt_step(s) != STEP_ROW)
		return false;
	*count = stmt_int(s, 0);
	return true;
}
