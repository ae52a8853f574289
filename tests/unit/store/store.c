/* SPDX-License-Identifier: MIT
 * The store: what a reader sees while others write, what a transaction leaves behind, be it for
 * want of memory, and the number of statements of a join. Under the thread sanitizer this is also
 * the proof that a writer may end the transactions of readers.
 */
#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/embed.h"
#include "fixture/load.h"
#include "store/list.h"
#include "store/store_internal.h"
#include "unit/statements.h"
#include "unit/unit.h"

static const char schema[] =
    "CREATE TABLE pair (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER) STRICT;"
    "CREATE TABLE word (text TEXT UNIQUE, of INTEGER REFERENCES pair (id)"
    " DEFERRABLE INITIALLY DEFERRED) STRICT; INSERT INTO pair VALUES (1, 0, 0)";

static struct store *open_store(const char *sql)
{
	char err[256] = "";
	struct store *store = store_open(sql, err, sizeof err);

	EQ_STR(err, "");
	CU_ASSERT_FATAL(store != NULL);
	return store;
}

/* Run one statement to its end. */
static enum step execute(struct db *db, const char *sql, const char *text)
{
	const struct query q = { sql, QUERY_ONCE };
	struct stmt *s = db_query(db, &q);
	enum step step;

	CU_ASSERT_FATAL(s != NULL);
	if (text)
		stmt_bind(s, 1, text);
	do
		step = stmt_step(s);
	while (step == STEP_ROW);
	stmt_end(s);
	return step;
}

static int64_t number(struct db *db, const char *sql)
{
	const struct query q = { sql, QUERY_ONCE };
	struct stmt *s = db_query(db, &q);
	int64_t value = -1;

	if (s && stmt_step(s) == STEP_ROW)
		value = stmt_int(s, 0);
	if (s)
		stmt_end(s);
	return value;
}

/* The same, as one that reads beside others. */
static int64_t number_read(struct db *db, const char *sql)
{
	int64_t value;

	db_read(db);
	value = number(db, sql);
	db_read_end(db);
	return value;
}

static void test_values(void)
{
	static const struct query q = { "SELECT ?1, ?2, ?3, ?4, '', x''", 7 };
	struct store *store = open_store(schema);
	struct db *db = store_db(store);

	/* The same query again and again: its bindings do not outlive stmt_end. */
	for (int i = 0; i < 3; i++) {
		struct stmt *s = db_query(db, &q);
		const char *bytes;
		size_t len = 99;

		CU_ASSERT_FATAL(s != NULL);
		if (i < 2) {
			stmt_bind(s, 1, "x\xc3\xa9");
			stmt_bind_int(s, 2, INT64_MIN);
			stmt_bind(s, 3, NULL);
			stmt_bind(s, 4, "");
		}
		EQ_INT(stmt_step(s), STEP_ROW);
		EQ_STR(stmt_text(s, 0), i < 2 ? "x\xc3\xa9" : NULL);
		bytes = stmt_bytes(s, 0, &len);
		EQ_INT(bytes != NULL, i < 2);
		if (bytes)
			EQ_INT((long long)len, 3);
		EQ_INT(stmt_int(s, 1) == INT64_MIN, i < 2);
		CU_ASSERT_PTR_NULL(stmt_bytes(s, 2, &len));
		EQ_INT(stmt_bytes(s, 3, &len) != NULL, i < 2);
		CU_ASSERT_PTR_NOT_NULL(stmt_bytes(s, 4, &len)); /* empty is not null */
		EQ_INT((long long)len, 0);
		EQ_INT(stmt_step(s), STEP_DONE);
		stmt_end(s);
	}
	store_close(store);
}

static void test_errors(void)
{
	static const struct query bad = { "SELECT \"nmae\" FROM pair", QUERY_ONCE };
	struct store *store = open_store(schema);
	struct db *db = store_db(store);
	char err[256] = "";

	/* A column that is none is an error, not a string. */
	CU_ASSERT_PTR_NULL(db_query(db, &bad));
	CU_ASSERT_PTR_NOT_NULL(strstr(db_error(db), "nmae"));
	CU_ASSERT_PTR_NULL(store_open("CREATE TABLE nonsense", err, sizeof err));
	CU_ASSERT(strncmp(err, "database: ", 10) == 0 && err[10]);
	store_close(store);
}

/* How often the connection's cached statements were prepared again. */
static int prepared_again(const struct db *db)
{
	int count = 0;

	for (size_t i = 0; i < QUERY_SLOTS; i++)
		if (db->cache[i].sqlite)
			count += sqlite3_stmt_status(db->cache[i].sqlite,
						     SQLITE_STMTSTATUS_REPREPARE, 0);
	for (size_t i = 0; i < KEPT; i++)
		if (db->kept[i].stmt.sqlite)
			count += sqlite3_stmt_status(db->kept[i].stmt.sqlite,
						     SQLITE_STMTSTATUS_REPREPARE, 0);
	return count;
}

/* A write leaves the statements of its connection prepared, those that read and those that write;
 * so does one that is rolled back. */
static void test_stays_prepared(void)
{
	static const struct query read = { "SELECT a FROM pair WHERE id = 1", 7 };
	static const struct query write = { "UPDATE pair SET a = a + 1", QUERY_KEPT };
	struct store *store = open_store(schema);
	struct db *db = store_db(store);
	bool has;

	for (int i = 0; i < 6; i++) {
		CU_ASSERT_FATAL(db_write(db));
		CU_ASSERT(db_run(db, &write, NULL, 0));
		if (i % 2)
			db_rollback(db);
		else
			CU_ASSERT(db_commit(db));
		db_read(db);
		CU_ASSERT(db_has(db, &read, NULL, 0, &has) && has);
		db_read_end(db);
	}
	EQ_INT(number(db, "SELECT a FROM pair"), 3);
	EQ_INT(prepared_again(db), 0);
	store_close(store);
}

/* The number in a file's header: comments and white space do not change it, statements do. */
static void test_schema_number(void)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "CREATE TABLE t (x)", "CREATE TABLE t (x)", true },
		{ "CREATE TABLE t (x)", "CREATE TABLE t (y)", false },
		{ "CREATE TABLE t (x)", "-- why\nCREATE TABLE t (\n\tx -- what\n)\n-- end", true },
		{ "CREATE TABLE t (x); --", "CREATE TABLE t (x); -", false },
		{ "CHECK (x <> 'a b')", "CHECK (x <> 'ab')", false },
		{ "CHECK (x <> '--a')", "CHECK (x <> '--b')", false },
		{ "x = '''--' -- a", "x = '''--' -- b", true },
		{ "x = \"--a\"", "x = \"--b\"", false },
		{ "x = '\"' -- a", "x = '\"' -- b", true },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		EQ_INT(store_schema_number(cases[i].a) == store_schema_number(cases[i].b),
		       cases[i].same);
	CU_ASSERT(store_schema_number(schema_sql) > 0);
	/* It does not know comments of the other kind. */
	CU_ASSERT_PTR_NULL(strstr(schema_sql, "/*"));
}

/* Statements that are kept by their texts: more of them than there is room for, again and again. */
static void test_kept(void)
{
	enum { TEXTS = 200 };
	struct store *store = open_store(schema);
	struct db *db = store_db(store);

	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < TEXTS; i++) {
			char sql[64];
			const struct query q = { sql, QUERY_KEPT };
			struct stmt *s;

			/* Some of them of the same length, some asked for more often. */
			snprintf(sql, sizeof sql, "SELECT ?1 + %d", i % 7 == 0 ? 0 : i);
			s = db_query(db, &q);
			CU_ASSERT_FATAL(s != NULL);
			stmt_bind_int(s, 1, round);
			EQ_INT(stmt_step(s), STEP_ROW);
			EQ_INT(stmt_int(s, 0), round + (i % 7 == 0 ? 0 : i));
			stmt_end(s);
		}
	}
	store_close(store);
}

/* What is open is not taken away for another, and what is used is kept. */
static void test_kept_open(void)
{
	enum { OTHERS = 63 };
	static const struct query a = { "SELECT 1 UNION SELECT 2 ORDER BY 1", QUERY_KEPT };
	static const struct query b = { "SELECT 3 UNION SELECT 4 ORDER BY 1", QUERY_KEPT };
	struct store *store = open_store(schema);
	struct db *db = store_db(store);

	for (int round = 0; round < 3; round++) {
		struct stmt *first, *second;

		for (int i = 0; i < OTHERS * round; i++) {
			char sql[64];

			snprintf(sql, sizeof sql, "SELECT %d", round * 1000 + i);
			first = db_query(db, &(struct query){ sql, QUERY_KEPT });
			CU_ASSERT_FATAL(first != NULL && stmt_step(first) == STEP_ROW);
			stmt_end(first);
		}
		first = db_query(db, &a);
		CU_ASSERT_FATAL(first != NULL);
		EQ_INT(stmt_step(first), STEP_ROW);
		second = db_query(db, &b);
		CU_ASSERT_FATAL(second != NULL && second != first);
		EQ_INT(stmt_step(second), STEP_ROW);
		EQ_INT(stmt_int(second, 0), 3);
		EQ_INT(stmt_step(first), STEP_ROW);
		EQ_INT(stmt_int(first, 0), 2);
		stmt_end(first);
		stmt_end(second);
	}
	store_close(store);
}

static void test_run(void)
{
	static const struct query insert = { "INSERT INTO word VALUES (?1, ?2)", QUERY_KEPT };
	struct store *store = open_store(schema);
	struct db *db = store_db(store);

	CU_ASSERT(db_write(db));
	CU_ASSERT(db_run(db, &insert, (const char *const[]){ "one", NULL }, 2));
	CU_ASSERT(!db_run(db, &insert, (const char *const[]){ "one", NULL }, 2));
	CU_ASSERT(db_run(db, &insert, (const char *const[]){ NULL, "1" }, 2));
	CU_ASSERT(db_commit(db));
	EQ_INT(number(db, "SELECT count(*) FROM word"), 2);
	EQ_INT(number(db, "SELECT of FROM word WHERE text IS NULL"), 1);
	store_close(store);
}

static void test_transactions(void)
{
	struct store *store = open_store(schema);
	struct db *db = store_db(store);

	CU_ASSERT(db_write(db));
	EQ_INT(execute(db, "INSERT INTO word VALUES (?1, 1)", "one"), STEP_DONE);
	EQ_INT(execute(db, "INSERT INTO word VALUES (?1, 1)", "one"), STEP_TAKEN);
	EQ_INT(execute(db, "INSERT INTO word VALUES (?1, 'x')", "two"), STEP_FAILED);
	CU_ASSERT(db_commit(db));
	EQ_INT(number(db, "SELECT count(*) FROM word"), 1);

	CU_ASSERT(db_write(db));
	EQ_INT(execute(db, "INSERT INTO word VALUES (?1, 1)", "two"), STEP_DONE);
	db_rollback(db);
	EQ_INT(number(db, "SELECT count(*) FROM word"), 1);

	/* Foreign keys are checked at the end: in any order, but whole. */
	CU_ASSERT(db_write(db));
	EQ_INT(execute(db, "INSERT INTO word VALUES (?1, 2)", "two"), STEP_DONE);
	EQ_INT(execute(db, "INSERT INTO pair VALUES (2, 0, 0)", NULL), STEP_DONE);
	CU_ASSERT(db_commit(db));
	CU_ASSERT(db_write(db));
	EQ_INT(execute(db, "INSERT INTO word VALUES (?1, 9)", "nine"), STEP_DONE);
	CU_ASSERT(!db_commit(db));
	/* Refused means undone, and the next transaction can begin. */
	EQ_INT(number(db, "SELECT count(*) FROM word"), 2);
	CU_ASSERT(db_write(db));
	CU_ASSERT(db_commit(db));
	store_close(store);
}

/* Two stores are two databases. */
static void test_apart(void)
{
	struct store *one = open_store(schema), *two = open_store(schema);

	CU_ASSERT(db_write(store_db(one)));
	execute(store_db(one), "UPDATE pair SET a = 5", NULL);
	CU_ASSERT(db_commit(store_db(one)));
	EQ_INT(number(store_db(one), "SELECT a FROM pair"), 5);
	EQ_INT(number(store_db(two), "SELECT a FROM pair"), 0);
	store_close(one);
	store_close(two);
}

enum { READERS = 3, WRITES = 300, CONNECTIONS = 200 };

static struct store *shared;
static atomic_bool writing;
static atomic_int halves, reads, ups;

/* Two statements under one db_read see one state: a = b, and never less than before. */
static void *read_pairs(void *arg)
{
	static const struct query a = { "SELECT a FROM pair WHERE id = 1", 1 };
	static const struct query b = { "SELECT b FROM pair WHERE id = 1", 2 };
	char err[256];
	struct db *db = store_connect(shared, err, sizeof err);
	int64_t before = 0;

	(void)arg;
	while (db && atomic_load(&writing)) {
		const struct query *const both[] = { &a, &b };
		int64_t value[2] = { -1, -2 };

		db_read(db);
		for (int i = 0; i < 2; i++) {
			struct stmt *s = db_query(db, both[i]);

			if (s && stmt_step(s) == STEP_ROW)
				value[i] = stmt_int(s, 0);
			if (s)
				stmt_end(s);
		}
		db_read_end(db);
		if (value[0] != value[1] || value[0] < before)
			atomic_fetch_add(&halves, 1);
		if (value[0] > before)
			atomic_fetch_add(&ups, 1);
		before = value[0];
		atomic_fetch_add(&reads, 1);
	}
	db_close(db);
	return NULL;
}

static void test_readers_and_a_writer(void)
{
	pthread_t readers[READERS];
	struct db *db;

	shared = open_store(schema);
	db = store_db(shared);
	atomic_store(&writing, true);
	for (int i = 0; i < READERS; i++)
		CU_ASSERT_FATAL(pthread_create(&readers[i], NULL, read_pairs, NULL) == 0);
	for (int i = 0; i < WRITES; i++) {
		int before = atomic_load(&reads);

		CU_ASSERT(db_write(db));
		EQ_INT(execute(db, "UPDATE pair SET a = a + 1", NULL), STEP_DONE);
		EQ_INT(execute(db, "UPDATE pair SET b = b + 1", NULL), STEP_DONE);
		CU_ASSERT(db_commit(db));
		/* Let somebody read what was written, so that there is something to see. */
		while (atomic_load(&reads) == before)
			sched_yield();
	}
	atomic_store(&writing, false);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	EQ_INT(halves, 0);
	CU_ASSERT(atomic_load(&ups) >= WRITES / 2);
	EQ_INT(number(db, "SELECT a FROM pair WHERE id = 1"), WRITES);
	store_close(shared);
}

/* ---- connecting ------------------------------------------------------------------------------ */

static void *connect_often(void *arg)
{
	char err[256];

	(void)arg;
	while (atomic_load(&writing)) {
		struct db *db = store_connect(shared, err, sizeof err);

		if (!db || number_read(db, "SELECT a = b FROM pair WHERE id = 1") != 1)
			atomic_fetch_add(&halves, 1);
		db_close(db);
		atomic_fetch_add(&reads, 1);
	}
	return NULL;
}

/* A new connection looks at the database's first page, which others may be about to write. */
static void test_connecting(void)
{
	pthread_t other;
	struct db *db;

	shared = open_store(schema);
	db = store_db(shared);
	halves = reads = 0;
	atomic_store(&writing, true);
	CU_ASSERT_FATAL(pthread_create(&other, NULL, connect_often, NULL) == 0);
	while (atomic_load(&reads) < CONNECTIONS) {
		CU_ASSERT(db_write(db));
		EQ_INT(execute(db, "UPDATE pair SET a = a + 1, b = b + 1", NULL), STEP_DONE);
		EQ_INT(execute(db, "INSERT INTO word VALUES (hex(randomblob(2000)), 1)", NULL),
		       STEP_DONE);
		CU_ASSERT(db_commit(db));
	}
	atomic_store(&writing, false);
	pthread_join(other, NULL);
	EQ_INT(halves, 0);
	store_close(shared);
}

/* ---- joins ----------------------------------------------------------------------------------- */

/* Statements that reading a release with everything in it takes, with that many schemas. */
static int statements_for(int schemas)
{
	struct buf text = BUF_INIT(1 << 20);
	struct problems problems = PROBLEMS_INIT;
	struct store *store = open_store(schema_sql);
	struct db *db = store_db(store);
	struct arena a;
	struct sql sql;
	struct parser p = { .arena = &a, .version = V_NEWEST };
	struct expansions e;
	struct row *row = NULL;
	const struct pair pair = { "expand",
				   "config_schemas.documents,config_schemas.config_type" };
	const struct pairs query = { &pair, 1 };

	arena_init(&a, NULL, 0);
	buf_add(&text, "{\"config_types\":[{\"id\":\"t\",\"name\":\"t\",\"slug\":\"t\"}],"
		       "\"releases\":[{\"id\":\"r\",\"version\":\"1\",\"config_schemas\":[");
	for (int i = 0; i < schemas; i++)
		buf_printf(&text,
			   "%s{\"id\":\"s%d\",\"digest\":\"%d\",\"config_type_id\":\"t\","
			   "\"documents\":[{\"name\":\"d\",\"data\":\"%d\"}]}",
			   i ? "," : "", i, i, i);
	buf_add(&text, "]}]}");
	CU_ASSERT_FATAL(sql_compose(&sql, &a));
	CU_ASSERT_FATAL(expansion_parse(&p, &resources[R_RELEASE], false, &query, &e));

	const struct source source = { "test", text.text, text.len };
	const struct fetch fetch = { .db = db, .sql = &sql, .arena = &a, .version = V_NEWEST };
	struct idgen ident = { .seeded = false };
	const struct destination to = { .db = db, .sql = &sql, .ident = &ident };
	bool loaded = load_fixtures(&to, &(struct sources){ &source, 1 }, &problems);

	EQ_STR(problems.text.text, NULL);
	CU_ASSERT_FATAL(loaded);
	statements = 0;
	CU_ASSERT(fetch_row(&fetch, R_RELEASE, "r", e.tree, &row));

	int count = statements, found = 0;
	size_t at = (size_t)(resource_field(&resources[R_RELEASE], "config_schemas") -
			     resources[R_RELEASE].fields);

	for (const struct row *s = row->cell[at].rows.first; s; s = s->next) {
		char id[16];

		snprintf(id, sizeof id, "s%d", found++);
		EQ_STR(row_text(s, "id"), id);
	}
	EQ_INT(found, schemas);
	arena_free(&a);
	buf_free(&text);
	problems_free(&problems);
	store_close(store);
	return count;
}

static void test_statements(void)
{
	int one;

	statements_begin();
	one = statements_for(1);
	/* The release; which schemas, schemas; their slots, documents and types. */
	EQ_INT(one, 6);
	EQ_INT(statements_for(100), one);
	statements_end();
}

static int scanned; /* steps of statements through all of a table, or of an index */

static int count_scanned(unsigned what, void *context, void *s, void *nanos)
{
	(void)what;
	(void)context;
	(void)nanos;
	scanned += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	return 0;
}

static int trace_scans(sqlite3 *db, const char **err, const void *api)
{
	(void)err;
	(void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count_scanned, NULL);
}

/* The rows of a page may be found by walking in its order; to count all there are, nobody walks. */
static void test_count(void)
{
	enum { MANY = 1500 };
	static const char *values[] = { "v" };
	const struct resource *r = &resources[R_DEVICE];
	const struct list_query l = {
		.filters = { { resource_field(r, "agent_version"), values, 1 } },
		.nfilters = 1,
		.orders = { { resource_field(r, "id"), true } },
		.norders = 1,
		.limit = 10,
	};
	struct store *store;
	struct db *db;
	struct arena a;
	struct sql sql;
	struct page page;

	CU_ASSERT_FATAL(sqlite3_auto_extension((void (*)(void))trace_scans) == SQLITE_OK);
	store = open_store(schema_sql);
	db = store_db(store);
	arena_init(&a, NULL, 0);
	CU_ASSERT_FATAL(sql_compose(&sql, &a));
	CU_ASSERT_FATAL(db_write(db));
	EQ_INT(
	    execute(db,
		    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1500)"
		    " INSERT INTO devices (id, name, status, agent_version, created_at, updated_at)"
		    " SELECT i, i, 'online', 'v', i, i FROM n",
		    NULL),
	    STEP_DONE);
	CU_ASSERT(db_commit(db));

	const struct fetch fetch = { .db = db, .sql = &sql, .arena = &a, .version = V_NEWEST };

	scanned = 0;
	CU_ASSERT(list_page(&fetch, R_DEVICE, &l, NULL, true, &page));
	EQ_INT(page.total, MANY);
	CU_ASSERT(page.has_more && scanned < MANY / 10);
	sqlite3_reset_auto_extension();
	arena_free(&a);
	store_close(store);
}

/* ---- want of memory -------------------------------------------------------------------------- */

static struct {
	sqlite3_mem_methods real;
	int left;  /* allocations until memory runs out; 0: it does not */
	int times; /* so many fail then */
} memory;

static bool runs_out(void)
{
	if (memory.left == 0 || --memory.left > 0)
		return false;
	memory.left = --memory.times > 0;
	return true;
}

static void *short_malloc(int n)
{
	return runs_out() ? NULL : memory.real.xMalloc(n);
}

static void *short_realloc(void *at, int n)
{
	return runs_out() ? NULL : memory.real.xRealloc(at, n);
}

/* Before the library's first use. */
static void watch_memory(void)
{
	sqlite3_mem_methods methods;

	sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.real);
	methods = memory.real;
	methods.xMalloc = short_malloc;
	methods.xRealloc = short_realloc;
	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0); /* no memory of its own */
}

/* Read by one connection and write by another; was that committed? */
static bool use(struct db *reader, struct db *writer)
{
	static const struct query update = { "UPDATE pair SET a = a + 1, b = b + 1", QUERY_KEPT };

	db_read(reader);
	number(reader, "SELECT count(*) FROM pair GROUP BY a || b ORDER BY a || b");
	db_read_end(reader);
	if (!db_write(writer))
		return false;
	if (db_run(writer, &update, NULL, 0))
		return db_commit(writer);
	db_rollback(writer);
	return false;
}

static void put(struct db *db, const struct image *image)
{
	db_lock(db);
	CU_ASSERT(db_restore(db, image));
	db_unlock(db);
}

/* Whatever fails for want of memory has happened or not, and once there is memory, all works. */
static void check_shortage(bool used, int left, int times, bool *over)
{
	struct store *store = open_store(schema);
	struct db *dbs[] = { store_db(store), store_connect(store, NULL, 0) };
	struct image *before;
	bool committed;
	int64_t seen;

	CU_ASSERT_FATAL(dbs[1] != NULL);
	if (used)
		CU_ASSERT(use(dbs[0], dbs[1]));
	before = db_image(dbs[0], NULL);
	CU_ASSERT_FATAL(before != NULL);
	put(dbs[0], before);
	memory.left = left;
	memory.times = times;
	committed = use(dbs[0], dbs[1]);
	db_read(dbs[1]);
	seen = number(dbs[1], "SELECT a FROM pair");
	db_read_end(dbs[1]);
	CU_ASSERT(seen == -1 || seen == used + committed);
	*over = memory.times == times;
	memory.left = 0;
	/* First the one that has not written, which what the other has left may keep out. */
	for (size_t i = 0; i < ARRAY_LEN(dbs); i++) {
		db_read(dbs[i]);
		EQ_INT(number(dbs[i], "SELECT a FROM pair WHERE a = b"), used + committed);
		db_read_end(dbs[i]);
	}
	put(dbs[0], before);
	for (size_t i = 0; i < ARRAY_LEN(dbs); i++)
		EQ_INT(number(dbs[i], "SELECT a FROM pair"), used);
	image_unref(before);
	db_close(dbs[1]);
	store_close(store);
}

static void test_shortage(void)
{
	static const int times[] = { 1, 5, 20, 80 };

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		for (int used = 0; used < 2; used++) {
			bool over = false;

			for (int left = 1; !over; left++)
				check_shortage(used, left, times[i], &over);
		}
	}
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "values", test_values },
		{ "errors", test_errors },
		{ "schema number", test_schema_number },
		{ "stays prepared", test_stays_prepared },
		{ "kept", test_kept },
		{ "kept open", test_kept_open },
		{ "run", test_run },
		{ "transactions", test_transactions },
		{ "apart", test_apart },
		{ "readers and a writer", test_readers_and_a_writer },
		{ "connecting", test_connecting },
		{ "statements", test_statements },
		{ "count", test_count },
		{ "shortage", test_shortage },
	};

	watch_memory();
	if (!store_setup())
		return 1;
	return unit_main("store", tests, ARRAY_LEN(tests));
}
