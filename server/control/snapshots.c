/*
 * snapshots.c - what they do is workspace.c's, snapshot.c's and fixture.c's; here is what they
 * are told, and what they say.
 */
#include "control/snapshots.h"

#include <strings.h>

#include "api/handler.h"
#include "fixture/export.h"
#include "http/exchange.h"
#include "workspace/snapshot.h"

/* ---- reset ----------------------------------------------------------------------------------- */

static void say_ok(struct exchange *x)
{
	struct writer w = exchange_writer(x);

	write_open(&w, '{');
	write_key(&w, "status");
	write_text(&w, "ok");
	write_close(&w, '}');
}

bool control_reset(struct exchange *x)
{
	if (!workspace_reset(x->workspace, x->db))
		return op_broke(x);
	faults_clear(&x->workspace->faults);
	journal_clear(&x->workspace->journal);
	say_ok(x);
	return true;
}

/* ---- snapshots ------------------------------------------------------------------------------- */

enum { NAME_MAX_LEN = 100 };

static bool check_name(struct exchange *x)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t len = strlen(x->id);

	return (len <= NAME_MAX_LEN && strspn(x->id, allowed) == len) ||
	       fail_field(x, "name",
			  "name: expected at most %d letters, digits, dots, dashes and "
			  "underscores, found '%s'",
			  NAME_MAX_LEN, quote(x, x->id));
}

static bool no_snapshot(struct exchange *x)
{
	fail(x, ERR_NOT_FOUND, "snapshot '%s' not found", quote(x, x->id));
	fail_param(x, "resource_type", "snapshot");
	fail_param(x, "resource_id", x->id);
	return false;
}

static void write_snapshots(struct exchange *x)
{
	struct writer w = exchange_writer(x);
	char taken[TIME_LEN + 1], shown[TIME_LEN + 1];

	write_open(&w, '{');
	write_key(&w, "snapshots");
	write_open(&w, '[');
	for (const struct snapshot *s = x->workspace->snapshots; s; s = s->next) {
		time_format(s->taken, taken);
		time_exact(taken, shown);
		write_item(&w);
		write_open(&w, '{');
		write_key(&w, "name");
		write_text(&w, s->name);
		write_key(&w, "taken_at");
		write_text(&w, shown);
		write_close(&w, '}');
	}
	write_close(&w, ']');
	write_close(&w, '}');
}

bool control_get_snapshots(struct exchange *x)
{
	db_read(x->db);
	write_snapshots(x);
	db_read_end(x->db);
	return true;
}

bool control_put_snapshot(struct exchange *x)
{
	if (!check_name(x))
		return false;
	switch (snapshot_take(x->workspace, x->db, x->id)) {
	case SNAPSHOT_TAKEN:
		return control_get_snapshots(x);
	case SNAPSHOT_TOO_MANY:
		return fail(x, ERR_TOO_MANY_SNAPSHOTS,
			    "there are %d snapshots already, as many as there may be; delete some",
			    SNAPSHOTS_MAX);
	case SNAPSHOT_FAILED:
		break;
	}
	return op_broke(x);
}

bool control_restore_snapshot(struct exchange *x)
{
	bool found;

	if (!snapshot_restore(x->workspace, x->db, x->id, &found))
		return op_broke(x);
	if (!found)
		return no_snapshot(x);
	say_ok(x);
	return true;
}

bool control_delete_snapshot(struct exchange *x)
{
	return snapshot_delete(x->workspace, x->db, x->id) ? control_get_snapshots(x)
							   : no_snapshot(x);
}

/* ---- fixtures -------------------------------------------------------------------------------- */

static bool write_fixtures(struct exchange *x)
{
	struct writer w = exchange_writer(x);
	struct join join = op_join(x);

	return export_all(&join, &w, NULL) || op_broke(x);
}

bool control_get_fixtures(struct exchange *x)
{
	return op_look(x, write_fixtures);
}

/* Is a body of that type one object to a line? There is no registered name for it. */
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

/* The body as a document, or as a stream of objects where its type says so. */
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
	int first = (int)strcspn(text, "\n");

	if (problems->failed)
		return broke(x, "%.*s", first, text);
	fail(x, ERR_INVALID_FIXTURES,
	     "%zu problem%s in the fixtures; nothing has changed. The first: %.*s", problems->count,
	     problems->count == 1 ? "" : "s", first, text);
	if (problems->json.text)
		fail_param_json(x, "problems", arena_strdup(&x->arena, problems->json.text));
	return false;
}

/* How many rows there are of each resource. */
static bool write_counts(struct exchange *x)
{
	struct writer w = exchange_writer(x);

	write_open(&w, '{');
	for (size_t i = 0; i < R_COUNT; i++) {
		int64_t count;

		if (!resources[i].array)
			continue;
		if (!join_count(x->db, &resources[i], &count))
			return op_broke(x);
		write_key(&w, resources[i].array);
		write_int(&w, count);
	}
	write_close(&w, '}');
	return true;
}

bool control_put_fixtures(struct exchange *x)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	const struct app *app = x->app;
	const struct source source = body_source(x);

	if (!workspace_renew(x->workspace, x->db, &app->beginning, &app->sql, &source, 1,
			     &problems))
		return refuse_fixtures(x, &problems);
	return op_look(x, write_counts);
}

/* Add the body's to what there is, in a change. */
static bool add(struct exchange *x, struct change *c)
{
	struct problems problems CLEANUP(problems_free) = PROBLEMS_INIT;
	struct destination to = { .db = c->db, .sql = c->sql, .ident = &c->in->ident };
	const struct source source = body_source(x);

	if (!time_parse(c->now, &to.now))
		return op_short(x);
	if (!fixtures_add(&to, &source, 1, &problems))
		return refuse_fixtures(x, &problems);
	c->keys = keyring_load(c->db);
	return (c->keys || op_broke(x)) && write_counts(x);
}

bool control_post_fixtures(struct exchange *x)
{
	return op_act(x, add);
}
