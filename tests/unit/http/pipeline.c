/* SPDX-License-Identifier: MIT
 * The whole way of a request, without sockets: how many statements a list takes, and what eight
 * threads that deploy to one device leave of the database.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "http/app.h"
#include "http/pipeline.h"
#include "operations.h"
#include "store/store_internal.h"
#include "unit/statements.h"
#include "unit/unit.h"

static struct workspace workspace;
static struct app app = {
	.operations = &operations,
	.workspace = &workspace,
	.options.max_body = 1 << 20,
	.options.max_page_size = 1000,
};

/* A new world of these fixtures. */
static void open_world(const char *fixtures)
{
	static const struct workspace_options beginning = { .clock.frozen = 0 };
	const struct source source = { "test", fixtures, strlen(fixtures) };
	struct problems problems = PROBLEMS_INIT;
	char err[256] = "";

	arena_init(&app.arena, NULL, 0);
	CU_ASSERT_FATAL(sql_compose(&app.sql, &app.arena));
	CU_ASSERT_FATAL(workspace_open(&workspace, &beginning, err, sizeof err));
	if (!workspace_load(&workspace, &app.sql, &(struct sources){ &source, 1 }, &problems))
		EQ_STR(problems.text.text, "");
	problems_free(&problems);
	app.log = log_start(LOG_OFF, 2);
}

static void close_world(void)
{
	log_stop(app.log);
	workspace_close(&workspace);
	arena_free(&app.arena);
}

/* Serve a request; its status, and its body in `to`, which is emptied first. */
static int ask(struct db *db, const char *method, const char *target, const char *body,
	       struct buf *to)
{
	struct exchange x;
	int status;

	buf_clear(to);
	exchange_init(&x, &app, to);
	x.db = db;
	x.request = (struct request){
		.method = method,
		.target = target,
		.host = "test",
		.api_key = "k",
		.miru_version = version_name(V_NEWEST),
		.body = body,
		.body_len = body ? strlen(body) : 0,
	};
	serve(&x);
	status = x.answer.status;
	exchange_clear(&x);
	return status;
}

static int64_t number(const char *sql)
{
	const struct query q = { sql, QUERY_ONCE };
	struct stmt *s CLEANUP(stmt_endp) = db_query(store_db(workspace.store), &q);

	return s && stmt_step(s) == STEP_ROW ? stmt_int(s, 0) : -1;
}

#define DEPLOY(device, target)                                                                     \
	"{\"description\":\"\",\"device_id\":\"" device "\",\"release_id\":\"r\","                 \
	"\"target_status\":\"" target "\",\"config_instance_ids\":[\"i\"]}"

#define KEYS                                                                                       \
	"{\"api_keys\":[{\"key\":\"k\",\"name\":\"k\",\"scopes\":[\"config_instances:manage\","    \
	"\"config_schemas:manage\",\"config_types:manage\",\"deployments:manage\","                \
	"\"devices:manage\",\"git_commits:manage\",\"groups:manage\",\"releases:manage\"]}]"

/* ---- statements ------------------------------------------------------------------------------ */

/* Deployments of one release, each to a device of its own. */
static void many_deployments(struct buf *to, int n)
{
	buf_add(to, KEYS
		",\"config_types\":[{\"id\":\"t\",\"name\":\"t\",\"slug\":\"t\"}],"
		"\"releases\":[{\"id\":\"r\",\"version\":\"1\",\"config_schema_ids\":[\"s\"]}],"
		"\"config_schemas\":[{\"id\":\"s\",\"digest\":\"d\",\"config_type_id\":\"t\"}],"
		"\"config_instances\":[{\"id\":\"i\",\"config_schema_id\":\"s\"}],\"devices\":[");
	for (int i = 0; i < n; i++)
		buf_printf(to, "%s{\"id\":\"d%d\",\"name\":\"%d\"}", i ? "," : "", i, i);
	buf_add(to, "],\"deployments\":[");
	for (int i = 0; i < n; i++)
		buf_printf(to,
			   "%s{\"id\":\"p%d\",\"device_id\":\"d%d\",\"release_id\":\"r\","
			   "\"config_instance_ids\":[\"i\"]}",
			   i ? "," : "", i, i);
	buf_add(to, "]}");
}

static int occurrences(const char *text, const char *of)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, of)); at++)
		n++;
	return n;
}

/* The statements of a page of that many, of more, with everything that three expansions join. */
static int statements_of(int limit, const char *query)
{
	struct buf answer = BUF_INIT(1 << 24);
	char target[256];

	snprintf(target, sizeof target,
		 "/deployments?limit=%d&expand=device,release.config_schemas,config_instances%s",
		 limit, query);
	statements = 0;
	EQ_INT(ask(store_db(workspace.store), "GET", target, NULL, &answer), 200);
	EQ_INT(occurrences(answer.text, "\"object\":\"deployment\""), limit);
	EQ_INT(occurrences(answer.text, "\"object\":\"device\""), limit);
	EQ_INT(occurrences(answer.text, "\"object\":\"config_schema\""), limit);
	EQ_INT(occurrences(answer.text, "\"object\":\"config_instance\""), limit);
	buf_free(&answer);
	return statements;
}

static void test_statements(void)
{
	struct buf fixtures = BUF_INIT(1 << 20);
	int one;

	many_deployments(&fixtures, 300);
	statements_begin();
	open_world(fixtures.text);
	statements_of(1, ""); /* which begins the read transaction */
	one = statements_of(1, "");
	/* The page; devices; releases; which schemas, schemas, their slots; which instances,
	 * instances. */
	EQ_INT(one, 8);
	EQ_INT(statements_of(100, ""), one);
	EQ_INT(statements_of(299, "&offset=1"), one);
	printf("statements of a page of 1, 100 and 299 with three expansions: %d, %d, %d\n", one,
	       statements_of(100, ""), statements_of(299, ""));
	/* Whether those that pass the filter are many is asked first. */
	EQ_INT(statements_of(100, "&error_status=none&order_by=id"), one + 1);
	EQ_INT(statements_of(100, ",total_count"), one + 1);
	close_world();
	statements_end();
	buf_free(&fixtures);
}

/* ---- parallel -------------------------------------------------------------------------------- */

enum { THREADS = 8, ROUNDS = 40 };

static pthread_barrier_t together;

static void *deploy_and_stage(void *arg)
{
	static const char *const targets[] = { "deployed", "staged" };
	struct db *db = arg;
	struct buf answer = BUF_INIT(1 << 20);
	long refused = 0;
	char body[256];

	pthread_barrier_wait(&together);
	for (int i = 0; i < ROUNDS; i++) {
		snprintf(body, sizeof body,
			 "{\"target_status\":\"%s\",\"description\":\"\",\"device_id\":\"d\","
			 "\"release_id\":\"r\",\"config_instance_ids\":[]}",
			 targets[i % 2]);
		refused += ask(db, "POST", "/deployments", body, &answer) != 200;
		refused += ask(db, "GET", "/deployments?limit=5", NULL, &answer) != 200;
		/* Nobody ever sees two that are current, or two that are staged. */
		refused += ask(db, "GET", "/deployments?target_status=deployed|staged", NULL,
			       &answer) != 200;
		refused += occurrences(answer.text, "\"target_status\":\"deployed\"") > 1;
		refused += occurrences(answer.text, "\"target_status\":\"staged\"") > 1;
	}
	buf_free(&answer);
	return (void *)refused;
}

static void test_one_device(void)
{
	pthread_t threads[THREADS];
	struct db *dbs[THREADS];
	struct buf answer = BUF_INIT(1 << 20);
	char err[256];

	open_world(KEYS ",\"devices\":[{\"id\":\"d\",\"name\":\"d\",\"status\":\"online\"}],"
			"\"releases\":[{\"id\":\"r\",\"version\":\"1\"}]}");
	pthread_barrier_init(&together, NULL, THREADS);
	for (int i = 0; i < THREADS; i++) {
		dbs[i] = store_connect(workspace.store, err, sizeof err);
		CU_ASSERT_FATAL(dbs[i] != NULL);
	}
	for (int i = 0; i < THREADS; i++)
		CU_ASSERT_FATAL(pthread_create(&threads[i], NULL, deploy_and_stage, dbs[i]) == 0);
	for (int i = 0; i < THREADS; i++) {
		void *refused;

		pthread_join(threads[i], &refused);
		EQ_INT((long)refused, 0);
		db_close(dbs[i]);
	}
	/* The device does what is left to do. */
	EQ_INT(ask(store_db(workspace.store), "GET", "/deployments", NULL, &answer), 200);
	EQ_INT(number("SELECT count(*) FROM deployments"), THREADS * ROUNDS);
	EQ_INT(number("SELECT count(*) FROM deployments WHERE target_status = 'deployed'"), 1);
	EQ_INT(number("SELECT count(*) FROM deployments WHERE target_status = 'deployed'"
		      " AND activity_status = 'deployed' AND queued_at ="
		      " (SELECT max(queued_at) FROM deployments)"),
	       1);
	EQ_INT(number("SELECT count(*) FROM deployments WHERE target_status = 'archived'"
		      " AND activity_status <> 'archived'"),
	       0);
	/* Who is staged has drifted if anything was deployed since, and only then. */
	EQ_INT(number("SELECT count(*) FROM deployments AS d WHERE target_status = 'staged'"
		      " AND activity_status <> iif((SELECT max(queued_at) FROM deployments)"
		      " > d.created_at, 'drifted', 'staged')"),
	       0);
	/* One chain of parents, without a fork. */
	EQ_INT(number("SELECT count(DISTINCT parent_id) FROM deployments"
		      " WHERE queued_at IS NOT NULL"),
	       THREADS * ROUNDS / 2 - 1);
	EQ_INT(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
	EQ_INT(number("SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
	pthread_barrier_destroy(&together);
	close_world();
	buf_free(&answer);
}

/* ---- the plans of what runs ------------------------------------------------------------------ */

enum { TEXTS = 512 };

static struct {
	char *texts[TEXTS];
	size_t count;
} ran;

static int keep_text(unsigned what, void *context, void *statement, void *x)
{
	const char *text = sqlite3_sql(statement);

	(void)what;
	(void)context;
	(void)x;
	for (size_t i = 0; i < ran.count; i++)
		if (streq(ran.texts[i], text))
			return 0;
	if (ran.count < TEXTS)
		ran.texts[ran.count++] = strdup(text);
	return 0;
}

static int trace_texts(sqlite3 *db, const char **err, const void *api)
{
	(void)err;
	(void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, keep_text, NULL);
}

/* What a statement walks through, one table of which the API has more rows the larger it gets. */
static void check_plan(const char *text)
{
	struct buf explain CLEANUP(buf_free) = BUF_INIT(1 << 20);
	const char *step;

	buf_printf(&explain, "EXPLAIN QUERY PLAN %s", text);

	const struct query q = { explain.text, QUERY_ONCE };
	struct stmt *s CLEANUP(stmt_endp) = db_query(store_db(workspace.store), &q);

	while (s && stmt_step(s) == STEP_ROW) {
		step = stmt_text(s, 3);
		/* Of keys there are few, and an export has all rows. */
		if (starts_with(step, "SCAN ") && !strstr(step, " USING ") &&
		    !strstr(step, " VIRTUAL ") && !starts_with(step, "SCAN (subquery") &&
		    !starts_with(step, "SCAN CONSTANT ROW") && !starts_with(step, "SCAN chain") &&
		    !starts_with(step, "SCAN api_keys") && !strstr(text, "ORDER BY t.rowid"))
			EQ_STR_IN(text, step, "no scan");
	}
}

/* Whatever a life of everything runs: to read, to write, to move what devices do. */
static void test_plans(void)
{
	static const struct {
		const char *method, *target, *body;
	} life[] = {
		{ "POST", "/beta/groups", "{\"name\":\"g\"}" },
		{ "POST", "/beta/devices", "{\"name\":\"new\"}" },
		{ "PATCH", "/beta/devices/d0", "{\"name\":\"other\",\"group_id\":null}" },
		{ "PATCH", "/_mock/devices/d0", "{\"status\":\"online\"}" },
		{ "POST", "/beta/deployments", DEPLOY("d0", "deployed") },
		{ "GET",
		  "/beta/deployments?expand=device,release,parent,config_instances,total_count",
		  NULL },
		{ "POST", "/_mock/clock/advance", "{\"seconds\":100}" },
		{ "GET", "/beta/devices?expand=current_deployment,current_release,group", NULL },
		{ "GET", "/beta/devices?current_release_id=r&order_by=id", NULL },
		{ "POST", "/beta/deployments", DEPLOY("d0", "staged") },
		{ "POST", "/beta/deployments", DEPLOY("d0", "deployed") },
		{ "PATCH", "/_mock/devices/d0", "{\"status\":\"offline\"}" },
		{ "GET", "/beta/deployments/p0/drifts", NULL },
		{ "POST", "/beta/config_types", "{\"name\":\"n\",\"slug\":\"n\"}" },
		{ "PATCH", "/beta/config_types/t", "{\"name\":\"m\"}" },
		{ "GET", "/beta/config_schemas?expand=config_type,documents", NULL },
		{ "GET", "/beta/config_instances/i?expand=content,config_schema.config_type",
		  NULL },
		{ "GET", "/beta/releases?version=1&expand=config_schemas", NULL },
		{ "GET", "/beta/groups?parent_id=x&order_by=name", NULL },
		{ "GET", "/beta/git_commits?sha=x", NULL },
		{ "GET", "/_mock/fixtures", NULL },
		{ "POST", "/_mock/fixtures", "{\"devices\":[{\"id\":\"z\",\"name\":\"z\"}]}" },
		{ "POST", "/_mock/reset", NULL },
	};
	struct buf fixtures = BUF_INIT(1 << 20), answer = BUF_INIT(1 << 24);

	many_deployments(&fixtures, 20);
	CU_ASSERT_FATAL(sqlite3_auto_extension((void (*)(void))trace_texts) == SQLITE_OK);
	open_world(fixtures.text);
	for (size_t i = 0; i < ARRAY_LEN(life); i++) {
		int status = ask(store_db(workspace.store), life[i].method, life[i].target,
				 life[i].body, &answer);

		if (status >= 300)
			EQ_STR_IN(life[i].target, answer.text, "done");
	}
	sqlite3_reset_auto_extension();
	CU_ASSERT(ran.count > 60);
	for (size_t i = 0; i < ran.count; i++) {
		check_plan(ran.texts[i]);
		free(ran.texts[i]);
	}
	close_world();
	buf_free(&fixtures);
	buf_free(&answer);
}

/* How often statements of the workspace were prepared again since the last call; and how many
 * statements there are. */
static int prepared_again(int *count)
{
	int again = 0;

	*count = 0;
	for (struct db *db = workspace.store->dbs; db; db = db->next)
		for (sqlite3_stmt *s = NULL; (s = sqlite3_next_stmt(db->sqlite, s)); (*count)++)
			again += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_REPREPARE, 1);
	return again;
}

/* Requests that write leave the statements of their connection prepared, and so do reads after. */
static void test_stays_prepared(void)
{
	static const struct {
		const char *method, *target, *body;
	} asked[] = {
		{ "PATCH", "/devices/d0", "{\"name\":\"new\"}" },
		{ "POST", "/deployments", DEPLOY("d0", "staged") },
		{ "GET", "/deployments?expand=device,release", NULL },
		{ "PATCH", "/_mock/devices/d0", "{\"description\":\"x\"}" },
		{ "POST", "/_mock/reset", NULL },
	};
	struct buf fixtures = BUF_INIT(1 << 24), answer = BUF_INIT(1 << 24);
	struct db *db;
	int again, count;

	many_deployments(&fixtures, 3);
	open_world(fixtures.text);
	db = store_db(workspace.store);
	for (size_t i = 0; i < 4 * ARRAY_LEN(asked); i++) {
		size_t n = i % ARRAY_LEN(asked);

		/* Not in the first round: BEGIN and COMMIT, which are older than the tables. */
		if (i == ARRAY_LEN(asked))
			prepared_again(&count);
		EQ_INT_IN(asked[n].target,
			  ask(db, asked[n].method, asked[n].target, asked[n].body, &answer), 200);
	}
	again = prepared_again(&count);
	CU_ASSERT(count > 10);
	EQ_INT(again, 0);
	close_world();
	buf_free(&fixtures);
	buf_free(&answer);
}

/* An answer that is larger than any may be is a 500 of its own, and no want of memory. */
static void test_large(void)
{
	struct buf fixtures = BUF_INIT(1 << 24), answer = BUF_INIT(512);

	many_deployments(&fixtures, 10);
	open_world(fixtures.text);
	EQ_INT(ask(store_db(workspace.store), "GET", "/deployments", NULL, &answer), 500);
	CU_ASSERT(answer.text && strstr(answer.text, "\"code\":\"internal_server_error\""));
	EQ_INT(ask(store_db(workspace.store), "GET", "/devices?limit=1", NULL, &answer), 200);
	close_world();
	buf_free(&fixtures);
	buf_free(&answer);
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "statements", test_statements }, { "one device", test_one_device },
		{ "plans", test_plans },           { "stays prepared", test_stays_prepared },
		{ "large", test_large },
	};

	if (!store_setup())
		return 1;
	return unit_main("pipeline", tests, ARRAY_LEN(tests));
}
