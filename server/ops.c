/*
 * ops.c - reading, listing, and the frame of changes.
 */
#include "ops.h"

#include "agent.h"
#include "exchange.h"

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
	    !join_list(&join, x->op->resource, x->listing, x->expand.tree, x->expand.total, page))
		return op_broke(x);
	x->page = page;
	return true;
}

bool op_look(struct exchange *x, bool (*read)(struct exchange *x))
{
	struct change change = change_of(x);
	bool ok;

	if (!workspace_settle(&change))
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

bool op_change(struct exchange *x, bool (*run)(struct exchange *x, struct change *c))
{
	struct change change = change_of(x);

	if (!change_begin(&change))
		return op_broke(x);
	if (!run(x, &change) || !read_one(x)) {
		change_undo(&change);
		return false;
	}
	return change_commit(&change) || op_broke(x);
}

bool op_set(struct exchange *x, bool (*run)(struct exchange *x))
{
	struct change change = change_of(x);
	struct clock *clock = &x->workspace->clock;
	struct clock_setting setting;
	struct transitions transitions;

	if (!change_begin_undated(&change))
		return op_broke(x);
	setting = clock_setting(clock);
	transitions = x->workspace->transitions;
	if (run(x)) {
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
