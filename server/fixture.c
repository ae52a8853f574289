/*
 * fixture.c - storing a world, and holding what it says of derived values against what the database
 * makes of them.
 */
#include "fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "complete.h"
#include "join.h"
#include "world.h"

struct load {
	struct world world;
	struct db *db;
	const struct sql *sql;
	const char *failed; /* the database did, not the fixtures: why; NULL: it did not */
};

static void failed(struct load *l)
{
	const char *why = arena_strdup(&l->world.arena, db_error(l->db));

	l->failed = why ? why : "out of memory";
}

/* ---- what is taken --------------------------------------------------------------------------- */

/* The key of the row that has the same values in the fields of a unique row, or NULL. */
static const char *who_has(struct load *l, struct record *r, const struct unique *u)
{
	const struct field *owner = sql_owner(r->resource);
	struct buf text CLEANUP(buf_free) = BUF_INIT(1024);
	struct query q = { .slot = QUERY_ONCE };
	const char *key = NULL;
	struct stmt *s;
	int n = 0;

	buf_printf(&text, "SELECT %s FROM %s WHERE true", r->resource->key, r->resource->table);
	for (size_t i = 0; i < ARRAY_LEN(u->fields) && u->fields[i]; i++)
		buf_printf(&text, " AND %s IS ?%zu", u->fields[i], i + 1);
	if (u->where)
		buf_printf(&text, " AND %s", u->where);
	if (owner)
		buf_printf(&text, " AND %s = ?3", owner->relation->near);
	q.sql = text.text;
	s = text.bad ? NULL : db_query(l->db, &q);
	if (!s) {
		failed(l);
		return NULL;
	}
	for (; n < (int)ARRAY_LEN(u->fields) && u->fields[n]; n++)
		stmt_bind(s, n + 1, record_text(r, u->fields[n]));
	if (owner)
		stmt_bind(s, 3, r->owner->id);
	if (stmt_step(s) == STEP_ROW)
		key = arena_strdup(&l->world.arena, stmt_text(s, 0));
	stmt_end(s);
	return key;
}

/* Say which rule a record breaks that could not be stored because another is alike. */
static void explain_taken(struct load *l, struct record *r)
{
	const struct unique *u = r->resource->uniques;

	for (; u && u->says; u++) {
		const char *key = who_has(l, r, u);
		struct record *other;

		if (!key)
			continue;
		other = world_find(&l->world, resource_number(r->resource), key);
		record_problem(&l->world, r, u->fields[0], "%s%s%s%s%s", u->says,
			       other ? "; so has " : "", other ? other->at.file : "",
			       other ? ": " : "", other ? other->at.pointer : "");
		return;
	}
	failed(l);
}

/* ---- storing --------------------------------------------------------------------------------- */

static enum step insert(struct load *l, struct record *r)
{
	const struct field *owner = sql_owner(r->resource);
	struct stmt *s CLEANUP(stmt_endp) =
	    db_query(l->db, &l->sql->insert[resource_number(r->resource)]);
	int n = 1;

	if (!s)
		return STEP_FAILED;
	if (owner)
		stmt_bind(s, n++, r->owner->id);
	if (owner && owner->kind == K_MANY)
		stmt_bind_int(s, n++, (int64_t)r->position);
	for (size_t i = 0; i < r->resource->nfields; i++)
		if (is_stored(&r->resource->fields[i]))
			stmt_bind(s, n++, r->given[i].text);
	return stmt_step(s);
}

static void store_links(struct load *l, struct record *r, size_t i)
{
	const struct given *given = &r->given[i];

	for (size_t k = 0; k < given->nids; k++) {
		struct stmt *s CLEANUP(stmt_endp) =
		    db_query(l->db, &l->sql->link[resource_number(r->resource)][i]);
		enum step step = STEP_FAILED;

		if (s) {
			stmt_bind(s, 1, r->id);
			stmt_bind_int(s, 2, (int64_t)k);
			stmt_bind(s, 3, given->ids[k]);
			step = stmt_step(s);
		}
		if (step == STEP_TAKEN)
			record_problem(&l->world, r, r->resource->fields[i].name,
				       "names '%s' twice", given->ids[k]);
		else if (step != STEP_DONE)
			failed(l);
	}
}

static void store_record(struct load *l, struct record *r)
{
	enum step step;

	if (r->broken)
		return;
	if (!r->id && resource_field(r->resource, "id"))
		r->id = record_text(r, "id");
	step = insert(l, r);
	if (step == STEP_TAKEN)
		explain_taken(l, r);
	if (step == STEP_FAILED)
		failed(l);
	if (step != STEP_DONE)
		return;
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
	const char *claim = given->text, *is = row->cell[i].text;

	if (is_relation(f)) {
		claim = given->nids ? given->ids[0] : NULL;
		is = row->cell[i].rows.first ? row_text(row->cell[i].rows.first, "id") : NULL;
	} else if (f->derive) {
		is = f->derive(row_text(row, f->from[0]), row_text(row, f->from[1]));
	}
	if (claim != is && (!claim || !is || !streq(claim, is)))
		record_problem(&l->world, r, f->name,
			       "says '%s', but it follows from the rest that "
			       "it is '%s'",
			       claim ? claim : "null", is ? is : "null");
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

		if (!is_claim(f, &r->given[i]))
			continue;
		claimed[claims] = (struct expansion){ .field = f, .next = tree };
		if (is_relation(f))
			tree = &claimed[claims];
		claims++;
	}
	if (claims == 0 || r->broken)
		return;
	if (!join_get(&join, resource_number(r->resource), r->id, tree, &row)) {
		failed(l);
		return;
	}
	for (size_t i = 0; row && i < r->resource->nfields; i++)
		if (is_claim(&r->resource->fields[i], &r->given[i]))
			check_claim(l, r, i, row);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void store_world(struct load *l)
{
	for (struct record *r = l->world.first; r && !l->failed; r = r->next)
		store_record(l, r);
	for (struct record *r = l->world.first; r && !l->failed; r = r->next)
		check_claims(l, r);
}

bool fixtures_load(struct db *db, const struct sql *sql, const struct source *sources, size_t n,
		   struct problems *problems)
{
	struct load load = { .db = db, .sql = sql };
	struct world *w = &load.world;

	world_init(w, problems);
	for (size_t i = 0; i < n; i++)
		world_add(w, sources[i].name, sources[i].text, sources[i].len);
	world_complete(w);
	if (!db_write(db)) {
		failed(&load);
	} else {
		store_world(&load);
		if (load.failed || w->out_of_memory || problems->count > 0)
			db_rollback(db);
		else if (!db_commit(db))
			failed(&load);
	}
	if (w->out_of_memory)
		problem(problems, "fixtures", NULL, "out of memory");
	else if (load.failed && problems->count == 0)
		problem(problems, "fixtures", NULL, "the database failed: %s", load.failed);
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
