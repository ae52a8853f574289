/* SPDX-License-Identifier: MIT
 * git_commits.c - a commit is made once for each repository and sha.
 */
#include "api/git_commits.h"

#include "api/git_origin.h"
#include "api/handler.h"
#include "http/exchange.h"

/* If several repositories have a commit of that sha, the newest counts. */
static const struct query commit_by_sha = {
	"SELECT id FROM git_commits WHERE sha = ?1 ORDER BY created_at DESC, id LIMIT 1", QUERY_KEPT
};

const struct body_ref release_commit_ref = { R_GIT_COMMIT, "git_commit_ref", "sha",
					     &commit_by_sha };
const struct body_ref schema_commit_ref = { R_GIT_COMMIT, "git_commit.commit_ref", "sha",
					    &commit_by_sha };

enum { MESSAGE_MAX = 2048 };

/* A longer message is truncated, between two characters. */
static const char *truncate_message(struct exchange *x, const char *message)
{
	size_t len = strlen(message);

	if (len <= MESSAGE_MAX)
		return message;
	len = MESSAGE_MAX;
	while ((message[len] & 0xc0) == 0x80)
		len--;
	return arena_strndup(&x->arena, message, len);
}

static bool find(struct exchange *x, const struct repository *repository, const char **id)
{
	static const struct query same = {
		"SELECT id FROM git_commits WHERE sha = ?1 AND repository_url = ?2", QUERY_KEPT
	};
	const char *values[] = { body_text(&x->body, "sha"), repository->url };

	return op_look_up(x, &same, values, ARRAY_LEN(values), id);
}

static bool insert(struct exchange *x, struct tx *tx, const struct repository *repository,
		   const char **id)
{
	const char *sha = body_text(&x->body, "sha");
	const char *message = truncate_message(x, body_text(&x->body, "message"));
	const char *url = git_origin_commit_url(&x->arena, repository, sha);
	struct new_row row;

	if (!message || !url)
		return false;
	new_row_init(&row, R_GIT_COMMIT);
	new_row_set(&row, "sha", sha);
	new_row_set(&row, "message", message);
	new_row_set(&row, "repository_type", repository->type);
	new_row_set(&row, "repository_owner", repository->owner);
	new_row_set(&row, "repository_name", repository->name);
	new_row_set(&row, "repository_url", repository->url);
	new_row_set(&row, "commit_url", url);
	if (!write_new(x, tx, &row))
		return false;
	*id = new_row_text(&row, "id");
	return true;
}

bool git_commits_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct repository repository;
	const char *why = NULL, *id;

	/* The message does not repeat the origin, which may hold a password. */
	if (!git_origin_parse(&x->arena, body_text(&x->body, "origin"), &repository, &why))
		return why && fail_field(x, "origin", "origin: %s", why);
	return op_begin(x, &tx) && find(x, &repository, &id) &&
	       (id || insert(x, &tx, &repository, &id)) && op_commit_row(x, &tx, id);
}
