/* SPDX-License-Identifier: MIT
 * fixtures.c - exports and replaces the fixtures of a workspace, adds to them, and goes back to
 * them.
 */
#include "control/control.h"

#include <strings.h>

#include "api/handler.h"
#include "fixture/export.h"
#include "http/exchange.h"

static bool reset(struct exchange *x, bool (*restore)(struct workspace *w, struct db *db))
{
	if (!restore(x->workspace, x->db))
		return op_db_error(x);
	journal_clear(&x->workspace->journal);
	return true;
}

bool control_reset(struct exchange *x)
{
	return reset(x, workspace_reset) && control_answer_ok(x);
}

bool control_get_fixtures(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
	struct writer w = exchange_writer(x);
	struct fetch fetch = op_fetch(x);
	struct checkpoint baseline;
	bool ok;

	if (!db)
		return false;
	baseline = workspace_baseline(x->workspace);
	ok = export_all(&fetch, &w, scenario_texts(baseline.scenario), NULL);
	checkpoint_unref(&baseline);
	return ok || op_db_error(x);
}

/* Is it a media type of one JSON object to a line? None is registered. */
static bool is_stream(const char *type)
{
	static const char *const names[] = { "application/x-ndjson", "application/ndjson",
					     "application/jsonl", "application/x-jsonlines" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcspn(type, "; \t") == strlen(names[i]) &&
		    strncasecmp(type, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* The body as a document or, if its type says so, as a stream of objects. */
static struct source body_source(struct exchange *x)
{
	const struct request *r = &x->request;

	return (struct source){ .name = "body",
				.text = r->body ? r->body : "",
				.len = r->body_len,
				.stream = r->content_type && is_stream(r->content_type) };
}

static bool refuse_fixtures(struct exchange *x, const struct problems *problems)
{
	const char *text = problems->text.text ? problems->text.text : "";
	const char *last = problems_last(problems);

	if (buf_no_memory(&problems->text) || buf_no_memory(&problems->json))
		return false;
	if (problems->stopped)
		return fail(x, ERR_UNAVAILABLE, "the server stops; nothing has changed");
	if (problems->failed)
		return server_error(x, "%.*s", (int)strcspn(last, "\n"), last);
	fail(x, ERR_INVALID_FIXTURES,
	     "%zu problem%s in the fixtures, nothing has changed; the first: %.*s", problems->count,
	     problems->count == 1 ? "" : "s", (int)strcspn(text, "\n"), text);
	if (problems->json.text)
		fail_param_json(x, "problems", arena_strdup(&x->arena, problems->json.text));
	return false;
}

/* How many rows there are of each resource. */
static bool write_counts(struct exchange *x)
{
	struct writer w = exchange_writer(x);

	writer_open(&w, '{');
	for (size_t i = 0; i < R_COUNT; i++) {
		int64_t count;

		if (!resources[i].array)
			continue;
		if (!fetch_count(x->db, &resources[i], &count))
			return op_db_error(x);
		writer_int(writer_key(&w, resources[i].array), count);
	}
	writer_close(&w, '}');
	return true;
}

bool control_put_fixtures(struct exchange *x)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	struct db *db CLEANUP(db_read_endp) = NULL;
	const struct app *app = x->app;
	const struct source source = body_source(x);

	if (!workspace_replace_fixtures(x->workspace, x->db, &app->workspace_options, &app->sql,
					&(struct sources){ &source, 1 }, FIXTURES_OF_TEST,
					&problems))
		return refuse_fixtures(x, &problems);
	db = op_begin_read(x);
	return db && write_counts(x);
}

/* Add the body's rows and keys, in an open transaction. */
static bool add_body(struct exchange *x, struct tx *tx)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	struct destination dest = { .db = tx->db, .sql = tx->sql, .ident = &tx->workspace->idgen };
	const struct source source = body_source(x);

	if (!rfc3339_parse(tx->now, &dest.now))
		return false;
	if (!load_in_tx(&dest, &(struct sources){ &source, 1 }, &problems))
		return refuse_fixtures(x, &problems);
	tx->keys = keyring_load(tx->db);
	return tx->keys || op_db_error(x);
}

bool control_post_fixtures(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return op_begin(x, &tx) && add_body(x, &tx) && write_counts(x) && op_commit(x, &tx);
}

bool control_delete_fixtures(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = NULL;

	if (!reset(x, workspace_restore_own))
		return false;
	db = op_begin_read(x);
	return db && write_counts(x);
}
