/* SPDX-License-Identifier: MIT
 * handler.c - reading, transactions, and answers of any resource.
 */
#include "api/handler.h"

#include "base/map.h"
#include "fixture/export.h"
#include "http/exchange.h"
#include "store/list.h"
#include "workspace/simulator.h"

bool op_not_found(struct exchange *x, enum resource_id resource, const char *id)
{
	const struct resource *r = &resources[resource];
	const struct resource *other = resource_of_id(id);
	const char *shown = quote(x, id);

	if (other && other != r)
		fail(x, ERR_NOT_FOUND, "%s '%s' not found; it looks like the id of a %s", r->object,
		     shown, other->called);
	else
		fail(x, ERR_NOT_FOUND, "%s '%s' not found", r->object, shown);
	fail_param(x, "resource_type", r->object);
	fail_param(x, "resource_id", id);
	return false;
}

bool op_db_error(struct exchange *x)
{
	return server_error(x, "%s %s: %s", x->op->method, x->op->path, db_error(x->db));
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct fetch op_fetch(struct exchange *x)
{
	return (struct fetch){
		.db = x->db, .sql = &x->app->sql, .arena = &x->arena, .version = x->version
	};
}

bool op_find(struct exchange *x, enum resource_id resource, const char *id, struct row **row)
{
	const struct fetch fetch = op_fetch(x);

	if (!fetch_row(&fetch, resource, id, NULL, row))
		return op_db_error(x);
	return *row || op_not_found(x, resource, id);
}

bool op_find_by_body(struct exchange *x, enum resource_id resource, const char *field,
		     struct row **row)
{
	if (op_find(x, resource, body_text(&x->body, field), row))
		return true;
	fail_param(x, "field", field);
	return false;
}

bool op_find_whole(struct exchange *x, enum resource_id resource, const char *id, struct row **row)
{
	struct fetch fetch = op_fetch(x);
	struct expansion *tree;

	fetch.version = V_NEWEST;
	if (!export_tree(&x->arena, &resources[resource], NULL, &tree) ||
	    !fetch_row(&fetch, resource, id, tree, row))
		return op_db_error(x);
	return *row || op_not_found(x, resource, id);
}

bool op_look_up(struct exchange *x, const struct query *q, const char *const *values, size_t n,
		const char **text)
{
	struct stmt *s CLEANUP(stmt_endp) = db_query(x->db, q);
	const char *found;
	enum step step;

	*text = NULL;
	if (!s)
		return op_db_error(x);
	for (size_t i = 0; i < n; i++)
		stmt_bind(s, (int)i + 1, values[i]);
	step = stmt_step(s);
	found = step == STEP_ROW ? stmt_text(s, 0) : NULL;
	if (found)
		*text = arena_strdup(&x->arena, found);
	return (step == STEP_ROW ? *text != NULL : step == STEP_DONE) || op_db_error(x);
}

bool op_read(struct exchange *x, const char *id)
{
	const struct fetch fetch = op_fetch(x);
	struct row *row;

	if (!fetch_row(&fetch, x->op->resource, id, x->expand.tree, &row))
		return op_db_error(x);
	x->row = row;
	return row || op_not_found(x, x->op->resource, id);
}

bool op_read_page(struct exchange *x)
{
	const struct fetch fetch = op_fetch(x);
	struct page *page = arena_zalloc(&x->arena, sizeof *page);

	if (!page || !list_page(&fetch, x->op->resource, x->list_query, x->expand.tree,
				x->expand.total, page))
		return op_db_error(x);
	x->page = page;
	return true;
}

/* ---- transactions ---------------------------------------------------------------------------- */

static struct tx tx_of(struct exchange *x)
{
	const bool control = x->op->class == ENDPOINT_CONTROL;

	return (struct tx){
		.workspace = x->workspace,
		.db = x->db,
		.sql = &x->app->sql,
		.arena = &x->arena,
		.cause = { .kind = control ? CAUSE_CONTROL : CAUSE_REQUEST,
			   .request = x->entry ? entry_id(x->entry) : 0,
			   .control = control ? x->op : NULL },
	};
}

struct db *op_begin_read(struct exchange *x)
{
	struct tx tx = tx_of(x);

	if (!simulator_settle(&tx)) {
		op_db_error(x);
		return NULL;
	}
	db_read(x->db);
	return x->db;
}

/* Begin, with every step done that was due before. */
static bool begin(struct exchange *x, struct tx *tx)
{
	*tx = tx_of(x);
	return (tx_begin(tx) && simulator_run(tx)) || op_db_error(x);
}

bool op_begin(struct exchange *x, struct tx *tx)
{
	if (!begin(x, tx))
		return false;
	tx_date(tx);
	return true;
}

bool op_begin_settings(struct exchange *x, struct tx *tx)
{
	if (!begin(x, tx))
		return false;
	tx_cover_settings(tx);
	return true;
}

bool op_commit(struct exchange *x, struct tx *tx)
{
	return tx_commit(tx) || op_db_error(x);
}

bool op_commit_settings(struct exchange *x, struct tx *tx)
{
	x->workspace->changed = true; /* even in a stateless one: settings stay */
	return simulator_reschedule(tx) ? op_commit(x, tx) : op_db_error(x);
}

bool op_commit_row(struct exchange *x, struct tx *tx, const char *id)
{
	return op_read(x, id) && op_commit(x, tx);
}

/* ---- answers --------------------------------------------------------------------------------- */

bool op_answer(struct exchange *x, const struct pair *values, size_t n)
{
	const struct resource *r = x->op->answer;
	struct row *row = row_new(&x->arena, r);

	if (!row)
		return false;
	for (size_t i = 0; i < n; i++)
		row->cell[resource_field(r, values[i].name) - r->fields].text = values[i].value;
	x->row = row;
	return true;
}

/* ---- operations ------------------------------------------------------------------------------ */

/* Count that the deployment has been read, if the answer has not shown it before. */
static bool count_read(struct tx *tx, struct map *seen, const char *id)
{
	return map_find(seen, NULL, id) ||
	       (map_add(seen, NULL, id, seen) && simulator_read(tx, id));
}

/* Count each deployment among rows, and among those that relations lead to, as read: once, however
 * often it is there. */
static bool count_rows(struct tx *tx, struct map *seen, const struct row *row)
{
	for (; row; row = row->next) {
		const struct resource *r = row->resource;

		if (r == &resources[R_DEPLOYMENT] && !count_read(tx, seen, row_text(row, "id")))
			return false;
		for (size_t i = 0; i < r->nfields; i++)
			if (r->fields[i].relation && !count_rows(tx, seen, row->cell[i].rows.first))
				return false;
	}
	return true;
}

/* The answer shows the deployments as they were before they were read. */
static bool count_reads(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct map seen CLEANUP(map_free) = { 0 };
	const struct row *rows = x->page ? x->page->rows.first : x->row;

	return begin(x, &tx) && (count_rows(&tx, &seen, rows) || op_db_error(x)) &&
	       op_commit(x, &tx);
}

/* Read rows; they count as read, if that is how devices progress. */
static bool read_counted(struct exchange *x, bool (*read)(struct exchange *x))
{
	bool ok, counts;

	{
		struct db *db CLEANUP(db_read_endp) = op_begin_read(x);

		ok = db && read(x);
		counts = ok && x->workspace->transitions.progression == PROGRESS_POLLS &&
			 !streq(x->request.method, "HEAD"); /* which shows nothing */
	}
	return ok && (!counts || count_reads(x));
}

static bool read_one(struct exchange *x)
{
	return op_read(x, x->id);
}

bool op_get(struct exchange *x)
{
	return read_counted(x, read_one);
}

bool op_list(struct exchange *x)
{
	return read_counted(x, op_read_page);
}

bool op_principal(struct exchange *x)
{
	const struct pair who[] = { { "id", x->key->id }, { "name", x->key->name } };

	return op_answer(x, who, ARRAY_LEN(who));
}
