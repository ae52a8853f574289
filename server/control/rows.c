/* SPDX-License-Identifier: MIT
 * rows.c - reads rows, and changes them, each in a transaction; answers with them as fixtures have
 * them.
 */
#include "control/control.h"

#include "api/deployments.h"
#include "api/handler.h"
#include "api/write.h"
#include "fixture/export.h"
#include "http/exchange.h"
#include "http/present.h"
#include "workspace/simulator.h"

static bool begin(struct exchange *x, struct tx *tx)
{
	return export_tree(&x->arena, &resources[x->op->resource], NULL, &x->expand.tree) &&
	       op_begin(x, tx);
}

/* Commit, and answer with the row that the path names. */
static bool commit(struct exchange *x, struct tx *tx)
{
	struct writer w;

	if (!op_commit_row(x, tx, x->id))
		return false;
	w = exchange_writer(x);
	export_row(&w, x->row, NULL);
	return true;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Begin to read rows with what fixtures have and what the query asks for, *asked. */
static struct db *begin_read(struct exchange *x, const struct expansion **asked)
{
	*asked = x->expand.tree;
	return export_tree(&x->arena, &resources[x->op->resource], *asked, &x->expand.tree)
		   ? op_begin_read(x)
		   : NULL;
}

bool control_get_row(struct exchange *x)
{
	const struct expansion *asked;
	struct db *db CLEANUP(db_read_endp) = begin_read(x, &asked);
	struct writer w = exchange_writer(x);

	if (!db || !op_read(x, x->id))
		return false;
	export_row(&w, x->row, asked);
	return true;
}

bool control_list_rows(struct exchange *x)
{
	const struct expansion *asked;
	struct db *db CLEANUP(db_read_endp) = begin_read(x, &asked);
	struct writer w = exchange_writer(x);

	if (!db || !op_read_page(x))
		return false;
	present_envelope(&w, x->page);
	export_rows(&w, &x->page->rows, asked);
	writer_close(&w, '}');
	return true;
}

/* ---- devices --------------------------------------------------------------------------------- */

/* The version of an agent if none is given. */
static const char default_agent_version[] = "v1.0.0";

/* A device and what the body changes of it. */
struct device_change {
	const struct row *device;
	enum device_status from, to;
	const char *agent_version;
};

/* The value that the body gives for a field, or else the one that the row has. */
static const char *new_value(struct exchange *x, const struct row *row, const char *field)
{
	const struct member *m = body_member(&x->body, field);

	return m->set ? m->text : row_text(row, field);
}

/* The agent_version follows the status: no agent has reported from a new device, and an agent that
 * connects has a version (behaviour: section 12). */
static bool set_agent_version(struct exchange *x, struct device_change *change)
{
	bool given = body_member(&x->body, "agent_version")->set;

	change->agent_version = new_value(x, change->device, "agent_version");
	if (change->to == DEVICE_INACTIVE || change->to == DEVICE_ACTIVATING) {
		if (given && change->agent_version)
			return fail_field(x, "agent_version",
					  "agent_version: must be null while status is %s",
					  word_text(device_status_words, change->to));
		change->agent_version = NULL;
	} else if (change->to == DEVICE_ONLINE && change->from != DEVICE_ONLINE && !given &&
		   !change->agent_version) {
		change->agent_version = default_agent_version;
	}
	return true;
}

/* A device with a current deployment cannot become inactive. */
static bool check_inactive(struct exchange *x, struct tx *tx, const struct device_change *change)
{
	const struct deployment *current;
	struct deployment *targeted;

	if (change->to != DEVICE_INACTIVE || change->from == DEVICE_INACTIVE)
		return true;
	if (!deployments_targeted(tx, x->id, &targeted))
		return op_db_error(x);
	current = deployment_current(targeted);
	if (!current)
		return true;
	fail(x, ERR_IMPOSSIBLE,
	     "device '%s' cannot become inactive: it has a current deployment, '%s'", x->id,
	     current->id);
	fail_param(x, "device_id", x->id);
	return false;
}

static bool write_device(struct exchange *x, struct tx *tx, const struct device_change *change)
{
	const struct row *device = change->device;
	bool was_online = change->from == DEVICE_ONLINE, is_online = change->to == DEVICE_ONLINE;

	/* The row's times are the transaction's, so this is dated first. */
	tx_date_after(tx, row_text(device, "updated_at"));

	const struct pair pairs[] = {
		{ "status", word_text(device_status_words, change->to) },
		{ "agent_version", change->agent_version },
		{ "group_id", new_value(x, device, "group_id") },
		{ "description", new_value(x, device, "description") },
		{ "last_connected_at",
		  is_online && !was_online ? tx->now : row_text(device, "last_connected_at") },
		/* What a tester says of it ends what a behavior has said. */
		{ "online_at",
		  body_member(&x->body, "status")->set ? NULL : row_text(device, "online_at") },
		{ "last_disconnected_at",
		  was_online && !is_online ? tx->now : row_text(device, "last_disconnected_at") },
	};

	if (!write_changes(x, tx, device, pairs, ARRAY_LEN(pairs)))
		return false;
	return was_online == is_online ||
	       (is_online ? simulator_wake(tx, x->id) : simulator_sleep(tx, x->id)) ||
	       op_db_error(x);
}

/* Change the device that x->id names as the body says. */
static bool change_device(struct exchange *x, struct tx *tx)
{
	struct device_change change;
	struct row *device;

	if (!op_find(x, R_DEVICE, x->id, &device))
		return false;
	change.device = device;
	change.from = row_word(device, "status");
	change.to = body_word(&x->body, "status");
	if (!change.to)
		change.to = change.from;
	return set_agent_version(x, &change) && check_inactive(x, tx, &change) &&
	       write_device(x, tx, &change);
}

bool control_patch_device(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };

	return begin(x, &tx) && op_find(x, R_DEVICE, x->id, &(struct row *){ NULL }) &&
	       write_check_refs(x) && change_device(x, &tx) && commit(x, &tx);
}

/* Read all that the filters find, as one page. */
static bool read_all(struct exchange *x)
{
	struct list_query *all = arena_alloc(&x->arena, sizeof *all);

	if (!all)
		return false;
	*all = *x->list_query;
	all->limit = INT64_MAX - 1; /* the store asks for one more */
	x->list_query = all;
	return op_read_page(x);
}

bool control_patch_devices(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct writer w = exchange_writer(x);

	if (!op_begin(x, &tx) || !write_check_refs(x) || !read_all(x))
		return false;
	writer_open(&w, '{');
	writer_open(writer_key(&w, "devices"), '[');
	for (const struct row *row = x->page->rows.first; row; row = row->next) {
		x->id = row_text(row, "id");
		if (!change_device(x, &tx))
			return false;
		writer_text(writer_item(&w), x->id);
	}
	writer_close(&w, ']');
	writer_close(&w, '}');
	return op_commit(x, &tx);
}

/* ---- deployments ----------------------------------------------------------------------------- */

static bool refuse_move(struct exchange *x, const struct deployment *d, const struct state *before,
			const char *attempt)
{
	fail(x, ERR_IMPOSSIBLE,
	     "deployment '%s' cannot %s: its target_status is %s, activity_status %s, "
	     "error_status %s",
	     d->id, attempt, word_text(target_status_words, before->target),
	     word_text(activity_status_words, before->activity),
	     word_text(error_status_words, before->error));
	fail_param(x, "deployment_id", d->id);
	return false;
}

static bool report(struct exchange *x, struct tx *tx, struct deployment *d)
{
	const char *activity = body_text(&x->body, "activity_status");
	const char *error = body_text(&x->body, "error_status"), *attempt;
	const struct state before = d->state;

	switch (simulator_report(tx, d, body_word(&x->body, "activity_status"),
				 body_word(&x->body, "error_status"))) {
	case REPORT_MADE:
		return true;
	case REPORT_FAILED:
		return op_db_error(x);
	case REPORT_IMPOSSIBLE:
		break;
	}
	attempt = arena_printf(&x->arena, "get %s%s%s%s%s", activity ? "activity_status " : "",
			       activity ? activity : "", activity && error ? " and " : "",
			       error ? "error_status " : "", error ? error : "");
	return attempt && refuse_move(x, d, &before, attempt);
}

bool control_patch_deployment(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct deployment *d;

	if (!begin(x, &tx) || !deployments_find(x, &tx, &d))
		return false;
	tx_date_after(&tx, d->updated_at);
	return report(x, &tx, d) && commit(x, &tx);
}

bool control_restage(struct exchange *x)
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	struct deployment *d;

	if (!begin(x, &tx) || !deployments_find(x, &tx, &d))
		return false;
	if (!lifecycle_move(MOVE_RESTAGE, &d->state))
		return refuse_move(x, d, &d->state, "be staged again");
	tx_date_after(&tx, d->updated_at);
	return (deployment_move(&tx, d, MOVE_RESTAGE, tx.now) || op_db_error(x)) && commit(x, &tx);
}

/* ---- releases and config types --------------------------------------------------------------- */

/* Archive the row that the path names, or take that back. `check`, if any, may refuse to archive.
 */
static bool patch_archived(struct exchange *x, bool (*check)(struct exchange *x))
{
	struct tx tx CLEANUP(tx_end) = { 0 };
	const struct member *archived = body_member(&x->body, "archived");
	const bool archiving = archived->set && streq(archived->text, "1");
	struct row *row;

	if (!begin(x, &tx) || !op_find(x, x->op->resource, x->id, &row))
		return false;
	if (archived->set && archiving != (row_text(row, "archived_at") != NULL)) {
		const struct pair change = { "archived_at", archiving ? tx.now : NULL };

		if ((archiving && check && !check(x)) || !write_changes(x, &tx, row, &change, 1))
			return false;
	}
	return commit(x, &tx);
}

/* A release with unarchived deployments stays (behaviour: section 4.2). */
static bool check_unused(struct exchange *x)
{
	static const struct query alive = { "SELECT 1 FROM deployments WHERE release_id = ?1"
					    " AND activity_status <> 'archived' LIMIT 1",
					    QUERY_KEPT };
	bool in_use;

	if (!db_has(x->db, &alive, &x->id, 1, &in_use))
		return op_db_error(x);
	if (!in_use)
		return true;
	fail(x, ERR_RELEASE_IN_USE,
	     "this release cannot be archived since it has unarchived deployments");
	fail_param(x, "release_id", x->id);
	return false;
}

bool control_patch_release(struct exchange *x)
{
	return patch_archived(x, check_unused);
}

bool control_patch_config_type(struct exchange *x)
{
	return patch_archived(x, NULL);
}
