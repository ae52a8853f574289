/* SPDX-License-Identifier: MIT
 * fuzz_query.c - the queries of lists and of single rows. An input is a digit, which says the
 * version and whether only pipes separate values, and a target: 2/devices?limit=5
 *
 * What is accepted compiles and runs in SQLite. A page is what a simple reading of the query makes
 * of all the rows as a version shows them: filtered, sorted, cut. A row has the expansions that
 * were asked for, and no others. What is refused names a parameter. Looking changes nothing.
 */
#include "fuzz.h"
#include "mock.h"
#include "operations.h"
#include "unit/raw_target.h"

enum { ALL = 1000, PAGE = 7, ROWS_MAX = 100, TARGET_BYTES = 4096 };

static struct mock mock;
static cJSON *all[V_NEWEST + 1][R_COUNT]; /* the rows of each list, as the version shows them */

/* What the demo has no example of: separators inside of values, and values that are null. */
static const char more[] =
    "{\"devices\":[{\"id\":\"d1\",\"name\":\"a,b\",\"agent_version\":\"v1,v2\"},"
    "{\"id\":\"d2\",\"name\":\"a|b\",\"agent_version\":\"v1\"},{\"id\":\"d3\",\"name\":\"a\"},"
    "{\"id\":\"d4\",\"name\":\"b\",\"status\":\"archived\"},{\"id\":\"d5\",\"name\":\"100%\"},"
    "{\"id\":\"d6\",\"name\":\"\\u00e9\",\"agent_version\":\"v2\"}],"
    "\"deployments\":[{\"id\":\"p1\",\"device_id\":\"d1\",\"release_id\":\"rls_123\","
    "\"target_status\":\"archived\",\"activity_status\":\"removing\",\"error_status\":\"none\"}]}";

/* ---- all rows -------------------------------------------------------------------------------- */

static const cJSON *member(const cJSON *json, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(json, name);
}

/* The relation whose row's id a filter is of that no version shows; NULL where there is none. */
static const struct field *hidden(const struct resource *r, const struct field *f)
{
	char name[64];

	if (span_is_ever(f->on) || f->kind != K_REF)
		return NULL;
	snprintf(name, sizeof name, "%.*s", (int)(strlen(f->name) - strlen("_id")), f->name);
	return resource_find_field(r, name);
}

static void read_all(const struct operation *op, enum version v)
{
	const struct resource *r = &resources[op->resource];
	char target[TARGET_BYTES];
	cJSON *list;

	snprintf(target, sizeof target, "%s?limit=%d", op->path, ALL);
	for (size_t i = 0; i < r->nfields; i++)
		if (span_has(r->fields[i].filter, v) && hidden(r, &r->fields[i]))
			snprintf(target + strlen(target), sizeof target - strlen(target),
				 "&expand=%s", hidden(r, &r->fields[i])->name);
	HOLD(mock_get(&mock, target, version_name(v)) == 200, "%s", mock.answer.text);
	list = mock_json(&mock);
	all[v][op->resource] = cJSON_DetachItemFromObjectCaseSensitive(list, "data");
	HOLD(cJSON_GetArraySize(all[v][op->resource]) <= ROWS_MAX, "%s", target);
	cJSON_Delete(list);
}

static void begin(void)
{
	mock_open(&mock, true);
	HOLD(mock_ask(&mock, (struct request){ .method = "POST",
					       .target = "/_mock/fixtures",
					       .body = more,
					       .body_len = strlen(more) }) == 200,
	     "%s", mock.answer.text);
	mock.app.options.max_page_size = ALL;
	for (size_t i = 0; i < operations.count; i++)
		for (enum version v = 0; v <= V_NEWEST; v++)
			if (operations.rows[i].query == QUERY_LIST &&
			    span_has(operations.rows[i].on, v))
				read_all(&operations.rows[i], v);
	mock.app.options.max_page_size = PAGE;
	mock_look(&mock);
}

/* ---- the model ------------------------------------------------------------------------------- */

struct model {
	const struct resource *resource;
	enum version version;
	bool pipe_only;
	const struct target *target;
	const cJSON *rows[ROWS_MAX];
	size_t count;
};

/* Is that the pair's name, with or without brackets behind it? */
static bool named(const struct pair *p, const char *name)
{
	const char *rest = starts_with(p->name, name) ? p->name + strlen(name) : "?";

	return !*rest || (*rest == '[' && streq(rest + 1 + strspn(rest + 1, "0123456789"), "]"));
}

/* Is a text one of the parts between separators, or between separators in one of these? */
static bool is_part_of(const char *text, const char *whole, const char *separators)
{
	size_t len = strlen(whole), n = strlen(text);

	if (n == len && memcmp(text, whole, n) == 0)
		return true;
	if (!*separators)
		return false;
	for (const char *at = whole;; at++) {
		size_t part = strcspn(at, (const char[]){ *separators, '\0' });
		char *copy = strndup(at, part);
		bool found;

		HOLD(copy, "out of memory");
		found = *copy && is_part_of(text, copy, separators + 1);
		free(copy);
		if (found)
			return true;
		at += part;
		if (!*at)
			return false;
	}
}

static const char *value_of(const struct model *m, const cJSON *row, const struct field *f)
{
	const struct field *relation = hidden(m->resource, f);
	const cJSON *value =
	    relation ? member(member(row, relation->name), "id") : member(row, f->name);

	return cJSON_IsString(value) ? value->valuestring : NULL;
}

static bool passes(const struct model *m, const cJSON *row, const struct field *f)
{
	const char *value = value_of(m, row, f);
	bool any = false, found = false;

	for (size_t i = 0; i < m->target->query.count; i++) {
		const struct pair *p = &m->target->query.items[i];

		if (!named(p, f->name) || !*p->value)
			continue;
		any = true;
		found |= value && is_part_of(value, p->value, m->pipe_only ? "|" : "|,");
	}
	return found || !any;
}

static void filter(struct model *m)
{
	const struct resource *r = m->resource;
	const cJSON *row;

	cJSON_ArrayForEach(row, all[m->version][resource_number(r)]) {
		bool all_pass = true;

		for (size_t i = 0; i < r->nfields; i++)
			if (span_has(r->fields[i].filter, m->version))
				all_pass &= passes(m, row, &r->fields[i]);
		if (all_pass)
			m->rows[m->count++] = row;
	}
}

/* Which row comes first by one item of an order, "name:asc"; 0 where it does not say. */
static int compare(const cJSON *a, const cJSON *b, const char *item, size_t len)
{
	size_t name_len = strcspn(item, ":,");
	char name[64];
	int order;

	name_len = name_len < len ? name_len : len;
	snprintf(name, sizeof name, "%.*s", (int)name_len, item);
	order = strcmp(member(a, name)->valuestring, member(b, name)->valuestring);
	return len - name_len == strlen(":asc") && item[name_len + 1] == 'a' ? order : -order;
}

static int precedes(const struct model *m, const cJSON *a, const cJSON *b)
{
	bool any = false;
	int order = 0;

	for (size_t i = 0; i < m->target->query.count && order == 0; i++) {
		const struct pair *p = &m->target->query.items[i];

		if (!named(p, "order_by") || !*p->value)
			continue;
		any = true;
		for (const char *at = p->value; order == 0; at++) {
			size_t len = strcspn(at, ",");

			order = compare(a, b, at, len);
			at += len;
			if (!*at)
				break;
		}
	}
	if (!any)
		order = compare(a, b, "created_at", strlen("created_at"));
	return order != 0 ? order : compare(a, b, "id:asc", strlen("id:asc"));
}

static void sort(struct model *m)
{
	for (size_t i = 1; i < m->count; i++)
		for (size_t n = i; n > 0 && precedes(m, m->rows[n - 1], m->rows[n]) > 0; n--) {
			const cJSON *row = m->rows[n];

			m->rows[n] = m->rows[n - 1];
			m->rows[n - 1] = row;
		}
}

/* The last of them that says something, within its bounds. */
static double number(const struct model *m, const char *name, double preset, double min, double max)
{
	for (size_t i = 0; i < m->target->query.count; i++)
		if (named(&m->target->query.items[i], name) && *m->target->query.items[i].value)
			preset = strtod(m->target->query.items[i].value, NULL);
	return preset < min ? min : preset > max ? max : preset;
}

/* ---- expansions ------------------------------------------------------------------------------ */

/* Is a relation, or total_count, asked for, itself or by what is expanded in it? */
static bool expands(const struct target *t, const char *name)
{
	for (size_t i = 0; i < t->query.count; i++) {
		if (!named(&t->query.items[i], "expand"))
			continue;
		for (const char *at = t->query.items[i].value; *at; at += strspn(at, ",")) {
			size_t len = strcspn(at, ",.");

			if (len == strlen(name) && memcmp(at, name, len) == 0)
				return true;
			at += strcspn(at, ",");
		}
	}
	return false;
}

static void check_row(const struct resource *r, const struct target *t, const cJSON *row,
		      const char *what)
{
	for (size_t i = 0; i < r->nfields; i++) {
		const struct field *f = &r->fields[i];
		const cJSON *value = member(row, f->name);
		const bool asked = expands(t, f->name);

		if (!(f->flags & F_EXPAND))
			continue;
		HOLD(!value || asked, "%s: %s: %s", what, f->name, mock.answer.text);
		HOLD(value || !asked || (f->kind == K_ONE && !(f->flags & F_NULL)), "%s: %s: %s",
		     what, f->name, mock.answer.text);
	}
}

/* ---- a page ---------------------------------------------------------------------------------- */

/* All that the rows show is the same, but for what is expanded. */
static void check_same(const struct model *m, const cJSON *row, const cJSON *want, const char *what)
{
	const cJSON *value;

	cJSON_ArrayForEach(value, want) {
		const struct field *f = resource_find_field(m->resource, value->string);

		if (f && f->flags & F_EXPAND)
			continue;
		HOLD(cJSON_Compare(member(row, value->string), value, true), "%s: %s: %s", what,
		     value->string, mock.answer.text);
	}
}

static void check_page(struct model *m, const cJSON *page, const char *what)
{
	const double limit = number(m, "limit", PAGE, 1, PAGE),
		     offset = number(m, "offset", 0, 0, 9007199254740991);
	const cJSON *total = member(page, "total_count"), *row;
	double at = offset;

	filter(m);
	sort(m);
	HOLD(member(page, "limit")->valuedouble == limit, "%s: %s", what, mock.answer.text);
	HOLD(member(page, "offset")->valuedouble == offset, "%s: %s", what, mock.answer.text);
	HOLD((total != NULL) == expands(m->target, "total_count"), "%s: %s", what,
	     mock.answer.text);
	HOLD(!total || total->valuedouble == (double)m->count, "%s: %s", what, mock.answer.text);
	HOLD(cJSON_IsTrue(member(page, "has_more")) == (offset + limit < (double)m->count),
	     "%s: %s", what, mock.answer.text);
	cJSON_ArrayForEach(row, member(page, "data")) {
		HOLD(at < (double)m->count && at < offset + limit, "%s: %s", what,
		     mock.answer.text);
		check_same(m, row, m->rows[(size_t)at], what);
		check_row(m->resource, m->target, row, what);
		at++;
	}
	HOLD(at >= offset + limit || at >= (double)m->count, "%s: %s", what, mock.answer.text);
}

/* ---- a query --------------------------------------------------------------------------------- */

static void check_answer(const char *raw, enum version v, bool pipe_only)
{
	const struct operation *op = mock.op;
	struct arena a CLEANUP(arena_free);
	struct target target;
	struct model m = { .version = v, .pipe_only = pipe_only, .target = &target };
	const char *why;
	cJSON *json;

	arena_init(&a, NULL, 0);
	HOLD(parse_raw(&a, raw, &target, &why), "%s: %s", raw, why);
	m.resource = &resources[op->resource];
	json = mock_json(&mock);
	if (op->query == QUERY_LIST)
		check_page(&m, json, raw);
	else if (!op->lists)
		check_row(m.resource, &target, json, raw);
	cJSON_Delete(json);
}

/* Of a list it is a parameter that is refused, and one that came. */
static void check_refusal(const char *raw)
{
	struct arena a CLEANUP(arena_free);
	struct target target;
	const char *why;
	cJSON *json = mock_json(&mock);
	const cJSON *field = member(member(member(json, "error"), "params"), "field");
	bool came = false;

	arena_init(&a, NULL, 0);
	HOLD(parse_raw(&a, raw, &target, &why), "%s: %s", raw, why);
	HOLD(cJSON_IsString(field), "%s: %s", raw, mock.answer.text);
	for (size_t i = 0; i < target.query.count; i++)
		came |= named(&target.query.items[i], field->valuestring);
	HOLD(came, "%s: %s", raw, mock.answer.text);
	cJSON_Delete(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned choice = size > 0 ? data[0] - '0' : 0;
	const enum version v = choice % (V_NEWEST + 1);
	char *raw = strndup((const char *)data + (size > 0), size > 0 ? size - 1 : 0);

	if (!mock.app.workspace)
		begin();
	HOLD(raw, "out of memory");
	mock.app.options.pipe_only_filters = choice / (V_NEWEST + 1) % 2;
	if (mock_get(&mock, raw, version_name(v)) == 200 && mock.op->query != QUERY_NONE)
		check_answer(raw, v, mock.app.options.pipe_only_filters);
	else if (mock.status == 400 && mock.op && mock.op->query == QUERY_LIST)
		check_refusal(raw);
	HOLD(!mock_changed(&mock), "%s", raw);
	free(raw);
	return 0;
}
