/* SPDX-License-Identifier: MIT
 * releases.c - which schemas a release may be made of.
 */
#include "api/releases.h"

#include "api/git_commits.h"
#include "api/handler.h"
#include "http/exchange.h"

static const char schemas_field[] = "config_schema_ids";

#define GIVEN   "json_each(?1) AS j JOIN config_schemas AS s ON s.id = j.value"
#define MESSAGE "config_schema_ids: "

/* Rules about the schemas ?1, a JSON array of ids. */
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

static bool insert(struct exchange *x, struct tx *tx, const struct row *commit, const char **id)
{
	struct new_row row;

	new_row_init(&row, R_RELEASE);
	new_row_from_body(&row, &x->body);
	new_row_set(&row, "git_commit_id", commit ? row_text(commit, "id") : NULL);
	if (!write_new(x, tx, &row))
		return false;
	*id = new_row_text(&row, "id");
	return write_links(x, *id, "config_schemas", schemas_field);
}

bool releases_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	const struct body *ref = body_object(&x->body, "git_commit_ref");
	const struct row *commit = NULL;
	const char *ids, *id;

	return (!ref || write_check_ref_given(x, &release_commit_ref, ref)) && op_begin(x, &tx) &&
	       write_json_array(x, body_member(&x->body, schemas_field), &ids) &&
	       write_check_ids(x, R_CONFIG_SCHEMA, schemas_field, ids) &&
	       (!ref || write_find_ref(x, &release_commit_ref, ref, &commit)) &&
	       write_check_rules(x, schema_rules, ARRAY_LEN(schema_rules), &ids, schemas_field) &&
	       insert(x, &tx, commit, &id) && op_commit_row(x, &tx, id);
}
