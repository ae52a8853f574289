/* SPDX-License-Identifier: MIT
 * present.c - a walk along the fields of a resource.
 */
#include "http/present.h"

#include "base/rfc3339.h"

static void write_time(struct writer *w, const char *text)
{
	char shown[TIME_SHOWN + 2];

	memcpy(shown, text, TIME_SHOWN);
	memcpy(shown + TIME_SHOWN, "Z", 2);
	writer_text(w, shown);
}

static void write_rows(struct writer *w, const struct rows *rows, enum version v,
		       const struct expansion *tree)
{
	writer_open(w, '[');
	for (const struct row *row = rows->first; row; row = row->next)
		present(writer_item(w), row, v, tree);
	writer_close(w, ']');
}

static void write_related(struct writer *w, const struct field *f, const struct rows *rows,
			  enum version v, const struct expansion *tree)
{
	if (f->kind == K_MANY)
		write_rows(writer_key(w, f->name), rows, v, tree);
	else if (rows->first)
		present(writer_key(w, f->name), rows->first, v, tree);
	else if (f->flags & F_NULL)
		writer_raw(writer_key(w, f->name), "null");
}

static void write_field(struct writer *w, const struct row *row, size_t i, enum version v)
{
	const struct field *f = &row->resource->fields[i];
	const char *text = row_value(row, i);

	if (!text && f->flags & F_OPTIONAL)
		return;
	writer_key(w, f->name);
	if (!text)
		writer_raw(w, "null");
	else if (f->kind == K_ENUM)
		writer_text(w, word_in(f->words, text, v));
	else if (f->kind == K_TIME)
		write_time(w, text);
	else if (f->kind == K_BOOL)
		writer_raw(w, text[0] == '0' ? "false" : "true");
	else if (f->kind == K_NANOS)
		writer_raw(w, text);
	else
		writer_text(w, text);
}

void present(struct writer *w, const struct row *row, enum version v, const struct expansion *tree)
{
	const struct resource *r = row->resource;

	writer_open(w, '{');
	if (r->object)
		writer_text(writer_key(w, "object"), r->object);
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];
		const struct expansion *e = NULL;

		if (!span_has(f->on, v))
			continue;
		if (f->flags & F_EXPAND && !(e = expansion_find(tree, f)))
			continue;
		if (is_relation(f))
			write_related(w, f, &row->cell[i].rows, v, e ? e->children : NULL);
		else
			write_field(w, row, i, v);
	}
	writer_close(w, '}');
}

void present_envelope(struct writer *w, const struct page *page)
{
	writer_open(w, '{');
	writer_text(writer_key(w, "object"), "list");
	if (page->counted)
		writer_int(writer_key(w, "total_count"), page->total);
	writer_int(writer_key(w, "limit"), page->limit);
	writer_int(writer_key(w, "offset"), page->offset);
	writer_raw(writer_key(w, "has_more"), page->has_more ? "true" : "false");
	writer_key(w, "data");
}

void present_page(struct writer *w, const struct page *page, enum version v,
		  const struct expansion *tree)
{
	present_envelope(w, page);
	write_rows(w, &page->rows, v, tree);
	writer_close(w, '}');
}
