/*
 * fixture.c - storing a world, and holding what it says of derived values against what the database
 * makes of them.
 */
#include "fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "complete.h"
#include "insert.h"
#include "join.h"
#include "world.h"

struct load {
	struct world world;
	struct db *db;
	const struct sql *sql;
	const char *failed;   /* the database did, not the fixtures: why; NULL: it did not */
	bool broken[R_COUNT]; /* there are broken records of it */
	bool incomplete;      /* a record was left out for want of a value */
};

static void failed(struct load *l)
{
	const char *why = arena_strdup(&l->world.arena, db_error(l->db));

	l->failed = why ? why : "out of memory";
}

/* ---- storing --------------------------------------------------------------------------------- */

static enum step store_values(struct load *l, struct record *r)
{
	const char *values[FIELDS_MAX];

	for (size_t i = 0; i < r->resource->nfields; i++)
		values[i] = r->given[i].text;
	return insert_row(l->db, l->sql, r->resource, values, r->owner ? r->owner->id : NULL,
			  r->position);
}

static void store_links(struct load *l, struct record *r, size_t i)
{
	const struct field *f = &r->resource->fields[i];
	const struct given *given = &r->given[i];

	for (size_t k = 0; k < given->nids; k++) {
		enum step step =
		    insert_link(l->db, l->sql, r->resource, f, r->id, k, given->ids[k]);

		if (step == STEP_TAKEN)
			record_problem_item(&l->world, r, f->name, k, "names '%s' twice",
					    given->ids[k]);
		else if (step != STEP_DONE)
			failed(l);
	}
}

/* Would a value have come from a record that is broken, and is reported as such? */
static bool lacks_a_value(const struct record *r)
{
	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];

		if (is_stored(f) && !r->given[i].text && !may_be_null(f))
			return true;
	}
	return false;
}

static void store_record(struct load *l, struct record *r)
{
	if (r->broken)
		return;
	if (lacks_a_value(r)) {
		for (struct record *whole = r; whole; whole = whole->owner)
			whole->broken = true;
		l->incomplete = true;
		return;
	}
	if (store_values(l, r) != STEP_DONE) {
		failed(l);
		return;
	}
	for (size_t i = 0; i < r->resource->nfields && !l->failed; i++) {
		const struct field *f = &r->resource->fields[i];

		for (struct record *owned = r->given[i].first; owned; owned = owned->next)
			store_record(l, owned);
		if (is_relation(f) && f->relation->ids)
			store_links(l, r, i);
	}
}

/* ---- what is derived ------------------------------------------------------------------------- */

/* Given, and not stored as it is given: the server's own answer must be the same. */
static bool is_claim(const struct field *f, const struct given *given)
{
	bool derived = is_relation(f) ? !is_owned(f) && !f->relation->ids : !is_stored(f);

	return given->set && derived;
}

static void check_claim(struct load *l, struct record *r, size_t i, const struct row *row)
{
	const struct field *f = &r->resource->fields[i];
	const struct given *given = &r->given[i];
	const char *claim = given->text, *is;

	if (is_relation(f)) {
		claim = given->nids ? given->ids[0] : NULL;
		is = row->cell[i].rows.first ? row_text(row->cell[i].rows.first, "id") : NULL;
	} else {
		is = row_value(row, i);
	}
	if (same_text(claim, is))
		return;
	record_problem(&l->world, r, f->name, "says %s, but it follows from the rest that it is %s",
		       world_quote(&l->world, claim), world_quote(&l->world, is));
	r->broken = false; /* a wrong claim is no reason to doubt what leans on the record */
}

/* Does the record refer to one that is broken, and so cannot say what would follow from it? */
static bool leans_on_broken(struct load *l, struct record *r)
{
	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];
		const struct record *to = f->kind == K_REF && r->given[i].text
					      ? world_find(&l->world, f->refers, r->given[i].text)
					      : NULL;

		if (to && to->broken)
			return true;
	}
	return false;
}

/* The same of a relation: could what it leads to, or goes through, be a broken record? */
static bool leads_to_broken(struct load *l, const struct field *f)
{
	const struct relation *rel = f->relation;

	for (size_t i = 0; rel && i < R_COUNT; i++)
		if (l->broken[i] &&
		    (rel->target == i || (rel->link && streq(rel->link, resources[i].table))))
			return true;
	return false;
}

static void check_claims(struct load *l, struct record *r)
{
	const struct join join = {
		.db = l->db, .sql = l->sql, .arena = &l->world.arena, .version = V_NEWEST
	};
	struct expansion claimed[FIELDS_MAX], *tree = NULL;
	struct row *row;
	size_t claims = 0;

	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];

		if (!is_claim(f, &r->given[i]) || leads_to_broken(l, f))
			continue;
		claimed[claims] = (struct expansion){ .field = f, .next = tree };
		if (is_relation(f))
			tree = &claimed[claims];
		claims++;
	}
	if (claims == 0 || r->broken || leans_on_broken(l, r))
		return;
	if (!join_get(&join, resource_number(r->resource), r->id, tree, &row)) {
		failed(l);
		return;
	}
	for (size_t i = 0; row && i < r->resource->nfields; i++)
		if (is_claim(&r->resource->fields[i], &r->given[i]) &&
		    !leads_to_broken(l, &r->resource->fields[i]))
			check_claim(l, r, i, row);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void store_world(struct load *l)
{
	for (struct record *r = l->world.first; r && !l->failed; r = r->next)
		store_record(l, r);
	for (struct record *r = l->world.first; r; r = r->next)
		l->broken[resource_number(r->resource)] |= r->broken;
	for (struct record *r = l->world.first; r && !l->failed; r = r->next)
		check_claims(l, r);
}

bool fixtures_load(const struct destination *to, const struct source *sources, size_t n,
		   struct problems *problems)
{
	struct db *db = to->db;
	struct load load = { .db = db, .sql = to->sql };
	struct world *w = &load.world;

	world_init(w, problems, to->now, to->ident);
	for (size_t i = 0; i < n; i++)
		world_add(w, sources[i].name, sources[i].text, sources[i].len);
	world_complete(w);
	if (!db_write(db)) {
		failed(&load);
	} else {
		store_world(&load);
		if (load.failed || load.incomplete || w->out_of_memory || problems->count > 0)
			db_rollback(db);
		else if (!db_commit(db))
			failed(&load);
	}
	if (w->out_of_memory)
		problem(problems, "fixtures", NULL, "out of memory");
	else if (load.failed)
		problem(problems, "fixtures", NULL, "the database failed: %s", load.failed);
	else if (load.incomplete && problems->count == 0)
		problem(problems, "fixtures", NULL, "a value is missing, and nothing says why");
	world_free(w);
	return problems->count == 0;
}

bool source_read(struct source *source, const char *path, struct problems *problems)
{
	struct buf text = BUF_INIT(1 << 30);
	FILE *file = fopen(path, "rbe");
	char piece[64 * 1024];
	size_t n;
	bool ok;

	*source = (struct source){ .name = path };
	buf_add(&text, ""); /* an empty file has a text, too */
	errno = file ? 0 : errno;
	while (file && (n = fread(piece, 1, sizeof piece, file)) > 0 && !text.bad)
		buf_addn(&text, piece, n);
	ok = file && !ferror(file) && !text.bad;
	if (!ok)
		problem(problems, path, NULL, "cannot be read: %s",
			text.bad ? "too large" : strerror(errno));
	if (file)
		fclose(file);
	source->text = text.text;
	source->len = text.len;
	return ok;
}

void source_free(struct source *source)
{
	free((char *)source->text);
}
