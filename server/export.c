/*
 * export.c - a walk along the fields of each row of each table.
 */
#include "export.h"

#include "rfc3339.h"

enum { BATCH = 500, SQL_MAX = 4096 };

/* Written with the row: what lives inside it, and the ids of what it is linked to. */
static bool is_written_with(const struct field *f)
{
	return is_relation(f) && (is_owned(f) || f->relation->ids);
}

bool export_tree(struct arena *a, const struct resource *r, struct expansion **tree)
{
	*tree = NULL;
	for (size_t i = 0; i < r->nfields; i++) {
		struct expansion *e;

		if (!is_written_with(&r->fields[i]) || !(r->fields[i].flags & F_EXPAND))
			continue;
		e = arena_zalloc(a, sizeof *e);
		if (!e)
			return false;
		e->field = &r->fields[i];
		e->next = *tree;
		*tree = e;
	}
	return true;
}

static void write_time(struct writer *w, const char *text)
{
	char shown[TIME_LEN + 1];

	time_exact(text, shown);
	write_text(w, shown);
}

static void write_value(struct writer *w, const struct field *f, const char *text)
{
	write_key(w, f->name);
	if (!text)
		write_raw(w, "null");
	else if (f->kind == K_TIME)
		write_time(w, text);
	else if (f->kind == K_BOOL)
		write_raw(w, text[0] == '0' ? "false" : "true");
	else if (f->kind == K_SCOPES || f->kind == K_TEXTS)
		write_raw(w, text);
	else
		write_text(w, text);
}

static void write_related(struct writer *w, const struct field *f, const struct rows *rows)
{
	if (!is_owned(f)) {
		write_key(w, f->relation->ids);
		write_open(w, '[');
		for (const struct row *row = rows->first; row; row = row->next) {
			write_item(w);
			write_text(w, row_text(row, "id"));
		}
		write_close(w, ']');
		return;
	}
	if (!rows->first && (f->kind == K_ONE || !ever(f->on)))
		return;
	write_key(w, f->name);
	if (f->kind == K_ONE) {
		export_row(w, rows->first);
		return;
	}
	write_open(w, '[');
	for (const struct row *row = rows->first; row; row = row->next) {
		write_item(w);
		export_row(w, row);
	}
	write_close(w, ']');
}

void export_row(struct writer *w, const struct row *row)
{
	const struct resource *r = row->resource;

	write_open(w, '{');
	if (r->object) {
		write_key(w, "object");
		write_text(w, r->object);
	}
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];
		const char *text;

		if (is_relation(f)) {
			if (is_written_with(f))
				write_related(w, f, &row->cell[i].rows);
			continue;
		}
		text = row_value(row, i);
		/* As the newest version shows it; what none shows, where it says something. */
		if (live(f->on, V_NEWEST) ? text || !(f->flags & F_OPTIONAL) : is_stored(f) && text)
			write_value(w, f, text);
	}
	write_close(w, '}');
}

static bool export_table(const struct join *j, struct writer *w, enum resource_id resource,
			 bool (*spill)(struct buf *b))
{
	const struct resource *r = &resources[resource];
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	struct expansion *tree;
	struct rows rows;
	bool any = false, ok;
	size_t n;

	sql_select(&sql, r);
	buf_add(&sql, " ORDER BY t.rowid");
	if (!sql.bad && export_tree(j->arena, r, &tree))
		s = db_query(j->db, &(const struct query){ sql.text, QUERY_KEPT });
	if (!s)
		return false;
	do {
		struct arena arena CLEANUP(arena_free) = { 0 };
		struct join batch = *j;

		arena_init(&arena, NULL, 0);
		batch.arena = &arena;
		ok = join_rows(&batch, s, resource, BATCH, tree, &rows, &n);
		if (!ok || n == 0)
			break;
		if (!any) {
			write_key(w, r->array);
			write_open(w, '[');
			any = true;
		}
		for (const struct row *row = rows.first; row; row = row->next) {
			write_item(w);
			export_row(w, row);
		}
		ok = !spill || spill(w->to);
	} while (ok && n == BATCH);
	if (any)
		write_close(w, ']');
	return ok;
}

bool export_all(const struct join *j, struct writer *w, bool (*spill)(struct buf *b))
{
	write_open(w, '{');
	for (int i = 0; i < R_COUNT; i++)
		if (resources[i].array && !export_table(j, w, (enum resource_id)i, spill))
			return false;
	write_close(w, '}');
	return true;
}
