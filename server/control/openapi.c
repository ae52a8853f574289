/* SPDX-License-Identifier: MIT
 * openapi.c - the document of the control endpoints, by the tables of operations and endpoints.
 */
#include "control/control.h"

#include <stdio.h>

#include "api/put.h"
#include "config.h"
#include "control/endpoints.h"
#include "fixture/export.h"
#include "http/exchange.h"

/* ---- rows ------------------------------------------------------------------------------------ */

/* Is the field in each row, in some, or in none (fixture/export.c)? */
enum presence { IN_NONE, IN_SOME, IN_ALL };

static enum presence presence_of(const struct field *f)
{
	if (is_owned(f))
		return f->kind == K_MANY && span_is_ever(f->on) ? IN_ALL : IN_SOME;
	if (is_relation(f))
		return f->flags & F_EXPAND && span_has(f->on, V_NEWEST) ? IN_SOME : IN_NONE;
	if (span_has(f->on, V_NEWEST))
		return f->flags & F_OPTIONAL ? IN_SOME : IN_ALL;
	return !is_stored(f) ? IN_NONE : may_be_null(f) ? IN_SOME : IN_ALL;
}

static void put_row(struct document *d, const struct resource *r);

static void put_related_row(struct document *d, const struct field *f)
{
	const struct resource *r = &resources[f->relation->target];

	if (f->kind == K_MANY) {
		put_text(d, "type", "array");
		put_open(d, "items");
	} else if (r->object) { /* it may be null, and a reference stands alone */
		put_text(d, "type", "object");
		put_true(d, "nullable");
		put_open_list(d, "allOf");
		put_open_item(d);
	}
	if (r->object)
		put_ref(d, r, "");
	else
		put_row(d, r);
	if (f->kind == K_MANY || r->object)
		put_close(d);
	if (f->kind != K_MANY && r->object)
		put_close_list(d);
}

/* The schema of a row as fixtures have it. */
static void put_row(struct document *d, const struct resource *r)
{
	put_text(d, "type", "object");
	put_open_list(d, "required");
	if (r->object)
		put_item(d, "object");
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (presence_of(f) == IN_ALL)
			put_item(d, f->name);
		if (is_relation(f) && !is_owned(f) && export_has(f))
			put_item(d, f->relation->ids);
	}
	put_close_list(d);
	put_open(d, "properties");
	if (r->object)
		put_constant(d, "object", r->object);
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];

		if (is_relation(f) && !is_owned(f) && export_has(f)) {
			put_open(d, f->relation->ids);
			put_text(d, "type", "array");
			put_object(d, "items", "type", "string");
			put_close(d);
		}
		if (presence_of(f) == IN_NONE)
			continue;
		put_open(d, f->name);
		if (is_relation(f))
			put_related_row(d, f);
		else
			put_value(d, f, NULL);
		put_close(d);
	}
	put_close(d);
}

/* ---- operations ------------------------------------------------------------------------------ */

static bool is_shown(const struct document *d, const struct operation *op)
{
	(void)d;
	return op->class == ENDPOINT_CONTROL;
}

/* An object with a member for each array of fixtures: rows, or their number. */
static void put_arrays(struct document *d, bool counts)
{
	put_text(d, "type", "object");
	put_open(d, "properties");
	for (size_t i = 0; i < R_COUNT; i++) {
		if (!resources[i].array)
			continue;
		put_open(d, resources[i].array);
		put_text(d, "type", counts ? "integer" : "array");
		if (!counts) {
			put_open(d, "items");
			put_ref(d, &resources[i], "");
			put_close(d);
		}
		put_close(d);
	}
	put_close(d);
}

static void put_answer(struct document *d, const struct operation *op, const struct endpoint *e)
{
	switch (e->answers) {
	case ANSWERS_SHAPE:
		put_shown(d, e->answer);
		break;
	case ANSWERS_ROW:
		put_ref(d, &resources[op->resource], "");
		break;
	case ANSWERS_PAGE:
		put_ref(d, &resources[op->resource], "List");
		break;
	case ANSWERS_FIXTURES:
	case ANSWERS_COUNTS:
		put_arrays(d, e->answers == ANSWERS_COUNTS);
		break;
	case ANSWERS_JSON:
		put_text(d, "type", "object");
		put_true(d, "additionalProperties");
		break;
	}
}

static const struct {
	const char *status, *why;
} refusals[] = {
	{ "400", "Invalid request: it names a field or a parameter, and nothing has changed" },
	{ "401", "The KEY of WORKSPACE/KEY in X-API-Key is not one of the workspace (--auth any)" },
	{ "403", "A page of another origin asks" },
	{ "404", "There is nothing of that name or id" },
	{ "409", "The state forbids it, or there is no room" },
	{ "413", "Request body too large" },
	{ "415", "The body is compressed, or otherwise encoded" },
	{ "5XX", "Server error" },
};

static bool may_be_refused(const struct operation *op, const struct endpoint *e, const char *status)
{
	return streq(status, "404")   ? strchr(op->path, '{') != NULL || e->not_found
	       : streq(status, "409") ? e->conflicts
	       : streq(status, "400") ? !op->probe
	       : streq(status, "401") ? !op->no_workspace
				      : true;
}

static void put_responses(struct document *d, const struct operation *op, const struct endpoint *e)
{
	char ref[PUT_LINE];

	put_open_all(d, PUT_LIST("responses", "200"));
	put_text(d, "description", "Success");
	put_open(d, "content");
	put_open_media(d, "application/json");
	put_answer(d, op, e);
	put_close_media(d);
	if (e->media) {
		put_open_media(d, e->media);
		put_text(d, "type", "string");
		put_close_media(d);
	}
	put_close_all(d, 2);
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if (!may_be_refused(op, e, refusals[i].status))
			continue;
		snprintf(ref, sizeof ref, "#/components/responses/%s", refusals[i].status);
		put_object(d, refusals[i].status, "$ref", ref);
	}
	put_close(d);
}

static void put_body(struct document *d, const struct operation *op)
{
	const struct shape shape = operation_body(op);

	if (!shape.fields && !op->reads)
		return;
	put_open(d, "requestBody");
	if (!op->no_body)
		put_true(d, "required");
	put_open(d, "content");
	put_open_media(d, "application/json");
	if (shape.fields) {
		put_members(d, &shape);
	} else {
		put_text(d, "type", "object");
		put_true(d, "additionalProperties");
	}
	put_close_media(d);
	if (op->reads) {
		put_open_media(d, "application/x-ndjson");
		put_text(d, "type", "string");
		put_close_media(d);
	}
	put_close_all(d, 2);
}

static void put_parameters(struct document *d, const struct operation *op)
{
	char name[PUT_LINE];

	put_open_list(d, "parameters");
	if (put_path_parameter(op, name)) {
		put_open_parameter(d, name, "path");
		put_object(d, "schema", "type", "string");
		put_close(d);
	}
	put_query(d, op);
	if (!op->probe) {
		put_open_parameter(d, "workspace", "query");
		put_text(d, "description",
			 "The id of a workspace, in place of the one that the key names");
		put_object(d, "schema", "type", "string");
		put_close(d);
	}
	put_close_list(d);
}

/* Of a read of rows "readDevices" or "readDevice". */
static const char *name_of(struct document *d, const struct operation *op, const struct endpoint *e)
{
	char name[PUT_NAME];

	return e->name ? e->name
		       : arena_printf(d->arena, "read%s%s",
				      put_schema_name(&resources[op->resource], name),
				      op->lists ? "s" : "");
}

static void put_operation(struct document *d, const struct operation *op)
{
	struct endpoint e;

	if (!endpoint_of(op, &e))
		return;
	put_open_operation(d, op);
	put_text(d, "operationId", name_of(d, op, &e));
	put_list(d, "tags", PUT_LIST(e.tag));
	put_text(d, "summary", e.summary);
	put_parameters(d, op);
	put_body(d, op);
	put_responses(d, op, &e);
	put_close(d);
}

/* ---- the document ---------------------------------------------------------------------------- */

static void put_refusals(struct document *d)
{
	put_open(d, "responses");
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		put_open(d, refusals[i].status);
		put_text(d, "description", refusals[i].why);
		put_open(d, "content");
		put_open_media(d, "application/json");
		put_text(d, "$ref", "#/components/schemas/Error");
		put_close_media(d);
		put_close_all(d, 2);
	}
	put_close(d);
}

static void put_components(struct document *d)
{
	char name[PUT_NAME], list[PUT_LINE];

	put_open_all(d, PUT_LIST("components", "securitySchemes", "ApiKeyAuth"));
	put_text(d, "type", "apiKey");
	put_text(d, "in", "header");
	put_text(d, "name", "X-API-Key");
	put_text(d, "description", "Names the workspace, where keys have their own");
	put_close_all(d, 2);
	put_refusals(d);
	put_open(d, "schemas");
	for (size_t i = 0; i < R_COUNT; i++) {
		const struct resource *r = &resources[i];

		if (!r->array)
			continue;
		put_open(d, put_schema_name(r, name));
		put_row(d, r);
		put_close(d);
		if (i == R_API_KEY) /* no list of the API */
			continue;
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
	const char *last = NULL;
	struct endpoint e;

	put_open_list(d, "tags"); /* the operations of a tag are beside each other */
	for (size_t i = 0; i < d->table->count; i++) {
		const struct operation *op = &d->table->rows[i];

		if (!is_shown(d, op) || !endpoint_of(op, &e) || e.tag == last)
			continue;
		last = e.tag;
		put_open_item(d);
		put_text(d, "name", e.tag);
		put_close(d);
	}
	put_close_list(d);
}

static void put_servers(struct document *d, const char *host)
{
	put_open_list(d, "servers");
	put_open_item(d);
	put_text(d, "url", host ? arena_printf(d->arena, "http://%s", host) : "/");
	put_close(d);
	put_close_list(d);
}

/* A key is sent, or none. */
static void put_security(struct document *d)
{
	put_open_list(d, "security");
	put_open_item(d);
	put_close(d);
	put_open_item(d);
	put_open_list(d, "ApiKeyAuth");
	put_close_list(d);
	put_close(d);
	put_close_list(d);
}

bool control_get_openapi(struct exchange *x)
{
	struct document document = { .w = exchange_writer(x),
				     .arena = &x->arena,
				     .table = x->app->operations,
				     .v = V_NEWEST,
				     .max_limit = x->app->options.max_page_size,
				     .strict = true };
	struct document *d = &document;

	writer_open(&d->w, '{');
	put_text(d, "openapi", "3.0.3");
	put_open(d, "info");
	put_text(d, "title", "Control endpoints of miru-mock");
	put_text(d, "version", PACKAGE_VERSION);
	put_text(d, "description", "What a tester can ask of the server itself");
	put_object(d, "license", "name", "MIT");
	put_close(d);
	put_servers(d, put_server_name(x));
	put_security(d);
	put_tags(d);
	put_paths(d, is_shown, NULL, put_operation);
	put_components(d);
	writer_close(&d->w, '}');
	return true;
}
