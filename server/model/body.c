/*
 * body.c - a member for each field that the version has.
 */
#include "model/body.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/utf8.h"
#include "model/value.h"

enum { NAME_SHOWN = 64 };

/* What the functions below share. */
struct reader {
	struct arena *arena;
	enum version version;
	bool strict;
	const char *inside; /* what stands before a name: "", "content.", "documents[0]." */
	struct parse_error *error;
};

static bool wrong(struct reader *r, const char *field, const char *why)
{
	*r->error = (struct parse_error){ why ? field : NULL, why };
	return false;
}

static const char *shown(struct reader *r, const cJSON *json)
{
	const char *text = value_shown(r->arena, json, false);

	return text ? text : "?";
}

/* The name of a field, with what it stands in. */
static const char *path_of(struct reader *r, const char *name)
{
	return *r->inside ? arena_printf(r->arena, "%s%s", r->inside, name) : name;
}

/* "name: expected ..., found ..." */
static bool unfit_as(struct reader *r, const char *path, const char *expected, const cJSON *json)
{
	return wrong(r, path,
		     path ? arena_printf(r->arena, "%s: expected %s, found %s", path, expected,
					 shown(r, json))
			  : NULL);
}

static bool unfit(struct reader *r, const struct field *f, const cJSON *json)
{
	char expected[EXPECTED_MAX];

	value_expected(f, r->version, expected, sizeof expected);
	return unfit_as(r, path_of(r, f->name), expected, json);
}

static bool unfit_item(struct reader *r, const struct field *f, size_t i, const char *expected,
		       const cJSON *json)
{
	return unfit_as(r, arena_printf(r->arena, "%s%s[%zu]", r->inside, f->name, i), expected,
			json);
}

/* Is it a list, and one with items where it must have some? */
static bool fits_list(const struct field *f, const cJSON *json)
{
	return cJSON_IsArray(json) &&
	       (json->child || !(f->flags & F_NON_EMPTY) || f->flags & F_CHECKED_LATER);
}

static bool read_texts(struct reader *r, struct member *m, const cJSON *json)
{
	const bool ids = m->field->kind == K_IDS;
	const cJSON *item;

	if (!fits_list(m->field, json))
		return unfit(r, m->field, json);
	m->texts = arena_alloc(r->arena, ((size_t)cJSON_GetArraySize(json) + 1) * sizeof *m->texts);
	if (!m->texts)
		return false;
	cJSON_ArrayForEach(item, json) {
		/* Whatever is no id is one that nobody has. */
		if (!cJSON_IsString(item) || !(ids || *item->valuestring))
			return unfit_item(r, m->field, m->count,
					  ids ? "an id" : string_format_expected(STRFMT_NON_EMPTY),
					  item);
		m->texts[m->count] = arena_strdup(r->arena, item->valuestring);
		if (!m->texts[m->count++])
			return false;
	}
	return true;
}

static bool read_seconds(struct reader *r, struct member *m, const cJSON *json)
{
	return (cJSON_IsNumber(json) && clock_read_seconds(json->valuedouble, &m->number)) ||
	       unfit(r, m->field, json);
}

static bool read_whole(struct reader *r, struct member *m, const cJSON *json)
{
	const struct field *f = m->field;
	double value = json->valuedouble;

	if (cJSON_IsNull(json) && may_be_null(f))
		return true;
	if (!cJSON_IsNumber(json) || !(value >= (double)f->least) || value > (double)f->most ||
	    value != (double)(int64_t)value)
		return unfit(r, f, json);
	m->number = (int64_t)value;
	m->text = arena_printf(r->arena, "%" PRId64, m->number);
	return m->text;
}

static bool read_nanos(struct reader *r, struct member *m, const cJSON *json)
{
	double value = json->valuedouble;

	if (!cJSON_IsNumber(json) || !(value >= 1) || value > (double)NANOS_MAX ||
	    value != (double)(int64_t)value)
		return unfit(r, m->field, json);
	m->number = (int64_t)value;
	return true;
}

/* Is it a text, and is that enough? Whatever is no id is one that nobody has, and not found
 * (behaviour: section 4.3). */
static bool is_any_text(const struct field *f, const cJSON *json)
{
	return (f->kind == K_REF || f->flags & F_CHECKED_LATER) && cJSON_IsString(json);
}

static bool read_single(struct reader *r, struct member *m, const cJSON *json)
{
	const char *text = json->valuestring;

	if (!is_any_text(m->field, json) &&
	    !value_fits(r->arena, m->field, r->version, json, &text))
		return unfit(r, m->field, json);
	if (cJSON_IsNull(json))
		return true;
	m->text = text ? arena_strdup(r->arena, text) : NULL;
	return m->text;
}

static bool read_object(struct reader *r, const struct shape *shape, const cJSON *json,
			struct body *body);

static bool read_inside(const struct reader *r, const struct member *m, const char *inside,
			const cJSON *json, struct body *body)
{
	struct reader within = *r;

	within.inside = inside;
	return inside && read_object(&within, m->field->members, json, body);
}

static bool read_one_object(struct reader *r, struct member *m, const cJSON *json)
{
	const char *inside = arena_printf(r->arena, "%s%s.", r->inside, m->field->name);

	if (!cJSON_IsObject(json))
		return unfit(r, m->field, json);
	m->count = 1;
	m->bodies = arena_alloc(r->arena, sizeof *m->bodies);
	return m->bodies && read_inside(r, m, inside, json, m->bodies);
}

static bool read_objects(struct reader *r, struct member *m, const cJSON *json)
{
	const cJSON *item;

	if (!fits_list(m->field, json))
		return unfit(r, m->field, json);
	m->bodies =
	    arena_alloc(r->arena, ((size_t)cJSON_GetArraySize(json) + 1) * sizeof *m->bodies);
	if (!m->bodies)
		return false;
	cJSON_ArrayForEach(item, json) {
		const char *inside =
		    arena_printf(r->arena, "%s%s[%zu].", r->inside, m->field->name, m->count);

		if (!cJSON_IsObject(item))
			return unfit_item(r, m->field, m->count, "an object", item);
		if (!read_inside(r, m, inside, item, &m->bodies[m->count++]))
			return false;
	}
	return true;
}

static bool read_member(struct reader *r, struct member *m, const cJSON *json, bool required)
{
	/* Where null says nothing, it is taken for nothing (behaviour: section 11.2). */
	if (cJSON_IsNull(json) && !may_be_null(m->field) && !required && !r->strict)
		return true;
	m->set = true;
	switch (m->field->kind) {
	case K_IDS:
	case K_TEXTS:
		return read_texts(r, m, json);
	case K_SECONDS:
		return read_seconds(r, m, json);
	case K_WHOLE:
		return read_whole(r, m, json);
	case K_NANOS:
		return read_nanos(r, m, json);
	case K_OBJECT:
		return read_one_object(r, m, json);
	case K_OBJECTS:
		return read_objects(r, m, json);
	default:
		return read_single(r, m, json);
	}
}

/* The names of the fields that a version has. */
static void list_fields(struct buf *to, const struct shape *shape, enum version v)
{
	for (size_t i = 0; i < shape->count; i++)
		if (is_part(&shape->fields[i], shape->part, v))
			buf_printf(to, "%s%s", to->len ? ", " : "", shape->fields[i].name);
}

static const struct field *find_field(const struct shape *shape, enum version v, const char *name)
{
	for (size_t i = 0; i < shape->count; i++)
		if (is_part(&shape->fields[i], shape->part, v) &&
		    streq(shape->fields[i].name, name))
			return &shape->fields[i];
	return NULL;
}

static bool refuse_unknown(struct reader *r, const struct shape *shape, const char *name)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(4096);
	const char *clean = utf8_clean(r->arena, name, NAME_SHOWN);
	const char *path = clean ? path_of(r, clean) : NULL;

	list_fields(&known, shape, r->version);
	return wrong(r, path,
		     known.bad || !path ? NULL
					: arena_printf(r->arena, "unknown field '%s'; there is: %s",
						       path, known.text ? known.text : "none"));
}

static bool refuse_missing(struct reader *r, const struct field *f)
{
	const char *path = path_of(r, f->name);
	char expected[EXPECTED_MAX];

	value_expected(f, r->version, expected, sizeof expected);
	return wrong(r, path,
		     path ? arena_printf(r->arena, "%s is missing; expected %s", path, expected)
			  : NULL);
}

static bool read_object(struct reader *r, const struct shape *shape, const cJSON *json,
			struct body *body)
{
	const cJSON *item;

	*body = (struct body){ .members = arena_alloc(r->arena,
						      (shape->count + 1) * sizeof *body->members) };
	if (!body->members)
		return false;
	/* First: a name that is misspelt is why another is missing. */
	if (r->strict)
		cJSON_ArrayForEach(item, json)
			if (!find_field(shape, r->version, item->string))
				return refuse_unknown(r, shape, item->string);
	for (size_t i = 0; i < shape->count; i++) {
		const struct field *f = &shape->fields[i];
		const bool required = is_required(f, shape->part);
		struct member *m;

		if (!is_part(f, shape->part, r->version))
			continue;
		m = &body->members[body->count++];
		*m = (struct member){ .field = f };
		item = cJSON_GetObjectItemCaseSensitive(json, f->name);
		if (!item && required)
			return refuse_missing(r, f);
		if (item && !read_member(r, m, item, required))
			return false;
	}
	return true;
}

static bool refuse_whole(struct reader *r, const struct shape *shape, const char *what)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(4096);

	list_fields(&known, shape, r->version);
	return wrong(r, NULL,
		     known.bad
			 ? NULL
			 : arena_printf(r->arena, "%s; expected a JSON object with the fields: %s",
					what, known.text ? known.text : "none"));
}

bool body_parse(struct parser *p, const struct shape *shape, bool strict, const char *text,
		size_t len, struct body *body)
{
	struct reader r = { p->arena, p->version, strict, "", &p->error };
	struct json_error json_error;
	cJSON *json;
	bool ok;

	*body = (struct body){ .count = 0 };
	p->error = (struct parse_error){ NULL, NULL };
	if (len == 0)
		return refuse_whole(&r, shape, "the body is empty");
	json = json_parse(text, len, &json_error);
	if (!json && !json_error.what)
		return false;
	if (!json)
		return wrong(&r, NULL,
			     arena_printf(p->arena,
					  "the body cannot be read: line %u, column %u: %s",
					  json_error.line, json_error.column, json_error.what));
	ok = cJSON_IsObject(json) ? read_object(&r, shape, json, body)
				  : refuse_whole(&r, shape, "the body is no JSON object");
	cJSON_Delete(json);
	return ok;
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
