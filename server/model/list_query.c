/* SPDX-License-Identifier: MIT
 * list_query.c - reads limit=5&order_by=name:asc,id&status=online|offline.
 */
#include "model/list_query.h"

#include <stdlib.h>

#include "base/buf.h"
#include "model/value.h"

static const char order_by[] = "order_by";

/* The greatest integer that every JSON parser can hold. */
#define OFFSET_MAX INT64_C(9007199254740991)

/* A parameter that is a number, and may be given once. */
struct number {
	const char *name;
	int64_t min, max, *value;
	const char *given; /* its text; NULL: not given yet */
};

/* What the functions below share. */
struct list_reader {
	struct parser *parser;
	const struct resource *resource;
	const struct list_query_rules *rules;
	struct list_query *list_query;
	struct number limit, offset;
};

/* ---- the page -------------------------------------------------------------------------------- */

static bool is_integer(const char *text)
{
	text += *text == '-';
	return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Read an integer; what is out of range becomes the nearest in it. */
static bool read_number(struct list_reader *r, struct number *number, const char *text)
{
	long n;

	if (number->given && !streq(number->given, text))
		return PARSE_FAIL(r->parser, number->name,
				  "%s is given twice, as '%s' and as '%s'; send it once",
				  number->name, parse_shown(r->parser, number->given),
				  parse_shown(r->parser, text));
	if (!is_integer(text))
		return PARSE_FAIL(r->parser, number->name, "%s '%s': expected an integer",
				  number->name, parse_shown(r->parser, text));
	number->given = text;
	n = strtol(text, NULL, 10); /* out of range: the nearest long */
	*number->value = n < number->min ? number->min : n > number->max ? number->max : n;
	return true;
}

/* ---- the order ------------------------------------------------------------------------------- */

static bool fail_order(struct list_reader *r, const char *name)
{
	struct buf valid CLEANUP(buf_free) = BUF_INIT(1024);
	const enum version v = r->parser->version;

	for (size_t i = 0; i < r->resource->nfields; i++)
		if (span_has(r->resource->fields[i].sort, v))
			buf_printf(&valid, "%s%s", valid.len ? ", " : "",
				   r->resource->fields[i].name);
	if (valid.bad)
		return false;
	return PARSE_FAIL(r->parser, order_by,
			  "unknown order_by '%s'; %s has for a %s: %s; each may end with :asc or "
			  ":desc",
			  parse_shown(r->parser, name), version_name(v), r->resource->object,
			  valid.len ? valid.text : "none");
}

static void add_order(struct list_query *l, const struct field *f, bool ascending)
{
	for (size_t i = 0; i < l->norders; i++)
		if (l->orders[i].field == f)
			return; /* a later order by the same field decides nothing */
	l->orders[l->norders++] = (struct order){ f, ascending };
}

static bool read_order(struct list_reader *r, const char *item)
{
	const char *direction = item;
	const char *name = parse_item(r->parser, &direction, ':');
	const struct field *f = name ? resource_find_field(r->resource, name) : NULL;
	bool ascending = direction && streq(direction, "asc");

	if (!name)
		return false;
	if (!*item)
		return PARSE_FAIL(r->parser, order_by,
				  "order_by has an empty name; separate names by one comma");
	if (!f || !span_has(f->sort, r->parser->version) ||
	    (direction && !ascending && !streq(direction, "desc")))
		return fail_order(r, item);
	add_order(r->list_query, f, ascending);
	return true;
}

static bool read_orders(struct list_reader *r, const char *text)
{
	while (text) {
		const char *item = parse_item(r->parser, &text, ',');

		if (!item || !read_order(r, item))
			return false;
	}
	return true;
}

/* ---- filters --------------------------------------------------------------------------------- */

static struct filter *find_or_add_filter(struct list_query *l, const struct field *f)
{
	for (size_t i = 0; i < l->nfilters; i++)
		if (l->filters[i].field == f)
			return &l->filters[i];
	l->filters[l->nfilters] = (struct filter){ .field = f };
	return &l->filters[l->nfilters++];
}

static bool add_value(struct list_reader *r, struct filter *filter, const char *value)
{
	for (size_t i = 0; i < filter->count && i <= FILTER_FEW; i++)
		if (streq(filter->values[i], value))
			return true;
	if (!ARENA_GROW(r->parser->arena, filter->values, filter->count + 1, filter->cap))
		return false;
	filter->values[filter->count++] = value;
	return true;
}

/* Add every stored word that the version shows as this one. */
static bool add_word(struct list_reader *r, struct filter *filter, const char *text)
{
	const struct field *f = filter->field;
	const struct word *word = word_find(f->words, text);
	const enum version v = r->parser->version;
	char valid[EXPECTED_MAX];

	if (!word || !span_has(word->on, v))
		return PARSE_FAIL(r->parser, f->name, "unknown %s '%s'; %s has: %s", f->name,
				  parse_shown(r->parser, text), version_name(v),
				  value_words(f->words, v, valid, sizeof valid));
	for (word = f->words; word->text; word++)
		if (streq(word_in(f->words, word->text, v), text) &&
		    !add_value(r, filter, word->text))
			return false;
	return true;
}

/*
 * Add the values in a text: split it by the first of the separators, and the parts by the others;
 * then add the whole as well, because a separator may be part of a value.
 */
static bool add_values(struct list_reader *r, struct filter *filter, const char *text,
		       const char *separators)
{
	bool has_parts = false;

	if (*separators && !strchr(text, *separators))
		return add_values(r, filter, text, separators + 1);
	for (const char *rest = *separators ? text : NULL; rest;) {
		const char *part = parse_item(r->parser, &rest, *separators);

		if (!part || (*part && !add_values(r, filter, part, separators + 1)))
			return false;
		has_parts |= *part;
	}
	if (filter->field->kind != K_ENUM)
		return add_value(r, filter, text);
	return has_parts || add_word(r, filter, text);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool read_pair(struct list_reader *r, const char *name, const char *value)
{
	const struct field *f;

	if (streq(name, "limit"))
		return read_number(r, &r->limit, value);
	if (streq(name, "offset"))
		return read_number(r, &r->offset, value);
	if (streq(name, order_by))
		return read_orders(r, value);
	f = resource_find_field(r->resource, name);
	return !f || !span_has(f->filter, r->parser->version) ||
	       add_values(r, find_or_add_filter(r->list_query, f), value,
			  r->rules->pipe_only ? "|" : "|,");
}

bool list_query_parse(struct parser *p, const struct resource *r,
		      const struct list_query_rules *rules, const struct pairs *query,
		      struct list_query *l)
{
	struct list_reader reader = {
		.parser = p,
		.resource = r,
		.rules = rules,
		.list_query = l,
		.limit = { "limit", 1, rules->max_limit, &l->limit, NULL },
		.offset = { "offset", 0, OFFSET_MAX, &l->offset, NULL },
	};

	*l = (struct list_query){ .limit = rules->max_limit < PAGE_DEFAULT ? rules->max_limit
									   : PAGE_DEFAULT };
	for (size_t i = 0; i < query->count; i++) {
		const struct pair *item = &query->items[i];
		const char *name = parse_plain_name(p, item->name);

		/* An empty value asks for nothing. */
		if (!name || (*item->value && !read_pair(&reader, name, item->value)))
			return false;
	}
	if (l->norders == 0)
		add_order(l, resource_field(r, "created_at"), false);
	add_order(l, resource_field(r, "id"), true);
	return true;
}

bool list_query_has(const struct resource *r, enum version v, const char *name)
{
	return streq(name, "limit") || streq(name, "offset") || streq(name, order_by) ||
	       list_query_has_filter(r, v, name);
}

bool list_query_has_filter(const struct resource *r, enum version v, const char *name)
{
	const struct field *f = resource_find_field(r, name);

	return f && span_has(f->filter, v);
}

bool list_query_is_default(const struct list_query *l)
{
	/* The last order is always by id. */
	return l->norders == 2 && streq(l->orders[0].field->name, "created_at") &&
	       !l->orders[0].ascending && l->orders[1].ascending;
}
