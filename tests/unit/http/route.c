/* SPDX-License-Identifier: MIT */
/* Finding operations: prefixes, ids, methods, and the table itself. */
#include "http/route.h"

#include "api/handler.h"
#include "operations.h"
#include "unit/raw_target.h"
#include "unit/unit.h"

static bool run(struct exchange *x)
{
	(void)x;
	return true;
}

static const struct operation rows[] = {
	{ .method = "GET", .path = "/things/{thing_id}", .run = run },
	{ .method = "PATCH", .path = "/things/{thing_id}", .run = run },
	{ .method = "GET", .path = "/things", .run = run },
	{ .method = "POST", .path = "/things", .run = run },
	{ .method = "POST", .path = "/things/{thing_id}/move", .run = run },
	{ .method = "GET", .path = "/_mock/ready", .class = ENDPOINT_CONTROL, .run = run },
};
static const struct operation_table table = { rows, ARRAY_LEN(rows) };

/* "row id", "no path", or "no method: allow" */
static const struct {
	const char *method, *target, *want;
	bool no_control;
} cases[] = {
	{ "GET", "/_mock/ready", "no path", true },
	{ "POST", "/_mock/ready", "no path", true },
	{ "GET", "/things", "2 -", true },
	{ "GET", "/things/a", "0 a" },
	{ "GET", "/beta/things/a", "0 a" },
	{ "GET", "/v1/things/a", "0 a" },
	{ "HEAD", "/things/a", "0 a" },
	{ "PATCH", "/things/a", "1 a" },
	{ "GET", "/things", "2 -" },
	{ "POST", "/things", "3 -" },
	{ "POST", "/beta/things/a/move", "4 a" },
	{ "GET", "/things/move", "0 move" },
	{ "GET", "/things/beta", "0 beta" },
	{ "GET", "/things/a%2Fb", "0 a/b" },
	{ "GET", "/_mock/ready", "5 -" },
	{ "DELETE", "/things/a", "no method: GET, HEAD, PATCH" },
	{ "get", "/things/a", "no method: GET, HEAD, PATCH" },
	{ "OPTIONS", "/v1/things", "no method: GET, HEAD, POST" },
	{ "HEAD", "/things/a/move", "no method: POST" },
	{ "POST", "/_mock/ready", "no method: GET, HEAD" },
	{ "GET", "/", "no path" },
	{ "GET", "/beta", "no path" },
	{ "GET", "/beta/", "no path" },
	{ "GET", "/beta/v1/things/a", "no path" },
	{ "GET", "/v2/things/a", "no path" },
	{ "GET", "/Beta/things/a", "no path" },
	{ "GET", "/things/", "no path" },
	{ "GET", "/things/a/", "no path" },
	{ "GET", "//things/a", "no path" },
	{ "GET", "/things/a/b/c/d/e/f/g/h/i/j", "no path" },
	{ "GET", "/thing/a", "no path" },
	{ "GET", "/thingss/a", "no path" },
	{ "GET", "/beta/_mock/ready", "no path" },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route route;
		const char *why;
		char is[256];
		struct arena a;
		struct target t;

		arena_init(&a, NULL, 0);
		CU_ASSERT_FATAL(parse_raw(&a, cases[i].target, &t, &why));
		switch (route_find(&table, !cases[i].no_control, cases[i].method, &t, &route)) {
		case FOUND:
			snprintf(is, sizeof is, "%d %s", (int)(route.op - rows),
				 route.id ? route.id : "-");
			break;
		case FOUND_NO_METHOD:
			snprintf(is, sizeof is, "no method: %s", route.allow);
			break;
		default:
			snprintf(is, sizeof is, "no path");
		}
		EQ_STR_IN(cases[i].target, is, cases[i].want);
		arena_free(&a);
	}
}

static void test_hints(void)
{
	static const struct {
		const char *target, *want;
		bool no_control;
	} hints[] = {
		{ "/_mock", "/things", true },
		{ "/thing", "/things", true },
		{ "/things/", "GET /things/{thing_id}, PATCH /things/{thing_id}, GET /things, "
			      "POST /things, POST /things/{thing_id}/move" },
		{ "/v1/_mock", "GET /_mock/ready" },
		{ "/thing", "/things, /_mock" },
		{ "/", "/things, /_mock" },
		{ "/beta//things", "/things" },
	};

	for (size_t i = 0; i < ARRAY_LEN(hints); i++) {
		struct arena a;
		struct target t;
		const char *why;
		char is[256], few[20];

		arena_init(&a, NULL, 0);
		CU_ASSERT_FATAL(parse_raw(&a, hints[i].target, &t, &why));
		EQ_STR_IN(hints[i].target,
			  route_hint(&table, !hints[i].no_control, &t, is, sizeof is),
			  hints[i].want);
		route_hint(&table, !hints[i].no_control, &t, few, sizeof few);
		CU_ASSERT(strncmp(few, hints[i].want, sizeof few - 1) == 0);
		arena_free(&a);
	}
}

/* Each row is whole, and no other has its method and path. */
static void test_table(void)
{
	for (size_t i = 0; i < operations.count; i++) {
		const struct operation *op = &operations.rows[i];
		size_t segments = 0;

		CU_ASSERT(op->path[0] == '/' && op->run && op->method);
		EQ_INT_IN(op->path, span_is_ever(op->on), op->class == ENDPOINT_API);
		for (const char *c = op->path; *c; c++)
			segments += *c == '/';
		CU_ASSERT(segments + 1 <= TARGET_SEGMENTS);
		for (size_t k = 0; k < i; k++)
			CU_ASSERT(!streq(op->path, operations.rows[k].path) ||
				  !streq(op->method, operations.rows[k].method));
	}
}

UNIT_MAIN("route", { "cases", test_cases }, { "hints", test_hints }, { "table", test_table })
