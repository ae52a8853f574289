/*
 * rows.c - each a change, answered with the row as fixtures have it.
 */
#include "control/rows.h"

#include "api/deployments.h"
#include "api/handler.h"
#include "api/write.h"
#include "fixture/export.h"
#include "http/exchange.h"
#include "workspace/simulator.h"

/* Change the row that the path names. */
static bool change_row(struct exchange *x, bool (*run)(struct exchange *x, struct change *c))
{
	struct writer w;

	if (!export_tree(&x->arena, &resources[x->op->resource], &x->expand.tree))
		return op_broke(x);
	if (!op_change(x, run))
		return false;
	w = exchange_writer(x);
	export_row(&w, x->row);
	return true;
}

/* ---- devices --------------------------------------------------------------------------------- */

/* What an agent that nobody told its version says it is. */
static const char agent_version[] = "v1.0.0";

/* No agent has reported from such a device (behaviour: section 12). */
static bool has_no_agent(const char *status)
{
	return streq(status, "inactive") || streq(status, "activating");
}

/* The value that the body gives a field, or the one that it has. */
static const char *given_or_had(struct exchange *x, const struct row *row, const char *field)
{
	const struct member *m = body_member(&x->body, field);

	return m->set ? m->text : row_text(row, field);
}

/* One that runs something is not new. */
static bool check_inactive(struct exchange *x, struct change *c, const char *status)
{
	const struct deployment *current;
	struct deployment *meant;

	if (!streq(status, "inactive"))
		return true;
	if (!deployments_meant(c, x->id, &meant))
		return op_broke(x);
	current = deployment_current(meant);
	if (!current)
		return true;
	fail(x, ERR_IMPOSSIBLE,
	     "device '%s' cannot become inactive: it has a current deployment, '%s'", x->id,
	     current->id);
	fail_param(x, "device_id", x->id);
	return false;
}

static bool patch_device(struct exchange *x, struct change *c)
{
	struct row *device;

	if (!op_find(x, R_DEVICE, x->id, &device))
		return false;

	const char *had = row_text(device, "status"), *status = given_or_had(x, device, "status");
	const char *version = given_or_had(x, device, "agent_version");
	const char *group_id = given_or_had(x, device, "group_id");
	const char *description = given_or_had(x, device, "description");
	bool was_online = streq(had, "online"), is_online = streq(status, "online");
	bool told = body_member(&x->body, "agent_version")->set;

	if (!write_refers(x))
		return false;
	if (has_no_agent(status)) {
		if (told && version)
			return fail_field(x, "agent_version",
					  "agent_version: a device that is %s has none; "
					  "expected null",
					  status);
		version = NULL;
	} else if (is_online && !was_online && !version && !told) {
		version = agent_version;
	}
	if (!streq(status, had) && !check_inactive(x, c, status))
		return false;
	/* Before the times are dated: they are the change's. */
	change_follow(c, row_text(device, "updated_at"));

	const struct pair pairs[] = {
		{ "status", status },
		{ "agent_version", version },
		{ "group_id", group_id },
		{ "description", description },
		{ "last_connected_at",
		  is_online && !was_online ? c->now : row_text(device, "last_connected_at") },
		{ "last_disconnected_at",
		  was_online && !is_online ? c->now : row_text(device, "last_disconnected_at") },
	};

	if (!write_changes(x, c, device, pairs, ARRAY_LEN(pairs)))
		return false;
	if (was_online == is_online)
		return true;
	return (is_online ? agent_wake(c, x->id) : agent_sleep(c, x->id)) || op_broke(x);
}

bool control_patch_device(struct exchange *x)
{
	return change_row(x, patch_device);
}

/* ---- deployments ----------------------------------------------------------------------------- */

static bool refuse_move(struct exchange *x, const struct deployment *d, const struct state *was,
			const char *what)
{
	fail(x, ERR_IMPOSSIBLE,
	     "deployment '%s' cannot %s: its target_status is %s, activity_status %s, "
	     "error_status %s",
	     d->id, what, was->target, was->activity, was->error);
	fail_param(x, "deployment_id", d->id);
	return false;
}

static bool patch_deployment(struct exchange *x, struct change *c)
{
	const char *activity = body_text(&x->body, "activity_status");
	const char *error = body_text(&x->body, "error_status");
	struct deployment *d;
	struct state was;
	const char *what;

	if (!op_find_deployment(x, c, &d))
		return false;
	change_follow(c, d->updated_at);
	was = d->is;
	switch (agent_report(c, d, activity, error)) {
	case REPORT_MADE:
		return true;
	case REPORT_BROKE:
		return op_broke(x);
	case REPORT_IMPOSSIBLE:
		break;
	}
	what = arena_printf(&x->arena, "get %s%s%s%s%s", activity ? "activity_status " : "",
			    activity ? activity : "", activity && error ? " and " : "",
			    error ? "error_status " : "", error ? error : "");
	return refuse_move(x, d, &was, what ? what : "get that");
}

bool control_patch_deployment(struct exchange *x)
{
	return change_row(x, patch_deployment);
}

static bool restage(struct exchange *x, struct change *c)
{
	struct deployment *d;

	if (!op_find_deployment(x, c, &d))
		return false;
	if (!lifecycle_move(MOVE_RESTAGE, &d->is))
		return refuse_move(x, d, &d->is, "be staged again");
	change_follow(c, d->updated_at);
	return deployment_move(c, d, MOVE_RESTAGE, c->now) || op_broke(x);
}

bool control_restage(struct exchange *x)
{
	return change_row(x, restage);
}

/* ---- releases and config types --------------------------------------------------------------- */

/* Archive the row that the path names, or take it out again; `check`, if any, may refuse to. */
static bool patch_archived(struct exchange *x, struct change *c, bool (*check)(struct exchange *x))
{
	const struct member *said = body_member(&x->body, "archived");
	const bool archiving = said->set && streq(said->text, "1");
	const struct pair change[] = { { "archived_at", archiving ? c->now : NULL } };
	struct row *row;

	if (!op_find(x, x->op->resource, x->id, &row))
		return false;
	if (!said->set || archiving == (row_text(row, "archived_at") != NULL))
		return true;
	return (!archiving || !check || check(x)) &&
	       write_changes(x, c, row, change, ARRAY_LEN(change));
}

/* What is deployed of a release, or shall be, keeps it (behaviour: section 4.2). */
static bool check_unused(struct exchange *x)
{
	static const struct query alive = { "SELECT 1 FROM deployments WHERE release_id = ?1"
					    " AND activity_status <> 'archived' LIMIT 1",
					    QUERY_KEPT };
	bool in_use;

	if (!db_has(x->db, &alive, &x->id, 1, &in_use))
		return op_broke(x);
	if (!in_use)
		return true;
	fail(x, ERR_RELEASE_IN_USE,
	     "this release cannot be archived since it has unarchived deployments");
	fail_param(x, "release_id", x->id);
	return false;
}

static bool patch_release(struct exchange *x, struct change *c)
{
	return patch_archived(x, c, check_unused);
}

bool control_patch_release(struct exchange *x)
{
	return change_row(x, patch_release);
}

static bool patch_config_type(struct exchange *x, struct change *c)
{
	return patch_archived(x, c, NULL);
}

bool control_patch_config_type(struct exchange *x)
{
	return change_row(x, patch_config_type);
}
