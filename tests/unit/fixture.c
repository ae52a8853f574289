/*
 * Fixtures into a database that is not empty: what may be said again, what may be leaned on, what
 * must not be shared; that nothing is loaded where anything is wrong; and problems as JSON.
 */
#include "fixture/load.h"

#include <stdio.h>

#include "base/embed.h"
#include "unit.h"

static struct store *store;
static struct arena arena;
static struct sql sql;
static struct ident ident;

static void open_world(void)
{
	char err[256] = "";

	arena_init(&arena, NULL, 0);
	CU_ASSERT_FATAL(sql_compose(&sql, &arena));
	store = store_open(schema_sql, err, sizeof err);
	EQ_STR(err, "");
	CU_ASSERT_FATAL(store != NULL);
	ident_init(&ident, &(uint64_t){ 1 });
}

static void close_world(void)
{
	store_close(store);
	arena_free(&arena);
}

static int64_t number(const char *text)
{
	const struct query q = { text, QUERY_ONCE };
	struct stmt *s CLEANUP(stmt_endp) = db_query(store_db(store), &q);

	return s && stmt_step(s) == STEP_ROW ? stmt_int(s, 0) : -1;
}

/* Load a source; its problems must be these lines, or none (NULL). */
static void load_source(const struct source *source, const char *want)
{
	struct problems problems = PROBLEMS_INIT;
	const struct destination to = { .db = store_db(store), .sql = &sql, .ident = &ident };
	int64_t changes = number("SELECT total_changes()");
	bool ok = fixtures_load(&to, source, 1, &problems);

	EQ_STR_IN(source->text, problems.text.text, want);
	EQ_INT_IN(source->text, ok, !want);
	EQ_INT(problems.failed, false);
	if (ok)
		CU_ASSERT(number("SELECT total_changes()") >= changes);
	problems_free(&problems);
}

static void load(const char *text, const char *want)
{
	load_source(&(struct source){ "f", text, strlen(text), false }, want);
}

static void stream(const char *text, const char *want)
{
	load_source(&(struct source){ "f", text, strlen(text), true }, want);
}

#define BASE                                                                                       \
	"{\"devices\":[{\"id\":\"d\",\"name\":\"one\",\"status\":\"offline\"}],"                   \
	"\"releases\":[{\"id\":\"r\",\"version\":\"v1.0.0\"}],"                                    \
	"\"config_types\":[{\"id\":\"t\",\"name\":\"T\",\"slug\":\"t\"}],"                         \
	"\"config_schemas\":[{\"id\":\"s\",\"config_type_id\":\"t\","                              \
	"\"documents\":[{\"id\":\"doc\",\"name\":\"a\",\"data\":\"{}\"}]}],"                       \
	"\"groups\":[{\"id\":\"g\",\"name\":\"a\"}],"                                              \
	"\"api_keys\":[{\"key\":\"secret\",\"name\":\"k\",\"scopes\":[\"devices:read\"]}],"        \
	"\"deployments\":[{\"id\":\"o\",\"device_id\":\"d\",\"release_id\":\"r\"},"                \
	"{\"id\":\"p\",\"device_id\":\"d\",\"release_id\":\"r\","                                  \
	"\"target_status\":\"deployed\"}]}"

static void test_again(void)
{
	open_world();
	load(BASE, NULL);
	/* All of it once more, but the key, whose id was made up. */
	load("{\"devices\":[{\"id\":\"d\",\"name\":\"one\",\"group_id\":null}],"
	     "\"config_schemas\":[{\"id\":\"s\",\"config_type\":{\"id\":\"t\",\"slug\":\"t\"},"
	     "\"config_type_name\":\"T\",\"instance_filepath\":\"/srv/miru/configs/t.json\","
	     "\"documents\":[{\"data\":\"{}\"}]}],"
	     "\"deployments\":[{\"id\":\"p\",\"status\":\"deployed\",\"config_instances\":[],"
	     "\"device\":{\"id\":\"d\",\"current_deployment\":{\"id\":\"p\"}}}]}",
	     NULL);
	EQ_INT(number("SELECT count(*) FROM devices"), 1);
	EQ_INT(number("SELECT status = 'offline' FROM devices"), 1);
	load(
	    "{\"devices\":[{\"id\":\"d\",\"name\":\"two\",\"status\":\"offline\","
	    "\"agent_version\":\"v\",\"current_release\":null}],"
	    "\"config_schemas\":[{\"id\":\"s\",\"documents\":[],\"instance_slots\":[{\"key\":\"k\","
	    "\"filepath\":\"/srv/miru/configs/t.json\"}]}],"
	    "\"deployments\":[{\"id\":\"p\",\"device_id\":\"e\",\"status\":\"staged\"}]}",
	    "f: /devices/0/name: says 'two', but the database has 'one'\n"
	    "f: /devices/0/agent_version: says 'v', but the database has null\n"
	    "f: /config_schemas/0/instance_slots/0/key: says 'k', but the database has 'default'\n"
	    "f: /config_schemas/0/documents: has 0, but in the database it has 1\n"
	    "f: /deployments/0/device_id: says 'e', but the database has 'd'\n");
	load("{\"devices\":[{\"id\":\"d\",\"current_release\":null}],"
	     "\"deployments\":[{\"id\":\"p\",\"status\":\"staged\"}]}",
	     "f: /devices/0/current_release: says null, but it follows from the rest that it is "
	     "'r'\n"
	     "f: /deployments/0/status: says 'staged', but it follows from the rest that it is "
	     "'deployed'\n");
	close_world();
}

static void test_leaning(void)
{
	open_world();
	load(BASE, NULL);
	load("{\"deployments\":[{\"id\":\"q\",\"device_id\":\"d\",\"release_id\":\"r\","
	     "\"parent_id\":\"p\",\"config_instance_ids\":[\"i\"]}],"
	     "\"config_instances\":[{\"id\":\"i\",\"config_schema_id\":\"s\"}],"
	     "\"groups\":[{\"id\":\"h\",\"name\":\"a\",\"parent_id\":\"g\"}]}",
	     NULL);
	EQ_INT(number("SELECT slot_key = 'default' AND config_type_id = 't' FROM config_instances"),
	       1);
	/* A further slot of a schema that is stored is all that is added to it. */
	load("{\"config_instances\":[{\"id\":\"j\",\"config_schema_id\":\"s\",\"filepath\":\"/"
	     "b.json\"},"
	     "{\"id\":\"k\",\"config_schema_id\":\"s\",\"filepath\":\"/b.json\"}]}",
	     NULL);
	EQ_INT(number("SELECT count(*) FROM config_schema_slots"), 2);
	EQ_INT(number("SELECT position FROM config_schema_slots WHERE key = 'slot_2'"), 1);
	EQ_INT(number("SELECT count(*) FROM config_schemas"), 1);
	load("{\"config_schemas\":[{\"id\":\"s\"},{\"id\":\"z\",\"config_type_id\":\"t\","
	     "\"instance_slots\":[{\"key\":\"a\",\"filepath\":\"/a.json\"}]}],"
	     "\"config_instances\":[{\"id\":\"l\",\"config_schema_id\":\"s\",\"filepath\":\"/"
	     "c.json\"}]}",
	     NULL);
	EQ_INT(number("SELECT position FROM config_schema_slots WHERE key = 'slot_3'"), 2);
	load("{\"config_instances\":[{\"id\":\"m\",\"config_schema_id\":\"z\",\"filepath\":\"/"
	     "b.json\"},"
	     "{\"id\":\"n\",\"config_schema_id\":\"s\",\"slot_key\":\"x\"},"
	     "{\"id\":\"o\",\"config_schema_id\":\"s\",\"slot_key\":\"default\","
	     "\"content\":{\"format\":\"yaml\",\"data\":\"\"}}],"
	     "\"deployments\":[{\"id\":\"w\",\"device_id\":\"d\",\"release_id\":\"x\","
	     "\"parent_id\":\"y\",\"activity_status\":\"queued\",\"target_status\":\"staged\","
	     "\"waiting_since\":\"2024-01-01T00:00:00Z\"}]}",
	     "f: /config_instances/0/filepath: expected a slot of z, which has: a\n"
	     "f: /config_instances/1/slot_key: expected a slot of s, which has: default, slot_2, "
	     "slot_3\n"
	     "f: /config_instances/2/content/format: expected json, the instance_format of s\n"
	     "f: /deployments/0/waiting_since: nothing waits for the device d, which is offline; "
	     "expected null\n"
	     "f: /deployments/0/release_id: refers to 'x', which is not in releases\n"
	     "f: /deployments/0/parent_id: refers to 'y', which is not in deployments\n");
	close_world();
}

static void test_unique(void)
{
	open_world();
	load(BASE, NULL);
	/* Also of what is wrong otherwise, and what two new ones share is told once of each. */
	load("{\"devices\":[{\"id\":\"e\",\"name\":\"one\"},"
	     "{\"id\":\"x\",\"name\":\"one\",\"status\":\"asleep\"},"
	     "{\"id\":\"y\",\"name\":\"one\"},{\"id\":\"z\",\"name\":\"z\"}],"
	     "\"deployments\":[{\"id\":\"q\",\"device_id\":\"d\",\"release_id\":\"r\","
	     "\"target_status\":\"deployed\"}],"
	     "\"config_schemas\":[{\"id\":\"u\",\"config_type_id\":\"t\",\"digest\":\"u\","
	     "\"documents\":[{\"id\":\"doc\",\"name\":\"a\",\"data\":\"\"}]},"
	     "{\"id\":\"v\",\"config_type_id\":\"t\",\"digest\":\"u\","
	     "\"documents\":[{\"id\":\"new\",\"name\":\"a\",\"data\":\"\"}]}],"
	     "\"groups\":[{\"id\":\"h\",\"name\":\"a\"},{\"id\":\"i\",\"name\":\"a\","
	     "\"parent_id\":\"g\"}]}",
	     "f: /devices/1/status: expected one of inactive, activating, online, offline, "
	     "archived, "
	     "found \"asleep\"\n"
	     "f: /devices/1/name: device names are unique; so has f: /devices/0\n"
	     "f: /devices/2/name: device names are unique; so has f: /devices/0\n"
	     "f: /config_schemas/1/digest: digests are unique in their config type; so has f: "
	     "/config_schemas/0\n"
	     "f: /devices/0/name: device names are unique; so has 'd'\n"
	     "f: /deployments/0/device_id: a device has at most one deployment whose target_status "
	     "is deployed; so has 'p'\n"
	     "f: /config_schemas/0/documents/0/id: ids are unique; so has a document of 's'\n"
	     "f: /groups/0/name: group names are unique among siblings; so has 'g'\n");
	close_world();
}

/* A seed that begins again draws an id that a key has: another is drawn. The secret is not told. */
static void test_keys(void)
{
	struct buf want = BUF_INIT(1024);

	open_world();
	load(BASE, NULL);
	ident_init(&ident, &(uint64_t){ 1 });
	load("{\"api_keys\":[{\"key\":\"other\",\"name\":\"k\",\"scopes\":[]}]}", NULL);
	EQ_INT(number("SELECT count(*) FROM api_keys"), 2);

	struct stmt *s = db_query(store_db(store),
				  &(const struct query){
				      "SELECT id FROM api_keys WHERE key = 'secret'", QUERY_ONCE });

	CU_ASSERT_FATAL(s && stmt_step(s) == STEP_ROW);
	buf_printf(&want, "f: /api_keys/0/key: keys are unique; so has '%s'\n", stmt_text(s, 0));
	stmt_end(s);
	load("{\"api_keys\":[{\"key\":\"secret\",\"name\":\"k\",\"scopes\":[]}]}", want.text);
	buf_free(&want);
	close_world();
}

static void test_stream(void)
{
	open_world();
	load(BASE, NULL);
	stream("{\"object\":\"deployment\",\"id\":\"q\",\"device_id\":\"d\",\"release_id\":\"r\","
	       "\"parent_id\":\"z\"}\n\n"
	       "{\"object\":\"deployment\",\"id\":\"z\",\"device_id\":\"d\",\"release_id\":\"r\","
	       "\"parent_id\":\"p\"}",
	       NULL);
	stream("{\"object\":\"group\",\"id\":\"h\",\"name\":\"b\",\"parent_id\":\"i\"}\r\n"
	       "{\"object\":\"group\",\"id\":\"g\",\"name\":\"b\"}\r\n"
	       "{\"object\":\"group\",\"id\":\"j\",\"name\":\"j\",\"parent_id\":\"k\"}\r\n"
	       "{\"object\":\"group\",\"id\":\"k\",\"name\":\"k\",\"parent_id\":\"j\"}\r\n",
	       "f:2: /name: says 'b', but the database has 'a'\n"
	       "f:1: /parent_id: refers to 'i', which is not in groups\n"
	       "f:3: /parent_id: the group is its own ancestor\n");
	stream("", NULL);
	EQ_INT(number("SELECT count(*) FROM deployments"), 4);
	EQ_INT(number("SELECT count(*) FROM groups"), 1);
	close_world();
}

/* The indexes, as one text. */
static void read_indexes(struct buf *to)
{
	const struct query q = { "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema"
				 " WHERE type = 'index' ORDER BY name)",
				 QUERY_ONCE };
	struct stmt *s CLEANUP(stmt_endp) = db_query(store_db(store), &q);

	CU_ASSERT_FATAL(s && stmt_step(s) == STEP_ROW);
	buf_clear(to);
	buf_add(to, stmt_text(s, 0));
}

/* One so large that indexes are dropped, and made again, be it loaded or not. */
static void test_large_stream(void)
{
	static const char device[] = "{\"object\":\"device\",\"id\":\"%s\",\"name\":\"%s\"}\n";
	struct buf text = BUF_INIT(1 << 22), had = BUF_INIT(1 << 20), has = BUF_INIT(1 << 20);

	open_world();
	read_indexes(&had);
	CU_ASSERT(strstr(had.text, "CREATE INDEX deployments_created_at") != NULL);
	for (int i = 0; i < 3; i++) {
		char id[2] = { (char)('a' + i), '\0' };

		buf_printf(&text, device, id, id);
		for (int n = 0; n < 500 * 1000; n++) /* blank lines */
			buf_addc(&text, '\n');
	}
	stream(text.text, NULL);
	EQ_INT(number("SELECT count(*) FROM devices INDEXED BY devices_created_at"), 3);
	EQ_INT(number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
	       1);
	read_indexes(&has);
	EQ_STR(has.text, had.text);
	buf_printf(&text, device, "d", "a");
	stream(text.text, "f:1500004: /name: device names are unique; so has 'a'\n");
	read_indexes(&has);
	EQ_STR(has.text, had.text);
	buf_free(&text);
	buf_free(&had);
	buf_free(&has);
	close_world();
}

/* In the caller's transaction, which can be committed, or undone. */
static void test_transaction(void)
{
	static const char good[] = "{\"devices\":[{\"id\":\"d\",\"name\":\"one\"}]}",
			  bad[] = "{\"devices\":[{\"id\":\"e\",\"name\":\"e\"},{\"id\":\"f\"}]}";
	struct problems problems = PROBLEMS_INIT;

	open_world();

	struct db *db = store_db(store);
	const struct destination to = { .db = db, .sql = &sql, .ident = &ident };

	CU_ASSERT_FATAL(db_write(db));
	CU_ASSERT(
	    fixtures_add(&to, &(struct source){ "f", good, sizeof good - 1, false }, 1, &problems));
	db_rollback(db);
	EQ_INT(number("SELECT count(*) FROM devices"), 0);
	CU_ASSERT_FATAL(db_write(db));
	CU_ASSERT(
	    fixtures_add(&to, &(struct source){ "f", good, sizeof good - 1, false }, 1, &problems));
	CU_ASSERT(db_commit(db));
	EQ_INT(number("SELECT count(*) FROM devices"), 1);
	CU_ASSERT_FATAL(db_write(db));
	CU_ASSERT(
	    !fixtures_add(&to, &(struct source){ "f", bad, sizeof bad - 1, false }, 1, &problems));
	EQ_INT(problems.count, 1);
	db_rollback(db);
	EQ_INT(number("SELECT count(*) FROM devices"), 1);
	problems_free(&problems);
	close_world();
}

static void json_of(const char *text, bool is_stream, const char *want)
{
	struct problems problems = PROBLEMS_INIT;
	const struct destination to = { .db = store_db(store), .sql = &sql, .ident = &ident };

	CU_ASSERT(!fixtures_load(&to, &(struct source){ "f", text, strlen(text), is_stream }, 1,
				 &problems));
	EQ_STR(problems.json.text, want);
	problems_free(&problems);
}

static void test_json(void)
{
	struct problems problems = PROBLEMS_INIT;
	char *long_name;

	open_world();
	json_of(
	    "{\"devices\":[{\"id\":\"d\"},{\"id\":\"e\",\"name\":\"\",\"\\n\":1}]}", false,
	    "[{\"pointer\":\"/devices/1/name\",\"message\":\"expected a text of 1 to 48 "
	    "characters, "
	    "found \\\"\\\"\"},{\"pointer\":\"/devices/1/\\n\",\"message\":\"unknown field; a "
	    "device "
	    "has: id, name, description, status, agent_version, last_connected_at, "
	    "last_disconnected_at, created_at, updated_at, group_id, current_deployment, "
	    "current_release, group\"},{\"pointer\":\"/devices/0/name\",\"message\":\"is missing; "
	    "expected a text of 1 to 48 characters\"}]");
	json_of("{\"devices\":[\n}", false,
		"[{\"line\":2,\"column\":1,\"message\":\"expected a value\"}]");
	json_of(
	    "{}\n[]\n{\"object\":\"device\",\"id\":\"d\",\"name\":1}\n{", true,
	    "[{\"line\":1,\"pointer\":\"/object\",\"message\":\"is missing; expected one of "
	    "api_key, "
	    "group, device, git_commit, config_type, config_schema, config_instance, release, "
	    "deployment\"},{\"line\":2,\"pointer\":\"\",\"message\":\"expected an object such as "
	    "{\\\"object\\\":\\\"device\\\",...}, found a "
	    "list\"},{\"line\":3,\"pointer\":\"/name\","
	    "\"message\":\"expected a text of 1 to 48 characters, found "
	    "1\"},{\"line\":4,\"column\":2,"
	    "\"message\":\"expected a key in double quotes\"}]");
	close_world();

	/* At most a hundred, all counted; a message is cut between characters. */
	long_name = arena_alloc(&arena, 4001);
	for (int i = 0; long_name && i < 4000; i += 2)
		memcpy(long_name + i, "\xc3\xa9", 3);
	problem(&problems, "f", "/x", "%s", long_name);
	CU_ASSERT(strstr(problems.json.text, "\xa9\"}]") != NULL);
	for (int i = 1; i < 250; i++)
		problem(&problems, "f", "/x", "m");
	EQ_INT(problems.count, 250);

	int found = 0;

	for (const char *at = problems.json.text; (at = strstr(at, "\"pointer\"")); at++)
		found++;
	EQ_INT(found, PROBLEMS_LISTED);
	EQ_STR(strrchr(problems.json.text, '{'), "{\"pointer\":\"/x\",\"message\":\"m\"}]");
	problems_free(&problems);
	arena_free(&arena);
}

int main(void)
{
	static const struct unit_test tests[] = {
		{ "again", test_again },
		{ "leaning", test_leaning },
		{ "unique", test_unique },
		{ "keys", test_keys },
		{ "stream", test_stream },
		{ "large stream", test_large_stream },
		{ "transaction", test_transaction },
		{ "json", test_json },
	};

	if (!store_setup())
		return 1;
	return unit_main("fixture", tests, ARRAY_LEN(tests));
}
