/* SPDX-License-Identifier: MIT */
/* Fault rules: which requests they match, how often, and which error a status stands for. */
#include "workspace/fault.h"

#include "base/buf.h"
#include "base/json_writer.h"
#include "model/operation.h"
#include "operations.h"
#include "unit/unit.h"

/* Rules of one condition each, or of several, against one and the same request. */
static const struct {
	const char *operation, *method, *path, *key;
	bool fits;
} cases[] = {
	{ NULL, NULL, NULL, NULL, true },
	{ "getDevice", NULL, NULL, NULL, true },
	{ "listDevices", NULL, NULL, NULL, false },
	{ NULL, "GET", NULL, NULL, true },
	{ NULL, "POST", NULL, NULL, false },
	{ NULL, "get", NULL, NULL, false },
	{ NULL, NULL, "/beta/devices/dvc_1", NULL, true },
	{ NULL, NULL, "/devices/dvc_1", NULL, true }, /* without the prefix */
	{ NULL, NULL, "/v1/devices/dvc_1", NULL, false },
	{ NULL, NULL, "/devices/*", NULL, true },
	{ NULL, NULL, "*_1", NULL, true },
	{ NULL, NULL, "/devices", NULL, false },
	{ NULL, NULL, "/releases/*", NULL, false },
	{ NULL, NULL, NULL, "mk_secret", true },
	{ NULL, NULL, NULL, "Robots", true }, /* by its name */
	{ NULL, NULL, NULL, "robots", false },
	{ NULL, NULL, NULL, "mk_", false },
	{ "getDevice", "GET", "/devices/*", "Robots", true },
	{ "getDevice", "GET", "/devices/*", "Cars", false },
	{ "getDevice", "GET", "/releases/*", "Robots", false },
	{ "getDevice", "POST", "/devices/*", "Robots", false },
	{ "listDevices", "GET", "/devices/*", "Robots", false },
};

static struct fault_case request(void)
{
	return (struct fault_case){
		.op = operation_named(&operations, "getDevice"),
		.method = "GET",
		.path = "/beta/devices/dvc_1",
		.prefix_len = strlen("/beta"),
		.key = "mk_secret",
		.key_name = "Robots",
	};
}

static const struct operation *named(const char *name)
{
	return name ? operation_named(&operations, name) : NULL;
}

static void test_cases(void)
{
	const struct fault_case c = request();
	struct arena a;

	CU_ASSERT_FATAL(c.op != NULL);
	arena_init(&a, NULL, 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct fault_set *set = fault_set_new(1);
		struct faults f;
		char what[16];
		int index;

		if (!set) {
			CU_FAIL("out of memory");
			continue;
		}
		snprintf(what, sizeof what, "case %zu:", i);
		set->rules[0].op = named(cases[i].operation);
		set->rules[0].method = cases[i].method;
		set->rules[0].path = cases[i].path;
		set->rules[0].key = cases[i].key;
		faults_open(&f);
		CU_ASSERT(!faults_has_any(&f));
		faults_replace(&f, set);
		CU_ASSERT(faults_has_any(&f));
		EQ_INT_IN(what, faults_match(&f, &c, &a, &index) != NULL, cases[i].fits);
		EQ_INT_IN(what, index, 0);
		faults_close(&f);
	}
	arena_free(&a);
}

/* A request without a key, to a path without a prefix and of no operation. */
static void test_unknown(void)
{
	const struct fault_case c = { .method = "GET", .path = "/devices", .prefix_len = 0 };
	struct fault_set *set = fault_set_new(3);
	struct faults f;
	struct arena a;
	int index;

	CU_ASSERT_FATAL(set != NULL);
	arena_init(&a, NULL, 0);
	set->rules[0].key = "mk_secret";
	set->rules[1].op = named("listDevices");
	set->rules[2].path = "/devices";
	faults_open(&f);
	faults_replace(&f, set);
	CU_ASSERT_PTR_NOT_NULL(faults_match(&f, &c, &a, &index));
	EQ_INT(index, 2);
	faults_close(&f);
	arena_free(&a);
}

/* The first rule that fits wins until its times are over; hits are counted. */
static void test_order(void)
{
	static const int want[] = { 1, 1, 2, 2, 2 };
	const struct fault_case c = request();
	struct fault_set *set = fault_set_new(3);
	struct buf b CLEANUP(buf_free) = BUF_INIT(4096);
	struct writer w = { .out = &b, .empty = true };
	const struct fault *fault = NULL;
	struct faults f;
	struct arena a;
	int index;

	CU_ASSERT_FATAL(set != NULL);
	arena_init(&a, NULL, 0);
	set->rules[0].times = 0;
	set->rules[0].status = 500;
	set->rules[1].times = 2;
	set->rules[1].status = 501;
	set->rules[2].status = 502;
	set->rules[2].code = arena_strdup(&set->arena, "broken");
	set->rules[2].message = arena_strdup(&set->arena, "out of order");
	set->rules[2].path = "/devices/*";
	faults_open(&f);
	faults_replace(&f, set);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		fault = faults_match(&f, &c, &a, &index);
		EQ_INT(index, want[i]);
		EQ_INT(fault ? (long long)fault->status : -1, 500 + want[i]);
	}
	CU_ASSERT(fault && fault->message != set->rules[2].message); /* a copy */
	faults_write(&f, &w);
	for (const char *at = b.text, *const *hits = (const char *const[]){ "0", "2", "3", NULL };
	     *hits; hits++) {
		at = at ? strstr(at, "\"hits\":") : NULL;
		CU_ASSERT(at && strncmp(at += strlen("\"hits\":"), *hits, 1) == 0);
	}
	/* What was found stays when the rules are gone. */
	faults_clear(&f);
	CU_ASSERT(!faults_has_any(&f));
	CU_ASSERT_PTR_NULL(faults_match(&f, &c, &a, &index));
	CU_ASSERT(fault != NULL);
	if (fault) {
		EQ_STR(fault->code, "broken");
		EQ_STR(fault->message, "out of order");
	}
	faults_close(&f);
	arena_free(&a);
}

static void test_errors(void)
{
	static const struct {
		int64_t status;
		enum error error;
	} errors[] = {
		{ 400, ERR_INVALID_REQUEST },
		{ 401, ERR_UNAUTHORIZED },
		{ 403, ERR_FORBIDDEN },
		{ 404, ERR_NOT_FOUND },
		{ 405, ERR_METHOD_NOT_ALLOWED },
		{ 408, ERR_TIMEOUT },
		{ 409, ERR_NONE },
		{ 413, ERR_BODY_TOO_LARGE },
		{ 418, ERR_NONE },
		{ 429, ERR_TOO_MANY },
		{ 500, ERR_INTERNAL },
		{ 501, ERR_NOT_IMPLEMENTED },
		{ 502, ERR_BAD_GATEWAY },
		{ 503, ERR_UNAVAILABLE },
		{ 504, ERR_GATEWAY_TIMEOUT },
		{ 200, ERR_NONE },
		{ 0, ERR_NONE },
		{ -1, ERR_NONE },
	};

	for (size_t i = 0; i < ARRAY_LEN(errors); i++)
		EQ_INT(fault_error(errors[i].status), errors[i].error);
}

UNIT_MAIN("fault", { "cases", test_cases }, { "unknown", test_unknown }, { "order", test_order },
	  { "errors", test_errors })
