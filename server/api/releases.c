/*
 * releases.c - what a release may be made of, and where a commit lives.
 */
#include "api/releases.h"

#include "api/git_origin.h"
#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"

/* ---- git commits ----------------------------------------------------------------------------- */

enum { MESSAGE_MAX = 2048 };

/* A message that is longer is cut, between two characters. */
static const char *cut_message(struct exchange *x, const char *message)
{
	size_t len = strlen(message);

	if (len <= MESSAGE_MAX)
		return message;
	len = MESSAGE_MAX;
	while ((message[len] & 0xc0) == 0x80)
		len--;
	return arena_strndup(&x->arena, message, len);
}

static bool create_commit(struct exchange *x, struct change *c)
{
	static const struct query same = {
		"SELECT id FROM git_commits WHERE sha = ?1 AND repository_url = ?2", QUERY_KEPT
	};
	const struct repository *repository = x->prepared;
	const char *sha = body_text(&x->body, "sha");
	const char *values[] = { sha, repository->url }, *message, *url;
	struct draft d;

	if (!op_look_up(x, &same, values, ARRAY_LEN(values), &x->id))
		return false;
	if (x->id)
		return true;
	message = cut_message(x, body_text(&x->body, "message"));
	url = repository_commit_url(&x->arena, repository, sha);
	if (!message || !url)
		return op_short(x);
	draft_begin(&d, R_GIT_COMMIT);
	draft_set(&d, "sha", sha);
	draft_set(&d, "message", message);
	draft_set(&d, "repository_type", repository->type);
	draft_set(&d, "repository_owner", repository->owner);
	draft_set(&d, "repository_name", repository->name);
	draft_set(&d, "repository_url", repository->url);
	draft_set(&d, "commit_url", url);
	return write_new(x, c, &d);
}

bool op_create_commit(struct exchange *x)
{
	struct repository *repository = arena_alloc(&x->arena, sizeof *repository);
	const char *why = NULL;

	x->prepared = repository;
	if (repository &&
	    repository_read(&x->arena, body_text(&x->body, "origin"), repository, &why))
		return op_change(x, create_commit);
	/* What it was is not repeated: there may be a password in it. */
	return why ? fail_field(x, "origin", "origin: %s", why) : op_short(x);
}

/* Of several repositories' commits of one sha, the newest. */
static const struct query commit_by_sha = {
	"SELECT id FROM git_commits WHERE sha = ?1 ORDER BY created_at DESC, id LIMIT 1", QUERY_KEPT
};

const struct reference release_commit_reference = { R_GIT_COMMIT, "git_commit_ref", "sha",
						    &commit_by_sha };
const struct reference schema_commit_reference = { R_GIT_COMMIT, "git_commit.commit_ref", "sha",
						   &commit_by_sha };

/* ---- releases -------------------------------------------------------------------------------- */

static const char schemas_field[] = "config_schema_ids";

#define GIVEN   "json_each(?1) AS j JOIN config_schemas AS s ON s.id = j.value"
#define MESSAGE "config_schema_ids: "

/* What is wrong with the schemas ?1, a JSON array of ids. */
static const struct rule schema_rules[] = {
	{ { "SELECT value, '' FROM json_each(?1) GROUP BY value HAVING count(*) > 1"
	    " ORDER BY min(key) LIMIT 1",
	    QUERY_KEPT },
	  1,
	  ERR_INVALID_RELEASE_SCHEMAS,
	  { MESSAGE "names '", "' twice", "" } },
	{ { "SELECT t.id, '' FROM " GIVEN " JOIN config_types AS t ON t.id = s.config_type_id"
	    " WHERE t.archived_at IS NOT NULL ORDER BY j.key LIMIT 1",
	    QUERY_KEPT },
	  1,
	  ERR_RELEASE_TYPE_ARCHIVED,
	  { "cannot create release: config type '", "' is archived", "" } },
	{ { "SELECT s.config_type_id, '' FROM " GIVEN
	    " GROUP BY s.config_type_id HAVING count(*) > 1 ORDER BY min(j.key) LIMIT 1",
	    QUERY_KEPT },
	  1,
	  ERR_INVALID_RELEASE_SCHEMAS,
	  { MESSAGE "several are of the config type '", "'; at most one is expected", "" } },
	{ { "SELECT l.filepath, '' FROM " GIVEN
	    " JOIN config_schema_slots AS l ON l.config_schema_id = s.id"
	    " GROUP BY l.filepath HAVING count(*) > 1 ORDER BY min(j.key) LIMIT 1",
	    QUERY_KEPT },
	  1,
	  ERR_INVALID_RELEASE_SCHEMAS,
	  { MESSAGE "several have a slot for the file '", "'; at most one is expected", "" } },
};

static bool create_release(struct exchange *x, struct change *c)
{
	const struct body *ref = body_object(&x->body, "git_commit_ref");
	const struct row *commit = NULL;
	const char *ids;
	struct draft d;

	if (!write_texts(x, body_member(&x->body, schemas_field), &ids) ||
	    !write_all_found(x, R_CONFIG_SCHEMA, schemas_field, ids) ||
	    (ref && !write_reference(x, &release_commit_reference, ref, &commit)) ||
	    !write_rules(x, schema_rules, ARRAY_LEN(schema_rules), &ids, schemas_field))
		return false;
	draft_begin(&d, R_RELEASE);
	draft_say(&d, &x->body);
	draft_set(&d, "git_commit_id", commit ? row_text(commit, "id") : NULL);
	return write_new(x, c, &d) && write_links(x, "config_schemas", schemas_field);
}

bool op_create_release(struct exchange *x)
{
	const struct body *ref = body_object(&x->body, "git_commit_ref");

	return (!ref || check_reference(x, &release_commit_reference, ref)) &&
	       op_change(x, create_release);
}
