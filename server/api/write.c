/* SPDX-License-Identifier: MIT
 * write.c - checks, then statements.
 */
#include "api/write.h"

#include "api/handler.h"
#include "http/exchange.h"
#include "model/value.h"
#include "store/insert.h"

enum { SQL_MAX = 4096, ESCAPED = 6 /* bytes that one byte of an id may become */ };

/* ---- checks ---------------------------------------------------------------------------------- */

bool write_check_refs(struct exchange *x)
{
	struct row *row;

	for (size_t i = 0; i < x->body.count; i++) {
		const struct member *m = &x->body.members[i];

		if (m->field->kind == K_REF && m->text &&
		    !op_find_by_body(x, m->field->refers, m->field->name, &row))
			return false;
	}
	return true;
}

/* Is a field of a rule set to another value than before? `before` is NULL for a new row. */
static bool is_changed(const struct unique *u, const struct new_row *new, const struct row *before)
{
	bool changed = !before;

	for (size_t i = 0; !changed && i < ARRAY_LEN(u->fields) && u->fields[i]; i++)
		changed =
		    !same_text(new_row_text(new, u->fields[i]), row_text(before, u->fields[i]));
	return changed;
}

/* *id becomes the id of a row that has the same values in a rule's fields, or NULL. */
static bool find_taken(struct exchange *x, const struct new_row *new, const struct unique *u,
		       const char **id)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const char *values[ARRAY_LEN(u->fields)];
	size_t n = 0;

	sql_taken(&sql, new->resource, u);
	for (; n < ARRAY_LEN(u->fields) && u->fields[n]; n++)
		values[n] = new_row_text(new, u->fields[n]);
	return !sql.bad &&
	       op_look_up(x, &(const struct query){ sql.text, QUERY_KEPT }, values, n, id);
}

/* Unique values must not be taken by another row (behaviour: section 9.3). */
static bool check_unique(struct exchange *x, const struct new_row *new, const struct row *before)
{
	const char *id = NULL;

	for (const struct unique *u = new->resource->uniques; u && u->says; u++) {
		const char *text = new_row_text(new, u->fields[0]);

		if (!u->taken || !is_changed(u, new, before))
			continue;
		if (!find_taken(x, new, u, &id))
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

bool write_check_ref_given(struct exchange *x, const struct body_ref *ref,
			   const struct body *object)
{
	return body_text(object, "id") || body_text(object, ref->other) ||
	       fail_field(x, ref->field, "%s: says no %s; expected its id, or its %s", ref->field,
			  resources[ref->resource].called, ref->other);
}

bool write_find_ref(struct exchange *x, const struct body_ref *ref, const struct body *object,
		    const struct row **row)
{
	const char *id = body_text(object, "id"), *other = body_text(object, ref->other);
	struct row *found = NULL;

	if (!id && !op_look_up(x, ref->find, &other, 1, &id))
		return false;
	if (id ? op_find(x, ref->resource, id, &found) : op_not_found(x, ref->resource, other)) {
		*row = found;
		return true;
	}
	fail_param(x, "field", ref->field);
	return false;
}

bool write_check_rules(struct exchange *x, const struct rule *rules, size_t n,
		       const char *const *values, const char *field)
{
	for (size_t i = 0; i < n; i++) {
		struct stmt *s CLEANUP(stmt_endp) = db_query(x->db, &rules[i].query);
		const char *const *parts = rules[i].parts, *first, *second;
		enum step step;

		if (!s)
			return op_db_error(x);
		for (unsigned v = 0; v < rules[i].nvalues; v++)
			stmt_bind(s, (int)v + 1, values[v]);
		step = stmt_step(s);
		if (step == STEP_DONE)
			continue;
		first = step == STEP_ROW ? stmt_text(s, 0) : NULL;
		second = step == STEP_ROW ? stmt_text(s, 1) : NULL;
		if (!first || !second)
			return op_db_error(x);
		return fail_by(x, rules[i].error, field, "%s%s%s%s%s", parts[0], quote(x, first),
			       parts[1], quote(x, second), parts[2]);
	}
	return true;
}

bool write_check_ids(struct exchange *x, enum resource_id resource, const char *field,
		     const char *ids)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const char *missing;

	buf_printf(&sql,
		   "SELECT j.value FROM json_each(?1) AS j LEFT JOIN %s AS t ON t.id = j.value"
		   " WHERE t.id IS NULL ORDER BY j.key LIMIT 1",
		   resources[resource].table);
	if (sql.bad ||
	    !op_look_up(x, &(const struct query){ sql.text, QUERY_KEPT }, &ids, 1, &missing))
		return false;
	if (!missing)
		return true;
	op_not_found(x, resource, missing);
	fail_param(x, "field", field);
	return false;
}

/* ---- new rows -------------------------------------------------------------------------------- */

bool write_owned(struct exchange *x, struct tx *tx, struct new_row *row, const char *owner,
		 size_t position)
{
	return (new_row_complete(row, tx) &&
		new_row_insert(row, tx, owner, position) == STEP_DONE) ||
	       op_db_error(x);
}

bool write_new(struct exchange *x, struct tx *tx, struct new_row *row)
{
	return check_unique(x, row, NULL) && write_owned(x, tx, row, NULL, 0);
}

bool write_from_body(struct exchange *x, struct tx *tx, const char **id)
{
	struct new_row row;

	new_row_init(&row, x->op->resource);
	new_row_from_body(&row, &x->body);
	if (!write_new(x, tx, &row))
		return false;
	*id = new_row_text(&row, "id");
	return true;
}

bool write_json_array(struct exchange *x, const struct member *m, const char **json)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT((size_t)x->app->options.max_body * ESCAPED);

	buf_add_json_array(&text, m->texts, m->count);
	*json = text.bad ? NULL : arena_strdup(&x->arena, text.text);
	return *json != NULL;
}

bool write_links(struct exchange *x, const char *id, const char *relation, const char *field)
{
	const struct resource *r = &resources[x->op->resource];
	const struct field *f = resource_field(r, relation);
	const struct member *m = body_member(&x->body, field);

	for (size_t i = 0; i < m->count; i++)
		if (insert_link(x->db, &x->app->sql, r, f, &(struct link){ id, i, m->texts[i] }) !=
		    STEP_DONE)
			return op_db_error(x);
	return true;
}

bool op_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	const char *id;

	return op_begin(x, &tx) && write_check_refs(x) && write_from_body(x, &tx, &id) &&
	       op_commit_row(x, &tx, id);
}

/* ---- changes --------------------------------------------------------------------------------- */

bool write_changes(struct exchange *x, struct tx *tx, const struct row *row,
		   const struct pair *pairs, size_t n)
{
	const struct resource *r = row->resource;
	struct pair changed[FIELDS_MAX];
	struct new_row new;
	size_t count = 0;

	new_row_init(&new, resource_number(r));
	for (size_t i = 0; i < r->nfields; i++)
		if (is_stored(&r->fields[i]))
			new.values[i] = row->cell[i].text;
	for (size_t i = 0; i < n; i++) {
		if (same_text(new_row_text(&new, pairs[i].name), pairs[i].value))
			continue;
		new_row_set(&new, pairs[i].name, pairs[i].value);
		changed[count++] = pairs[i];
	}
	if (count == 0)
		return true;
	if (!check_unique(x, &new, row))
		return false;
	tx_date_after(tx, row_text(row, "updated_at"));
	changed[count++] = (struct pair){ "updated_at", tx->now };
	return update_row(tx->db, r, row_text(row, "id"), changed, count) || op_db_error(x);
}

bool write_body(struct exchange *x, struct tx *tx, const struct row *row)
{
	struct pair pairs[FIELDS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < x->body.count; i++) {
		const struct member *m = &x->body.members[i];

		if (m->set)
			pairs[n++] = (struct pair){ m->field->name, m->text };
	}
	return write_changes(x, tx, row, pairs, n);
}

bool op_patch(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct row *row;

	return op_begin(x, &tx) && op_find(x, x->op->resource, x->id, &row) &&
	       write_check_refs(x) && write_body(x, &tx, row) && op_commit_row(x, &tx, x->id);
}
