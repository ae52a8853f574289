/*
 * new_row.c - completing by the resource table.
 */
#include "api/new_row.h"

#include "store/insert.h"

void draft_begin(struct draft *d, enum resource_id resource)
{
	*d = (struct draft){ .resource = &resources[resource] };
}

static size_t place_of(const struct draft *d, const char *field)
{
	return (size_t)(resource_field(d->resource, field) - d->resource->fields);
}

void draft_set(struct draft *d, const char *field, const char *text)
{
	d->values[place_of(d, field)] = text;
}

const char *draft_text(const struct draft *d, const char *field)
{
	return d->values[place_of(d, field)];
}

void draft_say(struct draft *d, const struct body *body)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct member *m = &body->members[i];
		const struct field *f = resource_find_field(d->resource, m->field->name);

		if (m->set && f && is_stored(f) && !m->texts)
			d->values[f - d->resource->fields] = m->text;
	}
}

bool draft_complete(struct draft *d, struct change *c)
{
	const struct resource *r = d->resource;

	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (d->values[i] || !is_stored(f))
			continue;
		if (f->kind == K_ID)
			d->values[i] = change_ident(c, r);
		else if (f->preset)
			d->values[i] = f->kind == K_TIME ? c->now : f->preset;
		if (f->kind == K_ID && !d->values[i])
			return false;
	}
	for (size_t i = 0; i < r->nfields; i++)
		if (!d->values[i] && r->fields[i].same_as)
			d->values[i] = draft_text(d, r->fields[i].same_as);
	return true;
}

enum step draft_insert(const struct draft *d, struct change *c, const char *owner, size_t position)
{
	return insert_row(c->db, c->sql, d->resource, d->values, owner, position);
}
