/* SPDX-License-Identifier: MIT
 * The plan of every query that a list is made of, or a relation followed by: none walks through a
 * table, none sorts more than it must, and which index each uses is what docs/performance.md says.
 * With --print, prints what that must say.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "store/sql.h"
#include "unit/unit.h"

enum { TEXT_MAX = 1 << 20 };

static sqlite3 *db;
static struct sql sql;
static struct buf docs; /* docs/performance.md */
static struct buf steps_of = BUF_INIT(TEXT_MAX);

/* The plan of a query, a step a line; lives until the next call. */
static const char *plan(const char *text)
{
	struct buf explain CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	sqlite3_stmt *s = NULL;

	buf_clear(&steps_of);
	buf_printf(&explain, "EXPLAIN QUERY PLAN %s", text);
	if (sqlite3_prepare_v2(db, explain.text, -1, &s, NULL) != SQLITE_OK)
		CU_FAIL_FATAL(sqlite3_errmsg(db));
	while (sqlite3_step(s) == SQLITE_ROW)
		buf_printf(&steps_of, "%s\n", (const char *)sqlite3_column_text(s, 3));
	sqlite3_finalize(s);
	return steps_of.text;
}

/* No step passes through a whole table: what is scanned is a list of values, or an index in order.
 */
static bool uses_indexes(const char *steps)
{
	for (const char *at = steps; (at = strstr(at, "SCAN ")) != NULL; at++) {
		const char *end = strchr(at, '\n');
		char step[256];

		snprintf(step, sizeof step, "%.*s", (int)(end - at), at);
		if (!starts_with(step, "SCAN json_each") && !starts_with(step, "SCAN k ") &&
		    !strstr(step, " USING INDEX "))
			return false;
	}
	return true;
}

static void expect(bool ok, const char *what, const struct buf *text)
{
	CU_ASSERT(ok);
	if (!ok)
		printf("\n%s:\n%s\n%s", what, text->text, plan(text->text));
}

/* ---- lists ----------------------------------------------------------------------------------- */

static void list(struct buf *text, const struct resource *r, const struct field *filter,
		 size_t values, const struct field *by, bool ascending, size_t lead)
{
	const struct field *id = resource_field(r, "id");
	struct list_query l = { .nfilters = filter ? 1 : 0, .norders = by == id ? 1 : 2 };

	l.filters[0] = (struct filter){ .field = filter, .count = values };
	l.orders[0] = (struct order){ by, ascending };
	l.orders[1] = (struct order){ id, true };
	sql_list(text, r, &l, lead);
}

/* The index of the step that finds the rows, as text. */
static const char *index_of(const char *steps)
{
	static char name[128];
	const char *at = strstr(steps, " t USING INDEX ");

	CU_ASSERT_FATAL(at != NULL);
	sscanf(at, " t USING INDEX %127s", name);
	return name;
}

static void check_docs(const struct resource *r, const char *what, const char *index)
{
	struct buf line CLEANUP(buf_free) = BUF_INIT(1024);

	buf_printf(&line, "| %s | %s | `%s` |\n", r->table, what, index);
	if (!docs.len) {
		fputs(line.text, stdout);
	} else if (!strstr(docs.text, line.text)) {
		printf("\ndocs/performance.md does not say: %s", line.text);
		CU_FAIL("docs/performance.md");
	}
}

/* By a filter, in the usual order: out of an index in that order, be it one value or a few. */
static void check_filter(const struct resource *r, const struct field *f)
{
	const struct field *created = resource_field(r, "created_at");

	for (size_t values = 1; values <= 2 * FILTER_FEW; values++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
		const char *steps;

		list(&text, r, f, values, created, false, 0);
		steps = plan(text.text);
		expect(uses_indexes(steps), "uses no index", &text);
		expect(strstr(steps, "SEARCH t USING INDEX") != NULL, "searches not", &text);
		if (values <= FILTER_FEW && !f->matching && !streq(f->name, "sha"))
			expect(!strstr(steps, "TEMP B-TREE"), "sorts", &text);
		if (values == 1)
			check_docs(r, f->name, index_of(steps));
	}
}

/* Through all rows in an order: out of an index of it. */
static void check_order(const struct resource *r, const struct field *by,
			const struct field *filter)
{
	for (int ascending = 0; ascending < 2; ascending++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
		const char *steps;

		list(&text, r, filter, 1, by, ascending, filter ? 1 : 0);
		steps = plan(text.text);
		expect(uses_indexes(steps), "uses no index", &text);
		expect(strstr(steps, "SCAN t USING INDEX") != NULL, "walks not", &text);
		expect(!strstr(steps, "TEMP B-TREE"), "sorts", &text);
		if (!filter && !ascending) {
			char what[128];

			snprintf(what, sizeof what, "order by %s", by->name);
			check_docs(r, what, index_of(steps));
		}
	}
}

static void test_lists(void)
{
	for (const struct resource *r = resources; r < resources + R_COUNT; r++) {
		for (const struct field *f = r->fields; r->array && f < r->fields + r->nfields;
		     f++) {
			if (span_has(f->filter, V_NEWEST))
				check_filter(r, f);
			if (!span_has(f->sort, V_NEWEST))
				continue;
			check_order(r, f, NULL);
			for (const struct field *g = r->fields; g < r->fields + r->nfields; g++)
				if (span_has(g->filter, V_NEWEST))
					check_order(r, f, g);
		}
	}
}

/* ---- what is composed ahead ------------------------------------------------------------------ */

/* Every statement compiles, and walks through no table. */
static void test_statements(void)
{
	for (const struct query *q = (const struct query *)&sql;
	     q < (const struct query *)(&sql + 1); q++) {
		struct buf text CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);

		if (!q->sql)
			continue;
		buf_add(&text, q->sql);
		expect(uses_indexes(plan(text.text)), "uses no index", &text);
	}
}

/* What is found by a key is found by the index of that. */
static void check_key(const struct query *q, const char *alias, const char *column)
{
	struct buf text CLEANUP(buf_free) = BUF_INIT(TEXT_MAX);
	char want[64];
	const char *at;

	buf_add(&text, q->sql);
	snprintf(want, sizeof want, "SEARCH %s USING ", alias);
	at = strstr(plan(q->sql), want);
	snprintf(want, sizeof want, "(%s=?", column);
	expect(at && strncmp(strchr(at, '('), want, strlen(want)) == 0, "begins elsewhere", &text);
}

static void test_keys(void)
{
	for (size_t i = 0; i < R_COUNT; i++) {
		check_key(&sql.get[i], "t", resources[i].key);
		check_key(&sql.get_many[i], "t", resources[i].key);
		check_key(&sql.has[i], resources[i].table, resources[i].key);
		for (size_t n = 0; n < resources[i].nfields; n++) {
			const struct relation *rel = resources[i].fields[n].relation;

			if (is_relation(&resources[i].fields[n]) && sql.related[i][n].sql)
				check_key(&sql.related[i][n], rel->link ? "l" : "t", rel->near);
		}
	}
}

/* The check itself: it sees a table that is walked through. */
static void test_check(void)
{
	CU_ASSERT(!uses_indexes(plan("SELECT id FROM deployments WHERE description = ?1")));
	CU_ASSERT(uses_indexes(plan("SELECT id FROM deployments WHERE id = ?1")));
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool read_docs(void)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	FILE *file;
	int c;

	snprintf(path, sizeof path, "%s/docs/performance.md", srcdir ? srcdir : ".");
	file = fopen(path, "r");
	if (!file)
		return false;
	while ((c = getc(file)) != EOF)
		buf_addc(&docs, (char)c);
	fclose(file);
	return !docs.bad;
}

int main(int argc, char **argv)
{
	static const struct unit_test tests[] = {
		{ "lists", test_lists },
		{ "statements", test_statements },
		{ "keys", test_keys },
		{ "the check", test_check },
	};
	struct arena arena;
	int status;

	docs = (struct buf)BUF_INIT(TEXT_MAX);
	if (!(argc > 1 && streq(argv[1], "--print")) && !read_docs()) {
		fprintf(stderr, "docs/performance.md cannot be read\n");
		return 1;
	}
	arena_init(&arena, NULL, 0);
	if (!sql_compose(&sql, &arena) || sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_exec(db, schema_sql, NULL, NULL, NULL) != SQLITE_OK)
		return 1;
	status = unit_main("query_plans", tests, ARRAY_LEN(tests));
	sqlite3_close(db);
	arena_free(&arena);
	buf_free(&docs);
	buf_free(&steps_of);
	return status;
}
