/*
 * handler.c - reading, listing, and the frame of changes.
 */
#include "api/handler.h"

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

bool op_broke(struct exchange *x)
{
	return broke(x, "%s %s: %s", x->op->method, x->op->path, db_error(x->db));
}

bool op_short(struct exchange *x)
{
	return broke(x, "%s %s: out of memory", x->op->method, x->op->path);
}

struct join op_join(struct exchange *x)
{
	return (struct join){
		.db = x->db, .sql = &x->app->sql, .arena = &x->arena, .version = x->version
	};
}

static struct change change_of(struct exchange *x)
{
	return (struct change){
		.in = x->workspace, .db = x->db, .sql = &x->app->sql, .arena = &x->arena
	};
}

bool op_find(struct exchange *x, enum resource_id resource, const char *id, struct row **row)
{
	const struct join join = op_join(x);

	if (!join_get(&join, resource, id, NULL, row))
		return op_broke(x);
	return *row || op_not_found(x, resource, id);
}

bool op_find_said(struct exchange *x, enum resource_id resource, const char *field,
		  struct row **row)
{
	if (op_find(x, resource, body_text(&x->body, field), row))
		return true;
	fail_param(x, "field", field);
	return false;
}

bool op_find_whole(struct exchange *x, enum resource_id resource, const char *id, struct row **row)
{
	struct join join = op_join(x);
	struct expansion *tree;

	join.version = V_NEWEST;
	if (!export_tree(&x->arena, &resources[resource], &tree) ||
	    !join_get(&join, resource, id, tree, row))
		return op_broke(x);
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
		return op_broke(x);
	for (size_t i = 0; i < n; i++)
		stmt_bind(s, (int)i + 1, values[i]);
	step = stmt_step(s);
	found = step == STEP_ROW ? stmt_text(s, 0) : NULL;
	if (found)
		*text = arena_strdup(&x->arena, found);
	return (step == STEP_ROW ? *text != NULL : step == STEP_DONE) || op_broke(x);
}

static bool read_one(struct exchange *x)
{
	const struct join join = op_join(x);
	struct row *row;

	if (!join_get(&join, x->op->resource, x->id, x->expand.tree, &row))
		return op_broke(x);
	x->row = row;
	return row || op_not_found(x, x->op->resource, x->id);
}

static bool read_page(struct exchange *x)
{
	const struct join join = op_join(x);
	struct page *page = arena_zalloc(&x->arena, sizeof *page);

	if (!page ||
	    !list_page(&join, x->op->resource, x->listing, x->expand.tree, x->expand.total, page))
		return op_broke(x);
	x->page = page;
	return true;
}

bool op_look(struct exchange *x, bool (*read)(struct exchange *x))
{
	struct change change = change_of(x);
	bool ok;

	if (!agent_settle(&change))
		return op_broke(x);
	db_read(x->db);
	ok = read(x);
	db_read_end(x->db);
	return ok;
}

bool op_get(struct exchange *x)
{
	return op_look(x, read_one);
}

bool op_list(struct exchange *x)
{
	return op_look(x, read_page);
}

/* Begin a change of what devices were due to do before is done. */
static bool begin(struct change *c)
{
	if (!change_begin(c))
		return false;
	if (agent_run(c))
		return true;
	change_undo(c);
	return false;
}

static bool change(struct exchange *x, bool (*run)(struct exchange *x, struct change *c),
		   bool (*read)(struct exchange *x))
{
	struct change change = change_of(x);

	if (!begin(&change))
		return op_broke(x);
	change_date(&change);
	if (!run(x, &change) || (read && !read(x))) {
		change_undo(&change);
		return false;
	}
	return change_commit(&change) || op_broke(x);
}

bool op_change(struct exchange *x, bool (*run)(struct exchange *x, struct change *c))
{
	return change(x, run, read_one);
}

bool op_act(struct exchange *x, bool (*run)(struct exchange *x, struct change *c))
{
	return change(x, run, NULL);
}

bool op_say(struct exchange *x, const struct pair *values, size_t n)
{
	const struct resource *r = x->op->answer;
	struct row *row = row_new(&x->arena, r);

	if (!row)
		return op_short(x);
	for (size_t i = 0; i < n; i++) {
		const struct field *f = resource_field(r, values[i].name);

		if (!values[i].value && !may_be_null(f))
			return op_short(x);
		row->cell[f - r->fields].text = values[i].value;
	}
	x->row = row;
	return true;
}

bool op_principal(struct exchange *x)
{
	const struct pair who[] = { { "id", x->key->id }, { "name", x->key->name } };

	return op_say(x, who, ARRAY_LEN(who));
}

bool op_set(struct exchange *x, bool (*run)(struct exchange *x))
{
	struct change change = change_of(x);
	struct clock *clock = &x->workspace->clock;
	struct clock_setting setting;
	struct transitions transitions;

	if (!begin(&change))
		return op_broke(x);
	setting = clock_setting(clock);
	transitions = x->workspace->transitions;
	if (run(x)) {
		x->workspace->changed = true; /* in one that is still, too */
		if (agent_catch_up(&change)) {
			if (change_commit(&change))
				return true;
		} else {
			change_undo(&change);
		}
		clock_restore(clock, setting);
		x->workspace->transitions = transitions;
		return op_broke(x);
	}
	change_undo(&change);
	return false;
}
