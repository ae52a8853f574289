/* SPDX-License-Identifier: MIT */
/* Bodies, by a table of fields: what they say, and every way in which they are refused. */
#include "model/body.h"

#include "base/buf.h"
#include "unit/unit.h"

static const struct word colours[] = {
	{ "red", ALWAYS, NULL },
	{ "blue", SINCE(V_RAINIER), "red" },
	{ .text = NULL },
};

static const struct field part_fields[] = {
	{ .name = "key",
	  .kind = K_TEXT,
	  .flags = F_REQUIRED,
	  .on = ALWAYS,
	  .strfmt = STRFMT_NON_EMPTY },
	/* what it must be like, somebody else says */
	{ .name = "path",
	  .kind = K_TEXT,
	  .flags = F_CHECKED_LATER,
	  .on = ALWAYS,
	  .strfmt = STRFMT_FILEPATH },
};

static const struct shape part_shape = { .fields = part_fields, .count = ARRAY_LEN(part_fields) };

static const struct field fields[] = {
	{ .name = "name",
	  .kind = K_TEXT,
	  .flags = F_REQUIRED,
	  .on = ALWAYS,
	  .strfmt = STRFMT_NAME },
	{ .name = "colour", .kind = K_ENUM, .on = ALWAYS, .words = colours },
	{ .name = "owner_id", .kind = K_REF, .on = UNTIL(V_RAINIER), .refers = R_DEVICE },
	{ .name = "owner_id",
	  .kind = K_REF,
	  .flags = F_NULL,
	  .on = SINCE(V_EVERGLADES),
	  .refers = R_DEVICE },
	{ .name = "ids", .kind = K_IDS, .on = ALWAYS },
	{ .name = "at", .kind = K_TIME, .on = ALWAYS },
	{ .name = "on", .kind = K_BOOL, .on = ALWAYS },
	{ .name = "seconds", .kind = K_SECONDS, .on = SINCE(V_EVERGLADES) },
	{ .name = "nanos", .kind = K_NANOS, .on = SINCE(V_EVERGLADES) },
	{ .name = "free", .kind = K_JSON, .on = SINCE(V_EVERGLADES) },
	{ .name = "tags", .kind = K_TEXTS, .flags = F_NON_EMPTY, .on = SINCE(V_EVERGLADES) },
	{ .name = "part", .kind = K_OBJECT, .on = SINCE(V_EVERGLADES), .members = &part_shape },
	{ .name = "parts",
	  .kind = K_OBJECTS,
	  .flags = F_NON_EMPTY,
	  .on = SINCE(V_EVERGLADES),
	  .members = &part_shape },
};

static const struct shape shape = { .fields = fields, .count = ARRAY_LEN(fields) };

/* The same as rows of a table, of which some are written by a POST and some by a PATCH. */
static const struct field rows[] = {
	{ .name = "id", .kind = K_ID, .on = ALWAYS },
	{ .name = "name",
	  .kind = K_TEXT,
	  .on = ALWAYS,
	  .create = ALWAYS,
	  .patch = ALWAYS,
	  .strfmt = STRFMT_NAME },
	{ .name = "slug",
	  .kind = K_TEXT,
	  .on = ALWAYS,
	  .create = ALWAYS,
	  .patch = UNTIL(V_RAINIER) },
	{ .name = "owner_id",
	  .kind = K_REF,
	  .flags = F_NULL,
	  .on = ALWAYS,
	  .create = ALWAYS,
	  .refers = R_DEVICE },
	{ .name = "on", .kind = K_BOOL, .on = ALWAYS, .create = ALWAYS, .preset = "1" },
};

#define T_FIELDS  "name, colour, owner_id, ids, at, on"
#define EXPECTED  "; expected a JSON object with the fields: " T_FIELDS
#define NAME_FORM "a text of 1 to 48 characters"

/* "name=value" for each field that is set; "! field: why" where it is refused. */
static const struct {
	enum version v;
	bool strict;
	const char *text, *want;
} cases[] = {
	{ V_TETONS, false, "{\"name\":\"x\"}", "name=x " },
	{ V_TETONS, false, " \n{ \"name\" : \"\\u00e9\" } ", "name=\xc3\xa9 " },
	{ V_TETONS, false, "{\"name\":\"x\",\"colour\":\"red\",\"on\":true}",
	  "name=x colour=red on=1 " },
	{ V_TETONS, false, "{\"on\":false,\"name\":\"x\"}", "name=x on=0 " },
	{ V_TETONS, false, "{\"name\":\"x\",\"at\":\"2024-01-01T01:00:00+01:00\"}",
	  "name=x at=2024-01-01T00:00:00.000000Z " },
	{ V_TETONS, false, "{\"name\":\"x\",\"ids\":[]}", "name=x ids=[] " },
	{ V_TETONS, false, "{\"name\":\"x\",\"ids\":[\"a\",\"\",\"not an id\"]}",
	  "name=x ids=[a  not an id] " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"seconds\":0.25}", "name=x seconds=250000 " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"free\": {\"b\" : [1.50, null]}}",
	  "name=x free={\"b\":[1.50,null]} " },
	/* an id that cannot be is one that nobody has */
	{ V_TETONS, false, "{\"name\":\"x\",\"owner_id\":\"no id at all\"}",
	  "name=x owner_id=no id at all " },
	/* null is nothing, but where the version says otherwise */
	{ V_TETONS, false, "{\"name\":\"x\",\"owner_id\":null,\"colour\":null,\"ids\":null}",
	  "name=x " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"owner_id\":null}", "name=x owner_id=null " },
	{ V_TETONS, true, "{\"name\":\"x\",\"colour\":null}",
	  "! colour: colour: expected one of red, found null" },
	{ V_TETONS, false, "{\"name\":null}", "! name: name: expected " NAME_FORM ", found null" },
	/* what nobody asked for */
	{ V_TETONS, false, "{\"name\":\"x\",\"nmae\":1,\"seconds\":\"soon\"}", "name=x " },
	{ V_TETONS, true, "{\"nmae\":\"x\"}", "! nmae: unknown field 'nmae'; there is: " T_FIELDS },
	{ V_TETONS, true, "{\"name\":\"x\",\"nmae\":1}",
	  "! nmae: unknown field 'nmae'; there is: " T_FIELDS },
	{ V_TETONS, true, "{\"name\":\"x\",\"seconds\":1}",
	  "! seconds: unknown field 'seconds'; there is: " T_FIELDS },
	{ V_TETONS, true, "{\"name\":\"x\",\"Name\":\"y\"}",
	  "! Name: unknown field 'Name'; there is: " T_FIELDS },
	/* what is missing, or wrong */
	{ V_TETONS, false, "{}", "! name: name is required; expected " NAME_FORM },
	{ V_TETONS, false, "{\"name\":\"\"}", "! name: name: expected " NAME_FORM ", found \"\"" },
	{ V_TETONS, false, "{\"name\":5}", "! name: name: expected " NAME_FORM ", found 5" },
	{ V_TETONS, false, "{\"name\":\"x\",\"colour\":\"blue\"}",
	  "! colour: colour: expected one of red, found \"blue\"" },
	{ V_RAINIER, false, "{\"name\":\"x\",\"colour\":\"green\"}",
	  "! colour: colour: expected one of red, blue, found \"green\"" },
	{ V_TETONS, false, "{\"name\":\"x\",\"colour\":[\"red\"]}",
	  "! colour: colour: expected one of red, found [\"red\"]" },
	{ V_TETONS, false, "{\"name\":\"x\",\"owner_id\":7}",
	  "! owner_id: owner_id: expected the id of a device, found 7" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"owner_id\":{}}",
	  "! owner_id: owner_id: expected the id of a device, or null, found {}" },
	{ V_TETONS, false, "{\"name\":\"x\",\"ids\":\"a\"}",
	  "! ids: ids: expected a list of ids, found \"a\"" },
	{ V_TETONS, false, "{\"name\":\"x\",\"ids\":[\"a\",null]}",
	  "! ids[1]: ids[1]: expected an id, found null" },
	{ V_TETONS, false, "{\"name\":\"x\",\"on\":\"true\"}",
	  "! on: on: expected true or false, found \"true\"" },
	{ V_TETONS, false, "{\"name\":\"x\",\"at\":\"soon\"}",
	  "! at: at: expected a time such as 2024-01-01T00:00:00Z, found \"soon\"" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"seconds\":-1}",
	  "! seconds: seconds: expected a number of seconds from 0 to 31622400, found -1" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"seconds\":\"1\"}",
	  "! seconds: seconds: expected a number of seconds from 0 to 31622400, found \"1\"" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"nanos\":1}", "name=x nanos=1 " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"nanos\":10000000000}",
	  "name=x nanos=10000000000 " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"nanos\":0}",
	  "! nanos: nanos: expected a number of nanoseconds from 1 to 10000000000, found 0" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"nanos\":10000000001}",
	  "! nanos: nanos: expected a number of nanoseconds from 1 to 10000000000, found "
	  "10000000001" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"nanos\":1.5}",
	  "! nanos: nanos: expected a number of nanoseconds from 1 to 10000000000, found 1.5" },
	/* lists, and objects inside */
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"tags\":[\"a\",\"b\"]}", "name=x tags=[a b] " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"tags\":[]}",
	  "! tags: tags: expected a list of texts that are not empty, at least one, found []" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"tags\":[\"a\",\"\"]}",
	  "! tags[1]: tags[1]: expected a text that is not empty, found \"\"" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"part\":{\"key\":\"k\",\"other\":1}}",
	  "name=x part={key=k } " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"part\":null}", "name=x " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"part\":{}}",
	  "! part.key: part.key is required; expected a text that is not empty" },
	{ V_EVERGLADES, true, "{\"name\":\"x\",\"part\":{\"key\":\"k\",\"other\":1}}",
	  "! part.other: unknown field 'part.other'; there is: key, path" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"part\":[]}",
	  "! part: part: expected an object, found []" },
	{ V_EVERGLADES, false,
	  "{\"name\":\"x\",\"parts\":[{\"key\":\"k\",\"path\":\"no path\"},{\"key\":\"l\"}]}",
	  "name=x parts=[{key=k path=no path }{key=l }] " },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"parts\":[{\"key\":\"k\",\"path\":5}]}",
	  "! parts[0].path: parts[0].path: expected an absolute path of 1 to 128 bytes without "
	  "\"..\", found 5" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"parts\":[{\"key\":\"k\"},{\"key\":\"\"}]}",
	  "! parts[1].key: parts[1].key: expected a text that is not empty, found \"\"" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"parts\":[{\"key\":\"k\"},5]}",
	  "! parts[1]: parts[1]: expected an object, found 5" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"parts\":[]}",
	  "! parts: parts: expected a list of objects, at least one, found []" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"parts\":{}}",
	  "! parts: parts: expected a list of objects, at least one, found {}" },
	/* what is no object */
	{ V_TETONS, false, "", "! -: the body is empty" EXPECTED },
	{ V_TETONS, false, "[]", "! -: the body is not a JSON object" EXPECTED },
	{ V_TETONS, false, "null", "! -: the body is not a JSON object" EXPECTED },
	{ V_TETONS, false, "{\"name\":\"x\"",
	  "! -: the body cannot be read: line 1, column 12: expected ',' or '}'" },
	{ V_TETONS, false, "{\"name\":\"x\"}\n{}",
	  "! -: the body cannot be read: line 2, column 1: expected the end after the value" },
	{ V_TETONS, false, "{\"name\":\"x\",\"name\":\"y\"}",
	  "! -: the body cannot be read: line 1, column 13: key is already used in this object" },
};

static void describe(const struct body *body, struct buf *out);

static void describe_list(const struct member *m, struct buf *out)
{
	buf_add(out, m->field->kind == K_OBJECT ? "" : "[");
	for (size_t i = 0; i < m->count; i++) {
		if (m->texts) {
			buf_printf(out, "%s%s", i ? " " : "", m->texts[i]);
			continue;
		}
		buf_addc(out, '{');
		describe(&m->bodies[i], out);
		buf_addc(out, '}');
	}
	buf_add(out, m->field->kind == K_OBJECT ? "" : "]");
}

static void describe(const struct body *body, struct buf *out)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct member *m = &body->members[i];

		if (!m->set)
			continue;
		buf_printf(out, "%s=", m->field->name);
		if (m->texts || m->bodies)
			describe_list(m, out);
		else if (m->field->kind == K_SECONDS || m->field->kind == K_NANOS)
			buf_add_int(out, m->number);
		else
			buf_add(out, m->text ? m->text : "null");
		buf_addc(out, ' ');
	}
}

static void check_case(const struct shape *of, enum version v, bool strict, const char *text,
		       const char *want)
{
	struct buf is = BUF_INIT(4096);
	struct body body;
	struct arena a;
	struct parser p = { .arena = &a, .version = v };

	arena_init(&a, NULL, 0);
	if (body_parse(&p, of, strict, text, strlen(text), &body))
		describe(&body, &is);
	else
		buf_printf(&is, "! %s: %s", p.error.field ? p.error.field : "-", p.error.message);
	EQ_STR_IN(text, is.text, want);
	buf_free(&is);
	arena_free(&a);
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check_case(&shape, cases[i].v, cases[i].strict, cases[i].text, cases[i].want);
}

/* A POST must say what follows from nothing; a PATCH need say nothing. */
static void test_parts(void)
{
	static const struct {
		enum part part;
		enum version v;
		const char *text, *want;
	} parts[] = {
		{ PART_CREATE, V_TETONS, "{\"name\":\"x\",\"slug\":\"y\",\"id\":\"z\"}",
		  "name=x slug=y " },
		{ PART_CREATE, V_TETONS, "{\"name\":\"x\"}",
		  "! slug: slug is required; expected a text" },
		{ PART_CREATE, V_EVERGLADES,
		  "{\"name\":\"x\",\"slug\":\"y\",\"owner_id\":null,\"on\":false}",
		  "name=x slug=y owner_id=null on=0 " },
		{ PART_PATCH, V_TETONS, "{}", NULL },
		{ PART_PATCH, V_RAINIER, "{\"slug\":\"y\",\"owner_id\":\"z\"}", "slug=y " },
		{ PART_PATCH, V_EVERGLADES, "{\"slug\":5,\"name\":null}", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		const struct shape of = { rows, ARRAY_LEN(rows), parts[i].part };

		check_case(&of, parts[i].v, false, parts[i].text, parts[i].want);
	}
}

/* Members are found by name, in the version's row; one that is not set has no text. */
static void test_members(void)
{
	static const char text[] = "{\"name\":\"x\",\"owner_id\":\"a\"}";
	struct body body;
	struct arena a;
	struct parser p = { .arena = &a, .version = V_TETONS };

	arena_init(&a, NULL, 0);
	CU_ASSERT_FATAL(body_parse(&p, &shape, false, text, strlen(text), &body));
	CU_ASSERT_PTR_EQUAL(body_member(&body, "owner_id")->field, &fields[2]);
	EQ_STR(body_text(&body, "owner_id"), "a");
	EQ_STR(body_text(&body, "colour"), NULL);
	CU_ASSERT(!body_member(&body, "colour")->set);
	CU_ASSERT(!body_member(&body, "seconds")->set);
	p.version = V_EVERGLADES;
	CU_ASSERT_FATAL(body_parse(&p, &shape, false, text, strlen(text), &body));
	CU_ASSERT_PTR_EQUAL(body_member(&body, "owner_id")->field, &fields[3]);
	arena_free(&a);
}

UNIT_MAIN("body", { "cases", test_cases }, { "parts", test_parts }, { "members", test_members })
