/* SPDX-License-Identifier: MIT
 * openapi.c - the document: operations first, then resources. The names of schemas, and what is a
 * component, are as in the official specifications.
 */
#include "api/openapi.h"

#include <ctype.h>
#include <stdio.h>

#include "api/put.h"
#include "http/exchange.h"
#include "schema/file_format.h"

/* The parameters that all operations of a path share. */
static void put_common_parameters(struct document *d, const struct operation *op)
{
	char name[PUT_LINE];

	put_open_list(d, "parameters");
	put_open_parameter(d, "Miru-Version", "header");
	put_constant(d, "schema", version_name(d->v));
	put_close(d);
	if (put_path_parameter(op, name)) {
		put_open_parameter(d, name, "path");
		put_object(d, "schema", "type", "string");
		put_text(d, "example", resources[op->resource].example);
		put_close(d);
	}
	put_close_list(d);
}

/* ---- operations ------------------------------------------------------------------------------ */

static void put_body(struct document *d, const struct operation *op)
{
	const struct shape shape = operation_body(op);

	if (!shape.fields)
		return;
	put_open(d, "requestBody");
	put_true(d, "required");
	put_open_all(d, PUT_LIST("content", "application/json", "schema"));
	put_members(d, &shape);
	put_close_all(d, 4);
}

/* The header that every answer has. */
static void put_own_header(struct document *d)
{
	put_object(d, "Miru-Mock-Version", "$ref", "#/components/headers/Miru-Mock-Version");
}

/* The content of an instance, by the media types of all formats: older versions get newer formats,
 * too. No schema describes it. */
static void put_formats(struct document *d)
{
	put_open_media(d, "application/octet-stream");
	put_format(d, "string", "binary");
	put_close_media(d);
	for (const struct word *w = instance_format_words; w->text; w++) {
		put_open_media(d, file_format_media_type(w->text));
		put_close_media(d);
	}
}

static void put_answer(struct document *d, const struct operation *op)
{
	const struct resource *r = op->answer ? op->answer : &resources[op->resource];

	put_open(d, "headers");
	put_own_header(d);
	if (op->raw) {
		put_header(d, "Content-Disposition");
		put_header(d, "Content-Type");
	}
	put_close(d);
	put_open(d, "content");
	if (op->raw) {
		put_formats(d);
	} else {
		put_open_media(d, "application/json");
		if (op->lists)
			put_ref(d, r, "List");
		else if (op->answer)
			put_properties(d, r);
		else
			put_ref(d, r, "");
		put_close_media(d);
	}
	put_close(d);
}

static bool is_served(const struct document *d, const struct operation *op)
{
	return op->class == ENDPOINT_API && span_has(op->on, d->v);
}

/* Links to operations on the row that this one answers with. A list may be empty, so it has none.
 */
static void put_links(struct document *d, const struct operation *op)
{
	char name[PUT_LINE];

	if (op->answer || op->raw || op->lists)
		return;
	put_open(d, "links");
	for (size_t i = 0; i < d->table->count; i++) {
		const struct operation *o = &d->table->rows[i];

		if (o == op || !is_served(d, o) || o->resource != op->resource ||
		    !put_path_parameter(o, name))
			continue;
		put_open(d, o->name);
		put_text(d, "operationId", o->name);
		put_open(d, "parameters");
		put_text(d, name, "$response.body#/id");
		put_close_all(d, 2);
	}
	put_close(d);
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
	put_open(d, "responses");
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		put_open(d, refusals[i].status);
		put_text(d, "description", refusals[i].why);
		put_open(d, "headers");
		put_own_header(d);
		if (refusals[i].header)
			put_header(d, refusals[i].header);
		put_close(d);
		put_open(d, "content");
		put_open_media(d, "application/json");
		put_text(d, "$ref", "#/components/schemas/Error");
		put_close(d);
		put_open_all(d, PUT_LIST("example", "error"));
		put_text(d, "code", error_code(refusals[i].example));
		put_open(d, "params");
		put_close(d);
		put_text(d, "message", refusals[i].why);
		put_close_all(d, 3);
		put_close_all(d, 2);
	}
	put_close(d);
}

static void put_responses(struct document *d, const struct operation *op)
{
	char ref[PUT_LINE];

	put_open_all(d, PUT_LIST("responses", "200"));
	put_text(d, "description", "Success");
	put_answer(d, op);
	put_links(d, op);
	put_close(d);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!refusals[i].may(d, op))
			continue;
		snprintf(ref, sizeof ref, "#/components/responses/%s", refusals[i].status);
		put_object(d, refusals[i].status, "$ref", ref);
	}
	put_close(d);
}

/* The first segment of the path, in the plural: "Config Instances". */
static const char *tag_of(const struct operation *op, char out[PUT_NAME])
{
	const char *from = op->path + 1;
	int n = (int)strcspn(from, "/");

	snprintf(out, PUT_NAME, "%.*s%s", n, from, from[n - 1] == 's' ? "" : "s");
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
	char tag[PUT_NAME];

	put_open_operation(d, op);
	put_text(d, "operationId", op->name);
	put_open_list(d, "tags");
	put_item(d, tag_of(op, tag));
	put_close_list(d);
	put_text(d, "summary", op->summary);
	put_description(d, op);
	if (op->query != QUERY_NONE || op->params.fields) {
		put_open_list(d, "parameters");
		put_query(d, op);
		put_close_list(d);
	}
	put_body(d, op);
	put_responses(d, op);
	put_close(d);
}

/* ---- the document ---------------------------------------------------------------------------- */

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
	char name[PUT_NAME], list[PUT_LINE];

	put_open_all(d, PUT_LIST("components", "securitySchemes", "ApiKeyAuth"));
	put_text(d, "type", "apiKey");
	put_text(d, "in", "header");
	put_text(d, "name", "X-API-Key");
	put_close_all(d, 2);
	put_open_all(d, PUT_LIST("headers", "Miru-Mock-Version"));
	put_true(d, "required");
	put_object(d, "schema", "type", "string");
	put_close_all(d, 2);
	put_refusals(d);
	put_open(d, "schemas");
	for (size_t i = 0; i < R_COUNT; i++) {
		const struct resource *r = &resources[i];

		if (!r->object || !is_answered(d, r))
			continue;
		put_open(d, put_schema_name(r, name));
		put_properties(d, r);
		put_close(d);
		snprintf(list, sizeof list, "%sList", name);
		put_open(d, list);
		put_page(d, r);
		put_close(d);
	}
	put_error(d);
	put_close_all(d, 2);
}

static void put_tags(struct document *d)
{
	char tag[PUT_NAME], last[PUT_NAME] = "";

	put_open_list(d, "tags"); /* the operations of a tag are beside each other */
	for (size_t i = 0; i < d->table->count; i++) {
		const struct operation *op = &d->table->rows[i];

		if (!is_served(d, op) || streq(tag_of(op, tag), last))
			continue;
		put_open_item(d);
		put_text(d, "name", tag);
		put_close(d);
		memcpy(last, tag, sizeof last);
	}
	put_close_list(d);
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

	host = put_server_name(x);
	writer_open(&d->w, '{');
	put_text(d, "openapi", "3.0.3");
	put_open(d, "info");
	put_text(d, "title", "Miru Platform API, as miru-mock serves it");
	put_text(d, "version", version_name(d->v));
	put_text(d, "description", "The API of the devices, deployments and configs of robots");
	put_open(d, "license");
	put_text(d, "name", "MIT");
	put_close(d);
	put_close(d);
	put_open_list(d, "servers");
	if (host) {
		put_open_item(d);
		put_text(d, "url", arena_printf(&x->arena, "http://%s/beta", host));
		put_close(d);
	}
	put_open_item(d);
	put_text(d, "url", "/beta");
	put_close(d);
	put_close_list(d);
	put_open_list(d, "security");
	put_open_item(d);
	put_open_list(d, "ApiKeyAuth");
	put_close_list(d);
	put_close(d);
	put_close_list(d);
	put_tags(d);
	put_paths(d, is_served, put_common_parameters, put_operation);
	put_components(d);
	writer_close(&d->w, '}');
	return true;
}
