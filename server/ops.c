/*
 * ops.c - the operations of the API.
 */
#include "ops.h"

#include "exchange.h"
#include "join.h"

static bool not_found(struct exchange *x, const struct resource *r, const char *id)
{
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

bool op_get(struct exchange *x)
{
	const struct join join = {
		.db = x->db, .sql = &x->app->sql, .arena = &x->arena, .version = x->version
	};
	struct row *row;
	bool ok;

	db_read(x->db);
	ok = join_get(&join, x->op->resource, x->id, x->expand, &row);
	db_read_end(x->db);
	if (!ok)
		return broke(x, "%s: %s", x->op->path, db_error(x->db));
	x->row = row;
	return row || not_found(x, &resources[x->op->resource], x->id);
}
