/* SPDX-License-Identifier: MIT
 * fetch.c - reads a relation by one statement, or by two if it has a link table: collects the keys
 * of the rows at hand, reads each related row once, and attaches it to the rows that it belongs to.
 */
#include "store/fetch.h"

#include <stdlib.h>

#include "base/buf.h"

enum {
	KEYS_MAX = 512 * 1024 * 1024, /* bytes of a list of keys */
};

/* The current row of a statement; the resource's columns begin at `column`. */
static struct row *read_row(const struct fetch *fetch, struct stmt *s, const struct resource *r,
			    int column)
{
	struct row *row = row_new(fetch->arena, r);

	if (!row)
		return NULL;
	for (size_t i = 0; i < r->nfields; i++) {
		if (!is_selected(&r->fields[i]))
			continue;

		size_t len;
		const char *text = stmt_bytes(s, column++, &len);

		if (!text)
			continue;
		row->cell[i].text = arena_strndup(fetch->arena, text, len);
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

/* Relations start from a row's first field, its id. */
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

/* A relation leads from a row to the key of another. */
struct row_link {
	struct row *from;
	const char *key;
};

struct row_links {
	struct row_link *first;
	size_t count, cap;
};

static bool add_link(struct arena *a, struct row_links *links, struct row *from, const char *key)
{
	if (!key || !ARENA_GROW(a, links->first, links->count + 1, links->cap))
		return false;
	links->first[links->count++] = (struct row_link){ from, key };
	return true;
}

/* A statement with keys bound as a JSON array, which must live in `array` until it ends. */
static struct stmt *query_keys(const struct fetch *fetch, const struct query *q, struct buf *array,
			       const char *const *keys, size_t n)
{
	struct stmt *s;

	buf_add_json_array(array, keys, n);
	s = array->bad ? NULL : db_query(fetch->db, q);
	if (s)
		stmt_bind(s, 1, array->text);
	return s;
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The keys that links lead to, sorted, each once; NULL when memory is short. */
static const char **link_keys(struct arena *a, const struct row_links *links, size_t *n)
{
	const char **keys = arena_alloc(a, links->count * sizeof *keys);

	*n = 0;
	if (!keys)
		return NULL;
	for (size_t i = 0; i < links->count; i++)
		keys[i] = links->first[i].key;
	qsort(keys, links->count, sizeof *keys, compare_texts);
	for (size_t i = 0; i < links->count; i++)
		if (i == 0 || !streq(keys[i], keys[*n - 1]))
			keys[(*n)++] = keys[i];
	return keys;
}

static bool read_one(const struct fetch *fetch, enum resource_id resource, const char *key,
		     struct row **row)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(fetch->db, &fetch->sql->get[resource]);
	enum step step;

	*row = NULL;
	if (!s)
		return false;
	stmt_bind(s, 1, key);
	step = stmt_step(s);
	if (step == STEP_ROW)
		*row = read_row(fetch, s, &resources[resource], 0);
	return step == STEP_ROW ? *row != NULL : step == STEP_DONE;
}

/* Read the rows with these keys, sorted by key; *n becomes their number. */
static bool read_many(const struct fetch *fetch, enum resource_id resource, const char *const *keys,
		      size_t *n, struct row **rows)
{
	struct buf array CLEANUP(buf_free) = BUF_INIT(KEYS_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	const size_t asked = *n;
	enum step step;

	if (asked == 1) {
		bool ok = read_one(fetch, resource, keys[0], &rows[0]);

		*n = rows[0] != NULL;
		return ok;
	}
	*n = 0;
	s = query_keys(fetch, &fetch->sql->get_many[resource], &array, keys, asked);
	if (!s)
		return false;
	while ((step = stmt_step(s)) == STEP_ROW && *n < asked) {
		rows[*n] = read_row(fetch, s, &resources[resource], 0);
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

/* Read each row that links lead to once, and attach a copy to each row that they start from. */
static bool attach_links(const struct fetch *fetch, const struct row_links *links, size_t field,
			 enum resource_id target, size_t *found)
{
	size_t n;
	const char **keys = link_keys(fetch->arena, links, &n);
	struct row **rows = keys ? arena_alloc(fetch->arena, n * sizeof(struct row *)) : NULL;

	if (!rows || !read_many(fetch, target, keys, &n, rows))
		return false;
	for (size_t i = 0; i < links->count; i++) {
		const struct row_link *link = &links->first[i];
		struct row **far = bsearch(link->key, rows, n, sizeof *rows, compare_key), *row;

		if (!far)
			continue;
		row = copy_row(fetch->arena, *far);
		if (!row)
			return false;
		append(&link->from->cell[field].rows, row);
		++*found;
	}
	return true;
}

/* Ask the database where a relation leads from unique rows, sorted by key: to links, or to rows,
 * which are attached. */
static bool ask_related(const struct fetch *fetch, struct row **rows, size_t n, size_t field,
			struct row_links *links, size_t *found)
{
	struct buf array CLEANUP(buf_free) = BUF_INIT(KEYS_MAX);
	const struct resource *r = rows[0]->resource;
	const struct relation *rel = r->fields[field].relation;
	const char **keys = arena_alloc(fetch->arena, n * sizeof *keys);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	enum step step;

	if (!keys)
		return false;
	for (size_t i = 0; i < n; i++)
		keys[i] = key_of(rows[i]);
	s = query_keys(fetch, &fetch->sql->related[resource_number(r)][field], &array, keys, n);
	if (!s)
		return false;
	while ((step = stmt_step(s)) == STEP_ROW) {
		const char *key = stmt_text(s, 0), *far;
		struct row **near = key ? bsearch(key, rows, n, sizeof *rows, compare_key) : NULL;
		struct row *row;

		if (!near)
			return false;
		if (rel->link) {
			far = stmt_text(s, 1);
			if (!far ||
			    !add_link(fetch->arena, links, *near, arena_strdup(fetch->arena, far)))
				return false;
			continue;
		}
		row = read_row(fetch, s, &resources[rel->target], 1);
		if (!row)
			return false;
		append(&(*near)->cell[field].rows, row);
		++*found;
	}
	return step == STEP_DONE;
}

/* The links that a column of the rows has. */
static bool read_column(const struct fetch *fetch, struct row **rows, size_t n, const char *column,
			struct row_links *links)
{
	for (size_t i = 0; i < n; i++) {
		const char *key = row_text(rows[i], column);

		if (key && !add_link(fetch->arena, links, rows[i], key))
			return false;
	}
	return true;
}

/* ---- all relations --------------------------------------------------------------------------- */

/* Append the rows of a list to an array of `count`; returns the new count. */
static size_t collect(const struct rows *rows, struct row **array, size_t count)
{
	for (struct row *row = rows->first; row; row = row->next)
		array[count++] = row;
	return count;
}

static bool load_all(const struct fetch *fetch, struct row **rows, size_t n,
		     const struct expansion *tree) MUST_CHECK;

/* Follow one relation of unique rows, sorted by key, and the expansions in what it leads to. */
static bool load_relation(const struct fetch *fetch, struct row **rows, size_t n, size_t field,
			  const struct expansion *children)
{
	const struct resource *r = rows[0]->resource;
	const struct field *f = &r->fields[field];
	const char *column = resource_ref_column(r, f);
	struct row_links links = { 0 };
	struct row **related;
	size_t found = 0, count = 0;

	if (column ? !read_column(fetch, rows, n, column, &links)
		   : !ask_related(fetch, rows, n, field, &links, &found))
		return false;
	if (links.count > 0 && !attach_links(fetch, &links, field, f->relation->target, &found))
		return false;
	if (found == 0)
		return true;
	related = arena_alloc(fetch->arena, found * sizeof(struct row *));
	for (size_t i = 0; related && i < n; i++)
		count = collect(&rows[i]->cell[field].rows, related, count);
	return related && load_all(fetch, related, count, children);
}

/* Is the field a relation to follow, and which expansions are in what it leads to? */
static bool is_wanted(const struct fetch *fetch, const struct field *f,
		      const struct expansion *tree, const struct expansion **children)
{
	const struct expansion *e = f->flags & F_EXPAND ? expansion_find(tree, f) : NULL;

	*children = e ? e->children : NULL;
	return is_relation(f) &&
	       (f->flags & F_EXPAND ? e != NULL : span_has(f->on, fetch->version));
}

/* Sort rows by key; returns the first of each key, *count rows. NULL when memory is short. */
static struct row **sort_unique(struct arena *a, struct row **rows, size_t n, size_t *count)
{
	struct row **unique = arena_alloc(a, n * sizeof(struct row *));

	*count = 0;
	if (!unique)
		return NULL;
	qsort(rows, n, sizeof(struct row *), compare_rows);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || compare_rows(&rows[i - 1], &rows[i]) != 0)
			unique[(*count)++] = rows[i];
	return unique;
}

/* Follow every wanted relation of rows of one resource, in any order. */
static bool load_all(const struct fetch *fetch, struct row **rows, size_t n,
		     const struct expansion *tree)
{
	const struct resource *r = rows[0]->resource;
	const struct expansion *children;
	struct row **unique = NULL;
	size_t nunique = 0;

	for (size_t i = 0; i < r->nfields; i++) {
		if (!is_wanted(fetch, &r->fields[i], tree, &children))
			continue;
		/* Copies of a row share what the first of them leads to. */
		if (!unique)
			unique = sort_unique(fetch->arena, rows, n, &nunique);
		if (!unique || !load_relation(fetch, unique, nunique, i, children))
			return false;
		for (size_t k = 1; k < n; k++)
			if (compare_rows(&rows[k - 1], &rows[k]) == 0)
				rows[k]->cell[i] = rows[k - 1]->cell[i];
	}
	return true;
}

bool fetch_row(const struct fetch *fetch, enum resource_id resource, const char *key,
	       const struct expansion *tree, struct row **row)
{
	return read_one(fetch, resource, key, row) && (!*row || load_all(fetch, row, 1, tree));
}

bool fetch_rows(const struct fetch *fetch, struct stmt *s, enum resource_id resource,
		const struct expansion *tree, struct rows *rows, size_t *n)
{
	enum step step = STEP_DONE;
	const size_t max = *n;
	struct row *row, **all;

	*rows = (struct rows){ 0 };
	for (*n = 0; *n < max && (step = stmt_step(s)) == STEP_ROW; ++*n) {
		row = read_row(fetch, s, &resources[resource], 0);
		if (!row)
			return false;
		append(rows, row);
	}
	if (*n < max && step != STEP_DONE)
		return false;
	if (*n == 0)
		return true;
	all = arena_alloc(fetch->arena, *n * sizeof(struct row *));
	return all && load_all(fetch, all, collect(rows, all, 0), tree);
}

bool fetch_count(struct db *db, const struct resource *r, int64_t *count)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(256);

	buf_printf(&sql, "SELECT count(*) FROM %s", r->table);
	return !sql.bad && db_number(db, sql.text, count);
}
