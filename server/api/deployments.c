/* SPDX-License-Identifier: MIT
 * deployments.c - creating (the checks of behaviour, section 11.2, in their order), deploying,
 * archiving, drifts.
 */
#include "api/deployments.h"

#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"
#include "model/value.h"
#include "workspace/simulator.h"

enum { SQL_MAX = 4096 };

static const char instances_field[] = "config_instance_ids";

/* ---- device and release ---------------------------------------------------------------------- */

/* An archived release is neither deployed nor staged; `what` is "create" or "deploy". */
static bool check_release(struct exchange *x, const struct row *release, const char *what)
{
	if (!row_text(release, "archived_at"))
		return true;
	fail(x, ERR_RELEASE_ARCHIVED, "cannot %s deployment: release '%s' is archived", what,
	     row_text(release, "id"));
	fail_param(x, "release_id", row_text(release, "id"));
	return false;
}

/* An archived device takes nothing; one that was never online can only be staged for (11.3). */
static bool check_device(struct exchange *x, const struct row *device, bool deploying)
{
	const char *status = row_text(device, "status");
	enum device_status number = word_number(device_status_words, status);

	if (number == DEVICE_ONLINE || number == DEVICE_OFFLINE ||
	    (number != DEVICE_ARCHIVED && !deploying))
		return true;
	fail(x, ERR_DEVICE_INACTIVE, "device '%s' is %s: nothing can be %s to it",
	     row_text(device, "id"), status,
	     number == DEVICE_ARCHIVED ? "staged or deployed" : "deployed");
	fail_param(x, "device_id", row_text(device, "id"));
	return false;
}

/* ---- config instances ------------------------------------------------------------------------ */

#define GIVEN   "json_each(?1) AS j JOIN config_instances AS i ON i.id = j.value"
#define MESSAGE "config_instance_ids: "

/* What is wrong with the instances ?1, a JSON array of ids, for the release ?2. */
static const struct rule instance_rules[] = {
	{ { "SELECT value, '' FROM json_each(?1) GROUP BY value HAVING count(*) > 1"
	    " ORDER BY min(key) LIMIT 1",
	    QUERY_KEPT },
	  1,
	  ERR_DEPLOYMENT_INSTANCES,
	  { MESSAGE "names '", "' twice", "" } },
	{ { "SELECT i.id, i.config_schema_id FROM " GIVEN " WHERE i.config_schema_id NOT IN"
	    " (SELECT config_schema_id FROM release_config_schemas WHERE release_id = ?2)"
	    " ORDER BY j.key LIMIT 1",
	    QUERY_KEPT },
	  2,
	  ERR_DEPLOYMENT_INSTANCES,
	  { MESSAGE "'", "' is an instance of the schema '",
	    "', which is not one of the release's" } },
	{ { "SELECT i.slot_key, i.config_schema_id FROM " GIVEN
	    " GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY min(j.key) LIMIT 1",
	    QUERY_KEPT },
	  1,
	  ERR_DEPLOYMENT_INSTANCES,
	  { MESSAGE "several are for the slot '", "' of the schema '", "'; one is expected" } },
	{ { "SELECT s.key, s.config_schema_id FROM release_config_schemas AS l"
	    " JOIN config_schema_slots AS s ON s.config_schema_id = l.config_schema_id"
	    " WHERE l.release_id = ?2 AND s.required AND (s.config_schema_id, s.key) NOT IN"
	    " (SELECT i.config_schema_id, i.slot_key FROM " GIVEN ")"
	    " ORDER BY l.position, s.position LIMIT 1",
	    QUERY_KEPT },
	  2,
	  ERR_DEPLOYMENT_INSTANCES,
	  { MESSAGE "none is for the required slot '", "' of the schema '", "'" } },
};

static bool check_instances(struct exchange *x, const char *ids, const char *release_id)
{
	const char *values[] = { ids, release_id };

	return write_check_ids(x, R_CONFIG_INSTANCE, instances_field, ids) &&
	       write_check_rules(x, instance_rules, ARRAY_LEN(instance_rules), values,
				 instances_field);
}

/* ---- parent and release rule ----------------------------------------------------------------- */

/* --lenient-parent: the parent may be a deployment of the device that is only staged (11.6). */
static bool is_lenient_parent(struct exchange *x, const struct member *parent,
			      const struct deployment *targeted)
{
	if (!x->app->options.lenient_parent || !(parent->field->flags & F_LENIENT))
		return false;
	while (targeted && !streq(targeted->id, parent->text))
		targeted = targeted->next;
	return targeted;
}

/* *id becomes the parent's: the one that the body names, or the device's current deployment, which
 * must be the same; NULL if there is neither. */
static bool find_parent(struct exchange *x, const struct deployment *targeted, const char **id)
{
	const struct member *parent = body_member(&x->body, "parent_id");
	const struct deployment *current = deployment_current(targeted);

	*id = current ? current->id : NULL;
	if (!parent->set || same_text(parent->text, *id))
		return true;
	if (parent->text && is_lenient_parent(x, parent, targeted)) {
		*id = parent->text;
		return true;
	}
	fail(x, ERR_PARENT_MISMATCH, "parent_id is %s, but the device's current deployment is %s",
	     quoted(x, parent->text), quoted(x, *id));
	fail_param(x, "parent_id", parent->text);
	fail_param(x, "current_deployment_id", *id);
	return false;
}

/* --strict-release-rule: staged for another release, deployed for the current one (11.2, 5). */
static bool check_rule(struct exchange *x, const struct deployment *current, bool deploying)
{
	const char *release = body_text(&x->body, "release_id");
	bool same = current && streq(current->release_id, release);

	if (!x->app->options.strict_release_rule || !current || same == deploying)
		return true;
	fail(x, ERR_DEPLOYMENT_RELEASE,
	     deploying ? "a deployment can be deployed only for its device's current release, '%s'"
		       : "a deployment can be staged only for another release than its device's "
			 "current one, '%s'",
	     current->release_id);
	fail_param(x, "current_release_id", current->release_id);
	return false;
}

/* ---- create ---------------------------------------------------------------------------------- */

static bool check_body(struct exchange *x, struct row **device, struct row **release,
		       bool deploying)
{
	const char *ids;

	return write_json_array(x, body_member(&x->body, instances_field), &ids) &&
	       op_find_by_body(x, R_DEVICE, "device_id", device) &&
	       op_find_by_body(x, R_RELEASE, "release_id", release) &&
	       check_release(x, *release, "create") && check_device(x, *device, deploying) &&
	       check_instances(x, ids, row_text(*release, "id"));
}

/* What staging or deploying does to the device's other deployments. */
static bool make_room(struct exchange *x, struct tx *tx, struct deployment *targeted,
		      bool deploying)
{
	return (deploying ? deployments_replace_current(tx, targeted, NULL)
			  : deployments_archive_staged(tx, targeted)) ||
	       op_db_error(x);
}

static bool insert(struct exchange *x, struct tx *tx, const char *parent, bool deploying,
		   const char **id)
{
	struct new_row row;

	new_row_init(&row, R_DEPLOYMENT);
	new_row_from_body(&row, &x->body);
	new_row_set(&row, "activity_status",
		    word_text(activity_status_words,
			      deploying ? ACTIVITY_QUEUED : ACTIVITY_STAGED));
	new_row_set(&row, "error_status", word_text(error_status_words, ERROR_NONE));
	new_row_set(&row, "parent_id", parent);
	new_row_set(&row, "queued_at", deploying ? tx->now : NULL);
	if (!write_new(x, tx, &row))
		return false;
	*id = new_row_text(&row, "id");
	return write_links(x, *id, "config_instances", instances_field);
}

bool deployments_create(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	const char *target = body_text(&x->body, "target_status");
	bool deploying = word_number(target_status_words, target) == TARGET_DEPLOYED;
	const char *parent, *device_id, *id;
	struct row *device, *release;
	struct deployment *targeted;

	if (!op_begin(x, &tx) || !check_body(x, &device, &release, deploying))
		return false;
	device_id = row_text(device, "id");
	if (!deployments_targeted(&tx, device_id, &targeted))
		return op_db_error(x);
	return find_parent(x, targeted, &parent) &&
	       check_rule(x, deployment_current(targeted), deploying) &&
	       make_room(x, &tx, targeted, deploying) && insert(x, &tx, parent, deploying, &id) &&
	       (!deploying || simulator_wake(&tx, device_id) || op_db_error(x)) &&
	       op_commit_row(x, &tx, id);
}

/* ---- deploy, archive ------------------------------------------------------------------------- */

bool deployments_find(struct exchange *x, struct tx *tx, struct deployment **d)
{
	if (!deployment_get(tx, x->id, d))
		return op_db_error(x);
	if (!*d)
		op_not_found(x, R_DEPLOYMENT, x->id);
	return *d;
}

/* Find the path's deployment. If its state does not allow the move, fail with `error`, which says
 * what could be `done`: "deployed". */
static bool find_movable(struct exchange *x, struct tx *tx, enum trigger t, enum error error,
			 const char *done, struct deployment **d)
{
	const char *activity, *failing;
	char activities[64];

	if (!deployments_find(x, tx, d))
		return false;
	if (lifecycle_move(t, &(*d)->state))
		return true;
	activity = word_in(activity_status_words,
			   word_text(activity_status_words, (*d)->state.activity), x->version);
	failing = (*d)->state.error == ERROR_NONE
		      ? NULL
		      : word_text(error_status_words, (*d)->state.error);
	fail(x, error, "deployment '%s' is %s%s%s: only one that is %s can be %s", (*d)->id,
	     activity, failing ? ", and " : "", failing ? failing : "",
	     lifecycle_activities(t, activities, sizeof activities), done);
	fail_param(x, "deployment_id", (*d)->id);
	fail_param(x, "activity_status", activity);
	return false;
}

static bool move_to_device(struct tx *tx, struct deployment *d)
{
	struct deployment *targeted;

	return deployments_targeted(tx, d->device_id, &targeted) &&
	       deployments_replace_current(tx, targeted, d->id) &&
	       deployment_move(tx, d, MOVE_DEPLOY, tx->now) && simulator_wake(tx, d->device_id);
}

bool deployments_deploy(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct row *device, *release;
	struct deployment *d;

	return op_begin(x, &tx) &&
	       find_movable(x, &tx, MOVE_DEPLOY, ERR_NOT_DEPLOYABLE, "deployed", &d) &&
	       op_find(x, R_RELEASE, d->release_id, &release) &&
	       check_release(x, release, "deploy") && op_find(x, R_DEVICE, d->device_id, &device) &&
	       check_device(x, device, true) && (move_to_device(&tx, d) || op_db_error(x)) &&
	       op_commit_row(x, &tx, x->id);
}

bool deployments_archive(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct deployment *d;

	if (!op_begin(x, &tx) ||
	    !find_movable(x, &tx, MOVE_ARCHIVE, ERR_NOT_ARCHIVABLE, "archived", &d))
		return false;
	tx_date_after(&tx, d->updated_at);
	return (deployment_move(&tx, d, MOVE_ARCHIVE, tx.now) || op_db_error(x)) &&
	       op_commit_row(x, &tx, x->id);
}

/* ---- drifts (behaviour: section 11.5) -------------------------------------------------------- */

/* clang-format off */
/* `t` was deployed to the device of `d` since d was staged, or restaged. */
#define DEPLOYED_SINCE(t, d) \
	t ".device_id = " d ".device_id AND " t ".id <> " d ".id" \
	" AND " t ".queued_at > ifnull(" d ".reviewed_at, " d ".created_at)"

/* The drifts of ?1; none unless one of them was deployed while ?1 was staged, that is, unless ?1
 * has ever drifted. */
static const char drifts_where[] =
	", deployments AS d WHERE d.id = ?1 AND " DEPLOYED_SINCE("t", "d")
	" AND EXISTS (SELECT 1 FROM deployments AS b WHERE " DEPLOYED_SINCE("b", "d")
	" AND b.queued_at < ifnull(d.queued_at, ifnull(d.archived_at, '9999-99')))"
	" ORDER BY t.queued_at DESC, t.id";
/* clang-format on */

static bool read_drifts(struct exchange *x)
{
	struct buf sql CLEANUP(buf_free) = BUF_INIT(SQL_MAX);
	struct page *page = arena_zalloc(&x->arena, sizeof *page);
	const struct fetch fetch = op_fetch(x);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	size_t n = SIZE_MAX;

	sql_select(&sql, &resources[R_DEPLOYMENT]);
	buf_add(&sql, drifts_where);
	if (page && !sql.bad)
		s = db_query(x->db, &(const struct query){ sql.text, QUERY_KEPT });
	if (!s)
		return op_db_error(x);
	stmt_bind(s, 1, x->id);
	if (!fetch_rows(&fetch, s, R_DEPLOYMENT, x->expand.tree, &page->rows, &n))
		return op_db_error(x);
	/* The list has no pages: all rows are on one. */
	page->limit = n < PAGE_DEFAULT ? PAGE_DEFAULT : (int64_t)n;
	x->page = page;
	return true;
}

bool deployments_drifts(struct exchange *x)
{
	struct db *db CLEANUP(db_read_endp) = op_begin_read(x);
	struct row *deployment;

	return db && op_find(x, R_DEPLOYMENT, x->id, &deployment) && read_drifts(x);
}
