/* SPDX-License-Identifier: MIT
 * put.c - writes the pieces, by the tables of fields.
 */
#include "api/put.h"

#include <ctype.h>
#include <stdio.h>

#include "base/clock.h"
#include "http/exchange.h"

/* ---- pieces ---------------------------------------------------------------------------------- */

void put_text(struct document *d, const char *key, const char *text)
{
	writer_text(writer_key(&d->w, key), text);
}

void put_int(struct document *d, const char *key, long long value)
{
	writer_int(writer_key(&d->w, key), value);
}

void put_true(struct document *d, const char *key)
{
	writer_raw(writer_key(&d->w, key), "true");
}

void put_open(struct document *d, const char *key)
{
	writer_open(writer_key(&d->w, key), '{');
}

void put_open_item(struct document *d)
{
	writer_open(writer_item(&d->w), '{');
}

void put_close(struct document *d)
{
	writer_close(&d->w, '}');
}

void put_open_all(struct document *d, const char *const *keys)
{
	for (; *keys; keys++)
		put_open(d, *keys);
}

void put_close_all(struct document *d, size_t n)
{
	while (n-- > 0)
		put_close(d);
}

void put_open_list(struct document *d, const char *key)
{
	writer_open(writer_key(&d->w, key), '[');
}

void put_close_list(struct document *d)
{
	writer_close(&d->w, ']');
}

void put_item(struct document *d, const char *text)
{
	writer_text(writer_item(&d->w), text);
}

void put_object(struct document *d, const char *key, const char *member, const char *text)
{
	put_open(d, key);
	put_text(d, member, text);
	put_close(d);
}

void put_list(struct document *d, const char *key, const char *const *texts)
{
	put_open_list(d, key);
	for (; *texts; texts++)
		put_item(d, *texts);
	put_close_list(d);
}

void put_format(struct document *d, const char *type, const char *format)
{
	put_text(d, "type", type);
	put_text(d, "format", format);
}

void put_constant(struct document *d, const char *key, const char *text)
{
	put_open(d, key);
	put_text(d, "type", "string");
	put_list(d, "enum", PUT_LIST(text));
	put_close(d);
}

const char *put_schema_name(const struct resource *r, char out[PUT_NAME])
{
	bool first = true;
	size_t len = 0;

	for (const char *at = r->object; *at && len < PUT_NAME - 1; at++) {
		if (*at != '_')
			out[len++] = first ? (char)toupper((unsigned char)*at) : *at;
		first = *at == '_';
	}
	out[len] = '\0';
	return out;
}

void put_ref(struct document *d, const struct resource *r, const char *suffix)
{
	char name[PUT_NAME], ref[PUT_LINE];

	snprintf(ref, sizeof ref, "#/components/schemas/%s%s", put_schema_name(r, name), suffix);
	put_text(d, "$ref", ref);
}

/* ---- schemas --------------------------------------------------------------------------------- */

void put_words(struct document *d, const struct word *words, bool or_null)
{
	put_open_list(d, "enum");
	for (; words->text; words++)
		if (span_has(words->on, d->v))
			put_item(d, words->text);
	if (or_null) {
		writer_raw(writer_item(&d->w), "null");
	}
	put_close_list(d);
}

static void put_limits(struct document *d, enum string_format form)
{
	const struct string_format_limits limits = string_format_limits(form);

	if (limits.min)
		put_int(d, "minLength", limits.min);
	if (limits.max)
		put_int(d, "maxLength", limits.max);
	if (limits.pattern)
		put_text(d, "pattern", limits.pattern);
}

/* Open a list's schema at the schema of its items. */
static void open_items(struct document *d, const struct field *f)
{
	put_text(d, "type", "array");
	if (f->flags & F_NON_EMPTY)
		put_int(d, "minItems", 1);
	put_open(d, "items");
}

/* A resource with a schema of its own is referred to; one that another owns is written out. */
static void put_related(struct document *d, const struct field *f)
{
	const struct resource *r = &resources[f->relation->target];
	const bool wrapped = f->kind == K_ONE && f->flags & F_NULL;

	if (f->kind == K_MANY) {
		open_items(d, f);
	} else if (wrapped) { /* OpenAPI 3.0 ignores what stands beside a reference */
		put_text(d, "type", "object"); /* which "nullable" needs */
		put_true(d, "nullable");
		put_open_list(d, "allOf");
		put_open_item(d);
	}
	if (r->object)
		put_ref(d, r, "");
	else
		put_properties(d, r);
	if (f->kind == K_MANY || wrapped)
		put_close(d);
	if (wrapped)
		put_close_list(d);
}

/* Is null a value of the field? In a body that is not strict it may stand for an absent one
 * (model/body.c). */
static bool is_nullable(const struct document *d, const struct field *f, const struct shape *body)
{
	return f->flags & F_NULL || (body && !d->strict && !is_required(f, body->part));
}

void put_value(struct document *d, const struct field *f, const struct shape *body)
{
	const bool nullable = is_nullable(d, f, body);

	switch (f->kind) {
	case K_ONE:
	case K_MANY:
		put_related(d, f);
		return;
	case K_ENUM:
		put_text(d, "type", "string");
		put_words(d, f->words, nullable);
		break;
	case K_TIME:
		put_format(d, "string", "date-time");
		break;
	case K_BOOL:
		put_text(d, "type", "boolean");
		break;
	case K_NANOS:
		put_format(d, "integer", "int64");
		if (body) {
			put_int(d, "minimum", 1);
			put_int(d, "maximum", NANOS_MAX);
		}
		break;
	case K_SECONDS:
		put_text(d, "type", "number");
		put_int(d, "minimum", 0);
		if (body)
			put_int(d, "maximum", SECONDS_MAX);
		break;
	case K_WHOLE:
		put_text(d, "type", "integer");
		put_int(d, "minimum", f->least);
		if (f->most)
			put_int(d, "maximum", f->most);
		break;
	case K_IDS:
	case K_TEXTS:
	case K_SCOPES:
		open_items(d, f);
		put_text(d, "type", "string");
		if (f->kind == K_TEXTS && body)
			put_limits(d, STRFMT_NON_EMPTY);
		put_close(d);
		break;
	case K_OBJECT:
		(body ? put_members : put_shown)(d, f->members);
		break;
	case K_OBJECTS:
		open_items(d, f);
		(body ? put_members : put_shown)(d, f->members);
		put_close(d);
		break;
	case K_JSON: /* any value */
		break;
	case K_JSON_OBJECT:
		put_text(d, "type", "object");
		put_true(d, "additionalProperties");
		break;
	case K_TEXT:
		put_text(d, "type", "string");
		if (body)
			put_limits(d, f->strfmt);
		break;
	case K_ID:
	case K_REF:
		put_text(d, "type", "string");
		if (f->kind == K_REF && resources[f->refers].example)
			put_text(d, "example", resources[f->refers].example);
		break;
	}
	if (nullable)
		put_true(d, "nullable");
}

/* Is the field always present? */
static bool is_certain(const struct field *f)
{
	return !(f->flags & (F_EXPAND | F_OPTIONAL));
}

void put_properties(struct document *d, const struct resource *r)
{
	put_text(d, "type", "object");
	put_open_list(d, "required");
	if (r->object)
		put_item(d, "object");
	for (size_t i = 0; i < r->nfields; i++)
		if (span_has(r->fields[i].on, d->v) && is_certain(&r->fields[i]))
			put_item(d, r->fields[i].name);
	put_close_list(d);
	put_open(d, "properties");
	if (r->object) {
		put_constant(d, "object", r->object);
	}
	for (size_t i = 0; i < r->nfields; i++) {
		if (!span_has(r->fields[i].on, d->v))
			continue;
		put_open(d, r->fields[i].name);
		put_value(d, &r->fields[i], NULL);
		put_close(d);
	}
	put_close(d);
}

void put_default(struct document *d, const struct field *f)
{
	writer_key(&d->w, "default");
	if (f->kind == K_BOOL)
		writer_raw(&d->w, f->preset[0] == '0' ? "false" : "true");
	else
		writer_text(&d->w, f->preset);
}

void put_members(struct document *d, const struct shape *shape)
{
	bool any = false;

	put_text(d, "type", "object");
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (!is_part(f, shape->part, d->v) || !is_required(f, shape->part))
			continue;
		if (!any)
			put_open_list(d, "required");
		any = true;
		put_item(d, f->name);
	}
	if (any)
		put_close_list(d);
	put_open(d, "properties");
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (!is_part(f, shape->part, d->v))
			continue;
		put_open(d, f->name);
		put_value(d, f, shape);
		if (f->preset && shape->part == PART_ALL)
			put_default(d, f);
		put_close(d);
	}
	put_close(d);
	if (d->strict)
		writer_raw(writer_key(&d->w, "additionalProperties"), "false");
}

void put_shown(struct document *d, const struct shape *shape)
{
	put_text(d, "type", "object");
	put_open_list(d, "required");
	for (size_t i = 0; i < shape->count; i++)
		if (is_certain(&shape->fields[i]))
			put_item(d, shape->fields[i].name);
	put_close_list(d);
	put_open(d, "properties");
	for (size_t i = 0; i < shape->count; i++) {
		put_open(d, shape->fields[i].name);
		put_value(d, &shape->fields[i], NULL);
		put_close(d);
	}
	put_close(d);
}

static void put_limit(struct document *d)
{
	put_text(d, "type", "integer");
	put_int(d, "default", d->max_limit < PAGE_DEFAULT ? d->max_limit : PAGE_DEFAULT);
	put_int(d, "minimum", 1);
	put_int(d, "maximum", d->max_limit);
}

static void put_offset(struct document *d)
{
	put_text(d, "type", "integer");
	put_int(d, "default", 0);
	put_int(d, "minimum", 0);
}

void put_page(struct document *d, const struct resource *r)
{
	put_text(d, "type", "object");
	put_list(d, "required", PUT_LIST("object", "limit", "offset", "has_more", "data"));
	put_open(d, "properties");
	put_constant(d, "object", "list");
	put_open(d, "total_count");
	put_format(d, "integer", "int64");
	put_close(d);
	put_open(d, "limit");
	put_limit(d);
	put_close(d);
	put_open(d, "offset");
	put_offset(d);
	put_close(d);
	put_object(d, "has_more", "type", "boolean");
	put_open(d, "data");
	put_text(d, "type", "array");
	put_open(d, "items");
	put_ref(d, r, "");
	put_close_all(d, 3);
}

/* ---- parameters ------------------------------------------------------------------------------ */

void put_open_parameter(struct document *d, const char *name, const char *where)
{
	put_open_item(d);
	put_text(d, "name", name);
	put_text(d, "in", where);
	if (!streq(where, "query"))
		put_true(d, "required");
}

/* Open a parameter that is a list of texts, separated by commas or `exploded`, at its items. */
static void put_open_texts(struct document *d, const char *name, bool exploded)
{
	put_open_parameter(d, name, "query");
	if (!exploded) {
		put_text(d, "style", "form");
		writer_raw(writer_key(&d->w, "explode"), "false");
	}
	put_open(d, "schema");
	put_text(d, "type", "array");
	put_open(d, "items");
	put_text(d, "type", "string");
}

static void put_close_texts(struct document *d)
{
	put_close_all(d, 3);
}

static void put_orders(struct document *d, const struct resource *r)
{
	static const char *const directions[] = { "asc", "desc" };
	char order[PUT_LINE];

	put_open_texts(d, "order_by", false);
	put_text(d, "default", "created_at:desc");
	put_open_list(d, "enum");
	for (size_t i = 0; i < r->nfields; i++)
		for (size_t k = 0; span_has(r->fields[i].sort, d->v) && k < ARRAY_LEN(directions);
		     k++) {
			snprintf(order, sizeof order, "%s:%s", r->fields[i].name, directions[k]);
			put_item(d, order);
		}
	put_close_list(d);
	put_close_texts(d);
}

static void put_filters(struct document *d, const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (!span_has(f->filter, d->v))
			continue;
		put_open_texts(d, f->name, false);
		if (f->kind == K_ENUM)
			put_words(d, f->words, false);
		put_close_texts(d);
	}
}

static bool is_expandable(const struct document *d, const struct field *f)
{
	return f->flags & F_EXPAND && span_has(f->on, d->v);
}

/* The parameter expand, if anything can be expanded. */
static void put_expansions(struct document *d, const struct resource *r, bool of_list)
{
	bool any = of_list;

	for (size_t i = 0; i < r->nfields; i++)
		any |= is_expandable(d, &r->fields[i]);
	if (!any)
		return;
	put_open_texts(d, "expand", true);
	put_open_list(d, "enum");
	for (size_t i = 0; i < r->nfields; i++)
		if (is_expandable(d, &r->fields[i]))
			put_item(d, r->fields[i].name);
	if (of_list)
		put_item(d, "total_count");
	put_close_list(d);
	put_close_texts(d);
}

static void put_page_parameter(struct document *d, const char *name,
			       void (*put)(struct document *d))
{
	put_open_parameter(d, name, "query");
	/* behaviour: section 5.1 */
	put_text(d, "description", "A number out of range counts as the nearest one in it.");
	put_open(d, "schema");
	put(d);
	put_close_all(d, 2);
}

static void put_params(struct document *d, const struct shape *params)
{
	for (size_t i = 0; i < params->count; i++) {
		put_open_parameter(d, params->fields[i].name, "query");
		put_open(d, "schema");
		put_value(d, &params->fields[i], d->strict ? params : NULL);
		if (params->fields[i].preset)
			put_default(d, &params->fields[i]);
		put_close_all(d, 2);
	}
}

void put_query(struct document *d, const struct operation *op)
{
	const struct resource *r = &resources[op->resource];

	put_params(d, &op->params);
	if (op->query == QUERY_LIST) {
		put_page_parameter(d, "limit", put_limit);
		put_page_parameter(d, "offset", put_offset);
		put_orders(d, r);
	}
	if (op->query == QUERY_LIST || op->query == QUERY_FILTERS)
		put_filters(d, r);
	if (op->query == QUERY_LIST || op->query == QUERY_EXPAND)
		put_expansions(d, r, op->query == QUERY_LIST);
}

bool put_path_parameter(const struct operation *op, char name[PUT_LINE])
{
	const char *open = strchr(op->path, '{');

	if (open)
		snprintf(name, PUT_LINE, "%.*s", (int)strcspn(open + 1, "}"), open + 1);
	return open;
}

void put_header(struct document *d, const char *name)
{
	put_open(d, name);
	put_object(d, "schema", "type", "string");
	put_close(d);
}

void put_open_media(struct document *d, const char *type)
{
	char name[PUT_LINE];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(type, ";"), type);
	put_open_all(d, PUT_LIST(name, "schema"));
}

void put_close_media(struct document *d)
{
	put_close_all(d, 2);
}

void put_error(struct document *d)
{
	static const struct {
		const char *name, *type;
	} members[] = { { "code", "string" }, { "params", "object" }, { "message", "string" } };

	put_open(d, "Error");
	put_text(d, "type", "object");
	put_list(d, "required", PUT_LIST("error"));
	put_open_all(d, PUT_LIST("properties", "error"));
	put_text(d, "type", "object");
	put_open_list(d, "required");
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		put_item(d, members[i].name);
	put_close_list(d);
	put_open(d, "properties");
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		put_open(d, members[i].name);
		put_text(d, "type", members[i].type);
		if (streq(members[i].type, "object")) /* or TypeScript lets it have no member */
			put_true(d, "additionalProperties");
		put_close(d);
	}
	put_close_all(d, 4);
}

const char *put_server_name(const struct exchange *x)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_:[]";
	const char *host = x->request.host;

	return host && *host && host[strspn(host, allowed)] == '\0' ? host : NULL;
}
