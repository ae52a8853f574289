/* SPDX-License-Identifier: MIT
 * schema.sql against the resource table: a column for each stored field and no other, keys for each
 * relation, an index for each filter and sort; and the table against itself.
 */
#include <sqlite3.h>

#include "base/embed.h"
#include "store/sql.h"
#include "store/store.h"
#include "unit/unit.h"

static sqlite3 *db;

/* The first column of the first row, as an int; -1 where there is no row. */
static int ask(const char *sql, const char *a, const char *b, const char *c)
{
	sqlite3_stmt *s;
	int value = -1;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
		CU_FAIL(sqlite3_errmsg(db));
		return -2;
	}
	sqlite3_bind_text(s, 1, a, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 2, b, -1, SQLITE_STATIC);
	sqlite3_bind_text(s, 3, c, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		value = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return value;
}

/* Run a check for every field of every resource. */
static void each_field(void (*check)(const struct resource *, const struct field *))
{
	for (size_t i = 0; i < R_COUNT; i++)
		for (size_t n = 0; n < resources[i].nfields; n++)
			check(&resources[i], &resources[i].fields[n]);
}

static void check_column(const struct resource *r, const struct field *f)
{
	const char *type = f->kind == K_BOOL ? "INTEGER" : "TEXT";
	bool null = f->flags & (F_NULL | F_OPTIONAL);

	if (!is_stored(f)) {
		EQ_INT_IN(f->name,
			  ask("SELECT count(*) FROM pragma_table_xinfo(?1) WHERE name = ?2",
			      r->table, f->name, NULL),
			  0);
		return;
	}
	EQ_INT_IN(f->name,
		  ask("SELECT count(*) FROM pragma_table_xinfo(?1) WHERE name = ?2 AND "
		      "type = ?3",
		      r->table, f->name, type),
		  1);
	EQ_INT_IN(f->name,
		  ask("SELECT \"notnull\" FROM pragma_table_xinfo(?1) WHERE name = ?2", r->table,
		      f->name, NULL),
		  !null);
}

static void test_columns(void)
{
	each_field(check_column);
}

/* Every column is a stored field, or the owner's key, or a position. */
static void test_no_other_columns(void)
{
	for (size_t i = 0; i < R_COUNT; i++) {
		const struct resource *r = &resources[i];
		const struct field *owner = sql_owner(r);
		int fields = owner ? 1 + (owner->kind == K_MANY) : 0;

		for (size_t n = 0; n < r->nfields; n++)
			fields += is_stored(&r->fields[n]);
		EQ_INT_IN(r->table,
			  ask("SELECT count(*) FROM pragma_table_xinfo(?1)", r->table, NULL, NULL),
			  fields);
	}
}

static const char foreign_key[] = "SELECT count(*) FROM pragma_foreign_key_list(?1) "
				  "WHERE \"from\" = ?2 AND \"table\" = ?3";

static void check_relation(const struct resource *r, const struct field *f)
{
	const struct relation *rel = f->relation;
	const struct resource *target;

	if (f->kind == K_REF && is_stored(f) && r != &resources[R_CONFIG_INSTANCE]) {
		EQ_INT_IN(f->name, ask(foreign_key, r->table, f->name, resources[f->refers].table),
			  1);
		return;
	}
	if (!is_relation(f))
		return;
	target = &resources[rel->target];
	if (resource_ref_column(r, f)) {
		/* The column is a field that refers to the target. */
		const struct field *column = resource_find_field(r, rel->far);

		CU_ASSERT_FATAL(column != NULL);
		EQ_INT_IN(f->name, column->kind, K_REF);
		EQ_INT_IN(f->name, (int)column->refers, (int)rel->target);
		EQ_INT_IN(f->name, (column->flags & F_NULL) != 0, (f->flags & F_NULL) != 0);
		EQ_STR_IN(f->name, rel->near, r->key);
	} else {
		/* near leads to us, far to the target, and near is indexed. */
		const char *table = rel->link ? rel->link : target->table;

		EQ_INT_IN(f->name, ask(foreign_key, table, rel->near, r->table), 1);
		if (rel->link)
			EQ_INT_IN(f->name, ask(foreign_key, table, rel->far, target->table), 1);
		CU_ASSERT(ask("SELECT count(*) FROM pragma_index_list(?1) AS l, "
			      "pragma_index_info(l.name) AS i WHERE i.seqno = 0 AND i.name = ?2",
			      table, rel->near, NULL) > 0);
	}
}

static void test_relations(void)
{
	each_field(check_relation);
	/* What an instance refers to is held together by keys of two columns. */
	EQ_INT(ask("SELECT count(DISTINCT id) FROM pragma_foreign_key_list(?1)", "config_instances",
		   NULL, NULL),
	       2);
	EQ_INT(ask(foreign_key, "config_instances", "config_type_id", "config_schemas"), 1);
	EQ_INT(ask(foreign_key, "config_instances", "slot_key", "config_schema_slots"), 1);
	EQ_INT(ask(foreign_key, "config_instances", "config_schema_id", "config_schemas"), 1);
	EQ_INT(ask(foreign_key, "config_instances", "config_schema_id", "config_schema_slots"), 1);
}

/* Every reference is checked at the commit only: the store defers none by itself. */
static void test_references(void)
{
	static const char deferred[] = ") DEFERRABLE INITIALLY DEFERRED";
	const char *sql = schema_sql;
	int count = 0;

	while ((sql = strstr(sql, "REFERENCES "))) {
		sql += strcspn(sql, ")");
		CU_ASSERT(starts_with(sql, deferred));
		count++;
	}
	EQ_INT(count, ask("SELECT count(DISTINCT t.name || f.id) FROM sqlite_schema AS t, "
			  "pragma_foreign_key_list(t.name) AS f",
			  NULL, NULL, NULL));
}

static void check_index(const struct resource *r, const struct field *f)
{
	bool used = span_is_ever(f->filter) || span_is_ever(f->sort);

	if (!used || !is_stored(f))
		return;
	CU_ASSERT(ask("SELECT count(*) FROM pragma_index_list(?1) AS l, "
		      "pragma_index_info(l.name) AS i WHERE i.seqno = 0 AND i.name = ?2",
		      r->table, f->name, NULL) > 0);
}

static void test_indexes(void)
{
	each_field(check_index);
}

/* A CHECK for each enumeration: the word passes it, a word that is none does not. */
static void check_words(const struct resource *r, const struct field *f)
{
	sqlite3_stmt *s;
	const char *sql = NULL, *check;
	char column[64];

	if (f->kind != K_ENUM || !is_stored(f))
		return;
	CU_ASSERT_FATAL(sqlite3_prepare_v2(db, "SELECT sql FROM sqlite_schema WHERE name = ?1", -1,
					   &s, NULL) == SQLITE_OK);
	sqlite3_bind_text(s, 1, r->table, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		sql = (const char *)sqlite3_column_text(s, 0);
	CU_ASSERT_FATAL(sql != NULL);
	snprintf(column, sizeof column, "CHECK (%s IN", f->name);
	check = strstr(sql, column);
	CU_ASSERT_PTR_NOT_NULL(check);
	if (check) {
		size_t words = 0, quotes = 0;

		for (const char *c = check; *c != ';' && !(c[0] == ')' && c[1] == ')'); c++)
			quotes += *c == '\'';
		for (const struct word *w = f->words; w->text; w++, words++) {
			char quoted[64];
			const char *at;

			snprintf(quoted, sizeof quoted, "'%s'", w->text);
			at = strstr(check, quoted);
			CU_ASSERT(at && at < strstr(check, "))"));
		}
		EQ_INT_IN(f->name, (long long)quotes, (long long)words * 2);
	}
	sqlite3_finalize(s);
}

static void test_words(void)
{
	each_field(check_words);
}

/* Every word younger than its field says what older versions see. */
static void check_older(const struct resource *r, const struct field *f)
{
	(void)r;
	if (f->kind != K_ENUM)
		return;
	for (const struct word *w = f->words; w->text; w++) {
		if (w->on.since <= f->on.since)
			continue;
		if (!w->older || !word_find(f->words, w->older))
			CU_FAIL(f->name);
	}
}

static void check_row(const struct resource *r, const struct field *f)
{
	if (is_relation(f))
		CU_ASSERT_PTR_NOT_NULL(f->relation);
	EQ_INT_IN(f->name, f->kind == K_ENUM, f->words != NULL);
	CU_ASSERT_PTR_EQUAL(resource_field(r, f->name), f); /* no name twice */
	CU_ASSERT(!span_is_ever(f->filter) || span_last(f->filter) == V_NEWEST);
	CU_ASSERT(!span_is_ever(f->sort) || span_last(f->sort) == V_NEWEST);
	if (f->same_as)
		CU_ASSERT_PTR_NOT_NULL(resource_find_field(r, f->same_as));
	for (int i = 0; i < 2; i++)
		if (f->derive)
			CU_ASSERT(is_stored(resource_field(r, f->from[i])));
	/* store/fetch.c starts relations from a row's first field. */
	if (is_relation(f))
		EQ_STR_IN(f->name, r->fields[0].name, r->key);
}

static void test_table(void)
{
	each_field(check_older);
	each_field(check_row);
	for (size_t i = 0; i < R_COUNT; i++) {
		CU_ASSERT(resources[i].nfields <= FIELDS_MAX);
		EQ_INT_IN(resources[i].table, resources[i].array == NULL,
			  sql_owner(&resources[i]) != NULL);
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "columns", test_columns },     { "no other columns", test_no_other_columns },
		{ "relations", test_relations }, { "references", test_references },
		{ "indexes", test_indexes },     { "words", test_words },
		{ "table", test_table },
	};
	int status;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_exec(db, schema_sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		return 99;
	}
	status = unit_main("schema_sql", tests, ARRAY_LEN(tests));
	sqlite3_close(db);
	return status;
}
