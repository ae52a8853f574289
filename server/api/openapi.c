/* SPDX-License-Identifier: MIT
 * openapi.c - the document: operations first, then resources. The names of schemas, and what is a
 * component, are as in the official specifications.
 */
#include "api/openapi.h"

#include <ctype.h>
#include <stdio.h>

#include "http/exchange.h"
#include "schema/file_format.h"

enum { NAME_MAX_LEN = 64, LINE = 256 };

/* The document that is being written. */
struct document {
	struct writer w;
	struct arena *arena;
	const struct operation_table *table;
	enum version v;
	long max_limit;
};

#define LIST(...)                                                                                  \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

/* ---- pieces ---------------------------------------------------------------------------------- */

static void put_text(struct document *d, const char *key, const char *text)
{
	writer_text(writer_key(&d->w, key), text);
}

static void put_int(struct document *d, const char *key, long long value)
{
	writer_int(writer_key(&d->w, key), value);
}

static void put_true(struct document *d, const char *key)
{
	writer_raw(writer_key(&d->w, key), "true");
}

static void open_object(struct document *d, const char *key)
{
	writer_open(writer_key(&d->w, key), '{');
}

static void open_item(struct document *d)
{
	writer_open(writer_item(&d->w), '{');
}

static void close_object(struct document *d)
{
	writer_close(&d->w, '}');
}

/* Open objects inside each other, by their keys, which end with NULL; close so many. */
static void open_objects(struct document *d, const char *const *keys)
{
	for (; *keys; keys++)
		open_object(d, *keys);
}

static void close_objects(struct document *d, size_t n)
{
	while (n-- > 0)
		close_object(d);
}

static void open_list(struct document *d, const char *key)
{
	writer_open(writer_key(&d->w, key), '[');
}

static void close_list(struct document *d)
{
	writer_close(&d->w, ']');
}

static void put_item(struct document *d, const char *text)
{
	writer_text(writer_item(&d->w), text);
}

/* An object of one text: {"type": "string"}, say. */
static void put_object(struct document *d, const char *key, const char *member, const char *text)
{
	open_object(d, key);
	put_text(d, member, text);
	close_object(d);
}

/* A list of texts, which ends with NULL. */
static void put_list(struct document *d, const char *key, const char *const *texts)
{
	open_list(d, key);
	for (; *texts; texts++)
		put_item(d, *texts);
	close_list(d);
}

/* A schema of texts of that format. */
static void put_format(struct document *d, const char *type, const char *format)
{
	put_text(d, "type", type);
	put_text(d, "format", format);
}

/* The schema of a text that is always the same. */
static void put_constant(struct document *d, const char *key, const char *text)
{
	open_object(d, key);
	put_text(d, "type", "string");
	put_list(d, "enum", LIST(text));
	close_object(d);
}

/* "ConfigInstance" of "config_instance". */
static const char *schema_name(const struct resource *r, char out[NAME_MAX_LEN])
{
	bool first = true;
	size_t len = 0;

	for (const char *at = r->object; *at && len < NAME_MAX_LEN - 1; at++) {
		if (*at != '_')
			out[len++] = first ? (char)toupper((unsigned char)*at) : *at;
		first = *at == '_';
	}
	out[len] = '\0';
	return out;
}

static void put_ref(struct document *d, const struct resource *r, const char *suffix)
{
	char name[NAME_MAX_LEN], ref[LINE];

	snprintf(ref, sizeof ref, "#/components/schemas/%s%s", schema_name(r, name), suffix);
	put_text(d, "$ref", ref);
}

/* ---- schemas --------------------------------------------------------------------------------- */

static void put_words(struct document *d, const struct word *words, bool or_null)
{
	open_list(d, "enum");
	for (; words->text; words++)
		if (span_has(words->on, d->v))
			put_item(d, words->text);
	if (or_null) {
		writer_raw(writer_item(&d->w), "null");
	}
	close_list(d);
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

static void put_properties(struct document *d, const struct resource *r);
static void put_members(struct document *d, const struct shape *shape);

/* Open a list's schema at the schema of its items. */
static void open_items(struct document *d, const struct field *f)
{
	put_text(d, "type", "array");
	if (f->flags & F_NON_EMPTY)
		put_int(d, "minItems", 1);
	open_object(d, "items");
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
		open_list(d, "allOf");
		open_item(d);
	}
	if (r->object)
		put_ref(d, r, "");
	else
		put_properties(d, r);
	if (f->kind == K_MANY || wrapped)
		close_object(d);
	if (wrapped)
		close_list(d);
}

/* Is null a value of the field? In a body it may stand for an absent one (model/body.c). */
static bool is_nullable(const struct field *f, const struct shape *body)
{
	return f->flags & F_NULL || (body && !is_required(f, body->part));
}

/* The schema of a field's value; in a body of that shape, with its limits. */
static void put_value(struct document *d, const struct field *f, const struct shape *body)
{
	const bool nullable = is_nullable(f, body);

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
		break;
	case K_WHOLE:
		put_text(d, "type", "integer");
		put_int(d, "minimum", f->least);
		put_int(d, "maximum", f->most);
		break;
	case K_IDS:
	case K_TEXTS:
	case K_SCOPES:
		open_items(d, f);
		put_text(d, "type", "string");
		if (f->kind == K_TEXTS && body)
			put_limits(d, STRFMT_NON_EMPTY);
		close_object(d);
		break;
	case K_JSON: /* any value */
		break;
	case K_OBJECT:
		put_members(d, f->members);
		break;
	case K_OBJECTS:
		open_items(d, f);
		put_members(d, f->members);
		close_object(d);
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

/* The schema of a resource in an answer. */
static void put_properties(struct document *d, const struct resource *r)
{
	put_text(d, "type", "object");
	open_list(d, "required");
	if (r->object)
		put_item(d, "object");
	for (size_t i = 0; i < r->nfields; i++)
		if (span_has(r->fields[i].on, d->v) && is_certain(&r->fields[i]))
			put_item(d, r->fields[i].name);
	close_list(d);
	open_object(d, "properties");
	if (r->object) {
		put_constant(d, "object", r->object);
	}
	for (size_t i = 0; i < r->nfields; i++) {
		if (!span_has(r->fields[i].on, d->v))
			continue;
		open_object(d, r->fields[i].name);
		put_value(d, &r->fields[i], NULL);
		close_object(d);
	}
	close_object(d);
}

static void put_default(struct document *d, const struct field *f)
{
	writer_key(&d->w, "default");
	if (f->kind == K_BOOL)
		writer_raw(&d->w, f->preset[0] == '0' ? "false" : "true");
	else
		writer_text(&d->w, f->preset);
}

/* The schema of an object in a body. */
static void put_members(struct document *d, const struct shape *shape)
{
	bool any = false;

	put_text(d, "type", "object");
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (!is_part(f, shape->part, d->v) || !is_required(f, shape->part))
			continue;
		if (!any)
			open_list(d, "required");
		any = true;
		put_item(d, f->name);
	}
	if (any)
		close_list(d);
	open_object(d, "properties");
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (!is_part(f, shape->part, d->v))
			continue;
		open_object(d, f->name);
		put_value(d, f, shape);
		if (f->preset && shape->part == PART_ALL)
			put_default(d, f);
		close_object(d);
	}
	close_object(d);
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

/* The schema of a page of a list. */
static void put_page(struct document *d, const struct resource *r)
{
	put_text(d, "type", "object");
	put_list(d, "required", LIST("object", "limit", "offset", "has_more", "data"));
	open_object(d, "properties");
	put_constant(d, "object", "list");
	open_object(d, "total_count");
	put_format(d, "integer", "int64");
	close_object(d);
	open_object(d, "limit");
	put_limit(d);
	close_object(d);
	open_object(d, "offset");
	put_offset(d);
	close_object(d);
	put_object(d, "has_more", "type", "boolean");
	open_object(d, "data");
	put_text(d, "type", "array");
	open_object(d, "items");
	put_ref(d, r, "");
	close_objects(d, 3);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static void open_parameter(struct document *d, const char *name, const char *where)
{
	open_item(d);
	put_text(d, "name", name);
	put_text(d, "in", where);
	if (!streq(where, "query"))
		put_true(d, "required");
}

/* Open a parameter that is a list of texts, separated by commas or `exploded`, at its items. */
static void open_texts(struct document *d, const char *name, bool exploded)
{
	open_parameter(d, name, "query");
	if (!exploded) {
		put_text(d, "style", "form");
		writer_raw(writer_key(&d->w, "explode"), "false");
	}
	open_object(d, "schema");
	put_text(d, "type", "array");
	open_object(d, "items");
	put_text(d, "type", "string");
}

static void close_texts(struct document *d)
{
	close_objects(d, 3);
}

static void put_orders(struct document *d, const struct resource *r)
{
	static const char *const directions[] = { "asc", "desc" };
	char order[LINE];

	open_texts(d, "order_by", false);
	put_text(d, "default", "created_at:desc");
	open_list(d, "enum");
	for (size_t i = 0; i < r->nfields; i++)
		for (size_t k = 0; span_has(r->fields[i].sort, d->v) && k < ARRAY_LEN(directions);
		     k++) {
			snprintf(order, sizeof order, "%s:%s", r->fields[i].name, directions[k]);
			put_item(d, order);
		}
	close_list(d);
	close_texts(d);
}

static void put_filters(struct document *d, const struct resource *r)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (!span_has(f->filter, d->v))
			continue;
		open_texts(d, f->name, false);
		if (f->kind == K_ENUM)
			put_words(d, f->words, false);
		close_texts(d);
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
	open_texts(d, "expand", true);
	open_list(d, "enum");
	for (size_t i = 0; i < r->nfields; i++)
		if (is_expandable(d, &r->fields[i]))
			put_item(d, r->fields[i].name);
	if (of_list)
		put_item(d, "total_count");
	close_list(d);
	close_texts(d);
}

static void put_page_parameter(struct document *d, const char *name,
			       void (*put)(struct document *d))
{
	open_parameter(d, name, "query");
	open_object(d, "schema");
	put(d);
	close_objects(d, 2);
}

static void put_params(struct document *d, const struct shape *params)
{
	for (size_t i = 0; i < params->count; i++) {
		open_parameter(d, params->fields[i].name, "query");
		open_object(d, "schema");
		put_value(d, &params->fields[i], NULL);
		put_default(d, &params->fields[i]);
		close_objects(d, 2);
	}
}

static void put_query(struct document *d, const struct operation *op)
{
	const struct resource *r = &resources[op->resource];

	if (op->query == QUERY_NONE && !op->params.fields)
		return;
	open_list(d, "parameters");
	put_params(d, &op->params);
	if (op->query == QUERY_LIST) {
		put_page_parameter(d, "limit", put_limit);
		put_page_parameter(d, "offset", put_offset);
		put_orders(d, r);
		put_filters(d, r);
	}
	if (op->query != QUERY_NONE)
		put_expansions(d, r, op->query == QUERY_LIST);
	close_list(d);
}

/* The name of the parameter in an operation's path; false if it has none. */
static bool path_parameter(const struct operation *op, char name[LINE])
{
	const char *open = strchr(op->path, '{');

	if (open)
		snprintf(name, LINE, "%.*s", (int)strcspn(open + 1, "}"), open + 1);
	return open;
}

/* The parameters that all operations of a path share. */
static void put_common_parameters(struct document *d, const struct operation *op)
{
	char name[LINE];

	open_list(d, "parameters");
	open_parameter(d, "Miru-Version", "header");
	put_constant(d, "schema", version_name(d->v));
	close_object(d);
	if (path_parameter(op, name)) {
		open_parameter(d, name, "path");
		put_object(d, "schema", "type", "string");
		put_text(d, "example", resources[op->resource].example);
		close_object(d);
	}
	close_list(d);
}

/* ---- operations ------------------------------------------------------------------------------ */

static void put_body(struct document *d, const struct operation *op)
{
	const struct shape shape = operation_body(op);

	if (!shape.fields)
		return;
	open_object(d, "requestBody");
	put_true(d, "required");
	open_objects(d, LIST("content", "application/json", "schema"));
	put_members(d, &shape);
	close_objects(d, 4);
}

static void put_header(struct document *d, const char *name)
{
	open_object(d, name);
	put_object(d, "schema", "type", "string");
	close_object(d);
}

/* The header that every answer has. */
static void put_own_header(struct document *d)
{
	put_object(d, "Miru-Mock-Version", "$ref", "#/components/headers/Miru-Mock-Version");
}

static void open_media(struct document *d, const char *type)
{
	char name[LINE];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(type, ";"), type);
	open_objects(d, LIST(name, "schema"));
}

static void close_media(struct document *d)
{
	close_objects(d, 2);
}

/* The content of an instance, by the media types of all formats: older versions get newer formats,
 * too. No schema describes it. */
static void put_formats(struct document *d)
{
	open_media(d, "application/octet-stream");
	put_format(d, "string", "binary");
	close_media(d);
	for (const struct word *w = instance_format_words; w->text; w++) {
		open_media(d, file_format_media_type(w->text));
		close_media(d);
	}
}

static void put_answer(struct document *d, const struct operation *op)
{
	const struct resource *r = op->answer ? op->answer : &resources[op->resource];

	open_object(d, "headers");
	put_own_header(d);
	if (op->raw) {
		put_header(d, "Content-Disposition");
		put_header(d, "Content-Type");
	}
	close_object(d);
	open_object(d, "content");
	if (op->raw) {
		put_formats(d);
	} else {
		open_media(d, "application/json");
		if (op->lists)
			put_ref(d, r, "List");
		else if (op->answer)
			put_properties(d, r);
		else
			put_ref(d, r, "");
		close_media(d);
	}
	close_object(d);
}

static bool is_served(const struct document *d, const struct operation *op)
{
	return op->class == ENDPOINT_API && span_has(op->on, d->v);
}

/* Links to operations on the row that this one answers with. A list may be empty, so it has none.
 */
static void put_links(struct document *d, const struct operation *op)
{
	char name[LINE];

	if (op->answer || op->raw || op->lists)
		return;
	open_object(d, "links");
	for (size_t i = 0; i < d->table->count; i++) {
		const struct operation *o = &d->table->rows[i];

		if (o == op || !is_served(d, o) || o->resource != op->resource ||
		    !path_parameter(o, name))
			continue;
		open_object(d, o->name);
		put_text(d, "operationId", o->name);
		open_object(d, "parameters");
		put_text(d, name, "$response.body#/id");
		close_objects(d, 2);
	}
	close_object(d);
}

/* ---- refusals -------------------------------------------------------------------------------- */

static bool is_always(const struct document *d, const struct operation *op)
{
	(void)d, (void)op;
	return true;
}

static bool needs_scope(const struct document *d, const struct operation *op)
{
	(void)d;
	return op->scope != SCOPE_FREE;
}

/* Does a body refer to rows? */
static bool has_ids(const struct document *d, const struct shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];

		if (is_part(f, shape->part, d->v) && (f->kind == K_REF || f->kind == K_IDS ||
						      (f->members && has_ids(d, f->members))))
			return true;
	}
	return false;
}

static bool refers(const struct document *d, const struct operation *op)
{
	const struct shape body = operation_body(op);

	return strchr(op->path, '{') || has_ids(d, &body);
}

/* Can a unique value that the operation writes be taken already? */
static bool may_conflict(const struct document *d, const struct operation *op)
{
	const struct unique *u = resources[op->resource].uniques;
	bool taken = op->conflicts;

	(void)d;
	for (; u && u->says; u++)
		taken |= error_status(u->taken) == 409;
	return taken && !op->answer && operation_body(op).fields;
}

/* The refusals of operations, without those of injected faults (workspace/fault.c). */
static const struct {
	const char *status, *why;
	enum error example;
	bool (*may)(const struct document *d, const struct operation *op);
	const char *header; /* NULL: none but those of every answer */
} refusals[] = {
	{ "400", "Invalid request: malformed, or violates a rule of the API", ERR_INVALID_REQUEST,
	  is_always },
	{ "401", "The API key is missing or unknown", ERR_UNAUTHORIZED, is_always,
	  "WWW-Authenticate" },
	{ "403", "The API key lacks a scope", ERR_FORBIDDEN, needs_scope },
	{ "404", "No such path or object", ERR_NOT_FOUND, refers },
	{ "409", "Conflict: a unique value is taken, or the state of another object forbids it",
	  ERR_PARENT_MISMATCH, may_conflict },
	{ "413", "Request body too large", ERR_BODY_TOO_LARGE, is_always },
	{ "415", "The body is compressed, or otherwise encoded", ERR_CONTENT_ENCODING, is_always },
	{ "5XX", "Server error", ERR_INTERNAL, is_always },
};

static void put_refusals(struct document *d)
{
	open_object(d, "responses");
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		open_object(d, refusals[i].status);
		put_text(d, "description", refusals[i].why);
		open_object(d, "headers");
		put_own_header(d);
		if (refusals[i].header)
			put_header(d, refusals[i].header);
		close_object(d);
		open_object(d, "content");
		open_media(d, "application/json");
		put_text(d, "$ref", "#/components/schemas/Error");
		close_object(d);
		open_objects(d, LIST("example", "error"));
		put_text(d, "code", error_code(refusals[i].example));
		open_object(d, "params");
		close_object(d);
		put_text(d, "message", refusals[i].why);
		close_objects(d, 3);
		close_objects(d, 2);
	}
	close_object(d);
}

static void put_responses(struct document *d, const struct operation *op)
{
	char ref[LINE];

	open_objects(d, LIST("responses", "200"));
	put_text(d, "description", "Success");
	put_answer(d, op);
	put_links(d, op);
	close_object(d);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!refusals[i].may(d, op))
			continue;
		snprintf(ref, sizeof ref, "#/components/responses/%s", refusals[i].status);
		put_object(d, refusals[i].status, "$ref", ref);
	}
	close_object(d);
}

/* The first segment of the path, in the plural: "Config Instances". */
static const char *tag_of(const struct operation *op, char out[NAME_MAX_LEN])
{
	const char *from = op->path + 1;
	int n = (int)strcspn(from, "/");

	snprintf(out, NAME_MAX_LEN, "%.*s%s", n, from, from[n - 1] == 's' ? "" : "s");
	for (char *c = out; *c; c++) {
		if (*c == '_')
			*c = ' ';
		if (c == out || c[-1] == ' ')
			*c = (char)toupper((unsigned char)*c);
	}
	return out;
}

/* "scope", or "scope or the one that may take its place"; in the arena. */
static const char *scopes_of(struct document *d, enum scope scope, enum scope other)
{
	return other == SCOPE_FREE
		   ? scope_name(scope)
		   : arena_printf(d->arena, "%s or %s", scope_name(scope), scope_name(other));
}

/* Which scopes a key must have for the operation. */
static void put_description(struct document *d, const struct operation *op)
{
	const char *text = op->scope == SCOPE_FREE
			       ? "Needs a key, and no scope"
			       : arena_printf(d->arena, "Needs the scope %s",
					      scopes_of(d, op->scope, op->or_scope));

	if (op->and_scope != SCOPE_FREE)
		text = arena_printf(d->arena, "%s, and %s", text, scope_name(op->and_scope));
	if (op->by_word.field)
		text = arena_printf(d->arena, "%s, and another one, which depends on %s", text,
				    op->by_word.field);
	put_text(d, "description", arena_printf(d->arena, "%s.", text));
}

static void put_operation(struct document *d, const struct operation *op)
{
	char method[16], tag[NAME_MAX_LEN];
	size_t len = 0;

	for (; len < sizeof method - 1 && op->method[len]; len++)
		method[len] = (char)tolower((unsigned char)op->method[len]);
	method[len] = '\0';
	open_object(d, method);
	put_text(d, "operationId", op->name);
	open_list(d, "tags");
	put_item(d, tag_of(op, tag));
	close_list(d);
	put_text(d, "summary", op->summary);
	put_description(d, op);
	put_query(d, op);
	put_body(d, op);
	put_responses(d, op);
	close_object(d);
}

/* Is the operation the first of its path in the table? The others are written with it. */
static bool is_first(const struct document *d, const struct operation *op)
{
	for (const struct operation *o = d->table->rows; o < op; o++)
		if (is_served(d, o) && streq(o->path, op->path))
			return false;
	return true;
}

static void put_paths(struct document *d)
{
	const struct operation *end = d->table->rows + d->table->count;

	open_object(d, "paths");
	for (const struct operation *op = d->table->rows; op < end; op++) {
		if (!is_served(d, op) || !is_first(d, op))
			continue;
		open_object(d, op->path);
		put_common_parameters(d, op);
		for (const struct operation *o = op; o < end; o++)
			if (is_served(d, o) && streq(o->path, op->path))
				put_operation(d, o);
		close_object(d);
	}
	close_object(d);
}

/* ---- the document ---------------------------------------------------------------------------- */

/* {"error":{"code","params","message"}} */
static void put_error(struct document *d)
{
	static const struct {
		const char *name, *type;
	} members[] = { { "code", "string" }, { "params", "object" }, { "message", "string" } };

	open_object(d, "Error");
	put_text(d, "type", "object");
	put_list(d, "required", LIST("error"));
	open_objects(d, LIST("properties", "error"));
	put_text(d, "type", "object");
	open_list(d, "required");
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		put_item(d, members[i].name);
	close_list(d);
	open_object(d, "properties");
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		open_object(d, members[i].name);
		put_text(d, "type", members[i].type);
		if (streq(members[i].type, "object")) /* or TypeScript lets it have no member */
			put_true(d, "additionalProperties");
		close_object(d);
	}
	close_objects(d, 4);
}

/* Does an operation of the version answer with rows of the resource? */
static bool is_answered(const struct document *d, const struct resource *r)
{
	for (size_t i = 0; i < d->table->count; i++) {
		const struct operation *op = &d->table->rows[i];

		if (is_served(d, op) && !op->answer && &resources[op->resource] == r)
			return true;
	}
	return false;
}

static void put_components(struct document *d)
{
	char name[NAME_MAX_LEN], list[LINE];

	open_objects(d, LIST("components", "securitySchemes", "ApiKeyAuth"));
	put_text(d, "type", "apiKey");
	put_text(d, "in", "header");
	put_text(d, "name", "X-API-Key");
	close_objects(d, 2);
	open_objects(d, LIST("headers", "Miru-Mock-Version"));
	put_true(d, "required");
	put_object(d, "schema", "type", "string");
	close_objects(d, 2);
	put_refusals(d);
	open_object(d, "schemas");
	for (size_t i = 0; i < R_COUNT; i++) {
		const struct resource *r = &resources[i];

		if (!r->object || !is_answered(d, r))
			continue;
		open_object(d, schema_name(r, name));
		put_properties(d, r);
		close_object(d);
		snprintf(list, sizeof list, "%sList", name);
		open_object(d, list);
		put_page(d, r);
		close_object(d);
	}
	put_error(d);
	close_objects(d, 2);
}

static void put_tags(struct document *d)
{
	char tag[NAME_MAX_LEN], last[NAME_MAX_LEN] = "";

	open_list(d, "tags"); /* the operations of a tag are beside each other */
	for (size_t i = 0; i < d->table->count; i++) {
		const struct operation *op = &d->table->rows[i];

		if (!is_served(d, op) || streq(tag_of(op, tag), last))
			continue;
		open_item(d);
		put_text(d, "name", tag);
		close_object(d);
		memcpy(last, tag, sizeof last);
	}
	close_list(d);
}

/* The host and port that the client has asked, if a URL can have them; else NULL. */
static const char *server_name(const struct exchange *x)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_:[]";
	const char *host = x->request.host;

	return host && *host && host[strspn(host, allowed)] == '\0' ? host : NULL;
}

bool openapi_get(struct exchange *x)
{
	struct document document = { .w = exchange_writer(x),
				     .arena = &x->arena,
				     .table = x->app->operations,
				     .v = x->version,
				     .max_limit = x->app->options.max_page_size };
	struct document *d = &document;
	const char *host;

	host = server_name(x);
	writer_open(&d->w, '{');
	put_text(d, "openapi", "3.0.3");
	open_object(d, "info");
	put_text(d, "title", "Miru Platform API, as miru-mock serves it");
	put_text(d, "version", version_name(d->v));
	put_text(d, "description", "The API of the devices, deployments and configs of robots");
	open_object(d, "license");
	put_text(d, "name", "MIT");
	close_object(d);
	close_object(d);
	open_list(d, "servers");
	if (host) {
		open_item(d);
		put_text(d, "url", arena_printf(&x->arena, "http://%s/beta", host));
		close_object(d);
	}
	open_item(d);
	put_text(d, "url", "/beta");
	close_object(d);
	close_list(d);
	open_list(d, "security");
	open_item(d);
	open_list(d, "ApiKeyAuth");
	close_list(d);
	close_object(d);
	close_list(d);
	put_tags(d);
	put_paths(d);
	put_components(d);
	writer_close(&d->w, '}');
	return true;
}
