/* Bodies, by a table of fields: what they say, and every way in which they are refused. */
#include "body.h"

#include "buf.h"
#include "unit.h"

static const struct word colours[] = {
	{ "red", ALWAYS, NULL },
	{ "blue", SINCE(V_RAINIER), "red" },
	{ .text = NULL },
};

static const struct field fields[] = {
	{ .name = "name", .kind = K_TEXT, .flags = F_REQUIRED, .on = ALWAYS, .form = FORM_NAME },
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
	{ .name = NULL },
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
	{ V_TETONS, false, "{}", "! name: name is missing; expected " NAME_FORM },
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
	  "! ids: ids[1]: expected an id, found null" },
	{ V_TETONS, false, "{\"name\":\"x\",\"on\":\"true\"}",
	  "! on: on: expected true or false, found \"true\"" },
	{ V_TETONS, false, "{\"name\":\"x\",\"at\":\"soon\"}",
	  "! at: at: expected a time such as 2024-01-01T00:00:00Z, found \"soon\"" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"seconds\":-1}",
	  "! seconds: seconds: expected a number of seconds from 0 to 31622400, found -1" },
	{ V_EVERGLADES, false, "{\"name\":\"x\",\"seconds\":\"1\"}",
	  "! seconds: seconds: expected a number of seconds from 0 to 31622400, found \"1\"" },
	/* what is no object */
	{ V_TETONS, false, "", "! -: the body is empty" EXPECTED },
	{ V_TETONS, false, "[]", "! -: the body is no JSON object" EXPECTED },
	{ V_TETONS, false, "null", "! -: the body is no JSON object" EXPECTED },
	{ V_TETONS, false, "{\"name\":\"x\"",
	  "! -: the body cannot be read: line 1, column 12: expected ',' or '}'" },
	{ V_TETONS, false, "{\"name\":\"x\"}\n{}",
	  "! -: the body cannot be read: line 2, column 1: expected the end after the value" },
	{ V_TETONS, false, "{\"name\":\"x\",\"name\":\"y\"}",
	  "! -: the body cannot be read: line 1, column 13: a key that the object already has" },
};

static void describe(const struct body *body, struct buf *out)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct member *m = &body->members[i];

		if (!m->set)
			continue;
		buf_printf(out, "%s=", m->field->name);
		if (m->field->kind == K_IDS) {
			buf_add(out, "[");
			for (size_t n = 0; n < m->count; n++)
				buf_printf(out, "%s%s", n ? " " : "", m->texts[n]);
			buf_add(out, "]");
		} else if (m->field->kind == K_SECONDS) {
			buf_add_int(out, m->micros);
		} else {
			buf_add(out, m->text ? m->text : "null");
		}
		buf_addc(out, ' ');
	}
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf is = BUF_INIT(4096);
		struct body_error e;
		struct body body;
		struct arena a;

		arena_init(&a, NULL, 0);
		if (body_parse(&a, fields, cases[i].v, cases[i].strict, cases[i].text,
			       strlen(cases[i].text), &body, &e))
			describe(&body, &is);
		else
			buf_printf(&is, "! %s: %s", e.field ? e.field : "-", e.why);
		EQ_STR_IN(cases[i].text, is.text, cases[i].want);
		buf_free(&is);
		arena_free(&a);
	}
}

/* Members are found by name, in the version's row; one that is not set has no text. */
static void test_members(void)
{
	static const char text[] = "{\"name\":\"x\",\"owner_id\":\"a\"}";
	struct body_error e;
	struct body body;
	struct arena a;

	arena_init(&a, NULL, 0);
	CU_ASSERT_FATAL(body_parse(&a, fields, V_TETONS, false, text, strlen(text), &body, &e));
	CU_ASSERT_PTR_EQUAL(body_member(&body, "owner_id")->field, &fields[2]);
	EQ_STR(body_text(&body, "owner_id"), "a");
	EQ_STR(body_text(&body, "colour"), NULL);
	CU_ASSERT(!body_member(&body, "colour")->set);
	CU_ASSERT(!body_member(&body, "seconds")->set);
	CU_ASSERT_FATAL(body_parse(&a, fields, V_EVERGLADES, false, text, strlen(text), &body, &e));
	CU_ASSERT_PTR_EQUAL(body_member(&body, "owner_id")->field, &fields[3]);
	arena_free(&a);
}

UNIT_MAIN("body", { "cases", test_cases }, { "members", test_members })
