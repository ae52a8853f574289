/* SPDX-License-Identifier: MIT
 * list.c - chooses the index for a page, and reads the page by it.
 */
#include "store/list.h"

enum {
	VALUES_MAX = 16 * 1024 * 1024, /* bytes of a filter's values */
	SQL_MAX = 64 * 1024,           /* bytes of a statement */
	ENOUGH = 1000,                 /* rows: more are too many to sort */
	FAR = 100,                     /* rows: a long page */
};

/* What the functions below share. */
struct list_reader {
	const struct fetch *fetch;
	const struct resource *resource;
	const struct list_query *query;
};

/* Bind the values of a filter to one parameter: a text, or a JSON array of several. */
static bool bind_filter(const struct list_reader *r, struct stmt *s, size_t parameter,
			const struct filter *f)
{
	struct buf array CLEANUP(buf_free) = BUF_INIT(VALUES_MAX);
	const char *value = f->values[0];

	if (f->count > 1) {
		buf_add_json_array(&array, f->values, f->count);
		value = array.bad ? NULL : arena_strndup(r->fetch->arena, array.text, array.len);
	}
	if (value)
		stmt_bind(s, (int)parameter, value);
	return value != NULL;
}

static bool bind_filters(const struct list_reader *r, struct stmt *s)
{
	for (size_t i = 0; i < r->query->nfilters; i++)
		if (!bind_filter(r, s, i + 1, &r->query->filters[i]))
			return false;
	return true;
}

static bool count_rows(const struct list_reader *r, size_t lead, int64_t *count)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	sql_count(&sql, r->resource, r->query, lead);
	s = db_query_text(r->fetch->db, &sql);
	return s && bind_filters(r, s) && stmt_number(s, count);
}

/* Count the rows that pass a filter, up to ENOUGH. */
static bool probe(const struct list_reader *r, size_t i, int64_t *count)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	sql_probe(&sql, r->resource, r->query, i);
	s = db_query_text(r->fetch->db, &sql);
	if (!s)
		return false;
	stmt_bind_int(s, 1, ENOUGH);
	return bind_filter(r, s, 2, &r->query->filters[i]) && stmt_number(s, count);
}

/*
 * Choose for an order other than the default: the rows that a filter's index finds must be sorted.
 * If they are many, it is better to walk all rows in that order until the page is full, which takes
 * few steps if many rows pass.
 */
static bool find_fewest(const struct list_reader *r, size_t *lead)
{
	int64_t least = ENOUGH, count;

	*lead = r->query->nfilters; /* the order's index */
	for (size_t i = 0; i < r->query->nfilters; i++) {
		if (!probe(r, i, &count))
			return false;
		if (count < least) {
			least = count;
			*lead = i;
		}
	}
	return true;
}

/* The statement of sql_list(), with its values bound. */
static struct stmt *query_list(const struct list_reader *r, size_t lead)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const struct list_query *query = r->query;
	int n = (int)query->nfilters;
	struct stmt *s;

	sql_list(&sql, r->resource, query, lead);
	s = db_query_text(r->fetch->db, &sql);
	if (!s)
		return NULL;
	if (!bind_filters(r, s)) {
		stmt_end(s);
		return NULL;
	}
	stmt_bind_int(s, ++n, query->limit + 1);
	stmt_bind_int(s, ++n, query->offset);
	if (sql_merges(query, lead))
		for (size_t i = 0; i < query->filters[lead].count; i++)
			stmt_bind(s, ++n, query->filters[lead].values[i]);
	return s;
}

/* How far back the youngest rows of a filter reach: when the last of the first FAR was made; NULL
 * if there are fewer. */
static bool find_reach(const struct list_reader *r, size_t i, const char **since)
{
	struct list_query alone = {
		.nfilters = 1, .norders = r->query->norders, .limit = 0, .offset = FAR - 1
	};
	const struct list_reader reader = { r->fetch, r->resource, &alone };
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	enum step step;

	memcpy(alone.orders, r->query->orders, sizeof alone.orders);
	alone.filters[0] = r->query->filters[i];
	*since = NULL;
	s = query_list(&reader, 0);
	step = s ? stmt_step(s) : STEP_FAILED;
	if (step != STEP_ROW)
		return step == STEP_DONE;
	/* The first field of the order. */
	*since = stmt_text(s, sql_column(r->resource, alone.orders[0].field));
	*since = *since ? arena_strdup(r->fetch->arena, *since) : NULL;
	return *since != NULL;
}

/*
 * Choose for the default order, in which every filter's index is already sorted: the best filter is
 * the most selective near the requested page, the one whose first FAR rows reach furthest back.
 */
static bool find_sparsest(const struct list_reader *r, size_t *lead)
{
	const char *oldest = NULL, *since;

	*lead = 0;
	for (size_t i = 0; r->query->nfilters > 1 && i < r->query->nfilters; i++) {
		/* Not merged: all of its rows would have to be sorted. */
		if (r->query->filters[i].count > FILTER_FEW)
			continue;
		if (!find_reach(r, i, &since))
			return false;
		if (!since) {
			*lead = i;
			return true;
		}
		if (!oldest || strcmp(since, oldest) < 0) {
			oldest = since;
			*lead = i;
		}
	}
	return true;
}

bool list_page(const struct fetch *fetch, enum resource_id resource, const struct list_query *query,
	       const struct expansion *tree, bool count, struct page *page)
{
	const struct list_reader r = { fetch, &resources[resource], query };
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	size_t n = (size_t)query->limit, lead;

	*page = (struct page){ .limit = query->limit, .offset = query->offset, .counted = count };
	if (!(list_query_is_default(query) ? find_sparsest(&r, &lead) : find_fewest(&r, &lead)))
		return false;
	s = query_list(&r, lead);
	if (!s || !fetch_rows(fetch, s, resource, tree, &page->rows, &n))
		return false;
	if (n == (size_t)query->limit) {
		enum step step = stmt_step(s);

		page->has_more = step == STEP_ROW;
		if (!page->has_more && step != STEP_DONE)
			return false;
	}
	/* A count needs no order: any filter's index is better than none. */
	return !count || count_rows(&r, lead < query->nfilters ? lead : 0, &page->total);
}
