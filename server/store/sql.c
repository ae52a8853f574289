/* SPDX-License-Identifier: MIT
 * sql.c - composes SELECT and INSERT by the resource table.
 */
#include "store/sql.h"

/* Texts go to the arena; slots are numbered in order. */
struct composer {
	struct arena *arena;
	struct buf text;
	unsigned slots;
	bool ok;
};

/* Make a query of c->text, and empty it. */
static struct query finish(struct composer *c)
{
	struct query q = { .sql = NULL, .slot = c->slots++ };

	if (!c->text.bad)
		q.sql = arena_strdup(c->arena, c->text.text);
	if (!q.sql || q.slot >= QUERY_SLOTS)
		c->ok = false;
	buf_clear(&c->text);
	return q;
}

/* Add a field of t, as SQL. */
static void add_field(struct buf *out, const struct field *f)
{
	if (f->sql)
		buf_add(out, f->sql);
	else
		buf_printf(out, "t.%s", f->name);
}

static void add_columns(struct buf *out, const struct resource *r)
{
	const char *comma = "";

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (!is_selected(f))
			continue;
		buf_add(out, comma);
		add_field(out, f);
		comma = ", ";
	}
}

const struct field *sql_owner(const struct resource *owned)
{
	for (size_t i = 0; i < R_COUNT; i++)
		for (size_t n = 0; n < resources[i].nfields; n++) {
			const struct field *f = &resources[i].fields[n];

			if (is_owned(f) && &resources[f->relation->target] == owned)
				return f;
		}
	return NULL;
}

static struct query compose_insert(struct composer *c, const struct resource *r)
{
	const struct field *owner = sql_owner(r);
	unsigned count = 0;

	buf_printf(&c->text, "INSERT INTO %s (", r->table);
	if (owner) {
		const bool many = owner->kind == K_MANY;

		buf_printf(&c->text, "%s%s", owner->relation->near, many ? ", position" : "");
		count = 1 + many;
	}
	for (size_t i = 0; i < r->nfields; i++)
		if (is_stored(&r->fields[i]))
			buf_printf(&c->text, "%s%s", count++ ? ", " : "", r->fields[i].name);
	buf_add(&c->text, ") VALUES (");
	for (unsigned i = 1; i <= count; i++)
		buf_printf(&c->text, "%s?%u", i > 1 ? ", " : "", i);
	buf_add(&c->text, ")");
	return finish(c);
}

/* CROSS JOIN fixes the order, key by key: for a condition that looks selective, the library would
 * start with all rows that meet it. */
static const char by_keys[] = " FROM json_each(?1) AS k CROSS JOIN";

static struct query compose_get(struct composer *c, const struct resource *r, bool many)
{
	buf_add(&c->text, "SELECT ");
	add_columns(&c->text, r);
	buf_printf(&c->text, "%s %s AS t WHERE t.%s = %s", many ? by_keys : " FROM", r->table,
		   r->key, many ? "k.value" : "?1");
	return finish(c);
}

static struct query compose_related(struct composer *c, const struct field *f)
{
	const struct relation *rel = f->relation;
	const struct resource *target = &resources[rel->target];
	const char *side = rel->link ? "l" : "t";

	buf_printf(&c->text, "SELECT %s.%s, ", side, rel->near);
	if (rel->link)
		buf_printf(&c->text, "l.%s", rel->far);
	else
		add_columns(&c->text, target);
	buf_printf(&c->text, "%s %s AS %s WHERE %s.%s = k.value", by_keys,
		   rel->link ? rel->link : target->table, side, side, rel->near);
	if (rel->where)
		buf_printf(&c->text, " AND %s", rel->where);
	if (f->kind == K_MANY)
		buf_printf(&c->text, " ORDER BY %s.position", side);
	return finish(c);
}

bool sql_compose(struct sql *sql, struct arena *a)
{
	struct composer c = { .arena = a, .text = BUF_INIT(8192), .ok = true };

	*sql = (struct sql){ 0 };
	for (size_t i = 0; i < R_COUNT; i++) {
		const struct resource *r = &resources[i];

		sql->get[i] = compose_get(&c, r, false);
		sql->get_many[i] = compose_get(&c, r, true);
		buf_printf(&c.text, "SELECT 1 FROM %s WHERE %s = ?1", r->table, r->key);
		sql->has[i] = finish(&c);
		sql->insert[i] = compose_insert(&c, r);
		for (size_t n = 0; n < r->nfields; n++) {
			const struct field *f = &r->fields[n];

			if (!is_relation(f))
				continue;
			if (!resource_ref_column(r, f))
				sql->related[i][n] = compose_related(&c, f);
			if (!f->relation->ids)
				continue;
			buf_printf(&c.text, "INSERT INTO %s (%s, position, %s) VALUES (?1, ?2, ?3)",
				   f->relation->link, f->relation->near, f->relation->far);
			sql->link[i][n] = finish(&c);
		}
	}
	buf_free(&c.text);
	return c.ok;
}

void sql_taken(struct buf *out, const struct resource *r, const struct unique *u)
{
	buf_printf(out, "SELECT id FROM %s WHERE", r->table);
	for (size_t n = 0; n < ARRAY_LEN(u->fields) && u->fields[n]; n++) {
		const struct field *f = resource_field(r, u->fields[n]);

		/* As the index in schema.sql has it: nulls would be different. */
		buf_printf(out,
			   f->flags & F_NULL ? "%s ifnull(%s, '') = ifnull(?%zu, '')"
					     : "%s %s = ?%zu",
			   n ? " AND" : "", f->name, n + 1);
	}
	if (u->when[0])
		buf_printf(out, " AND %s = '%s'", u->when[0], u->when[1]);
}

void sql_select(struct buf *out, const struct resource *r)
{
	buf_add(out, "SELECT ");
	add_columns(out, r);
	buf_printf(out, " FROM %s AS t", r->table);
}

/* Add a condition: a parameter, which is a single value or a JSON array of values. */
static void add_filter(struct buf *out, const struct filter *f, bool single, size_t parameter)
{
	if (f->field->matching)
		buf_add(out, f->field->matching);
	else
		add_field(out, f->field);
	buf_printf(out, single ? " = ?%zu" : " IN (SELECT value FROM json_each(?%zu))", parameter);
	if (f->field->matching)
		buf_addc(out, ')');
}

/* Add all filters. `single` is 0, or the parameter of a single value of the leading filter. */
static void add_filters(struct buf *out, const struct list_query *l, size_t lead, size_t single)
{
	for (size_t i = 0; i < l->nfilters; i++) {
		const struct filter *f = &l->filters[i];

		/* A plus keeps the library from using an index for the expression. */
		buf_printf(out, "%s%s", i == 0 ? " WHERE " : " AND ", i == lead ? "" : "+");
		if (i == lead && single)
			add_filter(out, f, true, single);
		else
			add_filter(out, f, f->count == 1, i + 1);
	}
}

bool sql_merges(const struct list_query *l, size_t lead)
{
	return lead < l->nfilters && l->filters[lead].count > 1 &&
	       l->filters[lead].count <= FILTER_FEW;
}

int sql_column(const struct resource *r, const struct field *f)
{
	int n = 0;

	for (const struct field *g = r->fields; g < f; g++)
		n += is_selected(g);
	return n;
}

void sql_list(struct buf *out, const struct resource *r, const struct list_query *l, size_t lead)
{
	const size_t limit = l->nfilters + 1, offset = limit + 1;
	const bool merges = sql_merges(l, lead);

	sql_select(out, r);
	add_filters(out, l, lead, merges ? offset + 1 : 0);
	/* The index gives each value's rows in order; the library merges them. */
	for (size_t n = 1; merges && n < l->filters[lead].count; n++) {
		buf_add(out, " UNION ALL ");
		sql_select(out, r);
		add_filters(out, l, lead, offset + 1 + n);
	}
	for (size_t i = 0; i < l->norders; i++) {
		buf_add(out, i == 0 ? " ORDER BY " : ", ");
		if (merges)
			buf_printf(out, "%d", sql_column(r, l->orders[i].field) + 1);
		else
			add_field(out, l->orders[i].field);
		buf_add(out, l->orders[i].ascending ? " ASC" : " DESC");
	}
	buf_printf(out, " LIMIT ?%zu OFFSET ?%zu", limit, offset);
}

void sql_count(struct buf *out, const struct resource *r, const struct list_query *l, size_t lead)
{
	buf_printf(out, "SELECT count(*) FROM %s AS t", r->table);
	add_filters(out, l, lead, 0);
}

void sql_probe(struct buf *out, const struct resource *r, const struct list_query *l, size_t i)
{
	buf_printf(out, "SELECT count(*) FROM (SELECT 1 FROM %s AS t WHERE ", r->table);
	add_filter(out, &l->filters[i], l->filters[i].count == 1, 2);
	buf_add(out, " LIMIT ?1)");
}
