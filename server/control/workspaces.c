/* SPDX-License-Identifier: MIT
 * workspaces.c - lists the workspaces of keys, and deletes them.
 */
#include "control/control.h"

#include "http/exchange.h"
#include "workspace/registry.h"

static void write_workspace(struct writer *w, const char *id, const char *key, int64_t requests)
{
	writer_open(writer_item(w), '{');
	writer_text(writer_key(w, "id"), id);
	writer_text_or_null(writer_key(w, "key"), key);
	writer_int(writer_key(w, "requests"), requests);
	writer_close(w, '}');
}

bool control_get_workspaces(struct exchange *x)
{
	struct writer w = exchange_writer(x);
	struct registry_entry *list;
	size_t count;

	if (!registry_list(x->app->workspaces, &x->arena, &list, &count))
		return false;
	writer_open(&w, '{');
	writer_open(writer_key(&w, "workspaces"), '[');
	write_workspace(&w, WORKSPACE_COMMON, NULL, journal_total(&x->app->workspace->journal));
	for (size_t i = 0; i < count; i++)
		write_workspace(&w, list[i].id, list[i].key, list[i].requests);
	writer_close(&w, ']');
	writer_int(writer_key(&w, "max_workspaces"), (long long)registry_max(x->app->workspaces));
	writer_close(&w, '}');
	return true;
}

bool control_delete_workspace(struct exchange *x)
{
	if (registry_remove(x->app->workspaces, x->id))
		return control_get_workspaces(x);
	if (streq(x->id, WORKSPACE_COMMON))
		return fail_field(
		    x, "id",
		    "workspace 'common' cannot be deleted; DELETE /_mock/fixtures goes "
		    "back to the server's own fixtures");
	fail(x, ERR_NOT_FOUND, "workspace '%s' not found", quote(x, x->id));
	fail_param(x, "resource_type", "workspace");
	fail_param(x, "resource_id", x->id);
	return false;
}
