/*
 * deployments.c - the checks of behaviour, section 11.2, in their order; deploying, archiving,
 * drifts.
 */
#include "api/deployments.h"

#include "api/handler.h"
#include "api/write.h"
#include "http/exchange.h"
#include "model/value.h"
#include "workspace/simulator.h"

enum { SQL_MAX = 4096 };

static const char staged[] = "staged", deployed[] = "deployed";
static const char instances_field[] = "config_instance_ids";

/* ---- device and release ---------------------------------------------------------------------- */

/* `what` cannot be done with an archived release. */
static bool check_release(struct exchange *x, const struct row *release, const char *what)
{
	if (!row_text(release, "archived_at"))
		return true;
	fail(x, ERR_RELEASE_ARCHIVED, "cannot %s deployment: release '%s' is archived", what,
	     row_text(release, "id"));
	fail_param(x, "release_id", row_text(release, "id"));
	return false;
}

/* Archived devices take nothing; those that were never online are not deployed to (11.3). */
static bool check_device(struct exchange *x, const struct row *device, bool deploying)
{
	static const struct {
		const char *status;
		bool staging_too;
	} unfit[] = { { "archived", true }, { "inactive", false }, { "activating", false } };
	const char *status = row_text(device, "status");

	for (size_t i = 0; i < ARRAY_LEN(unfit); i++) {
		if (!streq(unfit[i].status, status) || !(deploying || unfit[i].staging_too))
			continue;
		fail(x, ERR_DEVICE_INACTIVE, "device '%s' is %s: nothing can be %s to it",
		     row_text(device, "id"), status,
		     unfit[i].staging_too ? "staged or deployed" : "deployed");
		fail_param(x, "device_id", row_text(device, "id"));
		return false;
	}
	return true;
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

	return write_all_found(x, R_CONFIG_INSTANCE, instances_field, ids) &&
	       write_rules(x, instance_rules, ARRAY_LEN(instance_rules), values, instances_field);
}

/* ---- parent and release rule ----------------------------------------------------------------- */

/* May the parent be one that is only staged, and is it? What else is meant is the current one. */
static bool is_lenient_parent(struct exchange *x, const struct member *parent,
			      const struct deployment *meant)
{
	if (!x->app->lenient_parent || !(parent->field->flags & F_LENIENT))
		return false;
	while (meant && !streq(meant->id, parent->text))
		meant = meant->next;
	return meant;
}

/* Sets *id to the parent's, or NULL: the one that is named, or the device's current deployment. */
static bool find_parent(struct exchange *x, const struct deployment *meant, const char **id)
{
	const struct member *parent = body_member(&x->body, "parent_id");
	const struct deployment *current = deployment_current(meant);

	*id = current ? current->id : NULL;
	if (!parent->set || (!parent->text && !current) ||
	    (parent->text && current && streq(parent->text, current->id)))
		return true;
	if (parent->text && is_lenient_parent(x, parent, meant)) {
		*id = parent->text;
		return true;
	}
	fail(x, ERR_PARENT_MISMATCH, "parent_id is %s, but the device's current deployment is %s",
	     quoted(x, parent->text), quoted(x, current ? current->id : NULL));
	fail_param(x, "parent_id", parent->text);
	fail_param(x, "current_deployment_id", current ? current->id : NULL);
	return false;
}

/* --strict-release-rule: staged for another release, deployed for the current one (11.2, 5). */
static bool check_rule(struct exchange *x, const struct deployment *current, bool deploying)
{
	const char *release = body_text(&x->body, "release_id");
	bool same = current && streq(current->release_id, release);

	if (!x->app->strict_release_rule || !current || same == deploying)
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

static bool insert(struct exchange *x, struct change *c, const char *parent, bool deploying)
{
	struct draft d;

	draft_begin(&d, R_DEPLOYMENT);
	draft_say(&d, &x->body);
	draft_set(&d, "activity_status", deploying ? "queued" : staged);
	draft_set(&d, "error_status", "none");
	draft_set(&d, "parent_id", parent);
	draft_set(&d, "queued_at", deploying ? c->now : NULL);
	return write_new(x, c, &d) && write_links(x, "config_instances", instances_field);
}

static bool is_deploying(struct exchange *x)
{
	return streq(body_text(&x->body, "target_status"), deployed);
}

static bool create(struct exchange *x, struct change *c)
{
	bool deploying = is_deploying(x);
	const char *parent, *device_id, *ids;
	struct row *device, *release;
	struct deployment *meant;

	if (!write_texts(x, body_member(&x->body, instances_field), &ids) ||
	    !op_find_said(x, R_DEVICE, "device_id", &device) ||
	    !op_find_said(x, R_RELEASE, "release_id", &release) ||
	    !check_release(x, release, "create") || !check_device(x, device, deploying) ||
	    !check_instances(x, ids, row_text(release, "id")))
		return false;
	device_id = row_text(device, "id");
	if (!deployments_meant(c, device_id, &meant))
		return op_broke(x);
	if (!find_parent(x, meant, &parent) || !check_rule(x, deployment_current(meant), deploying))
		return false;
	if (!(deploying ? deployments_make_way_for_deployed(c, meant, NULL)
			: deployments_make_way_for_staged(c, meant)))
		return op_broke(x);
	if (!insert(x, c, parent, deploying))
		return false;
	return !deploying || agent_wake(c, device_id) || op_broke(x);
}

bool op_create_deployment(struct exchange *x)
{
	return may(x, is_deploying(x) ? SCOPE_deployments_deploy : SCOPE_deployments_stage,
		   SCOPE_FREE) &&
	       op_change(x, create);
}

/* ---- deploy, archive ------------------------------------------------------------------------- */

bool op_find_deployment(struct exchange *x, struct change *c, struct deployment **d)
{
	if (!deployment_get(c, x->id, d))
		return op_broke(x);
	return *d || op_not_found(x, R_DEPLOYMENT, x->id);
}

/* The same, which must be in a state that allows the move. */
static bool find_movable(struct exchange *x, struct change *c, enum trigger t, enum error error,
			 const char *done, struct deployment **d)
{
	const char *activity;
	char activities[64];

	if (!op_find_deployment(x, c, d))
		return false;
	if (lifecycle_move(t, &(*d)->is))
		return true;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): op_not_found is always false */
	activity = word_in(activity_status_words, (*d)->is.activity, x->version);
	fail(x, error, "deployment '%s' is %s%s%s: only one that is %s can be %s", (*d)->id,
	     activity, streq((*d)->is.error, "none") ? "" : ", and ",
	     streq((*d)->is.error, "none") ? "" : (*d)->is.error,
	     lifecycle_activities(t, activities, sizeof activities), done);
	fail_param(x, "deployment_id", (*d)->id);
	fail_param(x, "activity_status", activity);
	return false;
}

static bool deploy(struct exchange *x, struct change *c)
{
	struct row *device, *release;
	struct deployment *d, *meant;

	if (!find_movable(x, c, MOVE_DEPLOY, ERR_NOT_DEPLOYABLE, deployed, &d) ||
	    !op_find(x, R_RELEASE, d->release_id, &release) ||
	    !check_release(x, release, "deploy") || !op_find(x, R_DEVICE, d->device_id, &device) ||
	    !check_device(x, device, true))
		return false;
	return (deployments_meant(c, d->device_id, &meant) &&
		deployments_make_way_for_deployed(c, meant, d->id) &&
		deployment_move(c, d, MOVE_DEPLOY, c->now) && agent_wake(c, d->device_id)) ||
	       op_broke(x);
}

bool op_deploy(struct exchange *x)
{
	return op_change(x, deploy);
}

static bool archive(struct exchange *x, struct change *c)
{
	struct deployment *d;

	if (!find_movable(x, c, MOVE_ARCHIVE, ERR_NOT_ARCHIVABLE, "archived", &d))
		return false;
	change_follow(c, d->updated_at);
	return deployment_move(c, d, MOVE_ARCHIVE, c->now) || op_broke(x);
}

bool op_archive(struct exchange *x)
{
	return op_change(x, archive);
}

/* ---- drifts (behaviour: section 11.5) -------------------------------------------------------- */

/* clang-format off */
/* What was deployed to the device of `d` since d was staged, or staged again. */
#define DEPLOYED_SINCE(t, d) \
	t ".device_id = " d ".device_id AND " t ".id <> " d ".id" \
	" AND " t ".queued_at > ifnull(" d ".reviewed_at, " d ".created_at)"

/* The same of ?1, if any of it was deployed while ?1 was staged: others have never drifted. */
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
	const struct join join = op_join(x);
	struct stmt *s CLEANUP(stmt_endp) = NULL;
	struct row *deployment;
	size_t n;

	if (!op_find(x, R_DEPLOYMENT, x->id, &deployment))
		return false;
	sql_select(&sql, &resources[R_DEPLOYMENT]);
	buf_add(&sql, drifts_where);
	if (page && !sql.bad)
		s = db_query(x->db, &(const struct query){ sql.text, QUERY_KEPT });
	if (!s)
		return op_broke(x);
	stmt_bind(s, 1, x->id);
	if (!join_rows(&join, s, R_DEPLOYMENT, SIZE_MAX, x->expand.tree, &page->rows, &n))
		return op_broke(x);
	/* There are no pages: all of it is one. */
	page->limit = n < PAGE_DEFAULT ? PAGE_DEFAULT : (int64_t)n;
	x->page = page;
	return true;
}

bool op_drifts(struct exchange *x)
{
	return op_look(x, read_drifts);
}
