/*
 * fixture.c - storing worlds, and holding what they say of derived values against what the database
 * makes of them.
 */
#include "fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "complete.h"
#include "forest.h"
#include "idset.h"
#include "insert.h"
#include "join.h"
#include "lines.h"
#include "world.h"

enum { SQL_MAX = 4096, INDEXES_MAX = 1 << 20 };

struct load {
	struct world world;
	struct db *db;
	const struct sql *sql;
	struct problems *problems;
	char failed[256];      /* the database did, not the fixtures: why; empty: it did not */
	bool any[R_COUNT];     /* there are rows of it */
	bool broken[R_COUNT];  /* there are broken records of it */
	bool incomplete;       /* a record was left out for want of a value */
	struct idset left_out; /* the broken ones: what leans on them is not reported */
	bool unread;           /* there was a line of which nobody knows what it is, */
	struct idset missed;   /* so what is missing is reported once */
	struct forest forests[R_COUNT];
	struct problems mute; /* where nothing is to be reported again */
};

static void failed(struct load *l)
{
	if (!l->failed[0])
		snprintf(l->failed, sizeof l->failed, "%s", db_error(l->db));
}

static bool goes_on(const struct load *l)
{
	return !l->failed[0] && !l->world.out_of_memory;
}

/* ---- what is stored already ------------------------------------------------------------------ */

/* Does a statement that asks for one text, of these texts, give a row? */
static bool has_row(struct load *l, const struct query *q, const char *text)
{
	bool has = true;

	if (!db_has(l->db, q, &text, 1, &has))
		failed(l);
	return has;
}

static bool known_has(void *of, enum resource_id resource, const char *id)
{
	struct load *l = of;

	if (l->failed[0] || idset_has(&l->left_out, resource, id) ||
	    idset_has(&l->missed, resource, id) ||
	    (l->any[resource] && has_row(l, &l->sql->has[resource], id)))
		return true;
	if (l->unread)
		idset_add(&l->missed, resource, id);
	return false;
}

static const struct row *known_read(void *of, struct arena *a, enum resource_id resource,
				    const char *id, const struct expansion *tree)
{
	struct load *l = of;
	const struct join join = { .db = l->db, .sql = l->sql, .arena = a, .version = V_NEWEST };
	struct row *row = NULL;

	if (!l->failed[0] && l->any[resource] && !join_get(&join, resource, id, tree, &row))
		failed(l);
	return row;
}

/* The text that a statement of these texts gives, in the arena; NULL where it gives none. */
static const char *look_up(struct load *l, const struct buf *sql, const char *const *texts,
			   size_t n)
{
	struct stmt *s CLEANUP(stmt_endp) =
	    sql->bad ? NULL : db_query(l->db, &(const struct query){ sql->text, QUERY_KEPT });
	enum step step = STEP_FAILED;
	const char *found = NULL;

	for (size_t i = 0; s && i < n; i++)
		stmt_bind(s, (int)i + 1, texts[i]);
	if (s)
		step = stmt_step(s);
	if (step == STEP_ROW) {
		found = stmt_text(s, 0);
		found = found ? arena_strdup(&l->world.arena, found) : NULL;
	}
	if (step != STEP_DONE && !found)
		failed(l);
	return found;
}

/* Is there another row with the record's values of a rule? Then that is a problem. */
static bool check_rule(struct load *l, struct record *r, const struct unique *u)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const char *values[ARRAY_LEN(u->fields)], *id;
	size_t n = 0;

	sql_taken(&sql, r->resource, u);
	for (; n < ARRAY_LEN(u->fields) && u->fields[n]; n++)
		values[n] = record_text(r, u->fields[n]);
	id = look_up(l, &sql, values, n);
	if (id)
		record_problem(&l->world, r, u->fields[0], "%s; so has '%s'", u->says, id);
	return id;
}

/* The same of the id of what lives inside another. */
static bool check_inner_id(struct load *l, struct record *r)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	const char *id;

	if (!r->owner || !r->id)
		return false;
	buf_printf(&sql, "SELECT %s FROM %s WHERE id = ?1", sql_owner(r->resource)->relation->near,
		   r->resource->table);
	id = look_up(l, &sql, &r->id, 1);
	if (id)
		record_problem(&l->world, r, "id", "ids are unique; so has a %s of '%s'",
			       r->resource->called, id);
	return id;
}

/* Report what the record shares with rows though no two may; was there anything? What it shares
 * with another record before it has been reported. */
static bool check_taken(struct load *l, struct record *r)
{
	bool taken = check_inner_id(l, r);

	for (const struct unique *u = r->resource->uniques; !r->owner && u && u->says; u++)
		if (record_holds(&l->world, r, u))
			taken |= check_rule(l, r, u);
	return taken;
}

/* Of those that will not be stored, which would show it. */
static void check_broken(struct load *l, struct record *r)
{
	if (r->stored || !r->broken || !goes_on(l))
		return;
	check_taken(l, r);
	for (size_t i = 0; i < r->resource->nfields; i++)
		for (struct record *owned = r->given[i].first; owned; owned = owned->next)
			check_inner_id(l, owned);
}

/* ---- storing --------------------------------------------------------------------------------- */

static enum step store_values(struct load *l, struct record *r)
{
	const char *values[FIELDS_MAX];

	for (size_t i = 0; i < r->resource->nfields; i++)
		values[i] = r->given[i].text;
	l->any[resource_number(r->resource)] = true;
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

static bool store_row(struct load *l, struct record *r)
{
	enum step step;

	if (lacks_a_value(r)) {
		for (struct record *whole = r; whole; whole = whole->owner)
			whole->broken = true;
		l->incomplete = true;
		return false;
	}
	step = store_values(l, r);
	if (step == STEP_DONE)
		return true;
	if (step != STEP_TAKEN || !check_taken(l, r))
		failed(l);
	return false;
}

/* Store a record, or what there is to be added inside one that is stored. */
static void store_record(struct load *l, struct record *r)
{
	if (r->broken || (!r->stored && !store_row(l, r)))
		return;
	for (size_t i = 0; i < r->resource->nfields && goes_on(l); i++) {
		const struct field *f = &r->resource->fields[i];

		for (struct record *owned = r->given[i].first; owned; owned = owned->next)
			store_record(l, owned);
		if (!r->stored && is_relation(f) && f->relation->ids)
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

/* What a claim is of, as the rest makes it: told by the record itself, or by its row. */
static const char *truth(struct record *r, size_t i, const struct row *row)
{
	const struct field *f = &r->resource->fields[i];

	if (f->derive)
		return f->derive(record_text(r, f->from[0]), record_text(r, f->from[1]));
	if (!is_relation(f))
		return row->cell[i].text;
	return row->cell[i].rows.first ? row_text(row->cell[i].rows.first, "id") : NULL;
}

static void check_claim(struct load *l, struct record *r, size_t i, const struct row *row)
{
	const struct field *f = &r->resource->fields[i];
	const struct given *given = &r->given[i];
	const char *is = truth(r, i, row);
	const char *claim = !is_relation(f) ? given->text : given->nids ? given->ids[0] : NULL;

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
		const char *id = f->kind == K_REF ? r->given[i].text : NULL;
		const struct record *to = id ? world_find(&l->world, f->refers, id) : NULL;

		if (to ? to->broken : id && idset_has(&l->left_out, f->refers, id))
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

/* Can the claim be looked into? Not where it could follow from something broken. */
static bool is_checked(struct load *l, struct record *r, size_t i)
{
	const struct field *f = &r->resource->fields[i];

	return is_claim(f, &r->given[i]) && !leads_to_broken(l, f);
}

static void check_claims(struct load *l, struct record *r)
{
	struct expansion claimed[FIELDS_MAX], *tree = NULL;
	const struct row *row = NULL;
	bool any = false, of_row = false;

	for (size_t i = 0; i < r->resource->nfields; i++) {
		const struct field *f = &r->resource->fields[i];

		if (!is_checked(l, r, i))
			continue;
		claimed[i] = (struct expansion){ .field = f, .next = tree };
		if (is_relation(f))
			tree = &claimed[i];
		any = true;
		of_row |= !f->derive;
	}
	if (!any || r->broken || leans_on_broken(l, r))
		return;
	if (of_row) {
		row = known_read(l, &l->world.arena, resource_number(r->resource), r->id, tree);
		if (!row)
			return; /* noted, or not stored for a reason that has been given */
	}
	for (size_t i = 0; i < r->resource->nfields; i++)
		if (is_checked(l, r, i))
			check_claim(l, r, i, row);
}

/* ---- a world --------------------------------------------------------------------------------- */

/* Store what has been added to the world, as far as it is right, and report where it is not. */
static void store_world(struct load *l)
{
	struct world *w = &l->world;

	world_complete(w);
	for (struct record *r = w->first; r; r = r->next)
		check_broken(l, r);
	for (struct record *r = w->first; r && goes_on(l); r = r->next)
		store_record(l, r);
	for (struct record *r = w->first; r; r = r->next) {
		l->broken[resource_number(r->resource)] |= r->broken;
		if (r->broken && !r->stored && r->id)
			idset_add(&l->left_out, resource_number(r->resource), r->id);
	}
	for (struct record *r = w->first; r && goes_on(l); r = r->next)
		check_claims(l, r);
}

static void add_documents(struct load *l, const struct source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!sources[i].stream)
			world_add(&l->world, sources[i].name, sources[i].text, sources[i].len);
	store_world(l);
}

/* ---- streams --------------------------------------------------------------------------------- */

static bool is_blank(const char *line, size_t len)
{
	size_t i = 0;

	while (i < len && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
		i++;
	return i == len;
}

/* Put a line into the world, which is emptied before. */
static void read_line(struct load *l, const char *file, size_t number, const char *line, size_t len)
{
	const char *nul = memchr(line, '\0', len);

	world_clear(&l->world);
	if (nul) {
		const struct place at = { .file = file,
					  .line = number,
					  .column = (size_t)(nul - line) + 1 };

		problem_in(l->world.problems, &at, "a NUL byte");
		l->unread = true;
	} else if (!world_add_line(&l->world, file, number, line, len)) {
		l->unread = true;
	}
}

/* Read a stream and do something with the world of each line. */
static void each_line(struct load *l, const struct source *source, void (*visit)(struct load *))
{
	struct lines lines CLEANUP(lines_close) = { 0 };
	enum lines_read got = LINES_FAILED;
	const char *line;
	size_t len;

	if (source->text)
		lines_of_text(&lines, source->text, source->len);
	if (source->text || lines_of_file(&lines, source->name))
		while (goes_on(l) && (got = lines_next(&lines, &line, &len)) < LINES_END) {
			const struct place at = { .file = source->name, .line = lines.number };

			if (got == LINES_LONG) {
				problem_in(l->world.problems, &at, "a line of more than %d bytes",
					   LINE_MAX_BYTES);
				l->unread = true;
			} else if (!is_blank(line, len)) {
				read_line(l, source->name, lines.number, line, len);
				visit(l);
			}
		}
	if (goes_on(l) && got == LINES_FAILED)
		problem(l->world.problems, source->name, NULL, "cannot be read: %s",
			errno == ESPIPE ? "a stream must be a regular file" : strerror(errno));
}

static void each_stream(struct load *l, const struct source *sources, size_t n,
			void (*visit)(struct load *))
{
	for (size_t i = 0; i < n && goes_on(l); i++)
		if (sources[i].stream)
			each_line(l, &sources[i], visit);
}

/* Report what the whole has shown to be wrong with a record's parent. */
static void check_parent(struct load *l, struct record *r)
{
	const struct field *up = resource_own_ref(r->resource);
	const char *id = up ? record_text(r, up->name) : NULL;
	bool circle;

	if (!id || !r->id)
		return;
	if (!known_has(l, up->refers, id))
		record_problem(&l->world, r, up->name, "refers to '%s', which is not in %s", id,
			       r->resource->array);
	else if (!forest_circle(&l->forests[up->refers], l->db, r->id, &circle))
		failed(l);
	else if (circle)
		record_problem(&l->world, r, up->name, "the %s is its own ancestor",
			       r->resource->called);
}

/* What else is wrong with the line has been reported. */
static void check_parents(struct load *l)
{
	l->world.problems = l->problems;
	for (struct record *r = l->world.first; r && goes_on(l); r = r->next)
		check_parent(l, r);
	l->world.problems = &l->mute;
}

/* Now that all is there: the parents that were not when a line named them. Only where something is
 * wrong with them, or may be, the streams are read again, to find the lines. */
static void check_forests(struct load *l, const struct source *sources, size_t n)
{
	bool wrong = false, doubtful = false;

	for (size_t i = 0; i < R_COUNT && goes_on(l); i++) {
		if (!l->world.early[i])
			continue;
		if (!forest_check(&l->forests[i], l->db))
			failed(l);
		wrong |= l->forests[i].missing || l->forests[i].circular;
		doubtful |= l->broken[i];
	}
	if (!goes_on(l) || (!wrong && !doubtful))
		return;
	idset_free(&l->missed);
	l->world.problems = &l->mute;
	each_stream(l, sources, n, check_parents);
	l->world.problems = l->problems;
	if (wrong && l->problems->count == 0)
		problem(l->problems, "fixtures", NULL,
			"a parent is missing or its own ancestor, and no line says so");
}

static void add_streams(struct load *l, const struct source *sources, size_t n)
{
	bool any = false;

	for (size_t i = 0; i < n; i++)
		any |= sources[i].stream;
	if (!any)
		return;
	for (size_t i = 0; i < R_COUNT && goes_on(l); i++)
		if (resource_own_ref(&resources[i]) &&
		    !forest_begin(&l->forests[i], l->db, &resources[i]))
			failed(l);
	l->world.more = true;
	each_stream(l, sources, n, store_world);
	check_forests(l, sources, n);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Which tables hold rows? Of those that do not, nothing need be asked. */
static void look_around(struct load *l)
{
	for (size_t i = 0; i < R_COUNT && goes_on(l); i++) {
		struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);

		buf_printf(&sql, "SELECT 1 FROM %s LIMIT 1", resources[i].table);
		if (sql.bad || !db_has(l->db, &(const struct query){ sql.text, QUERY_ONCE }, NULL,
				       0, &l->any[i]))
			failed(l);
	}
}

static void end(struct load *l)
{
	struct problems *problems = l->problems;

	problems->failed = !goes_on(l);
	if (l->world.out_of_memory)
		problem(problems, "fixtures", NULL, "out of memory");
	else if (l->failed[0])
		problem(problems, "fixtures", NULL, "the database failed: %s", l->failed);
	else if (l->incomplete && problems->count == 0)
		problem(problems, "fixtures", NULL, "a value is missing, and nothing says why");
	for (size_t i = 0; i < R_COUNT; i++)
		forest_free(&l->forests[i]);
	idset_free(&l->left_out);
	idset_free(&l->missed);
	world_free(&l->world);
}

bool fixtures_add(const struct destination *to, const struct source *sources, size_t n,
		  struct problems *problems)
{
	struct load load = { .db = to->db, .sql = to->sql, .problems = problems };
	const struct known known = { .of = &load, .has = known_has, .read = known_read };

	world_init(&load.world, problems, to->now, to->ident, &known);
	look_around(&load);
	add_documents(&load, sources, n);
	add_streams(&load, sources, n);
	end(&load);
	return problems->count == 0;
}

/* Are there streams so large that indexes had better be made in the end? */
static bool has_large(const struct source *sources, size_t n)
{
	enum { LARGE = 1 << 20 };
	struct stat file;

	for (size_t i = 0; i < n; i++)
		if (sources[i].stream &&
		    (sources[i].text ? sources[i].len >= LARGE
				     : stat(sources[i].name, &file) == 0 && file.st_size >= LARGE))
			return true;
	return false;
}

static bool database_failed(const struct destination *to, struct problems *problems)
{
	problem(problems, "fixtures", NULL, "the database failed: %s", db_error(to->db));
	problems->failed = true;
	return false;
}

bool fixtures_load(const struct destination *to, const struct source *sources, size_t n,
		   struct problems *problems)
{
	struct buf indexes CLEANUP(buf_free) = BUF_INIT(INDEXES_MAX);
	bool ok;

	if (!db_write(to->db))
		return database_failed(to, problems);
	ok = !has_large(sources, n) || db_drop_indexes(to->db, &indexes);
	if (ok && !fixtures_add(to, sources, n, problems)) {
		db_rollback(to->db);
		return false;
	}
	ok = ok && (!indexes.text || db_make_indexes(to->db, indexes.text));
	if (ok && db_commit(to->db))
		return true;
	if (!ok)
		db_rollback(to->db);
	return database_failed(to, problems);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len >= n && streq(text + len - n, end);
}

static bool read_whole(struct source *source, struct problems *problems)
{
	struct buf text = BUF_INIT(1 << 30);
	FILE *file = fopen(source->name, "rbe");
	char piece[64 * 1024];
	size_t n;
	bool ok;

	buf_add(&text, ""); /* an empty file has a text, too */
	errno = file ? 0 : errno;
	while (file && (n = fread(piece, 1, sizeof piece, file)) > 0 && !text.bad)
		buf_addn(&text, piece, n);
	ok = file && !ferror(file) && !text.bad;
	if (!ok)
		problem(problems, source->name, NULL, "cannot be read: %s",
			text.bad ? "too large" : strerror(errno));
	if (file)
		fclose(file);
	source->text = text.text;
	source->len = text.len;
	return ok;
}

bool source_read(struct source *source, const char *path, struct problems *problems)
{
	*source = (struct source){
		.name = path,
		.stream = ends_with(path, ".ndjson") || ends_with(path, ".jsonl"),
	};
	return source->stream || read_whole(source, problems);
}

void source_free(struct source *source)
{
	free((char *)source->text);
}
