/*
 * list.c - which index finds the rows of a page, and reading them by it.
 */
#include "store/list.h"

#include "base/buf.h"

enum {
	VALUES_MAX = 16 * 1024 * 1024, /* bytes of one filter's */
	SQL_MAX = 64 * 1024,           /* of a statement */
	ENOUGH = 1000,                 /* rows: more are not worth sorting */
	FAR = 100,                     /* rows: as many as a long page has */
};

/* Bind the values of a filter as one: a text, or an array of several. */
static bool bind_filter(const struct fetch *j, struct stmt *s, size_t i, const struct filter *f)
{
	struct buf array CLEANUP(buf_free) = BUF_INIT(VALUES_MAX);
	const char *value = f->values[0];

	if (f->count > 1) {
		buf_add_json_array(&array, f->values, f->count);
		value = array.bad ? NULL : arena_strndup(j->arena, array.text, array.len);
	}
	if (value)
		stmt_bind(s, (int)i, value);
	return value != NULL;
}

static bool bind_filters(const struct fetch *j, struct stmt *s, const struct list_query *l)
{
	for (size_t i = 0; i < l->nfilters; i++)
		if (!bind_filter(j, s, i + 1, &l->filters[i]))
			return false;
	return true;
}

/* The statement of that text, which is kept; NULL on failure. */
static struct stmt *kept(const struct fetch *j, const struct buf *text)
{
	return text->bad
		   ? NULL
		   : db_query(j->db, &(struct query){ .sql = text->text, .slot = QUERY_KEPT });
}

static bool count_rows(const struct fetch *j, enum resource_id resource, const struct list_query *l,
		       size_t lead, int64_t *count)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	sql_count(&text, &resources[resource], l, lead);
	s = kept(j, &text);
	if (!s || !bind_filters(j, s, l) || stmt_step(s) != STEP_ROW)
		return false;
	*count = stmt_int(s, 0);
	return true;
}

/* How many rows pass a filter; at most ENOUGH. */
static bool probe(const struct fetch *j, enum resource_id resource, const struct list_query *l,
		  size_t i, int64_t *count)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;

	sql_probe(&text, &resources[resource], l, i);
	s = kept(j, &text);
	if (!s || !bind_filter(j, s, 2, &l->filters[i]))
		return false;
	stmt_bind_int(s, 1, ENOUGH);
	if (stmt_step(s) != STEP_ROW)
		return false;
	*count = stmt_int(s, 0);
	return true;
}

/*
 * In another order than the usual, what a filter's index finds has to be sorted. Where it is much,
 * it is better to walk through all rows in that order until the page is full, which where many rows
 * pass takes few steps.
 */
static bool find_fewest(const struct fetch *j, enum resource_id resource,
			const struct list_query *l, size_t *lead)
{
	int64_t least = ENOUGH, count;

	*lead = l->nfilters; /* the order */
	for (size_t i = 0; i < l->nfilters; i++) {
		if (!probe(j, resource, l, i, &count))
			return false;
		if (count < least) {
			least = count;
			*lead = i;
		}
	}
	return true;
}

static bool bind_list(const struct fetch *j, struct stmt *s, const struct list_query *l,
		      size_t lead)
{
	int n = (int)l->nfilters;

	if (!bind_filters(j, s, l))
		return false;
	stmt_bind_int(s, ++n, l->limit + 1);
	stmt_bind_int(s, ++n, l->offset);
	if (sql_merges(l, lead))
		for (size_t i = 0; i < l->filters[lead].count; i++)
			stmt_bind(s, ++n, l->filters[lead].values[i]);
	return true;
}

/*
 * How far back a filter's youngest rows reach: when the last of the first FAR was made, or NULL
 * where there are not that many.
 */
static bool find_reach(const struct fetch *j, enum resource_id resource, const struct list_query *l,
		       size_t i, const char **since)
{
	struct list_query alone = {
		.nfilters = 1, .norders = l->norders, .limit = 0, .offset = FAR - 1
	};
	struct buf text CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	enum step step;

	memcpy(alone.orders, l->orders, sizeof alone.orders);
	alone.filters[0] = l->filters[i];
	sql_list(&text, &resources[resource], &alone, 0);
	s = kept(j, &text);
	if (!s || !bind_list(j, s, &alone, 0))
		return false;
	*since = NULL;
	step = stmt_step(s);
	if (step != STEP_ROW)
		return step == STEP_DONE;
	/* The order's first field. */
	*since = stmt_text(s, sql_column(&resources[resource], l->orders[0].field));
	*since = *since ? arena_strdup(j->arena, *since) : NULL;
	return *since != NULL;
}

/*
 * In the usual order, in which each filter's index finds its rows, the one leads whose rows are the
 * furthest apart where the page is: the others' are passed over soonest.
 */
static bool find_thinnest(const struct fetch *j, enum resource_id resource,
			  const struct list_query *l, size_t *lead)
{
	const char *oldest = NULL, *since;

	*lead = 0;
	for (size_t i = 0; l->nfilters > 1 && i < l->nfilters; i++) {
		if (l->filters[i].count > FILTER_FEW) /* all of its rows would have to be sorted */
			continue;
		if (!find_reach(j, resource, l, i, &since))
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

static bool find_lead(const struct fetch *j, enum resource_id resource, const struct list_query *l,
		      size_t *lead)
{
	return list_query_is_default(l) ? find_thinnest(j, resource, l, lead)
					: find_fewest(j, resource, l, lead);
}

bool list_page(const struct fetch *j, enum resource_id resource, const struct list_query *l,
	       const struct expansion *tree, bool count, struct page *page)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	size_t n = (size_t)l->limit, lead;

	*page = (struct page){ .limit = l->limit, .offset = l->offset, .counted = count };
	if (!find_lead(j, resource, l, &lead))
		return false;
	sql_list(&text, &resources[resource], l, lead);
	s = kept(j, &text);
	if (!s || !bind_list(j, s, l, lead) || !fetch_rows(j, s, resource, tree, &page->rows, &n))
		return false;
	if (n == (size_t)l->limit) {
		enum step step = stmt_step(s);

		page->has_more = step == STEP_ROW;
		if (!page->has_more && step != STEP_DONE)
			return false;
	}
	/* No order matters to a count: any filter's index is better than none. */
	return !count || count_rows(j, resource, l, lead < l->nfilters ? lead : 0, &page->total);
}
