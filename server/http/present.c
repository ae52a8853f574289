/*
 * present.c - one walk along a resource's fields.
 */
#include "http/present.h"

#include "base/rfc3339.h"

static void write_time(struct writer *w, const char *text)
{
	char shown[TIME_SHOWN + 2];

	memcpy(shown, text, TIME_SHOWN);
	memcpy(shown + TIME_SHOWN, "Z", 2);
	write_text(w, shown);
}

static void write_rows(struct writer *w, const struct rows *rows, enum version v,
		       const struct expansion *tree)
{
	write_open(w, '[');
	for (const struct row *row = rows->first; row; row = row->next)
		present(write_item(w), row, v, tree);
	write_close(w, ']');
}

static void write_related(struct writer *w, const struct field *f, const struct rows *rows,
			  enum version v, const struct expansion *tree)
{
	if (f->kind == K_MANY)
		write_rows(write_key(w, f->name), rows, v, tree);
	else if (rows->first)
		present(write_key(w, f->name), rows->first, v, tree);
	else if (f->flags & F_NULL)
		write_raw(write_key(w, f->name), "null");
}

static void write_field(struct writer *w, const struct row *row, size_t i, enum version v)
{
	const struct field *f = &row->resource->fields[i];
	const char *text = row_value(row, i);

	if (!text && f->flags & F_OPTIONAL)
		return;
	write_key(w, f->name);
	if (!text)
		write_raw(w, "null");
	else if (f->kind == K_ENUM)
		write_text(w, word_in(f->words, text, v));
	else if (f->kind == K_TIME)
		write_time(w, text);
	else if (f->kind == K_BOOL)
		write_raw(w, text[0] == '0' ? "false" : "true");
	else if (f->kind == K_NANOS)
		write_raw(w, text);
	else
		write_text(w, text);
}

void present(struct writer *w, const struct row *row, enum version v, const struct expansion *tree)
{
	const struct resource *r = row->resource;

	write_open(w, '{');
	if (r->object)
		write_text(write_key(w, "object"), r->object);
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];
		const struct expansion *e = NULL;

		if (!live(f->on, v))
			continue;
		if (f->flags & F_EXPAND && !(e = expand_find(tree, f)))
			continue;
		if (is_relation(f))
			write_related(w, f, &row->cell[i].rows, v, e ? e->children : NULL);
		else
			write_field(w, row, i, v);
	}
	write_close(w, '}');
}

void present_page(struct writer *w, const struct page *page, enum version v,
		  const struct expansion *tree)
{
	write_open(w, '{');
	write_text(write_key(w, "object"), "list");
	if (page->counted)
		write_int(write_key(w, "total_count"), page->total);
	write_int(write_key(w, "limit"), page->limit);
	write_int(write_key(w, "offset"), page->offset);
	write_raw(write_key(w, "has_more"), page->has_more ? "true" : "false");
	write_rows(write_key(w, "data"), &page->rows, v, tree);
	write_close(w, '}');
}
