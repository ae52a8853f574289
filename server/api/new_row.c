/* SPDX-License-Identifier: MIT
 * new_row.c - defaults by the resource table.
 */
#include "api/new_row.h"

#include "store/insert.h"

void new_row_init(struct new_row *row, enum resource_id resource)
{
	*row = (struct new_row){ .resource = &resources[resource] };
}

static size_t index_of(const struct new_row *row, const char *field)
{
	return (size_t)(resource_field(row->resource, field) - row->resource->fields);
}

void new_row_set(struct new_row *row, const char *field, const char *text)
{
	row->values[index_of(row, field)] = text;
}

const char *new_row_text(const struct new_row *row, const char *field)
{
	return row->values[index_of(row, field)];
}

void new_row_from_body(struct new_row *row, const struct body *body)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct member *m = &body->members[i];
		const struct field *f = resource_find_field(row->resource, m->field->name);

		if (m->set && f && is_stored(f) && !m->texts)
			row->values[f - row->resource->fields] = m->text;
	}
}

bool new_row_complete(struct new_row *row, struct tx *tx)
{
	const struct resource *r = row->resource;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (row->values[i] || !is_stored(f))
			continue;
		if (f->kind == K_ID)
			row->values[i] = tx_new_id(tx, r);
		else if (f->preset)
			row->values[i] = f->kind == K_TIME ? tx->now : f->preset;
		if (f->kind == K_ID && !row->values[i])
			return false;
	}
	for (size_t i = 0; i < r->nfields; i++)
		if (!row->values[i] && r->fields[i].same_as)
			row->values[i] = new_row_text(row, r->fields[i].same_as);
	return true;
}

enum step new_row_insert(const struct new_row *row, struct tx *tx, const char *owner,
			 size_t position)
{
	return insert_row(tx->db, tx->sql, row->resource, row->values, owner, position);
}
