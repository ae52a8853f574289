/*
 * body.c - a member for each field that the version has.
 */
#include "body.h"

#include "buf.h"
#include "clock.h"
#include "json.h"
#include "utf8.h"
#include "value.h"

enum { NAME_SHOWN = 64 };

/* What the functions below share. */
struct reader {
	struct arena *arena;
	enum version version;
	bool strict;
	struct body_error *error;
};

static bool wrong(struct reader *r, const char *field, const char *why)
{
	*r->error = (struct body_error){ .field = why ? field : NULL, .why = why };
	return false;
}

static const char *shown(struct reader *r, const cJSON *json)
{
	const char *text = value_shown(r->arena, json, false);

	return text ? text : "?";
}

/* "name: expected ..., found ..." */
static bool unfit(struct reader *r, const struct field *f, const cJSON *json)
{
	char expected[EXPECTED_MAX];

	value_expected(f, r->version, expected, sizeof expected);
	return wrong(r, f->name,
		     arena_printf(r->arena, "%s: expected %s, found %s", f->name, expected,
				  shown(r, json)));
}

static bool read_ids(struct reader *r, struct member *m, const cJSON *json)
{
	const cJSON *item;

	if (!cJSON_IsArray(json))
		return unfit(r, m->field, json);
	m->texts = arena_alloc(r->arena, ((size_t)cJSON_GetArraySize(json) + 1) * sizeof *m->texts);
	if (!m->texts)
		return false;
	cJSON_ArrayForEach(item, json) {
		if (!cJSON_IsString(item))
			return wrong(r, m->field->name,
				     arena_printf(r->arena, "%s[%zu]: expected an id, found %s",
						  m->field->name, m->count, shown(r, item)));
		m->texts[m->count] = arena_strdup(r->arena, item->valuestring);
		if (!m->texts[m->count++])
			return false;
	}
	return true;
}

static bool read_seconds(struct reader *r, struct member *m, const cJSON *json)
{
	return (cJSON_IsNumber(json) && seconds_read(json->valuedouble, &m->micros)) ||
	       unfit(r, m->field, json);
}

/* Whatever is no id is one that nobody has, and not found (behaviour: section 4.3). */
static bool is_any_id(const struct field *f, const cJSON *json)
{
	return f->kind == K_REF && cJSON_IsString(json);
}

static bool read_single(struct reader *r, struct member *m, const cJSON *json)
{
	const char *text = json->valuestring;

	if (!is_any_id(m->field, json) && !value_fits(r->arena, m->field, r->version, json, &text))
		return unfit(r, m->field, json);
	if (cJSON_IsNull(json))
		return true;
	m->text = text ? arena_strdup(r->arena, text) : NULL;
	return m->text;
}

static bool read_member(struct reader *r, struct member *m, const cJSON *json)
{
	bool required = m->field->flags & F_REQUIRED;

	/* Where null says nothing, it is taken for nothing (behaviour: section 11.2). */
	if (cJSON_IsNull(json) && !may_be_null(m->field) && !required && !r->strict)
		return true;
	m->set = true;
	switch (m->field->kind) {
	case K_IDS:
		return read_ids(r, m, json);
	case K_SECONDS:
		return read_seconds(r, m, json);
	default:
		return read_single(r, m, json);
	}
}

/* The names of the fields that a version has. */
static void list_fields(struct buf *to, const struct field *fields, enum version v)
{
	for (; fields->name; fields++)
		if (live(fields->on, v))
			buf_printf(to, "%s%s", to->len ? ", " : "", fields->name);
}

static const struct field *find_field(const struct field *fields, enum version v, const char *name)
{
	for (; fields->name; fields++)
		if (live(fields->on, v) && streq(fields->name, name))
			return fields;
	return NULL;
}

static bool refuse_unknown(struct reader *r, const struct field *fields, const char *name)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(4096);
	const char *clean = utf8_clean(r->arena, name, NAME_SHOWN);

	list_fields(&known, fields, r->version);
	return wrong(r, clean,
		     known.bad || !clean
			 ? NULL
			 : arena_printf(r->arena, "unknown field '%s'; there is: %s", clean,
					known.text ? known.text : "none"));
}

static bool read_object(struct reader *r, const struct field *fields, const cJSON *json,
			struct body *body)
{
	const cJSON *item;

	/* First: a name that is misspelt is why another is missing. */
	if (r->strict)
		cJSON_ArrayForEach(item, json)
			if (!find_field(fields, r->version, item->string))
				return refuse_unknown(r, fields, item->string);
	for (const struct field *f = fields; f->name; f++) {
		if (!live(f->on, r->version))
			continue;

		struct member *m = &body->members[body->count++];

		*m = (struct member){ .field = f };
		item = cJSON_GetObjectItemCaseSensitive(json, f->name);
		if (!item && f->flags & F_REQUIRED) {
			char expected[EXPECTED_MAX];

			value_expected(f, r->version, expected, sizeof expected);
			return wrong(r, f->name,
				     arena_printf(r->arena, "%s is missing; expected %s", f->name,
						  expected));
		}
		if (item && !read_member(r, m, item))
			return false;
	}
	return true;
}

static bool refuse_whole(struct reader *r, const struct field *fields, const char *what)
{
	struct buf known CLEANUP(buf_free) = BUF_INIT(4096);

	list_fields(&known, fields, r->version);
	return wrong(r, NULL,
		     known.bad
			 ? NULL
			 : arena_printf(r->arena, "%s; expected a JSON object with the fields: %s",
					what, known.text ? known.text : "none"));
}

bool body_parse(struct arena *a, const struct field *fields, enum version v, bool strict,
		const char *text, size_t len, struct body *body, struct body_error *e)
{
	struct reader r = { .arena = a, .version = v, .strict = strict, .error = e };
	struct json_error json_error;
	size_t n = 0;
	cJSON *json;
	bool ok;

	*body = (struct body){ .count = 0 };
	*e = (struct body_error){ .why = NULL };
	while (fields[n].name)
		n++;
	body->members = arena_alloc(a, (n + 1) * sizeof *body->members);
	if (!body->members)
		return false;
	if (len == 0)
		return refuse_whole(&r, fields, "the body is empty");
	json = json_parse(text, len, &json_error);
	if (!json && json_error.what == json_out_of_memory)
		return false;
	if (!json)
		return wrong(&r, NULL,
			     arena_printf(a, "the body cannot be read: line %u, column %u: %s",
					  json_error.line, json_error.column, json_error.what));
	ok = cJSON_IsObject(json) ? read_object(&r, fields, json, body)
				  : refuse_whole(&r, fields, "the body is no JSON object");
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

const char *body_text(const struct body *body, const char *name)
{
	return body_member(body, name)->text;
}
