/*
 * write.c - the checks and statements that the table implies.
 */
#include "api/write.h"

#include "api/handler.h"
#include "http/exchange.h"
#include "model/value.h"
#include "store/insert.h"

enum { SQL_MAX = 4096, ESCAPED = 6 /* bytes that one of an id may become */ };

/* ---- checks ---------------------------------------------------------------------------------- */

bool write_refers(struct exchange *x)
{
	struct row *row;

	for (size_t i = 0; i < x->body.count; i++) {
		const struct member *m = &x->body.members[i];

		if (m->field->kind == K_REF && m->text &&
		    !op_find_said(x, m->field->refers, m->field->name, &row))
			return false;
	}
	return true;
}

/* Is a field of a rule one whose value is, or would be, another than before? */
static bool concerns(const struct unique *u, const struct draft *d, const struct row *before)
{
	bool changed = !before;

	for (size_t i = 0; !changed && i < ARRAY_LEN(u->fields) && u->fields[i]; i++)
		changed = !same_text(draft_text(d, u->fields[i]), row_text(before, u->fields[i]));
	return changed;
}

/* The id of a row that has the draft's values of a rule's fields, or NULL. */
static bool find_taken(struct exchange *x, const struct draft *d, const struct unique *u,
		       const char **id)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const char *values[ARRAY_LEN(u->fields)];
	size_t n = 0;

	sql_taken(&sql, d->resource, u);
	for (; n < ARRAY_LEN(u->fields) && u->fields[n]; n++)
		values[n] = draft_text(d, u->fields[n]);
	return sql.bad
		   ? op_short(x)
		   : op_look_up(x, &(const struct query){ sql.text, QUERY_KEPT }, values, n, id);
}

/* No other row may have what the draft shares with none (behaviour: section 9.3); `before` is what
 * it changes, or NULL. */
static bool check_unique(struct exchange *x, const struct draft *d, const struct row *before)
{
	const char *id = NULL;

	for (const struct unique *u = d->resource->uniques; u && u->says; u++) {
		const char *text = draft_text(d, u->fields[0]);

		if (!u->taken || !concerns(u, d, before))
			continue;
		if (!find_taken(x, d, u, &id))
			return false;
		if (!id)
			continue;
		fail_by(x, u->taken, u->fields[0], "%s; %s is that of '%s'", u->says,
			quoted(x, text), id);
		fail_param(x, u->fields[0], text);
		fail_param(x, "resource_id", id);
		return false;
	}
	return true;
}

bool check_reference(struct exchange *x, const struct reference *r, const struct body *said)
{
	return body_text(said, "id") || body_text(said, r->other) ||
	       fail_field(x, r->field, "%s: says no %s; expected its id, or its %s", r->field,
			  resources[r->resource].called, r->other);
}

bool write_reference(struct exchange *x, const struct reference *r, const struct body *said,
		     const struct row **row)
{
	const char *id = body_text(said, "id"), *other = body_text(said, r->other);
	struct row *found = NULL;

	if (!id && !op_look_up(x, r->find, &other, 1, &id))
		return false;
	if (id ? op_find(x, r->resource, id, &found) : op_not_found(x, r->resource, other)) {
		*row = found;
		return true;
	}
	fail_param(x, "field", r->field);
	return false;
}

bool write_rules(struct exchange *x, const struct rule *rules, size_t n, const char *const *values,
		 const char *field)
{
	for (size_t i = 0; i < n; i++) {
		struct stmt *s CLEANUP(stmt_endp) = db_query(x->db, &rules[i].query);
		const char *const *parts = rules[i].parts, *first, *second;
		enum step step;

		if (!s)
			return op_broke(x);
		for (unsigned v = 0; v < rules[i].nvalues; v++)
			stmt_bind(s, (int)v + 1, values[v]);
		step = stmt_step(s);
		if (step == STEP_DONE)
			continue;
		first = step == STEP_ROW ? stmt_text(s, 0) : NULL;
		second = step == STEP_ROW ? stmt_text(s, 1) : NULL;
		if (!first || !second)
			return op_broke(x);
		return fail_by(x, rules[i].error, field, "%s%s%s%s%s", parts[0], quote(x, first),
			       parts[1], quote(x, second), parts[2]);
	}
	return true;
}

bool write_all_found(struct exchange *x, enum resource_id resource, const char *field,
		     const char *ids)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const char *missing;

	buf_printf(&sql,
		   "SELECT j.value FROM json_each(?1) AS j LEFT JOIN %s AS t ON t.id = j.value"
		   " WHERE t.id IS NULL ORDER BY j.key LIMIT 1",
		   resources[resource].table);
	if (sql.bad)
		return op_short(x);
	if (!op_look_up(x, &(const struct query){ sql.text, QUERY_KEPT }, &ids, 1, &missing))
		return false;
	if (!missing)
		return true;
	op_not_found(x, resource, missing);
	fail_param(x, "field", field);
	return false;
}

/* ---- new rows -------------------------------------------------------------------------------- */

bool write_inside(struct exchange *x, struct change *c, struct draft *d, const char *owner,
		  size_t position)
{
	if (!draft_complete(d, c) || draft_insert(d, c, owner, position) != STEP_DONE)
		return op_broke(x);
	return true;
}

bool write_new(struct exchange *x, struct change *c, struct draft *d)
{
	if (!check_unique(x, d, NULL) || !write_inside(x, c, d, NULL, 0))
		return false;
	x->id = draft_text(d, "id");
	return true;
}

bool write_said(struct exchange *x, struct change *c)
{
	struct draft d;

	draft_begin(&d, x->op->resource);
	draft_say(&d, &x->body);
	return write_new(x, c, &d);
}

bool write_texts(struct exchange *x, const struct member *m, const char **json)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT((size_t)x->app->max_body * ESCAPED);

	buf_add_json_array(&text, m->texts, m->count);
	*json = text.bad ? NULL : arena_strdup(&x->arena, text.text);
	return *json || op_short(x);
}

bool write_links(struct exchange *x, const char *relation, const char *field)
{
	const struct resource *r = &resources[x->op->resource];
	const struct member *m = body_member(&x->body, field);

	for (size_t i = 0; i < m->count; i++)
		if (insert_link(x->db, &x->app->sql, r, resource_field(r, relation), x->id, i,
				m->texts[i]) != STEP_DONE)
			return op_broke(x);
	return true;
}

static bool create(struct exchange *x, struct change *c)
{
	return write_refers(x) && write_said(x, c);
}

bool op_create(struct exchange *x)
{
	return op_change(x, create);
}

/* ---- changes --------------------------------------------------------------------------------- */

bool write_changes(struct exchange *x, struct change *c, const struct row *row,
		   const struct pair *pairs, size_t n)
{
	const struct resource *r = row->resource;
	struct pair changed[FIELDS_MAX];
	size_t count = 0;
	struct draft d;

	draft_begin(&d, resource_number(r));
	for (size_t i = 0; i < r->nfields; i++)
		if (is_stored(&r->fields[i]))
			d.values[i] = row->cell[i].text;
	for (size_t i = 0; i < n; i++) {
		if (same_text(draft_text(&d, pairs[i].name), pairs[i].value))
			continue;
		draft_set(&d, pairs[i].name, pairs[i].value);
		changed[count++] = pairs[i];
	}
	if (count == 0)
		return true;
	if (!check_unique(x, &d, row))
		return false;
	change_follow(c, row_text(row, "updated_at"));
	changed[count++] = (struct pair){ "updated_at", c->now };
	return update_row(c->db, r, row_text(row, "id"), changed, count) || op_broke(x);
}

bool write_body(struct exchange *x, struct change *c, const struct row *row)
{
	struct pair pairs[FIELDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < x->body.count; i++) {
		const struct member *m = &x->body.members[i];

		if (m->set)
			pairs[n++] = (struct pair){ m->field->name, m->text };
	}
	return write_changes(x, c, row, pairs, n);
}

static bool patch(struct exchange *x, struct change *c)
{
	struct row *row;

	return op_find(x, x->op->resource, x->id, &row) && write_refers(x) && write_body(x, c, row);
}

bool op_patch(struct exchange *x)
{
	return op_change(x, patch);
}
