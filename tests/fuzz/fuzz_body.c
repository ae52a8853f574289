/* SPDX-License-Identifier: MIT
 * fuzz_body.c - the bodies of requests, and what operations do with them. An input is requests with
 * a line of -- between them, each a line and a body:
 *
 *	POST /devices 2
 *	{"name":"picker"}
 *
 * The digit is the version. The strict scanner accepts a text only if cJSON does; printing what was
 * read and reading that changes nothing. A request that is refused has changed nothing; one that is
 * accepted has done what it says, and reads back; what came of it can be exported and loaded.
 */
#include <ctype.h>

#include "base/json_add.h"
#include "fuzz.h"
#include "mock.h"
#include "schema/jsontree.h"

enum { TEXT_MAX = 1 << 24, STEPS_MAX = 8, FIRST_LINE_MAX = 1024 };

static struct mock mock, twin;

static void begin(void)
{
	mock_open(&mock, true);
	mock_open(&twin, false);
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void print(struct buf *to, const cJSON *json)
{
	buf_clear(to);
	json_add_canonical(to, json);
	HOLD(!to->bad, "out of memory");
}

/* A tree, and what it is printed as and read again, are the same; so are its nodes. */
static void check_tree(const cJSON *json)
{
	struct buf one CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	struct buf two CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	struct arena a CLEANUP(arena_free);
	struct json_error e;
	const char *why;
	cJSON *again;
	struct node *node, *other;

	arena_init(&a, NULL, 0);
	print(&one, json);
	again = json_parse_any(one.text, one.len, &e);
	HOLD(again, "%u:%u: %s: %s", e.line, e.column, e.what, one.text);
	print(&two, again);
	HOLD(streq(one.text, two.text), "\n%s\n%s", one.text, two.text);
	node = jsontree_load(&a, json, &why);
	HOLD(node, "%s: %s", why, one.text);
	other = jsontree_load(&a, again, &why);
	HOLD(other && jsontree_compare(node, other) == 0, "%s", one.text);
	cJSON_Delete(again);
}

static void check_json(const char *text, size_t len)
{
	struct json_error e = { 0 }, e2;
	const bool strict = json_check(text, len, &e);
	cJSON *json = json_parse_any(text, len, &e2);

	HOLD(!strict || json, "%.*s", (int)len, text);
	HOLD(strict || (e.what && *e.what && e.line > 0 && e.column > 0), "%.*s", (int)len, text);
	if (json)
		check_tree(json);
	cJSON_Delete(json);
	if (!strict)
		return;
	json = cJSON_ParseWithLength(text, len);
	HOLD(json, "%.*s", (int)len, text);
	cJSON_Delete(json);
}

/* ---- what an accepted request has done ------------------------------------------------------- */

static const cJSON *member(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

/* Is it shown as it is said? Times are not. */
static bool is_verbatim(const struct field *f)
{
	return f->kind == K_TEXT || f->kind == K_REF || f->kind == K_ENUM;
}

/* Texts of the body that the answer has a field for are its. */
static void check_said(const struct request *r, const cJSON *answer)
{
	struct json_error e;
	cJSON *body = json_parse(r->body, r->body_len, &e);
	const struct shape shape = operation_body(mock.op);

	for (size_t i = 0; body && i < shape.count; i++) {
		const struct field *f = &shape.fields[i];
		const cJSON *said = member(body, f->name), *is = member(answer, f->name);

		if (!is_part(f, shape.part, V_NEWEST) || !is_verbatim(f) || !cJSON_IsString(said) ||
		    !cJSON_IsString(is))
			continue;
		HOLD(streq(said->valuestring, is->valuestring), "%s: %.*s: %s", f->name,
		     (int)r->body_len, r->body, mock.answer.text);
	}
	cJSON_Delete(body);
}

/* Asked for by its id, a row is what the answer to its change was. */
static void check_reads_back(const struct request *r, const cJSON *answer)
{
	const struct operation *op = mock.op;
	const cJSON *id = member(answer, "id");
	struct workspace *w = mock.app.workspace;
	const int64_t due = w->due;
	char target[FIRST_LINE_MAX];
	cJSON *again;

	HOLD(cJSON_IsString(id), "%s", mock.answer.text);
	w->due = INT64_MAX; /* what devices do about it is to be seen only later */
	snprintf(target, sizeof target, "/%s/%s", resources[op->resource].array, id->valuestring);
	HOLD(mock_get(&mock, target, r->miru_version) == 200, "%s: %s", target, mock.answer.text);
	w->due = due;
	again = mock_json(&mock);
	HOLD(cJSON_Compare(answer, again, true), "%s: %s", target, mock.answer.text);
	cJSON_Delete(again);
}

static bool changes_row(const struct request *r)
{
	return mock.op->class == ENDPOINT_API && !mock.op->answer && !mock.op->lists &&
	       !streq(r->method, "GET") && !streq(r->method, "HEAD") && !strchr(r->target, '?');
}

/* Rules that are read can be put, and are the same then. */
static void check_faults(void)
{
	char *rules;

	mock_get(&mock, "/_mock/faults", NULL);
	rules = strdup(mock.answer.text);
	HOLD(rules, "out of memory");
	HOLD(mock_ask(&mock, (struct request){ .method = "PUT",
					       .target = "/_mock/faults",
					       .body = rules,
					       .body_len = strlen(rules) }) == 200,
	     "%s: %s", rules, mock.answer.text);
	mock_get(&mock, "/_mock/faults", NULL);
	HOLD(streq(rules, mock.answer.text), "\n%s\n%s", rules, mock.answer.text);
	free(rules);
}

/* A clock that runs changes things by itself. */
static bool stands(void)
{
	return mock.app.workspace->clock.frozen != CLOCK_RUNS;
}

static void check_done(const struct request *r)
{
	cJSON *answer;

	if (mock.op->raw || mock.faulty)
		return;
	answer = mock_json(&mock);
	check_said(r, answer);
	if (changes_row(r) && stands() && !faults_has_any(&mock.app.workspace->faults))
		check_reads_back(r, answer);
	cJSON_Delete(answer);
	if (streq(r->method, "PUT") && starts_with(r->target, "/_mock/faults"))
		check_faults();
	if (!streq(r->method, "GET") && mock_changed(&mock))
		mock_compare(&mock, &twin);
}

/* ---- requests -------------------------------------------------------------------------------- */

/* The line up to a line feed into words; what follows is the body. False where it is too long. */
static bool read_request(const char *text, size_t len, char line[FIRST_LINE_MAX], struct request *r)
{
	const char *end = memchr(text, '\n', len);
	size_t used = end ? (size_t)(end - text) : len;
	char *version, *target;

	if (used >= FIRST_LINE_MAX)
		return false;
	memcpy(line, text, used);
	line[used] = '\0';
	target = strchrnul(line, ' ');
	if (*target)
		*target++ = '\0';
	version = strchrnul(target, ' ');
	if (*version)
		*version++ = '\0';
	*r = (struct request){
		.method = line,
		.target = target,
		.miru_version = version_name(isdigit((unsigned char)*version)
						 ? (enum version)(*version - '0') % (V_NEWEST + 1)
						 : V_NEWEST),
		.body = end ? end + 1 : text + len,
		.body_len = len - used - (end ? 1 : 0),
	};
	return true;
}

static void step(const char *text, size_t len)
{
	char line[FIRST_LINE_MAX];
	struct request r;

	if (!read_request(text, len, line, &r))
		return;
	check_json(r.body, r.body_len);
	mock_look(&mock);
	if (mock_ask(&mock, r) == 200)
		check_done(&r);
	else if (stands())
		HOLD(!mock_changed(&mock), "%.*s: %s", (int)len, text, mock.answer.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char between[] = "\n--\n";
	const char *at = (const char *)data, *end = at + size;

	if (!mock.app.workspace)
		begin();
	for (int i = 0; i < STEPS_MAX && at < end; i++) {
		const char *next = memmem(at, (size_t)(end - at), between, strlen(between));
		size_t len = (size_t)((next ? next : end) - at);

		step(at, len);
		at = next ? next + strlen(between) : end;
	}
	mock_reset(&mock);
	return 0;
}
