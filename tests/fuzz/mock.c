/* SPDX-License-Identifier: MIT
 * mock.c - an app as the options make it, asked by way of the pipeline.
 */
#include "mock.h"

#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cli/app_setup.h"
#include "cli/options.h"
#include "control/control.h"
#include "fixture/export.h"
#include "fuzz.h"
#include "http/pipeline.h"
#include "workspace/snapshot.h"

enum { ANSWER_MAX = 1 << 26, PAGES_MAX = 100, YEAR_2026 = 1767225600, MICROS = 1000000 };

static struct db *db_of(struct mock *m)
{
	return store_db(m->app.workspace->store);
}

void mock_open(struct mock *m, bool demo)
{
	static const struct options options = {
		.seed = 1,
		.clock.frozen = (int64_t)YEAR_2026 * MICROS,
		.app.max_body = 1 << 20,
		.app.max_page_size = PAGES_MAX,
		.max_workspaces = 1,
		.journal_size = 1,
	};
	static const struct option_list none = { 0 };
	char err[256] = "";

	*m = (struct mock){ .answer = BUF_INIT(ANSWER_MAX),
			    .was = BUF_INIT(ANSWER_MAX),
			    .is = BUF_INIT(ANSWER_MAX) };
	HOLD(app_open(&m->app, &options, err, sizeof err), "%s", err);
	HOLD(app_load(&m->app, &none, demo), "the demo");
	HOLD(workspace_keep_baseline(m->app.workspace, db_of(m)), "%s", db_error(db_of(m)));
	m->app.log = log_start(LOG_OFF, 2);
	HOLD(m->app.log, "no log");
}

void mock_close(struct mock *m)
{
	log_stop(m->app.log);
	app_close(&m->app);
	buf_free(&m->answer);
	buf_free(&m->was);
	buf_free(&m->is);
	image_unref(m->image);
}

void mock_reset(struct mock *m)
{
	struct workspace *w = m->app.workspace;

	/* Other fixtures are another beginning. */
	if (m->renewed) {
		mock_close(m);
		mock_open(m, true);
		return;
	}
	while (w->snapshots)
		HOLD(snapshot_delete(w, db_of(m), w->snapshots->name), "a snapshot");
	faults_clear(&w->faults);
	HOLD(workspace_reset(w, db_of(m)), "%s", db_error(db_of(m)));
}

/* ---- answers --------------------------------------------------------------------------------- */

cJSON *mock_json(struct mock *m)
{
	struct json_error e;
	const char *text = m->answer.text ? m->answer.text : "";
	cJSON *json = json_parse(text, m->answer.len, &e);

	HOLD(json, "%u:%u: %s: %s", e.line, e.column, e.what, text);
	return json;
}

/* {"error":{"code":...,"params":{...},"message":...}} */
static void check_refusal(struct mock *m)
{
	cJSON *json = mock_json(m);
	const cJSON *error = cJSON_GetObjectItemCaseSensitive(json, "error");
	const cJSON *code = cJSON_GetObjectItemCaseSensitive(error, "code");
	const cJSON *message = cJSON_GetObjectItemCaseSensitive(error, "message");

	HOLD(cJSON_IsString(code) && *code->valuestring, "%s", m->answer.text);
	HOLD(cJSON_IsString(message) && *message->valuestring, "%s", m->answer.text);
	HOLD(cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(error, "params")), "%s",
	     m->answer.text);
	cJSON_Delete(json);
}

static void check_answer(struct mock *m)
{
	if (m->faulty)
		return;
	HOLD(m->status == 200 || (m->status >= 400 && m->status < 500), "%d %s", m->status,
	     m->answer.text);
	if (m->status != 200)
		check_refusal(m);
	else if (!m->op->raw)
		cJSON_Delete(mock_json(m));
}

int mock_ask(struct mock *m, struct request r)
{
	struct exchange x;

	r.host = r.host ? r.host : "localhost";
	r.api_key = r.api_key ? r.api_key : "miru_mock_admin";
	r.miru_version = r.miru_version ? r.miru_version : version_name(V_NEWEST);
	buf_clear(&m->answer);
	exchange_init(&x, &m->app, &m->answer);
	x.request = r;
	serve(&x);
	m->op = x.op;
	m->status = x.answer.status;
	m->faulty = x.fault != NULL;
	m->renewed |= m->status == 200 && m->op->run == control_put_fixtures;
	exchange_clear(&x);
	check_answer(m);
	return m->status;
}

int mock_get(struct mock *m, const char *target, const char *version)
{
	const struct request r = { .method = "GET", .target = target, .miru_version = version };

	return mock_ask(m, r);
}

/* ---- the database ---------------------------------------------------------------------------- */

/* What is the same as in the last image costs no memory. */
static struct image *read_bytes(struct mock *m, struct buf *to)
{
	struct db *db = db_of(m);
	struct image *image;

	db_read(db);
	image = db_image(db, m->image);
	db_read_end(db);
	HOLD(image, "%s", db_error(db));
	buf_clear(to);
	for (size_t i = 0; i < image_count(image); i++)
		buf_addn(to, image_page(image, i), PAGE_BYTES);
	HOLD(!to->bad, "out of memory");
	return image;
}

void mock_look(struct mock *m)
{
	struct image *image = read_bytes(m, &m->was);

	image_unref(m->image);
	m->image = image;
}

bool mock_changed(struct mock *m)
{
	image_unref(read_bytes(m, &m->is));
	return m->is.len != m->was.len || memcmp(m->is.text, m->was.text, m->is.len) != 0;
}

void mock_export(struct mock *m, struct buf *to)
{
	struct arena arena CLEANUP(arena_free);
	struct writer w = { .out = to, .empty = true };
	struct db *db = db_of(m);
	const struct fetch fetch = {
		.db = db, .sql = &m->app.sql, .arena = &arena, .version = V_NEWEST
	};

	arena_init(&arena, NULL, 0);
	buf_clear(to);
	db_read(db);
	HOLD(export_all(&fetch, &w, NULL, NULL) && !to->bad, "%s", db_error(db));
	db_read_end(db);
}

void mock_compare(struct mock *m, struct mock *twin)
{
	struct buf one CLEANUP(buf_free) = BUF_INIT(ANSWER_MAX);
	struct buf two CLEANUP(buf_free) = BUF_INIT(ANSWER_MAX);
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	struct workspace *w = twin->app.workspace;
	const struct destination to = { .db = db_of(twin),
					.sql = &twin->app.sql,
					.now = clock_stamp(&w->clock),
					.ident = &w->idgen };
	struct source source;

	mock_export(m, &one);
	source = (struct source){ .name = "export", .text = one.text, .len = one.len };
	HOLD(load_fixtures(&to, &(struct sources){ &source, 1 }, &problems), "%s%s",
	     problems.text.text, one.text);
	mock_export(twin, &two);
	HOLD(streq(one.text, two.text), "\n%s\n%s", one.text, two.text);
	mock_reset(twin);
}
