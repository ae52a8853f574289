/* SPDX-License-Identifier: MIT
 * body.c - makes a member of each field that the version has.
 */
#include "model/body.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_add.h"
#include "model/value.h"

enum { KNOWN_BYTES = 4096 };

/* What the functions below share. */
struct body_reader {
	struct parser *parser;
	enum body_mode mode;
	const char *prefix; /* of a name in messages: "", "content.", "documents[0]." */
};

/* Part of a message. If memory is short the arena notes it, and no message is sent. */
static const char *or_any(const char *text)
{
	return text ? text : "?";
}

/* The name of a field with the prefix. */
static const char *path_of(struct body_reader *r, const char *name)
{
	return *r->prefix ? or_any(arena_printf(r->parser->arena, "%s%s", r->prefix, name)) : name;
}

/* "name: expected ..., found ..." */
static bool fail_value_at(struct body_reader *r, const char *path, const char *expected,
			  const cJSON *json)
{
	return PARSE_FAIL(r->parser, path, "%s: expected %s, found %s", path, expected,
			  or_any(value_shown(r->parser->arena, json, false)));
}

static bool fail_value(struct body_reader *r, const struct field *f, const cJSON *json)
{
	char expected[EXPECTED_MAX];

	value_expected(f, r->parser->version, expected, sizeof expected);
	return fail_value_at(r, path_of(r, f->name), expected, json);
}

static bool fail_item(struct body_reader *r, const struct field *f, size_t i, const char *expected,
		      const cJSON *json)
{
	return fail_value_at(r,
			     or_any(arena_printf(r->parser->arena, "%s%s[%zu]", r->prefix, f->name,
						 i)),
			     expected, json);
}

/* Room for the items of a list. NULL if the value is no list, or has no items but must. */
static void *begin_list(struct body_reader *r, const struct field *f, const cJSON *json,
			size_t size)
{
	if (cJSON_IsArray(json) &&
	    (json->child || !(f->flags & F_NON_EMPTY) || f->flags & F_CHECKED_LATER))
		return arena_alloc(r->parser->arena, ((size_t)cJSON_GetArraySize(json) + 1) * size);
	fail_value(r, f, json);
	return NULL;
}

static bool read_texts(struct body_reader *r, struct member *m, const cJSON *json)
{
	const bool ids = m->field->kind == K_IDS;
	const cJSON *item;

	m->texts = begin_list(r, m->field, json, sizeof *m->texts);
	if (!m->texts)
		return false;
	cJSON_ArrayForEach(item, json) {
		/* An invalid id is no error here: no row has it. */
		if (!cJSON_IsString(item) || !(ids || *item->valuestring))
			return fail_item(r, m->field, m->count,
					 ids ? "an id" : string_format_expected(STRFMT_NON_EMPTY),
					 item);
		m->texts[m->count] = arena_strdup(r->parser->arena, item->valuestring);
		if (!m->texts[m->count++])
			return false;
	}
	return true;
}

static bool read_seconds(struct body_reader *r, struct member *m, const cJSON *json)
{
	if (cJSON_IsNull(json) && may_be_null(m->field))
		return true;
	if (!cJSON_IsNumber(json) || !clock_read_seconds(json->valuedouble, &m->number))
		return fail_value(r, m->field, json);
	m->text = arena_printf(r->parser->arena, "%" PRId64, m->number);
	return m->text;
}

static bool read_whole(struct body_reader *r, struct member *m, const cJSON *json, int64_t least,
		       int64_t most)
{
	double value = json->valuedouble;

	if (cJSON_IsNull(json) && may_be_null(m->field))
		return true;
	if (!cJSON_IsNumber(json) || !(value >= (double)least) || value > (double)most ||
	    value != (double)(int64_t)value)
		return fail_value(r, m->field, json);
	m->number = (int64_t)value;
	m->text = arena_printf(r->parser->arena, "%" PRId64, m->number);
	return m->text;
}

/* Is it a text of a field that takes any text? An invalid id is not found (behaviour: section 4.3).
 */
static bool is_any_text(const struct field *f, const cJSON *json)
{
	return (f->kind == K_REF || f->flags & F_CHECKED_LATER) && cJSON_IsString(json);
}

static bool read_single(struct body_reader *r, struct member *m, const cJSON *json)
{
	const char *text = json->valuestring;

	if (is_any_text(m->field, json))
		text = string_format_clean(r->parser->arena, m->field->strfmt, text);
	else if (!value_fits(r->parser->arena, m->field, r->parser->version, json, &text))
		return fail_value(r, m->field, json);
	if (cJSON_IsNull(json))
		return true;
	m->text = text ? arena_strdup(r->parser->arena, text) : NULL;
	return m->text;
}

static bool read_object(struct body_reader *r, const struct shape *shape, const cJSON *json,
			struct body *body);

static bool read_nested(const struct body_reader *r, const struct member *m, const char *prefix,
			const cJSON *json, struct body *body)
{
	struct body_reader nested = *r;

	nested.prefix = prefix;
	return prefix && read_object(&nested, m->field->members, json, body);
}

static bool read_one_object(struct body_reader *r, struct member *m, const cJSON *json)
{
	if (cJSON_IsNull(json) && may_be_null(m->field))
		return true;
	if (!cJSON_IsObject(json))
		return fail_value(r, m->field, json);
	m->count = 1;
	m->bodies = arena_alloc(r->parser->arena, sizeof *m->bodies);
	return m->bodies &&
	       read_nested(r, m, arena_printf(r->parser->arena, "%s%s.", r->prefix, m->field->name),
			   json, m->bodies);
}

static bool read_objects(struct body_reader *r, struct member *m, const cJSON *json)
{
	const cJSON *item;

	m->bodies = begin_list(r, m->field, json, sizeof *m->bodies);
	if (!m->bodies)
		return false;
	cJSON_ArrayForEach(item, json) {
		const char *prefix = arena_printf(r->parser->arena, "%s%s[%zu].", r->prefix,
						  m->field->name, m->count);

		if (!cJSON_IsObject(item))
			return fail_item(r, m->field, m->count, "an object", item);
		if (!read_nested(r, m, prefix, item, &m->bodies[m->count++]))
			return false;
	}
	return true;
}

static bool read_json(struct body_reader *r, struct member *m, const cJSON *json)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(1 << 30);

	json_add_verbatim(&text, json);
	m->text =
	    text.bad ? arena_fail(r->parser->arena) : arena_strdup(r->parser->arena, text.text);
	return m->text;
}

static bool read_json_object(struct body_reader *r, struct member *m, const cJSON *json)
{
	if (cJSON_IsNull(json) && may_be_null(m->field))
		return true;
	if (!cJSON_IsObject(json))
		return fail_value(r, m->field, json);
	return read_json(r, m, json) &&
	       (strlen(m->text) <= (size_t)m->field->most || fail_value(r, m->field, json));
}

static bool read_member(struct body_reader *r, struct member *m, const cJSON *json, bool required)
{
	/* A null that has no meaning counts as absent (behaviour: section 11.2). */
	if (cJSON_IsNull(json) && !may_be_null(m->field) && !required && r->mode != BODY_STRICT)
		return true;
	m->set = true;
	switch (m->field->kind) {
	case K_IDS:
	case K_TEXTS:
		return read_texts(r, m, json);
	case K_SECONDS:
		return read_seconds(r, m, json);
	case K_WHOLE:
		return read_whole(r, m, json, m->field->least, m->field->most);
	case K_NANOS:
		return read_whole(r, m, json, 1, NANOS_MAX);
	case K_JSON:
		return read_json(r, m, json);
	case K_JSON_OBJECT:
		return read_json_object(r, m, json);
	case K_OBJECT:
		return read_one_object(r, m, json);
	case K_OBJECTS:
		return read_objects(r, m, json);
	default:
		return read_single(r, m, json);
	}
}

/* The names of the fields that a version has, or "none". */
static void list_fields(struct buf *out, const struct shape *shape, enum version v)
{
	for (size_t i = 0; i < (shape->listed ? shape->listed : shape->count); i++)
		if (is_part(&shape->fields[i], shape->part, v))
			buf_printf(out, "%s%s", out->len ? ", " : "", shape->fields[i].name);
	if (!out->len)
		buf_add(out, "none");
}

static const struct field *find_field(const struct shape *shape, enum version v, const char *name)
{
	for (size_t i = 0; i < shape->count; i++)
		if (is_part(&shape->fields[i], shape->part, v) &&
		    streq(shape->fields[i].name, name))
			return &shape->fields[i];
	return NULL;
}

static bool fail_unknown(struct body_reader *r, const struct shape *shape, const char *name)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(KNOWN_BYTES);
	const char *path = path_of(r, parse_shown(r->parser, name));

	list_fields(&known, shape, r->parser->version);
	return !known.bad &&
	       PARSE_FAIL(r->parser, path, "unknown field '%s'; there is: %s", path, known.text);
}

static bool fail_missing(struct body_reader *r, const struct field *f)
{
	const char *path = path_of(r, f->name);
	char expected[EXPECTED_MAX];

	value_expected(f, r->parser->version, expected, sizeof expected);
	return PARSE_FAIL(r->parser, path, "%s is required; expected %s", path, expected);
}

static bool read_object(struct body_reader *r, const struct shape *shape, const cJSON *json,
			struct body *body)
{
	const cJSON *item;

	*body = (struct body){ .members = arena_alloc(r->parser->arena,
						      (shape->count + 1) * sizeof *body->members) };
	if (!body->members)
		return false;
	/* First, because a misspelt name is why a required one is missing. */
	cJSON_ArrayForEach(item, json) {
		if (find_field(shape, r->parser->version, item->string))
			continue;
		if (r->mode != BODY_LENIENT)
			return fail_unknown(r, shape, item->string);
		parse_ignore(r->parser, "body.", path_of(r, item->string));
	}
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		const bool required = is_required(f, shape->part);
		struct member *m;

		if (!is_part(f, shape->part, r->parser->version))
			continue;
		m = &body->members[body->count++];
		*m = (struct member){ .field = f };
		item = cJSON_GetObjectItemCaseSensitive(json, f->name);
		if (!item && required)
			return fail_missing(r, f);
		if (item && !read_member(r, m, item, required))
			return false;
	}
	return true;
}

static bool fail_whole(struct body_reader *r, const struct shape *shape, const char *called,
		       const char *what)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(KNOWN_BYTES);

	list_fields(&known, shape, r->parser->version);
	return !known.bad &&
	       PARSE_FAIL(r->parser, NULL, "%s %s; expected a JSON object with the fields: %s",
			  called, what, known.text);
}

bool body_parse_as(struct parser *p, const struct shape *shape, enum body_mode mode,
		   const char *called, const char *prefix, const char *text, size_t len,
		   struct body *body)
{
	struct body_reader r = { p, mode, prefix };
	struct json_error json_error;
	cJSON *json;
	bool ok;

	*body = (struct body){ .count = 0 };
	if (len == 0)
		return fail_whole(&r, shape, called, "is empty");
	json = json_parse(text, len, &json_error);
	if (!json)
		return json_error.what &&
		       PARSE_FAIL(p, NULL, "%s cannot be read: line %u, column %u: %s", called,
				  json_error.line, json_error.column, json_error.what);
	ok = cJSON_IsObject(json) ? read_object(&r, shape, json, body)
				  : fail_whole(&r, shape, called, "is not a JSON object");
	cJSON_Delete(json);
	return ok;
}

bool body_parse(struct parser *p, const struct shape *shape, enum body_mode mode, const char *text,
		size_t len, struct body *body)
{
	return body_parse_as(p, shape, mode, "the body", "", text, len, body);
}

const struct member *body_member(const struct body *body, const char *name)
{
	static const struct member unset = { .set = false };

	for (size_t i = 0; i < body->count; i++)
		if (streq(body->members[i].field->name, name))
			return &body->members[i];
	return &unset;
}

unsigned body_word(const struct body *body, const char *name)
{
	const struct member *m = body_member(body, name);

	return m->text ? word_number(m->field->words, m->text) : 0;
}

const char *body_text(const struct body *body, const char *name)
{
	return body_member(body, name)->text;
}

const struct body *body_object(const struct body *body, const char *name)
{
	const struct member *m = body_member(body, name);

	return m->count ? m->bodies : NULL;
}
