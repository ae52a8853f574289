/* SPDX-License-Identifier: MIT
 * snapshots.c - lists, takes, restores and deletes snapshots.
 */
#include "control/control.h"

#include "api/handler.h"
#include "http/exchange.h"
#include "workspace/snapshot.h"

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

bool control_get_snapshots(struct exchange *x)
{
	struct writer w = exchange_writer(x);
	char taken[TIME_LEN + 1], shown[TIME_LEN + 1];

	writer_open(&w, '{');
	writer_open(writer_key(&w, "snapshots"), '[');
	db_read(x->db);
	for (const struct snapshot *s = x->workspace->snapshots; s; s = s->next) {
		rfc3339_format(s->taken, taken);
		rfc3339_shortest(taken, shown);
		writer_open(writer_item(&w), '{');
		writer_text(writer_key(&w, "name"), s->name);
		writer_text(writer_key(&w, "taken_at"), shown);
		writer_close(&w, '}');
	}
	db_read_end(x->db);
	writer_close(&w, ']');
	writer_close(&w, '}');
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
			    "too many snapshots (at most %d); delete some", SNAPSHOTS_MAX);
	case SNAPSHOT_FAILED:
		break;
	}
	return op_db_error(x);
}

bool control_restore_snapshot(struct exchange *x)
{
	bool found;

	if (!snapshot_restore(x->workspace, x->db, x->id, &found))
		return op_db_error(x);
	return found ? control_answer_ok(x) : no_snapshot(x);
}

bool control_delete_snapshot(struct exchange *x)
{
	return snapshot_delete(x->workspace, x->db, x->id) ? control_get_snapshots(x)
							   : no_snapshot(x);
}
