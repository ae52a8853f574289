/* SPDX-License-Identifier: MIT
 * torture.c - the exchanges, the worlds they are made in, and the verdicts.
 *
 * A world is an app as the program makes it, filled with the demo and a hundred deployments. An
 * exchange is made in it without a socket, again and again, and the world put back after each. What
 * leaks shows when it is closed: then the n are halved until it is known which.
 */
#include "torture.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/embed.h"
#include "base/log.h"
#include "cli/app_setup.h"
#include "cli/commands.h"
#include "http/access_log.h"
#include "http/pipeline.h"
#include "workspace/registry.h"
#include "workspace/snapshot.h"

enum {
	ANSWER_MAX = 1 << 26,
	DENSE = 40,        /* so many n are tried one by one, whatever the pace */
	COMPLAINTS = 5,    /* of one exchange, strike and mode */
	SECONDS = 120,     /* after which something hangs */
	OWN_AWAKE = 33,    /* one more than may be awake */
	FOR_EVER = 200000, /* n that no exchange reaches */
};

#define FROZEN "2026-03-02T08:00:00Z"
#define ADMIN  "miru_mock_admin"

/* ---- what is asked --------------------------------------------------------------------------- */

struct asked {
	const char *method, *target, *body, *type, *version, *fault;
};

enum case_kind {
	CASE_EXCHANGE,
	CASE_START, /* the start of a server, instead */
	CASE_TURNS, /* each time by the key that was asked by longest ago: it wakes, another sleeps
		     */
};

enum { STEPS = 3 };

struct exchange_case {
	const char *name;
	int status;
	struct asked ask;
	struct asked first[STEPS]; /* without a strike, before */
	enum case_kind kind;
	const char *load[3]; /* files to load from */
	bool in_file, look;  /* loaded into a file; only looked at */
	int sparse;          /* it allocates so much that only every so many-th n is tried */
};

#define SCHEMA(language, data)                                                                     \
	"{\"config_type_ref\":{\"slug\":\"gripper\"},\"language\":\"jsonschema\",\"format\":"      \
	"\"" language                                                                              \
	"\",\"instance_format\":\"json\",\"documents\":[{\"name\":\"d\",\"data\":\"" data "\"}]}"
#define INSTANCE                                                                                   \
	"{\"config_schema_id\":\"cfg_sch_motion_2\",\"slot_key\":\"default\",\"content\":{"        \
	"\"format\":\"json\",\"data\":\"{\\\"enable_autonomy\\\":true,"                            \
	"\\\"max_payload_kg\\\":7}\"}}"
#define DEPLOY                                                                                     \
	"{\"target_status\":\"deployed\",\"description\":\"new\",\"device_id\":\"dvc_online\","    \
	"\"release_id\":\"rls_110\",\"config_instance_ids\":[\"cfg_inst_motion_1\","               \
	"\"cfg_inst_loc_1\"]}"
#define A50   "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define A200  A50 A50 A50 A50
#define A800  A200 A200 A200 A200
#define A3200 A800 A800 A800 A800
#define PATCHED                                                                                    \
	{                                                                                          \
		"PATCH", "/devices/dvc_online", "{\"name\":\"changed\"}"                           \
	}
#define FIXTURES                                                                                   \
	"{\"api_keys\":[{\"key\":\"miru_mock_admin\",\"name\":\"admin\",\"scopes\":["              \
	"\"devices:manage\"]}],\"groups\":[{\"id\":\"grp_1\",\"name\":\"one\"}],"                  \
	"\"devices\":[{\"id\":\"dvc_1\",\"name\":\"one\",\"group_id\":\"grp_1\"},"                 \
	"{\"id\":\"dvc_2\",\"name\":\"two\"}]}"
#define STREAM                                                                                     \
	"{\"object\":\"group\",\"id\":\"grp_9\",\"name\":\"nine\",\"parent_id\":\"grp_8\"}\n"      \
	"{\"object\":\"group\",\"id\":\"grp_8\",\"name\":\"eight\"}\n"                             \
	"{\"object\":\"device\",\"id\":\"dvc_9\",\"name\":\"nine\",\"group_id\":\"grp_9\"}\n"
#define FAULTS                                                                                     \
	"{\"faults\":[{\"operation\":\"getDevice\",\"path\":\"/devices/*\",\"status\":429,"        \
	"\"message\":\"slowly\",\"retry_after\":3,\"should_retry\":true}]}"

#define MORE_FAULTS                                                                                \
	"{\"faults\":[{\"operation\":\"updateDevice\",\"body\":{\"name\":\"limited\"},"            \
	"\"query\":{\"expand\":[\"group\"]},\"limit\":{\"requests\":1,\"seconds\":5}},"            \
	"{\"merge\":{\"name\":null,\"more\":{\"a\":[1.5]}}}]}"

#define BEHAVIORS                                                                                  \
	"{\"behaviors\":[{\"device_id\":\"dvc_online\",\"at\":\"queued\",\"offline_for\":5,"       \
	"\"seconds\":1},{\"group_id\":\"grp_123\",\"error\":\"retrying\",\"recover_after\":2}]}"
#define SCENARIO                                                                                   \
	"{\"clock\":{\"mode\":\"frozen\",\"tick\":1},\"transitions\":{\"progression\":\"polls\","  \
	"\"times\":2},\"faults\":[{\"operation\":\"getDevice\",\"status\":503}],\"behaviors\":["   \
	"{\"device_id\":\"dvc_1\",\"error\":\"failed\"}],\"devices\":[{\"id\":\"dvc_1\",\"name\":" \
	"\"one\"}]}"

static const struct exchange_case exchanges[] = {
	{ "get",
	  200,
	  { "GET", "/deployments/dpl_deployed?expand=device,release.config_schemas,"
		   "config_instances.content" } },
	{ "list",
	  200,
	  { "GET", "/deployments?limit=100&target_status=archived&order_by=created_at:desc&"
		   "expand=device,release,config_instances,total_count" } },
	{ "not found", 404, { "GET", "/devices/dvc_nobody%20knows" } },
	{ "refused", 409, { "POST", "/devices", "{\"name\":\"My Device\",\"x\":1}" } },
	{ "order", 400, { "GET", "/devices?order_by=nonsense" } },
	{ "expansion", 400, { "GET", "/devices?expand=nonsense" } },
	{ "filter", 400, { "GET", "/devices?status=nonsense" } },
	{ "no field", 400, { "PUT", "/_mock/clock", "{\"nonsense\":1}" } },
	{ "long", 404, { "GET", "/devices/" A3200 } },
	{ "longer", 404, { "GET", "/devices/" A3200 A200 "/" A200 } },
	{ "moved", 405, { "PUT", "/devices/" A3200 } },
	{ "nowhere", 404, { "GET", "/nowhere/at/all" } },
	{ "deploy", 200, { "POST", "/deployments?expand=device,release", DEPLOY } },
	{ "archive", 200, { "POST", "/deployments/dpl_staged/archive" } },
	{ "patch", 200, PATCHED },
	{ "instance", 200, { "POST", "/config_instances?expand=content", INSTANCE } },
	{ "instance unfit",
	  400,
	  { "POST", "/config_instances",
	    "{\"config_schema_id\":\"cfg_sch_motion_2\",\"slot_key\":\"default\",\"content\":{"
	    "\"format\":\"json\",\"data\":\"{\\\"max_payload_kg\\\":-1}\"}}" } },
	{ "slot unknown",
	  400,
	  { "POST", "/config_instances",
	    "{\"config_schema_id\":\"cfg_sch_motion_2\",\"slot_key\":\"none\",\"content\":{"
	    "\"format\":\"json\",\"data\":\"{}\"}}" } },
	{ "schema language",
	  400,
	  { "POST", "/config_schemas",
	    "{\"config_type_ref\":{\"slug\":\"gripper\"},\"language\":\"cue\",\"format\":"
	    "\"json\",\"instance_format\":\"json\",\"documents\":[{\"name\":\"d\","
	    "\"data\":\"{}\"}]}" } },
	{ "schema json",
	  200,
	  { "POST", "/config_schemas?expand=documents",
	    SCHEMA("json", "{\\\"type\\\":\\\"object\\\",\\\"$defs\\\":{\\\"a\\\":{"
			   "\\\"pattern\\\":\\\"^(a|b)+$\\\"}},\\\"properties\\\":{\\\"p\\\":{"
			   "\\\"$ref\\\":\\\"#/$defs/a\\\"},\\\"q\\\":{\\\"enum\\\":[1,2.50,1e400],"
			   "\\\"multipleOf\\\":1.25,\\\"default\\\":1e400}}}") } },
	{ "schema yaml",
	  200,
	  { "POST", "/config_schemas",
	    SCHEMA("yaml", "type: object\\nproperties:\\n  p: &p\\n    pattern: '^[a-z]{1,3}$'\\n"
			   "  q: *p\\n  r: {maximum: 1_0.50, default: 0x1}\\nrequired: [p]\\n") } },
	{ "release",
	  200,
	  { "POST", "/releases?expand=config_schemas",
	    "{\"version\":\"v9.0.0\",\"config_schema_ids\":[\"cfg_sch_123\",\"cfg_sch_124\"]}" } },
	{ "token", 200, { "POST", "/provisioning_tokens" } },
	{ "principal", 200, { "GET", "/principal" } },
	{ "content",
	  200,
	  { "GET", "/config_instances/cfg_inst_123/content?disposition=attachment" } },
	{ "put fixtures", 200, { "PUT", "/_mock/fixtures", FIXTURES }, .sparse = 97 },
	{ "put fixtures stream",
	  200,
	  { "PUT", "/_mock/fixtures", STREAM, "application/x-ndjson" },
	  .sparse = 97 },
	{ "put fixtures wrong",
	  400,
	  { "PUT", "/_mock/fixtures", "{\"devices\":[{\"id\":\"d\",\"nmae\":1},{\"name\":\"\"}]}" },
	  .sparse = 97 },
	{ "post fixtures", 200, { "POST", "/_mock/fixtures", STREAM, "application/x-ndjson" } },
	{ "delete fixtures",
	  200,
	  { "DELETE", "/_mock/fixtures" },
	  { { "PUT", "/_mock/fixtures", FIXTURES } } },
	{ "workspaces", 200, { "GET", "/_mock/workspaces" }, { { "GET", "/_mock/clock" } } },
	{ "workspace named", 200, { "GET", "/_mock/clock?workspace=common" } },
	{ "export", 200, { "GET", "/_mock/fixtures" } },
	{ "reset", 200, { "POST", "/_mock/reset" }, { PATCHED } },
	{ "put snapshot", 200, { "PUT", "/_mock/snapshots/new" }, { PATCHED } },
	{ "restore",
	  200,
	  { "POST", "/_mock/snapshots/before/restore" },
	  { { "PUT", "/_mock/snapshots/before" }, PATCHED } },
	{ "advance",
	  200,
	  { "POST", "/_mock/clock/advance", "{\"seconds\":60}" },
	  { { "PUT", "/_mock/transitions", "{\"progression\":\"time\",\"seconds\":5}" },
	    { "POST", "/deployments", DEPLOY } } },
	{ "put faults", 200, { "PUT", "/_mock/faults", FAULTS } },
	{ "post faults",
	  200,
	  { "POST", "/_mock/faults", FAULTS },
	  { { "PUT", "/_mock/faults", FAULTS } } },
	{ "fault unknown",
	  400,
	  { "POST", "/_mock/faults", "{\"faults\":[{\"operation\":\"getDevices\"}]}" } },
	{ "faulted",
	  429,
	  { "GET", "/devices/dvc_online" },
	  { { "PUT", "/_mock/faults", FAULTS } } },
	{ "put more faults", 200, { "PUT", "/_mock/faults", MORE_FAULTS } },
	{ "limited",
	  429,
	  { "PATCH", "/devices/dvc_online?expand=group", "{\"name\":\"limited\"}" },
	  { { "PUT", "/_mock/faults", MORE_FAULTS },
	    { "PATCH", "/devices/dvc_online?expand=group", "{\"name\":\"limited\"}" } } },
	{ "merged",
	  200,
	  { "GET", "/devices/dvc_online" },
	  { { "PUT", "/_mock/faults", MORE_FAULTS } } },
	{ "fault of its own",
	  200,
	  { "GET", "/devices/dvc_online?expand=group",
	    .fault = "{\"query\":{\"expand\":\"group\"},\"merge\":{\"name\":\"x\"},"
		     "\"delay_ms\":0}" } },
	{ "fault no rule", 400, { "GET", "/devices", .fault = "{\"stat\":5}" } },
	{ "journal",
	  200,
	  { "GET", "/_mock/requests?path=/devices/*" },
	  { { "GET", "/devices/dvc_online" }, PATCHED, { "GET", "/devices/nobody" } } },
	{ "verified",
	  200,
	  { "POST", "/_mock/requests/verify",
	    "{\"path\":\"/devices/*\",\"query\":{\"a\":[1,\"b\"]},\"times\":1}" },
	  { { "GET", "/devices/dvc_online?a=1&a=b&%5B=0" }, PATCHED } },
	{ "nearest",
	  409,
	  { "POST", "/_mock/requests/verify",
	    "{\"operation\":\"updateDevice\",\"body\":{\"name\":\"x\",\"l\":[{}]},\"at_least\":"
	    "5}" },
	  { { "GET", "/devices/dvc_online?a=1" }, PATCHED, { "GET", "/nowhere" } } },
	{ "set device",
	  200,
	  { "PATCH", "/_mock/devices/dvc_offline", "{\"status\":\"online\",\"group_id\":null}" } },
	{ "set devices",
	  200,
	  { "PATCH", "/_mock/devices?status=offline", "{\"status\":\"online\"}" } },
	{ "put behaviors", 200, { "PUT", "/_mock/behaviors", BEHAVIORS } },
	{ "post behaviors",
	  200,
	  { "POST", "/_mock/behaviors", BEHAVIORS },
	  { { "PUT", "/_mock/behaviors", BEHAVIORS } } },
	{ "behave",
	  200,
	  { "POST", "/_mock/step" },
	  { { "PUT", "/_mock/transitions", "{\"progression\":\"manual\"}" },
	    { "PUT", "/_mock/behaviors", BEHAVIORS },
	    { "POST", "/deployments", DEPLOY } } },
	{ "step",
	  200,
	  { "POST", "/_mock/step" },
	  { { "PUT", "/_mock/transitions", "{\"progression\":\"manual\"}" },
	    { "POST", "/deployments", DEPLOY } } },
	{ "read and count",
	  200,
	  { "GET", "/deployments?device_id=dvc_online&limit=100" },
	  { { "PUT", "/_mock/transitions", "{\"progression\":\"polls\",\"times\":1}" },
	    { "POST", "/deployments", DEPLOY } } },
	{ "put scenario", 200, { "PUT", "/_mock/fixtures", SCENARIO }, .sparse = 3 },
	{ "read row",
	  200,
	  { "GET", "/_mock/deployments/dpl_deployed?expand=device,release.config_schemas" } },
	{ "read rows", 200, { "GET", "/_mock/devices?status=offline&expand=group,total_count" } },
	{ "no changes", 200, { "GET", "/_mock/changes" } },
	{ "changes", 200, { "GET", "/_mock/changes?limit=5" }, { PATCHED }, .sparse = 7 },
	{ "openapi", 200, { "GET", "/openapi.json" } },
	{ "control openapi", 200, { "GET", "/_mock/openapi.json" } },
	{ "turns", 200, { "GET", "/devices/dvc_online?expand=group" }, .kind = CASE_TURNS },
	{ "start demo", .kind = CASE_START, .load = { "demo.json" }, .sparse = 97 },
	{ "start stream", .kind = CASE_START, .load = { "few.json", "few.ndjson" }, .sparse = 97 },
	{ "start file", .kind = CASE_START, .load = { "few.json" }, .in_file = true, .sparse = 97 },
	{ "look", .kind = CASE_START, .load = { "few.json" }, .in_file = true, .look = true,
	  .sparse = 5 },
};

/* ---- where it goes wrong --------------------------------------------------------------------- */

static struct {
	const struct exchange_case *at;
	enum strike what;
	enum where where;
	bool lasting;
	long n;
	int complaints;
} now;

static const char *const where_names[] = { "memory", "file", "own", "start" };
static char place[256]; /* for whoever may not print */

static void note_place(void)
{
	snprintf(place, sizeof place, "'%s' %s in %s, %s, n = %ld", now.at->name,
		 strike_names[now.what], where_names[now.where], now.lasting ? "lasting" : "once",
		 now.n);
}

static void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void complain(const char *fmt, ...)
{
	va_list args;

	if (now.complaints++ >= COMPLAINTS)
		return;
	note_place();
	printf("%s: ", place);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

static void last_words(const char *what)
{
	char text[512];
	int len = snprintf(text, sizeof text, "%s: %s\n", place, what);

	if (write(STDOUT_FILENO, text, (size_t)len) != len)
		_exit(98);
}

static void on_signal(int signal)
{
	last_words(signal == SIGALRM ? "hangs" : "crashed");
	_exit(99);
}

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void on_death(void)
{
	last_words("a sanitizer has found something");
}

static void watch(void)
{
	signal(SIGALRM, on_signal);
	if (__sanitizer_set_death_callback) {
		__sanitizer_set_death_callback(on_death);
		return;
	}
	signal(SIGSEGV, on_signal);
	signal(SIGBUS, on_signal);
	signal(SIGABRT, on_signal);
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	last_words(what);
	exit(99);
}

/* ---- files ----------------------------------------------------------------------------------- */

static char directory[4096], database[4200];
static int nowhere; /* where the log goes */

static const char *path_of(const char *name, char path[static 4200])
{
	snprintf(path, 4200, "%s/%s", directory, name);
	return path;
}

static void write_file(const char *name, const char *text, size_t len)
{
	char path[4200];
	FILE *file = fopen(path_of(name, path), "w");

	must(file && fwrite(text, 1, len, file) == len, name);
	fclose(file);
}

static void remove_database(void)
{
	static const char *const parts[] = { "", "-wal", "-shm", "-journal" };
	char path[4300];

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		snprintf(path, sizeof path, "%s%s", database, parts[i]);
		unlink(path);
	}
}

static const char *const files[] = { "demo.json", "more.json", "few.json", "few.ndjson" };

static void make_files(void)
{
	const char *in = getenv("TMPDIR");
	struct buf more CLEANUP(buf_free) = BUF_INIT(1 << 20);
	char path[4200];

	snprintf(directory, sizeof directory,
		 "%s/torture."
		 "XX"
		 "XX"
		 "XX",
		 in && *in ? in : P_tmpdir);
	must(mkdtemp(directory), "no directory");
	snprintf(database, sizeof database, "%s", path_of("database", path));
	buf_add(&more, "{\"deployments\":[");
	for (int i = 0; i < 100; i++)
		buf_printf(&more,
			   "%s{\"id\":\"dpl_%d\",\"device_id\":\"dvc_picker_02\",\"release_id\":"
			   "\"rls_110\",\"config_instance_ids\":[\"cfg_inst_motion_1\","
			   "\"cfg_inst_loc_1\"],\"status\":\"archived\",\"activity_status\":"
			   "\"archived\",\"target_status\":\"archived\"}",
			   i ? "," : "", i);
	buf_add(&more, "]}");
	write_file("demo.json", demo_json, demo_json_len);
	write_file("more.json", more.text, more.len);
	write_file("few.json", FIXTURES, strlen(FIXTURES));
	write_file("few.ndjson", STREAM, strlen(STREAM));
	must((nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC)) >= 0, "no /dev/null");
}

static void remove_files(void)
{
	char path[4200];

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		unlink(path_of(files[i], path));
	remove_database();
	rmdir(directory);
}

/* ---- a world --------------------------------------------------------------------------------- */

static struct app app;
static struct options options;
static unsigned turn;
static char said[1024]; /* on standard error */

static void read_options(const char *const *load, bool in_file)
{
	static char paths[3][4200];
	const char *argv[16] = {
		"torture", "--clock", FROZEN, "--seed", "1", "--journal-size", "50"
	};
	char err[256];
	int argc = 7;

	for (int i = 0; i < 3 && load[i]; i++) {
		argv[argc++] = "--fixtures";
		argv[argc++] = path_of(load[i], paths[i]);
	}
	if (in_file) {
		argv[argc++] = "--db";
		argv[argc++] = database;
	}
	must(options_read(&options, FOR_SERVE, argc, (char **)argv, err, sizeof err), err);
}

static bool open_app(bool look)
{
	char err[ERR_BYTES];

	if (app_open(&app, &options, err, sizeof err) &&
	    (!look || app_read_db(&app, err, sizeof err)))
		return look || app_load(&app, &options.fixtures, false);
	report(1, "%s", err);
	return false;
}

static void close_app(void)
{
	if (app.log)
		log_stop(app.log);
	app_close(&app);
}

/* ---- asking ---------------------------------------------------------------------------------- */

struct reply {
	int status;
	struct buf headers, body;
};

#define REPLY_INIT                                                                                 \
	{                                                                                          \
		.headers = BUF_INIT(ANSWER_MAX), .body = BUF_INIT(ANSWER_MAX)                      \
	}

static const char *key(bool turns)
{
	static char name[32];

	if (now.where != IN_OWN)
		return ADMIN;
	snprintf(name, sizeof name, "own-%u", turns ? turn++ % OWN_AWAKE : 0);
	return name;
}

/* Ask, under a strike or not. How many were struck? */
static long ask(const struct asked *a, bool strike, struct reply *to)
{
	struct buf body CLEANUP(buf_free) = BUF_INIT(ANSWER_MAX);
	static struct exchange x;
	long struck;

	if (strike)
		strike_arm(now.what, now.n, now.lasting);
	exchange_init(&x, &app, &body);
	x.request = (struct request){
		.method = a->method,
		.target = a->target,
		.host = "test",
		.api_key = key(now.at->kind == CASE_TURNS),
		.miru_version = version_name(V_NEWEST),
		.content_type = a->type,
		.fault = a->fault,
		.body = a->body,
		.body_len = a->body ? strlen(a->body) : 0,
	};
	serve(&x);
	exchange_note(&x, 0);
	access_log(&x, 0);
	struck = strike_disarm();
	to->status = x.answer.status;
	buf_clear(&to->body);
	buf_addn(&to->body, x.answer.body->text, x.answer.body->len);
	buf_clear(&to->headers);
	for (size_t i = 0; i < x.answer.nheaders; i++)
		buf_printf(&to->headers, "%s: %s\n", x.answer.headers[i].name,
			   x.answer.headers[i].value);
	exchange_clear(&x);
	return struck;
}

static void free_reply(struct reply *r)
{
	buf_free(&r->headers);
	buf_free(&r->body);
}

static bool same_buf(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->text, b->text, a->len) == 0);
}

static bool same_reply(const struct reply *a, const struct reply *b)
{
	return a->status == b->status && same_buf(&a->headers, &b->headers) &&
	       same_buf(&a->body, &b->body);
}

static const char *text_in(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

	return text ? text : "";
}

/* Is it an error of ours that says what it is? */
static bool is_failure(const struct reply *r)
{
	cJSON *json = cJSON_ParseWithLength(r->body.text, r->body.len);
	const cJSON *error = cJSON_GetObjectItemCaseSensitive(json, "error");
	bool is = (r->status == 500 || r->status == 503) && *text_in(error, "code") &&
		  *text_in(error, "message") &&
		  cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(error, "params"));

	cJSON_Delete(json);
	return is;
}

/* ---- states ---------------------------------------------------------------------------------- */

/* What a world holds: the bytes of its database, and what is set. */
struct state {
	struct buf bytes, settings;
};

#define STATE_INIT                                                                                 \
	{                                                                                          \
		BUF_INIT(ANSWER_MAX), BUF_INIT(ANSWER_MAX)                                         \
	}

static void free_state(struct state *s)
{
	buf_free(&s->bytes);
	buf_free(&s->settings);
}

/* The workspace that is asked, and a connection to it. */
static struct workspace *enter(struct db **db)
{
	struct workspace *w = app.workspace;
	char err[256] = "";

	if (now.where == IN_OWN)
		must(registry_acquire(app.workspaces, key(false), true, &w) == ACQUIRED,
		     "no workspace");
	*db = registry_acquire_db(app.workspaces, w, 0, err, sizeof err);
	must(*db, err);
	return w;
}

static void leave(struct workspace *w, struct db *db)
{
	registry_release_db(w, db);
	if (w->parent)
		registry_release(w);
}

/* The bytes, but for the counters of the database's header. */
static void read_bytes(struct buf *to)
{
	struct db *db;
	struct workspace *w = enter(&db);
	struct image *image;

	db_read(db);
	image = db_image(db, w->baseline.rows);
	db_read_end(db);
	leave(w, db);
	must(image, "no image");
	buf_clear(to);
	for (size_t i = 0; i < image_count(image); i++)
		buf_addn(to, image_page(image, i), PAGE_BYTES);
	must(!to->bad, "no memory");
	image_unref(image);
	memset(to->text + 24, 0, 4);
	memset(to->text + 40, 0, 4);
	memset(to->text + 92, 0, 8);
}

static void read_state(struct state *to)
{
	static const char *const settings[] = { "/_mock/clock", "/_mock/transitions",
						"/_mock/snapshots", "/_mock/faults",
						"/_mock/behaviors" };
	struct reply r CLEANUP(free_reply) = REPLY_INIT;

	read_bytes(&to->bytes);
	buf_clear(&to->settings);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		ask(&(const struct asked){ "GET", settings[i] }, false, &r);
		buf_addn(&to->settings, r.body.text, r.body.len);
	}
}

static bool same_state(const struct state *a, const struct state *b)
{
	return same_buf(&a->bytes, &b->bytes) && same_buf(&a->settings, &b->settings);
}

/* ---- exchanges ------------------------------------------------------------------------------- */

/* What an exchange does where nothing fails. */
static struct {
	struct state before, after;
	struct reply answer;
	struct idgen ident;
	struct clock_setting clock;
	bool changes; /* it leaves another state */
} want = { .before = STATE_INIT, .after = STATE_INIT, .answer = REPLY_INIT };

static struct reply answer = REPLY_INIT;
static struct state state = STATE_INIT;

/* The world as it was, to the first exchange's next. */
static void put_back(const struct exchange_case *c)
{
	struct workspace *w;
	struct db *db;

	if (c->kind == CASE_TURNS)
		return;
	if (now.where == IN_OWN) {
		registry_free(app.workspaces);
		app.workspaces = registry_new(app.workspace, &app.workspace_options, 100);
		must(app.workspaces, "no workspaces");
	} else {
		w = enter(&db);
		must(workspace_reset(w, db), "no reset");
		snapshot_delete(w, db, "before");
		snapshot_delete(w, db, "new");
		faults_clear(&w->faults);
		journal_clear(&w->journal);
		leave(w, db);
	}
	for (size_t i = 0; i < STEPS && c->first[i].method; i++) {
		ask(&c->first[i], false, &answer);
		must(answer.status != 500, answer.body.text);
	}
}

/* Where ids and times come from, as before, so that what is asked again is answered the same. */
static void wind_back(void)
{
	struct db *db;
	struct workspace *w = enter(&db);

	w->idgen = want.ident;
	clock_restore(&w->clock, want.clock);
	leave(w, db);
}

/* Let go of what is only for comparing. */
static void forget(void)
{
	free_state(&want.before);
	free_state(&want.after);
	free_state(&state);
	free_reply(&want.answer);
	free_reply(&answer);
}

static void learn(const struct exchange_case *c)
{
	struct workspace *w;
	struct db *db;

	put_back(c);
	if (c->kind != CASE_TURNS) {
		w = enter(&db);
		want.ident = w->idgen;
		want.clock = clock_setting(&w->clock);
		leave(w, db);
		read_state(&want.before);
	}
	ask(&c->ask, false, &want.answer);
	if (want.answer.status != c->status) {
		printf("%s\n", want.answer.body.text);
		must(false, "is not answered as it should be");
	}
	if (c->kind == CASE_TURNS)
		return;
	read_state(&want.after);
	want.changes = !same_state(&want.before, &want.after);
}

static void ask_again(const struct exchange_case *c)
{
	ask(&c->ask, false, &answer);
	if (!same_reply(&answer, &want.answer))
		complain("the next answer is %d %.300s", answer.status, answer.body.text);
}

/* The exchange with its n-th struck. Was there one? */
static bool try_exchange(const struct exchange_case *c)
{
	bool right, before, after;
	long struck;

	put_back(c);
	struck = ask(&c->ask, true, &answer);
	right = same_reply(&answer, &want.answer);
	if (!right && !is_failure(&answer))
		complain("answers %d %.300s", answer.status, answer.body.text);
	if (c->kind == CASE_TURNS) {
		ask_again(c);
		return struck > 0;
	}
	read_state(&state);
	before = same_state(&state, &want.before);
	after = same_state(&state, &want.after);
	if (!before && !after)
		complain("answers %d and leaves neither what was nor what was to be",
			 answer.status);
	else if (right && !after)
		complain("answers that it was done, and has not done it");
	if (before)
		wind_back();
	else
		put_back(c);
	ask_again(c);
	if (!want.changes)
		return struck > 0;
	read_state(&state);
	if (!same_state(&state, &want.after))
		complain("the next one is not done as it should be");
	return struck > 0;
}

/* ---- starts ---------------------------------------------------------------------------------- */

static const struct asked all_rows = { "GET", "/_mock/fixtures" };

/* Start, under a strike or not. What it has loaded is `to`'s; false where it has not. */
static bool start(bool look, bool strike, struct reply *to, long *struck)
{
	int real = dup(STDERR_FILENO), mine = memfd_create("said", MFD_CLOEXEC);
	bool ok;

	must(real >= 0 && mine >= 0 && dup2(mine, STDERR_FILENO) >= 0, "no descriptors");
	memset(said, 0, sizeof said);
	if (strike)
		strike_arm(now.what, now.n, now.lasting);
	ok = open_app(look);
	*struck = strike_disarm();
	must(dup2(real, STDERR_FILENO) >= 0 && pread(mine, said, sizeof said - 1, 0) >= 0,
	     "no standard error");
	close(real);
	close(mine);
	if (!ok && !said[0])
		complain("does not start, and does not say why");
	app.log = log_start(LOG_TEXT, nowhere);
	must(app.log, "no log");
	if (ok)
		ask(&all_rows, false, to);
	close_app();
	return ok;
}

static bool try_start(const struct exchange_case *c)
{
	const long live = alloc_live();
	long struck, none;

	if (start(c->look, true, &answer, &struck) && !same_reply(&answer, &want.answer))
		complain("starts with %d %.300s", answer.status, answer.body.text);
	if (!start(c->look, false, &answer, &none))
		complain("cannot be started again: %.300s", said);
	else if (!same_reply(&answer, &want.answer))
		complain("starts again with %d %.300s", answer.status, answer.body.text);
	if (!c->look)
		remove_database();
	/* After the second: SQLite keeps a list of databases in memory till the next is closed. */
	if (alloc_live() != live)
		complain("%ld allocations leak", alloc_live() - live);
	return struck > 0;
}

static void learn_start(const struct exchange_case *c)
{
	long none;

	remove_database();
	must(start(false, false, &want.answer, &none), said);
	buf_addn(&answer.body, want.answer.body.text, want.answer.body.len); /* room for it */
	buf_addc(&answer.headers, ' ');
	if (!c->look)
		remove_database();
}

/* ---- the loop -------------------------------------------------------------------------------- */

static long sparse;   /* how much more sparsely than the paces say; 0: every n */
static char seed[32]; /* which of the n a sparse run tries */

/*
 * A sanitizer takes ten times as long. MIRU_MOCK_TORTURE says otherwise: 0 for every n, which takes
 * the better part of an hour. Each run tries other n, unless MIRU_MOCK_TORTURE_SEED says which.
 */
static void read_sparse(void)
{
	const char *given = getenv("MIRU_MOCK_TORTURE");
	const char *given_seed = getenv("MIRU_MOCK_TORTURE_SEED");

	sparse = alloc_sanitized() ? 10 : 1;
	if (given && *given)
		sparse = strtol(given, NULL, 10);
	if (given_seed && *given_seed)
		snprintf(seed, sizeof seed, "%s", given_seed);
	else
		snprintf(seed, sizeof seed, "%ld", (long)time(NULL) * 1000 + getpid() % 1000);
	printf("MIRU_MOCK_TORTURE_SEED=%s\n", seed);
}

/* How far before the last of its step an exchange's n are: another number for each of them. */
static long shift(long step)
{
	uint64_t hash = hash_text(HASH_BEGIN, seed);

	hash = hash_text(hash, now.at->name);
	hash = hash_text(hash, strike_names[now.what]);
	hash = hash_text(hash, where_names[now.where]);
	return (long)((hash + now.lasting) % (uint64_t)step);
}

/* The i-th n that is tried. */
static long nth(long i, int pace)
{
	long dense = sparse > 0 ? DENSE / sparse : FOR_EVER;
	long step = pace * sparse * (now.at->sparse ? now.at->sparse : 1);

	return i <= dense ? i : dense + (i - dense) * step - shift(step);
}

/* From the first to the last n in one world, or to that at which nothing is struck; how many were
 * tried. *leaks: when all was over, how many allocations were left. */
static long go_through(const struct exchange_case *c, int pace, long first, long last, long *leaks)
{
	static const char *const load[3] = { "demo.json", "more.json" };
	const bool starts = c->kind == CASE_START;
	const long live = alloc_live();
	bool struck = true;
	long i;

	now.n = nth(first, pace);
	note_place();
	read_options(starts ? c->load : load, starts ? c->in_file : now.where == IN_FILE);
	options.app.auth = now.where == IN_OWN ? AUTH_ANY : AUTH_STRICT;
	if (!starts) {
		remove_database();
		must(open_app(false), "no world");
		app.log = log_start(LOG_TEXT, nowhere);
		must(app.log, "no log");
		for (int k = 0; c->kind == CASE_TURNS && k < OWN_AWAKE; k++)
			ask(&c->ask, false, &answer);
		learn(c);
		learn(c);
	} else {
		learn_start(c);
	}
	for (i = first; i <= last && struck; i++) {
		now.n = nth(i, pace);
		note_place();
		alarm(SECONDS);
		struck = starts ? try_start(c) : try_exchange(c);
	}
	alarm(0);
	if (!starts)
		close_app();
	remove_database();
	options_free(&options);
	forget();
	*leaks = alloc_live() - live;
	return i - first;
}

/* Something leaks between the two: which? */
static void find_leak(const struct exchange_case *c, int pace, long first, long last)
{
	long leaks;

	while (first < last) {
		long middle = first + (last - first) / 2;

		go_through(c, pace, first, middle, &leaks);
		if (leaks)
			last = middle;
		else
			first = middle + 1;
	}
	now.n = nth(first, pace);
	go_through(c, pace, first, first, &leaks);
	complain("%ld allocations leak", leaks);
}

static long tries, passed, failed;

static void torture(const struct exchange_case *c, int pace, long only)
{
	static bool warm[AT_START + 1];
	long first = only ? only : 1, last = only ? only : FOR_EVER, leaks, count;

	now.at = c;
	now.complaints = 0;
	/* What the libraries keep from the first time on is no leak. */
	if (!warm[now.where]) {
		now.complaints = COMPLAINTS;
		go_through(c, pace, 1, 1, &leaks);
		warm[now.where] = true;
	}
	now.complaints = 0;
	count = go_through(c, pace, first, last, &leaks);
	if (leaks)
		find_leak(c, pace, first, first + count - 1);
	tries += count;
	*(now.complaints ? &failed : &passed) += 1;
	if (now.complaints > COMPLAINTS)
		printf("and %d more\n", now.complaints - COMPLAINTS);
}

static bool fits(const char *wanted, const char *is)
{
	return !wanted || streq(wanted, "all") || streq(wanted, is);
}

/* Is that exchange made there? */
static bool belongs(const struct exchange_case *c, enum where where)
{
	return c->kind == CASE_START   ? where == AT_START
	       : c->kind == CASE_TURNS ? where == IN_OWN
				       : where != AT_START;
}

static void run(const struct pace *p, char *const *args, bool lasting)
{
	const int pace = lasting ? p->lasting : p->once;
	const long only = args[4] ? strtol(args[4], NULL, 10) : 0;
	const clock_t began = clock();
	const long tried = tries;

	if (pace == 0 || !fits(args[1], strike_names[p->what]) ||
	    !fits(args[2], where_names[p->where]) || !fits(args[3], lasting ? "lasting" : "once"))
		return;
	now.what = p->what;
	now.where = p->where;
	now.lasting = lasting;
	for (size_t i = 0; i < ARRAY_LEN(exchanges); i++)
		if (fits(args[0], exchanges[i].name) && belongs(&exchanges[i], p->where))
			torture(&exchanges[i], pace, only);
	printf("%s in %s, %s: %ld tries, %.1f s\n", strike_names[p->what], where_names[p->where],
	       lasting ? "lasting" : "once", tries - tried,
	       (double)(clock() - began) / CLOCKS_PER_SEC);
	fflush(stdout);
}

int torture_main(int argc, char **argv, const struct pace *paces, size_t n)
{
	char *args[5] = { NULL };

	for (int i = 1; i < argc && i <= 5; i++)
		args[i - 1] = argv[i];
	read_sparse();
	if (args[4])
		sparse = 0; /* so that the n-th that is tried is n */
	watch();
	must(store_setup() && disk_begin(), "no file system");
	make_files();
	for (size_t i = 0; i < n; i++) {
		run(&paces[i], args, false);
		run(&paces[i], args, true);
	}
	remove_files();
	printf("\n== %ld passed, %ld failed\n", passed, failed);
	return failed || !passed ? 1 : 0;
}
